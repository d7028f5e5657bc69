import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';
import { cleanLine, wrapLine } from './text.ts';

const GAP = 2;
const LEAST_COLUMN = 6;

/** `whole`: no word of the column is broken over lines, however narrow the terminal: ids are there to be copied. */
type Heading = string | { readonly whole: string };

/** A table without lines that fits the terminal: wide columns give way first, and their cells wrap. */
export function table(
  headings: readonly Heading[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const cells = rows.map((row) => row.map(cleanLine));
  const names = headings.map((heading) => (typeof heading === 'string' ? heading : heading.whole));
  const columns = names.map((name, at) => [name, ...cells.map((row) => row[at] ?? '')]);
  const words = columns.map(longestWord);
  const widths = fit(
    columns.map((column) => Math.max(...column.map((cell) => cell.length))),
    [words, words.map((word, at) => (typeof headings[at] === 'string' ? LEAST_COLUMN : word))],
    terminal.width - GAP * (headings.length - 1),
  );
  const shown = new Table({
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: ' '.repeat(GAP),
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths,
  });
  const wrapped = cells.map((row) => row.map((cell, at) => wrapLine(cell, widths[at] ?? 0).join('\n')));
  shown.push(
    names.map((name) => terminal.colors.dim(name)),
    ...wrapped,
  );
  return shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Takes from the widest column until all fit, down to the first of the bounds; to the second only when nothing else is left. */
function fit(wanted: readonly number[], bounds: readonly (readonly number[])[], available: number): number[] {
  const widths = [...wanted];
  let over = widths.reduce((sum, width) => sum + width, 0) - available;
  for (const least of bounds) {
    while (over > 0) {
      const room = widths.map((width, at) => (width > (least[at] ?? 0) ? width : 0));
      const widest = room.indexOf(Math.max(...room));
      if (room[widest] === 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
      over -= 1;
    }
  }
  return widths;
}

function longestWord(texts: readonly string[]): number {
  return Math.max(...texts.flatMap((text) => text.split(' ').map((word) => word.length)));
}
