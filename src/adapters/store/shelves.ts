import { TuttiError } from '../../core/kernel/errors.ts';
import type { KnowledgeEntry, Shelf } from '../../core/ports/knowledge.ts';

/** A shelf as columns: what it has none of is empty. */
export interface ShelfKey {
  readonly space: string;
  readonly owner: string;
  readonly session: string;
}

export function toShelfKey(shelf: Shelf): ShelfKey {
  return {
    space: shelf.space,
    owner: shelf.space === 'shared' ? '' : shelf.owner,
    session: shelf.space === 'session' ? shelf.session : '',
  };
}

/** Key and tags as every database can hold and compare them. */
export function toKept(entry: KnowledgeEntry): KnowledgeEntry {
  return { ...entry, key: entry.key.toWellFormed(), tags: entry.tags.map((tag) => tag.toWellFormed()) };
}

/** Whether an entry bears all of the tags. */
export function hasTags(own: readonly string[], wanted: readonly string[] = []): boolean {
  return wanted.every((tag) => own.includes(tag.toWellFormed()));
}

export function withoutSession(shelf: Shelf): TuttiError {
  const { session } = toShelfKey(shelf);
  return new TuttiError(
    'session/not-found',
    `Expected a session to keep knowledge in, found none with the id ${session}. Begin it first.`,
  );
}
