import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Client } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import type { CallOutcome, ServerView, ToolView } from '../src/core/gateway/gateway.ts';
import type { Grants } from '../src/core/kernel/caller.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import { toPayload } from '../src/core/kernel/payload.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import type { Approval } from '../src/core/kernel/approval.ts';
import { createMcpFace } from '../src/surfaces/mcp/face.ts';
import { serveStdio } from '../src/surfaces/mcp/stdio.ts';
import { toResultText, toResultValue } from '../src/surfaces/mcp/reply.ts';
import { toolsOf } from '../src/surfaces/mcp/toolsets.ts';
import type { Toolset } from '../src/surfaces/mcp/toolsets.ts';
import { fakeGateway } from './support/fake-gateway.ts';
import type { FakeGateway, GatewayScript } from './support/fake-gateway.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import { newClient } from './support/faces.ts';
import { ask } from './support/http-peer.ts';
import { httpWire } from './support/raw-wires.ts';
import type { RawWire } from './support/raw-wires.ts';

const me = { owner: 'local' };
const AT = Date.UTC(2026, 10, 20, 8);
const facts = { callId: 'c1', server: 'files', tool: 'read', cached: true, durationMs: 3, attempts: 1 };
const approval: Approval = {
  id: 'a1',
  owner: 'local',
  server: 'files',
  tool: 'delete_file',
  arguments: { path: '/tmp/\u001b[31mx' },
  digest: 'd',
  risk: 'destructive',
  reason: 'Destructive calls need a person.',
  requestedBy: 'ada',
  instance: null,
  status: 'pending',
  decidedBy: null,
  createdAt: AT,
  decidedAt: null,
  expiresAt: AT + 60_000,
};
const view = (name: string, risk: ToolView['risk']): ToolView => ({
  name,
  server: 'files',
  title: 'T',
  description: `does ${risk}\u202e things`,
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
  risk,
  costMicros: 1_500_000,
  available: risk !== 'unknown',
});
const servers: readonly ServerView[] = [
  {
    name: 'files',
    description: 'local files',
    status: 'ready',
    tools: 3,
    held: [],
    dropped: [],
    budget: [{ per: 'day', kind: 'cost', spent: 500_000, of: 2_000_000 }],
  },
  {
    name: 'git',
    description: '',
    status: 'down',
    tools: 0,
    held: [{ kind: 'tool', name: 'push', reason: 'changed', findings: [], diff: [] }],
    dropped: [{ name: 'bad', reason: 'no schema' }],
    error: 'it\u0007 left',
    loginUrl: 'https://login',
  },
];
const views = [
  view('files__read', 'read'),
  view('files__write', 'write'),
  view('files__rm', 'destructive'),
  view('files__odd', 'unknown'),
];
const result = (value: JsonObject): CallOutcome => ({ kind: 'result', payload: toPayload(value), facts });

const script: GatewayScript = {
  views,
  servers,
  approvals: [approval],
  tools: [
    { name: 'files__read', description: 'Reads.', inputSchema: { type: 'object' } },
    { name: 'call_tool', inputSchema: { type: 'object' } },
  ],
  prompts: [{ name: 'files__summary' }],
  resources: [{ uri: 'file:///a', name: 'a' }],
  resourceTemplates: [{ uriTemplate: 'file:///{path}', name: 'any file' }],
  results: { r1: 'abcdefghijklmnopqrstuvwxyz' },
  call: async ({ name, arguments: given }) => {
    if (name === 'files__rm') return { kind: 'approval', approval };
    if (name === 'files__odd') throw new TuttiError('policy/denied', 'A rule forbids it.');
    if (name === 'files__write')
      return {
        kind: 'error',
        error: { code: -32_021, message: 'you cannot elicit', data: { requiredCapabilities: {} } },
        facts,
      };
    return result({ content: [{ type: 'text', text: JSON.stringify(given) }] });
  },
  forward: async (method, params) => {
    if (method === 'resources/read' && params['uri'] !== 'file:///a')
      throw new TuttiError('tool/not-found', 'no such resource');
    if (method === 'resources/read')
      return result({
        contents: [{ uri: 'file:///a', text: 'A' }],
        ttlMs: 9,
        cacheScope: 'public',
        resultType: 'complete',
      });
    return result({});
  },
};

let closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.map(async (close) => await close()));
  closing = [];
});

interface Open {
  readonly wire: RawWire & { readonly url: string };
  readonly fake: FakeGateway;
  readonly call: (name: string, args?: JsonObject) => Promise<JsonObject>;
}

async function open(
  toolsets: readonly Toolset[],
  options: {
    readonly script?: GatewayScript;
    readonly era?: 'legacy' | 'modern';
    readonly shortPath?: boolean;
    readonly grants?: Grants;
  } = {},
): Promise<Open> {
  const fake = fakeGateway(options.script ?? script);
  const { orchestrator } = fakeOrchestrator(fake.gateway);
  const { build, short, watch } = createMcpFace({
    orchestrator,
    telemetry: silentTelemetry(),
    version: '1',
    toolsets,
    shortPath: options.shortPath ?? true,
  });
  const caller = { owner: 'local', ...(options.grants && { grants: options.grants }) };
  const wire = await httpWire(
    { build: () => build(caller), caller, ...(short && { short }), watch, gateway: fake.gateway },
    { era: options.era ?? 'modern' },
  );
  closing.push(async () => await wire.close());
  const call = async (name: string, args: JsonObject = {}): Promise<JsonObject> => {
    const { messages } = await wire.request('tools/call', { name, arguments: args });
    const said = messages.at(-1);
    if (said?.error) throw Object.assign(new Error(String(said.error['message'])), said.error);
    return said?.result ?? {};
  };
  return { wire, fake, call };
}

const textOf = (value: JsonObject): string =>
  String((value['content'] as unknown as { text: string }[])[0]?.text);

