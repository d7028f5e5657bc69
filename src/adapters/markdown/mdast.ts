import type { List, ListItem as MdastItem, Nodes, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfmTable } from 'micromark-extension-gfm-table';
import { parseDocument } from 'yaml';
import type { Block, Document, ListItem, TableRow } from '../../core/kernel/document.ts';
import { checkJson } from '../../core/kernel/json.ts';
import type { ParseMarkdown } from '../../core/ports/markdown.ts';
import { intricateLine } from '../../core/workflow/definition/intricacy.ts';

const options = {
  extensions: [gfmTable(), frontmatter(['yaml'])],
  mdastExtensions: [gfmTableFromMarkdown(), frontmatterFromMarkdown(['yaml'])],
};

/** CommonMark, GFM tables and a YAML front matter, by way of mdast. What the parser could not read in good time is one opaque block. */
export const parseMarkdown: ParseMarkdown = (source) => {
  const line = intricateLine(source.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'));
  if (line !== undefined) return unread(source, line);
  try {
    return read(source);
  } catch (error) {
    // A stack that is too short for what is left: how deep it goes depends on who calls.
    if (error instanceof RangeError) return unread(source, 1);
    throw error;
  }
};

function read(source: string): Document {
  const bom = source.startsWith('\uFEFF') ? 1 : 0;
  const root: Root = fromMarkdown(bom === 1 ? source.slice(1) : source, options);
  const yaml = root.children[0]?.type === 'yaml' ? root.children[0] : undefined;
  return {
    ...(yaml === undefined ? { frontMatter: undefined } : readFrontMatter(yaml.value)),
    blocks: toBlocks(root.children, bom),
  };
}

function unread(source: string, line: number): Document {
  const message = 'The text is too intricate to be read: expected fewer marks, or less deep nesting.';
  return {
    frontMatter: undefined,
    frontMatterFault: { message, line },
    blocks: [{ kind: 'other', line: 1, start: 0, end: source.length }],
  };
}

type FrontMatter = Pick<Document, 'frontMatter' | 'frontMatterFault'>;

/** Lines count from the opening `---`, which is line 1. */
function readFrontMatter(text: string): FrontMatter {
  const yaml = parseDocument(text, { prettyErrors: true });
  const fault = yaml.errors[0];
  if (fault !== undefined) {
    const line = (fault.linePos?.[0].line ?? 1) + 1;
    return {
      frontMatter: undefined,
      frontMatterFault: { message: fault.message.split('\n')[0] ?? fault.code, line },
    };
  }
  try {
    return { frontMatter: checkJson(yaml.toJS({ maxAliasCount: 100 }) ?? null, 'The front matter') };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { frontMatter: undefined, frontMatterFault: { message, line: 1 } };
  }
}

function toBlocks(nodes: readonly RootContent[], shift: number): Block[] {
  return nodes.filter((node) => node.type !== 'yaml').map((node) => toBlock(node, shift));
}

function toBlock(node: RootContent, shift: number): Block {
  const place = placeOf(node, shift);
  switch (node.type) {
    case 'heading':
      return { ...place, kind: 'heading', depth: node.depth, text: inline(node.children) };
    case 'paragraph':
      return { ...place, kind: 'paragraph', text: inline(node.children) };
    case 'list':
      return {
        ...place,
        kind: 'list',
        ordered: node.ordered === true,
        first: node.start ?? 1,
        items: toItems(node, shift),
      };
    case 'table':
      return { ...place, kind: 'table', ...toTable(node) };
    case 'code':
      return { ...place, kind: 'code', text: node.value, language: node.lang ?? '' };
    case 'blockquote':
      return { ...place, kind: 'quote', blocks: toBlocks(node.children, shift) };
    default:
      return { ...place, kind: 'other' };
  }
}

function toItems(list: List, shift: number): ListItem[] {
  return list.children.map((item) => {
    const link = leadingLink(item);
    return {
      ...placeOf(item, shift),
      blocks: toBlocks(item.children, shift),
      ...(link === undefined ? {} : { link }),
    };
  });
}

/** The link an item begins with, even inside emphasis. */
function leadingLink(item: MdastItem): ListItem['link'] {
  let node: Nodes | undefined = item.children[0];
  while (node !== undefined && 'children' in node && node.type !== 'link') {
    if (node.type !== 'paragraph' && node.type !== 'strong' && node.type !== 'emphasis') return undefined;
    node = node.children[0];
  }
  return node?.type === 'link' ? { text: inline(node.children).trim(), href: node.url } : undefined;
}

function toTable(table: Table): { readonly header: readonly string[]; readonly rows: readonly TableRow[] } {
  const [header, ...rows] = table.children.map((row) => ({
    line: row.position?.start.line ?? 1,
    cells: row.children.map((cell) => inline(cell.children)),
  }));
  return { header: header?.cells ?? [], rows };
}

function placeOf(
  node: Nodes,
  shift: number,
): { readonly line: number; readonly start: number; readonly end: number } {
  const { position } = node;
  return {
    line: position?.start.line ?? 1,
    start: (position?.start.offset ?? 0) + shift,
    end: (position?.end.offset ?? 0) + shift,
  };
}

const STRUCK_OUT = /^<\/?(?:s|del|strike)\b/i;

function inline(nodes: readonly PhrasingContent[]): string {
  return nodes.map((node) => inlineText(node)).join('');
}

function inlineText(node: PhrasingContent): string {
  switch (node.type) {
    case 'text':
      return node.value;
    case 'inlineCode':
      return `\`${node.value}\``;
    case 'break':
      return '\n';
    case 'image':
    case 'imageReference':
      return node.alt ?? '';
    case 'html':
      // What is struck out must not read as if it stood.
      return STRUCK_OUT.test(node.value) ? node.value : '';
    default:
      return 'children' in node ? inline(node.children) : '';
  }
}
