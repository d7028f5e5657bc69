import { isAlias, isCollection, isMap, isNode, isPair, isScalar, parseDocument, stringify } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Json } from '../../../core/kernel/json.ts';
import type { GoldenFile, YamlPath } from './golden-file.ts';

export interface Edit {
  readonly path: YamlPath;
  /** `undefined`: the key goes. */
  readonly value: Json | undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly written: string;
}

/** The text with these values in it: no other byte of it is another one. Drawn anew where that cannot be done, as with anchors. */
export function edited({ text, document }: GoldenFile, edits: readonly Edit[]): string {
  const wanted = document.clone();
  for (const { path, value } of edits) {
    unalias(wanted, path);
    if (value === undefined) wanted.deleteIn(path);
    else wanted.setIn(path, value);
  }
  // What ends a step stands before what ends the file.
  const inward = edits.toSorted((one, other) => other.path.length - one.path.length);
  const spans = inward.map((edit) => spansOf(text, document, edit));
  const result = spans.every((each) => each !== undefined) ? spliced(text, spans.flat()) : text;
  return isSame(result, wanted) ? result : wanted.toString({ lineWidth: 0 });
}

/** What is another's no more, once a part of it is. */
function unalias(document: Document, path: YamlPath): void {
  for (const depth of path.keys()) {
    const part = path.slice(0, depth);
    const node: unknown = document.getIn(part, true);
    if (isAlias(node)) document.setIn(part, document.createNode(node.resolve(document)?.toJS(document)));
  }
}

function isSame(text: string, wanted: Document): boolean {
  const read = parseDocument(text);
  return read.errors.length === 0 && JSON.stringify(sorted(read)) === JSON.stringify(sorted(wanted));
}

/** Where a key stands among others says nothing. */
function sorted(document: Document): unknown {
  return JSON.parse(JSON.stringify(document), (_, value: unknown) =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
}

/** From the end on, so that nothing moves that is yet to be written; of those at one place the later ones first. */
function spliced(text: string, spans: readonly Span[]): string {
  return spans
    .toReversed()
    .toSorted((one, other) => other.from - one.from || other.to - one.to)
    .reduce((result, each) => result.slice(0, each.from) + each.written + result.slice(each.to), text);
}

function spansOf(text: string, document: Document, { path, value }: Edit): readonly Span[] | undefined {
  const parents = path.slice(0, -1);
  const key = String(path.at(-1));
  const map: unknown = parents.length === 0 ? document.contents : document.getIn(parents, true);
  if (!isMap(map)) return undefined;
  const at = map.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  const pair = map.items[at];
  if (pair === undefined)
    return value === undefined ? [] : added(text, map, `${written(key)}: ${written(value)}`);
  return value === undefined ? removed(text, map, at) : replaced(text, pair, written(value));
}

/** As it may stand in a flow map too. */
function written(value: Json): string {
  const flow = stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false });
  return flow.trim().slice(1, -1);
}

function replaced(text: string, { key, value }: Pair, now: string): readonly Span[] | undefined {
  if (!isNode(value) || !isNode(key) || !value.range || !key.range) return undefined;
  const [from] = value.range;
  // What is said after the key stays there.
  if (isCollection(value) && text.slice(key.range[1], from).includes('\n')) {
    const colon = text.indexOf(':', key.range[1]) + 1;
    return [
      { from: colon, to: colon, written: ` ${now}` },
      { from: lineEnd(text, colon), to: endOf(text, value), written: '' },
    ];
  }
  return [
    { from, to: Math.max(from, endOf(text, value)), written: text[from - 1] === ':' ? ` ${now}` : now },
  ];
}

function added(text: string, map: YAMLMap, entry: string): readonly Span[] | undefined {
  const [first] = map.items;
  const end = endOf(text, map.flow === true ? map.items.at(-1) : map);
  if (!isNode(first?.key) || !first.key.range) return undefined;
  if (map.flow === true) return [{ from: end, to: end, written: `, ${entry}` }];
  const [start] = first.key.range;
  const line = `${' '.repeat(start - lineStart(text, start))}${entry}`;
  const at = lineEnd(text, end);
  const isLast = at === text.length;
  return [
    isLast ? { from: at, to: at, written: `\n${line}` } : { from: at + 1, to: at + 1, written: `${line}\n` },
  ];
}

function removed(text: string, map: YAMLMap, at: number): readonly Span[] | undefined {
  const [from, next] = [startOf(map.items[at]), startOf(map.items[at + 1])];
  if (from === undefined) return undefined;
  const to = endOf(text, map.items[at]);
  const begin = lineStart(text, from);
  if (map.flow === true && next === undefined)
    return at === 0 ? undefined : [{ from: endOf(text, map.items[at - 1]), to, written: '' }];
  const opensLine = text.slice(begin, from).trim() === '';
  if (map.flow === true || !opensLine)
    return next === undefined ? undefined : [{ from, to: next, written: '' }];
  const end = lineEnd(text, to);
  const comment = text.slice(to, end).trim();
  // A comment outlives what it stood beside.
  if (comment !== '') return [{ from, to: end - comment.length, written: '' }];
  return [{ from: begin, to: Math.min(end + 1, text.length), written: '' }];
}

function startOf(pair: Pair | undefined): number | undefined {
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
}

/** Where the last sign of it stands, and no comment, space or line after it. */
function endOf(text: string, node: unknown): number {
  if (isPair(node)) return isNode(node.value) ? endOf(text, node.value) : endOf(text, node.key);
  if (isCollection(node) && node.flow !== true && node.items.length > 0)
    return endOf(text, node.items.at(-1));
  const [from, to] = (node as Node | undefined)?.range ?? [0, 0];
  return from + text.slice(from, to).trimEnd().length;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Of the line, before what ends it; a carriage return belongs to the line. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}
