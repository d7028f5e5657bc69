import {
  type Entry,
  FINISH,
  type Instance,
  type Report,
  type Status,
  STATUSES,
} from '../../core/kernel/instance.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { checkJson, isJsonObject, type JsonObject } from '../../core/kernel/json.ts';
import { normalName } from '../../core/kernel/names.ts';
import type { Clock } from '../../core/ports/clock.ts';

const ENDED: ReadonlySet<Status> = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);
/** The end of the year 9999, after which a time has no ISO 8601 form that sorts. */
const MAX_INSTANT = 253_402_300_799_999;

/** A row of the published schema; a column may be absent. */
export type Row = Readonly<Record<string, unknown>>;

export interface Published {
  readonly instance: Instance;
  readonly entries: readonly Entry[];
}

export interface Binding {
  readonly owner: string;
  readonly clock: Pick<Clock, 'now' | 'id'>;
  /** Hash of the definition to bind to. */
  readonly definition: string;
  /** Canonical names of its steps. */
  readonly steps: readonly string[];
}

interface Rows {
  readonly instance: Row;
  readonly history: readonly Row[];
}

/** An instance of the published schema and its journal as ours; why not, when it cannot be read. */
export function toPublished({ instance: row, history: written }: Rows, binding: Binding): Published | string {
  const status = STATUSES.find((each) => each === row['status']);
  if (status === undefined)
    return `Its status is ${JSON.stringify(row['status'])}; expected one of ${STATUSES.join(', ')}.`;
  const id = text(row['instance_id']);
  if (id === undefined) return 'It has no instance_id.';
  const context = objectIn(row['context']);
  if (context === undefined) return 'Its context is not a JSON object.';
  const step = stepOf(row, status, binding.steps);
  if (step === undefined) {
    return `It is ${status} at the step ${JSON.stringify(row['current_step_name'] ?? null)}; expected one of ${binding.steps.join(', ')}.`;
  }
  const now = binding.clock.now();
  const last = { step, status };
  const history = written.map((each) => respelled(each, binding.steps));
  const past = history.map((each, index) =>
    toEntry({ row: each, seq: index + 1, now, to: landing(history, index, last) }),
  );
  const excess = excessOf(context, past);
  if (excess !== undefined) return excess;
  const entries = [...past, closing({ ...last, seq: past.length + 1, at: now })];
  return {
    entries,
    instance: {
      id,
      owner: binding.owner,
      workflow: String(row['workflow_name']),
      definition: binding.definition,
      ...last,
      context,
      pending: null,
      visits: visitsOf(entries),
      token: binding.clock.id(),
      revision: entries.length,
      ...timesOf(row, status, past[0]?.at ?? now),
      parent: null,
    },
  };
}

/** The canonical name of the current step; one that has ended may stand at the end, or at a step that is gone. */
function stepOf(row: Row, status: Status, steps: readonly string[]): string | undefined {
  const given = text(row['current_step_name']) ?? FINISH;
  return canonicalStep(given, steps) ?? (ENDED.has(status) ? given : undefined);
}

function canonicalStep(given: string, steps: readonly string[]): string | undefined {
  if (steps.includes(given)) return given;
  return steps.find((each) => normalName(each) === normalName(given));
}

/** A row of the history with its steps under the names they have now, where they are there. */
function respelled(row: Row, steps: readonly string[]): Row {
  const spell = (column: unknown): unknown => {
    const given = text(column);
    return given === undefined ? column : (canonicalStep(given, steps) ?? given);
  };
  return {
    ...row,
    step_name: spell(row['step_name']),
    determined_next_step: spell(row['determined_next_step']),
  };
}

/** What is larger or deeper than a client could have sent. */
function excessOf(context: JsonObject, entries: readonly Entry[]): string | undefined {
  try {
    checkJson(context, 'Its context');
    for (const { seq, report } of entries) checkJson(report, `The report ${seq} of its history`);
    return undefined;
  } catch (error) {
    // The rest of the message is advice to a client.
    if (error instanceof TuttiError) return `${error.message.split('. ')[0]}.`;
    throw error;
  }
}

