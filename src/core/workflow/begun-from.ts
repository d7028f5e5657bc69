import type { Instance, Report } from '../kernel/instance.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Store } from '../ports/store.ts';

/** What the first entry of a journal says where a run was begun from a session: it is on that one's account, and so are its forks. */
export function beginningFrom(session: string | undefined): { readonly report?: Report } {
  return session === undefined ? {} : { report: { status: 'begun', result: { session } } };
}

/** The session that a run was begun from. */
export async function begunFrom(
  store: Pick<Store, 'entries'>,
  { owner, id }: Pick<Instance, 'owner' | 'id'>,
): Promise<string | undefined> {
  const [first] = await store.entries(owner, id, { limit: 1 });
  const result = first?.kind === 'STARTED' || first?.kind === 'FORKED' ? first.report?.result : undefined;
  const session = isJsonObject(result) ? result['session'] : undefined;
  return typeof session === 'string' ? session : undefined;
}
