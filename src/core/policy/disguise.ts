import { decodeBase64, decodeHex, decodeText, isReadable } from './encoding.ts';
import { respell, unleet, unspread, unturn } from './spelling.ts';

/** A text as a model may read it: what was invisible or encoded is brought to light beside it. */
export interface Unmasked {
  /** Without invisible characters, in composed form. */
  readonly text: string;
  /** What stood in it hidden. */
  readonly hidden: readonly string[];
  /** What stood in it in a code that nobody reads by eye. */
  readonly coded: readonly string[];
  /** Why its form alone is suspicious. */
  readonly disguises: readonly string[];
}

const INVISIBLE = new RegExp(
  String.raw`[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]`,
  'u',
);
const ALL_INVISIBLE = new RegExp(INVISIBLE.source, 'gu');
/** A flag such as that of Wales is a black flag with tag characters behind it. */
const FLAGS = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{1,8}\u{e007f}/gu;
const TAGS = /[\u{e0020}-\u{e007e}]+/gu;
const SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{8,}/gu;
const OVERRIDES = /[\u202d\u202e]/;
const SUSPECT =
  /[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\u180e]|(?<=[\n -~])(?:\u200c|\u200d|\ufeff)/gu;
const MANY = 6;

const BASE64 = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
const HEX = /(?:\\x|0x)?[0-9a-fA-F]{2}(?:[ ,:]?(?:\\x|0x)?[0-9a-fA-F]{2}){15,}/g;
const PERCENT = /(?:%[0-9a-fA-F]{2})+/g;
const ENTITY = /&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|lt|gt|amp|quot|apos|nbsp);/gi;
const ESCAPED = /\\(?:u\{?[0-9a-fA-F]{4,6}\}?|x[0-9a-fA-F]{2})/g;
const MAX_RUNS = 24;
const MAX_RUN_LENGTH = 16_384;
const MAX_HIDDEN = 32;

/** Brings hidden and encoded text to light, two layers deep. Work is bounded by the length of the text. */
export function unmask(text: string): Unmasked {
  const disguises: string[] = [];
  const hidden: string[] = [];
  const coded: string[] = [];
  const visible = INVISIBLE.test(text) ? withoutInvisible(text, hidden, disguises) : text;
  const plain = visible.normalize('NFKC');
  decodeInto(plain, hidden, coded);
  coded.push(...unturn(plain));
  for (const each of [respell(plain), unleet(plain), unspread(plain)])
    if (each !== undefined) hidden.push(each);
  for (const each of [...hidden, ...coded].slice(0, MAX_HIDDEN)) decodeInto(each, hidden, coded);
  return {
    text: plain,
    hidden: hidden.slice(0, MAX_HIDDEN),
    coded: coded.slice(0, MAX_HIDDEN),
    disguises,
  };
}

function withoutInvisible(text: string, hidden: string[], disguises: string[]): string {
  const unflagged = text.replaceAll(FLAGS, '');
  const tags = [...unflagged.matchAll(TAGS)]
    .map(([run]) =>
      Array.from(run, (each) => String.fromCharCode((each.codePointAt(0) ?? 0) - 0xe0000)).join(''),
    )
    .join('');
  if (tags.length > 0) {
    disguises.push('It holds text in invisible tag characters.');
    hidden.push(tags);
  }
  for (const [run] of unflagged.matchAll(SELECTORS)) {
    disguises.push('It holds data in invisible variation selectors.');
    hidden.push(decodeText(Uint8Array.from(Array.from(run, selectorByte))));
  }
  if (OVERRIDES.test(unflagged)) disguises.push('It turns the direction of its text around.');
  if ((unflagged.match(SUSPECT)?.length ?? 0) >= MANY) disguises.push('It holds many invisible characters.');
  return unflagged.replaceAll(ALL_INVISIBLE, '');
}

function selectorByte(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xe0100 ? code - 0xe0100 + 16 : code - 0xfe00;
}

function decodeInto(text: string, hidden: string[], coded: string[]): void {
  const add = (each: string, found: string[]) => {
    if (found.length < 2 * MAX_HIDDEN && each.length > 3 && each !== text) found.push(each.normalize('NFKC'));
  };
  let runs = 0;
  for (const [run] of text.matchAll(BASE64)) {
    if (++runs > MAX_RUNS) break;
    const decoded = decodeBase64(run.slice(0, MAX_RUN_LENGTH));
    if (isReadable(decoded)) add(decoded, coded);
  }
  runs = 0;
  for (const [run] of text.matchAll(HEX)) {
    if (++runs > MAX_RUNS) break;
    const decoded = decodeHex(run.slice(0, MAX_RUN_LENGTH).replaceAll(/\\x|0x|[ ,:]/g, ''));
    if (isReadable(decoded)) add(decoded, coded);
  }
  if (text.includes('%')) add(text.replaceAll(PERCENT, fromPercent), hidden);
  if (text.includes('&')) add(text.replaceAll(ENTITY, fromEntity), hidden);
  if (text.includes('\\')) add(text.replaceAll(ESCAPED, fromEscape), hidden);
}

function fromPercent(run: string): string {
  return decodeHex(run.replaceAll('%', ''));
}

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function fromEntity(entity: string): string {
  const name = entity.slice(1, -1).toLowerCase();
  if (!name.startsWith('#')) return NAMED[name] ?? entity;
  return fromCode(name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function fromEscape(escape: string): string {
  return fromCode(Number.parseInt(escape.slice(2).replaceAll(/[{}]/g, ''), 16));
}

function fromCode(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}
