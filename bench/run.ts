import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { advances, crowd, fsyncs, rawSteps } from './durable.ts';
import { guidanceTimes } from './guidance.ts';
import { hostileTexts } from './hostile.ts';
import { startUp } from './start-up.ts';

// Every figure stands beside one measured in the same run: machines differ and drift, ratios hold better.
const quick = process.argv.includes('--quick');
const steps = quick ? 500 : 5_000;

const fsync = fsyncs(quick ? 100 : 1_000);
const raw = { full: await rawSteps(steps, 'full'), normal: await rawSteps(steps, 'normal') };
const one = { full: await advances(steps, 1, 'full'), normal: await advances(steps, 1, 'normal') };
const many = await advances(steps * 4, 32, 'full');
const guidance = guidanceTimes(quick ? 2_000 : 20_000);
const hostile = hostileTexts();
const start = await startUp(quick ? 3 : 15);
const crowded = await crowd(quick ? 1_000 : 10_000);

const ratio = (a: number, b: number) => Math.round((a / b) * 100) / 100;
const rows: readonly (readonly [what: string, figure: string, bar: string, holds: boolean])[] = [
  [
    'advance, FULL, one at a time: p50',
    `${one.full.p50Ms} ms (fsync ${fsync.p50Ms} ms)`,
    '<= 1 ms + fsync',
    one.full.p50Ms <= 1 + fsync.p50Ms,
  ],
  [
    'advance, FULL, one at a time: p99',
    `${one.full.p99Ms} ms (fsync p99 ${fsync.p99Ms} ms)`,
    '<= 5 ms + 2 fsync',
    one.full.p99Ms <= 5 + 2 * fsync.p99Ms,
  ],
  [
    'steps/s, FULL, one at a time, x raw',
    `${one.full.perSecond} (${ratio(one.full.perSecond, raw.full.perSecond)})`,
    '>= 0.7',
    one.full.perSecond >= 0.7 * raw.full.perSecond,
  ],
  [
    'steps/s, NORMAL, one at a time, x raw',
    `${one.normal.perSecond} (${ratio(one.normal.perSecond, raw.normal.perSecond)})`,
    '>= 0.4',
    one.normal.perSecond >= 0.4 * raw.normal.perSecond,
  ],
  [
    'steps/s, FULL, 32 in flight, x raw FULL',
    `${many.perSecond} (${ratio(many.perSecond, raw.full.perSecond)})`,
    '>= 3',
    many.perSecond >= 3 * raw.full.perSecond,
  ],
  ['compile a step', `${guidance.compileUs} us`, '<= 60 us', guidance.compileUs <= 60],
  [
    'scan 1,000,000 hostile characters of a definition, the worst',
    `${hostile.defined.ms} ms (${JSON.stringify(hostile.defined.pattern)})`,
    '<= 500 ms',
    hostile.defined.ms <= 500,
  ],
  [
    'inspect and redact 1,000,000 hostile characters of a result, the worst',
    `${hostile.returned.ms} ms (${JSON.stringify(hostile.returned.pattern)})`,
    '<= 1,000 ms',
    hostile.returned.ms <= 1_000,
  ],
  ['decide', `${guidance.decideUs} us`, '<= 20 us', guidance.decideUs <= 20],
  [
    'tutti --version over bare node',
    `${ratio(start.versionMs - start.nodeMs, 1)} ms (node ${start.nodeMs} ms)`,
    '<= 120 ms',
    start.versionMs - start.nodeMs <= 120,
  ],
  ['server to its first answer', `${start.firstAnswerMs} ms`, '<= 2,000 ms', start.firstAnswerMs <= 2_000],
  [
    `${crowded.status.count} statuses among ${quick ? '1,000' : '10,000'} open instances: p99`,
    `${crowded.status.p99Ms} ms`,
    '<= 10 ms',
    crowded.status.p99Ms <= 10,
  ],
  [
    'a process that opens that store, to its first list',
    `${crowded.startMs} ms`,
    '<= 2,000 ms',
    crowded.startMs <= 2_000,
  ],
  ['resident memory then', `${crowded.rssMb} MB`, '<= 200 MB', crowded.rssMb <= 200],
];

const width = Math.max(...rows.map(([what]) => what.length));
process.stdout.write(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; raw FULL ${raw.full.perSecond}/s, NORMAL ${raw.normal.perSecond}/s; fsync ${fsync.perSecond}/s\n\n`,
);
for (const [what, figure, bar, holds] of rows) {
  process.stdout.write(`${holds ? 'ok  ' : 'MISS'} ${what.padEnd(width)}  ${figure}  (${bar})\n`);
}
mkdirSync('bench/results', { recursive: true });
const results = {
  node: process.version,
  at: new Date().toISOString(),
  fsync,
  raw,
  one,
  many,
  guidance,
  hostile,
  start,
  crowded,
};
writeFileSync('bench/results/bench.json', `${JSON.stringify(results, undefined, 2)}\n`);
process.stdout.write('\nThe figures are in bench/results/bench.json.\n');
process.exitCode = rows.every(([, , , holds]) => holds) ? 0 : 1;
