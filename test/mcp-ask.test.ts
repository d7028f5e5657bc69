import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import type { AskInput, CallEnd, PlanView, Resolution } from '../src/core/gateway/ask/ask.ts';
import { lostQuestion } from '../src/core/gateway/ask/lost.ts';
import type { CallChannel } from '../src/core/gateway/gateway.ts';
import type { Plan } from '../src/core/gateway/plan/plan.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import type { Json, JsonObject } from '../src/core/kernel/json.ts';
import { createMcpFace } from '../src/surfaces/mcp/face.ts';
import { ask } from '../src/surfaces/mcp/tools/ask.ts';
import { planViewText } from '../src/surfaces/mcp/plan-view.ts';
import { parseWirePlan, toWirePlan } from '../src/surfaces/mcp/plan-wire.ts';
import { plan, toApproval } from './support/ask-fixtures.ts';
import { closeAfterwards, openFace, script, textOf } from './support/gateway-face.ts';
import type { OpenedFace } from './support/gateway-face.ts';
import { fakeGateway } from './support/fake-gateway.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import { caller, httpWire, stdioWire } from './support/raw-wires.ts';
import type { RawMessage, WireEra } from './support/raw-wires.ts';

const wirePlan: JsonObject = {
  id: 'p1',
  query: 'close the issues of #7',
  calls: [
    {
      id: 'a',
      server: 'hub',
      intent: 'the issues of #7',
      tool: 'hub__list',
      arguments: { of: 7 },
      depends_on: [],
    },
    {
      id: 'b',
      server: 'hub',
      intent: 'close',
      tool: 'hub__close',
      bind: { '/id': '$item.id' },
      for_each: '$a.items',
      depends_on: ['a'],
      uncertain_order: true,
    },
  ],
  structure: 'sequential',
};

const approval = toApproval();
const another = toApproval({ id: 'a2', tool: 'drop', query: 'close\u001b[2J the issues' });

const schema = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] };
const tools = [{ name: 'hub__list', description: 'lists\u001b[31m issues' }];

/** One question for each kind of answer. */
const resolutions: Readonly<Record<string, Resolution>> = {
  answer: {
    kind: 'answer',
    answer: 'Two issues are open.',
    sources: [{ server: 'hub', tool: 'list', callId: 'c1' }],
    partial: [],
    plan,
  },
  partial: {
    kind: 'answer',
    answer: 'Two issues are open.',
    sources: [{ server: 'hub', tool: 'list', callId: 'c1' }],
    partial: [{ server: 'chat', tool: 'chat__search', error: 'it\u001b[2J is down' }],
    plan,
  },
  clarification: {
    kind: 'clarification',
    question: 'Did you mean searching files or searching the hub?',
    options: [
      { id: '1', server: 'files', tool: 'files__search', intent: 'search files', confidence: 0.41 },
      { id: '2', server: 'hub', intent: 'search the hub', confidence: 0.4 },
    ],
  },
  order: {
    kind: 'clarification',
    question: 'Is this right? If it is, send the plan back without uncertainOrder.',
    options: [],
    plan,
  },
  lost: {
    kind: 'clarification',
    question: lostQuestion(
      plan,
      Array.from({ length: 50 }, (_, at) => ({ key: `b[${at}]`, tool: 'hub__close' })),
    ),
    options: [],
    plan,
    lost: [{ key: 'b[1]', tool: 'hub__close' }],
    unanswered: ['I have no tool for jazz.'],
  },
  approval: {
    kind: 'approval',
    approval,
    approvals: [approval, another],
    plan,
    unanswered: ['I have no tool for jazz.'],
  },
  needs: { kind: 'needs_arguments', plan, missing: [{ call: 'b', schema, missing: ['id'] }] },
  foreign: { kind: 'out_of_scope', message: "I don't have a tool for that.", nearest: tools },
  dry: {
    kind: 'plan',
    plan,
    estimate: { calls: 51, ms: 1200, costMicros: 2_500_000, risk: 'destructive' },
    routes: [
      {
        call: 'a',
        query: 'the issues of #7',
        decision: 'route',
        because: 'Its confidence reaches what calling needs.',
        confidence: 0.8,
        refuseBelow: 0.2,
        routeFrom: 0.5,
        candidates: [
          {
            name: 'hub__list',
            server: 'hub',
            score: 0.9,
            whole: 0.7,
            isChosen: true,
            terms: [{ term: 'issu', field: 'name', weight: 0.6 }],
          },
        ],
      },
    ],
  },
};

