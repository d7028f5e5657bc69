import { expect, it } from 'vitest';
import { bareOrchestrator } from '../../../test/support/bare-orchestrator.ts';
import { fakeGateway } from '../../../test/support/fake-gateway.ts';
import { workflow } from '../../../test/support/workflows.ts';
import type { Caller } from '../kernel/caller.ts';
import type { GatewayOperator } from '../gateway/gateway.ts';

const ada: Caller = { owner: 'local', person: 'ada' };
const DAY_MS = 86_400_000;

function house({ deciders = 'human', fourEyes = false } = {}) {
  let now = Date.UTC(2026, 0, 1);
  let ids = 0;
  const clock = { now: () => now, id: () => `id${String((ids += 1)).padStart(20, '0')}`, random: () => 0.5 };
  const { gateway } = fakeGateway();
  const operator = { fourEyes: () => fourEyes } as GatewayOperator;
  const files = workflow(
    {
      Judge: 'If it reads well, proceed to "Print". If it does not, proceed to "Rewrite".',
      Rewrite: 'Proceed to "Judge".',
      Print: 'Proceed to "FINISH".',
    },
    `---\ndeciders: [${deciders}]\n---\n\n# Judged\n`,
  );
  const orchestrator = bareOrchestrator({
    clock,
    workflows: { W: files },
    gateway: { ...gateway, operator },
  });
  const begin = async () => {
    const { instanceId } = await orchestrator.start(ada, { workflow: 'W' });
    const report = async (rest = {}) =>
      await orchestrator.advance(ada, { instanceId, report: { status: 'success', ...rest } });
    await report();
    const decision = { instanceId, outcome: 'print', because: 'Good.', by: 'cli:bea' };
    return { instanceId, report, decision };
  };
  return { orchestrator, people: orchestrator.people, begin, wait: (ms: number) => (now += ms) };
}

it('is asked for so long, and then the next report asks anew', async () => {
  const { people, begin, wait } = house();
  const { decision, report } = await begin();
  expect(await people.waiting({})).toMatchObject([{ step: 'Judge', requestedBy: 'ada' }]);
  wait(DAY_MS);
  expect(await people.waiting({})).toEqual([]);
  await expect(people.decide(decision)).rejects.toMatchObject({
    code: 'decision/closed',
    message: expect.stringContaining('was over'),
  });
  expect((await report()).decisionRequired?.person).toBeDefined();
  expect(await people.decide(decision)).toMatchObject({ next: { step: 'Print' } });
});

it('gives way to the client after it gave no answer, where the client comes next', async () => {
  const { begin, wait } = house({ deciders: 'human, caller' });
  const { report } = await begin();
  await expect(report({ outcome: 'print' })).rejects.toMatchObject({ code: 'decision/person' });
  wait(DAY_MS);
  expect(await report({ outcome: 'print' })).toMatchObject({
    next: { step: 'Print' },
    decided: { by: 'caller' },
  });
});

it('comes after the client, where that is the order', async () => {
  const { report } = await house({ deciders: 'caller, human' }).begin();
  expect(await report({ outcome: 'rewrite' })).toMatchObject({ next: { step: 'Rewrite' } });
});

it('does not decide on his own report where four eyes are wanted', async () => {
  const { people, begin } = house({ fourEyes: true });
  const { decision } = await begin();
  for (const by of ['cli:ada', 'api:ada', 'elicitation:local'])
    await expect(people.decide({ ...decision, by })).rejects.toMatchObject({ code: 'decision/person' });
  expect(people.mayAskCaller()).toBe(false);
  expect(await people.decide(decision)).toMatchObject({ next: { step: 'Print' }, decided: { by: 'human' } });
});

it('decides on what he looked at: not on a report that came since, nor on a run that went on', async () => {
  const { orchestrator, people, begin } = house();
  const { decision, report, instanceId } = await begin();
  const { askedAt } = await people.question(instanceId);
  // Within the same millisecond, even.
  await report({ message: 'No, wait, it is another text.' });
  await expect(people.decide({ ...decision, askedAt })).rejects.toMatchObject({ code: 'decision/closed' });
  await orchestrator.suspend(ada, { instanceId });
  await expect(people.decide(decision)).rejects.toMatchObject({
    code: 'decision/closed',
    message: expect.stringContaining('SUSPENDED'),
  });
  await orchestrator.resume(ada, { instanceId, assumedStep: 'Judge' });
  await people.decide(decision);
  await expect(people.decide(decision)).rejects.toMatchObject({
    message: expect.stringMatching(/cli:bea decided already at "Judge": Print/),
  });
});

it('is never asked twice at one instant, also where it was decided in between', async () => {
  const { orchestrator, people, begin } = house();
  const { instanceId, decision, report } = await begin();
  const { askedAt } = await people.question(instanceId);
  await people.decide({ ...decision, outcome: 'rewrite', askedAt });
  await report();
  await report({ message: 'Another text.' });
  const { askedAt: anew } = await people.question(instanceId);
  expect(anew).toBeGreaterThan(askedAt);
  await expect(people.decide({ ...decision, askedAt })).rejects.toMatchObject({ code: 'decision/closed' });
  const { entries } = await orchestrator.history(ada, { instanceId });
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted((a, b) => a - b));
});

it('is asked of its owner alone, but of everybody by the operator', async () => {
  const { people, begin } = house();
  const { instanceId, decision } = await begin();
  await expect(people.question(instanceId, 'mallory')).rejects.toMatchObject({ code: 'instance/not-found' });
  await expect(people.decide({ ...decision, owner: 'mallory' })).rejects.toMatchObject({
    code: 'instance/not-found',
  });
  expect(await people.waiting({ owner: 'mallory' })).toEqual([]);
  expect(await people.waiting({ owner: 'local' })).toHaveLength(1);
  expect(await people.question(instanceId)).toMatchObject({ owner: 'local' });
});

it('is not asked again by a report that says the same', async () => {
  const { orchestrator, begin } = house();
  const { instanceId, report } = await begin();
  await report();
  await report();
  const { entries } = await orchestrator.history(ada, { instanceId });
  expect(entries.map(({ kind }) => kind)).toEqual(['STARTED', 'PENDING']);
});
