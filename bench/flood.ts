// What a server that floods with notifications costs everybody else: 100,000 a second for five seconds, over stdio and over HTTP.
//   npm run build && node bench/flood.ts [--seconds N] [--only TEXT]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { flooded } from './gateway/flooded.ts';
import type { Flooded } from './gateway/flooded.ts';

process.chdir(resolve(import.meta.dirname, '..'));
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
});
const STALL_MS = 50;
const INNOCENT_P99_MS = 250;
const GROWN_MB = 100;
/** The bench's own calls, and what is listed anew, at most once a second. */
const FEW = 20;
const LISTS = 4;
const METHODS = ['notifications/tools/list_changed', 'notifications/progress', 'notifications/unheard_of'];

const say = (line: string) => void process.stdout.write(`${line}\n`);
say(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]}\n`);
const all: Flooded[] = [];
let holds = true;
for (const transport of ['stdio', 'http'] as const) {
  for (const method of METHODS) {
    if (!`${transport} ${method}`.includes(values.only)) continue;
    const found = await flooded(transport, method, Number(values.seconds));
    all.push(found);
    const { alone, beside, grownMb, cpuAfter, heardByServer, taken, tookMs } = found;
    const rows = [
      [
        `worst stall ${beside.stall.workedMs} ms of work (${alone.stall.workedMs} alone), ${beside.stall.stoodMs} ms by the clock (${alone.stall.stoodMs} alone)`,
        beside.stall.workedMs <= STALL_MS,
      ],
      [
        `innocent p99 ${beside.calls.p99Ms} ms (${alone.calls.p99Ms} alone)`,
        beside.calls.p99Ms <= INNOCENT_P99_MS,
      ],
      [`memory up by ${grownMb} MB`, grownMb <= GROWN_MB],
      [`${cpuAfter} of a processor after it`, cpuAfter <= 0.2],
      [`${heardByServer} messages to the server`, heardByServer <= FEW + LISTS * Math.ceil(tookMs / 1_000)],
    ] as const;
    say(`${transport}, ${method}: ${taken} taken in ${tookMs} ms`);
    for (const [what, isGood] of rows) {
      say(`  ${isGood ? 'ok  ' : 'MISS'} ${what}`);
      holds &&= isGood;
    }
  }
}
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/flood.json', `${JSON.stringify(all, undefined, 2)}\n`);
say('\nThe figures are in bench/results/flood.json.');
process.exitCode = holds ? 0 : 1;
