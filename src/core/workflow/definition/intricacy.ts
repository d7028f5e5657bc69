const MAX_NESTING = 64;
const MAX_INDENT = 128;
const MAX_MARKS = 1_000;
/** Lines on the whole page of which each costs as much as there are others: items, rows, headings, and what goes on after them. */
const MAX_STRUCTURE = 4_000;
const UNDERLINE_WEIGHT = 4;
const CELLS_PER_LINE = 8;
const MAX_FRONT_MATTER_LENGTH = 65_536;

/** Quotes and list items that begin on one line, one inside the other. */
const CONTAINERS = /^(?:[ \t]{0,8}(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*/;
/** What may open or close emphasis, links, code and tags; `_` within a word does neither. */
const MARKS = /[*[\]`<&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const CONTAINER = /^[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/;
const HEADING = /^[ \t]*#{1,6}(?=[ \t]|$)/;
/** Makes a heading of the paragraph above it. */
const UNDERLINE = /^[ \t>]*(?:=+|-+)[ \t]*$/;
const BULLET = /^ {0,3}[-+*][ \t]/;
const NUMBER = /^ {0,3}\d{1,9}[.)][ \t]/;
/** In the first column no list or quote can hold it. */
const FENCE = /^(`{3,}|~{3,})([^`]*)$/;
const HTML = /^ {0,3}</;
/** HTML that goes on over blank lines until it is closed. */
const LONG_HTML = /^ {0,3}<(?:[!?]|pre|script|style|textarea)(?!.*(?:-->|\?>|\]\]>|<\/))/i;

/**
 * The first line at which a text is more intricate than any author writes, and than a Markdown parser reads in good time: some
 * constructs cost the square of their number, others a level of the stack each. Linear. Where it is unsure whether a text is
 * code, it counts its marks.
 */
export function intricateLine(text: string): number | undefined {
  if (/^---[ \t]*\n/.test(text) && text.search(/\n---[ \t]*(?:\n|$)/) > MAX_FRONT_MATTER_LENGTH) return 1;
  const scan: Scan = {
    marks: 0,
    structure: 0,
    inList: false,
    inContainer: false,
    inHtml: false,
    afterBlank: true,
    fence: '',
    trustsFences: true,
  };
  for (const [at, line] of text.split('\n').entries()) {
    if (isCode(scan, line)) continue;
    follow(scan, line);
    if (scan.marks > MAX_MARKS || scan.structure > MAX_STRUCTURE || isNestedDeep(line)) return at + 1;
  }
  return undefined;
}

interface Scan {
  /** In this paragraph. */
  marks: number;
  /** On this page. */
  structure: number;
  inList: boolean;
  /** This paragraph, which may go on without the mark of its quote or item. */
  inContainer: boolean;
  inHtml: boolean;
  afterBlank: boolean;
  /** That is open. */
  fence: string;
  trustsFences: boolean;
}

function isCode(scan: Scan, line: string): boolean {
  const [, run = '', rest = ''] = FENCE.exec(line) ?? [];
  if (scan.fence !== '') {
    if (run.startsWith(scan.fence) && rest.trim() === '') scan.fence = '';
    return true;
  }
  if (run === '' || scan.inHtml || !scan.trustsFences) return false;
  scan.fence = run;
  Object.assign(scan, { marks: 0, inList: false, inContainer: false, afterBlank: true });
  return true;
}

function follow(scan: Scan, line: string): void {
  if (line.trim() === '') {
    Object.assign(scan, { marks: 0, inList: false, inContainer: false, inHtml: false, afterBlank: true });
    return;
  }
  scan.structure += structureOf(scan, line);
  scan.inContainer ||= CONTAINER.test(line);
  const begins = BULLET.test(line) || (NUMBER.test(line) && (scan.inList || scan.afterBlank));
  scan.marks = (begins ? 0 : scan.marks) + (line.match(MARKS)?.length ?? 0);
  scan.inList ||= begins;
  scan.inHtml ||= HTML.test(line);
  scan.trustsFences &&= !LONG_HTML.test(line);
  scan.afterBlank = false;
}

function structureOf({ afterBlank, inContainer }: Scan, line: string): number {
  if (!afterBlank && UNDERLINE.test(line)) return UNDERLINE_WEIGHT;
  const cells = Math.ceil((line.split('|').length - 1) / CELLS_PER_LINE);
  return cells + Number(inContainer || CONTAINER.test(line) || HEADING.test(line));
}

function isNestedDeep(line: string): boolean {
  const text = line.trimStart();
  const containers = CONTAINERS.exec(line)?.[0] ?? '';
  return (
    text !== '' &&
    (line.length - text.length > MAX_INDENT || containers.replaceAll(/[ \t\d]/g, '').length > MAX_NESTING)
  );
}
