import type { Json } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { stripControls } from '../../policy/clean.ts';

/** So many different addresses are looked for; a text with more is none that anybody reads. */
const MAX_ADDRESSES = 100;
const MAX_ENDING = 8;

/**
 * Where something that anybody could make a link of begins: with a scheme, two slashes, `www.`, the part of an e-mail address before its sign, or a
 * host with something behind it. It goes on to the next blank, as the widest reader of them has it.
 */
const ADDRESS =
  /(?:[a-z][a-z0-9+.-]{1,30}:(?=[^\s<]*[\p{L}\p{N}/])|\/\/(?=[^\s<])|www\.|[\p{L}\p{N}._%+-]{1,64}@(?=[\p{L}\p{N}-]{1,63}\.[\p{L}\p{N}])|[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,63}[/?#](?=[\p{L}\p{N}]))[^\s<]*/giu;
const ENDING = /[.,;:!?*_~"'`)\]}>|…]$/u;
/** What an address is set off by in what a source says. */
const EDGE = /[\s"'`<>()[\]{}|\\]/u;
/** What may stand between it and that. */
const STOPS = /[.,;:!?*_~]/u;

/** Begins a tag or an automatic link, an image, the definition of a link, a link, or a sign that is written as a number or by its name. */
const MARKS = [
  /<[^\s\d=<-]/u,
  /!\[/u,
  /\]:/u,
  /\]\((?!\0\))/u,
  /&(?!(?:amp|lt|gt|quot|apos|nbsp);)#?\w{1,32};/u,
];
/** Where the definition of a link may stand, whatever it is nested in. */
const LINE_START = /(?:^|\n)[\s>*+\d.)-]{0,200}$/u;

/** How a text stands to what it was made of. */
export interface Grounds {
  /** What it may cite, as `[name]`. */
  readonly names: readonly string[];
  /** Whatever was said to it. */
  readonly given: readonly Json[];
}

/**
 * Whether a text is nothing but plain Markdown: no tags, images, definitions of links or automatic links, and no address but those that stand in what
 * was given, from their first sign to their last. A list of what may be, since readers of Markdown differ in what they take for more.
 */
export function isPlainMarkdown(text: string, { names, given }: Grounds): boolean {
  // As a reader has it: a sign that is set off means itself.
  const read = stripControls(text).replaceAll(/\\([!-/:-@[-`{-~])/g, '$1');
  const bare = names.reduce((rest, name) => withoutCitation(rest, name), read);
  const addresses = new Set(bare.match(ADDRESS));
  if (addresses.size > MAX_ADDRESSES) return false;
  const said = addresses.size === 0 ? [] : given.flatMap((each) => textsIn(each));
  const lengths = new Map([...addresses].map((each) => [each, knownLength(each, said)]));
  if ([...lengths.values()].includes(0)) return false;
  const rest = bare.replaceAll(ADDRESS, (each) => `\0${each.slice(lengths.get(each))}`);
  return MARKS.every((mark) => !mark.test(rest));
}

/** One that is no definition. */
function withoutCitation(text: string, name: string): string {
  return text.replaceAll(`[${name}]`, (cited, at: number) => {
    const next = text[at + cited.length];
    const isDefined = next === ':' && LINE_START.test(text.slice(Math.max(0, at - 200), at));
    return next === '(' || isDefined ? cited : ' ';
  });
}

/** How much of it somebody said, signs that end a sentence left off; 0 where nobody did. */
function knownLength(address: string, said: readonly string[]): number {
  for (let length = address.length, left = MAX_ENDING; length > 0; length -= 1, left -= 1) {
    const part = address.slice(0, length);
    if (said.some((each) => standsIn(each, part))) return length;
    if (left === 0 || !ENDING.test(part)) return 0;
  }
  return 0;
}

function standsIn(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1))
    if (isEdge(text, at - 1, -1) && isEdge(text, at + part.length, 1)) return true;
  return false;
}

/** Signs that end or begin a sentence may stand between. */
function isEdge(text: string, at: number, step: 1 | -1): boolean {
  for (let place = at, left = MAX_ENDING; left > 0; place += step, left -= 1) {
    const sign = text[place];
    if (sign === undefined || EDGE.test(sign)) return true;
    if (!STOPS.test(sign)) return false;
  }
  return false;
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((each) => textsIn(each));
  if (!isJsonObject(value)) return [];
  return [...Object.keys(value), ...Object.values(value).flatMap((each) => textsIn(each))];
}
