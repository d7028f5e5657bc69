import { stripVTControlCharacters } from 'node:util';
import { stripControls } from '../../core/policy/clean.ts';

const LEAST = 20;

/** Text from outside, safe to print: no escape sequences, no control, direction or invisible characters; lines and tabs stay. */
export function clean(text: string): string {
  return stripControls(text);
}

/** {@link clean}, on one line. */
export function cleanLine(text: string): string {
  return clean(text).replaceAll(/\s+/g, ' ').trim();
}

/** One word of a command that is shown to be typed, in quotes where a shell would take it for several or for something else. */
export function commandWord(text: string): string {
  const word = clean(text);
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(word)) return word;
  return /["$`!\\]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : `"${word}"`;
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

/** As many lines as it takes, none wider than `width`: the rest of a list item hangs under its text, a word that is wider is cut. */
export function wrapLine(line: string, width: number): readonly string[] {
  const lead = (/^\s*(?:(?:[-*+]|\d+\.) )?/.exec(line)?.[0] ?? '').slice(0, width / 2);
  const hang = ' '.repeat(lead.length);
  const words = line
    .slice(lead.length)
    .split(' ')
    .flatMap((word) => cut(word, width - lead.length));
  const lines: string[] = [];
  let current = '';
  for (const word of words) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (current !== '' && lead.length + shownLength(joined) > width) {
      lines.push(current);
      current = word;
    } else current = joined;
  }
  return [...lines, current].map((text, at) => (at === 0 ? lead : hang) + text);
}

function cut(word: string, width: number): readonly string[] {
  if (shownLength(word) <= width) return [word];
  const parts: string[] = [];
  for (let at = 0; at < word.length; at += width) parts.push(word.slice(at, at + width));
  return parts;
}

/** Colours take no room. */
function shownLength(text: string): number {
  return text.includes('\u001b') ? stripVTControlCharacters(text).length : text.length;
}
