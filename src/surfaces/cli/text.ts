import { stripVTControlCharacters } from 'node:util';

const LEAST = 20;

/** Text from outside, safe to print: no escape sequences, no control or bidirectional characters; lines and tabs stay. */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]|[\p{Bidi_Control}\u{e0000}-\u{e007f}]/gu, '');
}

/** {@link clean}, on one line. */
export function cleanLine(text: string): string {
  return clean(text).replaceAll(/\s+/g, ' ').trim();
}

/** Breaks at blanks so that no line is wider than `width`; `indent` stands before each. */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(LEAST, width - indent.length);
  const lines = text.split('\n').flatMap((line) => wrapLine(line, room));
  return lines.map((line) => (line ? indent + line : line)).join('\n');
}

/** {@link wrap}, after joining the lines of each paragraph: for prose, not for lists or code. */
export function reflow(text: string, width: number): string {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim());
  return wrap(paragraphs.join('\n\n'), width);
}

/** As many lines as it takes, none wider than `width`; a word that is wider is cut. */
export function wrapLine(line: string, width: number): readonly string[] {
  const lead = (/^\s*/.exec(line)?.[0] ?? '').slice(0, width / 2);
  const lines: string[] = [];
  let current = lead;
  for (const word of line
    .trimStart()
    .split(' ')
    .flatMap((each) => cut(each, width - lead.length))) {
    const joined = current === lead ? lead + word : `${current} ${word}`;
    if (joined.length > width && current !== lead) {
      lines.push(current);
      current = lead + word;
    } else current = joined;
  }
  return [...lines, current];
}

function cut(word: string, width: number): readonly string[] {
  const parts = [word.slice(0, width)];
  for (let at = width; at < word.length; at += width) parts.push(word.slice(at, at + width));
  return parts;
}
