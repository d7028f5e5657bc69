import { TuttiError } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

export interface JsonBounds {
  /** Nested arrays and objects that are still accepted. */
  readonly maxDepth: number;
  /** Characters of the compact text form, counted without writing it. */
  readonly maxLength: number;
}

/** What one value that a client sends may measure: deep enough for people, shallow enough for every stack. */
export const VALUE_BOUNDS: JsonBounds = { maxDepth: 64, maxLength: 1_048_576 };

/**
 * Checks that `value` is plain JSON within `bounds`, without recursion, so that no nesting can overflow the stack.
 *
 * @throws TuttiError `input/invalid-type` for what JSON cannot hold, `input/too-deep`, `input/too-large`.
 */
export function checkJson(value: unknown, name: string, bounds: JsonBounds = VALUE_BOUNDS): Json {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let length = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (item.depth > bounds.maxDepth) {
      throw new TuttiError(
        'input/too-deep',
        `${name} is nested more than ${bounds.maxDepth} levels deep. Send a flatter value.`,
      );
    }
    length += scalarLength(item.value, name);
    if (item.value !== null && typeof item.value === 'object') {
      const depth = item.depth + 1;
      if (Array.isArray(item.value)) {
        length += item.value.length;
        for (const each of item.value) open.push({ value: each, depth });
      } else {
        for (const [key, each] of Object.entries(item.value)) {
          length += key.length + 4;
          open.push({ value: each, depth });
        }
      }
    }
    if (length > bounds.maxLength) {
      throw new TuttiError(
        'input/too-large',
        `${name} is larger than ${bounds.maxLength} characters. Keep large content in a file and send its path.`,
      );
    }
  }
  return value as Json;
}

function scalarLength(value: unknown, name: string): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      if (Number.isFinite(value)) return 8;
      break;
    case 'boolean':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (Array.isArray(value) || isPlain(value)) return 2;
      break;
    default:
  }
  throw new TuttiError(
    'input/invalid-type',
    `${name} holds a value that JSON cannot express (${typeof value}). Send plain JSON.`,
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What a value is, for sentences that say what was found. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The text form with keys in order, so that equal values give equal texts. Only for values that passed {@link checkJson}. */
export function canonicalJson(value: Json): string {
  const sorted = inOrder(value);
  return sorted === undefined ? spelled(value) : JSON.stringify(sorted);
}

/** A copy with keys in order, which the platform writes much faster; `undefined` where no copy would keep it. */
function inOrder(value: Json): Json | undefined {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map((each: Json) => inOrder(each));
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  const sorted: Record<string, Json> = {};
  for (const key of keysInOrder(value as JsonObject)) {
    const each = (value as JsonObject)[key];
    if (each === undefined) continue;
    const copy = isMoved(key) ? undefined : inOrder(each);
    if (copy === undefined) return undefined;
    sorted[key] = copy;
  }
  return sorted;
}

/** Whether an object may have the key elsewhere than where it was put: whole numbers come first. */
function isMoved(key: string): boolean {
  return (key >= '0' && key < ':') || key === '__proto__';
}

/** With more of them, moving one at a time would take longer than it saves. */
const FEW_KEYS = 32;

function keysInOrder(value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  if (keys.length > FEW_KEYS) return keys.toSorted();
  // Most objects are small and nearly in order, for which the platform's own sorting takes twice as long.
  for (let from = 1; from < keys.length; from++) {
    const key = keys[from] as string;
    let at = from;
    for (; at > 0 && (keys[at - 1] as string) > key; at--) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

function spelled(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: Json) => spelled(each)).join(',')}]`;
  let text = '';
  for (const key of keysInOrder(value as JsonObject)) {
    const each = (value as JsonObject)[key];
    if (each === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${spelled(each)}`;
  }
  return `{${text}}`;
}
