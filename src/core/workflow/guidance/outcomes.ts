import type { Target } from '../../kernel/instance.ts';
import { FINISH } from '../../kernel/instance.ts';
import type { Guidance, Outcome } from './guidance.ts';
import { canonicalName, slug } from './name.ts';
import type { Way } from './reading.ts';

/** The outcome contract: every way on, in the author's order, each with an id of its own. */
export function toOutcomes(ways: readonly Way[]): readonly Outcome[] {
  const listed = withoutTwins(ways);
  const ids = new Ids(listed.map(({ to }) => baseId(to)));
  return listed.map(({ to, when }) => ({ id: ids.next(baseId(to)), when, to }));
}

/** Every way once; a way without a condition says nothing new beside one to the same target. */
function withoutTwins(ways: readonly Way[]): readonly Way[] {
  const seen = new Set<string>();
  return ways.filter(({ to, when }) => {
    const target = JSON.stringify(to);
    const key = JSON.stringify([target, when]);
    if (seen.has(key) || (when === '' && seen.has(target))) return false;
    seen.add(target).add(key);
    return true;
  });
}

/** Gives out ids, none of them twice: `fix`, then `fix_2`, unless that is the id of a step by itself. */
class Ids {
  readonly #bases: ReadonlySet<string>;
  readonly #given = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(bases: readonly string[]) {
    this.#bases = new Set(bases);
  }

  next(base: string): string {
    if (!this.#given.has(base)) return this.#give(base, base, 1);
    let count = this.#counts.get(base) ?? 1;
    let id = base;
    while (this.#given.has(id) || this.#bases.has(id)) id = `${base}_${++count}`;
    return this.#give(base, id, count);
  }

  #give(base: string, id: string, count: number): string {
    this.#given.add(id);
    this.#counts.set(base, count);
    return id;
  }
}

function baseId(to: Target): string {
  return to.kind === 'step' ? slug(to.step) || 'step' : to.kind;
}

/** The outcome that a client means by an id or by a target's name. Case, spaces, `_` and `-` do not matter, unless two would do. */
export function resolveOutcome({ outcomes }: Guidance, text: string): Outcome | undefined {
  const written = text.trim();
  const exact =
    outcomes.find(({ id }) => id === written) ?? outcomes.find(({ to }) => nameOf(to) === written);
  if (exact !== undefined) return exact;
  const name = canonicalName(written);
  if (name === '') return undefined;
  const byId = outcomes.filter(({ id }) => canonicalName(id) === name);
  if (byId.length > 0) return byId.length === 1 ? byId[0] : undefined;
  const [first, ...others] = outcomes.filter(({ to }) => canonicalName(nameOf(to)) === name);
  return others.every(({ to }) => first !== undefined && nameOf(to) === nameOf(first.to)) ? first : undefined;
}

function nameOf(to: Target): string {
  return to.kind === 'step' ? to.step : to.kind === 'finish' ? FINISH : to.kind;
}
