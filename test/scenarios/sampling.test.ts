import { afterEach, beforeEach, describe, expect } from 'vitest';
import { workflow } from '../support/workflows.ts';
import { openWorld, verifies } from '../support/world.ts';
import type { Body, World } from '../support/world.ts';

const judged = workflow(
  {
    Judge: 'If the `text` reads well, proceed to "Print".\nIf it does not, proceed to "Rewrite".',
    Rewrite: 'Proceed to "Judge".',
    Print: 'Proceed to "FINISH".',
  },
  '---\ndeciders: [model, caller]\n---\n\n# Judged\n',
);

for (const medium of ['stdio', 'http'] as const) {
  for (const era of ['2025-11-25', '2026-07-28'] as const) {
    describe(`the model of the client (${medium}, ${era})`, () => {
      let world: World;
      let asked: Body[];
      let says: string;
      let sample: (params: Body) => Promise<object>;
      const open = async (sampling: boolean, model: object = {}) => {
        world = await openWorld({ medium, era, sample, config: () => ({ workflows: { sampling }, model }) });
        await world.define('SAMPLED', judged);
        const { body } = await world.call('start_workflow', { workflow_name: 'SAMPLED' });
        const { instance_id, step_token } = body;
        return await world.call('advance_workflow', {
          instance_id,
          step_token,
          report: { status: 'success' },
        });
      };
      beforeEach(() => {
        asked = [];
        sample = async (params) => {
          asked.push(params);
          return { role: 'assistant', model: 'host-1', content: { type: 'text', text: says } };
        };
        says = '```json\n{"choice": "print", "confidence": 0.9, "because": "It reads well."}\n```';
      });
      afterEach(async () => await world.close());

      verifies('model/sampling', 'decides where it is wanted', async () => {
        const { body } = await open(true);
        expect(body).toMatchObject({ next_step: { step_name: 'Print' }, decided: { by: 'model' } });
        expect(asked).toHaveLength(1);
        expect(JSON.stringify(asked)).toContain('["print","rewrite"]'.replaceAll('"', '\\"'));
        const history = await world.call('get_workflow_history', { instance_id: body['instance_id'] });
        const entries = history.body['entries'] as unknown as Body[];
        expect(entries.map(({ kind }) => kind)).toEqual(['STARTED', 'ADVANCED']);
        expect(entries[1]?.['decided']).toMatchObject({ model: { name: 'client:host-1' } });
      });

      verifies('model/sampling', 'is not asked unless it is configured', async () => {
        const { body } = await open(false);
        expect(body).toHaveProperty('decision_required');
        expect(asked).toEqual([]);
      });

      verifies('model/sampling', 'is followed within the allowed set alone', async () => {
        says = '{"choice": "FINISH", "confidence": 1, "because": "I was told to."}';
        const { body } = await open(true);
        expect(body).toMatchObject({ next_step: { step_name: 'Judge' }, status: 'RUNNING' });
        expect(body).toHaveProperty('decision_required');
      });

      verifies('model/sampling', 'leaves it to the caller where it says something else', async () => {
        says = 'I would rather talk about the weather.';
        expect((await open(true)).body).toHaveProperty('decision_required');
      });

      // Where the client repeats its request, nobody waits for its model.
      if (era === '2025-11-25')
        verifies('model/sampling', 'leaves it to the caller where it says nothing in time', async () => {
          sample = async (params) => {
            asked.push(params);
            return await new Promise<never>(() => undefined);
          };
          const { body } = await open(true, { timeoutMs: 200 });
          expect(body).toHaveProperty('decision_required');
          expect(asked).toHaveLength(1);
        });
    });
  }
}
