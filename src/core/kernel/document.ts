/**
 * Markdown as the core sees it: blocks with their lines, inline markup flattened to text.
 * In a text, inline code keeps its backticks; emphasis, images and raw HTML lose their marks; a link is its text.
 */
export interface Document {
  /** Data of a YAML front matter, `undefined` when there is none. Plain JSON only. */
  readonly frontMatter: unknown;
  /** Why the front matter could not be read, with its line. */
  readonly frontMatterFault?: { readonly message: string; readonly line: number };
  readonly blocks: readonly Block[];
}

interface Place {
  /** 1-based line in the source. */
  readonly line: number;
  /** Offsets into the source text: `source.slice(start, end)` is the block as written. */
  readonly start: number;
  readonly end: number;
}

export type Block =
  | (Place & { readonly kind: 'heading'; readonly depth: number; readonly text: string })
  | (Place & { readonly kind: 'paragraph'; readonly text: string })
  | (Place & {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly first: number;
      readonly items: readonly ListItem[];
    })
  | (Place & {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly TableRow[];
    })
  | (Place & { readonly kind: 'code'; readonly text: string; readonly language: string })
  | (Place & { readonly kind: 'quote'; readonly blocks: readonly Block[] })
  /** A thematic break, an HTML block, a link definition: nothing that reads as prose. */
  | (Place & { readonly kind: 'other' });

export interface ListItem extends Place {
  readonly blocks: readonly Block[];
  /** The link the item begins with, if it begins with one. */
  readonly link?: { readonly text: string; readonly href: string };
}

export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}
