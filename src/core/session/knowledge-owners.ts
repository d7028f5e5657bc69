import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { FoundKnowledge, KnowledgeEntry, Shelf } from '../ports/knowledge.ts';

/** An entry with the shelf it stands on. */
export type Placed = Pick<FoundKnowledge, 'shelf' | 'entry'>;

/** What stands on the other shelves is nobody else's. */
export function isForeign({ owner }: Pick<Caller, 'owner'>, { shelf, entry }: Placed): boolean {
  return shelf.space === 'shared' && entry.origin.owner !== owner;
}

/** Without the principal; of what somebody else stored, without the session and the address, which work for that one alone. */
export function shownTo(caller: Caller, placed: Placed): KnowledgeEntry {
  const { entry } = placed;
  const { owner, ...origin } = entry.origin;
  if (!isForeign(caller, placed)) return { ...entry, origin };
  const { by, tool } = origin;
  const name = by === owner ? 'another caller' : by;
  return { ...entry, origin: { by: name, ...(tool !== undefined && { tool }) } };
}

/** @throws TuttiError `policy/denied` for what somebody else stored for everybody. */
export function checkOwn(caller: Caller, shelf: Shelf, entry: KnowledgeEntry | undefined): void {
  if (entry === undefined || !isForeign(caller, { shelf, entry })) return;
  throw new TuttiError(
    'policy/denied',
    `Another caller stored ${JSON.stringify(entry.key)} in the namespace "shared", and nobody else may replace or delete it. Use another key, or the namespace "user" or "session".`,
  );
}
