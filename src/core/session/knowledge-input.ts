import { TuttiError } from '../kernel/errors.ts';
import { checkJson } from '../kernel/json.ts';
import type { Space } from '../ports/knowledge.ts';
import { checkKey, checkWhole, isFit } from './limits.ts';
import type { StoreKnowledgeInput } from './session.ts';

/** In the order in which they are read. */
export const SPACES: readonly Space[] = ['session', 'user', 'shared'];
const TAGS_MAX = 32;
const TAG_MAX_LENGTH = 64;
const TTL_MAX_MS = 100 * 365 * 86_400_000;

export function checkStored({ key, value, tags, ttlMs }: StoreKnowledgeInput): void {
  checkKey(key);
  checkJson(value, 'value');
  checkTags(tags);
  if (ttlMs !== undefined) checkWhole('ttl in milliseconds', ttlMs, { from: 1, to: TTL_MAX_MS });
}

export function checkTags(tags: readonly string[] | undefined): void {
  if (tags === undefined) return;
  const isTag = (tag: unknown) =>
    typeof tag === 'string' && tag.length >= 1 && tag.length <= TAG_MAX_LENGTH && isFit(tag);
  if (Array.isArray(tags) && tags.length <= TAGS_MAX && tags.every((tag) => isTag(tag))) return;
  throw new TuttiError(
    'input/invalid-type',
    `tags must be a list of at most ${TAGS_MAX} texts of 1 to ${TAG_MAX_LENGTH} characters without control characters.`,
  );
}

export function checkOpen(space: Space, isSharedOpen: boolean): void {
  if (!SPACES.includes(space))
    throw new TuttiError('input/invalid-type', `namespace must be one of ${SPACES.join(', ')}.`);
  if (space === 'shared' && !isSharedOpen) throw closedSpace();
}

function closedSpace(): TuttiError {
  return new TuttiError(
    'policy/denied',
    'Shared knowledge is closed here. Use the namespace "user" or "session"; the operator opens it with agents.sharedKnowledge: true.',
  );
}
