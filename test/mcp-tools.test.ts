import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { loadConfig } from '../src/config.ts';
import type { Telemetry } from '../src/core/ports/telemetry.ts';
import { parseArguments } from '../src/surfaces/mcp/arguments.ts';
import { TOOLSETS } from '../src/config/toolset-names.ts';
import { isReserved } from '../src/core/gateway/names.ts';
import { toErrorResult } from '../src/surfaces/mcp/results.ts';
import { toolsOf } from '../src/surfaces/mcp/toolsets.ts';
import type { ToolAnswer } from '../src/surfaces/mcp/tool.ts';
import { toWireTarget } from '../src/surfaces/mcp/wire.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import { toolsPage } from './support/tools-page.ts';

const caller = { owner: 'me' };

function admin(): {
  readonly call: (tool: string, args: object) => Promise<ToolAnswer>;
  fake: ReturnType<typeof fakeOrchestrator>;
} {
  const fake = fakeOrchestrator();
  const tools = toolsOf(['workflows', 'workflows-admin']);
  const { signal } = new AbortController();
  const call = async (name: string, args: object): Promise<ToolAnswer> => {
    const tool = tools.find((each) => each.definition.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    const answer = await tool.run(parseArguments(args), { orchestrator: fake.orchestrator, caller, signal });
    if ('outcome' in answer) throw new Error(`${name} passes on what a server answered`);
    return answer;
  };
  return { call, fake };
}

async function started(call: ReturnType<typeof admin>['call']): Promise<string> {
  const { structured } = await call('start_workflow', { workflow_name: 'DEMO' });
  return structured['instance_id'] as string;
}

describe('the tools', () => {
  it('say where they looked when there is no workflow', async () => {
    const { call, fake } = admin();
    const note = 'No workflow was found in /x, which does not exist.';
    Object.assign(fake.orchestrator, { listWorkflows: async () => [], emptiness: async () => note });
    expect(await call('list_workflows', {})).toEqual({ structured: { workflows: [], note }, text: note });
  });

  it('cost a model little: the default profile stays within its share of the budget', () => {
    const definitions = toolsOf(['workflows']).map((each) => each.definition);
    const listed = JSON.stringify(definitions);
    const read = JSON.stringify(
      definitions.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    );
    // About four characters a token; all toolsets of the default profile together may cost 3,000.
    expect(listed.length).toBeLessThan(5000);
    expect(read.length).toBeLessThan(3600);
  });

  it('cost no more than 3,000 tokens in the default profile, of four characters each', () => {
    const { toolsets } = loadConfig({ env: {}, cwd: '/' });
    const read = toolsOf(toolsets).map(({ definition: { name, description, inputSchema } }) => ({
      name,
      description,
      inputSchema,
    }));
    expect(toolsets).toEqual(['workflows', 'gateway', 'agent']);
    expect(JSON.stringify(read).length / 4).toBeLessThan(3000);
  });

  it('are documented as they are', async () => {
    await expect(toolsPage()).toMatchFileSnapshot('../docs/reference/tools.md');
  });

  it('have names that no server can have', () => {
    const names = TOOLSETS.flatMap((each) => toolsOf([each])).map((each) => each.definition.name);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !isReserved(name))).toEqual([]);
  });

  it('come in one order, each once', () => {
    const names = toolsOf(['workflows-admin', 'workflows', 'workflows']).map((each) => each.definition.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(toolsOf(['workflows', 'workflows-admin']).map((each) => each.definition.name));
    expect(names).toHaveLength(14);
    expect(toolsOf([])).toEqual([]);
  });

  it('list instances by page', async () => {
    const { call, fake } = admin();
    expect((await call('list_instances', {})).text).toBe('No instances match.');
    const id = await started(call);
    const { structured, text } = await call('list_instances', { status: 'RUNNING', limit: 5, cursor: 'c' });
    expect(structured).toEqual({
      instances: [
        {
          instance_id: id,
          workflow_name: 'DEMO',
          current_step_name: 'Build',
          status: 'RUNNING',
          created_at: '2026-11-20T08:00:00.000Z',
          updated_at: '2026-11-20T08:00:00.001Z',
        },
      ],
      next_cursor: 'more',
    });
    expect(text).toContain(id);
    expect(fake.calls.at(-1)).toEqual({
      method: 'listInstances',
      owner: 'me',
      input: { status: 'RUNNING', limit: 5, cursor: 'c' },
    });
  });

  it.each([
    [{ status: 'LOST' }, 'input/invalid-format', 'expected one of RUNNING'],
    [{ limit: 0 }, 'input/invalid-format', 'expected 1 to 500'],
    [{ limit: 501 }, 'input/invalid-format', 'expected 1 to 500'],
    [{ limit: '5' }, 'input/invalid-type', 'limit is a string; expected an integer'],
    [{ limit: 1.5 }, 'input/invalid-type', 'limit is 1.5; expected an integer'],
    [{ cursor: {} }, 'input/invalid-type', 'cursor is an object; expected a string'],
  ])('refuse %j', async (args, code, message) => {
    await expect(admin().call('list_instances', args)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('read the journal, with who decided and why', async () => {
    const { call } = admin();
    const { structured, text } = await call('get_workflow_history', { instance_id: await started(call) });
    expect(structured).toEqual({
      entries: [
        {
          seq: 2,
          at: '2026-11-20T08:00:00.000Z',
          kind: 'ADVANCED',
          step_name: 'Build',
          report: { status: 'success', step_id: 'Build', result: { built: true } },
          outcome_status: 'success',
          determined_next_step: 'Test',
          decided: {
            by: 'model',
            because: 'it compiled',
            to: 'Test',
            candidates: ['test', 'stay'],
            confidence: 0.9,
            model: { name: 'm', input_tokens: 10, output_tokens: 2, latency_ms: 5 },
          },
        },
      ],
      next_cursor: '7',
    });
    expect(text).toContain('model: it compiled');
  });

  it('cancel, suspend, fork, delete', async () => {
    const { call, fake } = admin();
    const id = await started(call);
    const cancelled = await call('cancel_workflow', { instance_id: id, reason: 'enough' });
    expect(cancelled.structured).toMatchObject({
      status: 'CANCELLED',
      completed_at: '2026-11-20T08:00:00.000Z',
    });
    const suspended = await call('suspend_workflow', { instance_id: id, reason: null });
    expect(suspended.structured).toMatchObject({ status: 'SUSPENDED', completed_at: null });
    const forked = await call('fork_workflow', {
      instance_id: id,
      at_step: 'Test',
      context_updates: { a: 1 },
    });
    expect(forked.structured).toMatchObject({ next_step: { step_name: 'Build' } });
    expect(await call('delete_instance', { instance_id: id, force: true })).toMatchObject({
      structured: { deleted: true },
    });
    expect(fake.calls.slice(-4).map(({ method, input }) => [method, input])).toEqual([
      ['cancel', { instanceId: id, reason: 'enough' }],
      ['suspend', { instanceId: id }],
      ['fork', { instanceId: id, atStep: 'Test', contextUpdates: { a: 1 } }],
      ['remove', { instanceId: id, force: true }],
    ]);
  });

  it('check files, saved or not', async () => {
    const { call, fake } = admin();
    const { structured, text } = await call('validate_workflow', { files: { 'index.md': '# X' } });
    expect(structured).toMatchObject({
      valid: false,
      faults: [{ file: 'index.md', line: 7, fix: 'Write the file.' }],
    });
    expect(text).toContain('Write instead: Write the file.');
    await call('validate_workflow', { workflow_name: 'DEMO' });
    expect(fake.calls.map((each) => each.input)).toEqual([
      { files: { 'index.md': '# X' } },
      { workflow: 'DEMO' },
    ]);
    await expect(call('validate_workflow', {})).rejects.toMatchObject({ code: 'input/missing-field' });
  });

  it('pass on a report as it was sent, and no argument nobody knows', async () => {
    const { call, fake } = admin();
    const report = {
      status: 'my own word',
      step_id: 'Build',
      outcome: 'stay',
      result: null,
      details: [1],
      extra: 1,
    };
    const instance_id = await started(call);
    await call('advance_workflow', { instance_id, step_token: 't', report, other: true });
    expect(fake.calls.at(-1)?.input).toEqual({
      instanceId: instance_id,
      token: 't',
      report: {
        status: 'my own word',
        stepId: 'Build',
        outcome: 'stay',
        result: null,
        details: [1],
        more: { extra: 1 },
      },
    });
  });

  it('read only own properties, by their exact names', async () => {
    const inherited = Object.create({ workflow_name: 'DEMO' }) as object;
    for (const args of [inherited, { Workflow_Name: 'DEMO' }, { workflowName: 'DEMO' }]) {
      await expect(admin().call('start_workflow', args)).rejects.toMatchObject({
        code: 'input/missing-field',
      });
    }
  });

  it('bound what they take in', async () => {
    const { call } = admin();
    const big = { workflow_name: 'DEMO', context: { a: 'x'.repeat(1_100_000) } };
    await expect(call('start_workflow', big)).rejects.toMatchObject({ code: 'input/too-large' });
    const many = {
      workflow_name: 'A',
      files: Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`${at}`, ''])),
    };
    await expect(call('save_workflow', many)).rejects.toMatchObject({ code: 'input/too-large' });
  });
});

