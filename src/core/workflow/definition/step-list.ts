import type { Block, Document, ListItem } from '../../kernel/document.ts';

/** One step as the index lists it. */
export interface StepLink {
  readonly name: string;
  /** As written. */
  readonly href: string;
  readonly line: number;
}

export interface StepList {
  readonly links: readonly StepLink[];
  readonly description: string;
}

const STEP_HEADINGS = new Set(['steps', 'high-level plan']);
const GOAL_HEADINGS = new Set(['goal', 'overall goal']);
const MAX_DESCRIPTION_LENGTH = 4_000;

/** What an index says: which steps there are, in order, and what they are for. */
export function readStepList(
  document: Document,
  source: string,
  headings: ReadonlySet<string> = STEP_HEADINGS,
): StepList {
  const { blocks } = document;
  return { links: findLinks(blocks, headings), description: describe(blocks, source) };
}

/** A heading's text as headings are compared: case, outer blanks and a trailing colon do not matter. */
export function headingKey(text: string): string {
  return text.trim().replace(/:$/, '').trimEnd().toLowerCase();
}

/** The list under one of the headings wins; without one, every list counts. */
function findLinks(blocks: readonly Block[], headings: ReadonlySet<string>): StepLink[] {
  for (const [at, block] of blocks.entries()) {
    if (block.kind !== 'heading' || !headings.has(headingKey(block.text))) continue;
    const links = linksIn(sectionAfter(blocks, at, block.depth));
    if (links.length > 0) return links;
  }
  return linksIn(blocks);
}

function sectionAfter(blocks: readonly Block[], at: number, depth: number): readonly Block[] {
  const end = blocks.findIndex(
    (block, index) => index > at && block.kind === 'heading' && block.depth <= depth,
  );
  return blocks.slice(at + 1, end === -1 ? undefined : end);
}

/** In the order of the text, nested lists too; without recursion, so that no nesting can overflow the stack. */
function linksIn(blocks: readonly Block[]): StepLink[] {
  const links: StepLink[] = [];
  const open = itemsOf(blocks).toReversed();
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const link = stepLink(item);
    if (link) links.push(link);
    for (const nested of itemsOf(item.blocks).toReversed()) open.push(nested);
  }
  return links;
}

function itemsOf(blocks: readonly Block[]): ListItem[] {
  return blocks.flatMap((block) => (block.kind === 'list' ? block.items : []));
}

function stepLink(item: ListItem): StepLink | undefined {
  const { link } = item;
  if (!link || !/\.md(?:#|$)/i.test(link.href)) return undefined;
  return { name: link.text.replaceAll(/\s+/g, ' ').trim(), href: link.href, line: item.line };
}

/** The text under the goal's heading, else what stands between the first heading and the steps. */
function describe(blocks: readonly Block[], source: string): string {
  const goal = blocks.findIndex(
    (block) => block.kind === 'heading' && GOAL_HEADINGS.has(headingKey(block.text)),
  );
  const under = goal === -1 ? '' : firstText(blocks.slice(goal + 1), source);
  if (under !== '') return under;
  return firstText(blocks.slice(blocks.findIndex((block) => block.kind === 'heading') + 1), source);
}

/** The first stretch of text as written, up to a heading or the list of steps; comments left out. */
function firstText(blocks: readonly Block[], source: string): string {
  const texts: string[] = [];
  for (const block of blocks) {
    if (block.kind === 'list' && linksIn([block]).length > 0) break;
    if (block.kind === 'heading' && texts.length > 0) break;
    if (block.kind !== 'heading' && block.kind !== 'other')
      texts.push(source.slice(block.start, block.end).trim());
  }
  const text = texts.join('\n\n');
  return text.length > MAX_DESCRIPTION_LENGTH ? `${text.slice(0, MAX_DESCRIPTION_LENGTH - 1)}…` : text;
}
