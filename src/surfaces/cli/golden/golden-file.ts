import { LineCounter, isCollection, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { z } from 'zod';
import type { Fault } from '../../../core/kernel/fault.ts';
import { STATUSES } from '../../../core/kernel/instance.ts';
import type { Golden, GoldenStep } from '../../../core/workflow/rehearsal/golden.ts';
import { Arguments } from '../../mcp/arguments.ts';
import { parseReport } from '../../mcp/wire.ts';

export type YamlPath = readonly (string | number)[];

/** A golden file as it stands, and what it says. */
export interface GoldenFile {
  readonly text: string;
  readonly document: Document;
  readonly golden: Golden;
  /** 1-based, of the deepest part of the path that is there. */
  readonly lineOf: (path: YamlPath) => number;
}

const context = z.record(z.string(), z.json());
const step = z.strictObject({
  report: z
    .strictObject({
      status: z.string().optional(),
      step_id: z.string().optional(),
      outcome: z.string().optional(),
      result: z.json().optional(),
      details: z.json().optional(),
      message: z.json().optional(),
      error: z.json().optional(),
      more: context.optional(),
    })
    .refine(({ status, outcome }) => status !== undefined || outcome !== undefined, {
      error: 'expected a status such as success, or an outcome that answers a question',
    }),
  context_updates: context.optional(),
  expect: z.string().optional(),
  by: z.enum(['rule', 'prose', 'outcome', 'caller', 'model']).optional(),
  because: z.string().optional(),
  status: z.enum(STATUSES).optional(),
  context: context.optional(),
});
const file = z.strictObject({
  name: z.string().min(1),
  context: context.optional(),
  deciders: z
    .array(z.enum(['caller', 'model']))
    .min(1)
    .optional(),
  start: z.string().optional(),
  steps: z.array(step),
  status: z.enum(STATUSES).optional(),
  final_context: context.optional(),
});

/** Reads a golden file, or says everything that is wrong with it, line by line. `name` stands in the faults. */
export function parseGolden(text: string, name: string): GoldenFile | { readonly faults: readonly Fault[] } {
  const parsed = parseYaml(text, name);
  if ('faults' in parsed) return parsed;
  const read = file.safeParse(parsed.value);
  if (!read.success) return { faults: faultsOf(read.error, { ...parsed, name }) };
  const { final_context: finalContext, steps, ...rest } = read.data;
  const golden = defined({ ...rest, steps: steps.map(toStep), finalContext });
  return { text, document: parsed.document, golden, lineOf: parsed.lineOf };
}

/** A script of reports: steps like those of a golden file, or a whole golden file. */
export function parseSteps(
  text: string,
  name: string,
): Pick<Golden, 'steps' | 'context' | 'deciders'> | { readonly faults: readonly Fault[] } {
  const parsed = parseYaml(text, name);
  if ('faults' in parsed) return parsed;
  if (!Array.isArray(parsed.value)) {
    const whole = parseGolden(text, name);
    return 'faults' in whole ? whole : whole.golden;
  }
  const read = z.array(step).safeParse(parsed.value);
  if (!read.success) return { faults: faultsOf(read.error, { ...parsed, name }) };
  return { steps: read.data.map(toStep) };
}

type Parsed = { readonly document: Document; readonly value: unknown } & Pick<GoldenFile, 'lineOf'>;

const TOO_DEEP = 'It is nested too deeply to be read. Write it flatter.';

/** What is nested too deeply, or repeats itself by aliases without end, is refused like what is misspelt. */
function parseYaml(text: string, name: string): Parsed | { readonly faults: readonly Fault[] } {
  try {
    return parsedYaml(text, name);
  } catch (error) {
    if (error instanceof RangeError) return { faults: [fault(name, 1, TOO_DEEP)] };
    if (!(error instanceof ReferenceError)) throw error;
    const message = `Its aliases (*name) cannot be followed: ${error.message}. Write the values out.`;
    return { faults: [fault(name, 1, message)] };
  }
}

function parsedYaml(text: string, name: string): Parsed | { readonly faults: readonly Fault[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, code, message }) =>
      fault(name, at(pos[0]), code === 'RESOURCE_EXHAUSTION' ? TOO_DEEP : message),
    );
    return { faults };
  }
  return {
    document,
    value: document.toJS({ maxAliasCount: 100 }) as unknown,
    lineOf: (path) => at(offsetOf(document, path)),
  };
}

/** Where the key stands, or the item; of what is not there, what it would stand in. */
function offsetOf(document: Document, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path) {
    if (!isCollection(node)) break;
    const key = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && pair.key.value === part)?.key
      : undefined;
    node = node.get(part, true);
    if (node === undefined && key === undefined) break;
    offset = startOf(key ?? node, offset);
  }
  return offset;
}

function startOf(node: unknown, otherwise = 0): number {
  return (isNode(node) && (node as Node).range?.[0]) || otherwise;
}

function faultsOf(
  error: z.ZodError,
  { name, lineOf, value }: Pick<Parsed, 'lineOf' | 'value'> & { readonly name: string },
): readonly Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code !== 'unrecognized_keys')
      return [fault(name, lineOf(path), `${written(path)}: ${complaint(issue, valueAt(value, path))}.`)];
    return issue.keys.map((key) =>
      fault(name, lineOf([...path, key]), `${written([...path, key])}: there is no such key here.`),
    );
  });
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

/** What was expected and what was found, in words of ours. */
function complaint(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === 'custom') return issue.message;
  const expected = expectedBy(issue);
  if (found === undefined) return `it is missing; expected ${expected}`;
  const text = JSON.stringify(found);
  return `expected ${expected}, found ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'string' ? 'text that is not empty' : 'at least one';
  return 'a value that JSON has too';
}

function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (found, part) => (found as Readonly<Record<string | number, unknown>> | null | undefined)?.[part],
    value,
  );
}

function written(path: YamlPath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}

function fault(name: string, line: number, message: string): Fault {
  return { file: name, line, severity: 'error', code: 'golden/invalid', message };
}

function toStep({ report, context_updates: contextUpdates, ...rest }: z.infer<typeof step>): GoldenStep {
  const { more, ...known } = report;
  return defined({ ...rest, report: parseReport(new Arguments({ ...more, ...known })), contextUpdates });
}

/** Without what is `undefined`. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
