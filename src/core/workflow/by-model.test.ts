import { expect, it } from 'vitest';
import { bareOrchestrator } from '../../../test/support/bare-orchestrator.ts';
import { workflow } from '../../../test/support/workflows.ts';
import type { Caller } from '../kernel/caller.ts';
import type { Model, ModelChoice, ModelQuestion } from '../ports/model.ts';

const ada: Caller = { owner: 'local', person: 'ada' };
const report = { status: 'success', message: 'It is done.' };

async function judged(choose: (question: ModelQuestion) => Promise<Partial<ModelChoice>>) {
  const files = workflow(
    {
      Judge: 'If it reads well, proceed to "Print". If it does not, proceed to "Rewrite".',
      Rewrite: 'Proceed to "Judge".',
      Print: 'Proceed to "FINISH".',
    },
    '---\ndeciders: [model, caller]\n---\n\n# Judged\n',
  );
  const answer = { choice: 'print', confidence: 1, because: 'Good.', usage: { name: 'm', latencyMs: 1 } };
  const model: Model = {
    choose: async (question) => ({ ...answer, ...(await choose(question)) }),
    shape: async () => await Promise.reject(new Error('Nobody asks for a shape here.')),
  };
  const orchestrator = bareOrchestrator({ workflows: { W: files }, model });
  const { instanceId, token = '' } = await orchestrator.start(ada, { workflow: 'W' });
  return { orchestrator, instanceId, token };
}

it('does not undo that a run was suspended while it thought', async () => {
  const thinks = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let times = 0;
  const { orchestrator, instanceId, token } = await judged(async () => {
    times += 1;
    asked.resolve();
    await thinks.promise;
    return {};
  });
  const late = orchestrator.advance(ada, { instanceId, token, report });
  await asked.promise;
  await orchestrator.suspend(ada, { instanceId, reason: 'Stop!' });
  thinks.resolve();
  await expect(late).rejects.toMatchObject({
    code: 'instance/conflict',
    message: expect.stringContaining('suspended'),
  });
  const { entries } = await orchestrator.history(ada, { instanceId });
  expect(entries.map(({ kind }) => kind)).toEqual(['STARTED', 'SUSPENDED']);
  expect(times).toBe(1);
  // Whoever reports knowing that it is suspended lets it go on.
  expect(await orchestrator.advance(ada, { instanceId, token, report })).toMatchObject({
    next: { step: 'Print' },
  });
});

it('says why without anything that a terminal obeys or that cannot be written', async () => {
  const because = 'a\u001b[31m\u0000\u202e\ud800 b';
  const { orchestrator, instanceId } = await judged(async () => ({ because }));
  const { decided } = await orchestrator.advance(ada, { instanceId, report });
  expect(decided?.because).toBe('a\ufffd b');
});

it('tells why it failed as plainly', async () => {
  const { orchestrator, instanceId } = await judged(async () => {
    throw new Error('no\u001b[31m\u202e\ud800');
  });
  await orchestrator.advance(ada, { instanceId, report });
  const { entries } = await orchestrator.history(ada, { instanceId });
  expect(entries.at(-1)?.decision?.passed?.[0]?.because).toBe('No answer: no\ufffd');
});

it('is shown a report in which nothing begins a line, turns it or hides in it', async () => {
  let prompt = '';
  const { orchestrator, instanceId } = await judged(async (question) => {
    prompt = question.prompt;
    return {};
  });
  await orchestrator.advance(ada, { instanceId, report: { ...report, message: 'x\u2028y\u202ez\u200b' } });
  expect(prompt).toContain(String.raw`x\u2028y\u202ez\u200b`);
  expect(prompt).not.toMatch(/[\u2028\u202e\u200b]/);
});