describe('the toolset gateway', () => {
  it('costs a model little', () => {
    const read = (toolsets: readonly Toolset[]): number =>
      JSON.stringify(
        toolsOf(toolsets).map(({ definition: { name, description, inputSchema } }) => ({
          name,
          description,
          inputSchema,
        })),
      ).length;
    // About four characters a token.
    expect(read(['gateway'])).toBeLessThan(900 * 4);
    expect(read(['workflows', 'gateway'])).toBeLessThan(1900 * 4);
  });

  it('lists its six tools, or the split ones in the place of call_tool', () => {
    const names = (toolsets: readonly Toolset[]) => toolsOf(toolsets).map((each) => each.definition.name);
    expect(names(['gateway'])).toEqual([
      'find_tools',
      'describe_tool',
      'call_tool',
      'list_servers',
      'list_approvals',
      'get_approval',
    ]);
    expect(names(['gateway', 'gateway-split'])).toEqual([
      'find_tools',
      'describe_tool',
      'list_servers',
      'list_approvals',
      'get_approval',
      'call_tool_read',
      'call_tool_write',
      'call_tool_destructive',
    ]);
  });

  it('finds and describes tools', async () => {
    const { call, fake } = await open(['gateway']);
    const found = await call('find_tools', { query: 'read', limit: 3, server: 'files' });
    expect(found['structuredContent']).toEqual({
      tools: [
        {
          name: 'files__read',
          server: 'files',
          title: 'T',
          description: 'does read\u202e things',
          score: 2,
          risk: 'read',
        },
      ],
      confidence: 0.8,
    });
    expect(textOf(found)).toContain('- files__read (read): does read things');
    expect(fake.calls.at(-1)?.input).toEqual({ query: 'read', limit: 3, server: 'files' });
    expect(textOf(await call('find_tools', { query: 'nothing like it' }))).toContain('No tool fits');
    expect(fake.calls.at(-1)?.input).toEqual({ query: 'nothing like it', limit: 8 });
    const described = await call('describe_tool', { names: ['files__odd', 'files__read'] });
    expect(described['structuredContent']).toMatchObject({
      tools: [
        {
          name: 'files__odd',
          risk: 'unknown',
          available: false,
          cost: 1.5,
          inputSchema: { type: 'object' },
          outputSchema: { type: 'object' },
          annotations: { readOnlyHint: true },
        },
        { name: 'files__read', available: true },
      ],
    });
    expect(textOf(described)).toContain('its server is down');
    expect((await call('describe_tool', { name: 'files__read' }))['structuredContent']).toMatchObject({
      tools: [{ name: 'files__read' }],
    });
    expect(await call('describe_tool', {})).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'MISSING_FIELD' },
    });
    expect(await call('describe_tool', { names: [7] })).toMatchObject({
      structuredContent: {
        error_code: 'INVALID_TYPE',
        message: expect.stringContaining('names.0') as string,
      },
    });
    expect(await call('describe_tool', { name: 'nobody' })).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'TOOL_NOT_FOUND' },
    });
  });

  it('tells of servers, and what is wrong with them', async () => {
    const { call } = await open(['gateway']);
    const listed = await call('list_servers');
    expect(listed['structuredContent']).toEqual({
      servers: [
        {
          name: 'files',
          description: 'local files',
          status: 'ready',
          tools: 3,
          budget: [{ per: 'day', kind: 'cost', spent: 0.5, of: 2 }],
        },
        {
          name: 'git',
          description: '',
          status: 'down',
          tools: 0,
          error: 'it\u0007 left',
          login_url: 'https://login',
          held: [{ kind: 'tool', name: 'push', reason: 'changed' }],
          dropped: [{ name: 'bad', reason: 'no schema' }],
        },
      ],
    });
    expect(textOf(listed)).toContain(
      '- git: down, 0 tools. Error: it left. Login needed: https://login. Held until approved: push',
    );
  });

  it('passes a call on, with key and session, and says how the answer came about', async () => {
    const { call, fake } = await open(['gateway']);
    const answered = await call('call_tool', {
      name: 'files__read',
      arguments: { path: 'a' },
      idempotency_key: 'k',
      session_id: 's',
    });
    expect(answered['content']).toEqual([{ type: 'text', text: '{"path":"a"}' }]);
    expect(answered['_meta']).toMatchObject({
      tutti: { server: 'files', cached: true, duration_ms: 3, attempts: 1, call_id: 'c1' },
    });
    expect(fake.calls.at(-1)?.input).toEqual({
      name: 'files__read',
      arguments: { path: 'a' },
      idempotencyKey: 'k',
      session: 's',
    });
    expect(await call('call_tool', { name: 'files__odd' })).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'POLICY_DENIED', message: 'A rule forbids it.' },
    });
    expect(await call('call_tool', { name: 'files__read', arguments: [1] as never })).toMatchObject({
      structuredContent: { error_code: 'INVALID_TYPE' },
    });
  });

  it('answers a call that a person must approve plainly, and lets nobody but a person decide', async () => {
    const { call, fake } = await open(['gateway']);
    const waiting = await call('call_tool', { name: 'files__rm' });
    expect(waiting['isError']).toBeUndefined();
    const told = {
      approval_id: 'a1',
      server: 'files',
      tool: 'delete_file',
      arguments: { path: '/tmp/\u001b[31mx' },
      risk: 'destructive',
      requested_by: 'ada',
      reason: 'Destructive calls need a person.',
      expires_at: '2026-11-20T08:01:00.000Z',
      status: 'pending',
    };
    expect(waiting['structuredContent']).toMatchObject({ kind: 'approval', approval: told });
    expect(textOf(waiting)).toMatch(/A person must decide.*tutti approvals approve a1.*same call again/s);
    expect((await call('list_approvals', { status: 'pending' }))['structuredContent']).toEqual({
      approvals: [told],
    });
    expect(fake.calls.at(-1)?.input).toEqual({ status: 'pending' });
    expect(textOf(await call('list_approvals', { status: 'used' }))).toBe('No approvals.');
    expect(await call('list_approvals', { status: 'lost' })).toMatchObject({
      structuredContent: { error_code: 'INVALID_FORMAT' },
    });
    const one = await call('get_approval', { approval_id: 'a1' });
    expect(one['structuredContent']).toEqual(told);
    expect(textOf(one)).not.toContain('\u001b');
    expect(await call('get_approval', { approval_id: 'a2' })).toMatchObject({
      structuredContent: { error_code: 'APPROVAL_NOT_FOUND' },
    });
    const names = toolsOf(['workflows', 'workflows-admin', 'gateway', 'gateway-split']).map(
      (each) => each.definition.name,
    );
    expect(names.filter((each) => /approv|decide|deny/.test(each))).toEqual([
      'list_approvals',
      'get_approval',
    ]);
  });

  it.each([true, false])(
    'never tells of the other hop as if it were this one (short path: %s)',
    async (shortPath) => {
      const { call } = await open(['gateway'], { shortPath });
      await expect(call('call_tool', { name: 'files__write' })).rejects.toMatchObject({
        code: -32_603,
        message: expect.stringMatching(/files refused.*-32021.*you cannot elicit/) as string,
      });
    },
  );

  it.each([
    ['call_tool_read', 'files__write', 'call_tool_write'],
    ['call_tool_read', 'files__rm', 'call_tool_destructive'],
    ['call_tool_write', 'files__odd', 'call_tool_destructive'],
  ])('%s refuses %s and names %s', async (tool, name, right) => {
    const { call, fake } = await open(['gateway-split']);
    const refused = await call(tool, { name });
    expect(refused).toMatchObject({
      isError: true,
      structuredContent: {
        error_code: 'POLICY_DENIED',
        message: expect.stringContaining(`Use ${right}.`) as string,
      },
    });
    expect(fake.calls.some((each) => each.method === 'call')).toBe(false);
    expect(await call('call_tool_read', { name: 'files__read' })).not.toHaveProperty('isError');
    expect(await call('call_tool_destructive', { name: 'files__rm' })).toMatchObject({
      structuredContent: { kind: 'approval' },
    });
  });
});

