import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { isJsonObject } from '../src/core/kernel/json.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import { createMcpFace } from '../src/surfaces/mcp/face.ts';
import type { ShortPath } from '../src/surfaces/mcp/short-path.ts';
import { startBehind } from './support/differential-server.ts';
import type { Behind } from './support/differential-server.ts';
import { TOOLS, fixtureGateway, fixtureServer, nextCancellation } from './support/differential-fixture.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import type { RequirementId } from './requirements.ts';
import { caller, httpClient, httpWire, stdioClient, stdioWire } from './support/raw-wires.ts';
import type { Heard, RawMessage, RawWire, Speaker } from './support/raw-wires.ts';

// What a server says directly, and what it says through us: the same, over both of our paths, both eras and both transports before us, and
// for a part of them also behind us. Documented differences: `_meta.tutti`, who the answer says it comes from, and how long it may be kept; of
// the whole product, that lists come in the order of names, that progress comes at most once a second, that questions say which server asks, and
// that control characters in results are taken out and told of; of a server of the older revisions, that structured results are objects.

/** Which requests the short path answered. */
const shortly: string[] = [];

function watched(path: ShortPath): ShortPath {
  const answer: ShortPath['answer'] = async (request, side) => {
    shortly.push(`${side.era} ${request.method} ${request.name}`);
    return await path.answer(request, side);
  };
  return { answer } as ShortPath;
}

function face(shortPath: boolean): Speaker {
  const { gateway } = fixtureGateway();
  const { orchestrator } = fakeOrchestrator(gateway);
  const { build, short } = createMcpFace({
    orchestrator,
    version: '1.2.3',
    telemetry: silentTelemetry(),
    toolsets: ['gateway-all'],
    shortPath,
  });
  return { build: () => build(caller), ...(short && { short: watched(short) }), gateway };
}

type Transport = 'HTTP' | 'stdio';

interface WireOptions {
  readonly era: 'legacy' | 'modern';
  readonly transport: Transport;
  readonly capabilities?: JsonObject;
}

interface Way {
  readonly name: string;
  readonly short: boolean;
  /** More than the surfaces had a hand in it. */
  readonly detours: boolean;
  /** The era of the server behind it; absent where there is only a gateway. */
  readonly behind?: Behind['era'];
  open(options: WireOptions): Promise<RawWire>;
}

const wires = { HTTP: httpWire, stdio: stdioWire };

/** The surfaces alone, in front of a gateway that makes no detours. */
const surfaces = (short: boolean): Way => ({
  name: `surfaces alone, by the ${short ? 'short path' : 'SDK'}`,
  short,
  detours: false,
  open: async ({ transport, ...options }) => await wires[transport](face(short), options),
});

const POLICY = { approve: [], resultMaxBytes: 1_000_000, unknownArguments: 'schema' };

/** The whole product, in front of the fixture as a server of its own: whatever era is spoken to us, `behind` says which one we speak to it. */
const product = (short: boolean, behind: Behind = { transport: 'HTTP', era: 'modern' }): Way => ({
  name: `whole product, by the ${short ? 'short path' : 'SDK'}, ${behind.era} over ${behind.transport} behind it`,
  short,
  detours: true,
  behind: behind.era,
  open: async ({ transport, ...options }) => {
    const { entry, close: closeBehind } = await startBehind(behind);
    const dir = mkdtempSync(join(tmpdir(), 'tutti-differential-'));
    const file = join(dir, 'tutti.config.json');
    const mcpServers = { fixture: { ...entry, prefix: false, trusted: true } };
    writeFileSync(file, JSON.stringify({ mcpServers, store: 'sqlite::memory:', policy: POLICY }));
    const config = loadConfig({ file, cwd: dir, env: {} });
    const app = await createApp(config, { telemetry: silentTelemetry(), shortPath: short });
    // A server that takes its time to start is not waited for by who lists.
    await app.orchestrator.gateway.operator.testServer('fixture');
    const toolsets = ['gateway-all'] as const;
    const wire =
      transport === 'HTTP'
        ? await httpClient((await app.serveHttp({ port: 0, toolsets })).url, options)
        : await stdioClient(async (streams) => await app.serveStdio({ ...streams, toolsets }), options);
    const close = async (): Promise<void> => {
      await wire.close();
      await app.close();
      await closeBehind();
      rmSync(dir, { recursive: true, force: true });
    };
    return { ...wire, close };
  },
});

