import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { canonicalName, nameWords } from './name.ts';
import { contentWords } from './open-text.ts';
import { statusClass } from './status.ts';
import { isPlaceholder } from './value-test.ts';

/** Fields by whose value a report says that it went well, and by whose value that it did not. */
const WELL: ReadonlySet<string> = new Set([
  'success',
  'succeeded',
  'successful',
  'ok',
  'passed',
  'pass',
  'valid',
]);
const BADLY: ReadonlySet<string> = new Set(
  'error errors fail failed fails failing failure failures exception exceptions crash crashed aborted'.split(
    ' ',
  ),
);
const VERDICTS: ReadonlySet<string> = new Set('status state outcome conclusion verdict result'.split(' '));
/** Beside those, these say that it is a number of things, or that the trouble is over or only a bound. */
const COUNTS: ReadonlySet<string> = new Set('count number num total rate'.split(' '));
const MENDED: ReadonlySet<string> = new Set(
  'fixed resolved mended handled ignored previous past old max maximum allowed expected no'.split(' '),
);
const CODES: ReadonlySet<string> = new Set(['exitcode', 'returncode', 'exitstatus', 'rc']);

/** Every text in a value, however deep. */
export function strings(value: Json): readonly string[] {
  const found: string[] = [];
  walk(value, (each) => {
    if (typeof each === 'string') found.push(each);
    return false;
  });
  return found;
}

/** Whether any key in a value, however deep, is accepted. */
export function someKey(value: Json, accept: (key: string) => boolean): boolean {
  return walk(value, (_, key) => key !== undefined && accept(key));
}

/** Whether fields of a report say that it did not go well. */
export function contradicts(fields: Readonly<Record<string, Json | undefined>>): boolean {
  return Object.entries(fields).some(([name, value]) => {
    if (value === undefined || value === null) return false;
    if (name === 'result' && value === false) return true;
    return walk({ [name]: value }, (each, key) => key !== undefined && tellsOfTrouble(key, each));
  });
}

const ADMISSION = /\b(?:(?:could|did|was|were)(?: not|n['’]t)|can(?:not|['’]t)|unable to|failed to) /i;

/** "Could not write the file": a message that says what was not done. */
export function admitsFailure(message: Json | undefined): boolean {
  return typeof message === 'string' && ADMISSION.test(message);
}

function tellsOfTrouble(key: string, value: Json): boolean {
  const name = canonicalName(key);
  const words = nameWords(key);
  if (words.some((word) => WELL.has(word)) && !words.some((word) => BADLY.has(word)))
    return isZero(value) && !words.some((word) => COUNTS.has(word)) ? true : saysNo(value);
  if (CODES.has(name)) return value !== null && typeof value !== 'object' && !isZero(value);
  if (VERDICTS.has(name)) return typeof value === 'string' && statusClass(value) === 'failure';
  return (
    words.some((word) => BADLY.has(word)) && !words.some((word) => MENDED.has(word)) && isSomething(value)
  );
}

function isSomething(value: Json): boolean {
  if (value === null || value === false) return false;
  if (typeof value === 'string') return !isPlaceholder(value) && !isZero(value) && !saysNo(value);
  if (typeof value === 'number') return value !== 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return !Array.isArray(value) || value.length > 0;
}

function isZero(value: Json): boolean {
  return value === 0 || value === false || value === '0';
}

function saysNo(value: Json): boolean {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'false' || word === 'no';
}

/** Passes a value and all it holds, without recursion, until one is accepted. */
function walk(value: Json, accept: (value: Json, key?: string) => boolean): boolean {
  const open: { readonly value: Json; readonly key?: string }[] = [{ value }];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (accept(each.value, each.key)) return true;
    if (Array.isArray(each.value)) {
      for (const item of (each.value as readonly Json[]).toReversed()) open.push({ value: item });
    } else if (isJsonObject(each.value)) {
      for (const [key, item] of Object.entries(each.value).toReversed()) open.push({ value: item, key });
    }
  }
  return false;
}

/** Whether one text uses at least half of the words that carry the meaning of another. */
export function sharesWords(text: string, other: string): boolean {
  if (text.trim() === '') return false;
  const words = new Set(contentWords(text));
  const sought = contentWords(other);
  const shared = sought.filter((word) => words.has(word));
  return shared.length > 0 && 2 * shared.length >= sought.length;
}

const MIN_NAME_LENGTH = 3;

/** Whether a text speaks of a variable by its name. */
export function mentions(text: string, name: string): boolean {
  if (name.length < MIN_NAME_LENGTH || text === '') return false;
  return placesOf(text.toLowerCase(), name.toLowerCase()).next().done !== true;
}

/** "is now false", ": 5": what follows a name, and says its value. */
const SAID_VALUE =
  /^[\s`"]*(?:(?:is|was|are|has|been|set|changed|to|now|still|=|:)[\s`"]*){1,4}(true|false|yes|no|-?\d+(?:\.\d+)?)\b/;
const MAX_SAID_LENGTH = 60;

/** Whether a text gives a variable another value than it has. */
export function disputes(text: string, name: string, value: Json): boolean {
  if (name.length < MIN_NAME_LENGTH || text === '' || value === null || typeof value === 'object')
    return false;
  const low = text.toLowerCase();
  for (const end of placesOf(low, name.toLowerCase())) {
    const said = SAID_VALUE.exec(low.slice(end, end + MAX_SAID_LENGTH))?.[1];
    if (said !== undefined && isOther(said, value)) return true;
  }
  return false;
}

function isOther(said: string, value: boolean | number | string): boolean {
  const number = Number(said);
  if (!Number.isNaN(number)) return typeof value === 'number' && value !== number;
  return typeof value === 'boolean' && value !== (said === 'true' || said === 'yes');
}

/** Where a name ends that stands by itself in a text. */
function* placesOf(text: string, name: string): Generator<number> {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (!isNamePart(text[at - 1]) && !isNamePart(text[end])) yield end;
  }
}

function isNamePart(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}_]/u.test(char);
}
