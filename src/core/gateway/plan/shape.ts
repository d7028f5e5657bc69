import { TuttiError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { checkJson, isJsonObject } from '../../kernel/json.ts';

type Test = readonly [expected: string, holds: (value: Json | undefined) => boolean];

const text: Test = ['text', (value) => typeof value === 'string'];
const object: Test = ['an object', (value) => value !== undefined && isJsonObject(value)];
const MEMBERS: Readonly<Record<string, Test>> = {
  id: text,
  server: text,
  intent: text,
  tool: optional(text),
  arguments: optional(object),
  bind: optional([
    'an object of references',
    (value) =>
      value !== undefined &&
      isJsonObject(value) &&
      Object.values(value).every((each) => typeof each === 'string'),
  ]),
  forEach: optional(text),
  dependsOn: [
    'a list of ids',
    (value) => Array.isArray(value) && value.every((each: Json) => typeof each === 'string'),
  ],
  uncertainOrder: optional(['true or false', (value) => typeof value === 'boolean']),
};

/** What keeps a value from being read as a plan at all. */
export function shapeFaults(plan: unknown): readonly string[] {
  try {
    const value = checkJson(plan, 'The plan');
    if (!isJsonObject(value) || !Array.isArray(value['calls']))
      return ['A plan is an object with a list of calls.'];
    return value['calls'].flatMap((call: Json, at) => callFaults(call, at));
  } catch (error) {
    if (error instanceof TuttiError) return [error.message];
    throw error;
  }
}

function callFaults(call: Json, at: number): readonly string[] {
  if (!isJsonObject(call)) return [`calls[${at}] must be an object.`];
  return Object.entries(MEMBERS)
    .filter(([name, [, holds]]) => !holds(Object.hasOwn(call, name) ? call[name] : undefined))
    .map(([name, [expected]]) => `calls[${at}].${name} must be ${expected}.`);
}

function optional([expected, holds]: Test): Test {
  return [expected, (value) => value === undefined || holds(value)];
}