const ways: readonly Way[] = [surfaces(true), surfaces(false), product(true)];
/** What the SDK reads of all that the product says meets each era and each transport once. */
const bySdk = product(false);
const matrix = (['legacy', 'modern'] as const).flatMap((era) =>
  (['HTTP', 'stdio'] as const).flatMap((transport) =>
    [...ways, ...((era === 'modern') === (transport === 'HTTP') ? [bySdk] : [])].map((way) => ({
      era,
      transport,
      name: way.name,
      way,
    })),
  ),
);

/** Other servers behind us: each for both eras before us, which meet both transports and both paths there. */
const others = (
  [
    { era: 'legacy', transport: 'HTTP', short: true, behind: { transport: 'stdio', era: 'modern' } },
    { era: 'modern', transport: 'stdio', short: false, behind: { transport: 'stdio', era: 'modern' } },
    { era: 'legacy', transport: 'stdio', short: false, behind: { transport: 'stdio', era: 'legacy' } },
    { era: 'modern', transport: 'HTTP', short: true, behind: { transport: 'stdio', era: 'legacy' } },
    { era: 'legacy', transport: 'HTTP', short: false, behind: { transport: 'HTTP', era: 'legacy' } },
    { era: 'modern', transport: 'stdio', short: true, behind: { transport: 'HTTP', era: 'legacy' } },
  ] as const
).map(({ era, transport, short, behind }) => {
  const way = product(short, behind);
  return { era, transport, name: way.name, way };
});

const call = (name: string, args?: JsonObject, more: JsonObject = {}): readonly [string, JsonObject] => [
  'tools/call',
  { name, ...(args && { arguments: args }), ...more },
];
const quiet = TOOLS.map((each) => String(each['name'])).filter(
  (each) => !['hang', 'question', 'log'].includes(each),
);

const same: readonly (readonly [string, JsonObject])[] = [
  ['tools/list', {}],
  ['prompts/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ...quiet.map((name) => call(name)),
  call('echo', { text: 'hi' }),
  call('echo', { text: '\u2028 \ud83d\ude00 "\\' }),
  call('arguments', { deep: { list: [1, { a: null }], text: 'ä' }, __proto__: 1 }),
  call('arguments', { big: 'y'.repeat(65_536) }),
  call('progress', {}, { _meta: { progressToken: 'p1', traceparent: '00-1-2-01' } }),
  call('progress', {}, { _meta: { progressToken: 7 } }),
  call('custom_error', {}, { _meta: { progressToken: 8 } }),
  call('nothing_of_this_name'),
  call(''),
  call('constructor'),
  ['prompts/get', { name: 'plain' }],
  ['prompts/get', { name: 'greeting', arguments: { who: 'Ada' } }],
  ['resources/read', { uri: 'test://text' }],
  ['resources/read', { uri: 'test://binary' }],
  ['resources/read', { uri: 'test://item/42' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'greeting' }, argument: { name: 'who', value: 'a' } },
  ],
  [
    'completion/complete',
    { ref: { type: 'ref/resource', uri: 'test://item/{id}' }, argument: { name: 'id', value: '' } },
  ],
  ['ping', {}],
  ['resources/subscribe', { uri: 'test://text' }],
  ['resources/unsubscribe', { uri: 'test://text' }],
  ['logging/setLevel', { level: 'warning' }],
  ['no/such/method', {}],
];

/** Wrong, and told by whoever reads it first: the code and the status must agree, the words need not. */
const wrong: readonly (readonly [string, JsonObject])[] = [
  ['tools/call', {}],
  ['tools/call', { name: 7 }],
  ['tools/call', { name: null }],
  ['tools/call', { name: 'echo', arguments: 'text' }],
  ['tools/call', { name: 'echo', arguments: [] }],
  ['tools/call', { name: 'echo', arguments: null }],
  ['tools/call', { name: 'echo', _meta: { progressToken: {} } }],
  ['tools/call', { name: 'echo', _meta: { progressToken: 1.5 } }],
  ['prompts/get', { name: 'nobody' }],
  ['resources/read', { uri: 'test://nowhere' }],
];

