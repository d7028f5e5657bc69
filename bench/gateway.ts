// The same call direct and through Tutti, beside a raw pass-through, the SDK joined to itself and, with --peers, others of the trade.
//   npm run bench:gateway -- [--quick] [--peers] [--only TEXT]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { compare } from './gateway/compare.ts';
import type { Comparison, Load } from './gateway/compare.ts';
import { judge, short, titleOf } from './gateway/bars.ts';
import type { Era, Transport } from './gateway/clients.ts';
import { besideHostile, hundredMegabytes } from './gateway/isolation.ts';
import { installPeers } from './gateway/peers.ts';
import { resilience } from './gateway/resilience.ts';
import { coldStarts, memoryPerDownstream } from './gateway/start-and-memory.ts';
import { direct, raw, sdkJoined, tutti } from './gateway/subjects.ts';
import type { Kind } from './gateway/subjects.ts';

process.chdir(resolve(import.meta.dirname, '..'));
const options = process.argv.slice(2);
const quick = options.includes('--quick');
const only = options.includes('--only') ? (options[options.indexOf('--only') + 1] ?? '') : '';
const say = (line: string) => void process.stdout.write(`${line}\n`);

const rounds = quick ? 2 : 5;
const scale = quick ? 0.1 : 1;
const load = (
  what: Load['what'],
  inFlight: number,
  { bytes = 0, count }: { bytes?: number; count: number },
): Load => ({
  what,
  inFlight,
  bytes,
  count: Math.max(10, Math.round(count * scale)),
});
// Of a whole turn forty are slower than its p99: in twenty of them the server alone collects its garbage.
const ONE = load('call', 1, { bytes: 1_000, count: 4_000 });
const SIXTEEN = load('call', 16, { bytes: 1_000, count: 4_000 });
const THIRTY_TWO = load('call', 32, { bytes: 1_000, count: 4_000 });
const MEDIUM = load('call', 1, { bytes: 65_536, count: 300 });
const LARGE = load('call', 1, { bytes: 1_048_576, count: 40 });
const LISTS = load('list', 1, { count: 300 });

const ALL: readonly Load[] = [ONE, SIXTEEN, THIRTY_TWO, MEDIUM, LARGE, LISTS];
const SOME: readonly Load[] = [ONE, SIXTEEN, LISTS];
const cell = (
  upstream: Transport,
  downstream: Transport,
  more: { era?: Era; tools?: number; sdk?: boolean; loads?: readonly Load[] } = {},
) => ({
  setting: {
    upstream,
    downstream,
    era: more.era ?? 'modern',
    tools: more.tools ?? 3,
    ...(more.sdk && { sdk: true }),
  },
  loads: more.loads ?? SOME,
});
const cells = [
  cell('http', 'http', { loads: ALL }),
  cell('http', 'http', { sdk: true, loads: ALL }),
  cell('stdio', 'stdio', { loads: ALL }),
  cell('http', 'stdio', { loads: ALL }),
  cell('stdio', 'http'),
  cell('http', 'http', { era: 'legacy' }),
  cell('stdio', 'stdio', { era: 'legacy' }),
  cell('http', 'stdio', { era: 'legacy' }),
  cell('stdio', 'http', { era: 'legacy' }),
  cell('http', 'http', { tools: 300 }),
  cell('stdio', 'stdio', { tools: 300 }),
].filter((each) => titleOf(each.setting).includes(only));

const peers = options.includes('--peers') ? await installPeers(say) : [];
const kinds: readonly Kind[] = [direct, raw, sdkJoined, tutti, ...peers];

say(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; medians of ${rounds} rounds, subjects in turn\n`,
);
const comparisons: Comparison[] = [];
for (const { setting, loads } of cells) {
  const comparison = await compare(setting, { kinds, loads, rounds, say });
  comparisons.push(comparison);
  table(comparison);
}
const http = { upstream: 'http', downstream: 'http', era: 'modern', tools: 3 } as const;
const starts = await coldStarts(http, { kinds, rounds: quick ? 3 : 9 });
const perDownstreamMb = {
  stdio: await memoryPerDownstream('stdio', quick ? 3 : 10),
  http: await memoryPerDownstream('http', quick ? 3 : 10),
};
const isolation = await attempt(
  'beside hostile servers',
  async () => await besideHostile(quick ? 200 : 4_000, quick ? 1 : 9),
);
const resilient = await attempt('resilience', async () => await resilience(quick));
const hundredMb = (await attempt('100 MB', hundredMegabytes)) ?? [];

say(`cold start to the first answered call, ms: ${JSON.stringify(starts)}`);
say(`memory of a further server behind Tutti, MB: ${JSON.stringify(perDownstreamMb)}`);
for (const { transport, ms, grownMb, said } of hundredMb)
  say(`100 MB over ${transport}: after ${ms} ms, memory up by ${grownMb} MB: ${said}`);
say('');

const bars = judge({
  comparisons,
  isolation,
  resilience: resilient,
  hundredMb,
  coldStartMs: starts[tutti.name],
  peers: [sdkJoined.name, ...peers.map(({ name }) => name)],
  loads: { one: ONE, sixteen: SIXTEEN, medium: MEDIUM, lists: LISTS },
});
const width = Math.max(...bars.map(({ what }) => what.length));
for (const { what, figure, bar, holds } of bars)
  say(`${holds === undefined ? '?   ' : holds ? 'ok  ' : 'MISS'} ${what.padEnd(width)}  ${figure}  (${bar})`);

mkdirSync('bench/results', { recursive: true });
const results = {
  node: process.version,
  at: new Date().toISOString(),
  quick,
  comparisons,
  starts,
  perDownstreamMb,
  isolation,
  resilience: resilient,
  hundredMb,
  bars,
};
writeFileSync('bench/results/gateway.json', `${JSON.stringify(results, undefined, 2)}\n`);
say('\nThe figures are in bench/results/gateway.json.');
// Whatever failed in the middle may still hold on to something.
process.exit(bars.every(({ holds }) => holds === true) ? 0 : 1);

/** What fails is said and counts as not measured; the other figures stay. */
async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    say(`FAILED ${what}: ${String(error)}`);
    return undefined;
  }
}

function table({ setting, outcomes, skipped }: Comparison): void {
  say(`## ${titleOf(setting)}`);
  const base = outcomes.find(({ subject }) => subject === 'direct');
  for (const name of Object.keys(base?.figures ?? {})) {
    say(`  ${name}`);
    say(
      `    ${'subject'.padEnd(18)}${['p50 ms', 'x', 'p99 ms', 'x', 'per s', 'x', 'CPU us'].map((head) => head.padStart(9)).join('')}`,
    );
    for (const { subject, figures } of outcomes) {
      const own = figures[name];
      const to = base?.figures[name];
      if (!own || !to) continue;
      const columns = [
        own.p50Ms,
        own.p50Ms / to.p50Ms,
        own.p99Ms,
        own.p99Ms / to.p99Ms,
        own.perSecond,
        own.perSecond / to.perSecond,
        own.cpuUs,
      ];
      say(`    ${subject.padEnd(18)}${columns.map((value) => short(value).padStart(9)).join('')}`);
    }
  }
  for (const { subject, idleMb, afterMb, restedMb, processes } of outcomes)
    say(
      `  ${subject}: ${idleMb} MB idle, ${afterMb} MB after, ${restedMb} MB rested, ${processes} process${processes === 1 ? '' : 'es'}`,
    );
  for (const { subject, reason } of skipped) say(`  ${subject} left out: ${reason}`);
  say('');
}
