import { FINISH } from '../kernel/instance.ts';
import type { Entry, Instance } from '../kernel/instance.ts';
import { normalName } from '../kernel/names.ts';
import type { Moved } from './directive.ts';

/** How the step a client believes in relates to the stored one. */
export type Reconciliation =
  | { readonly kind: 'same' }
  /** The run went on after that step; `since` tells how. */
  | { readonly kind: 'ahead'; readonly since: readonly Moved[] }
  /** The run was never at that step. */
  | { readonly kind: 'conflict' };

/** Compares the assumed with the stored step. Pure; `journal` is oldest first and may be the end of a longer one. */
export function reconcile(instance: Instance, assumed: string, journal: readonly Entry[]): Reconciliation {
  const believed = normalName(assumed);
  if (normalName(instance.step) === believed) return { kind: 'same' };
  const last = journal.findLastIndex((entry) => moves(entry) && normalName(entry.step) === believed);
  const visited = Object.keys(instance.visits).some((step) => normalName(step) === believed);
  if (last === -1 && !visited) return { kind: 'conflict' };
  const since = journal
    .slice(Math.max(last, 0))
    .filter(moves)
    .map((entry) => ({
      at: entry.at,
      from: entry.step,
      to: entry.next,
      because: entry.decision?.because ?? '',
    }));
  return { kind: 'ahead', since };
}

function moves(entry: Entry): boolean {
  return entry.kind === 'ADVANCED' && (entry.next !== entry.step || entry.next === FINISH);
}