const COMPLETES = { ref: { type: 'ref/prompt', name: 'greeting' }, argument: { name: 'who', value: 'a' } };
/** Wrong, and told better here than by the SDK, whose schema library speaks of an internal error. */
const unfit: readonly (readonly [method: string, params: JsonObject, field: string])[] = [
  ['tools/list', { cursor: 5 }, 'cursor'],
  ['tools/call', {}, 'name'],
  ['tools/call', { name: 7 }, 'name'],
  ['tools/call', { name: 'echo', arguments: [1, 2] }, 'arguments'],
  ['tools/call', { name: 'echo', arguments: 'text' }, 'arguments'],
  ['tools/call', { name: 'echo', arguments: null }, 'arguments'],
  ['prompts/get', {}, 'name'],
  ['prompts/get', { name: 'greeting', arguments: { who: 5 } }, 'arguments.who'],
  ['prompts/get', { name: 'greeting', arguments: 'who' }, 'arguments'],
  ['resources/read', {}, 'uri'],
  ['resources/read', { uri: 5 }, 'uri'],
  ['completion/complete', {}, 'argument'],
  ['completion/complete', { ...COMPLETES, ref: { type: 'ref/tool', name: 'a' } }, 'ref.type'],
  ['completion/complete', { ...COMPLETES, argument: { name: 'who', value: 5 } }, 'argument.value'],
  ['completion/complete', { ...COMPLETES, context: { arguments: { a: 1 } } }, 'context.arguments.a'],
];
/** Of the older revisions alone. */
const unfitOnce: typeof unfit = [
  ['logging/setLevel', { level: 'loud' }, 'level'],
  ['logging/setLevel', {}, 'level'],
  ['resources/subscribe', { uri: 5 }, 'uri'],
  ['resources/unsubscribe', {}, 'uri'],
];

const everywhere = [...matrix, ...others];
const PROVES: RequirementId = 'gateway/differential';

describe.each(everywhere)(`$era over $transport: $name [${PROVES}]`, ({ era, transport, way }) => {
  let direct: RawWire;
  let ours: RawWire;
  /** The fixture in the words of the older revisions, when it can only say those to us. */
  let elder: RawWire | undefined;
  beforeAll(async () => {
    direct = await wires[transport]({ build: fixtureServer }, { era });
    ours = await way.open({ era, transport });
    if (era === 'modern' && way.behind === 'legacy')
      elder = await wires[transport]({ build: fixtureServer }, { era: 'legacy' });
  });
  afterAll(async () => void (await Promise.all([direct.close(), ours.close(), elder?.close()])));

  it.each(titled(same))('says the same to $title', async ({ method, params }) => {
    const [spoken, said, once] = await Promise.all([
      direct.request(method, params),
      ours.request(method, params),
      elder?.request(method, params),
    ]);
    const theirs = once === undefined ? spoken : withStructures(spoken, once);
    if (way.detours && params['name'] === 'control') expect(told(said)).toContain('characters were removed');
    else expect(plain(said, way)).toEqual(plain(theirs, way, !way.detours));
    expect(said.messages.at(-1)).toHaveProperty(theirs.messages.at(-1)?.error ? 'error' : 'result');
  });

  it.each(titled(wrong))('finds the same fault with $title', async ({ method, params }) => {
    const [theirs, said] = await Promise.all([direct.request(method, params), ours.request(method, params)]);
    expect(codes(said)).toEqual(codes(theirs));
    expect(said.messages.at(-1)?.error?.['code']).toBeTypeOf('number');
  });

  it.each(era === 'legacy' ? [...unfit, ...unfitOnce] : unfit)('%s %j: names %s', async (...row) => {
    const [method, params, field] = row;
    const { messages } = await ours.request(method, params);
    const { code, message = '' } = messages.at(-1)?.error ?? {};
    expect(code).toBe(-32_602);
    expect(String(message)).toContain(`expected ${field} to be `);
    expect(String(message)).not.toContain('\n');
  });

  it('says which server answered, how, and under which era', async () => {
    const { messages } = await ours.request(...call('echo', { text: 'a' }));
    const result = messages.at(-1)?.result;
    expect(result?.['_meta']).toMatchObject({
      tutti: {
        server: 'fixture',
        cached: false,
        duration_ms: expect.any(Number) as number,
        attempts: 1,
        call_id: expect.any(String) as string,
      },
    });
    expect(result?.['resultType']).toBe(era === 'modern' ? 'complete' : undefined);
    const who = (result?.['_meta'] as JsonObject | undefined)?.['io.modelcontextprotocol/serverInfo'];
    expect(who).toEqual(
      era === 'modern' ? { name: 'tutti', title: 'Tutti', version: expect.any(String) as string } : undefined,
    );
  });
});

