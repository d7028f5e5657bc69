/**
 * Agent sessions on SQLite, FULL: appending a message to a long conversation, moving between states, and keeping and finding knowledge on
 * a full shelf, beside `advance` of a workflow, taken in turns, since a disk has good and bad moments.
 * `node bench/sessions.ts [--quick]`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/adapters/clock/system.ts';
import { sqliteStore } from '../src/adapters/store/sqlite.ts';
import { agentsOf } from '../test/support/agents.ts';
import { bareOrchestrator } from '../test/support/bare-orchestrator.ts';
import { workflow } from '../test/support/workflows.ts';
import { latencies, round, timed } from './measure.ts';
import type { Latencies } from './measure.ts';
import { vocabulary } from './zipf.ts';

const quick = process.argv.includes('--quick');
const MESSAGES = quick ? 5_000 : 100_000;
const ENTRIES = quick ? 5_000 : 100_000;
const TURNS = quick ? 300 : 2_000;
const SEARCHES = quick ? 300 : 1_000;
const MESSAGE_WORDS = 30;
const ENTRY_WORDS = 40;
const IN_FLIGHT = 256;
const MAX_SEARCH_MS = 20;
const MAX_RATIO = 1.2;

const caller = { owner: 'bench' };
const loop = workflow({ Work: 'Proceed to "Check".', Check: 'Proceed to "Work".' });
const agent = {
  'index.md':
    '# Agent\n\nWorks and checks.\n\n## States\n\n- [WORK](states/work.md)\n- [CHECK](states/check.md)\n',
  'states/work.md': '# Description\n\nWork.\n\n# Prompt\n\nWork.\n\n# Transitions\n\n- CHECK\n',
  'states/check.md': '# Description\n\nCheck.\n\n# Prompt\n\nCheck.\n\n# Transitions\n\n- WORK\n',
};

const folder = mkdtempSync(join(tmpdir(), 'tutti-sessions-'));
const words = vocabulary();
const session = 'long';

async function open(synchronous: 'full' | 'normal') {
  const store = await sqliteStore({ path: join(folder, 'bench.db'), synchronous });
  const orchestrator = bareOrchestrator({
    store,
    clock: systemClock(),
    workflows: { LOOP: loop },
    agents: agentsOf({ agent }),
  });
  return { orchestrator, store };
}

/** One session with a long conversation, and its caller's full shelf. */
async function fill(): Promise<Latencies> {
  const { orchestrator, store } = await open('normal');
  await orchestrator.sessions.start(caller, { id: session });
  await timed(MESSAGES, IN_FLIGHT, async (n) => {
    const role = n % 2 === 0 ? 'user' : 'assistant';
    const said = { id: `m-${n}`, role, content: words.text(MESSAGE_WORDS), at: n } as const;
    await store.transcript.append(caller.owner, session, said);
  });
  const shelf = { space: 'user', owner: caller.owner } as const;
  const same = { isUntrusted: false, expiresAt: null, origin: { by: caller.owner } };
  const filled = await timed(ENTRIES, IN_FLIGHT, async (n) => {
    const entry = { key: `note-${n}`, value: words.text(ENTRY_WORDS), tags: [`tag-${n % 50}`] };
    await store.knowledge.put(shelf, { ...entry, ...same, createdAt: n, updatedAt: n });
  });
  await store.close();
  return filled;
}

/** One of each after the other, each timed by itself. */
async function inTurns(
  count: number,
  works: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, Latencies>> {
  const samples = Object.fromEntries(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let turn = 0; turn < count; turn += 1) {
    for (const [name, work] of Object.entries(works)) {
      const begun = performance.now();
      await work();
      samples[name]?.push(performance.now() - begun);
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, each]) => [
      name,
      latencies(
        each,
        each.reduce((sum, ms) => sum + ms, 0),
      ),
    ]),
  );
}

