import { canonicalJson } from '../../kernel/json.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Golden, GoldenStep } from './golden.ts';
import type { Played } from './play.ts';
import type { Move } from './stage.ts';

/** What a golden file says may differ from what the engine does. */
type Aspect = 'start' | 'expect' | 'by' | 'because' | 'status' | 'context' | 'final_context' | 'model';

/** One thing that is not as a golden file expects. */
export interface Difference {
  /** Of the golden file: keys and indexes down to what was expected. */
  readonly path: readonly (string | number)[];
  readonly what: Aspect;
  /** The step that was reported on, where one was. */
  readonly at?: string;
  readonly expected: Json;
  readonly found: Json;
  /** Who decided what was found, and by which sentence or rule; or why nothing could be decided. */
  readonly by?: string;
  readonly because?: string;
}

const NOTHING = 'nothing written yet';
const ANSWERED = 'an answer of the model';

/** Everything in which a run differs from its golden file. */
export function differencesOf(golden: Golden, played: Played): readonly Difference[] {
  const found = played.moves.flatMap((move, index) => {
    const step = golden.steps[index];
    return step ? ofStep(step, move, index) : [];
  });
  const start = golden.start ?? played.start;
  const atStart: Difference[] =
    start === played.start ? [] : [{ path: ['start'], what: 'start', expected: start, found: played.start }];
  const wentAstray = found.some(({ what }) => what === 'expect');
  return [...atStart, ...found, ...(wentAstray ? [] : ofEnd(golden, played))];
}

function ofStep(step: GoldenStep, move: Move, index: number): Difference[] {
  const path = ['steps', index];
  const told = {
    at: move.from,
    ...(move.by && { by: move.by }),
    ...(move.because && { because: move.because }),
  };
  const differences: Difference[] = [];
  const compare = (what: 'expect' | 'by' | 'status', expected: string | undefined, found: string): void => {
    if (expected !== undefined && expected !== found)
      differences.push({ path: [...path, what], what, expected, found, ...told });
  };
  if (move.unanswered !== undefined)
    differences.push({ path, what: 'model', expected: ANSWERED, found: move.unanswered, at: move.from });
  compare('expect', step.expect ?? NOTHING, move.to);
  // On another way nothing else is as it was expected to be.
  if (step.expect !== move.to) return differences;
  compare('by', step.by, move.by ?? 'nobody');
  compare('status', step.status, move.status);
  if (step.because !== undefined && !includesText(move.because, step.because)) {
    const found = move.because || 'no reason';
    differences.push({ path: [...path, 'because'], what: 'because', expected: step.because, found, ...told });
  }
  for (const { key, ...rest } of misfits(step.context, move.context))
    differences.push({ path: [...path, 'context', key], what: 'context', ...rest, ...told });
  return differences;
}

function ofEnd(golden: Golden, { status, context }: Played): Difference[] {
  const expected = golden.status ?? NOTHING;
  const differences: Difference[] = [];
  if (expected !== status) differences.push({ path: ['status'], what: 'status', expected, found: status });
  for (const { key, ...rest } of misfits(golden.finalContext, context))
    differences.push({ path: ['final_context', key], what: 'final_context', ...rest });
  return differences;
}

/** Keys whose values are not the expected ones; a key that is not there counts as `null`. */
function misfits(
  expected: JsonObject | undefined,
  context: JsonObject,
): readonly { readonly key: string; readonly expected: Json; readonly found: Json }[] {
  return Object.entries(expected ?? {}).flatMap(([key, value]) => {
    const found = Object.hasOwn(context, key) ? (context[key] ?? null) : null;
    return canonicalJson(found) === canonicalJson(value) ? [] : [{ key, expected: value, found }];
  });
}

function includesText(text: string, part: string): boolean {
  return plain(text).includes(plain(part));
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().toLowerCase();
}