const ELICITS = { elicitation: { form: {} } };
const QUIET_MS = 50;

describe.each(matrix)('meanwhile, $era over $transport: $name', ({ era, transport, way }) => {
  const open = async (capabilities: JsonObject = {}): Promise<RawWire> =>
    await way.open({ era, transport, capabilities });

  it('takes the way it is said to take', async () => {
    const wire = await open();
    shortly.length = 0;
    const asked: readonly (readonly [string, JsonObject])[] = [
      call('echo'),
      ['tools/list', {}],
      ['server/discover', {}],
      call('custom_error'),
    ];
    for (const [method, params] of asked) await wire.request(method, params);
    const expected = asked
      .filter(([method]) => era === 'modern' || method !== 'server/discover')
      .map(([method, params]) => `${era} ${method} ${String(params['name'] ?? '')}`);
    if (!way.detours) expect(shortly).toEqual(way.short ? expected : []);
    await wire.close();
  });

  it('cancels a call, which is then not answered', async () => {
    const wire = await open();
    const cancelled = nextCancellation();
    const params = { name: 'hang', _meta: { progressToken: 't' } };
    const pending = wire.begin({ jsonrpc: '2.0', id: 77, method: 'tools/call', params });
    const first = await pending.first;
    expect(first).toMatchObject({
      method: 'notifications/progress',
      params: { progressToken: 't', progress: 0 },
    });
    const answered = pending.heard.then(
      ({ messages }) => messages.some((each) => each.id === 77),
      () => false,
    );
    if (era === 'modern' && transport === 'HTTP') pending.leave();
    else await wire.notify('notifications/cancelled', { requestId: 77, reason: 'enough' });
    await cancelled;
    const { messages } = await wire.request(...call('echo', { text: 'still here' }));
    expect(messages.at(-1)?.result?.['content']).toEqual([{ type: 'text', text: 'still here' }]);
    expect(await Promise.race([answered, delay(QUIET_MS, false)])).toBe(false);
    await wire.close();
  });

  it('carries log messages to whoever made the call', async () => {
    const wire = await open();
    const level = era === 'modern' ? { 'io.modelcontextprotocol/logLevel': 'warning' } : {};
    if (era === 'legacy') await wire.request('logging/setLevel', { level: 'warning' });
    const { messages } = await wire.request(...call('log', {}, { _meta: level }));
    expect(messages.map((each) => each.method ?? 'response')).toEqual(['notifications/message', 'response']);
    expect(messages[0]?.params).toEqual({ level: 'warning', data: { what: 'large' }, logger: 'fixture' });
    await wire.close();
  });

  it('puts the questions of a tool to a client that can be asked', async () => {
    const wire = await open(ELICITS);
    if (era === 'modern') {
      const asked = (await wire.request(...call('question'))).messages.at(-1)?.result;
      expect(asked).toMatchObject({
        resultType: 'input_required',
        requestState: expect.any(String) as string,
      });
      expect(asked?.['inputRequests']).toMatchObject({ question: { method: 'elicitation/create' } });
      const answer = { action: 'accept', content: { answer: 'forty-two' } };
      const retry = { inputResponses: { question: answer }, requestState: asked?.['requestState'] ?? null };
      const done = (await wire.request(...call('question', {}, retry))).messages.at(-1)?.result;
      expect(done?.['content']).toEqual([{ type: 'text', text: `${JSON.stringify(answer)} state-1` }]);
    } else {
      const pending = wire.begin({
        jsonrpc: '2.0',
        id: 5,
        method: 'tools/call',
        params: { name: 'question' },
      });
      const question = await pending.first;
      const asked = way.detours ? 'The server "fixture" asks: What is it?' : 'What is it?';
      expect(question).toMatchObject({ method: 'elicitation/create', params: { message: asked } });
      const result = { action: 'accept', content: { answer: 'forty-two' } };
      await wire.answer({ jsonrpc: '2.0', id: question.id ?? null, result });
      const { messages } = await pending.heard;
      expect(messages.at(-1)?.result?.['content']).toEqual([
        { type: 'text', text: `${JSON.stringify(result)}${way.detours ? ' state-1' : ''}` },
      ]);
    }
    await wire.close();
  });

  it('says so when the client cannot be asked', async () => {
    const wire = await open();
    const { status, messages } = await wire.request(...call('question'));
    const said = messages.at(-1);
    if (era === 'legacy' && way.detours) expect(said?.error).toMatchObject({ code: -32_603 });
    else if (era === 'legacy') expect(said?.result).toMatchObject({ isError: true });
    else {
      expect(said?.error).toMatchObject({
        code: -32_021,
        data: { requiredCapabilities: { elicitation: { form: {} } } },
      });
      expect(status).toBe(transport === 'HTTP' ? 400 : 200);
    }
    await wire.close();
  });
});

