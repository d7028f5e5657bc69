import { describe, expect, it } from 'vitest';
import { TuttiError, type ErrorCode } from '../src/core/kernel/errors.ts';
import type { ServerView, ToolView } from '../src/core/gateway/gateway.ts';
import type { JsonObject } from '../src/core/kernel/json.ts';
import type { RpcError } from '../src/core/ports/downstream.ts';
import { foundText } from '../src/surfaces/mcp/gateway-texts.ts';
import { toWireFound } from '../src/surfaces/mcp/gateway-wire.ts';
import { toolsOf } from '../src/surfaces/mcp/toolsets.ts';
import type { Toolset } from '../src/surfaces/mcp/toolsets.ts';
import type { GatewayScript } from './support/fake-gateway.ts';
import { FACTS, openFace, script, textOf, views } from './support/gateway-face.ts';
import type { OpenedFace } from './support/gateway-face.ts';

/** What published clients add to the arguments of every call, and what others well might. */
const ADDED: JsonObject = {
  toolCallId: 'call_1',
  sessionId: 'chat 7',
  action: 'sendMessage',
  chatInput: 'Read it.',
  _sessionID: '20261122',
  _meta: {},
  conversation_id: 'c',
  message_id: 'm',
  request_id: 'r',
  user_id: 'u',
};

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

  it('lists its seven tools, or the split ones in the place of call_tool', () => {
    const names = (toolsets: readonly Toolset[]) => toolsOf(toolsets).map((each) => each.definition.name);
    expect(names(['gateway'])).toEqual([
      'ask',
      'find_tools',
      'describe_tool',
      'call_tool',
      'list_servers',
      'list_approvals',
      'get_approval',
    ]);
    expect(names(['gateway', 'gateway-split'])).toEqual([
      'ask',
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
    const { call, fake } = await openFace(['gateway']);
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
    expect(await call('find_tools', { query: 'read', session_id: 7 })).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'INVALID_TYPE' },
    });
    const { annotations: _, ...plain } = views[0] as ToolView;
    const bare = await openFace(['gateway'], { script: { ...script, views: [plain] } });
    expect((await bare.call('describe_tool', { name: plain.name }))['structuredContent']).toMatchObject({
      tools: [{ annotations: {} }],
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

  it('says that more may be found once other servers are connected', () => {
    const connecting = Array.from({ length: 12 }, (_, at) => `s${at}`);
    const found = { tools: [], confidence: 0, connecting };
    expect(toWireFound(found)).toEqual(found);
    expect(foundText(found, 'x')).toBe(
      'No tool fits "x" yet. Try other words, or look at list_servers.\n\nStill connecting: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, and 2 more. Their tools are not known yet: ask again in a moment, there may be more.',
    );
    expect(foundText({ tools: [], confidence: 0 }, 'x')).toBe(
      'No tool fits "x". Try other words, or look at list_servers.',
    );
  });

  it('says since when it knows of the tools of a server that is not ready', async () => {
    const [files] = script.servers ?? [];
    const seenAt = Date.UTC(2026, 0, 2);
    const idle = { ...(files as ServerView), status: 'idle', seenAt } as const;
    const { call } = await openFace(['gateway'], { script: { ...script, servers: [idle] } });
    const listed = await call('list_servers');
    expect(textOf(listed)).toContain('- files: idle, 3 tools (listed 2026-01-02T00:00:00.000Z)');
    expect(listed['structuredContent']).toMatchObject({
      servers: [{ status: 'idle', listed_at: '2026-01-02T00:00:00.000Z' }],
    });
  });

  it('tells of servers, and what is wrong with them', async () => {
    const { call } = await openFace(['gateway']);
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
      '- git: down, 0 tools. Error: it left. Login needed: https://login. Held until approved: push. Left out: bad (no schema)',
    );
    const none = { ...script, servers: [] };
    const empty = await openFace(['gateway'], { script: none });
    expect(textOf(await empty.call('list_servers'))).toContain('mcpServers');
    const limited = await openFace(['gateway'], { script: none, grants: { tools: [] } });
    expect(textOf(await limited.call('list_servers'))).toMatch(/^Your credential admits to no server/);
  });

  it('passes a call on, with key, session and run, and says how the answer came about', async () => {
    const { call, fake } = await openFace(['gateway']);
    const answered = await call('call_tool', {
      name: 'files__read',
      arguments: { path: 'a' },
      idempotency_key: 'k',
      session_id: 's',
      instance_id: 'i',
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
      instance: 'i',
    });
    expect(await call('call_tool', { name: 'files__odd' })).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'POLICY_DENIED', message: 'A rule forbids it.' },
    });
    expect(await call('call_tool', { name: 'files__read', arguments: [1] as never })).toMatchObject({
      structuredContent: { error_code: 'INVALID_TYPE' },
    });
  });

  it.each([
    ['call_tool', { name: 'files__read', argumnets: { path: 'a' } }, 'argumnets', 'arguments'],
    ['call_tool', { name: 'files__read', args: { path: 'a' } }, 'args', 'arguments'],
    ['call_tool_read', { name: 'files__read', sesion_id: 's' }, 'sesion_id', 'session_id'],
    ['call_tool_write', { name: 'files__read', idempotencyKey: 'k' }, 'idempotencyKey', 'idempotency_key'],
    ['call_tool_destructive', { tool_name: 'files__read' }, 'tool_name', 'name'],
    ['find_tools', { query: 'read', servers: 'files' }, 'servers', 'server'],
    ['describe_tool', { names: ['files__read'], nam: 'files__rm' }, 'nam', 'name'],
    ['list_approvals', { state: 'pending' }, 'state', 'status'],
    ['get_approval', { approval_id: 'a1', approvalid: 'a2' }, 'approvalid', 'approval_id'],
    ['ask', { query: 'read', dryrun: true }, 'dryrun', 'dry_run'],
    [
      'call_tool_read',
      { input_data: { name: 'files__read', argments: {} } },
      'input_data.argments',
      'arguments',
    ],
    ['call_tool_read', { input_data: { name: 'files__read' }, arguments: {} }, 'arguments', undefined],
  ])('%s %j does nothing with %s, which it does not know [trust/11-smuggled-arguments]', async (...row) => {
    const [tool, input, strange, meant] = row;
    const { call, fake } = await openFace(
      tool === 'call_tool' ? ['gateway'] : ['gateway', 'gateway-split', 'workflows'],
    );
    const said = (await call(tool, input as never))['structuredContent'];
    const meaning = meant === undefined ? '' : ` Did you mean ${meant}?`;
    expect(said).toMatchObject({
      error_code: 'INVALID_FORMAT',
      message: expect.stringMatching(
        new RegExp(
          `^${strange} is not known here\\.${meaning.replace('?', '\\?')} Expected .*Nothing was done\\.$`,
        ),
      ),
    });
    expect(fake.calls).toEqual([]);
  });

  it.each([
    ['call_tool', { name: 'files__read' }],
    ['call_tool_read', { name: 'files__read' }],
    ['find_tools', { query: 'read' }],
    ['describe_tool', { name: 'files__read' }],
    ['list_approvals', {}],
    ['get_approval', { approval_id: 'a1' }],
    ['ask', { query: 'read' }],
  ])('%s ignores what clients add of their own', async (tool, input) => {
    const { call } = await openFace(
      tool === 'call_tool' ? ['gateway'] : ['gateway', 'gateway-split', 'workflows'],
    );
    const bare = await call(tool, input as never);
    for (const given of [
      { ...input, ...ADDED },
      { ...input, input_data: null },
      { input_data: { ...input, ...ADDED } },
      { input_data: input, ...ADDED },
    ]) {
      expect(await call(tool, given as never)).toEqual(bare);
    }
  });

  it('forbids in no schema what it takes', async () => {
    const { wire } = await openFace(['gateway', 'gateway-split']);
    const { messages } = await wire.request('tools/list');
    const tools = messages.at(-1)?.result?.['tools'] as unknown as { readonly inputSchema: JsonObject }[];
    expect(tools.filter(({ inputSchema }) => 'additionalProperties' in inputSchema)).toEqual([]);
  });

  it('says why a tool that is held cannot be called by its own name', async () => {
    const held = { kind: 'tool', name: 'gone', reason: 'changed', findings: [], diff: [] } as const;
    const files = {
      name: 'files',
      description: '',
      status: 'ready',
      tools: 1,
      held: [held],
      dropped: [],
    } as const;
    const { call, fake } = await openFace(['gateway-all'], {
      script: {
        servers: [files],
        call: async ({ name }) => {
          throw new TuttiError('tool/changed', `${name} is no longer what was approved.`);
        },
      },
    });
    expect((await call('files__gone'))['structuredContent']).toMatchObject({ error_code: 'TOOL_CHANGED' });
    const asked = fake.calls.filter(({ method }) => method === 'call').length;
    await expect(call('files__never')).rejects.toThrow('Unknown tool');
    expect(fake.calls.filter(({ method }) => method === 'call')).toHaveLength(asked);
  });

  it('names the configuration to whoever is to approve, where it was named to us', async () => {
    const told = async (configFile: string) => {
      const { call } = await openFace(['gateway'], { configFile });
      return textOf(await call('call_tool', { name: 'files__rm' }));
    };
    expect(await told('/etc/tutti.json')).toContain('`tutti approvals approve a1 --config /etc/tutti.json`');
    const quoted = process.platform === 'win32' ? `"it's $HOME"` : String.raw`'it'\''s $HOME'`;
    expect(await told("it's $HOME")).toContain(`\`tutti approvals approve a1 --config ${quoted}\``);
  });

  it('names the command to whoever answered the form of an approval three times in vain', async () => {
    const told = async (code: ErrorCode, configFile?: string) => {
      const fault = new TuttiError(code, 'The approval still waits.', { data: { approval_id: 'a1' } });
      const { call } = await openFace(['gateway'], {
        script: { call: () => Promise.reject(fault) },
        ...(configFile !== undefined && { configFile }),
      });
      return await call('call_tool', { name: 'files__rm' });
    };
    const answer = await told('input/invalid-format', '/etc/tutti.json');
    expect(textOf(answer)).toContain('`tutti approvals approve a1 --config /etc/tutti.json`');
    expect(answer['structuredContent']).toMatchObject({ approval_id: 'a1', error_code: 'INVALID_FORMAT' });
    expect(textOf(await told('input/invalid-format'))).toContain('`tutti approvals approve a1`');
    expect(textOf(await told('approval/denied'))).not.toContain('tutti approvals');
  });

  it('answers a call that a person must approve plainly, and lets nobody but a person decide', async () => {
    const { call, fake } = await openFace(['gateway']);
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
    expect(textOf(waiting)).toMatch(/A person must decide.*`tutti approvals approve a1`.*same call again/s);
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
      const { call } = await openFace(['gateway'], { shortPath });
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
    const { call, fake } = await openFace(['gateway-split']);
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
    expect(fake.calls.at(-1)?.input).toMatchObject({ name: 'files__read', admits: ['read'] });
    expect(await call('call_tool_destructive', { name: 'files__rm' })).toMatchObject({
      structuredContent: { kind: 'approval' },
    });
  });
});