describe.each([true, false])('what passes through (short path: %s)', (shortPath) => {
  const names = async ({ wire }: Open): Promise<unknown[]> => {
    const tools = (await wire.request('tools/list')).messages.at(-1)?.result?.['tools'] as JsonObject[];
    return tools.map((each) => each['name']);
  };

  it('is listed beside ours when it is asked for; a name of ours stays ours', async () => {
    expect(await names(await open(['gateway-all'], { shortPath }))).toEqual(['files__read', 'call_tool']);
    const both = await names(await open(['gateway', 'gateway-all'], { shortPath }));
    expect(both.filter((each) => each === 'call_tool')).toHaveLength(1);
    expect(both).toContain('files__read');
  });

  it('is listed for the clients that the gateway exposes it to', async () => {
    const to = (name: string) => ({
      ...script,
      exposesDirectly: (client: string | undefined) => client === name,
    });
    expect(await names(await open(['gateway'], { shortPath, script: to('raw') }))).toContain('files__read');
    expect(await names(await open(['gateway'], { shortPath, script: to('raw'), era: 'legacy' }))).toContain(
      'files__read',
    );
    const hidden = await open(['gateway'], { shortPath, script: to('other') });
    expect(await names(hidden)).not.toContain('files__read');
    await expect(hidden.call('files__read')).rejects.toMatchObject({ code: -32_602 });
    expect(hidden.fake.calls).toEqual([]);
  });

  it('is reached by its name, with the trace of the request and nothing else of it', async () => {
    const { wire, fake } = await open(['gateway-all'], { shortPath });
    const meta = { traceparent: '00-a-b-01', progressToken: 1 };
    await wire.request('tools/call', { name: 'files__read', arguments: {}, _meta: meta });
    const { input, channel, caller } = fake.calls.at(-1) ?? {};
    expect(input).toMatchObject({ name: 'files__read', meta: { traceparent: '00-a-b-01' } });
    expect(JSON.stringify((input as { meta: JsonObject }).meta)).not.toContain('clientInfo');
    expect(channel?.repeats).toBe(true);
    expect(channel?.onProgress).toBeTypeOf('function');
    expect(caller).toMatchObject({ owner: 'local' });
  });

  it('is as absent as what is not there for credentials that do not admit to it', async () => {
    const opened = await open(['workflows', 'gateway', 'gateway-all'], {
      shortPath,
      grants: { toolsets: ['workflows'] },
    });
    const listed = await names(opened);
    expect(listed).toContain('list_workflows');
    expect(listed).not.toContain('files__read');
    expect(listed).not.toContain('call_tool');
    await expect(opened.call('files__read')).rejects.toMatchObject({ code: -32_602 });
    await expect(opened.call('call_tool', { name: 'files__read' })).rejects.toMatchObject({ code: -32_602 });
    expect(
      await names(await open(['workflows', 'gateway'], { shortPath, grants: { toolsets: [] } })),
    ).toEqual([]);
  });

  it('is refused before it leaves when its arguments are too deep', async () => {
    let deep: JsonObject = {};
    for (let at = 0; at < 70; at += 1) deep = { deep };
    const { call, fake } = await open(['gateway-all'], { shortPath });
    expect(await call('files__read', deep)).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'INVALID_FORMAT' },
    });
    expect(fake.calls).toEqual([]);
  });
});