const view: PlanView = {
  plan,
  status: 'waiting',
  ends: [
    {
      kind: 'done',
      call: 'a',
      source: { server: 'hub', tool: 'list', callId: 'c1' },
      value: { items: [{ id: 1 }] },
      text: '{"items":[{"id":1}]}',
      uri: 'tutti://result/r1',
    },
    { kind: 'failed', call: 'b', item: 0, server: 'hub', tool: 'close', error: 'refused' },
    { kind: 'skipped', call: 'c', item: 1, server: 'hub', because: 'b failed' },
  ],
  approvalIds: ['a1', 'a2'],
  lost: [{ key: 'b[1]', tool: 'hub__close' }],
  held: [{ key: 'd', tool: 'hub__merge' }],
  unanswered: ['I have no tool for jazz.'],
};

const asking = {
  ...script,
  ask: async ({ query = '' }: AskInput): Promise<Resolution> => {
    const found = resolutions[query];
    if (found) return found;
    const fault = 'It has a forEach, and dependsOn names "dependsOn, \\" forEach".';
    throw new TuttiError('plan/invalid', `The plan has a fault: a: ${fault}`, {
      data: { faults: [{ call: 'a', message: fault }] },
    });
  },
  plans: { p1: view },
};

const ways = [
  ['modern', true],
  ['modern', false],
  ['legacy', true],
  ['legacy', false],
] as const;

