import { withoutUnclear } from './figures.ts';
import { JOINED, rangesIn, smallKeysIn } from './tickets.ts';

/** A part of a text that is a value by its looks. */
export interface Piece {
  readonly kind:
    | 'quoted'
    | 'url'
    | 'email'
    | 'uuid'
    | 'ticket'
    | 'channel'
    | 'mention'
    | 'repository'
    | 'path'
    | 'number'
    | 'stamp'
    | 'time';
  readonly start: number;
  readonly end: number;
  /** Without quotes, `#` and `@`. */
  readonly value: string;
  /** What the text calls a ticket; the unit that follows a number. */
  readonly noun?: string;
}

type Rule = readonly [kind: Piece['kind'], pattern: RegExp];

const QUOTED =
  /"([^"\n]{1,4000})"|“([^”\n]{1,4000})”|`([^`\n]{1,4000})`|(?<![\p{L}\p{N}])'([^'\n]{1,4000}(?:'(?=\p{L})[^'\n]{0,4000}){0,8})'(?!\p{L})/gu;
const EXTENSIONS =
  'md|mdx|txt|csv|tsv|json|jsonl|ya?ml|toml|xml|html?|css|scss|tsx?|jsx?|mjs|cjs|py|rb|go|rs|java|kt|c|h|cc|cpp|hpp|cs|php|swift|sh|sql|ini|cfg|conf|env|log|lock|pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|svg|webp|mp[34]|wav|mov|zip|tar|gz|tgz|ipynb|proto|parquet';
const TICKET_NOUN =
  'prs?|mrs?|pull requests?|merge requests?|pull|issues?|tickets?|bugs?|story|task|discussion|case|incident';

