// Our router, MiniSearch and Orama through one scorer, and what ours takes at 3,000 and 13,000 tools, also to add and remove a server.
//   npm run bench:routing -- --data DIR [--source] [--only SET,SET] [--ours]
// DIR holds the scorer, score.mjs, and a folder for each set: tools.json and queries.jsonl. Neither is part of this project.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';

interface Scores {
  readonly sets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly macro: Readonly<Record<string, number>>;
}
interface ScoredTool {
  readonly server: string;
  readonly tool: string;
}
interface Scored {
  route(query: string): unknown;
}
interface Changing extends Scored {
  update(tools: readonly ScoredTool[]): void;
}
interface Adapter {
  createRouter(tools: readonly ScoredTool[]): Changing;
}

const options = process.argv.slice(2);
const valueOf = (name: string) => (options.includes(name) ? options[options.indexOf(name) + 1] : undefined);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const give = (problem: string): never => {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
};

const given = valueOf('--data');
const data = resolve(given ?? '.');
if (given === undefined)
  give('No data was named: npm run bench:routing -- --data DIR, where DIR holds score.mjs and the sets.');
if (!existsSync(data))
  give(`There is no folder ${data}. Give --data the folder that holds score.mjs and the sets.`);
const scorer = join(data, 'score.mjs');
if (!existsSync(scorer))
  give(`There is no scorer ${scorer}. It comes with the sets and is not part of this project.`);
const sets = readdirSync(data).filter((name) => existsSync(join(data, name, 'queries.jsonl')));
if (sets.length === 0)
  give(`There is no set in ${data}: each is a folder with queries.jsonl and mostly tools.json.`);

const own = join(
  import.meta.dirname,
  'routing',
  options.includes('--source') ? 'source-adapter.mjs' : 'adapter.mjs',
);
const routers = [
  { name: 'tutti', path: own },
  ...(options.includes('--ours')
    ? []
    : ['minisearch', 'orama'].map((name) => ({
        name,
        path: join(import.meta.dirname, 'routing', `${name}.mjs`),
      }))),
];

function score(path: string): Scores {
  const dir = mkdtempSync(join(tmpdir(), 'tutti-routing-'));
  try {
    const out = join(dir, 'scores.json');
    const only = valueOf('--only');
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        scorer,
        '--data',
        data,
        '--router',
        path,
        '--out',
        out,
        ...(only === undefined ? [] : ['--only', only]),
      ],
      { encoding: 'utf8', maxBuffer: 67_108_864 },
    );
    if (status !== 0) give(`The scorer failed with ${path}:\n${stderr}`);
    return JSON.parse(readFileSync(out, 'utf8')) as Scores;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const MEASURES = [
  'tool@1',
  'toolRecall@5',
  'toolRecall@10',
  'server@1',
  'serverRecall@3',
  'auroc',
  'falseRefusal',
  'oosRefused',
  'planNodeF1',
  'planStructure',
  'structure3way',
  'singleVsMulti',
] as const;
const shown = (value: unknown) => (typeof value === 'number' ? value.toFixed(1) : '');

const table = new Table({ head: ['set', 'router', ...MEASURES], style: { head: [], border: [] } });
const scores = routers.map(({ name, path }) => ({ name, scores: score(path) }));
for (const set of Object.keys(scores[0]?.scores.sets ?? {}))
  for (const { name, scores: all } of scores)
    table.push([set, name, ...MEASURES.map((measure) => shown(all.sets[set]?.[measure]))]);
for (const { name, scores: all } of scores)
  table.push(['mean', name, ...MEASURES.map((measure) => shown(all.macro[measure]))]);
say(table.toString());

const CHANGES = 25;

function timed(act: () => void): number {
  const from = performance.now();
  act();
  return performance.now() - from;
}

const adapter = (await import(own)) as Adapter;
const withTools = sets.filter(
  (name) => existsSync(join(data, name, 'tools.json')) && !name.startsWith('oos-'),
);
const pool = withTools.flatMap(
  (name) => JSON.parse(readFileSync(join(data, name, 'tools.json'), 'utf8')) as ScoredTool[],
);
const queries = withTools.flatMap((name) =>
  readFileSync(join(data, name, 'queries.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, 100)
    .map((line) => (JSON.parse(line) as { readonly query: string }).query),
);
for (const count of [3_000, 13_000]) {
  const tools = Array.from({ length: count }, (_, at) => {
    const each = pool[at % pool.length] ?? { server: 'none', tool: 'none' };
    return {
      ...each,
      server: at < pool.length ? each.server : `${each.server} ${String(Math.floor(at / pool.length))}`,
    };
  });
  const from = performance.now();
  const router = adapter.createRouter(tools);
  const build = performance.now() - from;
  for (const query of queries.slice(0, 100)) router.route(query);
  const took = queries
    .map((query) => {
      const start = performance.now();
      router.route(query);
      return performance.now() - start;
    })
    .toSorted((a, b) => a - b);
  const at = (share: number) => (took[Math.floor(took.length * share)] ?? 0).toFixed(2);
  say(
    `${String(count)} tools: read in ${build.toFixed(0)} ms; a route takes ${at(0.5)} ms at the median, ${at(0.95)} ms at p95`,
  );

  const servers = [...new Set(tools.map(({ server }) => server))];
  const changes = Array.from({ length: CHANGES }, (_, time) => {
    const server = servers[(time * 37) % servers.length];
    const others = tools.filter((each) => each.server !== server);
    const removed = timed(() => {
      router.update(others);
    });
    // Anew, as a server that has just come would be.
    const come = tools.map((each) => (each.server === server ? { ...each } : each));
    const added = timed(() => {
      router.update(come);
    });
    router.update(tools);
    return { removed, added };
  });
  for (const kind of ['removed', 'added'] as const) {
    const times = changes.map((each) => each[kind]).toSorted((a, b) => a - b);
    say(
      `${String(count)} tools: one server ${kind} in ${(times[CHANGES >> 1] ?? 0).toFixed(0)} ms at the median, ${(times.at(-1) ?? 0).toFixed(0)} ms at most`,
    );
  }
}
