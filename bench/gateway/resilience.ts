import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median, round, timed } from '../measure.ts';
import type { HostileScript } from '../../test/support/hostile-server.ts';
import { eventually, succeeded } from './clients.ts';
import { startTutti, tuttiServer } from './subjects.ts';
import type { Setting } from './subjects.ts';

const HEAP_REPORT = resolve('bench/gateway/heap-report.cjs');
const HOSTILE = resolve('test/support/hostile-server.ts');
const innocent: Setting = { upstream: 'http', downstream: 'stdio', era: 'modern', tools: 3 };
const broken = (script: HostileScript) => ({
  command: process.execPath,
  args: [HOSTILE, JSON.stringify(script)],
});
const BROKEN: readonly object[] = [
  { command: 'no-such-program-anywhere' },
  broken({ exits: {} }),
  broken({ methods: { '*': { do: 'hang' } } }),
  broken({ methods: { '*': { do: 'html' } } }),
  { url: 'http://127.0.0.1:9/mcp' },
];

const many = (count: number): Record<string, object> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`bench${n}`, tuttiServer(innocent)]));

export interface Resilience {
  /** Ten servers that take 100 ms each, called at once. */
  readonly fanOutMs: number;
  /** From the death of a server's process to the answer of the next call. */
  readonly restartMs: number;
  /** `tools/list` with one of ten servers hanging. */
  readonly listMs: number;
  /** A start with 30 servers of which 5 are broken, to the first answer. */
  readonly thirtyMs: number;
  /** The heap after a collection and 100,000 further calls, over that after the first 20,000. */
  readonly growth: number;
}

export async function resilience(quick: boolean): Promise<Resilience> {
  return {
    ...(await withTen(quick ? 3 : 15)),
    thirtyMs: await startWithThirty(quick ? 1 : 5),
    growth: await growth(quick ? 2_000 : 100_000),
  };
}

async function withTen(rounds: number): Promise<Pick<Resilience, 'fanOutMs' | 'restartMs' | 'listMs'>> {
  const servers = { ...many(9), bench9: tuttiServer(innocent), hanging: BROKEN[2]! };
  const tutti = await startTutti({ ...innocent, servers });
  const { client, pids } = tutti;
  const [root = 0] = pids;
  const call = async (server: number, args: object) =>
    succeeded(await client.raw(args, `bench${server}__echo`));
  const ten = async (args: object) => await Promise.all(Array.from({ length: 10 }, (_, n) => call(n, args)));
  await eventually(async () => await ten({ n: 1 }));
  const fanOut: number[] = [];
  const restart: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    fanOut.push(await elapsed(async () => await ten({ n: turn, ms: 100 })));
    for (const pid of serversOf(root)) process.kill(pid, 'SIGKILL');
    restart.push(await elapsed(async () => await call(turn % 10, { n: turn })));
    await ten({ n: 1 });
  }
  const lists = await timed(rounds * 10, 1, async () => void (await client.list()));
  await tutti.stop();
  return { fanOutMs: round(median(fanOut)), restartMs: round(Math.max(...restart)), listMs: lists.p99Ms };
}

async function startWithThirty(rounds: number): Promise<number> {
  const named = BROKEN.map((launch, n) => [`broken${n}`, launch] as const);
  const servers = { bench: tuttiServer(innocent), ...many(24), ...Object.fromEntries(named) };
  const taken: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    const tutti = await startTutti({ ...innocent, servers });
    taken.push(tutti.firstAnswerMs);
    await tutti.stop();
  }
  return Math.round(median(taken));
}

async function growth(count: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-heap-'));
  const report = join(dir, 'heap');
  const tutti = await startTutti({
    ...innocent,
    servers: { bench: tuttiServer(innocent) },
    nodeOptions: ['--expose-gc', '--require', HEAP_REPORT],
    variables: { BENCH_HEAP_REPORT: report },
  });
  const [root = 0] = tutti.pids;
  const work = async (n: number) => await tutti.client.call(n, 1_000);
  const heap = async (): Promise<number> => {
    rmSync(report, { force: true });
    process.kill(root, 'SIGUSR2');
    return await eventually(async () => Number(await readFile(report, 'utf8')));
  };
  await timed(count / 5, 16, work);
  const before = await heap();
  await timed(count, 16, work);
  const after = await heap();
  await tutti.stop();
  rmSync(dir, { recursive: true, force: true });
  return round(after / before);
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** The good servers that a process has started. */
function serversOf(root: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const parent = Number(
          readFileSync(`/proc/${entry}/stat`, 'utf8')
            .replace(/^.*\) /s, '')
            .split(' ')[1],
        );
        return (
          parent === root &&
          readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('bench/gateway/downstream.ts')
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}
