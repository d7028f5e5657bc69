import type { Entry, Instance } from '../../src/core/kernel/instance.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { Move } from '../../src/core/ports/store.ts';

export const OWNER = 'ann';
export const HASH = 'a'.repeat(64);
export const START_AT = 1_700_000_000_000;

export function instance(changes: Partial<Instance> = {}): Instance {
  return {
    id: 'i-1',
    owner: OWNER,
    workflow: 'RELEASE',
    definition: HASH,
    step: 'Build',
    status: 'RUNNING',
    context: {},
    pending: null,
    visits: { Build: 1 },
    token: `${changes.id ?? 'i-1'}.${changes.revision ?? 1}`,
    revision: 1,
    createdAt: START_AT,
    updatedAt: START_AT,
    completedAt: null,
    parent: null,
    ...changes,
  };
}

export function entryOf(after: Instance, changes: Partial<Entry> = {}): Entry {
  return {
    seq: after.revision,
    at: after.updatedAt,
    kind: after.revision === 1 ? 'STARTED' : 'ADVANCED',
    step: after.step,
    report: null,
    contextUpdates: {},
    status: after.status,
    next: after.step,
    decision: null,
    candidates: [],
    ...changes,
  };
}

export function firstMove(changes: Partial<Instance> = {}): Move {
  const after = instance(changes);
  return { instance: after, entry: entryOf(after) };
}

/** The move after `before`, answering its token with `body`. */
export function nextMove(before: Instance, body: JsonObject = {}, changes: Partial<Instance> = {}): Move {
  const revision = before.revision + 1;
  const after: Instance = {
    ...before,
    revision,
    token: `${before.id}.${revision}`,
    updatedAt: before.updatedAt + 1,
    ...changes,
  };
  return {
    instance: after,
    entry: entryOf(after),
    answer: { token: before.token, instance: before.id, body },
  };
}
