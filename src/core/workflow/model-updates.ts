import { TuttiError } from '../kernel/errors.ts';
import { checkJson, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { mentionedPaths, namesVariable } from './mentions.ts';
import type { Step, Workflow } from './workflow.ts';

export interface TakenUpdates {
  readonly updates: JsonObject;
  /** What was not taken, and why. */
  readonly dropped: readonly string[];
}

const BOUNDS = { maxDepth: 8, maxLength: 8_192 };
const ALL_LENGTH = 16_384;
const MAX_TOLD = 20;
const NAME_LENGTH = 60;

/**
 * What of a model's context updates is taken: plain JSON, small and flat, under keys that the step's guidance names or the workflow lets a
 * model set.
 */
export function takeUpdates(
  given: unknown,
  { workflow, step, context }: { workflow: Workflow; step: Step; context: JsonObject },
): TakenUpdates {
  if (given === undefined || given === null) return { updates: {}, dropped: [] };
  if (!isJsonObject(given)) return { updates: {}, dropped: ['context_updates: no object'] };
  const may = declared(workflow, step);
  const dropped: string[] = [];
  const taken: [string, Json][] = [];
  let left = ALL_LENGTH;
  for (const [key, value] of Object.entries(given)) {
    const length = may(key) ? lengthOf(value) : 'not declared by the step';
    const objection =
      typeof length === 'string' ? length : length > left ? 'too large with the others' : undefined;
    if (objection === undefined) {
      taken.push([key, value]);
      left -= Number(length);
    } else if (dropped.length < MAX_TOLD) dropped.push(`${key.slice(0, NAME_LENGTH)}: ${objection}`);
    else dropped[MAX_TOLD] = 'and others';
  }
  const updates = Object.fromEntries(taken);
  return fits({ ...context, ...updates })
    ? { updates, dropped }
    : { updates: {}, dropped: [...dropped, 'all others: the context would be too large'] };
}

function declared({ modelUpdates = [] }: Workflow, step: Step): (key: string) => boolean {
  if (modelUpdates === 'any') return () => true;
  const paths = new Set([...mentionedPaths(step)].map((path) => path.split(/[.[]/, 1)[0] ?? path));
  return (key) => modelUpdates.includes(key) || namesVariable(step, paths, key);
}

/** As a text of JSON, or why it is not taken. */
function lengthOf(value: unknown): number | string {
  try {
    return JSON.stringify(checkJson(value, 'value', BOUNDS)).length;
  } catch (fault) {
    const code = fault instanceof TuttiError ? fault.code : undefined;
    return code === 'input/too-deep' ? 'too deep' : code === 'input/too-large' ? 'too large' : 'no JSON';
  }
}

function fits(context: JsonObject): boolean {
  try {
    checkJson(context, 'context');
    return true;
  } catch {
    return false;
  }
}