/** In this order: what one has taken, the next do not see. */
const RULES: readonly Rule[] = [
  ['url', /\b(?:https?|ftp|wss?|file):\/\/[^\s<>"'`“”]{1,2000}/gi],
  ['email', /(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])/gi],
  ['uuid', /(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/gi],
  [
    'time',
    /(?<![\w-])\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?(?![\w-])/g,
  ],
  [
    'ticket',
    new RegExp(
      `(?:(?<![\\w-])(?<noun>${TICKET_NOUN})(?: (?:number|no\\.?|id))? ?|(?<![&/]))#(?<value>\\d{1,3}(?:,\\d{3}){1,2}|\\d{1,9})(?![\\w-]|[.,]\\d)`,
      'gi',
    ),
  ],
  [
    'ticket',
    new RegExp(
      `(?<![\\w-])(?<noun>${TICKET_NOUN})(?: (?:number|no\\.?|id))? (?<value>\\d{1,3}(?:,\\d{3}){1,2}|\\d{1,9})(?![\\w-]|[.,]\\d)`,
      'gi',
    ),
  ],
  ['ticket', /(?<![\w/-])(?<value>[A-Z][A-Z0-9]{1,9}-\d{1,7})(?![\w-])/g],
  ['channel', /(?<![\w/&])#(?<value>[a-z][\w-]{0,79})(?![\w])/gi],
  ['mention', /(?<![\w/.@])@(?<value>[a-z0-9][\w.-]{0,63}\w|[a-z0-9])/gi],
  [
    'path',
    /(?<![\w/\\:.~-])(?:[a-z]:\\|\\\\|~\/|\.{1,2}\/|\/)(?:[\w.@+~-]*)?(?:[\\/][\w.@+~-]{1,255}){0,32}[\\/]?/gi,
  ],
  [
    'path',
    new RegExp(
      `(?<![\\w/\\\\:.@-])(?:[\\w.@+-]{1,255}/){0,32}[\\w@+-][\\w.@+-]{0,254}\\.(?:${EXTENSIONS})(?![\\w/\\\\-]|\\.\\w)`,
      'gi',
    ),
  ],
  ['path', /(?<![\w/\\:.@-])(?:[\w.@+-]{1,255}\/){2,32}[\w.@+-]{0,255}/gi],
  ['path', /(?<![\w/\\:.@-])[\w.@+-]{1,255}\/(?=[\s,;]|$)/gi],
  ['repository', /(?<![\w/\\:.@-])[a-z0-9][\w-]{0,38}\/[a-z0-9_.-]{0,99}[a-z0-9_-](?![\w/\\-])/gi],
  // The name that chats give a message.
  ['stamp', /(?<![\w.#/@-])\d{10}\.\d{4,9}(?![\w-]|\.\d)/g],
  [
    'number',
    /(?<![\w.#/@-]|\d,)(?<value>-?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,12})?|-?\d{1,15}(?:\.\d{1,12})?)(?: ?(?<noun>%|[kmgt]i?b|bytes?|ms|secs?|mins?|h|px|[a-z]?hz|km|kg|[cm]m|[°][cf])(?![\w-]))?(?![\w/@-]|[.,:]\d)/gi,
  ],
];
/** A number with a noun behind it counts something. */
const COUNTED = /^\s+(?!(?:in|on|at|for|from|to|with|by|and|or|about|since|then|please)\b)\p{L}/iu;
const MAX_PIECES = 200;
/** Words with a slash between them that name no repository. */
const NO_REPOSITORY =
  /^(?:and\/or|n\/a|w\/o|yes\/no|on\/off|true\/false|read\/write|input\/output|client\/server|ci\/cd|tcp\/ip|s?he\/.*|his\/.*|24\/7|\d+\/\d+)$/i;
const NO_FILE = /^[A-Z][A-Za-z]+\.js$/;

/** What stands between quotes, and around it what else is a value by its looks; in order. */
export function piecesOf(text: string): readonly Piece[] {
  const quoted = Array.from(text.matchAll(QUOTED), ({ 0: whole, index, 1: a, 2: b, 3: c, 4: d }): Piece => {
    return {
      kind: 'quoted',
      start: index,
      end: index + whole.length,
      value: [a, b, c, d].find((each) => each) ?? '',
    };
  });
  const bare = quoted.reduce((left, piece) => blank(left, piece), text);
  const ranges = rangesIn(bare);
  let rest = ranges.reduce((left, range) => blank(left, range), bare);
  const found: Piece[] = ranges.flatMap(({ pieces }) => pieces);
  for (const rule of RULES) {
    // What stands in addresses is none of our numbers.
    if (rule[0] === 'ticket') rest = withoutUnclear(rest);
    const here = foundBy(rule, rest);
    rest = here.reduce((left, piece) => blank(left, piece), rest);
    found.push(...here);
    if (found.length > MAX_PIECES) break;
  }
  found.push(...smallKeysIn(bare, found));
  const all = [...quoted, ...found.filter(({ kind }) => kind !== 'time')]
    .toSorted((a, b) => a.start - b.start)
    .slice(0, MAX_PIECES);
  return withTickets(all, text);
}

/** "PRs 123, 124 and 125" are three of one kind, though only the first says of which. */
function withTickets(pieces: readonly Piece[], text: string): readonly Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    const isNext =
      last?.kind === 'ticket' && last.noun !== undefined && JOINED.test(text.slice(last.end, piece.start));
    const isBare = piece.noun === undefined && /^\d{1,9}$/.test(piece.value);
    const isOne =
      piece.kind === 'ticket' ||
      (piece.kind === 'number' && !COUNTED.test(text.slice(piece.end, piece.end + 20)));
    all.push(isNext && isBare && isOne ? { ...piece, kind: 'ticket', noun: last.noun } : piece);
  }
  return all;
}

function foundBy([kind, pattern]: Rule, text: string): readonly Piece[] {
  const found: Piece[] = [];
  for (const { 0: whole, index, groups = {} } of text.matchAll(pattern)) {
    const { value: inner, noun } = groups;
    const value =
      kind === 'ticket' && inner !== undefined ? inner.replaceAll(',', '') : (inner ?? trimmed(kind, whole));
    const end = index + (inner === undefined ? value.length : whole.length);
    const piece = {
      kind,
      start: index,
      end,
      value,
      ...(noun === undefined ? {} : { noun: noun.toLowerCase() }),
    };
    if (isReal(piece)) found.push(piece);
    if (found.length >= MAX_PIECES) break;
  }
  return found;
}

/** What a quoted text is by its looks, beside being text. */
export function lookOf(value: string): Piece['kind'] | undefined {
  for (const [kind, pattern] of RULES) {
    const [match] = value.matchAll(pattern);
    if (match?.index === 0 && match[0] === value) return kind;
  }
  return undefined;
}

function isReal({ kind, value }: Piece): boolean {
  if (kind === 'repository') return !NO_REPOSITORY.test(value);
  return kind === 'path' ? value.length > 1 && !NO_FILE.test(value) && !NO_REPOSITORY.test(value) : true;
}

/** Without the marks of the sentence around it. */
function trimmed(kind: Piece['kind'], whole: string): string {
  if (kind === 'path')
    return /\s/.test(whole) ? (whole.split(/\s/)[0] ?? '') : whole.replace(/(?<=[\w/])\.$/, '');
  if (kind !== 'url') return whole;
  const bare = whole.replace(/[.,;:!?'*]+$/, '');
  return bare.includes('(') ? bare : bare.replace(/[)\]}]+$/, '');
}

function blank(text: string, { start, end }: Pick<Piece, 'start' | 'end'>): string {
  return `${text.slice(0, start)}${' '.repeat(end - start)}${text.slice(end)}`;
}