describe.each(ways)('ask for %s clients (short path: %s)', (era, shortPath) => {
  const open = async (): Promise<OpenedFace> =>
    await openFace(['gateway'], { script: asking, era, shortPath, configFile: '/etc/tutti.json' });

  it('answers with the sources, and says whose answer is missing', async () => {
    const { call, fake } = await open();
    const answered = await call('ask', {
      query: 'answer',
      servers: ['hub'],
      dry_run: false,
      session_id: 's',
      instance_id: 'i',
    });
    expect(answered['isError']).toBeUndefined();
    expect(answered['structuredContent']).toEqual({
      kind: 'answer',
      answer: 'Two issues are open.',
      sources: [{ server: 'hub', tool: 'list', call_id: 'c1' }],
    });
    expect(textOf(answered)).toBe('Two issues are open.');
    expect(fake.calls.at(-1)).toMatchObject({ method: 'ask', caller: { owner: 'local' } });
    const { input, channel } = fake.calls.at(-1) as { input: AskInput; channel: CallChannel };
    expect(input).toMatchObject({
      query: 'answer',
      servers: ['hub'],
      dryRun: false,
      session: 's',
      instance: 'i',
    });
    expect(channel.repeats).toBe(era === 'modern');
    expect(channel.signal).toBeInstanceOf(AbortSignal);
    const partial = await call('ask', { query: 'partial' });
    expect(partial['structuredContent']).toMatchObject({
      partial: [{ server: 'chat', tool: 'chat__search', error: 'it\u001b[2J is down' }],
    });
    expect(textOf(partial)).toMatch(
      /^Two issues are open\.\n\nNot answered.*\n- chat__search: it \[2J is down$/s,
    );
  });

  it('asks back, waits for a person, says what is missing or foreign: none is an error', async () => {
    const { call } = await open();
    const unclear = await call('ask', { query: 'clarification' });
    expect(unclear['structuredContent']).toEqual({
      kind: 'clarification',
      clarification: {
        question: 'Did you mean searching files or searching the hub?',
        options: [
          { id: '1', server: 'files', tool: 'files__search', intent: 'search files', confidence: 0.41 },
          { id: '2', server: 'hub', intent: 'search the hub', confidence: 0.4 },
        ],
      },
    });
    expect(textOf(unclear)).toContain(
      '- 1: search files (files__search, 41 %)\n- 2: search the hub (hub, 40 %)',
    );
    const order = await call('ask', { query: 'order' });
    const question = 'Is this right? If it is, send the plan back without uncertain_order.';
    expect(order['structuredContent']).toEqual({
      kind: 'clarification',
      clarification: { question, options: [] },
      plan: wirePlan,
    });
    expect(textOf(order)).toBe(
      `Nothing more was called. ${question}\n\nThe plan: ${JSON.stringify(wirePlan)}`,
    );
    const lost = await call('ask', { query: 'lost' });
    expect(lost['structuredContent']).toMatchObject({
      clarification: { options: [], lost: [{ call: 'b[1]', tool: 'hub__close' }] },
      unanswered: ['I have no tool for jazz.'],
    });
    const [, advised = ''] = /send as plan (\{.*\}); /.exec(textOf(lost)) ?? [];
    expect(Object.keys((JSON.parse(advised) as { lost: object }).lost)).toHaveLength(50);
    expect(textOf(lost)).toMatch(/The plan leaves out: I have no tool for jazz\.$/);
    const waiting = await call('ask', { query: 'approval' });
    expect(waiting['structuredContent']).toMatchObject({
      kind: 'approval',
      approval: { approval_id: 'a1', server: 'hub', tool: 'close', status: 'pending' },
      approvals: [
        { approval_id: 'a1', tool: 'close' },
        { approval_id: 'a2', tool: 'drop', query: 'close\u001b[2J the issues' },
      ],
      plan: wirePlan,
      unanswered: ['I have no tool for jazz.'],
    });
    expect(textOf(waiting)).toMatch(
      /each of these 2 calls.*tutti approvals approve a1 --config \/etc\/tutti\.json`: close of hub.*approve a2 --config \/etc\/tutti\.json`: drop of hub.*call ask with plan: {"id":"p1"}.*leaves out: I have no tool for jazz\./s,
    );
    const needs = await call('ask', { query: 'needs' });
    expect(needs['structuredContent']).toEqual({
      kind: 'needs_arguments',
      needs_arguments: { plan: wirePlan, missing: [{ call: 'b', schema, missing: ['id'] }] },
    });
    expect(textOf(needs)).toMatch(/- b: id\n.*call ask with plan: that plan/s);
    const foreign = await call('ask', { query: 'foreign' });
    expect(foreign['structuredContent']).toEqual({
      kind: 'out_of_scope',
      out_of_scope: { message: "I don't have a tool for that.", nearest: tools },
    });
    expect(textOf(foreign)).toContain(
      "I don't have a tool for that.\n\nNearest:\n- hub__list: lists [31m issues",
    );
    for (const each of [unclear, order, waiting, needs, foreign]) expect(each['isError']).toBeUndefined();
  });

  it('shows the plan without calling, with what it may cost and why these tools', async () => {
    const { call } = await open();
    const dry = await call('ask', { query: 'dry', dry_run: true });
    expect(dry['structuredContent']).toEqual({
      kind: 'plan',
      plan: wirePlan,
      estimate: { calls: 51, ms: 1200, cost: 2.5, risk: 'destructive' },
      explain: [
        {
          call: 'a',
          query: 'the issues of #7',
          decision: 'route',
          because: 'Its confidence reaches what calling needs.',
          confidence: 0.8,
          refuse_below: 0.2,
          route_from: 0.5,
          candidates: [
            {
              name: 'hub__list',
              server: 'hub',
              score: 0.9,
              whole: 0.7,
              chosen: true,
              terms: [{ term: 'issu', field: 'name', weight: 0.6 }],
            },
          ],
        },
      ],
    });
    expect(textOf(dry)).toMatch(
      /Nothing was called\. sequential: 51 calls, about 1200 ms, cost 2\.5, risk destructive\./,
    );
    expect(textOf(dry)).toContain(
      '- b: hub__close (/id = $item.id; for each of $a.items; after a; order guessed)',
    );
  });

  it.each([
    [{ plan: wirePlan, dryRun: true }, 'dryRun is not known here'],
    [{ query: 'list channels', server: ['hub'] }, 'server is not known here'],
    [{ query: 'list channels', servers: [] }, 'servers is empty'],
  ])('does nothing where an option is misspelt: %j', async (input, message) => {
    const { call, fake } = await open();
    expect(await call('ask', input)).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'INVALID_FORMAT', message: expect.stringContaining(message) },
    });
    expect(fake.calls).toEqual([]);
  });

  it('takes a plan back as it was given, or its id alone', async () => {
    const { call, fake } = await open();
    await call('ask', { plan: wirePlan });
    await call('ask', { plan: { id: 'p1' } });
    const decided = { id: 'p1', lost: { 'b[1]': 'leave' } };
    await call('ask', { plan: decided });
    expect(fake.calls.map(({ input }) => (input as AskInput).plan)).toEqual([plan, { id: 'p1' }, decided]);
    expect(await call('ask', { plan: { id: 'p1', lost: { b: 'maybe' } } })).toMatchObject({
      isError: true,
      structuredContent: {
        error_code: 'PLAN_INVALID',
        message: expect.stringContaining('"repeat" or "leave"'),
      },
    });
  });

  it('tells the faults that the core found in a plan', async () => {
    const { call } = await open();
    // What stands quoted is what somebody wrote.
    const fault = 'It has a for_each, and depends_on names "dependsOn, \\" forEach".';
    expect(await call('ask', { plan: { ...wirePlan, query: 'faulty' } })).toMatchObject({
      isError: true,
      structuredContent: {
        error_code: 'PLAN_INVALID',
        message: `The plan has a fault: a: ${fault}`,
        faults: [{ call: 'a', message: fault }],
      },
      content: [{ text: `PLAN_INVALID: The plan has a fault: a: ${fault}` }],
    });
  });

  it('reads questions of one length, wherever they stand', async () => {
    const { call, fake } = await open();
    const most = 'a'.repeat(8_000);
    const sent = [{ query: most }, { plan: { ...wirePlan, query: most } }];
    for (const each of sent) expect(JSON.stringify(await call('ask', each))).not.toContain('at most');
    expect(fake.calls).toHaveLength(2);
    for (const each of [{ query: `${most}a` }, { plan: { ...wirePlan, query: `${most}a` } }])
      expect(textOf(await call('ask', each))).toContain('8001 characters; expected at most 8000');
    expect(fake.calls).toHaveLength(2);
  });

  it('takes the options that its schema names, and says which these are', async () => {
    const { call } = await open();
    const names = Object.keys(ask.definition.inputSchema.properties ?? {});
    expect(names).toEqual(['query', 'plan', 'servers', 'dry_run', 'session_id', 'instance_id']);
    expect(textOf(await call('ask', { querry: 'a' }))).toContain(`Expected ${names.join(', ')}.`);
  });

  it.each<[JsonObject, string, RegExp]>([
    [{}, 'MISSING_FIELD', /query is missing/],
    [{ query: '' }, 'INVALID_FORMAT', /query is empty/],
    [{ query: 7 }, 'INVALID_TYPE', /query is a number; expected a string/],
    [{ query: 'a'.repeat(1_000_000) }, 'INVALID_FORMAT', /1000000 characters; expected at most 8000/],
    [{ query: 'a', plan: { id: 'p1' } }, 'INVALID_FORMAT', /both/],
    [{ query: 'a', servers: 'hub' }, 'INVALID_TYPE', /servers is a string/],
    [{ query: 'a', servers: [7] }, 'INVALID_TYPE', /servers\.0/],
    [{ query: 'a', dry_run: 'yes' }, 'INVALID_TYPE', /dry_run is a string/],
    [{ query: 'a', session_id: {} }, 'INVALID_TYPE', /session_id is an object/],
    [{ plan: [] }, 'INVALID_TYPE', /plan is an array; expected an object/],
    [{ plan: '{"id": "p1"}' }, 'INVALID_TYPE', /plan is a string; expected an object/],
    [{ plan: {} }, 'PLAN_INVALID', /plan\.calls is missing/],
    [{ plan: { id: 'x'.repeat(1_100_000) } }, 'INVALID_FORMAT', /plan is larger than/],
  ])('refuses %#, and asks nobody', async (given, code, message) => {
    const { call, fake } = await open();
    const refused = await call('ask', given);
    expect(refused).toMatchObject({ isError: true, structuredContent: { error_code: code } });
    expect((refused['structuredContent'] as JsonObject)['message']).toMatch(message);
    expect(fake.calls).toEqual([]);
  });

  it('shows a plan that waits as a resource, to the caller whose it is', async () => {
    const { wire, fake } = await open();
    const said = async (method: string, params: JsonObject = {}): Promise<RawMessage | undefined> =>
      (await wire.request(method, params)).messages.at(-1);
    const templates = (await said('resources/templates/list'))?.result?.['resourceTemplates'] as JsonObject[];
    expect(templates.map((each) => each['uriTemplate'])).toEqual(
      expect.arrayContaining(['plan://{id}', 'plan://{id}/graph']),
    );
    const read = (await said('resources/read', { uri: 'plan://p1' }))?.result?.['contents'] as JsonObject[];
    expect(read.map((each) => [each['uri'], each['mimeType']])).toEqual([
      ['plan://p1', 'application/json'],
      ['plan://p1/graph', 'text/vnd.mermaid'],
    ]);
    expect(JSON.parse(String(read[0]?.['text']))).toEqual({
      plan: wirePlan,
      status: 'waiting',
      approval_ids: ['a1', 'a2'],
      lost: [{ call: 'b[1]', tool: 'hub__close' }],
      held: [{ call: 'd', tool: 'hub__merge' }],
      unanswered: ['I have no tool for jazz.'],
      ends: [
        {
          kind: 'done',
          call: 'a',
          source: { server: 'hub', tool: 'list', call_id: 'c1' },
          value: { items: [{ id: 1 }] },
          uri: 'tutti://result/r1',
        },
        { kind: 'failed', call: 'b', item: 0, server: 'hub', tool: 'close', error: 'refused' },
        { kind: 'skipped', call: 'c', item: 1, server: 'hub', because: 'b failed' },
      ],
    });
    const graph = (await said('resources/read', { uri: 'plan://p1/graph' }))?.result?.['contents'];
    expect(graph).toEqual([read[1]]);
    expect(read[1]?.['text']).toMatch(/^flowchart TD\n.*hub__list.*c0 -->.*c1/s);
    const absent = (await said('resources/read', { uri: 'plan://p2' }))?.error;
    expect(absent).toMatchObject({ code: -32_602, data: { uri: 'plan://p2' } });
    expect(fake.calls.map(({ method, caller: by, input }) => [method, by.owner, input])).toEqual([
      ['plan', 'local', 'p1'],
      ['plan', 'local', 'p1'],
      ['plan', 'local', 'p2'],
    ]);
    for (const uri of ['plan://', 'plan://p1/x', 'plan://p1?x=1', `plan://${'p'.repeat(65)}`])
      expect((await said('resources/read', { uri }))?.error?.['code']).toBe(absent?.['code']);
  });

  it.each([['gateway-all'], ['gateway-split']] as const)(
    'shows no plans where nothing asks: %s',
    async (toolset) => {
      const { wire } = await openFace([toolset], { script: asking, era, shortPath });
      const { messages } = await wire.request('resources/templates/list', {});
      const templates = messages.at(-1)?.result?.['resourceTemplates'] as JsonObject[];
      const addresses = templates.map((each) => String(each['uriTemplate']));
      expect(addresses).toContain('tutti://result/{id}{?offset,limit,grep,path}');
      expect(addresses.filter((each) => each.startsWith('plan:'))).toEqual([]);
      const read = await wire.request('resources/read', { uri: 'plan://p1' });
      expect(read.messages.at(-1)?.error).toBeDefined();
    },
  );

  it('keeps plans from those who do not reach the servers', async () => {
    const { wire } = await openFace(['workflows', 'gateway'], {
      script: asking,
      era,
      shortPath,
      grants: { toolsets: ['workflows'] },
    });
    const { messages } = await wire.request('resources/read', { uri: 'plan://p1' });
    expect(messages.at(-1)?.error).toBeDefined();
  });
});