describe.each(['modern', 'legacy'] as const)('the list of tools for %s clients', (era) => {
  it.each([['gateway-all'], ['workflows', 'gateway', 'gateway-split', 'gateway-all']] as const)(
    'is the same text however it was made: %s',
    async (...toolsets) => {
      const [short, sdk] = await Promise.all(
        [true, false].map(async (shortPath) => {
          const { wire } = await openFace(toolsets, { shortPath, era });
          return await wire.request('tools/list');
        }),
      );
      expect(short).toEqual(sdk);
      expect(JSON.stringify(short)).toContain('files__read');
    },
  );
});

describe('what a client of the stateless revision discovers', () => {
  it.each([['workflows'], ['workflows', 'gateway', 'gateway-all']] as const)(
    'is the same however it was made: %s',
    async (...toolsets) => {
      const [short, sdk] = await Promise.all(
        [true, false].map(async (shortPath) => {
          const { wire } = await openFace(toolsets, { shortPath, era: 'modern' });
          return await wire.request('server/discover');
        }),
      );
      expect(short).toEqual(sdk);
      expect(JSON.stringify(short)).toContain('"supportedVersions":["2026-07-28"]');
    },
  );
});

describe.each([true, false])('an error of a server (short path: %s)', (shortPath) => {
  const failing = (error: RpcError) =>
    ({ ...script, call: async () => ({ kind: 'error', error, facts: FACTS }) }) satisfies GatewayScript;
  const lacking = {
    code: -32_021,
    message: 'sampling is needed',
    data: { requiredCapabilities: { sampling: {} } },
  };

  it('is told as ours where the client of the call lacks the same', async () => {
    const { wire } = await openFace(['gateway-all'], { shortPath, script: failing(lacking) });
    const { status, messages } = await wire.request('tools/call', { name: 'files__read' });
    expect(messages.at(-1)?.error).toEqual(lacking);
    expect(status).toBe(400);
  });

  it.each([
    ['modern', { ...lacking, data: {} }],
    ['legacy', lacking],
    ['modern', { code: -32_022, message: 'another revision', data: { supported: [] } }],
    ['modern', { code: -32_020, message: 'headers' }],
  ] as const)('of another connection is none of a %s client: %j', async (era, error) => {
    const { wire } = await openFace(['gateway-all'], { shortPath, era, script: failing(error) });
    const { status, messages } = await wire.request('tools/call', { name: 'files__read' });
    expect(messages.at(-1)?.error).toMatchObject({
      code: -32_603,
      message: expect.stringContaining(`(${error.code})`) as string,
    });
    expect(status).toBe(200);
  });

  it('that refuses a state is told as an error of the protocol', async () => {
    const stale = async () => {
      throw new TuttiError('call/stale-state', 'requestState was changed.');
    };
    const { wire } = await openFace(['gateway-all'], { shortPath, script: { ...script, call: stale } });
    const { messages } = await wire.request('tools/call', { name: 'files__read', requestState: 'forged' });
    expect(messages.at(-1)?.error).toMatchObject({ code: -32_602, message: 'requestState was changed.' });
  });
});

