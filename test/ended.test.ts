import { expect, it } from 'vitest';
import { memoryStore } from '../src/adapters/store/memory.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import type { Store } from '../src/core/ports/store.ts';
import { bareOrchestrator } from './support/bare-orchestrator.ts';
import { workflow } from './support/workflows.ts';

const caller = { owner: 'somebody' };
const definition = workflow({
  Only: 'Proceed to "FINISH".',
  FINISH: { guidance: 'The end.', instructions: 'Thank the user.' },
});

function open(store: Store, workflows = { W: definition }) {
  return bareOrchestrator({ store, workflows });
}

it('tells the end of a run whose definition is gone, but not in place of a store that fails', async () => {
  const store = memoryStore();
  const { instanceId } = await open(store).start(caller, { workflow: 'W' });
  const report = { status: 'success' };
  await open(store).advance(caller, { instanceId, report });
  const again = async (definitionOf: Store['definition']) =>
    await open({ ...store, definition: definitionOf }).advance(caller, { instanceId, report });
  await expect(again(async (hash) => await store.definition(hash))).resolves.toMatchObject({
    next: { instructions: 'Thank the user.' },
  });
  await expect(again(async () => undefined)).resolves.toMatchObject({
    next: { instructions: 'Workflow Completed.' },
  });
  const locked = new TuttiError('store/unavailable', 'The store is locked.');
  await expect(again(async () => await Promise.reject(locked))).rejects.toBe(locked);
});