/** What the gateway does with the line to the client while it answers. */
type Behaviour = (input: AskInput, channel: CallChannel) => Promise<Resolution>;

const answered = (answer: string): Resolution => ({ kind: 'answer', answer, sources: [], partial: [], plan });

describe.each(ways)('while it answers %s clients (short path: %s)', (era, shortPath) => {
  const connect = async (behaviour: Behaviour, transport: 'http' | 'stdio' = 'http') => {
    const fake = fakeGateway({ ...script, ask: behaviour });
    const { orchestrator } = fakeOrchestrator(fake.gateway);
    const { build, short, watch } = createMcpFace({
      orchestrator,
      telemetry: silentTelemetry(),
      version: '1',
      toolsets: ['gateway'],
      shortPath,
    });
    const speaker = {
      build: () => build(caller),
      caller,
      ...(short && { short }),
      watch,
      gateway: fake.gateway,
    };
    const options = { era: era as WireEra, capabilities: { elicitation: {} } };
    const wire = await (transport === 'http' ? httpWire(speaker, options) : stdioWire(speaker, options));
    closeAfterwards(async () => await wire.close());
    return wire;
  };

  it('ask tells what its calls tell, with progress that only rises', async () => {
    const wire = await connect(async (_input, { onProgress }) => {
      onProgress?.({ progress: 1, total: 2, message: 'hub__list answered' });
      onProgress?.({ progress: 1, total: 2, message: 'hub__close begins' });
      onProgress?.({ progress: 1.5, total: 2, message: 'half' });
      onProgress?.({ progress: 1.25, total: 2, message: 'a step back' });
      onProgress?.({ progress: 2, total: 2, message: 'hub__close answered' });
      onProgress?.({ progress: 2, total: 2, message: 'more than all' });
      return answered('done');
    });
    const { messages } = await wire.request('tools/call', {
      name: 'ask',
      arguments: { query: 'q' },
      _meta: { progressToken: 't' },
    });
    expect(
      messages.filter((each) => each.method === 'notifications/progress').map((each) => each.params),
    ).toEqual([
      { progress: 1, total: 2, message: 'hub__list answered', progressToken: 't' },
      { progress: 1 + 1 / 64, total: 2, message: 'hub__close begins', progressToken: 't' },
      { progress: 1.5, total: 2, message: 'half', progressToken: 't' },
      { progress: 1.5 + 1 / 128, total: 2, message: 'a step back', progressToken: 't' },
      { progress: 2, total: 2, message: 'hub__close answered', progressToken: 't' },
    ]);
    expect(messages.at(-1)?.result).toMatchObject({ structuredContent: { kind: 'answer' } });
  });

  it('ask puts questions to its client in the way of its revision', async () => {
    const elicit = {
      method: 'elicitation/create',
      params: { message: 'Which?', requestedSchema: { type: 'object', properties: {} } },
    };
    const wire = await connect(async ({ inputResponses, requestState }, channel) => {
      if (channel.ask) return answered(JSON.stringify(await channel.ask(elicit)));
      if (inputResponses) return answered(JSON.stringify([inputResponses, requestState]));
      return { kind: 'input-required', value: { inputRequests: { which: elicit }, requestState: 'st' } };
    }, 'stdio');
    const given = { name: 'ask', arguments: { query: 'q' } };
    const answer = { action: 'accept', content: { choice: '1' } };
    if (era === 'legacy') {
      const pending = wire.begin({ jsonrpc: '2.0', id: 77, method: 'tools/call', params: given });
      const asked = await pending.first;
      expect(asked).toMatchObject({ method: 'elicitation/create', params: { message: 'Which?' } });
      await wire.answer({ jsonrpc: '2.0', id: asked.id ?? 0, result: answer });
      const { messages } = await pending.heard;
      expect(textOf(messages.at(-1)?.result ?? {})).toBe(JSON.stringify(answer));
      return;
    }
    const first = (await wire.request('tools/call', given)).messages.at(-1)?.result;
    expect(first).toMatchObject({
      resultType: 'input_required',
      inputRequests: { which: { method: 'elicitation/create' } },
      requestState: 'st',
    });
    const again = await wire.request('tools/call', {
      ...given,
      inputResponses: { which: answer },
      requestState: 'st',
    });
    expect(textOf(again.messages.at(-1)?.result ?? {})).toBe(JSON.stringify([{ which: answer }, 'st']));
  });

  it('ask stops when its client cancels', async () => {
    const begun = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<unknown>();
    const wire = await connect(async (_input, { signal }) => {
      begun.resolve();
      return await new Promise<Resolution>((_, reject) => {
        signal?.addEventListener('abort', () => {
          stopped.resolve('stopped');
          reject(new Error('cancelled'));
        });
      });
    }, 'stdio');
    const pending = wire.begin({
      jsonrpc: '2.0',
      id: 78,
      method: 'tools/call',
      params: { name: 'ask', arguments: { query: 'q' } },
    });
    pending.heard.catch(() => {});
    await begun.promise;
    await wire.notify('notifications/cancelled', { requestId: 78 });
    expect(await stopped.promise).toBe('stopped');
  });
});

