import type { JsonObject } from '../../../kernel/json.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import type { FillOptions } from './fill.ts';
import { fillArguments } from './fill.ts';
import { JOINED, piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';

/** So many things of one kind are told apart. */
const MAX_EACH = 20;
/** A longer text is read as a whole: each of the others takes as long. */
const MAX_READ = 1_000;

/**
 * A text that names several things of one kind where a tool takes but one of them, as several texts that name one each: "PR 123 and PR 124" of a tool
 * with one `number`. Nothing where the tool takes all of them, or they are no different to it.
 */
export function enumerated(
  text: string,
  schema: JsonObject,
  options: FillOptions,
): readonly string[] | undefined {
  const row = text.length > MAX_READ ? [] : rowIn(piecesOf(text), text);
  const [first] = row;
  const last = row.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const texts = row.map(
    (piece) => `${text.slice(0, first.start)}${wordsOf(piece, text, first)}${text.slice(last.end)}`,
  );
  const whole = fillArguments(text, schema, options).arguments;
  const each = texts.map((one) => fillArguments(one, schema, options).arguments);
  const isTold = Object.keys(each[0] ?? {}).some((name) => {
    const values = each.map((one) => (one[name] === undefined ? undefined : canonicalJson(one[name])));
    if (values.includes(undefined) || new Set(values).size < values.length) return false;
    return whole[name] === undefined || values.includes(canonicalJson(whole[name]));
  });
  return isTold ? texts : undefined;
}

/** The only row of several things of one kind, joined as in "this, that and the other". */
function rowIn(pieces: readonly Piece[], text: string): readonly Piece[] {
  const rows: Piece[][] = [];
  for (const piece of pieces) {
    const row = rows.at(-1);
    const last = row?.at(-1);
    const isNext =
      last !== undefined && last.kind === piece.kind && JOINED.test(text.slice(last.end, piece.start));
    if (row !== undefined && isNext) row.push(piece);
    else rows.push([piece]);
  }
  const [only, ...others] = rows.filter(([first, ...more]) => more.length > 0 && first?.kind !== 'number');
  return only === undefined || others.length > 0 || only.length > MAX_EACH ? [] : only;
}

/** As it is said, with what it is one of, as the first of them says it. */
function wordsOf({ kind, noun = '', start, end }: Piece, text: string, first: Piece): string {
  const said = text.slice(start, end);
  const named = said.toLowerCase().startsWith(noun) ? start : first.start;
  if (kind !== 'ticket' || noun === '') return said;
  const own = said.slice(named === start ? noun.length : 0).trim();
  return `${text.slice(named, named + noun.length).replace(/s$/, '')} ${own}`;
}
