import type { Entry, Instance } from '../../core/kernel/instance.ts';
import type { Answer } from '../../core/ports/store.ts';
import type { EntryRow, InstanceRow } from './tables.ts';

export function toInstanceRow(instance: Instance): InstanceRow {
  return {
    owner: instance.owner,
    id: instance.id,
    workflow: instance.workflow,
    definition: instance.definition,
    step: instance.step,
    status: instance.status,
    context: JSON.stringify(instance.context),
    pending: toPendingText(instance.pending),
    visits: JSON.stringify(instance.visits),
    token: instance.token,
    revision: instance.revision,
    created_at: instance.createdAt,
    updated_at: instance.updatedAt,
    completed_at: instance.completedAt,
    parent: instance.parent,
  };
}

export function toInstance(row: InstanceRow): Instance {
  return {
    id: row.id,
    owner: row.owner,
    workflow: row.workflow,
    definition: row.definition,
    step: row.step,
    status: row.status as Instance['status'],
    context: JSON.parse(row.context) as Instance['context'],
    pending: fromText(row.pending) as Instance['pending'],
    visits: JSON.parse(row.visits) as Instance['visits'],
    token: row.token,
    revision: row.revision,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    completedAt: row.completed_at === null ? null : Number(row.completed_at),
    parent: row.parent,
  };
}

export function toEntryRow({ owner, id }: Instance, entry: Entry, answer?: Answer): EntryRow {
  return {
    owner,
    instance: id,
    seq: entry.seq,
    at: entry.at,
    kind: entry.kind,
    step: entry.step,
    report: toText(entry.report),
    context_updates: JSON.stringify(entry.contextUpdates),
    status: entry.status,
    next: entry.next,
    decision: toText(entry.decision),
    candidates: JSON.stringify(entry.candidates),
    token: answer === undefined ? null : answer.token,
    answer: answer === undefined ? null : JSON.stringify(answer.body),
  };
}

export function toEntry(row: Omit<EntryRow, 'token' | 'answer'>): Entry {
  return {
    seq: row.seq,
    at: Number(row.at),
    kind: row.kind as Entry['kind'],
    step: row.step,
    report: fromText(row.report) as Entry['report'],
    contextUpdates: JSON.parse(row.context_updates) as Entry['contextUpdates'],
    status: row.status as Entry['status'],
    next: row.next,
    decision: fromText(row.decision) as Entry['decision'],
    candidates: JSON.parse(row.candidates) as Entry['candidates'],
  };
}

/** Whether a person is asked stands first: by that those who wait are found. */
function toPendingText(pending: Instance['pending']): string | null {
  if (!pending?.person) return toText(pending);
  const { person, ...reported } = pending;
  return JSON.stringify({ person, ...reported });
}

function toText(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function fromText(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
