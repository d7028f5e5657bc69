import type { Entry, Instance } from '../kernel/instance.ts';
import type { Store } from '../ports/store.ts';

const PAGE = 100;

/** The journal of an instance in pages, from its newest entry back to the first; each page newest first. */
export async function* pagesBack(
  store: Pick<Store, 'entries'>,
  { owner, id, revision }: Pick<Instance, 'owner' | 'id' | 'revision'>,
): AsyncGenerator<readonly Entry[]> {
  // Entries are numbered from 1 without gaps, so that a page ends where the one before began.
  for (let to = revision; to > 0; to -= PAGE) {
    const from = Math.max(0, to - PAGE);
    const page = await store.entries(owner, id, { limit: to - from, after: from });
    yield page.toReversed();
  }
}
