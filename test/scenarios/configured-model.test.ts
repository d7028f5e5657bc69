import { afterAll, beforeEach, describe, expect } from 'vitest';
import { modelServer } from '../support/model-server.ts';
import { workflow } from '../support/workflows.ts';
import { ask, changesAndTalk, house, whenReady } from '../support/ask-house.ts';
import { describeWorlds, openWorld, verifies as prove } from '../support/world.ts';
import type { Body, World } from '../support/world.ts';

const server = await modelServer();
const judged = workflow({
  Judge: 'If the `text` reads well, proceed to "Print".\nIf it does not, proceed to "Rewrite".',
  Rewrite: 'Proceed to "Judge".',
  Print: 'Proceed to "FINISH".',
});
const KEY = 'key-of-nobody-else';
const MAX_CALLS = 4;
const MAX_SESSION_CALLS = 2;
const rewrite = { answer: { choice: 'rewrite', confidence: 0.9, because: 'It is too long.' } };

afterAll(async () => {
  await server.close();
});

const configured = (kind: string, provider?: string) => () => ({
  model: {
    kind,
    name: 'test-model',
    url: server.url,
    apiKey: KEY,
    ...(provider !== undefined && { provider }),
    budgets: [
      { calls: MAX_CALLS, per: 'instance' },
      { calls: MAX_SESSION_CALLS, per: 'session' },
    ],
    cache: { maxMb: 0 },
  },
});

const begin = async (world: World, from: { readonly session_id?: string } = {}) => {
  const { body } = await world.call('start_workflow', { workflow_name: 'JUDGED', ...from });
  return String(body['instance_id']);
};
const report = async (world: World, instance_id: string) =>
  (await world.call('advance_workflow', { instance_id, report: { status: 'success' } })).body;

describe('whichever wire', () => {
  prove('model/wires', 'makes no difference to what is decided', async () => {
    const wires = [
      ['openai'],
      ['anthropic'],
      ['ai', '@ai-sdk/openai-compatible'],
    ] as const satisfies readonly (readonly [string, string?])[];
    for (const [kind, provider] of wires) {
      const world = await openWorld({
        // A provider of the user is found from where the program stands.
        medium: provider === undefined ? 'memory' : 'stdio',
        era: '2026-07-28',
        config: configured(kind, provider),
      });
      try {
        await world.define('JUDGED', judged);
        server.play(rewrite);
        expect([kind, await report(world, await begin(world))]).toMatchObject([
          kind,
          {
            next_step: { step_name: 'Rewrite' },
            decided: { by: 'model', because: 'It is too long.' },
          },
        ]);
      } finally {
        await world.close();
      }
    }
    const seen = server.requests.slice(-3).map(({ wire }) => wire);
    expect(seen).toEqual(['chat', 'messages', 'chat']);
  });
});

describeWorlds(
  'a model that is configured',
  ({ world, verifies }) => {
    beforeEach(async () => {
      await world().define('JUDGED', judged);
    });

    verifies(
      ['model/failures', 'workflow/D4'],
      'leaves it to the caller when its provider fails, then decides again',
      async () => {
        const instance_id = await begin(world());
        server.play({ fault: 'not-json' }, { fault: 'half-json' });
        const asked = await report(world(), instance_id);
        expect(asked).toMatchObject({ status: 'RUNNING', next_step: { step_name: 'Judge' } });
        expect(asked).toHaveProperty('decision_required');
        expect(JSON.stringify(asked)).not.toContain(KEY);
        server.play({ fault: 'reset' }, { answer: { ...rewrite.answer, choice: 'print' } });
        expect(await report(world(), instance_id)).toMatchObject({ next_step: { step_name: 'Print' } });
      },
    );

    verifies('model/budgets', 'is asked no more often than an instance may', async () => {
      const instance_id = await begin(world());
      const before = server.requests.length;
      for (let at = 0; at < MAX_CALLS; at += 1) {
        server.play(rewrite);
        expect(await report(world(), instance_id)).toMatchObject({ next_step: { step_name: 'Rewrite' } });
        expect(await report(world(), instance_id)).toMatchObject({ next_step: { step_name: 'Judge' } });
      }
      expect(await report(world(), instance_id)).toHaveProperty('decision_required');
      expect(server.requests.length - before).toBe(MAX_CALLS);
    });

    verifies(
      'model/budgets',
      'decides for all that was begun from one session no more often than it may',
      async () => {
        const { body } = await world().call('start_session', {});
        const from = { session_id: String(body['session_id']) };
        const [one, other] = [await begin(world(), from), await begin(world(), from)];
        const before = server.requests.length;
        for (const each of [one, other]) {
          server.play(rewrite);
          expect(await report(world(), each)).toMatchObject({ next_step: { step_name: 'Rewrite' } });
          await report(world(), each);
        }
        const { body: fork } = await world().call('fork_workflow', { instance_id: one });
        for (const each of [one, String(fork['instance_id'])])
          expect(await report(world(), each)).toHaveProperty('decision_required');
        expect(server.requests.length - before).toBe(MAX_SESSION_CALLS);
        server.play(rewrite);
        expect(await report(world(), await begin(world()))).toMatchObject({ decided: { by: 'model' } });
      },
    );
  },
  { config: configured('openai'), toolsets: ['workflows', 'workflows-admin', 'agent'] },
);

describe('an answer that is kept', () => {
  const keeping = { model: { kind: 'openai', name: 'test-model', url: server.url } };

  prove('model/cached', 'decides another run with the same report, and says so', async () => {
    const world = await openWorld({ medium: 'memory', era: '2026-07-28', config: () => keeping });
    try {
      await world.define('JUDGED', judged);
      server.play(rewrite);
      const before = server.requests.length;
      const decided: unknown[] = [];
      for (let run = 0; run < 2; run += 1) {
        const instance_id = await begin(world);
        expect(await report(world, instance_id)).toMatchObject({ next_step: { step_name: 'Rewrite' } });
        const { body } = await world.call('get_workflow_history', { instance_id });
        decided.push((body['entries'] as unknown as Body[])[1]?.['decided']);
      }
      expect(server.requests.length - before).toBe(1);
      expect(decided).toMatchObject([{ by: 'model' }, { by: 'model', model: { cached: true } }]);
      expect(decided[0]).not.toHaveProperty('model.cached');
    } finally {
      await world.close();
    }
  });

  prove('model/cached', 'answers the same question to ask again', async () => {
    const world = await openWorld({
      medium: 'memory',
      era: '2026-07-28',
      toolsets: ['gateway'],
      config: (dir) => ({ ...keeping, mcpServers: house(dir, { github: {}, slack: {} }) }),
    });
    try {
      const { changes, talk, plan } = changesAndTalk();
      const cites = [changes, talk];
      server.play({ answer: plan }, { answer: { text: `It retries webhooks [${changes}].`, cites } });
      const query = 'summarize the changes in PR #123 and the discussion in Slack about it';
      await whenReady(world.client, 2);
      expect((await ask(world, { query })).said.answer).toContain('It retries webhooks');
      const before = server.requests.length;
      expect((await ask(world, { query })).said.answer).toContain('It retries webhooks');
      expect(server.requests.length - before).toBe(0);
    } finally {
      await world.close();
    }
  });
});
