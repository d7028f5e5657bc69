import type { Block } from '../../kernel/document.ts';

/** A passage of guidance with what stands below it. */
export interface Passage {
  /** `unreadable`: code, or what is no prose. */
  readonly kind: 'text' | 'heading' | 'table' | 'unreadable';
  readonly text: string;
  readonly line: number;
  readonly children: readonly Passage[];
  readonly table?: Extract<Block, { kind: 'table' }>;
}

interface Draft extends Passage {
  readonly children: Draft[];
}

interface Section {
  readonly depth: number;
  readonly passage: Draft;
}

/** Blocks as a tree: what a heading, a lead-in or a list item stands over is below it. */
export function outline(blocks: readonly Block[]): readonly Passage[] {
  const root = toDraft('text', '', 0);
  let open: readonly Section[] = [];
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      append(open.at(-1)?.passage ?? root, block);
      continue;
    }
    open = open.filter(({ depth }) => depth < block.depth);
    const passage = toDraft('heading', block.text, block.line);
    (open.at(-1)?.passage ?? root).children.push(passage);
    open = [...open, { depth: block.depth, passage }];
  }
  return root.children;
}

function toDraft(kind: Passage['kind'], text: string, line: number): Draft {
  return { kind, text, line, children: [] };
}

function append(parent: Draft, block: Block): void {
  switch (block.kind) {
    case 'paragraph':
      parent.children.push(toDraft('text', block.text, block.line));
      return;
    case 'list':
      leadOf(parent).children.push(...block.items.map((item) => toPassage(item.blocks, item.line)));
      return;
    case 'table':
      leadOf(parent).children.push({ ...toDraft('table', '', block.line), table: block });
      return;
    case 'quote':
      for (const each of block.blocks) append(parent, each);
      return;
    case 'code':
    case 'heading':
      parent.children.push(toDraft('unreadable', block.text, block.line));
      return;
    case 'other':
  }
}

/** A paragraph that ends in a colon leads what follows it. */
function leadOf(parent: Draft): Draft {
  const last = parent.children.at(-1);
  return last?.kind === 'text' && last.text.trimEnd().endsWith(':') ? last : parent;
}

/** The first paragraph of a list item, with the rest of the item below it. */
function toPassage(blocks: readonly Block[], line: number): Draft {
  const [first, ...rest] = blocks;
  const passage = toDraft('text', first?.kind === 'paragraph' ? first.text : '', line);
  for (const block of first?.kind === 'paragraph' ? rest : blocks) append(passage, block);
  return passage;
}
