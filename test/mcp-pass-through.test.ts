import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import { createDesk } from '../src/surfaces/mcp/desk.ts';
import { createMcpFace } from '../src/surfaces/mcp/face.ts';
import { stringOf } from '../src/surfaces/mcp/answer-text.ts';
import { toResultText, toResultValue } from '../src/surfaces/mcp/reply.ts';
import { serveStdio } from '../src/surfaces/mcp/stdio.ts';
import { newClient } from './support/faces.ts';
import { fakeGateway } from './support/fake-gateway.ts';
import type { FakeGateway } from './support/fake-gateway.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import { closeAfterwards, me, openFace, script } from './support/gateway-face.ts';
import type { OpenedFace } from './support/gateway-face.ts';
import type { Toolset } from '../src/surfaces/mcp/toolsets.ts';
import { ask } from './support/http-peer.ts';

describe('resources and prompts', () => {
  it('of servers give way to those of states of the same name, where these are served', async () => {
    const prompts = [{ name: 'planning_prompt', description: 'of a server' }];
    const open = async (toolsets: readonly Toolset[]) => {
      const opened = await openFace(toolsets, { script: { ...script, prompts } });
      const listed = (await request(opened, 'prompts/list'))?.result?.['prompts'] as JsonObject[];
      await request(opened, 'prompts/get', { name: 'planning_prompt' });
      const ref = { type: 'ref/prompt', name: 'planning_prompt' };
      await request(opened, 'completion/complete', { ref, argument: { name: 'a', value: 'b' } });
      const forwarded = opened.fake.calls.map(({ method }) => method);
      return { named: listed.filter(({ name }) => name === 'planning_prompt'), forwarded };
    };
    expect(await open(['gateway-all', 'agent'])).toMatchObject({
      named: [{ title: 'PLANNING of agent' }],
      forwarded: [],
    });
    expect(await open(['gateway-all'])).toEqual({
      named: prompts,
      forwarded: ['prompts/get', 'completion/complete'],
    });
  });

  const request = async ({ wire }: OpenedFace, method: string, params: JsonObject = {}) =>
    (await wire.request(method, params)).messages.at(-1);

  it('that are long names of nothing are not told back whole', async () => {
    // Names travel in headers, too, which are bounded.
    const long = 'q'.repeat(6_000);
    const prompt = { type: 'ref/prompt', name: long };
    const argument = { name: 'a', value: '' };
    for (const toolsets of [['workflows', 'gateway-all', 'agent'], ['workflows']] as const) {
      const opened = await openFace(toolsets);
      const asked: readonly (readonly [method: string, params: JsonObject])[] = [
        ...['', 'file:///', 'workflow://', 'plan://', 'session://', 'tutti://result/'].flatMap((scheme) =>
          ['resources/read', 'resources/subscribe', 'resources/unsubscribe'].map(
            (method) => [method, { uri: scheme + long }] as const,
          ),
        ),
        ['prompts/get', { name: long }],
        ['completion/complete', { ref: prompt, argument }],
        ['completion/complete', { ref: { type: 'ref/resource', uri: `file:///${long}` }, argument }],
        ['tools/call', { name: long, arguments: {} }],
        ['tools/call', { name: `files__${long}`, arguments: {} }],
        ['logging/setLevel', { level: long }],
      ];
      const told = await Promise.all(
        asked.map(async ([method, params]) => {
          const { length } = JSON.stringify(await request(opened, method, params));
          return length > 4_000 ? [method, length] : [];
        }),
      );
      expect(told.flat()).toEqual([]);
    }
  });

  it('of the servers are listed and read beside ours', async () => {
    const opened = await openFace(['workflows', 'gateway-all']);
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
    const opened = await openFace(['workflows', 'gateway']);
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

  it.each(['legacy', 'modern'] as const)(
    'and tools are listed without servers that are still being reached, which is said with each list (%s)',
    async (era) => {
      const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
      const whole = await openFace(['gateway-all'], { era });
      const missing = await openFace(['gateway-all'], { era, script: { ...script, connecting: ['git'] } });
      const sdk = { era, shortPath: false, script: { ...script, connecting: ['git'] } };
      const bySdk = await openFace(['gateway-all'], sdk);
      for (const method of lists) {
        const told = await Promise.all(
          [whole, missing, bySdk].map(async (each) => (await request(each, method))?.result),
        );
        const tutti = told.map((each) => (each?.['_meta'] as JsonObject | undefined)?.['tutti']);
        expect(tutti).toEqual([undefined, { connecting: ['git'] }, { connecting: ['git'] }]);
        const [, ...kept] = told.map((each) => each?.['ttlMs']);
        expect(kept).toEqual(era === 'modern' ? [5_000, 5_000] : [undefined, undefined]);
      }
    },
  );

  it('page through a stored result, each page naming the next', async () => {
    const opened = await openFace(['gateway']);
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

it('a tool is called whose server came while it was looked for', async () => {
  const fake = fakeGateway(script);
  let isThere = false;
  const { gateway } = fake;
  const empty = await fakeGateway().gateway.exposed(me);
  const { orchestrator } = fakeOrchestrator({
    ...gateway,
    exposed: async (caller) => (isThere ? await gateway.exposed(caller) : empty),
    listServers: async () => {
      isThere = true;
      return [];
    },
  });
  const desk = createDesk({ orchestrator, telemetry: silentTelemetry(), toolsets: ['gateway-all'] });
  const { signal } = new AbortController();
  const channel = { signal, capabilities: {}, repeats: false };
  const call = { caller: me, clientName: undefined, name: 'files__read', arguments: {}, channel };
  expect(await desk.call(call)).toMatchObject({ kind: 'payload' });
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
    const { wire, fake } = await openFace(['gateway-all'], { era: 'legacy' });
    const client = newClient('legacy');
    closeAfterwards(async () => await client.close());
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
    await client.subscribeResource({ uri: 'file:///b' });
    await client.subscribeResource({ uri: 'file:///b' });
    expect(fake.calls.filter(({ input }) => JSON.stringify(input).includes('/b'))).toHaveLength(1);
    const { listeners } = fake;
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    await expect.poll(() => fake.listeners).toBeLessThan(listeners);
    // Who leaves wants to hear of nothing any more.
    await expect
      .poll(() => fake.calls.at(-1))
      .toMatchObject({ method: 'resources/unsubscribe', input: { uri: 'file:///b' } });
  });

  it('reach a new client that asked for them, and of resources those it named', async () => {
    const { wire, fake } = await openFace(['gateway-all']);
    const client = newClient('modern');
    closeAfterwards(async () => await client.close());
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
    const { wire, fake } = await openFace(['gateway-all']);
    const answer = await ask(wire.url, { headers: headers(more), body: body('files__read') });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: -32_020 } });
    expect(fake.calls).toEqual([]);
  });

  it('and agree once decoded are taken', async () => {
    const { wire } = await openFace(['gateway-all']);
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
    '{"_meta":{"a":1},"content":[]}',
    '{"content":[], "_meta":{"a":1}}',
    '{"content":[],"_meta":{"a": 1}}',
    '{"content":[],"_meta":{}}',
    '{"content":[],"_meta":null}',
    '{"content":[],"_meta":{"tutti":{"server":"theirs"},"b":"\\u0061\\n"}}',
    '{"content":[],"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"theirs","version":"2"}}}',
    '{"content":[{"type":"text","text":"a","_meta":{"a":1}}]}',
    '{"content":[{"type":"text","text":",\\"_meta\\":{\\"a\\":1}"}],"_meta":{"a":1}}',
    `{"content":[{"type":"text","text":"${'long '.repeat(5_000)}"}],"_meta":{"a":1}}`,
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
      const written = stringOf(toResultText(reply, era, identity));
      const value = toResultValue(reply, era);
      const more =
        era === 'modern'
          ? { resultType: 'complete', _meta: { ...(value['_meta'] as JsonObject), ...who } }
          : {};
      expect(JSON.parse(written)).toEqual({ ...value, ...more });
      expect(written).not.toMatch(/[\r\n]/);
    }
  });

  it.each(['', ',"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1"}}'])(
    'is not copied where it is long: %j',
    (meta) => {
      const text = `{"content":[{"type":"text","text":"${'long '.repeat(5_000)}"}]${meta}}`;
      const payload = { bytes: Buffer.from(text), value: JSON.parse(text) as JsonObject };
      const [first] = toResultText({ kind: 'payload', payload }, 'modern', identity);
      expect(first).toMatchObject({ buffer: payload.bytes.buffer });
      expect(String(first)).toBe(text.slice(0, text.indexOf(']') + 1));
    },
  );

  it.each([{ facts: { server: 's', cached: false } }, {}])(
    'says who answers, and what is behind us: %j',
    (facts) => {
      const payload = { bytes: Buffer.from('{"content":[]}'), value: { content: [] } };
      const told = 'facts' in facts ? { tutti: facts.facts } : {};
      for (const each of [identity, { ...identity, name: 'other' }, identity]) {
        const written = (era: 'legacy' | 'modern') =>
          stringOf(toResultText({ kind: 'payload', payload, ...facts }, era, each));
        const meta = JSON.stringify({ ...told, 'io.modelcontextprotocol/serverInfo': each });
        expect(written('modern')).toBe(`{"content":[],"resultType":"complete","_meta":${meta}}`);
        expect(written('legacy')).toBe(`{"content":[],"_meta":${JSON.stringify(told)}}`);
      }
    },
  );
});
