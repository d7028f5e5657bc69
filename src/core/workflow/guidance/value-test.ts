import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Containing, OneOf, Scalar, Test } from './condition.ts';
import type { Texts } from './facts.ts';

type Truth = boolean | undefined;
type Ordered = Extract<Test, { is: '<' | '<=' | '>' | '>=' | 'between' }>;

/** Whether a value passes a test. `soft`: the value was found by plain words, so that an unlike word may still mean the same. */
export function testValue(test: Test, value: Json, soft: boolean): Truth {
  switch (test.is) {
    case 'present':
      return isPresent(value, test.valued === true);
    case 'empty':
      return isEmpty(value);
    case 'true':
    case 'false':
      return isSame(test.is === 'true', value);
    case 'one-of':
      return testOneOf(test, value, soft);
    case 'containing':
      return testContaining(test, value);
    case 'percent':
      return isFraction(value) ? undefined : testValue(test.test, value, soft);
    case 'counting':
    case 'amount':
      return testAmount(test, value);
    case 'beside':
      return undefined;
    default:
      return testOrder(test, value);
  }
}

/** A number as it is, or how many a list holds. */
function testAmount(test: Extract<Test, { is: 'counting' | 'amount' }>, value: Json): Truth {
  const count = Array.isArray(value)
    ? value.length
    : isJsonObject(value)
      ? Object.keys(value).length
      : undefined;
  if (count !== undefined) return testValue(test.test, count, false);
  return test.is === 'amount' ? testValue(test.test, value, false) : undefined;
}

export function testBeside(
  test: Extract<Test, { is: 'beside' }>,
  value: Json,
  others: readonly Json[],
): Truth {
  if (test.op === '=' || test.op === '!=') return testAlike(value, others, test.op === '!=');
  const one = toNumber(value);
  const than = others.length === 1 ? toNumber(others[0] ?? null) : undefined;
  return one === undefined || than === undefined ? undefined : testOrder({ is: test.op, than }, one);
}

/** Only scalars of one type are compared; texts that are alike may mean the same. */
function testAlike(value: Json, others: readonly Json[], negated: boolean): Truth {
  const [other] = others;
  if (others.length !== 1 || other === undefined || value === null || typeof value !== typeof other)
    return undefined;
  if (typeof value === 'object') return undefined;
  if (value === other) return !negated;
  return typeof value === 'string' && typeof other === 'string' && isNear(value, other) ? undefined : negated;
}

function testOrder(test: Ordered, value: Json): Truth {
  const number = toNumber(value);
  if (number === undefined) return undefined;
  switch (test.is) {
    case '<':
      return number < test.than;
    case '<=':
      return number <= test.than;
    case '>':
      return number > test.than;
    case '>=':
      return number >= test.than;
    case 'between':
      if (number === test.from || number === test.to) return isEdge(test.edges);
      return number > test.from && number < test.to;
  }
}

function isEdge(edges: 'out' | 'unsure' | undefined): Truth {
  return edges === undefined ? true : edges === 'out' ? false : undefined;
}

/** Of 80 %, a value may say 0.8. */
function isFraction(value: Json): boolean {
  const number = toNumber(value);
  return number !== undefined && number > 0 && number <= 1;
}

const PLACEHOLDERS: ReadonlySet<string> = new Set(
  'none null nil na unknown undefined nan tba tbd todo empty false no'.split(' '),
);

/** Whether a text only holds the place of a value that may not be there. */
export function isPlaceholder(text: string): boolean {
  const plain = words(text).replaceAll(/^n a$/g, 'na');
  return plain === '' || PLACEHOLDERS.has(plain);
}

/** What only holds a place may count as there or not. */
function isPresent(value: Json, valued: boolean): Truth {
  if (value === null) return false;
  if (typeof value === 'string')
    return isPlaceholder(value) || /^(?:not|nothing|x{3,}|0)\b/i.test(value.trim()) ? undefined : true;
  if (typeof value === 'object') return isEmpty(value) === true ? undefined : true;
  return !valued && (value === false || value === 0) ? undefined : true;
}

function isEmpty(value: Json): Truth {
  if (value === null) return true;
  if (typeof value === 'string') return value.trim() === '' ? true : isPlaceholder(value) ? undefined : false;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) ? Object.keys(value).length === 0 : undefined;
}

function toBoolean(value: Json): Truth {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true' || word === 'yes') return true;
  return word === 'false' || word === 'no' ? false : undefined;
}

function toNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value.trim());
  return Number.isFinite(number) ? number : undefined;
}

/**
 * A value that is another of those the guidance names is unequal. Otherwise a like text may mean the same, and so may any text
 * where the comparison is soft or in plain words.
 */
