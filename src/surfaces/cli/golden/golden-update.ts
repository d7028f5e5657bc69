import type { Json, JsonObject } from '../../../core/kernel/json.ts';
import type { Golden } from '../../../core/workflow/rehearsal/golden.ts';
import type { Played } from '../../../core/workflow/rehearsal/play.ts';
import type { GoldenFile, YamlPath } from './golden-file.ts';
import { edited } from './golden-splice.ts';
import type { Edit } from './golden-splice.ts';

/** The text of a golden file that expects what was played: comments, order and whatever else stays as it was written. */
export function updatedText(file: GoldenFile, played: Played): string {
  const edits = editsOf(file.golden, played);
  return edits.length === 0 ? file.text : edited(file, edits);
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