/** @param fallback when it was created, if the row does not say. */
function timesOf(row: Row, status: Status, fallback: number) {
  const createdAt = toInstant(row['created_at']) ?? fallback;
  const updatedAt = Math.max(toInstant(row['updated_at']) ?? createdAt, createdAt);
  const endedAt = ENDED.has(status) ? updatedAt : null;
  return { createdAt, updatedAt, completedAt: toInstant(row['completed_at']) ?? endedAt };
}

interface Landing {
  readonly step: string;
  readonly status: Status;
}

/** Where a row of the history led. The published orchestrator left that column empty, so the next row or the instance tells. */
function landing(history: readonly Row[], index: number, last: Landing): Landing {
  const told = text(history[index]?.['determined_next_step']);
  const next = history[index + 1];
  if (next === undefined) return { step: told ?? last.step, status: last.status };
  return { step: told ?? text(next['step_name']) ?? last.step, status: 'RUNNING' };
}

interface Past {
  readonly row: Row;
  readonly seq: number;
  readonly now: number;
  readonly to: Landing;
}

function toEntry({ row, seq, now, to }: Past): Entry {
  const outcome = text(row['outcome_status']);
  return {
    seq,
    at: toInstant(row['timestamp']) ?? now,
    kind: outcome?.toUpperCase() === 'RESUMING' ? 'RESUMING' : 'ADVANCED',
    step: text(row['step_name']) ?? to.step,
    report: toReport(row['user_report'], outcome),
    contextUpdates: {},
    status: to.status,
    next: to.step,
    decision: null,
    candidates: [],
  };
}

/** The entry that says where the journal came from. */
function closing({ step, status, seq, at }: Landing & { readonly seq: number; readonly at: number }): Entry {
  return {
    seq,
    at,
    kind: 'IMPORTED',
    step,
    report: null,
    contextUpdates: {},
    status,
    next: step,
    decision: null,
    candidates: [],
  };
}

function visitsOf(entries: readonly Entry[]): Record<string, number> {
  const counts = new Map<string, number>();
  let here: string | undefined;
  for (const step of entries.flatMap((entry) => [entry.step, entry.next])) {
    if (step !== here && step !== FINISH) counts.set(step, (counts.get(step) ?? 0) + 1);
    here = step;
  }
  return Object.fromEntries(counts);
}

function toReport(column: unknown, outcome: string | undefined): Report | null {
  if (isEmpty(column)) return outcome === undefined ? null : { status: outcome };
  const given = objectIn(column);
  // Something else than an object is kept, as what the client said.
  if (given === undefined) return { status: outcome ?? 'unknown', message: text(column) ?? null };
  const { status, step_id: stepId, outcome: chosen, result, details, message, error } = given;
  const optional = { stepId: text(stepId), outcome: text(chosen), result, details, message, error };
  return {
    status: text(status) ?? outcome ?? 'unknown',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => !isEmpty(value))),
  };
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function objectIn(column: unknown): JsonObject | undefined {
  if (isEmpty(column)) return {};
  if (typeof column !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(column);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Published times are ISO 8601 or `YYYY-MM-DD HH:MM:SS`, in UTC unless they say otherwise; numbers are seconds or
 * milliseconds. What is no time from 1970 to 9999 counts as unknown: the instance is worth more than its times.
 */
function toInstant(column: unknown): number | undefined {
  const at = Math.trunc(toMilliseconds(column));
  return at >= 0 && at <= MAX_INSTANT ? at : undefined;
}

function toMilliseconds(column: unknown): number {
  if (typeof column === 'number' || typeof column === 'bigint')
    return Number(column) * (column > 1e11 ? 1 : 1000);
  if (typeof column !== 'string') return Number.NaN;
  const iso = column.trim().replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
}

function text(column: unknown): string | undefined {
  return typeof column === 'string' && column !== '' ? column : undefined;
}