function testOneOf({ values, bare, domain = [] }: OneOf, value: Json, soft: boolean): Truth {
  const truths = new Set(values.map((each) => isSame(each, value)));
  if (truths.has(true)) return true;
  if (truths.has(undefined)) return undefined;
  if (typeof value !== 'string' || value.trim() === '') return false;
  if (domain.some((each) => isSame(each, value) === true)) return false;
  if ([...values, ...domain].some((each) => typeof each === 'string' && isNear(each, value)))
    return undefined;
  const isOpen = soft || (bare === true && !isAnother(value, values, domain));
  return isOpen ? undefined : false;
}

const WELL: ReadonlySet<string> = new Set(
  'ok okay good valid approved accepted passed clean green success successful confirmed paid'.split(' '),
);
const BADLY: ReadonlySet<string> = new Set(
  'bad invalid declined rejected denied refused failed failure error broken red dirty unpaid'.split(' '),
);

/** A word that stands beside those the guidance lists, or says the opposite of the one it names. */
function isAnother(value: string, values: readonly Scalar[], domain: readonly Scalar[]): boolean {
  const word = value.trim().toLowerCase();
  const named = new Set(domain.map((each) => String(each).toLowerCase()));
  if (named.size > 1 && /^\p{L}[\p{L}_-]{2,}$/u.test(word)) return true;
  return values.every((each) => {
    const own = String(each).toLowerCase();
    return (WELL.has(own) && BADLY.has(word)) || (BADLY.has(own) && WELL.has(word));
  });
}

/** Texts that differ, and may mean the same: "open" and "opened", "clean" and "mostly clean". */
function isNear(one: string, other: string): boolean {
  const [short = '', long = ''] = [words(one), words(other)].toSorted((a, b) => a.length - b.length);
  return short !== '' && (` ${long} `.includes(` ${short} `) || (short.length > 2 && long.startsWith(short)));
}

function words(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Values of unlike types are not compared: "approved" may be what `true` means. */
function isSame(literal: Scalar, value: Json): Truth {
  if (literal === null) return value === null;
  if (value === null || typeof value === 'object') return undefined;
  switch (typeof literal) {
    case 'boolean': {
      const truth = toBoolean(value);
      return truth === undefined ? undefined : truth === literal;
    }
    case 'number': {
      const number = toNumber(value);
      return number === undefined ? undefined : number === literal;
    }
    default:
      if (typeof value === 'string') return spelling(literal) === spelling(value);
      return String(value) === literal.trim() ? true : undefined;
  }
}

/** Case and the choice of space, `_` or `-` do not tell two values apart. */
function spelling(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ');
}

function testContaining({ needles, every }: Containing, value: Json): Truth {
  const truths = new Set(needles.map((needle) => testNeedle(needle, value)));
  const settles = every !== true;
  if (truths.has(settles)) return settles;
  return truths.has(undefined) ? undefined : !settles;
}

/** A list holds a text as an entry of its own; as a part of one, that is not known. */
function testNeedle(needle: string, value: Json): Truth {
  if (typeof value === 'string') return testText(needle, { texts: [value], whole: true });
  if (!Array.isArray(value)) return undefined;
  const truths = new Set((value as readonly Json[]).map((each) => testEntry(needle, each)));
  return truths.has(true) ? true : truths.has(undefined) ? undefined : false;
}

function testEntry(needle: string, entry: Json): Truth {
  const truth = isSame(needle, entry);
  return truth === false && typeof entry === 'string' && isNear(needle, entry) ? undefined : truth;
}

/**
 * In exact case and as words of their own a text is contained; in another case or inside a word that is not known; and absence
 * counts only where the texts are all there is.
 */
export function testText(needle: string, found: Texts | undefined): Truth {
  if (found === undefined) return undefined;
  if (found.texts.some((text) => holdsWord(text, needle))) return true;
  const low = needle.toLowerCase();
  const isSomewhere = (text: string): boolean => text.toLowerCase().includes(low);
  if (!found.whole || found.texts.some(isSomewhere) || found.beside?.some(isSomewhere) === true)
    return undefined;
  return false;
}

/** Whether a text holds another that neither begins nor ends inside a word. */
function holdsWord(text: string, needle: string): boolean {
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const end = at + needle.length;
    const isCut =
      (isLetterOrDigit(needle[0]) && goesOn(text[at - 1], text[at - 2])) ||
      (isLetterOrDigit(needle.at(-1)) && goesOn(text[end], text[end + 1]));
    if (!isCut) return true;
    if (needle === '') return true;
  }
  return false;
}

/** Whether a word goes on over its edge: "token", "no-op", "1.0.5". */
function goesOn(char: string | undefined, beyond: string | undefined): boolean {
  return isLetterOrDigit(char) || (char !== undefined && '-_.'.includes(char) && isLetterOrDigit(beyond));
}

function isLetterOrDigit(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}
