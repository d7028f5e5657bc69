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

export interface Sections {
  readonly guidance: Section | undefined;
  readonly instructions: Section | undefined;
  readonly transitions: Section | undefined;
  readonly faults: readonly Fault[];
}

const GUIDANCE = 'orchestrator guidance';
const INSTRUCTIONS = 'client instructions';
const TRANSITIONS = 'transitions';

/** Takes a step's file apart at its first-level headings; every such heading ends the section before it. */
export function readSections(
  document: Document,
  expanded: Expanded,
  required: { readonly guidance: boolean },
): Sections {
  const faults: Fault[] = [];
  const found = new Map<string, Section>();
  const { blocks } = document;
  const heads = blocks.flatMap((block, at) =>
    block.kind === 'heading' && block.depth === 1 ? [{ block, at }] : [],
  );
  for (const [index, { block, at }] of heads.entries()) {
    const key = headingKey(block.text);
    if (key !== GUIDANCE && key !== INSTRUCTIONS && key !== TRANSITIONS) continue;
    const next = heads[index + 1];
    if (found.has(key)) {
      faults.push(
        toFault('section/duplicate', expanded.origin(block.line), {
          message: `The section "${block.text}" stands here a second time; only the first counts.`,
          fix: 'Join the two, or write headings inside instructions at the second level.',
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
  const check = (key: string, title: string): void => {
    const fault = lack(found.get(key), { key, title, blocks, expanded });
    if (fault) faults.push(fault);
  };
  if (required.guidance) check(GUIDANCE, '# Orchestrator Guidance');
  check(INSTRUCTIONS, '# Client Instructions');
  return {
    guidance: found.get(GUIDANCE),
    instructions: found.get(INSTRUCTIONS),
    transitions: found.get(TRANSITIONS),
    faults,
  };
}

interface Sought {
  readonly key: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly expanded: Expanded;
}

function lack(section: Section | undefined, { key, title, blocks, expanded }: Sought): Fault | undefined {
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
