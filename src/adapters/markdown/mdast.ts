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

const options = {
  extensions: [gfmTable(), frontmatter(['yaml'])],
  mdastExtensions: [gfmTableFromMarkdown(), frontmatterFromMarkdown(['yaml'])],
};

/** Quotes and lists inside one another: more than any author writes, less than any stack bears. */
const MAX_CONTAINERS = 50;
/** Emphasis marks in one block: matching them takes quadratic time. */
const MAX_EMPHASIS = 4_000;

/** CommonMark, GFM tables and a YAML front matter, by way of mdast. */
export const parseMarkdown: ParseMarkdown = (source) => {
  const fault = findExcess(source.split('\n'));
  if (fault !== undefined) {
    return {
      frontMatter: undefined,
      frontMatterFault: fault,
      blocks: [{ kind: 'other', line: 1, start: 0, end: source.length }],
    };
  }
  const bom = source.startsWith('\uFEFF') ? 1 : 0;
  const root: Root = fromMarkdown(bom === 1 ? source.slice(1) : source, options);
  const yaml = root.children[0]?.type === 'yaml' ? root.children[0] : undefined;
  return {
    ...(yaml === undefined ? { frontMatter: undefined } : readFrontMatter(yaml.value)),
    blocks: toBlocks(root.children, bom),
  };
};

const CONTAINER_MARKS: ReadonlySet<string> = new Set(['>', '-', '*', '+', '.', ')']);
const BETWEEN_MARKS: ReadonlySet<string> = new Set(' \t0123456789');

/** How many quotes and lists a line may open, judged by its first characters alone. */
function containers(line: string): number {
  let count = 0;
  for (const char of line) {
    if (CONTAINER_MARKS.has(char)) count++;
    else if (!BETWEEN_MARKS.has(char)) break;
  }
  return isRuled(line) ? 0 : count;
}

/** A thematic break or an underline is one mark, repeated. */
function isRuled(line: string): boolean {
  const marks = line.replaceAll(/\s/g, '');
  return (
    (marks[0] === '-' || marks[0] === '*') && marks === marks[0].repeat(marks.length) && !/[-*] /.test(line)
  );
}

/** What would cost the parser its stack or its time. */
function findExcess(lines: readonly string[]): Document['frontMatterFault'] | undefined {
  let emphasis = 0;
  for (const [index, line] of lines.entries()) {
    if (containers(line) > MAX_CONTAINERS) {
      return {
        message: `Expected at most ${MAX_CONTAINERS} quotes and lists inside one another. Flatten this line.`,
        line: index + 1,
      };
    }
    emphasis = line.trim() === '' ? 0 : emphasis + line.split(/[*_]+/).length - 1;
    if (emphasis > MAX_EMPHASIS) {
      return {
        message: `Expected at most ${MAX_EMPHASIS} marks of emphasis in one block. Split it, or put it into a code block of its own.`,
        line: index + 1,
      };
    }
  }
  return undefined;
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
    default:
      return 'children' in node ? inline(node.children) : '';
  }
}
