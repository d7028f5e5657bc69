import { TuttiError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { follow } from '../json-path.ts';
import type { Key } from '../path-selectors.ts';
import { EVERY, keysOf } from '../path-selectors.ts';
import type { PlannedCall } from './plan.ts';

const ID = '[A-Za-z][A-Za-z0-9_]{0,31}';
const CALL_ID = new RegExp(`^${ID}$`);
const HEAD = new RegExp(`^\\$(?:calls\\.(${ID})|(${ID}))(?![A-Za-z0-9_])`);
/** What references begin with for other reasons. */
const RESERVED: ReadonlySet<string> = new Set(['calls', 'item']);
const MAX_FOUND = 10_000;
const SHOWN_MEMBERS = 10;

/** A place in what a call answered, or in the item at hand. */
export interface Reference {
  /** Absent for the item at hand. */
  readonly call?: string;
  readonly keys: readonly Key[];
}

export function isCallId(text: string): boolean {
  return CALL_ID.test(text) && !RESERVED.has(text);
}

/**
 * Reads `$a`, `$a.items[*].id`, `$calls.a["odd key"]`, `$item.id`.
 *
 * @throws TuttiError `plan/invalid` for what is no reference.
 */
export function parseReference(text: string): Reference {
  const [head, long, short] = HEAD.exec(text) ?? [];
  const call = long ?? short;
  if (head === undefined || call === undefined || (call === 'item' ? long !== undefined : !isCallId(call)))
    throw unreadable(text, 'it must begin with $ and the id of a call, or with $item');
  try {
    const keys = keysOf(`$${text.slice(head.length)}`);
    return call === 'item' ? { keys } : { call, keys };
  } catch (error) {
    throw unreadable(text, error instanceof TuttiError ? error.message.replace(/\.$/, '') : 'it is no path');
  }
}

/**
 * What a reference stands for. `[*]` goes over a list, or the only list of an object, and gives a list.
 *
 * @param values what each call answered, by its id
 * @throws TuttiError `plan/invalid` for what is no reference, or leads nowhere.
 */
export function resolveReference(text: string, values: ReadonlyMap<string, Json>, item?: Json): Json {
  const { call, keys } = parseReference(text);
  const start = call === undefined ? item : values.get(call);
  if (start === undefined) {
    const why = call === undefined ? 'there is no item at hand' : `call ${call} has no answer`;
    throw invalid(`Reference ${quoted(text)} leads nowhere: ${why}. Refer to a call that answered before.`);
  }
  let found: readonly Json[] = [start];
  let way = call === undefined ? '$item' : `$${call}`;
  for (const key of keys) {
    const next = found.flatMap((each) => (key === EVERY ? (listIn(each) ?? []) : follow(each, key)));
    if (next.length === 0 && found.some((each) => !(key === EVERY && listIn(each))))
      throw lost({ text, way, key, found });
    if (next.length > MAX_FOUND)
      throw invalid(`Reference ${quoted(text)} leads to more than ${MAX_FOUND} values. Narrow it.`);
    found = next;
    way += printed(key);
  }
  return keys.includes(EVERY) ? found : (found[0] ?? null);
}

/**
 * The items that a `forEach` goes over: a list, or the only list that an object has.
 *
 * @throws TuttiError `plan/invalid` where there is neither.
 */
export function resolveItems(text: string, values: ReadonlyMap<string, Json>): readonly Json[] {
  const found = resolveReference(text, values);
  const list = listIn(found);
  if (list !== undefined) return list;
  throw invalid(`${quoted(text)} must lead to a list, but there is ${described(found)}.${advice(found)}`);
}

/** Ids of the calls whose answers a call refers to, each once. */
export function referencesIn(call: PlannedCall): readonly string[] {
  const texts = [...(call.forEach === undefined ? [] : [call.forEach]), ...Object.values(call.bind ?? {})];
  return [...new Set(texts.flatMap((text) => callOf(text) ?? []))];
}

function callOf(text: string): string | undefined {
  try {
    return parseReference(text).call;
  } catch {
    return undefined;
  }
}

function listIn(value: Json): readonly Json[] | undefined {
  if (Array.isArray(value)) return value as readonly Json[];
  if (!isJsonObject(value)) return undefined;
  const lists = Object.values(value).filter((each) => Array.isArray(each));
  return lists.length === 1 ? lists[0] : undefined;
}

interface Lost {
  readonly text: string;
  readonly way: string;
  readonly key: Key;
  readonly found: readonly Json[];
}

function lost({ text, way, key, found }: Lost): TuttiError {
  const [example = null] = found;
  const wanted = key === EVERY ? 'no list' : `no ${typeof key === 'number' ? `item ${key}` : quoted(key)}`;
  const more = key === EVERY ? advice(example) : ' Correct the reference.';
  return invalid(
    `Reference ${quoted(text)} leads nowhere: ${wanted} at ${way.slice(0, 200)}, where there is ${described(example)}.${more}`,
  );
}

function advice(value: Json): string {
  if (!isJsonObject(value)) return ' Refer to a list.';
  const lists = Object.keys(value).filter((key) => Array.isArray(value[key]));
  return lists.length === 0 ? ' Refer to a list.' : ` Name the list: ${names(lists)}.`;
}

function described(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length} items`;
  if (!isJsonObject(value))
    return typeof value === 'string' ? `text of ${value.length} characters` : `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an object without members' : `an object with ${names(keys)}`;
}

function names(keys: readonly string[]): string {
  const shown = keys.slice(0, SHOWN_MEMBERS).map((key) => quoted(key, 40));
  return `${shown.join(', ')}${keys.length > shown.length ? ` and ${keys.length - shown.length} more` : ''}`;
}

function printed(key: Key): string {
  if (key === EVERY) return '[*]';
  if (typeof key === 'number') return `[${key}]`;
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function quoted(text: string, maxLength = 120): string {
  return JSON.stringify(text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);
}

function unreadable(text: string, why: string): TuttiError {
  return invalid(
    `Reference ${quoted(text)} cannot be read: ${why}. Write $call.member, $call["odd key"], $call.list[*].member or $item.member.`,
  );
}

function invalid(message: string): TuttiError {
  return new TuttiError('plan/invalid', message);
}
