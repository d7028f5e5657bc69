import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { build, review, workflow } from '../support/workflows.ts';
import { describeWorlds } from '../support/world.ts';

describeWorlds('state', ({ world, verifies }) => {
  const start = async (name: string, context: object = {}) => {
    const { body } = await world().call('start_workflow', { workflow_name: name, context });
    return body as unknown as { instance_id: string; step_token: string };
  };
  const history = async (instance_id: string) =>
    (await world().call('get_workflow_history', { instance_id })).body['entries'] as unknown as Record<
      string,
      unknown
    >[];

  verifies(
    ['workflow/S1', 'workflow/S4'],
    'journals each advance with the determined next step',
    async () => {
      await world().define('BUILD', build);
      const { instance_id } = await start('BUILD');
      const report = { status: 'success', result: { files: ['a.ts'] }, message: 'done', exit_code: 0 };
      await world().call('advance_workflow', { instance_id, report });
      expect(await history(instance_id)).toMatchObject([
        { seq: 1, kind: 'STARTED', step_name: 'Write the code' },
        {
          seq: 2,
          at: expect.stringMatching(/Z$/),
          kind: 'ADVANCED',
          step_name: 'Write the code',
          report,
          outcome_status: 'success',
          determined_next_step: 'Run the tests',
        },
      ]);
    },
  );

  verifies('workflow/S2', 'merges the context shallowly', async () => {
    await world().define(
      'SETS',
      workflow({
        A: {
          guidance: 'See the transitions.',
          after: '# Transitions\n\n- otherwise -> FINISH set done = true, b = "rule"\n',
        },
      }),
    );
    const { instance_id } = await start('SETS', { a: { deep: 1 }, b: 'stored', kept: 1 });
    const { body } = await world().call('advance_workflow', {
      instance_id,
      report: { status: 'success' },
      context_updates: { a: { other: 2 }, b: 'client' },
    });
    expect(body['current_context']).toEqual({ a: { other: 2 }, b: 'rule', kept: 1, done: true });
  });

  verifies('workflow/S5', 'survives the end of the server', async () => {
    await world().define('REVIEW', review);
    const { instance_id, step_token } = await start('REVIEW', { draft: 'v1' });
    await world().call('advance_workflow', {
      instance_id,
      step_token,
      report: { status: 'success', message: 'hm' },
    });
    const before = await world().call('get_workflow_status', { instance_id });
    await world().restart();
    const after = await world().call('get_workflow_status', { instance_id });
    expect(after.body).toEqual(before.body);
    const { body } = await world().call('advance_workflow', {
      instance_id,
      step_token,
      report: { status: 'success', outcome: 'publish' },
    });
    expect(body).toMatchObject({ next_step: { step_name: 'Publish' } });
    if (world().medium !== 'memory') expect(existsSync(join(world().dir, 'state', 'tutti.db'))).toBe(true);
  });

  verifies('workflow/D14', 'deletes an ended instance with its journal, others only by force', async () => {
    await world().define('BUILD', build);
    const { instance_id } = await start('BUILD');
    const refused = await world().call('delete_instance', { instance_id });
    expect(refused.body).toMatchObject({ error_code: 'INSTANCE_UNFINISHED' });
    const { body } = await world().call('delete_instance', { instance_id, force: true });
    expect(body).toEqual({ deleted: true });
    const gone = await world().call('get_workflow_history', { instance_id });
    expect(gone.body).toMatchObject({ error_code: 'INSTANCE_NOT_FOUND' });
  });

  verifies(['workflow/D15', 'workflow/wire-admin'], 'lists, suspends, cancels and forks', async () => {
    await world().define('LISTED', build);
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await start('LISTED', { n })).instance_id);
    const page = await world().call('list_instances', { workflow_name: 'LISTED', limit: 2 });
    expect(page.body['instances']).toHaveLength(2);
    const rest = await world().call('list_instances', {
      workflow_name: 'LISTED',
      limit: 2,
      cursor: page.body['next_cursor'],
    });
    expect(rest.body['instances']).toHaveLength(1);
    expect(rest.body).not.toHaveProperty('next_cursor');
    const listed = [
      ...(page.body['instances'] as unknown as { instance_id: string }[]),
      ...(rest.body['instances'] as unknown as { instance_id: string }[]),
    ];
    expect(listed.map((each) => each.instance_id).toSorted()).toEqual(ids.toSorted());

    const [instance_id = ''] = ids;
    const suspended = await world().call('suspend_workflow', { instance_id, reason: 'lunch' });
    expect(suspended.body).toMatchObject({ status: 'SUSPENDED', current_step_name: 'Write the code' });
    const resumed = await world().call('resume_workflow', {
      instance_id,
      assumed_current_step_name: 'Write the code',
    });
    expect(resumed.body).toMatchObject({ status: 'RUNNING' });
    const fork = await world().call('fork_workflow', {
      instance_id,
      at_step: 'run the tests',
      context_updates: { forked: true },
    });
    expect(fork.body).toMatchObject({
      next_step: { step_name: 'Run the tests' },
      current_context: { n: 0, forked: true },
    });
    expect(fork.body['instance_id']).not.toBe(instance_id);
    const cancelled = await world().call('cancel_workflow', { instance_id });
    expect(cancelled.body).toMatchObject({ status: 'CANCELLED', completed_at: null });
    const twice = await world().call('suspend_workflow', { instance_id });
    expect(twice.body).toMatchObject({ error_code: 'INSTANCE_FINISHED' });
    const filtered = await world().call('list_instances', { workflow_name: 'LISTED', status: 'CANCELLED' });
    expect(filtered.body['instances']).toMatchObject([{ instance_id, status: 'CANCELLED' }]);
  });

  verifies(
    ['workflow/wire-admin', 'trust/bounds'],
    'pages a history by what a client can take at once',
    async () => {
      await world().define('PINGPONG', workflow({ A: 'Proceed to "B".', B: 'Proceed to "A".' }));
      const { instance_id } = await start('PINGPONG');
      for (let n = 0; n < 4; n += 1) {
        await world().call('advance_workflow', {
          instance_id,
          report: { status: 'success', result: 'x'.repeat(400_000) },
        });
      }
      const seqs: unknown[] = [];
      let cursor: unknown;
      do {
        const { body, text } = await world().call('get_workflow_history', {
          instance_id,
          ...(cursor !== undefined && { cursor }),
        });
        expect(text.length).toBeLessThan(3_000_000);
        seqs.push(...(body['entries'] as unknown as { seq: number }[]).map((entry) => entry.seq));
        cursor = body['next_cursor'];
      } while (cursor !== undefined);
      expect(seqs).toEqual([1, 2, 3, 4, 5]);
    },
  );

  verifies('trust/21-handles', 'gives the same answer for foreign and unknown handles', async () => {
    const unknown = await world().call('get_workflow_status', { instance_id: 'AAAAAAAAAAAAAAAAAAAAAA' });
    const odd = await world().call('get_workflow_status', { instance_id: "' OR 1=1 --" });
    expect(odd.body).toEqual(unknown.body);
    expect(JSON.stringify(unknown.body)).not.toContain('AAAA');
  });

  verifies('trust/bounds', 'refuses what is too large or too deep and changes nothing', async () => {
    await world().define('BUILD', build);
    const { instance_id } = await start('BUILD');
    let deep: unknown = 1;
    for (let n = 0; n < 70; n += 1) deep = [deep];
    for (const args of [
      { context_updates: { big: 'x'.repeat(3_000_000) }, report: { status: 'success' } },
      { report: { status: 'success', result: deep } },
      { report: { status: 'success', message: 'x'.repeat(2_000_000) } },
    ]) {
      const { body, isError } = await world().call('advance_workflow', { instance_id, ...args });
      expect(isError).toBe(true);
      expect(body).toMatchObject({ error_code: 'INVALID_FORMAT' });
    }
    expect(await history(instance_id)).toHaveLength(1);
  });
});