describe('a plan on the wire', () => {
  it('reads back as it was written', () => {
    expect(toWirePlan(plan)).toEqual(wirePlan);
    expect(parseWirePlan(wirePlan)).toEqual(plan);
    const bare = {
      calls: [{ id: 'a', server: 's', intent: 'i', dependsOn: [] }],
      structure: 'single',
    } as const;
    expect(parseWirePlan(toWirePlan(bare))).toEqual(bare);
    expect(parseWirePlan({ calls: [{ id: 'a', server: 's', tool: null, depends_on: null }] })).toEqual({
      calls: [{ id: 'a', server: 's', intent: '', dependsOn: [] }],
      structure: 'single',
    });
  });

  it('tells all its faults at once', () => {
    const faulty = {
      query: 5,
      steps: [],
      structure: 'round',
      calls: [
        'a',
        {
          id: 7,
          server: '',
          dependsOn: [],
          arguments: [],
          bind: { '/x': 1 },
          for_each: {},
          uncertain_order: 'no',
        },
        { id: 'b', server: 'x'.repeat(513), depends_on: 'a', bind: [] },
        { id: 'c', server: 's', depends_on: [1] },
        { id: 'd', server: 's', intent: 'x '.repeat(501) },
      ],
    };
    const faults: readonly string[] = [
      'plan.steps is not known; expected id, query, calls, structure.',
      'plan.query is a number; expected a string.',
      'plan.calls[0] is a string; expected an object.',
      'plan.calls[1].dependsOn is not known; expected id, server, intent, tool, arguments, bind, for_each, depends_on, uncertain_order.',
      'plan.calls[1].arguments is an array; expected an object.',
      'plan.calls[1].bind."/x" is a number; expected a string.',
      'plan.calls[1].for_each is an object; expected a string.',
      'plan.calls[1].uncertain_order is a string; expected true or false.',
      'plan.calls[1].id is a number; expected a string.',
      'plan.calls[2].bind is an array; expected an object.',
      'plan.calls[2].server has 513 characters; expected at most 512.',
      'plan.calls[2].depends_on is a string; expected a list.',
      'plan.calls[3].depends_on[0] is a number; expected a string.',
      'plan.calls[4].intent has 1002 characters; expected at most 1000.',
      'plan.structure is "round"; expected single, parallel, sequential, mixed.',
    ];
    expect(() => parseWirePlan(faulty)).toThrow(
      expect.objectContaining({
        code: 'plan/invalid',
        message: `The plan has 15 faults; nothing was called. ${faults.join(' ')}`,
        data: { faults: faults.map((message) => ({ message })) },
      }) as Error,
    );
  });

  it('tells once what is wrong with its id', () => {
    const message = 'The plan has a fault; nothing was called. plan.id is a number; expected a string.';
    const calls = [{ id: 'a', server: 's' }];
    expect(() => parseWirePlan({ id: 7 })).toThrow(message);
    expect(() => parseWirePlan({ id: 7, calls })).toThrow(message);
  });

  it('is bounded', () => {
    const call = { id: 'a', server: 's', depends_on: [] };
    const calls = Array.from({ length: 10_000 }, () => call);
    expect(() => parseWirePlan({ calls })).toThrow('plan.calls has 10000 entries; expected at most 32.');
    const bind = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`/${at}`, '$a']));
    expect(() => parseWirePlan({ calls: [{ ...call, bind }] })).toThrow('bind has 101 entries');
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`key${at}`, 1]));
    expect(() => parseWirePlan({ ...many, calls: [] })).toThrow(/has 30 faults.* And 10 more\.$/);
    let deep: JsonObject = {};
    for (let at = 0; at < 70; at += 1) deep = { deep };
    expect(() => parseWirePlan({ calls: [{ ...call, arguments: deep }] })).toThrow(
      expect.objectContaining({ code: 'input/too-deep' }) as Error,
    );
    const large = { text: 'x'.repeat(1_100_000) };
    expect(() => parseWirePlan({ calls: [{ ...call, arguments: large }] })).toThrow(
      expect.objectContaining({ code: 'input/too-large' }) as Error,
    );
  });
});

