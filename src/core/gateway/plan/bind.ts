import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { PlannedCall } from './plan.ts';
import { resolveReference } from './references.ts';

const POINTER = /^(?:\/(?:[^~/]|~[01])*)+$/;
const INDEX = /^(?:0|[1-9]\d{0,8})$/;
const TRAPS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_POINTER_LENGTH = 500;
const MAX_STEPS = 32;
const MAX_BINDINGS = 64;

interface Place {
  readonly pointer: string;
  readonly tokens: readonly string[];
  readonly reference: string;
}

/**
 * The arguments of a call, with what its references stand for put in their places.
 *
 * @param values what each call answered, by its id
 * @param item the one at hand, where `forEach` is set
 * @throws TuttiError `plan/invalid` for a place that cannot be, or a reference that leads nowhere.
 */
export function argumentsOf(call: PlannedCall, values: ReadonlyMap<string, Json>, item?: Json): JsonObject {
  let filled: Json = call.arguments ?? {};
  for (const place of placesOf(call))
    filled = put(filled, place, resolveReference(place.reference, values, item));
  return filled as JsonObject;
}

/** What is wrong with the places of a call's bindings, whatever the values will be. */
export function placeFaults(call: PlannedCall): readonly string[] {
  const pointers = Object.keys(call.bind ?? {});
  if (pointers.length > MAX_BINDINGS)
    return [`It has ${pointers.length} bindings; at most ${MAX_BINDINGS} are filled. Bind whole objects.`];
  const faults = pointers.flatMap((pointer) => {
    const outer = pointers.find((each) => pointer.startsWith(`${each}/`));
    if (outer !== undefined)
      return [`Bindings ${shown(outer)} and ${shown(pointer)} fill the same place. Keep one of them.`];
    return faultOf(() => tokensOf(pointer));
  });
  if (faults.length > 0) return faults;
  let filled: Json = call.arguments ?? {};
  return placesOf(call).flatMap((place) =>
    faultOf(() => {
      filled = put(filled, place, null);
    }),
  );
}

function faultOf(act: () => unknown): readonly string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof TuttiError) return [error.message];
    throw error;
  }
}

/** In the order of their places, so that the items of a list come one after another. */
function placesOf(call: PlannedCall): readonly Place[] {
  return Object.entries(call.bind ?? {})
    .map(([pointer, reference]) => ({ pointer, tokens: tokensOf(pointer), reference }))
    .toSorted((a, b) => compare(a.tokens, b.tokens));
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((token, index) => token !== b[index]);
  const [left, right] = [a[at], b[at]];
  if (left === undefined || right === undefined) return a.length - b.length;
  if (INDEX.test(left) && INDEX.test(right)) return Number(left) - Number(right);
  if (left === '-' || right === '-') return left === '-' ? 1 : -1;
  return left < right ? -1 : 1;
}

function tokensOf(pointer: string): readonly string[] {
  if (pointer.length > MAX_POINTER_LENGTH || !POINTER.test(pointer))
    throw invalid(pointer, 'must be a JSON pointer to an argument, such as "/name" or "/list/0"');
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const trap = tokens.find((token) => TRAPS.has(token));
  if (trap !== undefined) throw invalid(pointer, `names ${trap}, which no argument may be called`);
  if (tokens.length > MAX_STEPS) throw invalid(pointer, `is longer than ${MAX_STEPS} steps`);
  return tokens;
}

/** A copy along the way; what lies beside it is shared. A list is made where the next step is `-` or `0`. */
function put(whole: Json, { pointer, tokens }: Place, value: Json): Json {
  const [token, ...more] = tokens;
  if (token === undefined) return value;
  const rest = { pointer, tokens: more, reference: '' };
  if (Array.isArray(whole)) {
    const list = whole as readonly Json[];
    const at = token === '-' ? list.length : INDEX.test(token) ? Number(token) : Infinity;
    if (at > list.length)
      throw invalid(
        pointer,
        `needs an index of a list of ${list.length} items, or "-" to add one; found ${JSON.stringify(token.slice(0, 40))}`,
      );
    return [...list.slice(0, at), put(list[at] ?? started(more), rest, value), ...list.slice(at + 1)];
  }
  if (!isJsonObject(whole)) throw invalid(pointer, 'leads into an argument that is no object and no list');
  const inner = Object.hasOwn(whole, token) ? whole[token] : undefined;
  return { ...whole, [token]: put(inner ?? started(more), rest, value) };
}

function started([next]: readonly string[]): Json {
  return next === '-' || next === '0' ? [] : {};
}

function shown(pointer: string): string {
  return JSON.stringify(pointer.length > 120 ? `${pointer.slice(0, 120)}…` : pointer);
}

function invalid(pointer: string, what: string): TuttiError {
  return new TuttiError('plan/invalid', `Binding ${shown(pointer)} ${what}.`);
}
