import { expect } from 'vitest';
import { build, review, workflow } from '../support/workflows.ts';
import { describeWorlds } from '../support/world.ts';
import type { Body } from '../support/world.ts';

describeWorlds('deciding', ({ world, verifies }) => {
  const start = async (name: string, context: object = {}) => {
    const { body } = await world().call('start_workflow', { workflow_name: name, context });
    return body as unknown as { instance_id: string; step_token: string };
  };
  const advance = async (args: Record<string, unknown>) => await world().call('advance_workflow', args);

  verifies('workflow/wire-outcomes', 'lists the outcomes and takes an id or a name', async () => {
    await world().define('REVIEW', review);
    const { body } = await world().call('start_workflow', { workflow_name: 'REVIEW' });
    expect(body['next_step']?.['outcomes']).toMatchObject([
      { id: 'publish', to: 'Publish' },
      { id: 'stay', to: 'Show the draft' },
      { id: 'halt', to: 'HALT' },
      { id: 'publish_2', to: 'Publish' },
    ]);
    const byName = await advance({
      instance_id: body['instance_id'],
      report: { status: 'success', outcome: 'PUBLISH' },
    });
    expect(byName.body).toMatchObject({ next_step: { step_name: 'Publish' }, decided: { by: 'outcome' } });
  });

  verifies('workflow/wire-outcomes', 'takes the name of the current step for stay', async () => {
    await world().define('REVIEW', review);
    const { instance_id } = await start('REVIEW');
    const { body } = await advance({ instance_id, report: { status: 'success', outcome: 'show-the-draft' } });
    expect(body).toMatchObject({ next_step: { step_name: 'Show the draft' }, decided: { by: 'outcome' } });
  });

  verifies(
    ['workflow/wire-outcomes', 'workflow/D3'],
    'refuses an outcome outside the set, naming the set',
    async () => {
      await world().define('REVIEW', review);
      const { instance_id } = await start('REVIEW');
      const { body } = await advance({ instance_id, report: { status: 'success', outcome: 'FINISH' } });
      expect(body).toMatchObject({ error_code: 'OUTCOME_NOT_ALLOWED' });
      expect(String(body['message'])).toMatch(/publish.*stay.*halt/);
      await world().define('BUILD', build);
      const other = await start('BUILD');
      const jump = await advance({
        instance_id: other.instance_id,
        report: { status: 'success', outcome: 'Commit' },
      });
      expect(jump.body).toMatchObject({ error_code: 'OUTCOME_NOT_ALLOWED' });
    },
  );

  verifies(
    'workflow/wire-outcomes',
    'refuses an outcome against a certain rule and changes nothing',
    async () => {
      await world().define('BUILD', build);
      const { instance_id } = await start('BUILD');
      await advance({ instance_id, report: { status: 'success' } });
      const { body } = await advance({ instance_id, report: { status: 'success', outcome: 'fix_the_code' } });
      expect(body).toMatchObject({ error_code: 'OUTCOME_CONFLICT' });
      expect(String(body['message'])).toMatch(/Fix the code.*Commit/s);
      const status = await world().call('get_workflow_status', { instance_id });
      expect(status.body).toMatchObject({ current_step_name: 'Run the tests' });
    },
  );

  verifies(
    ['workflow/wire-token', 'workflow/D5'],
    'gives the recorded answer for an answered token',
    async () => {
      await world().define('BUILD', build);
      const { instance_id, step_token } = await start('BUILD');
      const first = await advance({
        instance_id,
        step_token,
        report: { status: 'success' },
        context_updates: { n: 1 },
      });
      const again = await advance({
        instance_id,
        step_token,
        report: { status: 'failure' },
        context_updates: { n: 2 },
      });
      expect(again.body).toEqual(first.body);
      const garbled = await advance({ instance_id, step_token, report: 'what was it again?' });
      expect(garbled.body).toEqual(first.body);
      const never = await advance({
        instance_id,
        step_token: 'AAAAAAAAAAAAAAAAAAAAAA',
        report: { status: 'success' },
      });
      expect(never.body).toMatchObject({ error_code: 'STALE_STEP' });
      expect(String(never.body['message'])).toContain('Run the tests');
      const { body } = await world().call('get_workflow_history', { instance_id });
      expect(body['entries']).toHaveLength(2);
    },
  );

  verifies('workflow/D5', 'lets one of many concurrent reports decide', async () => {
    await world().define('BUILD', build);
    const { instance_id, step_token } = await start('BUILD');
    const answers = await Promise.all(
      Array.from(
        { length: 40 },
        async (_, n) => await advance({ instance_id, step_token, report: { status: 'success', result: n } }),
      ),
    );
    const settled = answers.filter((answer) => !answer.isError);
    expect(new Set(settled.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    for (const { isError, body } of answers) {
      if (isError) expect(body['error_code']).toBe('INSTANCE_CONFLICT');
    }
    const { body } = await world().call('get_workflow_history', { instance_id });
    expect(body['entries']).toHaveLength(2);
  });

  verifies('workflow/D7', 'refuses a report for another step', async () => {
    await world().define('BUILD', build);
    const { instance_id } = await start('BUILD');
    const { body } = await advance({ instance_id, report: { status: 'success', step_id: 'Commit' } });
    expect(body).toMatchObject({ error_code: 'STALE_STEP' });
    expect(String(body['message'])).toContain('Write the code');
    const right = await advance({ instance_id, report: { status: 'success', step_id: 'write-the-code' } });
    expect(right.body).toMatchObject({ next_step: { step_name: 'Run the tests' } });
  });

  verifies(
    'workflow/wire-decision',
    'asks when nothing is certain, and keeps what was reported',
    async () => {
      await world().define('REVIEW', review);
      const { instance_id, step_token } = await start('REVIEW', { draft: 'v1' });
      const undecided = await advance({
        instance_id,
        step_token,
        report: { status: 'success', message: 'They said it looks fine to them.' },
        context_updates: { reviewer: 'Bea' },
      });
      expect(undecided).toMatchObject({
        isError: false,
        body: {
          step_token,
          current_context: { draft: 'v1' },
          next_step: { step_name: 'Show the draft' },
          decision_required: {
            candidates: [{ id: 'publish' }, { id: 'stay' }, { id: 'halt' }, { id: 'publish_2' }],
            guidance: expect.stringContaining('approves'),
          },
        },
      });
      const decided = await advance({ instance_id, step_token, report: { outcome: 'publish' } });
      expect(decided.body).toMatchObject({
        next_step: { step_name: 'Publish' },
        current_context: { draft: 'v1', reviewer: 'Bea' },
        decided: { by: 'caller' },
      });
      const { body } = await world().call('get_workflow_history', { instance_id });
      expect(body['entries']).toMatchObject([
        { kind: 'STARTED' },
        { kind: 'PENDING', report: { message: 'They said it looks fine to them.' } },
        { kind: 'ADVANCED', report: { message: 'They said it looks fine to them.', outcome: 'publish' } },
      ]);
    },
  );

  verifies(['workflow/wire-decision', 'workflow/T5'], 'keeps what is pending through a resume', async () => {
    await world().define('REVIEW', review);
    const { instance_id } = await start('REVIEW');
    await advance({
      instance_id,
      report: { status: 'success', message: 'important' },
      context_updates: { k: 1 },
    });
    const resumed = await world().call('resume_workflow', {
      instance_id,
      assumed_current_step_name: 'Publish',
    });
    expect(resumed.body).toHaveProperty('decision_required');
    const { body } = await advance({ instance_id, report: { outcome: 'publish' } });
    expect(body).toMatchObject({ current_context: { k: 1 }, next_step: { step_name: 'Publish' } });
    const { body: history } = await world().call('get_workflow_history', { instance_id });
    expect((history['entries'] as unknown as object[]).at(-1)).toMatchObject({
      report: { message: 'important' },
    });
  });

  verifies(['workflow/wire-decision', 'trust/bounds'], 'bounds what is pending', async () => {
    await world().define('REVIEW', review);
    const { instance_id } = await start('REVIEW');
    const send = async (n: number) =>
      await advance({
        instance_id,
        report: { status: 'success', message: 'hm' },
        context_updates: { [`p${n}`]: 'x'.repeat(600_000) },
      });
    expect((await send(1)).isError).toBe(false);
    expect((await send(2)).body).toMatchObject({ error_code: 'INVALID_FORMAT' });
    const { body } = await advance({ instance_id, report: { outcome: 'publish' } });
    expect(body).toMatchObject({ next_step: { step_name: 'Publish' } });
  });

  verifies('workflow/wire-halt', 'suspends on halt and continues from there', async () => {
    await world().define('REVIEW', review);
    const { instance_id } = await start('REVIEW');
    const halted = await advance({ instance_id, report: { status: 'success', outcome: 'halt' } });
    expect(halted.body).toMatchObject({
      status: 'SUSPENDED',
      next_step: { step_name: 'Show the draft' },
      decided: { because: expect.stringMatching(/patience/) },
    });
    const on = await advance({ instance_id, report: { status: 'success', outcome: 'publish' } });
    expect(on.body).toMatchObject({ status: 'RUNNING', next_step: { step_name: 'Publish' } });
  });

  verifies('workflow/wire-budget', 'suspends when a loop reaches its bound', async () => {
    await world().define(
      'LOOP',
      workflow({
        Try: {
          guidance:
            'If the client reports success, proceed to "FINISH".\nIf the client reports a failure, stay on this step.',
          before: '---\nmax_visits: 2\n---\n',
        },
      }),
    );
    const { instance_id } = await start('LOOP');
    const second = await advance({ instance_id, report: { status: 'failure' } });
    expect(second.body).toMatchObject({ next_step: { step_name: 'Try' } });
    const third = await advance({ instance_id, report: { status: 'failure' } });
    expect(third.body).toMatchObject({ error_code: 'BUDGET_EXCEEDED' });
    const status = await world().call('get_workflow_status', { instance_id });
    expect(status.body).toMatchObject({ status: 'SUSPENDED', current_step_name: 'Try' });
    const out = await advance({ instance_id, report: { status: 'success' } });
    expect(out.body).toMatchObject({ status: 'COMPLETED' });
  });

  verifies('workflow/wire-budget', 'counts the visits of a step whatever it is called', async () => {
    await world().define(
      'ODD',
      workflow({
        First: 'Proceed to "constructor".',
        constructor: { guidance: 'Proceed to "constructor".', before: '---\nmax_visits: 2\n---\n' },
      }),
    );
    const { instance_id } = await start('ODD');
    await advance({ instance_id, report: { status: 'success' } });
    await advance({ instance_id, report: { status: 'success' } });
    const { body } = await advance({ instance_id, report: { status: 'success' } });
    expect(body).toMatchObject({ error_code: 'BUDGET_EXCEEDED' });
  });

  verifies('workflow/wire-default', 'goes on in order where the guidance names no way', async () => {
    await world().define(
      'PLAIN',
      workflow({ One: 'This step collects the input.', Two: 'This step prints it.' }),
    );
    const first = await start('PLAIN');
    expect((first as unknown as Body)['next_step']?.['outcomes']).toMatchObject([
      { id: 'stay', to: 'One' },
      { id: 'two', to: 'Two' },
      { id: 'finish', to: 'FINISH' },
    ]);
    const on = await advance({ instance_id: first.instance_id, report: { status: 'success' } });
    expect(on.body).toMatchObject({ next_step: { step_name: 'Two' } });
    const failed = await start('PLAIN');
    const ask = await advance({ instance_id: failed.instance_id, report: { status: 'failure' } });
    expect(ask.body).toHaveProperty('decision_required');
  });

  verifies('workflow/D6', 'records each decision with its reason', async () => {
    await world().define('BUILD', build);
    const { instance_id } = await start('BUILD');
    await advance({ instance_id, report: { status: 'success' } });
    await advance({ instance_id, report: { status: 'failure' } });
    const { body } = await world().call('get_workflow_history', { instance_id });
    expect((body['entries'] as unknown as Record<string, unknown>[]).at(-1)).toMatchObject({
      step_name: 'Run the tests',
      determined_next_step: 'Fix the code',
      decided: {
        by: 'prose',
        because: expect.stringContaining('If the client reports a failure, proceed to "Fix the code"'),
      },
    });
  });
});
