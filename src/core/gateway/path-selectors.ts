import { TuttiError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';

const MAX_LENGTH = 500;
const SHOWN = 40;
const STEP = /\.\*|\[\*\]|\.([\p{L}\p{N}_$-]+)|\[(\d{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]/uy;
const SLICE = /\[(-?\d{1,9})?:(-?\d{1,9})?\]|\[-([1-9]\d{0,8})\]/uy;
const FILTER =
  /\[\?\s*(\(?)\s*@((?:\.[\p{L}\p{N}_$-]+|\[(?:\d{1,9}|'[^']*'|"[^"]*")\])*)\s*(?:(==|!=|<=|>=|<|>)\s*('[^']*'|"[^"]*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)\s*)?(\)?)\s*\]/uy;
const EXPECTED =
  "expected .name, ['name'], [0], [-1], [0:10], [*], ..name or a filter such as [?@.state == 'open']";

/** What other readers of paths know, and ours does not: looked at in this order where ours cannot go on. */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\[\?[^\]]*(?:&&|\|\|)/y, '&& and || in a filter are not supported; a filter has one condition'],
  [/\[\?[^\]]*=~/y, 'regular expressions (=~) are not supported'],
  [/\[\?[^\]]*\w\(/y, 'functions in a filter are not supported'],
  [/\[\?\s*\(?\s*!/y, 'negation (!) in a filter is not supported'],
  [/\[\?[^\]]*(?:\*|\.\.)/y, '* and .. in a filter are not supported'],
  [/\[\?[^\]]*\$/y, 'a filter that looks at the whole ($) is not supported'],
  [/\[\?/y, 'a filter compares one place below @ with one text, number, true, false or null'],
  [/\[\(/y, 'expressions in [( )] are not supported'],
  [/\[-?\d*:-?\d*:/y, 'a slice with a step is not supported'],
  [/\[[^\]]*,/y, 'several names or places in one bracket are not supported'],
  [/\(/y, 'functions are not supported'],
  [/\^/y, 'the way up (^) is not supported'],
  [/~/y, 'names of members (~) are not supported'],
];

export const EVERY: unique symbol = Symbol('every');
/** A member, an item, or all of them. */
export type Key = string | number | typeof EVERY;

/** Items of a list: some in a row, or one counted from its end. */
export type Slice =
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'back'; readonly by: number };

export interface Comparison {
  readonly operator: string;
  readonly wanted: Json;
}

/** Members or items at whose place there is what compares so; without a comparison, anything. */
export interface Filter {
  readonly kind: 'filter';
  readonly keys: readonly Key[];
  readonly comparison: Comparison | undefined;
}

type Near = Key | Slice | Filter;

/** One step of a path. */
export type Selector = Near | { readonly kind: 'below'; readonly select: Near };

export function isKey(selector: Selector): selector is Key {
  return typeof selector !== 'object';
}

/**
 * The steps of a path: of JSONPath (RFC 9535) what the documentation says.
 *
 * @throws TuttiError `input/invalid-format` for what is no path, naming what of it is not supported.
 */
export function selectorsOf(path: string): readonly Selector[] {
  if (path.length > MAX_LENGTH || !path.startsWith('$'))
    throw invalid(`path must begin with $ and have at most ${MAX_LENGTH} characters.`);
  const selectors: Selector[] = [];
  let at = 1;
  let isDeep = false;
  while (at < path.length) {
    const goesDown = path.startsWith('..', at);
    if (goesDown && isDeep) throw unreadable(path, at, '.. may stand in it once');
    const { selector, end } = stepAt(path, goesDown ? at + (path[at + 2] === '[' ? 2 : 1) : at);
    selectors.push(goesDown ? { kind: 'below', select: selector } : selector);
    isDeep ||= goesDown;
    at = end;
  }
  return selectors;
}

/** The steps of a path that only knows members, items and `[*]`. @throws TuttiError `input/invalid-format` for any other. */
export function keysOf(path: string): readonly Key[] {
  const selectors = selectorsOf(path);
  if (selectors.every(isKey)) return selectors;
  throw invalid(
    "it has .., a filter, or items in a row or from the end: expected .name, ['name'], [0] or [*].",
  );
}

function stepAt(path: string, at: number): { readonly selector: Near; readonly end: number } {
  const step = matchAt(STEP, path, at);
  if (step) {
    const [text, name, index, quoted, doubled] = step;
    const selector = index === undefined ? (name ?? quoted ?? doubled ?? EVERY) : Number(index);
    return { selector, end: at + text.length };
  }
  const slice = matchAt(SLICE, path, at);
  if (slice) return { selector: sliceOf(slice), end: at + slice[0].length };
  const filter = matchAt(FILTER, path, at);
  if (filter && (filter[1] === '') === (filter[5] === ''))
    return { selector: filterOf(filter), end: at + filter[0].length };
  const [, reason] = UNSUPPORTED.find(([pattern]) => matchAt(pattern, path, at)) ?? [];
  throw unreadable(path, at, reason);
}

function matchAt(pattern: RegExp, path: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(path);
}

function sliceOf([, from, to, back]: RegExpExecArray): Slice {
  if (back !== undefined) return { kind: 'back', by: Number(back) };
  return { kind: 'slice', from: numberOr(from), to: numberOr(to) };
}

function numberOr(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function filterOf([, , place = '', operator, literal = '']: RegExpExecArray): Filter {
  const comparison = operator === undefined ? undefined : { operator, wanted: literalOf(literal) };
  return { kind: 'filter', keys: keysOf(`$${place}`), comparison };
}

/** What stands between quotes is taken as it is. */
function literalOf(text: string): Json {
  if (/^['"]/.test(text)) return text.slice(1, -1);
  if (text === 'null') return null;
  return text === 'true' || text === 'false' ? text === 'true' : Number(text);
}

function unreadable(path: string, at: number, reason?: string): TuttiError {
  const found = JSON.stringify(path.slice(at, at + SHOWN));
  const why = reason === undefined ? '' : `${reason}; `;
  return invalid(`path cannot be read at column ${at + 1}, ${found}: ${why}${EXPECTED}.`);
}

function invalid(message: string): TuttiError {
  return new TuttiError('input/invalid-format', message);
}
