import { TuttiError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';

const MAX_LENGTH = 500;
const MAX_FOUND = 10_000;
const STEP = /\.\*|\[\*\]|\.([\p{L}\p{N}_$-]+)|\[(\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]/uy;

export type Key = string | number | typeof EVERY;
export const EVERY: unique symbol = Symbol('every');

/**
 * What a path such as `$.items[*].id` leads to, in order; nothing where it leads nowhere.
 *
 * @throws TuttiError `input/invalid-format` for what is no path, or leads to more than 10,000 values.
 */
export function readPath(value: Json, path: string): readonly Json[] {
  let found: readonly Json[] = [value];
  for (const key of keysOf(path)) {
    found = found.flatMap((each) => follow(each, key));
    if (found.length > MAX_FOUND) throw invalid(`path leads to more than ${MAX_FOUND} values. Narrow it.`);
  }
  return found;
}

/** Whether a path can lead to several values. */
export function isPlural(path: string): boolean {
  return keysOf(path).includes(EVERY);
}

/** @throws TuttiError `input/invalid-format` for what is no path. */
export function keysOf(path: string): readonly Key[] {
  if (path.length > MAX_LENGTH || !path.startsWith('$'))
    throw invalid(`path must begin with $ and have at most ${MAX_LENGTH} characters.`);
  const keys: Key[] = [];
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null)
      throw invalid(`path cannot be read at column ${at + 1}: expected .name, ['name'], [0] or [*].`);
    const [text, name, index, quoted, doubled] = match;
    keys.push(index === undefined ? (name ?? quoted ?? doubled ?? EVERY) : Number(index));
    at += text.length;
  }
  return keys;
}

/** What one step leads to, in order; nothing where it leads nowhere. */
export function follow(value: Json, key: Key): readonly Json[] {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (key === EVERY) return list;
    const item = typeof key === 'number' ? list[key] : undefined;
    return item === undefined ? [] : [item];
  }
  if (!isJsonObject(value)) return [];
  if (key === EVERY) return Object.values(value);
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  return member === undefined ? [] : [member];
}

function invalid(message: string): TuttiError {
  return new TuttiError('input/invalid-format', message);
}
