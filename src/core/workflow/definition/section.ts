import type { Block, Document } from '../../kernel/document.ts';
import { editDistance } from '../../kernel/edit-distance.ts';
import type { Fault, FaultEdit } from '../../kernel/fault.ts';
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
  readonly lack: (title: string, opening?: Opening) => readonly Fault[];
}

/** What may be put where a section is missing or empty. */
export interface Opening {
  /** The page, as its faults name it: what it includes is not written into. */
  readonly file: string;
  /** The text of the section; absent where only text that is there can be its own. */
  readonly text?: string;
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
  const lack = (title: string, opening?: Opening): readonly Fault[] => {
    const key = headingKey(title.slice(2));
    const fault = lackOf(found.get(key), { key, title, blocks, expanded, opening });
    return fault ? [fault] : [];
  };
  return { found, strangers, faults, lack };
}

interface Sought {
  readonly key: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly expanded: Expanded;
  readonly opening: Opening | undefined;
}

function lackOf(section: Section | undefined, sought: Sought): Fault | undefined {
  const { key, title, blocks, expanded } = sought;
  if (section) {
    if (section.text !== '') return undefined;
    const edit = filling(sought);
    return toFault('section/empty', expanded.origin(section.line), {
      message: `The section "${title}" has no text.`,
      fix: `Write at least one sentence under "${title}"${said(sought, edit)}.`,
      edit,
    });
  }
  const similar = blocks.find((block) => block.kind === 'heading' && headingKey(block.text) === key);
  const misnamed = similar ?? onlyMisnamed(sought);
  const message = `The section "${title}" is missing.`;
  if (misnamed) {
    const fix = similar
      ? `Write the heading of this line at the first level: "${title}".`
      : `Write "${title}" for the heading of this line.`;
    const edit = { from: sourceOf(misnamed, expanded), to: title };
    return toFault('section/missing', expanded.origin(misnamed.line), { message, fix, edit });
  }
  const edit = opened(sought);
  const fix = `Add the heading "${title}" on a line of its own, and the text under it${said(sought, edit)}.`;
  return toFault('section/missing', expanded.origin(1), { message, fix, edit });
}

function said({ opening }: Sought, edit: FaultEdit | undefined): string {
  return edit && opening?.text !== undefined ? `, such as: ${opening.text.replace(/\.$/, '')}` : '';
}

/** The text of the opening, below a heading that has none. */
function filling({ key, blocks, expanded, opening }: Sought): FaultEdit | undefined {
  const heading = blocks.find(
    (block) => block.kind === 'heading' && block.depth === 1 && headingKey(block.text) === key,
  );
  if (!heading || opening?.text === undefined || expanded.origin(heading.line).file !== opening.file)
    return undefined;
  const from = sourceOf(heading, expanded);
  return { from, to: `${from}\n\n${opening.text}` };
}

/** A page without any section is the text of one; before sections that are there, the opening makes another. */
function opened({ title, blocks, expanded, opening }: Sought): FaultEdit | undefined {
  const [first] = blocks;
  const place = first && expanded.origin(first.line);
  if (!opening || !place || place.file !== opening.file || expanded.origin(1).file !== opening.file)
    return undefined;
  const isPlain = blocks.every((block) => block.kind !== 'heading' || block.depth > 1);
  const text = isPlain === (opening.text === undefined) ? opening.text : null;
  if (text === null || (!isPlain && (first.kind !== 'heading' || first.depth !== 1))) return undefined;
  return { line: place.line, from: '', to: `${title}\n\n${text === undefined ? '' : `${text}\n\n`}` };
}

function sourceOf({ start, end }: Block, expanded: Expanded): string {
  return expanded.text.slice(start, end);
}

const FILLERS: ReadonlySet<string> = new Set(['the', 'for', 'of', 'a']);
const LETTERS_PER_SLIP = 6;

/**
 * The only first-level heading that says a part of the title, or says it with a slip; else the only heading of another level, or bold line, that
 * says all of it: parts of it are what headings inside a section are called.
 */
function onlyMisnamed({ key, blocks, expanded }: Sought): Block | undefined {
  const [one, ...others] = blocks.filter(
    (block) => block.kind === 'heading' && block.depth === 1 && isMisnamed(headingKey(block.text), key),
  );
  if (one) return others.length === 0 ? one : undefined;
  const [meant, ...more] = blocks.filter(
    (block) =>
      (block.kind === 'heading' || isBold(block, expanded)) && isMisspelt(headingKey(block.text), key),
  );
  return more.length === 0 ? meant : undefined;
}

/** A paragraph that is one bold line. */
function isBold(block: Block, expanded: Expanded): block is Extract<Block, { kind: 'paragraph' }> {
  return (
    block.kind === 'paragraph' && /^(\*\*|__)(?:(?!\1)[^\n])+\1:?$/.test(sourceOf(block, expanded).trim())
  );
}

function isMisspelt(heading: string, key: string): boolean {
  const slips = Math.floor(key.length / LETTERS_PER_SLIP);
  return Math.abs(heading.length - key.length) <= slips && editDistance(heading, key) <= slips;
}

function isMisnamed(heading: string, key: string): boolean {
  if (isMisspelt(heading, key)) return true;
  const wanted = new Set(key.split(' '));
  const words = heading.split(/[\s_-]+/).filter((word) => !FILLERS.has(word));
  return words.length > 0 && words.every((word) => wanted.has(word) || wanted.has(`${word}s`));
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