describe('how a plan stands', () => {
  const ended = (more: Partial<Extract<CallEnd, { kind: 'done' }>>): CallEnd => ({
    kind: 'done',
    call: 'a',
    source: { server: 'hub', tool: 'list', callId: 'c1' },
    value: '',
    text: '',
    ...more,
  });
  const shown = (ends: readonly CallEnd[], more: Partial<Plan> = {}): Record<string, Json> => {
    const text = planViewText(
      {
        plan: { ...plan, ...more },
        status: 'done',
        ends,
        approvalIds: [],
        lost: [],
        held: [],
        unanswered: [],
      },
      65_536,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    return JSON.parse(text) as Record<string, Json>;
  };

  it('shows the beginning of what is large, and where the whole of it is', () => {
    const uri = 'tutti://result/r1';
    const [text, object, small] = shown([
      ended({ value: 'ä'.repeat(4_000_000), uri }),
      ended({ value: { x: 'y'.repeat(5_000) } }),
      ended({ value: { x: 'y'.repeat(1_000) } }),
    ])['ends'] as JsonObject[];
    expect(text).toMatchObject({ value: 'ä'.repeat(2_048), cut: true, uri });
    expect(object).toMatchObject({ value: `{"x":"${'y'.repeat(4_090)}`, cut: true });
    expect(small).toMatchObject({ value: { x: 'y'.repeat(1_000) } });
    expect(small).not.toHaveProperty('cut');
  });

  it('stays short, however many calls there are and whatever they brought', () => {
    const many = Array.from({ length: 100 }, (_, item) => ended({ item, value: '\u0007'.repeat(9_000) }));
    const ends = shown(many)['ends'] as JsonObject[];
    expect(ends.map(({ item }) => item)).toEqual(many.map(({ item }) => item));
    const failed = Array.from({ length: 1_000 }, (_, item): CallEnd => ({
      kind: 'failed',
      call: 'a',
      item,
      server: 'hub',
      error: 'x'.repeat(2_000),
    }));
    const read = shown(failed);
    const told = (read['ends'] as JsonObject[]).length;
    expect(told).toBeGreaterThan(10);
    expect(read['ends_left_off']).toBe(1_000 - told);
  });

  it('leaves off what a plan holds where that is too much, and says so', () => {
    const [first, ...rest] = plan.calls;
    const calls = first ? [{ ...first, arguments: { x: 'y'.repeat(100_000) } }, ...rest] : [];
    const read = shown([ended({})], { calls });
    expect(read).toMatchObject({ plan_cut: true, plan: { id: 'p1', calls: [{ id: 'a' }, { id: 'b' }] } });
    expect(JSON.stringify(read)).not.toContain('yyy');
    expect(shown([])).not.toHaveProperty('plan_cut');
  });
});