const filled = await fill();
const { orchestrator, store } = await open('full');
const { sessions } = orchestrator;
const run = await orchestrator.start(caller, { workflow: 'LOOP' });
let { token } = run;
let state = 'CHECK';
const works = {
  advance: async () => {
    const report = { status: 'success', result: 'ok' };
    const moved = { instanceId: run.instanceId, report, ...(token !== undefined && { token }) };
    ({ token } = await orchestrator.advance(caller, moved));
  },
  append: async () =>
    await sessions.say(caller, { session, role: 'user', content: words.text(MESSAGE_WORDS) }),
  transition: async () => {
    await sessions.move(caller, { session, to: state });
    state = state === 'CHECK' ? 'WORK' : 'CHECK';
  },
};
await inTurns(TURNS / 10, works);
const moves = await inTurns(TURNS, works);
const puts = await timed(TURNS / 3, 1, async (n) => {
  const key = `note-${words.random(ENTRIES)}`;
  await sessions.storeKnowledge(caller, {
    session,
    space: 'user',
    key,
    value: words.text(ENTRY_WORDS),
    tags: [`tag-${n % 50}`],
  });
});

const find = async (text: string, tags?: readonly string[]) => {
  await sessions.searchKnowledge(caller, { session, text, limit: 10, ...(tags && { tags }) });
};
const queries: Readonly<Record<string, () => Promise<void>>> = {
  'one to four words as they come': () => find(words.text(1 + words.random(4))),
  'a question of twelve words': () => find(words.text(12)),
  'the ten commonest words': () => find(words.commonest(10)),
  'beginnings of two letters': () => find(words.commonest(4, 2)),
  'one rare word among common ones': () => find(`${words.rare()} ${words.commonest(4)}`),
  'a common word with a tag': () => find(words.commonest(1), ['tag-7']),
};
interface Searched extends Latencies {
  /** Of the processor, for each: what a busy machine does not change much. */
  readonly cpuMs: number;
}
const searches: Record<string, Searched> = {};
for (const [name, query] of Object.entries(queries)) {
  await timed(SEARCHES / 30, 1, query);
  const before = process.cpuUsage();
  const measured = await timed(SEARCHES, 1, query);
  const { user, system } = process.cpuUsage(before);
  searches[name] = { ...measured, cpuMs: round((user + system) / 1_000 / SEARCHES) };
}
await store.close();
rmSync(folder, { recursive: true });

const advanceP99 = moves['advance']?.p99Ms ?? Number.NaN;
const ratio = (name: string) => round((moves[name]?.p99Ms ?? Number.NaN) / advanceP99);
interface Row {
  readonly what: string;
  readonly measured: Latencies;
  readonly bar: string;
  readonly holds: boolean;
}
const rows: readonly Row[] = [
  ...Object.entries(moves).map(([what, measured]) => ({
    what,
    measured,
    bar: what === 'advance' ? 'the measure' : `p99 <= ${MAX_RATIO} x advance: ${ratio(what)}`,
    holds: what === 'advance' || ratio(what) <= MAX_RATIO,
  })),
  { what: 'put', measured: puts, bar: 'none', holds: true },
  ...Object.entries(searches).map(([what, measured]) => ({
    what: `search: ${what}`,
    measured,
    bar: `p99 < ${MAX_SEARCH_MS} ms; ${measured.cpuMs} ms of the processor`,
    holds: measured.p99Ms < MAX_SEARCH_MS,
  })),
];
const width = Math.max(...rows.map(({ what }) => what.length));
process.stdout.write(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; SQLite FULL, ${MESSAGES} messages in one session, ` +
    `${ENTRIES} entries on one shelf (put at ${filled.perSecond}/s, ${IN_FLIGHT} in flight)\n\n`,
);
for (const { what, measured, bar, holds } of rows) {
  const figures = `p50 ${measured.p50Ms} ms  p99 ${measured.p99Ms} ms`;
  process.stdout.write(`${holds ? 'ok  ' : 'MISS'} ${what.padEnd(width)}  ${figures.padEnd(34)}  (${bar})\n`);
}
mkdirSync('bench/results', { recursive: true });
const results = {
  node: process.version,
  at: new Date().toISOString(),
  MESSAGES,
  ENTRIES,
  filled,
  moves,
  puts,
  searches,
};
writeFileSync('bench/results/sessions.json', `${JSON.stringify(results, undefined, 2)}\n`);
process.stdout.write('\nThe figures are in bench/results/sessions.json.\n');
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
