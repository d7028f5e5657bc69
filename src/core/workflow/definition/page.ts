import type { Document } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { ParseMarkdown } from '../../ports/markdown.ts';
import { toFault } from './faults.ts';
import { expandIncludes } from './includes.ts';
import type { Expanded } from './includes.ts';
import { intricateLine } from './intricacy.ts';
import type { Source } from './source.ts';

/** A file with its includes, and what it says. */
export interface Page {
  readonly expanded: Expanded;
  readonly document: Document;
}

/** What pages are read with. */
export interface Reading {
  readonly source: Source;
  readonly parse: ParseMarkdown;
  /** Takes what is wrong. */
  readonly faults: Fault[];
}

/** `undefined` where the text is too large or too intricate to be read; the faults say so. */
export async function readPage(file: string, text: string, reading: Reading): Promise<Page | undefined> {
  const expanded = await expandIncludes(file, text, reading.source);
  reading.faults.push(...expanded.faults);
  if (!expanded.complete) return undefined;
  const line = intricateLine(expanded.text);
  if (line === undefined) return { expanded, document: reading.parse(expanded.text) };
  const message =
    'From here on the text is too intricate: too many marks in one paragraph, too many items, rows and headings, or nested too deeply.';
  const fix =
    'Break the paragraph up with blank lines, split the page, or put what is no Markdown into a code fence.';
  reading.faults.push(toFault('page/too-intricate', expanded.origin(line), { message, fix }));
  return undefined;
}