describe('resources and prompts', () => {
  const request = async ({ wire }: Open, method: string, params: JsonObject = {}) =>
    (await wire.request(method, params)).messages.at(-1);

  it('of the servers are listed and read beside ours', async () => {
    const opened = await open(['workflows', 'gateway-all']);
    const listed = (await request(opened, 'resources/list'))?.result?.['resources'] as JsonObject[];
    expect(listed.map((each) => each['uri'])).toEqual([
      'workflow://DEMO',
      'workflow://DEMO/graph',
      'file:///a',
    ]);
    const templates = (await request(opened, 'resources/templates/list'))?.result?.[
      'resourceTemplates'
    ] as JsonObject[];
    expect(templates.map((each) => each['uriTemplate'])).toEqual([
      'workflow://{name}',
      'workflow://{name}/graph',
      'instance://{id}',
      'tutti://result/{id}{?offset,limit,grep,path}',
      'file:///{path}',
    ]);
    const prompts = (await request(opened, 'prompts/list'))?.result?.['prompts'] as JsonObject[];
    expect(prompts.map((each) => each['name'])).toEqual(['DEMO', 'files__summary']);
    // What one server lets everybody keep is one caller's alone here.
    expect((await request(opened, 'resources/read', { uri: 'file:///a' }))?.result).toMatchObject({
      contents: [{ text: 'A' }],
      ttlMs: 9,
      cacheScope: 'private',
    });
    expect((await request(opened, 'resources/read', { uri: 'file:///b' }))?.error).toMatchObject({
      code: -32_602,
    });
    const forwarded = opened.fake.calls.map((each) => each.method);
    await request(opened, 'resources/read', { uri: 'workflow://DEMO' });
    expect(opened.fake.calls.map((each) => each.method)).toEqual(forwarded);
  });

  it('of the servers stay out of sight without a toolset that passes them through', async () => {
    const opened = await open(['workflows', 'gateway']);
    const listed = (await request(opened, 'resources/list'))?.result?.['resources'] as JsonObject[];
    expect(listed.map((each) => each['uri'])).not.toContain('file:///a');
    expect((await request(opened, 'resources/read', { uri: 'file:///a' }))?.error).toMatchObject({
      code: -32_602,
    });
    expect((await request(opened, 'prompts/get', { name: 'files__summary' }))?.error).toMatchObject({
      code: -32_602,
    });
    expect(opened.fake.calls).toEqual([]);
  });

  it('page through a stored result, each page naming the next', async () => {
    const opened = await open(['gateway']);
    const read = async (uri: string) => (await request(opened, 'resources/read', { uri }))?.result;
    const first = await read('tutti://result/r1');
    expect(first?.['_meta']).toMatchObject({
      tutti: { offset: 0, total_bytes: 26, next_offset: 10, next: 'tutti://result/r1?offset=10' },
    });
    expect(first?.['contents']).toMatchObject([
      { text: 'abcdefghij' },
      { text: expect.stringContaining('tutti://result/r1?offset=10') as string },
    ]);
    const last = await read('tutti://result/r1?offset=20&limit=10&grep=a%20b&path=%24.x');
    expect(last?.['contents']).toEqual([expect.objectContaining({ text: 'uvwxyz' })]);
    expect(opened.fake.calls.at(-1)?.input).toEqual({
      id: 'r1',
      query: { offset: 20, limit: 10, grep: 'a b', path: '$.x' },
    });
    for (const uri of [
      'tutti://result/r2',
      'tutti://result/..%2f',
      'tutti://other/r1',
      'tutti://result/r1?offset=-1',
      'tutti://result/r1?to=1',
    ]) {
      expect((await request(opened, 'resources/read', { uri }))?.error).toMatchObject({ code: -32_602 });
    }
  });
});

