import type { JsonObject } from '../../../kernel/json.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import { excludedIn } from '../excluded.ts';
import { maskQuotes } from '../mask.ts';
import type { FillOptions } from './fill.ts';
import { fillArguments } from './fill.ts';
import { namedRows } from './phrases.ts';
import { piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { propertiesOf } from './properties.ts';
import { readingOf } from './reading.ts';
import { JOINED } from './tickets.ts';

/** So many things of one kind are told apart. */
const MAX_EACH = 20;
const EITHER = /(?<!\p{L})or(?!\p{L})/iu;
/** A longer text is read as a whole: each of the others takes as long. */
const MAX_READ = 1_000;
const PLURAL = /(?<![\p{L}\p{N}])\p{L}{2,30}(?<![us])s\s{1,3}$/iu;

/**
 * A text that names several things of one kind where a tool takes but one of them, as several texts that name one each: "PR 123 and PR 124" of a tool
 * with one `number`. Nothing where the tool takes all of them, or they are no different to it.
 */
export function enumerated(
  text: string,
  schema: JsonObject,
  options: FillOptions,
): readonly string[] | undefined {
  if (text.length > MAX_READ) return undefined;
  const texts = textsOf(text, schema, options);
  if (texts.length === 0) return undefined;
  const whole = fillArguments(text, schema, options).arguments;
  const each = texts.map((one) => fillArguments(one, schema, options).arguments);
  const isTold = Object.keys(each[0] ?? {}).some((name) => {
    const values = each.map((one) => (one[name] === undefined ? undefined : canonicalJson(one[name])));
    if (values.includes(undefined) || new Set(values).size < values.length) return false;
    return whole[name] === undefined || values.includes(canonicalJson(whole[name]));
  });
  return isTold ? texts : undefined;
}

/** The words of a text that name several things or choices, one of which is meant: "task 1 or task 2", "squash or rebase". */
export function eitherIn(text: string, schema: JsonObject, options: FillOptions): string | undefined {
  if (text.length > MAX_READ) return undefined;
  const rows = [rowOf(text, schema, options).all, choicesIn(text, schema)];
  const either = rows.find((all) => isEither(all, text));
  const [first, last] = [either?.[0], either?.at(-1)];
  return first && last && text.slice(first.start, last.end);
}

function isEither(all: Row['all'], text: string): boolean {
  return all.some(({ start }, at) => EITHER.test(text.slice(all[at - 1]?.end ?? start, start)));
}

/** Several values in a row of which a parameter takes one: "open and merged", "squash or rebase". */
function choicesIn(text: string, schema: JsonObject): Row['all'] {
  const masked = maskQuotes(text);
  for (const { values = [], list } of propertiesOf(schema)) {
    const words = values
      .filter((each) => typeof each === 'string' && /^[\w -]{1,40}$/.test(each))
      .slice(0, 50);
    if (words.length < 2 || list !== undefined) continue;
    const one = `(?:${words.join('|').replaceAll('_', '[_ -]')})`;
    const joint = String.raw`(?:, (?:and |or )?| (?:and|or|&) |\s?/\s?)`;
    const found = new RegExp(`(?<![\\w-])${one}(?:${joint}${one}){1,8}(?![\\w-])`, 'i').exec(masked);
    if (found === null) continue;
    const { 0: whole, index } = found;
    return Array.from(whole.matchAll(new RegExp(`(?<![\\w-])${one}(?![\\w-])`, 'gi')), (each) => ({
      start: index + each.index,
      end: index + each.index + each[0].length,
    }));
  }
  return [];
}

interface Row {
  readonly all: readonly { readonly start: number; readonly end: number }[];
  /** Each of them, as it is said. */
  readonly said: readonly string[];
  /** Where they stand, up to the last of them as given; what is left out of them is gone. */
  readonly text: string;
}

/** The only row of several things that a text names. */
function rowOf(given: string, schema: JsonObject, options: FillOptions): Row {
  const { row, text } = withoutLeftOut(given);
  if (row.length > 0) return { all: row, said: row.map((piece) => wordsOf(piece, text, row)), text };
  const [names = [], ...others] = namedRows(readingOf(text, options), propertiesOf(schema));
  if (names.length > 0 && others.length === 0)
    return { all: names, said: names.map(({ value }) => value), text };
  const all = choicesIn(text, schema);
  return { all, said: all.map(({ start, end }) => text.slice(start, end)), text };
}

/** The same text once for each of the things in its only row of several. */
function textsOf(given: string, schema: JsonObject, options: FillOptions): readonly string[] {
  const { all, said, text } = rowOf(given, schema, options);
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return [];
  return said.map((one) => `${text.slice(0, first.start)}${one}${text.slice(last.end)}`);
}

/** The row without what is left out of it, "PRs 3 to 5 except 4", and the text without the words that do so. */
function withoutLeftOut(text: string): { readonly row: readonly Piece[]; readonly text: string } {
  const pieces = piecesOf(text);
  const parts = excludedIn(text);
  const isOut = ({ start }: Piece) => parts.some((part) => part.start <= start && start < part.end);
  const out = new Set(pieces.filter((piece) => isOut(piece)).map(({ value }) => value));
  const row = rowIn(
    pieces.filter((piece) => !isOut(piece)),
    text,
  );
  const left = row.filter(({ value }) => !out.has(value));
  const end = row.at(-1)?.end ?? 0;
  const part = parts.find(({ start }) => start >= end);
  if (left.length === row.length || left.length === 0 || part === undefined) return { row, text };
  return { row: left, text: text.slice(0, part.start).trimEnd() + text.slice(part.end) };
}

/** The only row of several things of one kind, joined as in "this, that and the other". */
function rowIn(pieces: readonly Piece[], text: string): readonly Piece[] {
  const rows: Piece[][] = [];
  for (const piece of pieces) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    const isNext =
      last !== undefined &&
      last.kind === piece.kind &&
      (last.start === piece.start || JOINED.test(text.slice(last.end, piece.start)));
    if (row !== undefined && isNext) row.push(piece);
    else rows.push([piece]);
  }
  const [only, ...others] = rows.filter(
    ([first, ...more]) =>
      more.length > 0 && first !== undefined && (first.kind !== 'number' || isNumbered(first, text)),
  );
  return only === undefined || others.length > 0 || only.length > MAX_EACH ? [] : only;
}

/** "Orders 5 and 7": numbers by which several things of one kind go. */
function isNumbered({ start, noun }: Piece, text: string): boolean {
  return noun === undefined && PLURAL.test(text.slice(Math.max(0, start - 40), start));
}

/** As it is said, with what it is one of, as the first of them says it. */
function wordsOf({ kind, noun = '', start, end, value }: Piece, text: string, row: readonly Piece[]): string {
  const said = text.slice(start, end);
  const isRange = row.filter((each) => each.start === start).length > 1;
  if (kind !== 'ticket') return said;
  if (noun === '') return isRange ? `#${value}` : said.toUpperCase() === value ? value : said;
  const named = said.toLowerCase().startsWith(noun) ? start : (row[0]?.start ?? start);
  const own = isRange ? value : said.slice(named === start ? noun.length : 0).trim();
  return `${text.slice(named, named + noun.length).replace(/s$/, '')} ${own}`;
}
