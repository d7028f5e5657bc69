import { FINISH } from '../../kernel/instance.ts';
import type { Decision, Target } from '../../kernel/instance.ts';
import type { Guidance } from '../guidance/guidance.ts';
import { resolveOutcome } from '../guidance/outcomes.ts';
import { sameTarget } from '../transition.ts';
import type { Workflow } from '../workflow.ts';
import type { Move } from './stage.ts';

/** One outcome of one step. */
export interface Way {
  readonly step: string;
  readonly outcome: string;
  /** The condition in the author's words; empty when there is none. */
  readonly when: string;
  readonly to: Target;
  readonly taken: boolean;
}

export interface Coverage {
  readonly ways: readonly Way[];
  readonly taken: number;
  readonly total: number;
  /** In [0, 100]; 100 where there is no way. */
  readonly percent: number;
}

/** Which outcomes of which steps were taken by any of the moves. Nothing leads on from a step called FINISH. */
export function coverageOf({ steps }: Workflow, moves: readonly Pick<Move, 'from' | 'outcomes'>[]): Coverage {
  const seen = new Map<string, Set<string>>();
  for (const { from, outcomes } of moves) seen.set(from, new Set([...(seen.get(from) ?? []), ...outcomes]));
  const ways = steps
    .filter(({ name }) => name !== FINISH)
    .flatMap(({ name, guidance }) =>
      guidance.outcomes.map(({ id, when, to }): Way => ({
        step: name,
        outcome: id,
        when,
        to,
        taken: seen.get(name)?.has(id) ?? false,
      })),
    );
  const taken = ways.filter((way) => way.taken).length;
  const percent = ways.length === 0 ? 100 : (100 * taken) / ways.length;
  return { ways, taken, total: ways.length, percent };
}

/**
 * Ids of the outcomes that a decision took, of those that lead where it does: the one that was chosen, or whose condition its
 * sentence holds; all of them where nothing tells them apart.
 */
export function outcomesTaken(
  guidance: Guidance,
  decision: Decision,
  choice: string | undefined,
): readonly string[] {
  const open = guidance.outcomes.filter(({ to }) => sameTarget(to, decision.to));
  const chosen = choice === undefined ? undefined : resolveOutcome(guidance, choice);
  if (chosen && open.includes(chosen)) return [chosen.id];
  const said = squeezed(decision.because);
  const named = open.filter(({ when }) => when !== '' && said.includes(squeezed(when)));
  const [longest] = named.toSorted((one, other) => other.when.length - one.when.length);
  return longest ? [longest.id] : open.map(({ id }) => id);
}

/** One blank for every gap, and without the mark where a condition was cut. */
function squeezed(text: string): string {
  return text.replace(/…$/, '').replaceAll(/\s+/g, ' ').trim().toLowerCase();
}
