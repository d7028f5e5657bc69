import { FINISH } from '../kernel/instance.ts';
import type { Decision, Entry, Instance } from '../kernel/instance.ts';

/** Why an instance is at its step; `journal` is newest first. What stopped or resumed it there is another matter. */
export function lastDecision(journal: readonly Entry[]): Decision | undefined {
  return journal.find((entry) => entry.kind === 'ADVANCED')?.decision ?? undefined;
}

/** Never earlier than before, whatever the clock says. */
export function nextRevision(
  { revision, updatedAt }: Instance,
  at: number,
): Pick<Instance, 'revision' | 'updatedAt'> {
  return { revision: revision + 1, updatedAt: Math.max(at, updatedAt) };
}

/** The entry for an instance as it is after a move that no decision made. */
export function entryOf(
  after: Instance,
  what: Pick<Entry, 'kind' | 'step'> & Partial<Pick<Entry, 'report' | 'contextUpdates'>>,
): Entry {
  return {
    seq: after.revision,
    at: after.updatedAt,
    kind: what.kind,
    step: what.step,
    report: what.report ?? null,
    contextUpdates: what.contextUpdates ?? {},
    status: after.status,
    next: after.status === 'COMPLETED' ? FINISH : after.step,
    decision: null,
    candidates: [],
  };
}
