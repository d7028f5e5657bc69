import type { Block } from '../../kernel/document.ts';

/** A passage of guidance with what stands below it. */
export interface Passage {
  readonly kind: 'text' | 'heading' | 'table' | 'unreadable';
  readonly text: string;
  readonly line: number;
  readonly children: readonly Passage[];
  readonly table?: Extract<Block, { kind: 'table' }>;
}

interface Draft extends Passage {
  readonly children: Draft[];
  readonly depth: number;
}

/** Blocks as a tree: what a heading, a lead-in or a list item stands over is below it. */
export function outline(blocks: readonly Block[]): readonly Passage[] {
  const root: Draft = { kind: 'text', text: '', line: 0, children: [], depth: 0 };
  const headings: Draft[] = [root];
  for (const block of blocks) {
    if (block.kind === 'heading') {
      while ((headings.at(-1)?.depth ?? 0) >= block.depth) headings.pop();
      const heading: Draft = { kind: 'heading', text: block.text, line: block.line, children: [], depth: block.depth };
      (headings.at(-1) ?? root).children.push(heading);
      headings.push(heading);
    } else {
      append(headings.at(-1) ?? root, block);
    }
  }
  return root.children;
}

function append(parent: Draft, block: Block): void {
  switch (block.kind) {
    case 'paragraph':
      parent.children.push({ kind: 'text', text: block.text, line: block.line, children: [], depth: 0 });
      return;
    case 'list': {
      const lead = parent.children.at(-1);
      const over = lead !== undefined && lead.kind === 'text' && lead.text.trimEnd().endsWith(':') ? lead : parent;
      for (const item of block.items) over.children.push(toPassage(item.blocks, item.line));
      return;
    }
    case 'table': {
      const lead = parent.children.at(-1);
      const over = lead !== undefined && lead.kind === 'text' && lead.text.trimEnd().endsWith(':') ? lead : parent;
      over.children.push({ kind: 'table', text: '', line: block.line, children: [], depth: 0, table: block });
      return;
    }
    case 'quote':
      for (const each of block.blocks) append(parent, each);
      return;
    case 'code':
      parent.children.push({ kind: 'unreadable', text: block.text, line: block.line, children: [], depth: 0 });
      return;
    case 'heading':
      parent.children.push({ kind: 'unreadable', text: block.text, line: block.line, children: [], depth: 0 });
      return;
    case 'other':
  }
}

/** The first paragraph of a list item, with the rest of the item below it. */
function toPassage(blocks: readonly Block[], line: number): Draft {
  const [first, ...rest] = blocks;
  const isText = first?.kind === 'paragraph';
  const passage: Draft = { kind: 'text', text: isText ? first.text : '', line, children: [], depth: 0 };
  for (const block of isText ? rest : blocks) append(passage, block);
  return passage;
}
