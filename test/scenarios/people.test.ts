import { expect } from 'vitest';
import { workflow } from '../support/workflows.ts';
import { describeWorlds, EVERYWHERE } from '../support/world.ts';
import type { Body, World } from '../support/world.ts';

const guidance = 'If the `text` reads well, proceed to "Print".\nIf it does not, proceed to "Rewrite".';
const judged = workflow(
  { Judge: guidance, Rewrite: 'Proceed to "Judge".', Print: 'Proceed to "FINISH".' },
  '---\ndeciders: [human]\n---\n\n# Judged\n\n## Overall Goal:\n\nA good text.\n',
);

const REPORT = { status: 'success', message: 'It is done.' };

async function atJudge(world: World): Promise<{ instance_id: string; step_token: string }> {
  await world.define('BY_PERSON', judged);
  const { body } = await world.call('start_workflow', { workflow_name: 'BY_PERSON' });
  return { instance_id: String(body['instance_id']), step_token: String(body['step_token']) };
}

async function lastOf(world: World, instance_id: string): Promise<Body | undefined> {
  const { body } = await world.call('get_workflow_history', { instance_id });
  return (body['entries'] as unknown as Body[]).at(-1);
}

describeWorlds('a person as decider', ({ world, verifies }) => {
  const advance = async (args: object) => await world().call('advance_workflow', args as never);

  verifies('workflow/person', 'is waited for, through a restart, and decides at the terminal', async () => {
    const at = await atJudge(world());
    const waits = await advance({ ...at, report: REPORT, context_updates: { text: 'v1' } });
    expect(waits.body).toMatchObject({
      next_step: { step_name: 'Judge' },
      decision_required: { by: 'human', candidates: [{ id: 'print' }, { id: 'rewrite' }] },
    });
    expect(waits.text).toContain(`tutti instances decide ${at.instance_id}`);
    await world().restart();
    const still = await world().call('get_workflow_status', { instance_id: at.instance_id });
    expect(still.body).toMatchObject({ status: 'RUNNING', decision_required: { by: 'human' } });
    if (world().medium !== 'memory') {
      const { stdout } = await world().run('instances', 'waiting', '--json');
      const { waiting } = JSON.parse(stdout) as { waiting: object[] };
      expect(waiting).toContainEqual(
        expect.objectContaining({ instance_id: at.instance_id, step_name: 'Judge', context: { text: 'v1' } }),
      );
    }
    expect(
      (await world().settle(at.instance_id, { outcome: 'print', because: 'It reads very well.' })).status,
    ).toBe(0);
    // The client asks again as it did, and is told.
    const told = await advance({ ...at, report: REPORT, context_updates: { text: 'v1' } });
    expect(told.body).toMatchObject({
      next_step: { step_name: 'Print' },
      current_context: { text: 'v1' },
      decided: { by: 'human', because: 'It reads very well.' },
    });
    expect(await lastOf(world(), at.instance_id)).toMatchObject({
      kind: 'ADVANCED',
      report: REPORT,
      decided: {
        by: 'human',
        person: expect.stringMatching(/^cli:./),
        asked_at: expect.any(String),
        because: 'It reads very well.',
        candidates: ['print', 'rewrite'],
      },
    });
  });

  verifies('workflow/person', "is not stood in for by the client's outcome", async () => {
    const at = await atJudge(world());
    const proposed = await advance({ ...at, report: { ...REPORT, outcome: 'print' } });
    expect(proposed.body).toMatchObject({
      next_step: { step_name: 'Judge' },
      decision_required: { by: 'human' },
    });
    for (const report of [{ outcome: 'print' }, { outcome: 'Rewrite' }]) {
      const refused = await advance({ ...at, report: { status: 'clarification_provided', ...report } });
      if (refused.isError) {
        expect(refused.body).toMatchObject({ error_code: 'DECISION_PERSON' });
        expect(String(refused.body['message'])).toContain('person');
      } else expect(refused.body).toHaveProperty('decision_required');
    }
    const other = await advance({ ...at, report: { outcome: 'rewrite' } });
    expect(other.body).toMatchObject({ error_code: 'DECISION_PERSON' });
    const { body } = await world().call('get_workflow_status', { instance_id: at.instance_id });
    expect(body).toMatchObject({ current_step_name: 'Judge', decision_required: { by: 'human' } });
  });

  verifies('workflow/person-once', 'decides once, whoever else decides too', async () => {
    const at = await atJudge(world());
    await advance({ ...at, report: REPORT });
    const both = await Promise.all([
      world().settle(at.instance_id, { outcome: 'print', because: 'Print it.' }),
      world().settle(at.instance_id, { outcome: 'rewrite', because: 'Do it again.' }),
    ]);
    expect(both.filter(({ status }) => status === 0)).toHaveLength(1);
    expect(both.find(({ status }) => status !== 0)?.stderr).toMatch(/waits for no person.*decided already/s);
    const { body } = await world().call('get_workflow_history', { instance_id: at.instance_id });
    const moves = (body['entries'] as unknown as Body[]).filter(
      (each) => String(each['kind']) === 'ADVANCED',
    );
    expect(moves).toHaveLength(1);
    const late = await world().settle(at.instance_id, { outcome: 'print', because: 'Again.' });
    expect(late.stderr).toMatch(/decided already/);
  });

  verifies('workflow/person', 'chooses among the outcomes alone, and says why', async () => {
    const at = await atJudge(world());
    await advance({ ...at, report: REPORT });
    expect((await world().settle(at.instance_id, { outcome: 'FINISH', because: 'Enough.' })).stderr).toMatch(
      /print, rewrite/,
    );
    expect((await world().settle(at.instance_id, { outcome: 'print', because: ' ' })).stderr).toMatch(
      /because is missing/,
    );
    expect((await world().settle('nowhere', { outcome: 'print', because: 'Why not?' })).stderr).toMatch(
      /no instance/,
    );
    expect((await world().settle(at.instance_id, { outcome: 'print', because: 'Good.' })).status).toBe(0);
  });
});

