import { isScalar, stringify } from 'yaml';
import type { Json, JsonObject } from '../../../core/kernel/json.ts';
import type { Golden } from '../../../core/workflow/rehearsal/golden.ts';
import type { Played } from '../../../core/workflow/rehearsal/play.ts';
import type { GoldenFile, YamlPath } from './golden-file.ts';

interface Edit {
  readonly path: YamlPath;
  /** `undefined`: the key goes. */
  readonly value: Json | undefined;
}

/** The text of a golden file that expects what was played: comments, order and whatever else stays as it was written. */
export function updatedText(file: GoldenFile, played: Played): string {
  const edits = editsOf(file.golden, played);
  return edits.length === 0 ? file.text : (spliced(file, edits) ?? redrawn(file, edits));
}

function editsOf(golden: Golden, played: Played): readonly Edit[] {
  const edits: Edit[] = [];
  const set = (path: YamlPath, was: Json | undefined, value: Json | undefined): void => {
    if (was !== value) edits.push({ path, value });
  };
  set(['start'], golden.start, played.start);
  golden.steps.forEach((step, index) => {
    const move = played.moves[index];
    if (!move) return;
    const path = ['steps', index];
    set([...path, 'expect'], step.expect, move.to);
    if (step.by !== undefined || step.expect === undefined) set([...path, 'by'], step.by, move.by);
    if (step.because !== undefined && !move.because.includes(step.because))
      set([...path, 'because'], step.because, move.because || undefined);
    if (step.status !== undefined) set([...path, 'status'], step.status, move.status);
    edits.push(...contextEdits([...path, 'context'], step.context, move.context));
  });
  set(['status'], golden.status, played.status);
  return [...edits, ...contextEdits(['final_context'], golden.finalContext, played.context)];
}

function contextEdits(path: YamlPath, expected: JsonObject | undefined, found: JsonObject): readonly Edit[] {
  return Object.entries(expected ?? {}).flatMap(([key, was]) => {
    const value = Object.hasOwn(found, key) ? (found[key] ?? null) : null;
    return JSON.stringify(was) === JSON.stringify(value) ? [] : [{ path: [...path, key], value }];
  });
}

/** Values written over the old ones, nothing else touched; `undefined` where keys must come or go. */
function spliced({ text, document }: GoldenFile, edits: readonly Edit[]): string | undefined {
  const spans: { readonly from: number; readonly to: number; readonly written: string }[] = [];
  for (const { path, value } of edits) {
    const node: unknown = document.getIn(path, true);
    const isPlain = value !== null && typeof value !== 'object' && value !== undefined;
    if (!isPlain || !isScalar(node) || !node.range || node.type?.startsWith('BLOCK')) return undefined;
    const [from, to] = node.range;
    spans.push({ from, to, written: written(value) });
  }
  return spans
    .toSorted((one, other) => other.from - one.from)
    .reduce((result, { from, to, written: value }) => result.slice(0, from) + value + result.slice(to), text);
}

/** As it may stand in a flow map too. */
function written(value: string | number | boolean): string {
  const plain = stringify([value], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false });
  return plain.trim().slice(1, -1);
}

function redrawn({ document }: GoldenFile, edits: readonly Edit[]): string {
  const copy = document.clone();
  for (const { path, value } of edits) {
    if (value === undefined) copy.deleteIn(path);
    else copy.setIn(path, value);
  }
  return copy.toString({ lineWidth: 0 });
}
