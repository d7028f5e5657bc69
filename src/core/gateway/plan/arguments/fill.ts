import type { Json, JsonObject } from '../../../kernel/json.ts';
import { excludedIn } from '../excluded.ts';
import { assign } from './assign.ts';
import { candidatesOfChannels } from './channels.ts';
import { candidatesOfChoices } from './choices.ts';
import { allows, allowsList } from './fit.ts';
import { candidatesOfFolders } from './folders.ts';
import { candidatesByKind } from './kinds.ts';
import { candidatesOfTimes } from './moments.ts';
import { candidatesOfNumbers } from './numbers.ts';
import { candidatesOfPhrases } from './phrases.ts';
import { membersOf, propertiesOf, requiredOf, resolved } from './properties.ts';
import type { Property } from './properties.ts';
import type { Candidate, Reading } from './reading.ts';
import { candidate, isFree, overlap, readingOf, standsAlone, withName, wordBefore } from './reading.ts';
import { candidatesOfRows } from './rows.ts';
import { statedCandidates } from './stated.ts';
import { addresseesIn, topicFor } from './topic.ts';
import { stems } from './words.ts';
import type { ReadingTime } from './zone.ts';

const MAX_TEXT_LENGTH = 8000;
const TEXTS = stems(
  'query q search text title name content body message keyword term comment pattern phrase',
);
const TITLES = stems('title name subject');
/** Parameters by which something is left out. */
const LEAVING_OUT = stems('exclude excluded excluding except without not ignore ignored skip omit no');
const SAYINGS = stems('message text body content comment note reply');

