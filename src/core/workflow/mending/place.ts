import type { Fault } from '../../kernel/fault.ts';

/** A change of one text: what stands from one offset to another gives way to something else. */
interface Replacement {
  readonly at: number;
  readonly length: number;
  readonly by: string;
}

/** How many lines below its own a fault's text may stand: a sentence goes over several. */
const REACH = 20;
const MAX_PLACES = 10;
const MARK = '\uFEFF';

/** The text with the edit of a fault made, once for each place that it may mean, the nearest first. Nothing else of the text changes. */
export function editedTexts(text: string, { line, edit }: Fault): readonly string[] {
  if (edit === undefined) return [];
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const written = (part: string): string => part.replaceAll('\n', ending);
  const starts = lineStarts(text);
  const first = (edit.line ?? line) - 1;
  const from = starts[first];
  if (from === undefined) return [];
  const by = written(edit.to);
  if (edit.from === '') return [replaced(text, { at: from, length: 0, by })];
  return placesOf(text, written(edit.from), { from, to: starts[first + REACH] ?? text.length }).map((at) =>
    replaced(text, { at, length: written(edit.from).length, by }),
  );
}

function placesOf(
  text: string,
  sought: string,
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(sought, from); at !== -1 && at < to; at = text.indexOf(sought, at + 1)) {
    places.push(at);
    if (places.length === MAX_PLACES) break;
  }
  return places;
}

function replaced(text: string, { at, length, by }: Replacement): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

/** Where each line begins, by the line ends that Markdown knows; a byte order mark is no part of the first. */
function lineStarts(text: string): readonly number[] {
  const starts = [text.startsWith(MARK) ? 1 : 0];
  for (const match of text.matchAll(/\r\n?|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}