describe('changes of what passes through', () => {
  /** Changes everything, again and again, until the client has heard of it: its stream opens when it likes. */
  const heardBy = async (client: Client, fake: FakeGateway): Promise<ReadonlySet<string>> => {
    const heard = new Set<string>();
    client.setNotificationHandler('notifications/tools/list_changed', async () => void heard.add('tools'));
    client.setNotificationHandler(
      'notifications/prompts/list_changed',
      async () => void heard.add('prompts'),
    );
    client.setNotificationHandler(
      'notifications/resources/list_changed',
      async () => void heard.add('resources'),
    );
    await expect
      .poll(() => {
        for (const what of ['tools', 'prompts', 'resources'] as const) fake.change(what);
        return heard.size;
      })
      .toBe(3);
    return heard;
  };

  it('reach an older client, which also hears of resources it subscribed to and of no others', async () => {
    const { wire, fake } = await open(['gateway-all'], { era: 'legacy' });
    const client = newClient('legacy');
    closing.push(async () => await client.close());
    await client.connect(new StreamableHTTPClientTransport(new URL(wire.url)));
    const updated: string[] = [];
    const told = Promise.withResolvers<void>();
    client.setNotificationHandler('notifications/resources/updated', async ({ params }) => {
      updated.push(params.uri);
      told.resolve();
    });
    await heardBy(client, fake);
    await client.subscribeResource({ uri: 'file:///a' });
    expect(fake.calls.at(-1)).toMatchObject({ method: 'resources/subscribe', input: { uri: 'file:///a' } });
    fake.update('file:///other');
    fake.update('file:///a');
    await told.promise;
    expect(updated).toEqual(['file:///a']);
    await client.unsubscribeResource({ uri: 'file:///a' });
    expect(fake.calls.at(-1)?.method).toBe('resources/unsubscribe');
    const { listeners } = fake;
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    await expect.poll(() => fake.listeners).toBeLessThan(listeners);
  });

  it('reach a new client that asked for them, and of resources those it named', async () => {
    const { wire, fake } = await open(['gateway-all']);
    const client = newClient('modern');
    closing.push(async () => await client.close());
    await client.connect(new StreamableHTTPClientTransport(new URL(wire.url)));
    const updated = new Set<string>();
    client.setNotificationHandler(
      'notifications/resources/updated',
      async ({ params }) => void updated.add(params.uri),
    );
    const subscription = await client.listen({
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: ['file:///a'],
    });
    await heardBy(client, fake);
    await expect
      .poll(() => {
        fake.update('file:///other');
        fake.update('file:///a');
        return [...updated];
      })
      .toEqual(['file:///a']);
    const subscribed = (): readonly unknown[] =>
      fake.calls
        .filter((each) => each.method.startsWith('resources/'))
        .map((each) => [each.method, each.input]);
    expect(subscribed()).toEqual([['resources/subscribe', { uri: 'file:///a' }]]);
    await subscription.close();
    await expect.poll(subscribed).toEqual([
      ['resources/subscribe', { uri: 'file:///a' }],
      ['resources/unsubscribe', { uri: 'file:///a' }],
    ]);
  });

  it('reach an older client over stdio, and nobody after it left', async () => {
    const fake = fakeGateway(script);
    const { orchestrator } = fakeOrchestrator(fake.gateway);
    const face = createMcpFace({
      orchestrator,
      telemetry: silentTelemetry(),
      version: '1',
      toolsets: ['gateway-all'],
    });
    const [input, output] = [new PassThrough(), new PassThrough()];
    const connection = serveStdio({
      build: () => face.build(me),
      ...(face.short && { short: { path: face.short, caller: me } }),
      telemetry: silentTelemetry(),
      gateway: fake.gateway,
      input,
      output,
    });
    const lines = createInterface({ input: output })[Symbol.asyncIterator]();
    const next = async (): Promise<JsonObject> =>
      JSON.parse(String((await lines.next()).value)) as JsonObject;
    const send = (message: JsonObject) => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'x', version: '1' };
    send({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
    });
    expect((await next())['result']).toMatchObject({
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
    });
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'resources/subscribe', params: { uri: 'file:///a' } });
    await next();
    fake.change('tools');
    fake.update('file:///b');
    fake.update('file:///a');
    expect(await next()).toMatchObject({ method: 'notifications/tools/list_changed' });
    expect(await next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'file:///a' },
    });
    await connection.close();
    expect(fake.listeners).toBe(0);
  });
});

