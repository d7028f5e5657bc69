import { TuttiError } from '../../core/kernel/errors.ts';
import type { Bounds } from '../../core/ports/bounds.ts';
import type { KnowledgeEntry, Shelf } from '../../core/ports/knowledge.ts';
import { toShelfKey } from './shelves.ts';
import type { EntryRow } from './tables.ts';

/** What a row takes besides its texts: numbers, ids, indexes. */
const ROW = 200;
/** The words of an entry stand in the index once more. */
const INDEXED = 2;

/** Whose something is: of a session, or, without one, of the owner alone. */
export interface Keeper {
  readonly owner: string;
  /** Empty: of none. */
  readonly session: string;
}

/** How many bytes are kept. */
export interface Footprint {
  readonly session: number;
  readonly owner: number;
}

export function messageBytes(content: string): number {
  return Buffer.byteLength(content) + ROW;
}

export function entryBytes(
  row: Pick<EntryRow, 'context_updates' | 'report' | 'decision' | 'candidates'>,
): number {
  const texts = [row.context_updates, row.report ?? '', row.decision ?? '', row.candidates];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), ROW);
}

export function knowledgeBytes(row: {
  readonly key: string;
  readonly value: string;
  readonly tags: string;
  readonly origin: string;
}): number {
  const { key, value, tags, origin } = row;
  return Buffer.byteLength(key + value + tags) * INDEXED + Buffer.byteLength(origin) + ROW;
}

/** What everybody reads is kept for whoever stored it. */
export function keeperOf(shelf: Shelf, { origin }: Pick<KnowledgeEntry, 'origin'>): Keeper {
  if (shelf.space === 'shared') return { owner: origin.owner ?? '', session: '' };
  const { owner, session } = toShelfKey(shelf);
  return { owner, session };
}

/** What has grown too large for a session or an owner may still shrink. @throws TuttiError `session/full`. */
export function checkRoom(found: Footprint, added: number, bounds: Bounds | undefined): void {
  if (bounds === undefined || added <= 0) return;
  const { maxSessionBytes, maxOwnerBytes } = bounds;
  if (found.session + added > maxSessionBytes)
    throw full(
      `The session holds ${found.session} of the ${maxSessionBytes} bytes that one may keep (agents.maxSessionMb), and ${added} more do not fit.`,
      'Go on in another one (start_session), or delete it (end_session, or `tutti instances delete` at the terminal)',
    );
  if (found.owner + added > maxOwnerBytes)
    throw full(
      `Your sessions and knowledge hold ${found.owner} of the ${maxOwnerBytes} bytes that one caller may keep (agents.maxOwnerMb), and ${added} more do not fit.`,
      'Delete sessions or knowledge that nobody needs (end_session, delete_knowledge)',
    );
}

/** How much may be kept already where so much is to be added. */
export function roomFor(added: number, bounds: Bounds): { sessionRoom: number; ownerRoom: number } {
  const room = (max: number) => Math.min(max, Number.MAX_SAFE_INTEGER) - added;
  return { sessionRoom: room(bounds.maxSessionBytes), ownerRoom: room(bounds.maxOwnerBytes) };
}

function full(problem: string, remedy: string): TuttiError {
  return new TuttiError(
    'session/full',
    `${problem} Nothing was written, and all that is there stays. ${remedy}, or have the operator raise the bound.`,
  );
}
