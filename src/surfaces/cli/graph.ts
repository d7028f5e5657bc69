import { renderMermaidASCII, renderMermaidSVG } from 'beautiful-mermaid';

/** Private characters that stand for others while a diagram is laid out. */
const STAND_INS = /[\uE000-\uF8FF]/g;
const FIRST_STAND_IN = 0xe000;
const LAST_STAND_IN = 0xf8ff;
/** What must not reach a terminal or a page, however it was written. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const REPLACEMENT = '\uFFFD';

/** The diagram in box-drawing characters, for a terminal. */
export function toAscii(mermaid: string): string {
  const characters = standIns();
  // Lines are drawn through the blanks of a label on them.
  const labelled = mermaid.replaceAll(/\|"([^"]*)"\|/g, (_whole, label: string) => {
    const line = label.replaceAll('<br/>', ' / ').replaceAll(' ', () => characters.take(' '));
    return `|"${line}"|`;
  });
  const drawn = renderMermaidASCII(characters.encode(labelled), {
    colorMode: 'none',
    paddingX: 4,
    paddingY: 3,
  });
  return characters.decode(drawn, (character) => character).replaceAll(/[ \t]+$/gm, '');
}

/** The diagram as a self-contained SVG: no script, and nothing loaded from anywhere. */
export function toSvg(mermaid: string): string {
  const characters = standIns();
  const drawn = renderMermaidSVG(characters.encode(mermaid)).replaceAll(/^\s*@import [^\n]*\n/gm, '');
  return characters.decode(drawn, (character) => `&#${character.codePointAt(0) ?? 0};`);
}

/** Mermaid writes a character as `#34;`. The renderer knows no such entities; it lays out one stand-in for each instead. */
function standIns(): {
  take(character: string): string;
  encode(mermaid: string): string;
  decode(drawn: string, write: (character: string) => string): string;
} {
  const taken = new Map<string, string>();
  const meant = new Map<string, string>();
  const take = (character: string): string => {
    const known = taken.get(character);
    if (known !== undefined) return known;
    if (FIRST_STAND_IN + taken.size > LAST_STAND_IN) return REPLACEMENT;
    const standIn = String.fromCodePoint(FIRST_STAND_IN + taken.size);
    taken.set(character, standIn);
    meant.set(standIn, character);
    return standIn;
  };
  return {
    take,
    encode: (mermaid) =>
      mermaid.replaceAll(/#(\d{1,7});/g, (_whole, code: string) => take(visible(Number(code)))),
    decode: (drawn, write) =>
      drawn.replaceAll(STAND_INS, (standIn) => write(meant.get(standIn) ?? REPLACEMENT)),
  };
}

function visible(code: number): string {
  if (code > 0x10_ff_ff) return REPLACEMENT;
  const character = String.fromCodePoint(code);
  return INVISIBLE.test(character) ? REPLACEMENT : character;
}
