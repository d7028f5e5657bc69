import type { Golden } from './golden.ts';
import type { Played } from './play.ts';
import type { Move } from './stage.ts';

interface Judged {
  readonly to: string;
  readonly by?: string;
  readonly because?: string;
}

/** One recorded decision, and what would be decided of the same report now. */
export interface Redecided {
  /** Of the golden file's steps, from 0. */
  readonly index: number;
  /** The step that was reported on. */
  readonly at: string;
  readonly recorded: Judged;
  readonly now: Judged;
  /** It would go elsewhere, or another would decide it. */
  readonly differs: boolean;
  /** Why a model that was asked gave no answer. */
  readonly unanswered?: string;
}

/**
 * Every decision of a golden file beside what would be decided now; `played` went on from where each was expected to lead. `recall` says
 * what a model gave as its reason when it was asked the same.
 */
export function redecided(
  golden: Golden,
  played: Played,
  recall: (move: Move) => string | undefined = () => undefined,
): readonly Redecided[] {
  return played.moves.flatMap((move, index): Redecided[] => {
    const step = golden.steps[index];
    if (step?.expect === undefined) return [];
    const { expect: to, by } = step;
    const because = step.because ?? recall(move);
    const elsewhere = move.to !== to || (by !== undefined && move.by !== by);
    return [
      {
        index,
        at: move.from,
        recorded: { to, ...(by && { by }), ...(because !== undefined && { because }) },
        now: { to: move.to, ...(move.by && { by: move.by }), ...(move.because && { because: move.because }) },
        differs: elsewhere || move.unanswered !== undefined,
        ...(move.unanswered !== undefined && { unanswered: move.unanswered }),
      },
    ];
  });
}
