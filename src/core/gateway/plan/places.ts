import type { Clause } from './clauses.ts';

/** What a call comes after, as indexes of the calls before it. */
export interface Place {
  readonly after: readonly number[];
  /** Once for each of what this one answers. */
  readonly each?: number | undefined;
  readonly isUncertain: boolean;
}

/** A call's own clause, and the call that its "each" means, if one was found. */
export interface Asked {
  readonly clause: Clause;
  readonly each?: number | undefined;
}

/**
 * The order of calls, from explicit words alone ("then", "after that", "based on it"), or from what one needs of another. A pronoun says
 * that one leans on the other, not that it has to wait: such an order is uncertain.
 */
export function placesOf(asked: readonly Asked[]): readonly Place[] {
  const places: Place[] = [];
  /** Those that a "then" waits for. */
  let group: number[] = [];
  /** What the group itself waits for. */
  let before: readonly number[] = [];
  let isOrdered = false;
  asked.forEach(({ clause, each }, index) => {
    const previous = asked[index - 1]?.clause;
    const isAfter = clause.isAfter || (clause.isLast && isOrdered);
    isOrdered ||= isAfter;
    const own = previous === undefined ? FREE : placeBeside({ clause, each, previous, index });
    if (previous !== undefined && own === undefined) {
      if (isAfter) [before, group] = [ends(group, places), []];
      else if (clause.sentence !== previous.sentence || clause.isAlso) before = [];
    }
    places.push(own ?? { after: before, isUncertain: false });
    group.push(index);
  });
  return places;
}

const FREE: Place = { after: [], isUncertain: false };

interface Beside extends Asked {
  readonly previous: Clause;
  readonly index: number;
}

/** Where it stands to the one before, whatever the others do. */
function placeBeside({ clause, each, previous, index }: Beside): Place | undefined {
  if (each !== undefined) return { after: [each], each, isUncertain: false };
  if (clause.isAfter) return undefined;
  if (clause.tie === 'result') return { after: [index - 1], isUncertain: false };
  return leans(clause, previous) ? { after: [index - 1], isUncertain: true } : undefined;
}

/** Those of a group that no other of it waits for. */
function ends(group: readonly number[], places: readonly Place[]): readonly number[] {
  const waitedFor = new Set(group.flatMap((index) => places[index]?.after ?? []));
  return group.filter((index) => !waitedFor.has(index));
}

/** "its" may mean what was named before ("the pull request #1") as well as what came of it; only then must it wait. */
function leans(clause: Clause, previous: Clause): boolean {
  if (clause.tie === 'object') return true;
  return clause.tie === 'about' && !clause.isAlso && !NAMED.test(previous.masked);
}

const NAMED = /qq|[#@/\\]|\d|\p{Lu}\p{Lu}|[^.!?]\s+\p{Lu}\p{Ll}/u;