const TITLE_LENGTH = 90;

function titled(requests: readonly (readonly [string, JsonObject])[]) {
  return requests.map(([method, params]) => ({
    title: `${method} ${JSON.stringify(params)}`.slice(0, TITLE_LENGTH),
    method,
    params,
  }));
}

/** Structured results that are no objects, and their schemas, have to be wrapped in the older revisions. */
function withStructures(spoken: Heard, once: Heard): Heard {
  const before = once.messages.at(-1)?.result ?? {};
  const wrapped = Object.entries(before).filter(([key]) => ['tools', 'structuredContent'].includes(key));
  const messages = spoken.messages.map((each) =>
    each.result ? { ...each, result: { ...each.result, ...Object.fromEntries(wrapped) } } : each,
  );
  return { ...spoken, messages };
}

/** Without what is documented to differ. */
function plain({ status, messages }: Heard, { detours }: Way, isOrdered = true): unknown {
  const inProgress = messages.filter((each) => each.method === 'notifications/progress').slice(1, -1);
  const passedOver = new Set(detours ? inProgress : []);
  const said = messages.filter((each) => !passedOver.has(each));
  return { status, messages: said.map((each) => plainMessage(each, isOrdered)) };
}

function told({ messages }: Heard): string {
  return JSON.stringify(messages.at(-1));
}

function plainMessage(message: RawMessage, isOrdered: boolean): unknown {
  const { id: _, ...rest } = message;
  if (!rest.result) return rest;
  const { _meta, ttlMs, cacheScope, ...result } = rest.result;
  const meta = isJsonObject(_meta) ? Object.entries(_meta).filter(([key]) => !OURS.has(key)) : [];
  const named = (_meta as JsonObject | undefined)?.['io.modelcontextprotocol/serverInfo'] !== undefined;
  return {
    ...rest,
    result: { ...listed(result, isOrdered), ...(meta.length > 0 && { _meta: Object.fromEntries(meta) }) },
    named,
    cached: [ttlMs !== undefined, cacheScope !== undefined],
  };
}

const OURS = new Set(['tutti', 'io.modelcontextprotocol/serverInfo']);
/** Lists come in the order of their server, from the whole product in that of their names; the page through large results is ours. */
function listed(result: JsonObject, isOrdered: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(result).map(([key, value]) => {
      const name = NAMED_BY[key];
      if (name === undefined || !Array.isArray(value)) return [key, value];
      const items = (value as readonly JsonObject[]).filter(
        (each) => !/"(?:tutti:\/\/result|plan:\/\/)/.test(JSON.stringify(each)),
      );
      const byName = (one: JsonObject, other: JsonObject) =>
        String(one[name]) < String(other[name]) ? -1 : 1;
      return [key, isOrdered ? items : items.toSorted(byName)];
    }),
  );
}

const NAMED_BY: Readonly<Record<string, string>> = {
  tools: 'name',
  prompts: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
};

function codes({ status, messages }: Heard): unknown {
  return { status, codes: messages.map((each) => each.error?.['code']) };
}
