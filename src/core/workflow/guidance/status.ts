import type { Condition, StatusClass } from './condition.ts';

const NAMES: ReadonlyMap<string, StatusClass> = new Map([
  ['success', 'success'],
  ['succeeded', 'success'],
  ['successful', 'success'],
  ['ok', 'success'],
  ['done', 'success'],
  ['completed', 'success'],
  ['complete', 'success'],
  ['failure', 'failure'],
  ['failed', 'failure'],
  ['fail', 'failure'],
  ['error', 'failure'],
  ['errored', 'failure'],
  ['needs_clarification', 'clarification'],
  ['in_progress', 'progress'],
  ['data_provided', 'data'],
  ['clarification_provided', 'clarified'],
  ['resuming', 'resuming'],
]);

/** The class of a status string, however it is spelled. */
export function statusClass(status: string): StatusClass | undefined {
  return NAMES.get(
    status
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
}

export function statusCondition(status: string): Condition {
  const is = statusClass(status);
  return is === undefined
    ? { kind: 'status-text', is: status.trim().toLowerCase() }
    : { kind: 'status', is, loose: false, literal: true };
}
