import { describe, expect } from 'vitest';
import { modelServer } from '../support/model-server.ts';
import type { ModelFault, ModelServer } from '../support/model-server.ts';
import { workflow } from '../support/workflows.ts';
import { openWorld, verifies } from '../support/world.ts';
import type { Body, World } from '../support/world.ts';

const judged = workflow(
  {
    Judge: 'If the `text` reads well, proceed to "Print".\nIf it does not, proceed to "Rewrite".',
    Rewrite: 'Proceed to "Judge".',
    Print: 'Proceed to "FINISH".',
  },
  '---\ndeciders: [model]\n---\n\n# Judged\n',
);

const FAULTS: readonly ModelFault[] = [
  'rate-limited',
  'error',
  'unavailable',
  'unauthorized',
  'half-json',
  'half-answer',
  'wrong-schema',
  'not-json',
  'empty',
  'refusal',
  'reset',
  'reset-body',
  'huge',
  'redirect',
  'html',
];
/** What is waited for to its end. */
const ENDLESS: readonly ModelFault[] = ['slow-stream', 'never'];
/** Long enough for what comes after it on a busy machine. */
const ENDLESS_MS = 3_000;
const ANSWER = { choice: 'print', confidence: 0.9, because: 'It reads well.' };

async function within(
  whom: { readonly kind: string; readonly provider?: string; readonly timeoutMs?: number },
  scenario: (world: World, server: ModelServer) => Promise<void>,
) {
  const server = await modelServer();
  const model = { ...whom, name: 'test-model', url: server.url, cache: { maxMb: 0 } };
  const world = await openWorld({ medium: 'memory', era: '2026-07-28', config: () => ({ model }) });
  try {
    await world.define('JUDGED', judged);
    await scenario(world, server);
  } finally {
    await world.close();
    await server.close();
  }
}

/** However it is asked: one move, and none before there is an answer. */
async function movesOnce(world: World, server: ModelServer, fault: ModelFault): Promise<void> {
  const { body: start } = await world.call('start_workflow', { workflow_name: 'JUDGED' });
  const { instance_id, step_token } = start;
  const report = { instance_id, step_token, report: { status: 'success' } };
  const before = server.requests.length;
  // As often as it is tried.
  server.play({ fault }, { fault });
  const failed = await world.call('advance_workflow', report);
  expect(failed.body).toMatchObject({ error_code: 'AI_SERVICE_ERROR' });
  const { body: status } = await world.call('get_workflow_status', { instance_id });
  expect(status).toMatchObject({ status: 'RUNNING', current_step_name: 'Judge', step_token });
  // What it was not tried for.
  if (server.requests.length - before === 1) await world.call('advance_workflow', report);
  server.play({ answer: ANSWER });
  const { body: moved } = await world.call('advance_workflow', report);
  expect(moved).toMatchObject({ next_step: { step_name: 'Print' }, decided: { by: 'model' } });
  expect((await world.call('advance_workflow', report)).body).toEqual(moved);
  const { body: history } = await world.call('get_workflow_history', { instance_id });
  const kinds = (history['entries'] as unknown as Body[]).map((each) => String(each['kind']));
  expect(kinds).toEqual(['STARTED', 'ADVANCED']);
}

// Each has a world of its own, and some of them wait for what never comes.
describe.each(['openai', 'anthropic'])(
  'what a provider of models can do wrong (%s)',
  { concurrent: true },
  (kind) => {
    for (const fault of FAULTS) {
      verifies('model/faults', `leaves the run where it was, to be moved once: ${fault}`, async () => {
        await within({ kind }, async (world, server) => {
          await movesOnce(world, server, fault);
        });
      });
    }
    for (const fault of ENDLESS) {
      verifies('model/faults', `leaves the run where it was, to be moved once: ${fault}`, async () => {
        await within({ kind, timeoutMs: ENDLESS_MS }, async (world, server) => {
          await movesOnce(world, server, fault);
        });
      });
    }
  },
);

describe('what a provider of models can do wrong (ai)', { concurrent: true }, () => {
  const ai = { kind: 'ai', provider: '@ai-sdk/openai-compatible' };

  verifies('model/faults', 'leaves the run where it was, to be moved once: each in turn', async () => {
    await within(ai, async (world, server) => {
      for (const fault of FAULTS) await movesOnce(world, server, fault);
    });
  });

  verifies('model/faults', 'leaves the run where it was, to be moved once: what never ends', async () => {
    await within({ ...ai, timeoutMs: ENDLESS_MS }, async (world, server) => {
      for (const fault of ENDLESS) await movesOnce(world, server, fault);
    });
  });
});
