import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import type { Embedder } from '../../src/core/ports/embedder.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { Model } from '../../src/core/ports/model.ts';
import type { TierFigures } from './meter.ts';

/** What an evaluation is run with. */
export interface EvaluationOptions {
  readonly data: string;
  /** Which may answer. */
  readonly tiers: ReadonlySet<string>;
  /** Asks this model of the configured service instead of the configured one. */
  readonly model?: string;
  /** The configuration file; found as the product finds it by default. */
  readonly config?: string;
  /** Most cases of a set, taken evenly. */
  readonly limit: number;
  readonly out: string;
}

/** Runs a program; what it was called wrongly with is said in a line. */
export async function evaluation(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    const isTold = error instanceof Misuse || error instanceof TuttiError;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!isTold && !/^E[A-Z]+$|^ERR_PARSE_ARGS/.test(code)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = isTold || code.startsWith('ERR_') ? 2 : 1;
  }
}

/** Called with what it cannot work with. */
class Misuse extends Error {}

/** The folder of the data: `data` itself, or the one of this name in it. @throws Misuse where there is none. */
export function dataFolder(data: string, name: string, has: (folder: string) => boolean): string {
  const found = [data, join(data, name)].find((folder) => isFolder(folder) && has(folder));
  if (found !== undefined) return found;
  if (!isFolder(data)) throw new Misuse(`--data: ${data} is no folder.`);
  throw new Misuse(
    `--data: there is nothing to play in ${data}, nor in a folder "${name}" in it. Expected ${EXPECTED[name] ?? 'data'}.`,
  );
}

const EXPECTED: Readonly<Record<string, string>> = {
  decisions: '.jsonl files, one decision a line',
  routing: 'a folder for each set, with queries.jsonl and tools.json',
};

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** One JSON value a line. @throws Misuse, by file and line, for what is none. */
export function jsonLines(file: string): readonly unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, at) => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line) as unknown];
      } catch {
        throw new Misuse(`${file}:${at + 1}: expected one JSON object a line.`);
      }
    });
}

/** Reads the options of a program. @throws Misuse. */
export function evaluationOptions(
  name: string,
  tiers: readonly string[],
  cases = Number.MAX_SAFE_INTEGER,
): EvaluationOptions {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      tiers: { type: 'string', default: tiers.join(',') },
      model: { type: 'string' },
      config: { type: 'string' },
      limit: { type: 'string', default: String(cases) },
      out: { type: 'string', default: `bench/results/eval-${name}.json` },
    },
  });
  const { data, model, config, out } = values;
  if (data === undefined) throw new Misuse(`Name the data: npm run eval:${name} -- --data DIR`);
  const named = values.tiers.split(',');
  const unknown = named.find((each) => !tiers.includes(each));
  if (unknown !== undefined)
    throw new Misuse(`--tiers: expected some of ${tiers.join(', ')}, found ${JSON.stringify(unknown)}.`);
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new Misuse(`--limit: expected a whole number from 1.`);
  return { data, tiers: new Set(named), limit, out, ...(model && { model }), ...(config && { config }) };
}

/** What the product would ask, and how it is let go. */
export interface Configured {
  readonly model: Model | undefined;
  readonly embedder: Embedder | undefined;
  /** When a model helps with a question. */
  readonly helps: Config['gateway']['ask']['model'];
  close(): Promise<void>;
}

/** Reads configuration and environment as the product does. Nothing is stored. */
export async function configuredModel({
  tiers,
  model,
  config: file,
}: EvaluationOptions): Promise<Configured> {
  if (!tiers.has('model') && !tiers.has('embeddings'))
    return { model: undefined, embedder: undefined, helps: 'auto', close: async () => {} };
  const env = { ...process.env, TUTTI_STORE: 'sqlite::memory:' };
  const config = loadConfig({ env, logLevel: 'warn', ...(file !== undefined && { file }) });
  const app = await createApp(renamed(config, model));
  return {
    model: tiers.has('model') ? app.model : undefined,
    embedder: tiers.has('embeddings') ? app.embedder : undefined,
    helps: config.gateway.ask.model,
    close: async () => await app.close(),
  };
}

function renamed(config: Config, name: string | undefined): Config {
  const { model } = config;
  return name === undefined || !model || model.kind === 'stub'
    ? config
    : { ...config, model: { ...model, name } };
}

/** At most so many, evenly over all. */
export function sampled<T>(cases: readonly T[], limit: number): readonly T[] {
  if (cases.length <= limit) return cases;
  return Array.from({ length: limit }, (_, at) => cases[Math.floor((at * cases.length) / limit)] as T);
}

export function tierTable(figures: readonly TierFigures[]): string {
  const table = new Table({
    head: [
      'tier',
      'cases',
      'right',
      'accuracy',
      'questions',
      'failed',
      'tokens in',
      'tokens out',
      'cost',
      'p50 ms',
      'p95 ms',
    ],
    style: { head: [], border: [] },
  });
  for (const each of figures)
    table.push([
      each.tier,
      each.cases,
      each.right,
      each.cases === 0 ? '' : `${(100 * each.accuracy).toFixed(1)} %`,
      each.asked,
      each.failed,
      each.inputTokens,
      each.outputTokens,
      each.cost === 0 ? '' : each.cost.toFixed(4),
      each.p50Ms.toFixed(1),
      each.p95Ms.toFixed(1),
    ]);
  return table.toString();
}

export function writeResult(file: string, result: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}

export const NO_MODEL =
  'No model is configured, so these are the tiers without one. Configure one as for the product (the key `model`, or AI_SERVICE_ENDPOINT and its like).';