const forms: Body[] = [];
let answers: object[] = [];

describeWorlds(
  'a person whom the client can ask',
  ({ world, verifies }) => {
    const report = async (at: object) =>
      await world().call('advance_workflow', { ...at, report: REPORT } as never);
    const answering = (...given: readonly object[]) => {
      forms.length = 0;
      answers = [...given];
    };

    verifies('workflow/person-in-client', 'is asked there, and confirms what came too soon', async () => {
      const at = await atJudge(world());
      const content = { outcome: 'rewrite', because: 'Too long.' };
      answering({ action: 'accept', content }, { action: 'accept', content });
      const { body } = await report(at);
      expect(body).toMatchObject({
        next_step: { step_name: 'Rewrite' },
        decided: { by: 'human', because: 'Too long.' },
      });
      expect(forms).toHaveLength(2);
      expect(forms[0]).toMatchObject({
        message: expect.stringMatching(/Judge.*It is done\./s),
        requestedSchema: { properties: { outcome: { enum: ['print', 'rewrite'] } } },
      });
      expect(String(forms[1]?.['message'])).toContain('confirm');
      expect(await lastOf(world(), at.instance_id)).toMatchObject({
        decided: { person: expect.stringMatching(/^elicitation:/) },
      });
      const { body: again } = await report(at);
      expect(again).toEqual(body);
    });

    verifies('workflow/person-in-client', 'may decline, and then it still waits', async () => {
      const at = await atJudge(world());
      answering({ action: 'decline' });
      const { body } = await report(at);
      expect(body).toMatchObject({ next_step: { step_name: 'Judge' }, decision_required: { by: 'human' } });
      const changing = { action: 'accept', content: { outcome: 'print', because: 'Fine.' } };
      answering(changing, { ...changing, content: { ...changing.content, outcome: 'rewrite' } });
      // Another answer confirms nothing.
      const other = await report(at);
      expect(forms.length).toBeGreaterThanOrEqual(2);
      expect(other.body).toMatchObject({
        next_step: { step_name: 'Judge' },
        decision_required: { by: 'human' },
      });
    });

    verifies('workflow/person-thinks', 'is not taken at his word where it came too soon', async () => {
      const at = await atJudge(world());
      answering({ action: 'cancel' });
      await report(at);
      const soon = await world().settle(at.instance_id, { outcome: 'print', because: 'At once.' });
      expect(soon.stderr).toMatch(/thinkingMs.*confirm/s);
      const meant = await world().settle(at.instance_id, {
        outcome: 'print',
        because: 'Meant.',
        confirmed: true,
      });
      expect(meant.status).toBe(0);
    });
  },
  {
    config: () => ({ workflows: { thinkingMs: 3_600_000 } }),
    places: EVERYWHERE,
    elicit: async (params) => {
      forms.push(params);
      return answers.shift() ?? { action: 'cancel' };
    },
  },
);
