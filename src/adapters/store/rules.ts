import { TuttiError } from '../../core/kernel/errors.ts';
import type { Entry, Instance } from '../../core/kernel/instance.ts';
import type { Move } from '../../core/ports/store.ts';

/** A place in a list that is ordered by creation, then by id. */
export interface Place {
  readonly createdAt: number;
  readonly id: string;
}

const MAX_PAGE = 500;

export function checkFirstMove(move: Move): void {
  checkMove(move);
  if (move.instance.revision !== 1) {
    throw fault(`a new instance at revision 1, found revision ${move.instance.revision}`);
  }
}

export function checkMove({ instance, entry, answer }: Move): void {
  if (entry.seq !== instance.revision) {
    throw fault(`an entry with the seq ${instance.revision} of the revision, found ${entry.seq}`);
  }
  if (answer !== undefined && answer.instance !== instance.id) {
    throw fault('an answer of the instance that moves, found one of another instance');
  }
}

export function checkJournal(instance: Instance, entries: readonly Entry[]): void {
  if (entries.length !== instance.revision || entries.some((entry, index) => entry.seq !== index + 1)) {
    throw fault(`a journal from 1 to ${instance.revision} without gaps`);
  }
}

export function conflict(instance: Instance): TuttiError {
  return new TuttiError(
    'instance/conflict',
    `Instance ${instance.id} cannot go to revision ${instance.revision}: it is not there, it was moved by somebody else, ` +
      'or the step token was answered already. Read its status and report on the step it is at.',
  );
}

export function taken(instance: Instance): TuttiError {
  return new TuttiError(
    'instance/conflict',
    `Instance ${instance.id} exists already, or its request was answered already. Read its status.`,
  );
}

export function unknownDefinition(instance: Instance): TuttiError {
  return new TuttiError(
    'definition/unavailable',
    `Instance ${instance.id} is bound to definition ${instance.definition} of ${instance.workflow}, which was never kept. Keep it first.`,
  );
}

export function closed(): TuttiError {
  return new TuttiError('store/unavailable', 'The store was closed. Open it again.');
}

export function pageSize(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit), 1), MAX_PAGE);
}

export function toCursor(last: Instance): string {
  return Buffer.from(JSON.stringify([last.createdAt, last.id])).toString('base64url');
}

export function parseCursor(cursor: string): Place {
  const place = parsed(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(place) && place.length === 2) {
    const [createdAt, id] = place as unknown[];
    if (Number.isSafeInteger(createdAt) && typeof id === 'string')
      return { createdAt: createdAt as number, id };
  }
  throw new TuttiError(
    'input/invalid-format',
    'Expected a cursor from the next_cursor of a former page. Leave it out to start from the first page.',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(expected: string): TuttiError {
  return new TuttiError('internal/error', `The store expected ${expected}. Nothing was written.`);
}
