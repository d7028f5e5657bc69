import type { ListItem } from '../kernel/document.ts';
import type { Section } from '../workflow/definition/section.ts';

/** One item of a list as it was written, on one line. */
export interface Item {
  /** Empty for an item that is more than one paragraph. */
  readonly text: string;
  readonly line: number;
}

/** The items of the lists of a section. Nested ones belong to their item, which is then no single paragraph. */
export function readItems({ blocks }: Section, source: string): readonly Item[] {
  return blocks.flatMap((block) =>
    block.kind === 'list' ? block.items.map((item) => ({ line: item.line, text: textOf(item, source) })) : [],
  );
}

/** As written, not as Markdown means it: a guard may hold `<`, `*` and brackets. A star alone reads as one more list. */
function textOf({ blocks, start, end }: ListItem, source: string): string {
  const [block, ...more] = blocks;
  if (block?.kind === 'paragraph' && more.length === 0)
    return source.slice(block.start, block.end).replaceAll(/\s+/g, ' ').trim();
  return /^\S{1,10}\s+\*\s*$/.test(source.slice(start, end)) ? '*' : '';
}
