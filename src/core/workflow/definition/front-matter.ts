import type { Document } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { DeciderName } from '../workflow.ts';
import type { Expanded } from './includes.ts';
import { kindOf, readMatter } from './matter.ts';
import type { Matter } from './matter.ts';

export interface IndexSettings {
  readonly description?: string;
  readonly maxVisits?: number;
  readonly deciders?: readonly DeciderName[];
  readonly modelUpdates?: 'any' | readonly string[];
  readonly faults: readonly Fault[];
}

export interface StepSettings {
  readonly maxVisits?: number;
  /** Not yet checked: the guidance compiler knows the rule language. */
  readonly transitions?: unknown;
  readonly faults: readonly Fault[];
}

const DECIDERS: ReadonlySet<unknown> = new Set<DeciderName>(['caller', 'model', 'human']);
const MAX_VISITS = 1_000_000;

/** The front matter of `index.md`: `description`, `max_visits`, `deciders`, `model_updates`. */
export function readIndexSettings(document: Document, expanded: Expanded): IndexSettings {
  const matter = readMatter(document, expanded, ['description', 'max_visits', 'deciders', 'model_updates']);
  const { description, deciders, model_updates: modelUpdates } = matter.values;
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
  if (modelUpdates !== undefined && !areUpdates(modelUpdates)) {
    matter.fail(
      'front-matter/value',
      'model_updates',
      '"model_updates" must be any, or a list of the names of context variables that a model may set.',
    );
  }
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(areDeciders(deciders) ? { deciders } : {}),
    ...(areUpdates(modelUpdates) ? { modelUpdates } : {}),
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

function readMaxVisits(matter: Matter<'max_visits'>): number | undefined {
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

function areUpdates(value: unknown): value is 'any' | readonly string[] {
  return value === 'any' || (Array.isArray(value) && value.every((each) => typeof each === 'string'));
}
