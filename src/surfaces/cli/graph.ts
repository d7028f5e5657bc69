import { renderMermaidSVG } from 'beautiful-mermaid';
import { TuttiError } from '../../core/kernel/errors.ts';

/** A node of the flowcharts that the core writes: its id, and its name in quotes within any brackets. */
const NODE = /^ {2}(\w+)[[({]+"([^"]*)"[\])}]+$/gm;
/** An arrow, dotted where success leads on in order, with its conditions in quotes when it has any. */
const EDGE = /^ {2}(\w+) -(\.?)->(?:\|"([^"]*)"\|)? (\w+)$/gm;
/** What must not reach a terminal or a page, however it was written. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Private characters. */
const STAND_INS = /[\uE000-\uF8FF]/g;
const FIRST_STAND_IN = 0xe000;
const LAST_STAND_IN = 0xf8ff;
const ENTITY = /#(\d{1,7});/g;
const MAX_SVG_NODES = 100;
const MAX_SVG_EDGES = 300;
const REPLACEMENT = '\uFFFD';

/**
 * The flowchart as text for a terminal: a box for each step in order, and under it every way that leads on. Drawn lines would cross and
 * share tracks in all but the smallest graphs; this stays readable, and takes time in proportion to the graph.
 */
export function toAscii(mermaid: string): string {
  const names = new Map<string, string>();
  for (const [, id = '', name = ''] of mermaid.matchAll(NODE)) names.set(id, decode(name));
  const ways = new Map<string, string[]>();
  for (const [, from = '', implied, label = '', to = ''] of mermaid.matchAll(EDGE)) {
    const name = (names.get(to) ?? to).replace(/^▶ /, '');
    const conditions = implied ? 'success, in order' : decode(label.replaceAll('<br/>', '; '));
    ways.set(from, [...(ways.get(from) ?? []), `→ ${name}${conditions === '' ? '' : ` (${conditions})`}`]);
  }
  return [...names].map(([id, name]) => drawNode(name, ways.get(id) ?? [])).join('\n');
}

function drawNode(name: string, ways: readonly string[]): string {
  const line = '─'.repeat(widthOf(name) + 2);
  const lines = ways.map((way, at) => `  ${at === ways.length - 1 ? '└' : '├'}─${way}`);
  return [`┌${line}┐`, `│ ${name} │`, `└${ways.length > 0 ? `┬${line.slice(1)}` : line}┘`, ...lines].join(
    '\n',
  );
}

/** Columns on a terminal: East Asian characters and emoji take two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/** Mermaid writes a character as `#34;`. */
function decode(label: string): string {
  return label.replaceAll(ENTITY, (_whole, code: string) => visible(Number(code)));
}

function visible(code: number): string {
  if (code > 0x10_ff_ff) return REPLACEMENT;
  const character = String.fromCodePoint(code);
  return INVISIBLE.test(character) ? REPLACEMENT : character;
}

/**
 * The flowchart as a self-contained SVG: no script, and nothing loaded from anywhere.
 *
 * @throws TuttiError `input/too-large` for more steps and ways than can be laid out in good time.
 */
export function toSvg(mermaid: string): string {
  if (
    [...mermaid.matchAll(NODE)].length > MAX_SVG_NODES ||
    [...mermaid.matchAll(EDGE)].length > MAX_SVG_EDGES
  ) {
    throw new TuttiError(
      'input/too-large',
      `A drawing has at most ${MAX_SVG_NODES} steps and ${MAX_SVG_EDGES} ways. Take the Mermaid text instead.`,
    );
  }
  // The renderer knows no entities; it lays out one private character for each, so that boxes have the right size.
  const standIns = new Map<string, string>();
  const laidOut = mermaid.replaceAll(ENTITY, (_whole, code: string) => {
    const character = visible(Number(code));
    const standIn =
      standIns.get(character) ??
      String.fromCodePoint(Math.min(FIRST_STAND_IN + standIns.size, LAST_STAND_IN));
    standIns.set(character, standIn);
    return standIn;
  });
  const meant = new Map([...standIns].map(([character, standIn]) => [standIn, character]));
  return renderMermaidSVG(laidOut)
    .replaceAll(/^\s*@import [^\n]*\n/gm, '')
    .replaceAll(STAND_INS, (standIn) => `&#${(meant.get(standIn) ?? REPLACEMENT).codePointAt(0) ?? 0};`);
}