export interface Filled {
  readonly arguments: JsonObject;
  /** Names of required parameters that nothing fills. */
  readonly missing: readonly string[];
  /** Which parts of the text went to which parameters; what a text is about as a whole has none. */
  readonly spans: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

export interface FillOptions extends ReadingTime {
  /** What whoever is asked goes by: "in Slack" says nothing of what is looked for. */
  readonly addressees?: readonly string[];
}

/**
 * The arguments that a text states plainly, for the parameters of a tool. Nothing is guessed: what could be one or the other is left out, as is
 * what the schema does not allow. Dates are those of the place where the text is read.
 *
 * @param text of which the first 8,000 characters are read
 * @param schema of an object; anything else has no parameters
 */
export function fillArguments(
  text: string,
  schema: JsonObject,
  { addressees = [], ...time }: FillOptions,
): Filled {
  const reading = readingOf(text.slice(0, MAX_TEXT_LENGTH), time);
  const properties = propertiesOf(schema);
  const open = properties.filter((property) => onlyValue(property.list ?? property.schema) === undefined);
  const excluded = excludedIn(reading.text);
  const addressed = addresseesIn(reading.text, addressees);
  // What is left out by words is no value: "except the merged ones".
  const isLeftOut = ({ start, property: { words } }: Candidate) =>
    excluded.some((each) => each.start < start && start < each.end) &&
    !words.some((word) => LEAVING_OUT.has(word));
  const candidates = [
    ...statedCandidates(reading, open),
    ...candidatesByKind(reading, open),
    ...candidatesOfNumbers(reading, open),
    ...candidatesOfRows(reading, open),
    ...candidatesOfTimes(reading, open),
    ...candidatesOfChoices(reading, open),
    ...candidatesOfPhrases(reading, open),
    ...candidatesOfFolders(reading, open),
    ...candidatesOfChannels(reading, open, addressed),
  ];
  const { values, used } = assign(candidates.filter((each) => each.value === false || !isLeftOut(each)));
  const filled = new Map(values);
  const quoted = quotedFor(
    open.filter((property) => !filled.has(property)),
    reading,
    used,
  );
  if (quoted !== undefined) filled.set(quoted.property, quoted.value);
  const topic = topicFor(
    reading,
    open.filter((property) => !filled.has(property)),
    [
      ...[...used, ...(quoted ? [quoted] : [])].map((each) => withName(each, reading)),
      ...addressed,
      ...excluded.filter(({ start }) =>
        /^(?:except|excluding|other|apart|aside|but|rather|instead)/i.test(
          reading.text.slice(start, start + 10),
        ),
      ),
    ],
  );
  if (topic !== undefined) filled.set(...topic);
  const found = assembled(schema, filled);
  return {
    arguments: found,
    missing: requiredOf(schema).filter((name) => !Object.hasOwn(found, name)),
    spans: [...used, ...(quoted ? [quoted] : [])]
      .filter(({ property }) => filled.has(property))
      .map(({ property, start, end }) => ({ name: property.path[0] ?? '', start, end })),
  };
}

/** The only quotation that is left, for the only text that is left: the required one, or that of all. */
function quotedFor(
  left: readonly Property[],
  reading: Reading,
  used: readonly Candidate[],
): Candidate | undefined {
  const pieces = reading.pieces.filter(
    (piece) => piece.kind === 'quoted' && !used.some((each) => overlap(each, piece)),
  );
  const free = left.filter((each) => isFree(each) && each.format === undefined);
  const needed = free.filter(({ isRequired }) => isRequired);
  const [[piece, ...others], [property, ...more]] = [pieces, needed.length > 0 ? needed : free];
  if (piece === undefined || property === undefined || others.length + more.length > 0) return undefined;
  if (property.list !== undefined || (needed.length === 0 && !isTextual(property))) return undefined;
  const isMeant =
    standsAlone(reading, piece) ||
    (reading.isOneSentence && isTitle(property)) ||
    isSaying(wordBefore(reading, piece.start), property);
  return isMeant ? candidate(property, piece, { value: piece.value, score: 0 })[0] : undefined;
}

/** `the message "hello"`, whatever the tool calls what is said. */
function isSaying(noun: string, { words }: Property): boolean {
  return [...stems(noun)].some((word) => SAYINGS.has(word)) && words.some((word) => SAYINGS.has(word));
}

function isTextual({ words }: Property): boolean {
  return words.some((word) => TEXTS.has(word));
}

function isTitle({ words }: Property): boolean {
  return words.length === 1 && words.every((word) => TITLES.has(word));
}

function assembled(schema: JsonObject, values: ReadonlyMap<Property, Json>): JsonObject {
  const { flat, nested } = sorted(values);
  const required = requiredOf(schema);
  const result: [string, Json][] = [];
  for (const [name, given] of membersOf(schema)) {
    const member = resolved(given, schema);
    const isRequired = required.includes(name);
    const value =
      flat.get(name) ??
      (isRequired ? onlyValue(member) : undefined) ??
      objectOf({ member, root: schema, isRequired, inner: nested.get(name) });
    if (value !== undefined) result.push([name, value]);
  }
  return Object.fromEntries(result);
}

interface Sorted {
  readonly flat: ReadonlyMap<string, Json>;
  /** By the name of the object that holds them. */
  readonly nested: ReadonlyMap<string, ReadonlyMap<string, Json>>;
}

function sorted(values: ReadonlyMap<Property, Json>): Sorted {
  const flat = new Map<string, Json>();
  const nested = new Map<string, Map<string, Json>>();
  for (const [{ path, list }, value] of values) {
    const [outer = '', inner] = path;
    if (list !== undefined && !(Array.isArray(value) && allowsList(list, value))) continue;
    if (inner === undefined) flat.set(outer, value);
    else nested.set(outer, (nested.get(outer) ?? new Map<string, Json>()).set(inner, value));
  }
  return { flat, nested };
}

interface Holder {
  readonly member: JsonObject;
  readonly root: JsonObject;
  readonly isRequired: boolean;
  readonly inner: ReadonlyMap<string, Json> | undefined;
}

/** Whole, or not at all. */
function objectOf({ member, root, isRequired, inner }: Holder): JsonObject | undefined {
  if (inner === undefined && !isRequired) return undefined;
  const required = requiredOf(member);
  const entries = new Map(inner);
  for (const [name, given] of membersOf(member)) {
    const only = required.includes(name) ? onlyValue(resolved(given, root)) : undefined;
    if (only !== undefined && !entries.has(name)) entries.set(name, only);
  }
  if (entries.size === 0 || required.some((name) => !entries.has(name))) return undefined;
  const value = Object.fromEntries(entries);
  return allows(member, value) && !hasRules(member) ? value : undefined;
}

/** What an object must be beside having its members. */
function hasRules(schema: JsonObject): boolean {
  return [
    'anyOf',
    'oneOf',
    'allOf',
    'not',
    'if',
    '$ref',
    'minProperties',
    'dependentRequired',
    'patternProperties',
  ].some((key) => Object.hasOwn(schema, key));
}

/** Of a schema that allows but one. */
function onlyValue({ const: only, enum: values, ...schema }: JsonObject): Json | undefined {
  const value = only ?? (Array.isArray(values) && values.length === 1 ? (values[0] as Json) : undefined);
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  return isTyped(schema, value) &&
    allows({ ...schema, ...(values === undefined ? {} : { enum: values }) }, value)
    ? value
    : undefined;
}

function isTyped({ type }: JsonObject, value: boolean | number | string): boolean {
  if (type === undefined) return true;
  const own = typeof value === 'number' && Number.isInteger(value) ? ['number', 'integer'] : [typeof value];
  return (Array.isArray(type) ? type : [type]).some(
    (each: Json) => typeof each === 'string' && own.includes(each),
  );
}
