import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';
import { cleanLine, wrapLine } from './text.ts';

const GAP = 2;
const LEAST_COLUMN = 6;

/** A table without lines that fits the terminal: wide columns give way first, and their cells wrap. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const cells = rows.map((row) => row.map(cleanLine));
  const widths = fit(
    headings.map((heading, at) => Math.max(heading.length, ...cells.map((row) => row[at]?.length ?? 0))),
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
    headings.map((heading) => terminal.colors.dim(heading)),
    ...wrapped,
  );
  return shown
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Takes from the widest column until all fit. */
function fit(wanted: readonly number[], available: number): number[] {
  const widths = [...wanted];
  for (let over = widths.reduce((sum, width) => sum + width, 0) - available; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST_COLUMN) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
