import { expect, it } from 'vitest';
import { bareOrchestrator } from '../../../test/support/bare-orchestrator.ts';
import { agentsOf } from '../../../test/support/agents.ts';
import { handTimer } from '../../../test/support/fake-downstream.ts';
import { small } from '../../../test/support/session-house.ts';
import { virtualClock } from '../../../test/support/virtual-clock.ts';
import { createAbort } from '../../adapters/clock/abort.ts';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { aesSeal } from '../../adapters/seal/aes.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import { createRuns } from '../gateway/ask/runs.ts';
import { PLAN_WORKFLOW } from '../kernel/instance.ts';

const ADA = { owner: 'ada' };
const REPORT = { status: 'success' };

/** A plan that waits, beside the workflows of one store. */
async function open() {
  const store = memoryStore();
  const clock = virtualClock();
  const seal = aesSeal('a key that is as long as thirty-two bytes');
  const runs = createRuns({ store, clock, after: handTimer().after, createAbort, digest: sha256, seal });
  const orchestrator = bareOrchestrator({ store, clock, agents: agentsOf({ agent: small }) });
  const calls = [{ id: 'a', server: 's', intent: 'look', tool: 's__look', dependsOn: [] }];
  const { id: instanceId = '' } = await runs.open(
    ADA,
    { calls, structure: 'single' },
    { ends: [], waiting: [{ kind: 'input', call: 'a', name: 's__look', value: {} }] },
  );
  return { orchestrator, runs, store, instanceId };
}

it('a plan is no workflow: it is not moved by reports, and the message says how it goes on', async () => {
  const { orchestrator, store, instanceId } = await open();
  const before = await store.load('ada', instanceId);
  for (const work of [
    () => orchestrator.advance(ADA, { instanceId, report: REPORT }),
    () => orchestrator.advance(ADA, { instanceId, report: REPORT, token: 'any' }),
    () => orchestrator.resume(ADA, { instanceId, assumedStep: 'a' }),
    () => orchestrator.fork(ADA, { instanceId }),
    () => orchestrator.upgrade(ADA, { instanceId }),
  ]) {
    await expect(work()).rejects.toMatchObject({
      code: 'input/invalid-format',
      message: expect.stringContaining(`ask {"plan": {"id": "${instanceId}"}}`),
    });
  }
  expect(await store.load('ada', instanceId)).toEqual(before);
});

it('a plan is listed and shown as it is, without what is sealed in it', async () => {
  const { orchestrator, instanceId } = await open();
  const { instances } = await orchestrator.listInstances(ADA, {});
  expect(instances).toMatchObject([
    { id: instanceId, workflow: PLAN_WORKFLOW, status: 'SUSPENDED', step: 'a' },
  ]);
  const { instance, directive } = await orchestrator.status(ADA, instanceId);
  expect(instance.context).toEqual({ waits: [{ call: 'a', tool: 's__look', for: 'input' }] });
  expect(directive.next.instructions).toContain(instanceId);
  expect(JSON.stringify(directive)).not.toContain('$sealed');
});

it('a plan is cancelled and removed like any instance', async () => {
  const { orchestrator, runs, instanceId } = await open();
  const held = await runs.claim(ADA, instanceId);
  await expect(orchestrator.suspend(ADA, { instanceId })).rejects.toMatchObject({
    code: 'input/invalid-format',
  });
  const { instance, directive } = await orchestrator.cancel(ADA, { instanceId });
  expect(instance.status).toBe('CANCELLED');
  expect(directive.next.instructions).toBe('Workflow Cancelled.');
  await expect(held.begin({ call: 'a', name: 's__look' })).rejects.toMatchObject({
    code: 'instance/conflict',
  });
  expect((await runs.load(ADA, instanceId)).status).toBe('cancelled');
  await expect(runs.claim(ADA, instanceId)).rejects.toMatchObject({ code: 'instance/finished' });
  await orchestrator.remove(ADA, { instanceId });
  await expect(runs.load(ADA, instanceId)).rejects.toMatchObject({ code: 'plan/not-found' });
});

it('a session is no workflow: it is not moved by reports, and the message says which tools move it', async () => {
  const { orchestrator, store } = await open();
  const { id: instanceId } = await orchestrator.sessions.start(ADA, {});
  const before = await store.load('ada', instanceId);
  for (const work of [
    () => orchestrator.advance(ADA, { instanceId, report: REPORT }),
    () => orchestrator.resume(ADA, { instanceId, assumedStep: 'A' }),
    () => orchestrator.fork(ADA, { instanceId }),
    () => orchestrator.upgrade(ADA, { instanceId }),
    () => orchestrator.suspend(ADA, { instanceId }),
    () => orchestrator.cancel(ADA, { instanceId }),
  ]) {
    await expect(work()).rejects.toMatchObject({
      code: 'input/invalid-format',
      message: expect.stringMatching(/agent session.*transition_state.*upgrade_session/s),
    });
  }
  expect(await store.load('ada', instanceId)).toEqual(before);
});

it('a session is listed, shown and removed like any instance', async () => {
  const { orchestrator } = await open();
  const { sessions } = orchestrator;
  const { id: instanceId } = await sessions.start(ADA, {});
  await sessions.storeData(ADA, { session: instanceId, key: 'k', value: 1 });
  const { instances } = await orchestrator.listInstances(ADA, {});
  expect(instances[0]).toMatchObject({ id: instanceId, workflow: 'tutti:agent/agent', step: 'A' });
  expect(await orchestrator.status(ADA, instanceId)).toMatchObject({
    instance: { context: { k: 1 } },
    directive: { next: { step: 'A', instructions: expect.stringContaining(instanceId), outcomes: [] } },
  });
  await expect(orchestrator.remove(ADA, { instanceId })).rejects.toMatchObject({
    code: 'instance/unfinished',
    message: expect.stringContaining('end_session'),
  });
  await orchestrator.remove(ADA, { instanceId, force: true });
  await expect(sessions.view(ADA, { session: instanceId })).rejects.toMatchObject({
    code: 'session/not-found',
  });
});
