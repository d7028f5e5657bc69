import type { Target } from '../../kernel/instance.ts';
import { FINISH } from '../../kernel/instance.ts';
import type { Guidance, Outcome } from './guidance.ts';
import { canonicalName, slug } from './name.ts';
import type { Way } from './reading.ts';
import { isSameTarget } from './target-grammar.ts';

/** The outcome contract: every way on, in the author's order, each with an id of its own. */
export function toOutcomes(ways: readonly Way[]): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  const counts = new Map<string, number>();
  for (const { to, when } of ways) {
    const twin = outcomes.find((each) => isSameTarget(each.to, to) && (each.when === when || when === ''));
    if (twin !== undefined) continue;
    const base = baseId(to);
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    outcomes.push({ id: count === 1 ? base : `${base}_${count}`, when, to });
  }
  return outcomes;
}

function baseId(to: Target): string {
  return to.kind === 'step' ? slug(to.step) : to.kind;
}

/** The outcome that a client means by an id or by a target's name. Case, spaces, `_` and `-` do not matter. */
export function resolveOutcome(guidance: Guidance, text: string): Outcome | undefined {
  const name = canonicalName(text);
  return (
    guidance.outcomes.find((outcome) => canonicalName(outcome.id) === name) ??
    guidance.outcomes.find(
      ({ to }) =>
        canonicalName(to.kind === 'step' ? to.step : to.kind === 'finish' ? FINISH : to.kind) === name,
    )
  );
}
