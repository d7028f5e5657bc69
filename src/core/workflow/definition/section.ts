import type { Block, Document } from '../../kernel/document.ts';
import type { Fault } from '../../kernel/fault.ts';
import { toFault } from './faults.ts';
import type { Expanded } from './includes.ts';
import { headingKey } from './step-list.ts';

/** What stands under one first-level heading. */
export interface Section {
  /** As written, without the blank lines around it. */
  readonly text: string;
  /** The line of the expanded file at which the text begins; the heading's when there is no text. */
  readonly line: number;
  readonly blocks: readonly Block[];
}

/** The sections of a page, by the key of their heading. */
export interface Cut {
  readonly found: ReadonlyMap<string, Section>;
  /** First-level headings that are not known here. */
  readonly strangers: readonly { readonly text: string; readonly line: number }[];
  readonly faults: readonly Fault[];
  /** What is wrong when a section, such as `# Client Instructions`, must have text. */
  readonly lack: (title: string) => readonly Fault[];
}

/** Takes a page apart at its first-level headings; every such heading ends the section before it. */
export function cutSections(document: Document, expanded: Expanded, known: ReadonlySet<string>): Cut {
  const faults: Fault[] = [];
  const strangers: { text: string; line: number }[] = [];
  const found = new Map<string, Section>();
  const { blocks } = document;
  const heads = blocks.flatMap((block, at) =>
    block.kind === 'heading' && block.depth === 1 ? [{ block, at }] : [],
  );
  for (const [index, { block, at }] of heads.entries()) {
    const key = headingKey(block.text);
    const next = heads[index + 1];
    if (!known.has(key)) {
      strangers.push({ text: block.text, line: block.line });
      continue;
    }
    if (found.has(key)) {
      faults.push(
        toFault('section/duplicate', expanded.origin(block.line), {
          message: `The section "${block.text}" stands here a second time; only the first counts.`,
          fix: 'Join the two, or write headings inside a section at the second level.',
        }),
      );
      continue;
    }
    const raw = expanded.text.slice(block.end, next?.block.start);
    const headingLines = expanded.text.slice(block.start, block.end).split('\n').length;
    found.set(key, {
      ...trimBlankLines(raw, block.line + headingLines - 1),
      blocks: blocks.slice(at + 1, next?.at),
    });
  }
  const lack = (title: string): readonly Fault[] => {
    const key = headingKey(title.slice(2));
    const fault = lackOf(found.get(key), { key, title, blocks, expanded });
    return fault ? [fault] : [];
  };
  return { found, strangers, faults, lack };
}

interface Sought {
  readonly key: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly expanded: Expanded;
}

function lackOf(section: Section | undefined, { key, title, blocks, expanded }: Sought): Fault | undefined {
  if (section) {
    if (section.text !== '') return undefined;
    return toFault('section/empty', expanded.origin(section.line), {
      message: `The section "${title}" has no text.`,
      fix: `Write at least one sentence under "${title}".`,
    });
  }
  const similar = blocks.find((block) => block.kind === 'heading' && headingKey(block.text) === key);
  const fix =
    similar?.kind === 'heading'
      ? `Write the heading of this line at the first level: "${title}".`
      : `Add the heading "${title}" on a line of its own, and the text under it.`;
  return toFault('section/missing', expanded.origin(similar?.line ?? 1), {
    message: `The section "${title}" is missing.`,
    fix,
  });
}

/** Drops the rest of the heading's last line and the blank lines at both ends; white space at the end of the text stays. */
function trimBlankLines(raw: string, headingLine: number): { text: string; line: number } {
  const lines = raw.split('\n');
  let first = 0;
  let last = lines.length;
  while (first < last && lines[first]?.trim() === '') first += 1;
  while (last > first && lines[last - 1]?.trim() === '') last -= 1;
  return {
    text: lines.slice(first, last).join('\n'),
    line: first === last ? headingLine : headingLine + first,
  };
}
