import type { Instance } from '../../src/core/kernel/instance.ts';
import type { Store } from '../../src/core/ports/store.ts';

/** Begins something durable, as whoever begins it would. */
export async function beginRun(
  store: Store,
  id: string,
  { workflow = 'RELEASE', owner = 'ada' }: Partial<Pick<Instance, 'workflow' | 'owner'>> = {},
): Promise<string> {
  await store.keepDefinition('hash', workflow, {});
  await store.create({
    instance: {
      id,
      owner,
      workflow,
      definition: 'hash',
      step: 'First',
      status: 'RUNNING',
      context: {},
      pending: null,
      visits: { First: 1 },
      token: `token-${owner}-${id}`,
      revision: 1,
      createdAt: 1,
      updatedAt: 1,
      completedAt: null,
      parent: null,
    },
    entry: {
      seq: 1,
      at: 1,
      kind: 'STARTED',
      step: 'First',
      next: 'First',
      status: 'RUNNING',
      report: null,
      decision: null,
      contextUpdates: {},
      candidates: [],
    },
  });
  return id;
}
