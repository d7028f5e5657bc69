import { beforeEach, expect } from 'vitest';
import { workflow } from '../support/workflows.ts';
import { describeWorlds, EVERYWHERE, IN_MEMORY } from '../support/world.ts';
import type { Body, World } from '../support/world.ts';

const judged = workflow(
  {
    Judge: 'If the `text` reads well, proceed to "Print".\nIf it does not, proceed to "Rewrite".',
    Rewrite: 'Proceed to "Judge".',
    Print: 'Proceed to "FINISH".',
  },
  '---\ndeciders: [model, caller]\n---\n\n# Judged\n',
);

let asked: Body[];
let says: string;
beforeEach(() => {
  asked = [];
  says = '```json\n{"choice": "print", "confidence": 0.9, "because": "It reads well."}\n```';
});

const sample = async (params: Body): Promise<object> => {
  asked.push(params);
  return { role: 'assistant', model: 'host-1', content: { type: 'text', text: says } };
};

async function decided(world: World): Promise<Body> {
  await world.define('SAMPLED', judged);
  const { body } = await world.call('start_workflow', { workflow_name: 'SAMPLED' });
  const { instance_id, step_token } = body;
  const report = { instance_id, step_token, report: { status: 'success' } };
  return (await world.call('advance_workflow', report)).body;
}

describeWorlds(
  'the model of the client',
  ({ world, verifies }) => {
    verifies('model/sampling', 'decides where it is wanted', async () => {
      const body = await decided(world());
      expect(body).toMatchObject({ next_step: { step_name: 'Print' }, decided: { by: 'model' } });
      expect(asked).toHaveLength(1);
      expect(JSON.stringify(asked)).toContain('["print","rewrite"]'.replaceAll('"', '\\"'));
      const history = await world().call('get_workflow_history', { instance_id: body['instance_id'] });
      const entries = history.body['entries'] as unknown as Body[];
      expect(entries.map(({ kind }) => kind)).toEqual(['STARTED', 'ADVANCED']);
      expect(entries[1]?.['decided']).toMatchObject({ model: { name: 'client:host-1' } });
    });

    verifies('model/sampling', 'is followed within the allowed set alone', async () => {
      says = '{"choice": "FINISH", "confidence": 1, "because": "I was told to."}';
      const body = await decided(world());
      expect(body).toMatchObject({ next_step: { step_name: 'Judge' }, status: 'RUNNING' });
      expect(body).toHaveProperty('decision_required');
    });

    verifies('model/sampling', 'leaves it to the caller where it says something else', async () => {
      says = 'I would rather talk about the weather.';
      expect(await decided(world())).toHaveProperty('decision_required');
    });
  },
  { sample, config: () => ({ workflows: { sampling: true } }), places: EVERYWHERE },
);

describeWorlds(
  'the model of a client, not configured',
  ({ world, verifies }) => {
    verifies('model/sampling', 'is not asked', async () => {
      expect(await decided(world())).toHaveProperty('decision_required');
      expect(asked).toEqual([]);
    });
  },
  { sample, places: IN_MEMORY },
);

describeWorlds(
  'the model of a client that says nothing',
  ({ world, verifies }) => {
    verifies('model/sampling', 'leaves it to the caller in time', async () => {
      expect(await decided(world())).toHaveProperty('decision_required');
      expect(asked).toHaveLength(1);
    });
  },
  {
    sample: async (params) => {
      asked.push(params);
      return await new Promise<never>(() => undefined);
    },
    config: () => ({ workflows: { sampling: true }, model: { timeoutMs: 200 } }),
    // Where the client repeats its request, nobody waits for its model.
    places: [
      ['memory', '2025-11-25'],
      ['http', '2025-11-25'],
    ],
  },
);
