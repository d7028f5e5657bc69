import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { latencies, round } from '../measure.ts';
import type { Latencies } from '../measure.ts';
import type { HostileScript } from '../../test/support/hostile-server.ts';
import { eventually, succeeded } from './clients.ts';
import type { Client, Transport } from './clients.ts';
import { cpuUs, end, rssMb, startServer } from './processes.ts';
import { startTutti, tuttiServer } from './subjects.ts';
import type { Setting } from './subjects.ts';

const STALL_REPORT = resolve('bench/gateway/stall-report.cjs');
const HOSTILE = resolve('test/support/hostile-server.ts');
const innocent: Setting = { upstream: 'http', downstream: 'stdio', era: 'modern', tools: 3 };
const PER_SECOND = 100_000;
const AT_ONCE = 20_000;
const SCRIPT: HostileScript = { tools: ['echo', 'flood', 'counts'], stateless: true };
const PATIENT = {
  trusted: true,
  cache: { mode: 'off' },
  timeoutMs: 600_000,
  idleMs: 600_000,
  tools: { flood: { risk: 'read' }, counts: { risk: 'read' } },
};

interface Stall {
  readonly stoodMs: number;
  readonly workedMs: number;
}

export interface Flooded {
  readonly transport: Transport;
  readonly method: string;
  /** Messages of the flood that were taken from the server, and in what time. */
  readonly taken: number;
  readonly tookMs: number;
  /** Of the event loop, and of calls to another server, one after the other: before the flood and all through it. */
  readonly alone: { readonly stall: Stall; readonly calls: Latencies };
  readonly beside: { readonly stall: Stall; readonly calls: Latencies };
  readonly grownMb: number;
  /** Of one processor, in the second after the flood. */
  readonly cpuAfter: number;
  /** Messages that the server got for all its own. */
  readonly heardByServer: number;
}

/** A server that says 100,000 things a second nobody asked for, and who else has to wait for it. */
export async function flooded(transport: Transport, method: string, seconds: number): Promise<Flooded> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-flood-'));
  const report = join(dir, 'stall');
  const hostile =
    transport === 'http'
      ? await startServer(
          process.execPath,
          [resolve('bench/gateway/hostile-http.ts'), JSON.stringify(SCRIPT)],
          { address: /^(http\S+)$/ },
        )
      : undefined;
  const launch = hostile
    ? { url: hostile.url }
    : { command: process.execPath, args: [HOSTILE, JSON.stringify(SCRIPT)] };
  const tutti = await startTutti({
    ...innocent,
    servers: { bench: tuttiServer(innocent), flooding: { ...launch, ...PATIENT } },
    nodeOptions: ['--require', STALL_REPORT],
    variables: { BENCH_STALL_REPORT: report },
  });
  const { client, pids } = tutti;
  const own = pids.slice(0, 1);
  const stall = async (): Promise<Stall> => {
    rmSync(report, { force: true });
    process.kill(own[0] ?? 0, 'SIGUSR2');
    const { stoodMs, workedMs } = await eventually(
      async () => JSON.parse(await readFile(report, 'utf8')) as Stall,
    );
    return { stoodMs: round(stoodMs), workedMs: round(workedMs) };
  };
  try {
    await eventually(async () => succeeded(await client.raw({ text: 'warm' }, 'flooding__echo')));
    await callsUntil(client, sleep(2_000));
    await stall();
    const aloneCalls = await callsUntil(client, sleep(seconds * 1_000));
    const alone = { stall: await stall(), calls: aloneCalls };
    const before = rssMb(own);
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, rssMb(own))), 20);
    const begun = performance.now();
    const state = { taken: 0 };
    // In turn, as no call may take for ever: a server that is left to wait says 100,000 a second no longer.
    const inTurn = async () => {
      while (performance.now() - begun < seconds * 1_000) {
        const reply = await client.raw({ method, count: AT_ONCE, perSecond: PER_SECOND }, 'flooding__flood');
        succeeded(reply);
        state.taken += AT_ONCE;
      }
    };
    const flood = inTurn();
    const calls = await callsUntil(client, flood);
    await flood;
    const tookMs = Math.round(performance.now() - begun);
    clearInterval(watch);
    const beside = { stall: await stall(), calls };
    const usedUs = cpuUs(own);
    await sleep(1_000);
    const cpuAfter = round((cpuUs(own) - usedUs) / 1_000_000);
    const counted = await client.raw({}, 'flooding__counts');
    const { messages } = JSON.parse(counted.result?.content?.[0]?.text ?? '{}') as {
      readonly messages: number;
    };
    return {
      transport,
      method,
      taken: state.taken,
      tookMs,
      alone,
      beside,
      grownMb: round(most - before),
      cpuAfter,
      heardByServer: messages,
    };
  } finally {
    await tutti.stop();
    if (hostile) await end(hostile.child);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Calls to the innocent server, one after the other, 10 ms apart, for as long as something goes on. */
async function callsUntil(client: Client, over: Promise<unknown>): Promise<Latencies> {
  const state = { going: true };
  const stop = () => void (state.going = false);
  void over.then(stop, stop);
  const samples: number[] = [];
  const begun = performance.now();
  for (let n = 0; state.going; n += 1) {
    const at = performance.now();
    await client.call(n, 100);
    samples.push(performance.now() - at);
    await sleep(10);
  }
  return latencies(samples, performance.now() - begun);
}
