import type { Document } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { DeciderName } from '../workflow.ts';
import { toFault } from './faults.ts';
import type { FaultCode } from './faults.ts';
import type { Expanded } from './includes.ts';

export interface IndexSettings {
  readonly description?: string;
  readonly maxVisits?: number;
  readonly deciders?: readonly DeciderName[];
  readonly faults: readonly Fault[];
}

export interface StepSettings {
  readonly maxVisits?: number;
  /** Not yet checked: the guidance compiler knows the rule language. */
  readonly transitions?: unknown;
  readonly faults: readonly Fault[];
}

const DECIDERS: ReadonlySet<unknown> = new Set<DeciderName>(['caller', 'model', 'human']);
/** Keys that are looked at for unknown ones. */
const MAX_KEYS = 50;
const MAX_VISITS = 1_000_000;

/** The front matter of `index.md`: `description`, `max_visits`, `deciders`. */
export function readIndexSettings(document: Document, expanded: Expanded): IndexSettings {
  const matter = readMatter(document, expanded, ['description', 'max_visits', 'deciders']);
  const { description, deciders } = matter.values;
  const maxVisits = readMaxVisits(matter);
  if (description !== undefined && typeof description !== 'string') {
    matter.fail(
      'front-matter/value',
      'description',
      `"description" must be a text, found ${kindOf(description)}.`,
    );
  }
  if (deciders !== undefined && !areDeciders(deciders)) {
    matter.fail(
      'front-matter/value',
      'deciders',
      '"deciders" must be a list of caller, model and human, each at most once, in the order in which they are asked.',
    );
  }
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(areDeciders(deciders) ? { deciders } : {}),
    ...(maxVisits === undefined ? {} : { maxVisits }),
    faults: matter.faults,
  };
}

/** The front matter of a step: `max_visits`, `transitions`. */
export function readStepSettings(document: Document, expanded: Expanded): StepSettings {
  const matter = readMatter(document, expanded, ['max_visits', 'transitions']);
  const { transitions } = matter.values;
  const maxVisits = readMaxVisits(matter);
  return {
    ...(transitions === undefined ? {} : { transitions }),
    ...(maxVisits === undefined ? {} : { maxVisits }),
    faults: matter.faults,
  };
}

interface Matter {
  readonly values: {
    readonly description?: unknown;
    readonly max_visits?: unknown;
    readonly deciders?: unknown;
    readonly transitions?: unknown;
  };
  readonly faults: Fault[];
  fail(code: FaultCode, key: string, message: string): void;
}

function readMatter(document: Document, expanded: Expanded, known: readonly string[]): Matter {
  const faults: Fault[] = [];
  const fail = (code: FaultCode, key: string, message: string): void => {
    faults.push(toFault(code, expanded.origin(lineOf(key, expanded.text)), { message }));
  };
  const { frontMatter, frontMatterFault } = document;
  if (frontMatterFault) {
    const message = `The front matter cannot be read as YAML: ${frontMatterFault.message}`;
    faults.push(toFault('front-matter/invalid', expanded.origin(frontMatterFault.line), { message }));
  }
  if (frontMatter === undefined || frontMatter === null) return { values: {}, faults, fail };
  if (!isJsonObject(frontMatter)) {
    fail(
      'front-matter/invalid',
      '',
      `The front matter must be a mapping with the keys ${known.join(', ')}; found ${kindOf(frontMatter)}.`,
    );
    return { values: {}, faults, fail };
  }
  for (const key of Object.keys(frontMatter).slice(0, MAX_KEYS)) {
    if (!known.includes(key))
      fail('front-matter/unknown-key', key, `"${key}" means nothing here. Known keys: ${known.join(', ')}.`);
  }
  return { values: Object.fromEntries(Object.entries(frontMatter)), faults, fail };
}

function readMaxVisits(matter: Matter): number | undefined {
  const value = matter.values.max_visits;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_VISITS) return value;
  matter.fail(
    'front-matter/value',
    'max_visits',
    `"max_visits" must be a whole number from 1 to ${MAX_VISITS}, found ${kindOf(value)}.`,
  );
  return undefined;
}

function areDeciders(value: unknown): value is readonly DeciderName[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((each) => DECIDERS.has(each))
  );
}

/** The line on which the front matter names the key; its first line otherwise. */
function lineOf(key: string, text: string): number {
  const end = text.indexOf('\n---', 3);
  const at = text
    .slice(0, end === -1 ? 0 : end)
    .split('\n')
    .findIndex((line) => key !== '' && line.startsWith(key));
  return Math.max(at, 0) + 1;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return JSON.stringify(value).slice(0, 40);
}
