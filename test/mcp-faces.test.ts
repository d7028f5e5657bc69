import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faces } from './support/faces.ts';
import type { AnyClient, OpenFace, ToolResult } from './support/faces.ts';

describe.each(faces)('an MCP client ($name)', (face) => {
  let client: AnyClient;
  let opened: OpenFace;
  beforeAll(async () => {
    opened = await face.open();
    ({ client } = opened);
  });
  afterAll(async () => await opened.close());

  const call = async (name: string, args?: unknown): Promise<ToolResult> =>
    await client.callTool({ name, ...(args !== undefined && { arguments: args }) });
  const start = async (context = {}): Promise<string> => {
    const { structuredContent } = await call('start_workflow', { workflow_name: 'DEMO', context });
    return String(structuredContent?.['instance_id']);
  };

  it('finds the tools of the default profile, with schemas and annotations', async () => {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual([
      'list_workflows',
      'start_workflow',
      'get_workflow_status',
      'advance_workflow',
      'resume_workflow',
      'get_howto_create_workflow_content',
      'save_workflow',
    ]);
    for (const { inputSchema, outputSchema, annotations } of tools) {
      expect(inputSchema.type).toBe('object');
      expect(outputSchema).toMatchObject({ type: 'object' });
      expect(outputSchema).not.toHaveProperty('required');
      expect(Object.keys(annotations ?? {}).toSorted()).toEqual([
        'destructiveHint',
        'idempotentHint',
        'openWorldHint',
        'readOnlyHint',
      ]);
    }
    expect(client.getInstructions()).toContain('start_workflow');
  });

  it('conducts a workflow, reading structured content or text', async () => {
    const started = await call('start_workflow', { workflow_name: 'DEMO', context: { branch: 'main' } });
    const id = String(started.structuredContent?.['instance_id']);
    expect(started.structuredContent).toEqual({
      instance_id: id,
      workflow_name: 'DEMO',
      status: 'RUNNING',
      current_context: { branch: 'main' },
      step_token: 'token-1',
      next_step: {
        step_name: 'Build',
        instructions: 'Do Build.',
        outcomes: [
          { id: 'test', when: 'it compiles', to: 'Test' },
          { id: 'stay', when: 'it does not', to: 'Build' },
          { id: 'finish', when: '', to: 'FINISH' },
          { id: 'halt', when: 'the disk burns', to: 'HALT' },
        ],
        expects: ['test_output'],
      },
      decided: { by: 'prose', because: 'If it compiles, go to Test.' },
    });
    const text = started.content[0]?.text ?? '';
    for (const part of [
      id,
      'token-1',
      'Do Build.',
      'halt',
      'test_output',
      'If it compiles',
      '"branch":"main"',
    ]) {
      expect(text).toContain(part);
    }
    const advanced = await call('advance_workflow', {
      instance_id: id,
      step_token: 'token-1',
      report: { status: 'success', outcome: 'stay' },
      context_updates: { tries: 1 },
    });
    expect(advanced.structuredContent).toMatchObject({ current_context: { branch: 'main', tries: 1 } });
    const status = await call('get_workflow_status', { instance_id: id });
    expect(status.structuredContent).toMatchObject({
      instance_id: id,
      workflow_name: 'DEMO',
      current_step_name: 'Build',
      status: 'RUNNING',
      context: { branch: 'main' },
      created_at: '2026-11-20T08:00:00.000Z',
      updated_at: '2026-11-20T08:00:00.001Z',
      completed_at: null,
      next_step: { instructions: 'Do Build.' },
    });
    const resumed = await call('resume_workflow', { instance_id: id, assumed_current_step_name: 'Build' });
    expect(resumed.structuredContent).toMatchObject({
      since: [{ at: '2026-11-20T08:00:00.000Z', from: 'Build', to: 'Test', because: 'it compiled' }],
    });
  });

  it('is asked to decide what nothing else could', async () => {
    const report = { status: 'unsure' };
    const undecided = await call('advance_workflow', { instance_id: await start(), report });
    expect(undecided.isError).toBeFalsy();
    expect(undecided.structuredContent).toMatchObject({
      decision_required: {
        candidates: [{ id: 'test' }, { id: 'stay', to: 'Build' }, { id: 'finish' }, { id: 'halt' }],
        guidance: 'If it compiles, go to Test.',
      },
    });
    expect(undecided.structuredContent).not.toHaveProperty('decided');
    expect(undecided.content[0]?.text).toContain('report.outcome');
  });

  it('may wrap its arguments in input_data', async () => {
    const { structuredContent } = await call('start_workflow', {
      input_data: { workflow_name: 'DEMO', context: { a: 1 } },
    });
    expect(structuredContent).toMatchObject({ current_context: { a: 1 } });
  });

  it('reads lists, the guide and what was saved', async () => {
    const listed = await call('list_workflows');
    expect(listed.structuredContent).toMatchObject({
      workflows: [
        { id: 'DEMO', name: 'DEMO', description: 'Builds and tests.', steps: ['Build', 'Test'] },
        {
          name: 'BROKEN',
          faults: [{ file: 'index.md', line: 7, message: 'There is no file steps/gone.md.' }],
        },
      ],
    });
    expect(listed.content[0]?.text).toContain('BROKEN cannot be started');
    expect(listed.structuredContent).not.toHaveProperty('note');
    const guide = await call('get_howto_create_workflow_content', {});
    expect(guide.structuredContent).toEqual({ content: '# How to write a workflow' });
    const saved = await call('save_workflow', { workflow_name: 'NEW', files: { 'index.md': '# New' } });
    expect(saved.structuredContent).toEqual({ saved: true, path: '/workflows/NEW', warnings: [] });
  });

  it.each<readonly [string, object, string, string]>([
    ['advance_workflow', { report: { status: 'success' } }, 'MISSING_FIELD', 'instance_id is missing'],
    ['advance_workflow', { instance_id: 'x', report: {} }, 'MISSING_FIELD', 'report.status is missing'],
    [
      'advance_workflow',
      { instance_id: 'x', report: 'done' },
      'INVALID_TYPE',
      'report is a string; expected an object',
    ],
    [
      'advance_workflow',
      { instance_id: 'x', report: { status: 1 } },
      'INVALID_TYPE',
      'report.status is a number',
    ],
    ['start_workflow', { workflow_name: 'DEMO', context: [] }, 'INVALID_TYPE', 'context is an array'],
    ['start_workflow', { input_data: 'DEMO' }, 'INVALID_TYPE', 'input_data is a string'],
    ['start_workflow', { workflow_name: '' }, 'INVALID_FORMAT', 'workflow_name is empty'],
    ['start_workflow', { workflow_name: 'x'.repeat(600) }, 'INVALID_FORMAT', 'expected at most 512'],
    ['save_workflow', { workflow_name: 'A', files: { 'index.md': 1 } }, 'INVALID_TYPE', 'files["index.md"]'],
    ['get_workflow_status', { instance_id: 'nobody' }, 'INSTANCE_NOT_FOUND', 'No instance nobody'],
  ])('learns what was wrong with %s %j', async (...row) => {
    const [tool, args, code, message] = row;
    const result = await call(tool, args);
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toMatchObject({
      error_code: code,
      message: expect.stringContaining(message) as string,
    });
    expect(result.content[0]?.text).toContain(code);
  });

  it('learns the faults that keep a workflow from starting or being saved', async () => {
    const args = { workflow_name: 'BROKEN', files: {} };
    for (const [tool, code] of [
      ['start_workflow', 'DEFINITION_NOT_FOUND'],
      ['save_workflow', 'DEFINITION_INVALID'],
    ] as const) {
      const { structuredContent, content } = await call(tool, args);
      expect(structuredContent).toMatchObject({ error_code: code, faults: [{ file: 'index.md', line: 7 }] });
      expect(content[0]?.text).toContain('index.md:7');
    }
  });

  it('is told an id, and no more, of a failure inside', async () => {
    const result = await call('advance_workflow', {
      instance_id: await start(),
      report: { status: 'explode' },
    });
    expect(result.structuredContent).toMatchObject({ error_code: 'INTERNAL_ERROR' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(result.structuredContent?.['message']).toMatch(/[0-9a-f-]{36}/);
  });

  it('is refused tools that do not exist, and arguments that are none', async () => {
    await expect(call('cancel_workflow', { instance_id: 'x' })).rejects.toMatchObject({ code: -32_602 });
    // A client that checks what it sends is as good.
    await expect(call('list_workflows', 'all')).rejects.toThrow(/arguments|object|record/i);
  });

  it('keeps inert what looks like a prototype', async () => {
    const context = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as object;
    const { structuredContent } = await call('start_workflow', { workflow_name: 'DEMO', context });
    expect(structuredContent).toMatchObject({ current_context: { a: 1 } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('refuses a context deeper than 64 levels', async () => {
    let context: object = {};
    for (let depth = 0; depth < 66; depth += 1) context = { context };
    const result = await call('start_workflow', { workflow_name: 'DEMO', context });
    expect(result.structuredContent).toMatchObject({ error_code: 'INVALID_FORMAT' });
  });

  it('reads definitions, graphs and its own instances as resources', async () => {
    const { resources } = await client.listResources();
    expect(resources.map((each) => each.uri)).toEqual(['workflow://DEMO', 'workflow://DEMO/graph']);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map((each) => each.uriTemplate)).toEqual([
      'workflow://{name}',
      'workflow://{name}/graph',
      'instance://{id}',
    ]);
    const read = async (uri: string) =>
      (await client.readResource({ uri })).contents[0] as { text: string; mimeType: string };
    const definition = await read('workflow://DEMO');
    expect(definition.mimeType).toBe('text/markdown');
    expect(definition.text).toContain('## Step: Test');
    expect((await read('workflow://DEMO/graph')).text).toContain('flowchart');
    const id = await start();
    expect(JSON.parse((await read(`instance://${id}`)).text)).toMatchObject({
      instance_id: id,
      status: 'RUNNING',
    });
  });

  it.each([
    'workflow://NONE',
    'workflow://%ff',
    'workflow://..%2f..%2fetc',
    'instance://nobody',
    'file:///etc/passwd',
  ])('is told that %s is not there', async (uri) => {
    await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32_602, data: { uri } });
  });

  it('offers a prompt for each workflow that can be started', async () => {
    const { prompts } = await client.listPrompts();
    expect(prompts).toMatchObject([{ name: 'DEMO', arguments: [{ name: 'context', required: false }] }]);
    const { messages } = await client.getPrompt({ name: 'DEMO', arguments: { context: 'branch main' } });
    expect(messages[0]?.content).toMatchObject({ text: expect.stringContaining('branch main') as string });
    await expect(client.getPrompt({ name: 'BROKEN' })).rejects.toMatchObject({ code: -32_602 });
  });

  it('completes names and ids', async () => {
    const id = await start();
    const ask = async (uri: string, argument: { name: string; value: string }) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument })).completion.values;
    expect(await ask('workflow://{name}', { name: 'name', value: 'd' })).toEqual(['DEMO']);
    expect(await ask('instance://{id}', { name: 'id', value: id.slice(0, 8) })).toEqual([id]);
    expect(await ask('other://{x}', { name: 'x', value: '' })).toEqual([]);
  });
});
