import { expect } from 'vitest';
import { build, workflow } from '../support/workflows.ts';
import { describeWorlds, EVERYWHERE } from '../support/world.ts';
import type { Given } from '../support/world.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describeWorlds('the published tools', scenarios, { places: EVERYWHERE });

function scenarios({ world, verifies }: Given): void {
  verifies('workflow/T1', 'lists workflows with goal and steps', async () => {
    await world().define('BUILD', build);
    const { body } = await world().call('list_workflows');
    expect(body['workflows']).toContainEqual({
      id: 'BUILD',
      name: 'BUILD',
      description: 'Get it done.',
      steps: ['Write the code', 'Run the tests', 'Fix the code', 'Commit'],
    });
  });

  verifies('workflow/T2', 'starts at the first listed step', async () => {
    await world().define('BUILD', build);
    const { body } = await world().call('start_workflow', {
      workflow_name: 'BUILD',
      context: { who: 'Ada' },
    });
    expect(body).toMatchObject({
      instance_id: expect.stringMatching(/^[\w-]{22}$/),
      status: 'RUNNING',
      current_context: { who: 'Ada' },
      step_token: expect.any(String),
      next_step: { step_name: 'Write the code', instructions: 'Do what "Write the code" asks.' },
    });
  });

  verifies('workflow/T3', 'tells the status with times', async () => {
    await world().define('BUILD', build);
    const started = await world().call('start_workflow', { workflow_name: 'BUILD' });
    const { body } = await world().call('get_workflow_status', { instance_id: started.body['instance_id'] });
    expect(body).toMatchObject({
      instance_id: started.body['instance_id'],
      workflow_name: 'BUILD',
      current_step_name: 'Write the code',
      status: 'RUNNING',
      context: {},
      created_at: expect.stringMatching(ISO),
      updated_at: expect.stringMatching(ISO),
      completed_at: null,
      step_token: started.body['step_token'],
    });
  });

  verifies(['workflow/T4', 'workflow/S3', 'workflow/S6'], 'advances on bare statuses to FINISH', async () => {
    await world().define('BUILD', build);
    const started = await world().call('start_workflow', { workflow_name: 'BUILD' });
    const instance_id = started.body['instance_id'];
    const report = async (status: string) =>
      (await world().call('advance_workflow', { instance_id, report: { status } })).body['next_step']?.[
        'step_name'
      ];
    expect(await report('success')).toBe('Run the tests');
    expect(await report('failure')).toBe('Fix the code');
    expect(await report('success')).toBe('Run the tests');
    expect(await report('success')).toBe('Commit');
    expect(await report('success')).toBe('FINISH');
    const { body } = await world().call('get_workflow_status', { instance_id });
    expect(body).toMatchObject({ status: 'COMPLETED', completed_at: expect.stringMatching(ISO) });
  });

  verifies('workflow/T5', 'resumes at the stored step and says what happened since', async () => {
    await world().define('BUILD', build);
    const { body: started } = await world().call('start_workflow', { workflow_name: 'BUILD' });
    const instance_id = started['instance_id'];
    await world().call('advance_workflow', { instance_id, report: { status: 'success' } });
    const { body: same } = await world().call('resume_workflow', {
      instance_id,
      assumed_current_step_name: 'run_the_tests',
    });
    expect(same).toMatchObject({ status: 'RUNNING', next_step: { step_name: 'Run the tests' } });
    const { body: behind } = await world().call('resume_workflow', {
      instance_id,
      assumed_current_step_name: 'Write the code',
      report: { status: 'resuming' },
      context_updates: { seen: true },
    });
    expect(behind).toMatchObject({
      next_step: { step_name: 'Run the tests' },
      current_context: { seen: true },
      since: [{ from: 'Write the code', to: 'Run the tests' }],
    });
    const { body: history } = await world().call('get_workflow_history', { instance_id });
    expect((history['entries'] as unknown as { kind: string }[]).map((entry) => entry.kind)).toEqual([
      'STARTED',
      'ADVANCED',
      'RESUMING',
      'RESUMING',
    ]);
    const unknown = await world().call('resume_workflow', {
      instance_id,
      assumed_current_step_name: 'Elsewhere',
    });
    expect(unknown.body).toMatchObject({ error_code: 'STALE_STEP' });
  });

  verifies('workflow/T5', 'asks when the client is at a step the run never reached', async () => {
    await world().define('BUILD', build);
    const { body: started } = await world().call('start_workflow', { workflow_name: 'BUILD' });
    const instance_id = started['instance_id'];
    await world().call('advance_workflow', { instance_id, report: { status: 'success' } });
    const { body } = await world().call('resume_workflow', {
      instance_id,
      assumed_current_step_name: 'Commit',
    });
    expect(body).toMatchObject({
      next_step: { step_name: 'Run the tests' },
      decision_required: { candidates: [{ to: 'Commit' }, { to: 'Fix the code' }] },
    });
    const { body: history } = await world().call('get_workflow_history', { instance_id });
    expect((history['entries'] as unknown as { kind: string }[]).at(-1)).toMatchObject({ kind: 'RESUMING' });
    const { body: answered } = await world().call('advance_workflow', {
      instance_id,
      report: { status: 'success', outcome: 'commit' },
    });
    expect(answered).toMatchObject({ next_step: { step_name: 'Commit' } });
  });

  verifies('workflow/T6', 'teaches how to write a workflow', async () => {
    const { body } = await world().call('get_howto_create_workflow_content');
    expect(body['content']).toMatch(/# Orchestrator Guidance/);
    expect(body['content']).toMatch(/save_workflow/);
  });

  verifies('workflow/T7', 'describes the loop to the agent that reads it', async () => {
    const { tools } = await world().client.listTools();
    const text = (name: string) => tools.find((tool) => tool.name === name)?.description ?? '';
    for (const name of ['start_workflow', 'advance_workflow', 'resume_workflow']) {
      expect(text(name)).toMatch(/instructions/i);
      expect(text(name)).toMatch(/report|advance_workflow/i);
    }
    expect(text('start_workflow') + text('advance_workflow')).toMatch(/exactly/i);
    for (const tool of tools) {
      expect(tool.outputSchema).toMatchObject({ type: 'object' });
      expect(tool.outputSchema).not.toHaveProperty('required');
    }
  });

  verifies('workflow/T8', 'repeats the end without error or journal entry', async () => {
    await world().define('SHORT', workflow({ Only: 'Proceed to "FINISH".' }));
    await world().define(
      'WITH_END',
      workflow({
        Only: 'Proceed to "FINISH".',
        FINISH: { guidance: 'This is the final step.', instructions: 'Thank the user.' },
      }),
    );
    for (const [name, said] of [
      ['SHORT', 'Workflow Completed.'],
      ['WITH_END', 'Thank the user.'],
    ] as const) {
      const { body: started } = await world().call('start_workflow', { workflow_name: name });
      const instance_id = started['instance_id'];
      const first = await world().call('advance_workflow', { instance_id, report: { status: 'success' } });
      expect(first.body).toMatchObject({
        status: 'COMPLETED',
        next_step: { step_name: 'FINISH', instructions: said },
      });
      for (const [tool, args] of [
        ['advance_workflow', { report: { status: 'failure' } }],
        ['resume_workflow', { assumed_current_step_name: 'Only' }],
      ] as const) {
        const again = await world().call(tool, { instance_id, ...args });
        expect(again).toMatchObject({
          isError: false,
          body: { status: 'COMPLETED', next_step: { step_name: 'FINISH', instructions: said } },
        });
      }
      const { body: history } = await world().call('get_workflow_history', { instance_id });
      expect(history['entries']).toHaveLength(2);
    }
  });

  verifies('workflow/T8', 'says that a failed or cancelled run is over', async () => {
    await world().define(
      'DOOMED',
      workflow({
        Only: {
          guidance: 'See the transitions.',
          after: '# Transitions\n\n- otherwise -> FINISH as FAILED\n',
        },
      }),
    );
    const { body: started } = await world().call('start_workflow', { workflow_name: 'DOOMED' });
    const instance_id = started['instance_id'];
    const { body } = await world().call('advance_workflow', { instance_id, report: { status: 'success' } });
    expect(body).toMatchObject({ status: 'FAILED' });
    const again = await world().call('advance_workflow', { instance_id, report: { status: 'success' } });
    expect(again).toMatchObject({
      isError: false,
      body: { status: 'FAILED', next_step: { instructions: 'Workflow Failed.' } },
    });

    const { body: other } = await world().call('start_workflow', { workflow_name: 'DOOMED' });
    await world().call('cancel_workflow', { instance_id: other['instance_id'], reason: 'no longer needed' });
    const cancelled = await world().call('advance_workflow', {
      instance_id: other['instance_id'],
      report: { status: 'success' },
    });
    expect(cancelled.body).toMatchObject({
      status: 'CANCELLED',
      next_step: { step_name: 'Only', instructions: 'Workflow Cancelled.' },
    });
  });

  verifies('workflow/T9', 'takes every status word', async () => {
    await world().define('BUILD', build);
    for (const status of [
      'success',
      'failure',
      'data_provided',
      'needs_clarification',
      'in_progress',
      'clarification_provided',
      'resuming',
      'on fire',
    ]) {
      const { body: started } = await world().call('start_workflow', { workflow_name: 'BUILD' });
      const instance_id = started['instance_id'];
      const { isError } = await world().call('advance_workflow', { instance_id, report: { status } });
      expect(isError).toBe(false);
      const { body: history } = await world().call('get_workflow_history', { instance_id });
      expect(history['entries']).toContainEqual(
        expect.objectContaining({ outcome_status: status, report: expect.objectContaining({ status }) }),
      );
    }
  });

  verifies('workflow/wire-input', 'takes arguments wrapped in input_data', async () => {
    await world().define('BUILD', build);
    const { body } = await world().call('start_workflow', {
      input_data: { workflow_name: 'BUILD', context: { a: 1 } },
    });
    expect(body).toMatchObject({ current_context: { a: 1 }, next_step: { step_name: 'Write the code' } });
  });

  verifies('workflow/D13', 'names every error and says what to do', async () => {
    await world().define('BUILD', build);
    const codeOf = async (tool: string, args: Record<string, unknown>) => {
      const { body, isError } = await world().call(tool, args);
      expect(isError).toBe(true);
      expect(String(body['message']).length).toBeGreaterThan(20);
      return body['error_code'];
    };
    expect(await codeOf('start_workflow', {})).toBe('MISSING_FIELD');
    expect(await codeOf('start_workflow', { workflow_name: 7 })).toBe('INVALID_TYPE');
    expect(await codeOf('start_workflow', { workflow_name: 'NOWHERE' })).toBe('DEFINITION_NOT_FOUND');
    expect(await codeOf('start_workflow', { workflow_name: 'BUILD', context: [1] })).toBe('INVALID_TYPE');
    expect(await codeOf('get_workflow_status', { instance_id: 'nobody' })).toBe('INSTANCE_NOT_FOUND');
    const { body } = await world().call('start_workflow', { workflow_name: 'BUILD' });
    const instance_id = body['instance_id'];
    expect(await codeOf('advance_workflow', { instance_id })).toBe('MISSING_FIELD');
    expect(await codeOf('advance_workflow', { instance_id, report: {} })).toBe('MISSING_FIELD');
    expect(await codeOf('advance_workflow', { instance_id, report: 'done' })).toBe('INVALID_TYPE');
    expect(await codeOf('resume_workflow', { instance_id })).toBe('MISSING_FIELD');
  });
}