describe.each([true, false])('what passes through (short path: %s)', (shortPath) => {
  const names = async ({ wire }: OpenedFace): Promise<unknown[]> => {
    const tools = (await wire.request('tools/list')).messages.at(-1)?.result?.['tools'] as JsonObject[];
    return tools.map((each) => each['name']);
  };

  it('is listed beside ours when it is asked for; a name of ours stays ours', async () => {
    expect(await names(await openFace(['gateway-all'], { shortPath }))).toEqual(['files__read', 'call_tool']);
    const both = await names(await openFace(['gateway', 'gateway-all'], { shortPath }));
    expect(both.filter((each) => each === 'call_tool')).toHaveLength(1);
    expect(both).toContain('files__read');
  });

  it('is listed for the clients that the gateway exposes it to', async () => {
    const to = (name: string) => ({
      ...script,
      exposesDirectly: (client: string | undefined) => client === name,
    });
    expect(await names(await openFace(['gateway'], { shortPath, script: to('raw') }))).toContain(
      'files__read',
    );
    expect(
      await names(await openFace(['gateway'], { shortPath, script: to('raw'), era: 'legacy' })),
    ).toContain('files__read');
    const hidden = await openFace(['gateway'], { shortPath, script: to('other') });
    expect(await names(hidden)).not.toContain('files__read');
    await expect(hidden.call('files__read')).rejects.toMatchObject({ code: -32_602 });
    expect(hidden.fake.calls).toEqual([]);
  });

  it('is reached by its name, with the trace of the request and nothing else of it', async () => {
    const { wire, fake } = await openFace(['gateway-all'], { shortPath });
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
    const opened = await openFace(['workflows', 'gateway', 'gateway-all'], {
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
      await names(await openFace(['workflows', 'gateway'], { shortPath, grants: { toolsets: [] } })),
    ).toEqual([]);
  });

  it('is refused before it leaves when its arguments are too deep', async () => {
    let deep: JsonObject = {};
    for (let at = 0; at < 70; at += 1) deep = { deep };
    const { call, fake } = await openFace(['gateway-all'], { shortPath });
    expect(await call('files__read', deep)).toMatchObject({
      isError: true,
      structuredContent: { error_code: 'INVALID_FORMAT' },
    });
    expect(fake.calls).toEqual([]);
  });
});