describe('a failure', () => {
  const attempt = { tool: 'advance_workflow', instanceId: 'i1' };

  it.each([
    [new TuttiError('outcome/not-allowed', 'Choose another.'), 'OUTCOME_NOT_ALLOWED', 'warn'],
    [new TuttiError('store/full', 'The disk is full.'), 'PERSISTENCE_ERROR', 'error'],
    [new TypeError('x is undefined'), 'INTERNAL_ERROR', 'error'],
    ['a thrown text', 'INTERNAL_ERROR', 'error'],
  ])('is logged with its instance: %s', (failure, code, level) => {
    const lines: unknown[] = [];
    const telemetry: Telemetry = { log: (...line) => lines.push(line) };
    const { structuredContent } = toErrorResult(failure, attempt, telemetry);
    expect(structuredContent).toMatchObject({ error_code: code });
    expect(lines).toMatchObject([[level, 'call/failed', { tool: 'advance_workflow', instance_id: 'i1' }]]);
  });

  it('carries its details, but nothing that JSON cannot say', () => {
    const told = (data: unknown) =>
      toErrorResult(new TuttiError('step/stale', 'Late.', { data }), attempt, silentTelemetry())
        .structuredContent;
    expect(told({ current_step: 'Test' })).toEqual({
      error_code: 'STALE_STEP',
      message: 'Late.',
      current_step: 'Test',
    });
    expect(told({ error_code: 'OTHER', message: 'x' })).toEqual({
      error_code: 'STALE_STEP',
      message: 'Late.',
    });
    expect(told({ at: new Date(0) })).toEqual({ error_code: 'STALE_STEP', message: 'Late.' });
  });
});

describe('a target on the wire', () => {
  it('is a step, or says where it ends', () => {
    const names = (['stay', 'finish', 'halt'] as const).map((kind) => toWireTarget({ kind }, 'Here'));
    expect([...names, toWireTarget({ kind: 'step', step: 'There' }, 'Here')]).toEqual([
      'Here',
      'FINISH',
      'HALT',
      'There',
    ]);
  });
});
