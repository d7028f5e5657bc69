import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, round, timed } from '../measure.ts';
import { startHostileHttp } from '../../test/support/hostile-server.ts';
import type { HostileScript } from '../../test/support/hostile-server.ts';
import { eventually, succeeded } from './clients.ts';
import { rssMb } from './processes.ts';
import { startTutti, tuttiServer } from './subjects.ts';
import type { Setting } from './subjects.ts';

const HOSTILE = resolve('test/support/hostile-server.ts');
const REST_MS = 1_000;
const innocent: Setting = { upstream: 'http', downstream: 'stdio', era: 'modern', tools: 3 };
/** Nothing but the deadline and the caps stands between these tools and their caller. */
const frankly = {
  trusted: true,
  cache: { mode: 'off' },
  tools: { hang: { risk: 'read' }, flood: { risk: 'read' }, big: { risk: 'read' } },
};
const hostile = (script: HostileScript, more: object = {}) => ({
  command: process.execPath,
  args: [HOSTILE, JSON.stringify(script)],
  ...frankly,
  ...more,
});

export interface Isolation {
  readonly aloneP99Ms: number;
  readonly besideP99Ms: number;
  readonly ratio: number;
}

/** An innocent server's p99 with a hanging and a flooding one beside it, over the same without them, in turn. */
export async function besideHostile(count: number, rounds: number): Promise<Isolation> {
  const servers = {
    bench: tuttiServer(innocent),
    hanging: hostile({ tools: ['hang'] }, { timeoutMs: 2_000, idleMs: 2_000 }),
    flooding: hostile({ tools: ['flood'] }, { timeoutMs: 600_000, idleMs: 600_000 }),
  };
  const tutti = await startTutti({ ...innocent, servers });
  const { client } = tutti;
  const work = async (n: number) => await client.call(n, 1_000);
  const attack = { on: false };
  const hang = async () => {
    while (attack.on) {
      await client.raw({}, 'hanging__hang').catch(() => {});
      await sleep(50);
    }
  };
  // 100,000 notifications a second, as far as it is let. In turn, so that it ends soon once nobody attacks any longer.
  const flood = async () => {
    while (attack.on) {
      await client.raw({ count: 5_000, perSecond: 100_000 }, 'flooding__flood').catch(() => {});
      await sleep(50);
    }
  };
  // Each turn after the same rest, woken up by a quarter as many calls.
  const p99 = async () => {
    await timed(Math.ceil(count / 4), 1, work);
    return (await timed(count, 1, work)).p99Ms;
  };
  await timed(5 * count, 16, work);
  const alone: number[] = [];
  const beside: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    await sleep(REST_MS);
    alone.push(await p99());
    await sleep(REST_MS);
    attack.on = true;
    const others = Promise.all([hang(), hang(), flood()]);
    beside.push(await p99());
    attack.on = false;
    await others;
  }
  await tutti.stop();
  const [aloneP99Ms, besideP99Ms] = [median(alone), median(beside)];
  return { aloneP99Ms, besideP99Ms, ratio: round(besideP99Ms / aloneP99Ms) };
}

export interface Burst {
  readonly transport: string;
  readonly ms: number;
  readonly grownMb: number;
  readonly said: string;
}

/** A result of 100 MB: how soon the call fails, and what it costs in memory at worst. */
export async function hundredMegabytes(): Promise<Burst[]> {
  const http = await startHostileHttp({ tools: ['echo', 'big'], stateless: true });
  const launches = { stdio: hostile({ tools: ['echo', 'big'] }), http: { url: http.url, ...frankly } };
  const outcomes: Burst[] = [];
  for (const [transport, launch] of Object.entries(launches)) {
    const tutti = await startTutti({ ...innocent, servers: { bench: tuttiServer(innocent), big: launch } });
    const { client, pids } = tutti;
    await timed(200, 1, async (n) => await client.call(n, 1_000));
    await eventually(async () => succeeded(await client.raw({ text: 'warm' }, 'big__echo')));
    const before = rssMb(pids);
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, rssMb(pids))), 5);
    const begun = performance.now();
    const reply = await client.raw({ bytes: 104_857_600 }, 'big__big');
    const ms = round(performance.now() - begun);
    clearInterval(watch);
    const said = (reply.error?.message ?? reply.result?.content?.[0]?.text ?? '').slice(0, 120);
    outcomes.push({ transport, ms, grownMb: round(Math.max(most, rssMb(pids)) - before), said });
    await tutti.stop();
  }
  await http.close();
  return outcomes;
}
