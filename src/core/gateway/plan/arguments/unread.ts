import { maskQuotes } from '../mask.ts';
import { unclearIn } from './figures.ts';
import { rangesIn } from './tickets.ts';
import { timesIn } from './times.ts';
import type { ReadingTime } from './zone.ts';

const MAX_READ = 2_000;
/** A number below nothing of what is counted, and digits that no number keeps whole. */
const NUMBERS = /#-\d{1,30}|#\d{10,40}(?!\w)|(?<![\w.#/@-])-?\d{16,40}(?![\w.])/gu;
const DATES = /(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])/gu;

/** What of a text looks like a value, and is none: "#-5", "PRs 1 to 1000", "2026-02-30", "1.250,50", more digits than a number has. */
export function unreadIn(written: string, here: ReadingTime): readonly string[] {
  const text = maskQuotes(written.slice(0, MAX_READ));
  const times = timesIn(text, here);
  const dates = Array.from(text.matchAll(DATES)).filter(
    ({ index }) => !times.some(({ start, end }) => start <= index && index < end),
  );
  const ranges = rangesIn(text).filter(({ pieces }) => pieces.length === 0);
  return [
    ...Array.from(text.matchAll(NUMBERS), ([whole]) => whole),
    ...dates.map(([whole]) => whole),
    ...ranges.map(({ start, end }) => text.slice(start, end)),
    ...unclearIn(text),
  ];
}