describe('headers that disagree with the body', () => {
  const body = (name: string) =>
    JSON.stringify({
      jsonrpc: '2.0',
      id: 9,
      method: 'tools/call',
      params: {
        name,
        arguments: {},
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    });
  const headers = (more: Record<string, string>) => ({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'files__read',
    ...more,
  });

  it.each([
    { 'mcp-name': 'files__rm' },
    { 'mcp-name': 'Files__read' },
    { 'mcp-name': 'files__read, files__read' },
    { 'mcp-name': '=?base64?ZmlsZXNfX3Jt?=' },
    { 'mcp-method': 'tools/list' },
    { 'mcp-method': 'TOOLS/CALL' },
    { 'mcp-protocol-version': '2025-11-25' },
  ])('are refused, and nothing is called: %j', async (more) => {
    const { wire, fake } = await open(['gateway-all']);
    const answer = await ask(wire.url, { headers: headers(more), body: body('files__read') });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: -32_020 } });
    expect(fake.calls).toEqual([]);
  });

  it('and agree once decoded are taken', async () => {
    const { wire } = await open(['gateway-all']);
    const encoded = `=?base64?${Buffer.from('files__read').toString('base64')}?=`;
    const answer = await ask(wire.url, {
      headers: headers({ 'mcp-name': encoded }),
      body: body('files__read'),
    });
    expect(answer.status).toBe(200);
  });
});

describe('the text of a result', () => {
  const identity = { name: 'tutti', title: 'Tutti', version: '1' };
  const who = { 'io.modelcontextprotocol/serverInfo': identity };
  const payloads: readonly string[] = [
    '{"content":[]}',
    '{"content":[{"type":"text","text":"}"}]}',
    '{ "content" : [ ] }  ',
    '{"content":[],\n"isError":true\r\n}',
    '{"content":[],"_meta":{"a":1}}',
    '{"content":[],"resultType":"complete"}',
    '{"structuredContent":[1,2],"content":[]}',
    '{"structuredContent":7,"content":[{"type":"text","text":"seven"}]}',
    '{}',
    '{"isError":true}',
  ];

  it.each(payloads)('means what the SDK is told, in one line: %j', (text) => {
    const payload = { bytes: Buffer.from(text), value: JSON.parse(text) as JsonObject };
    const reply = { kind: 'payload', payload, facts: { server: 's' } } as const;
    for (const era of ['legacy', 'modern'] as const) {
      const written = toResultText(reply, era, identity).toString('utf8');
      const value = toResultValue(reply, era);
      const more =
        era === 'modern'
          ? { resultType: 'complete', _meta: { ...(value['_meta'] as JsonObject), ...who } }
          : {};
      expect(JSON.parse(written)).toEqual({ ...value, ...more });
      expect(written).not.toMatch(/[\r\n]/);
    }
  });
});
