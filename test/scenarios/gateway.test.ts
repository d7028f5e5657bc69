import { afterAll, beforeAll, expect, vi } from 'vitest';
import { startHostileHttp } from '../support/hostile-server.ts';
import type { HostileHttp, HostileScript } from '../support/hostile-server.ts';
import { programOf } from '../support/programs.ts';
import { describeWorlds, EVERYWHERE } from '../support/world.ts';
import type { Called, World } from '../support/world.ts';

const HOSTILE = programOf('hostile-server');

/** An entry of `mcpServers` that starts a scripted server. */
function scripted(script: HostileScript, more: object = {}): object {
  return { command: process.execPath, args: [HOSTILE, JSON.stringify(script)], ...more };
}

const READS = { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: false };
const TEXT_IN = { type: 'object', properties: { text: { type: 'string' } } };
const tool = (name: string, description: string, more: object = {}) => ({
  name,
  description,
  inputSchema: TEXT_IN,
  ...more,
});

const LIBRARY = scripted(
  {
    tools: [
      tool('read_note', 'Reads a note.', { annotations: READS }),
      tool('write_note', 'Writes a note.'),
      tool('delete_note', 'Deletes a note for ever.'),
      tool('list_long', 'Lists very many notes.', { annotations: READS }),
      'counts',
      'params',
      'ask',
      'progress',
    ],
    calls: { list_long: { do: 'big', bytes: 200_000 } },
    prompts: [{ name: 'greet', description: 'Greets.', arguments: [{ name: 'who' }] }],
    resources: [{ uri: 'note://one', name: 'one' }],
  },
  { trusted: true, description: 'notes of the house' },
);

/** Servers that need no process of their own: what the gateway does with them is the same over HTTP. */
let plain: HostileHttp;
let malformed: HostileHttp;
beforeAll(async () => {
  plain = await startHostileHttp({ tools: ['echo'] });
  malformed = await startHostileHttp({
    tools: ['echo', 'nothing', 'no-schema', 'number-name', 'huge-schema', 'crlf-name'],
  });
});
afterAll(async () => {
  await Promise.all([plain.close(), malformed.close()]);
});

const config = () => ({
  mcpServers: {
    notes: LIBRARY,
    cheap: scripted(
      { tools: ['crash'], calls: { crash: { do: 'crash' } } },
      {
        cost: 1,
        tools: { crash: { group: 'answer', risk: 'read' } },
      },
    ),
    dear: { url: plain.url, cost: 5, tools: { echo: { group: 'answer', risk: 'read' } } },
    small: { url: plain.url, budget: { calls: 1, per: 'day' }, fallback: ['other'] },
    other: { url: plain.url },
    poor: { url: plain.url, budget: { calls: 1, per: 'day' } },
    mixed: { url: malformed.url },
    gone: { command: '/nowhere/at-all', args: [] },
  },
  policy: {
    rules: [
      {
        when: "server == 'notes' and arguments.text == 'forbidden'",
        effect: 'deny',
        reason: 'that word is not written',
      },
      {
        when: "tool matches '^(params)$' and caller == 'nobody'",
        effect: 'deny',
        reason: 'nobody is nobody',
      },
      {
        when: "tool == 'params' and arguments.text matches '^(a+)+$'",
        effect: 'deny',
        reason: 'that is too many of one letter',
      },
    ],
  },
});

describeWorlds(
  'gateway',
  ({ world, verifies }) => {
    const callTool = async (name: string, args: object = {}, more: object = {}): Promise<Called> =>
      await world().call('call_tool', { name, arguments: args, ...more });

    verifies(['gateway/tools', 'gateway/stdio-downstream'], 'lists servers and calls a tool', async () => {
      const list = async () => {
        const { body } = await world().call('list_servers');
        return body['servers'] as unknown as readonly Record<string, unknown>[];
      };
      expect((await list()).map(({ name }) => name)).toEqual(Object.keys(config().mcpServers));
      // Those who take their time to start are not waited for.
      await expect
        .poll(async () => (await list()).filter(({ status }) => status === 'ready'))
        .toHaveLength(7);
      expect((await list()).find(({ name }) => name === 'notes')).toMatchObject({
        description: 'notes of the house',
        status: 'ready',
        tools: 8,
      });
      const called = await callTool('notes__write_note', { text: 'hello' });
      expect(called).toMatchObject({ text: 'hello', isError: false });
    });

    verifies(
      ['gateway/tools', 'gateway/names', 'gateway/W11'],
      'finds and describes tools by words',
      async () => {
        const found = await world().call('find_tools', { query: 'delete a note for ever', limit: 3 });
        const tools = found.body['tools'] as unknown as readonly Record<string, unknown>[];
        expect(tools[0]).toMatchObject({ name: 'notes__delete_note', server: 'notes', risk: 'destructive' });
        const described = await world().call('describe_tool', { name: 'notes__read_note' });
        const [first] = described.body['tools'] as unknown as readonly Record<string, unknown>[];
        expect(first).toMatchObject({ inputSchema: TEXT_IN, risk: 'read', available: true });
        const unknown = await callTool('notes__reed_note');
        expect(unknown.isError).toBe(true);
        expect(unknown.text).toContain('notes__read_note');
      },
    );

    verifies(
      ['gateway/malformed-tool', 'trust/7-name-injection'],
      'drops malformed tools and keeps their siblings',
      async () => {
        expect((await callTool('mixed__echo', { text: 'still here' })).text).toBe('still here');
        const { body } = await world().call('list_servers');
        const mixed = (body['servers'] as unknown as readonly Record<string, unknown>[]).find(
          ({ name }) => name === 'mixed',
        );
        expect(mixed?.['tools']).toBe(1);
        expect(mixed?.['dropped']).toHaveLength(5);
      },
    );

    verifies('gateway/broken-servers', 'says what is wrong with a server that cannot start', async () => {
      const called = await callTool('gone__anything');
      expect(called.isError).toBe(true);
      const { body } = await world().call('list_servers');
      const gone = (body['servers'] as unknown as readonly Record<string, unknown>[]).find(
        ({ name }) => name === 'gone',
      );
      expect(gone).toMatchObject({ status: 'down', tools: 0 });
      expect(String(gone?.['error'])).toContain('/nowhere/at-all');
    });

    verifies('gateway/policy', 'denies by a rule and says its reason', async () => {
      const denied = await callTool('notes__write_note', { text: 'forbidden' });
      expect(denied.isError).toBe(true);
      expect(denied.body['error_code']).toBe('POLICY_DENIED');
      expect(denied.text).toContain('that word is not written');
      expect((await callTool('notes__params')).isError).toBe(false);
    });

    verifies('trust/37-patterns', 'looks for a hostile pattern in linear time', async () => {
      // An engine that goes back would be at it for longer than the world stands.
      const text = 'a'.repeat(50_000);
      const [passed, denied, other] = await Promise.all([
        callTool('notes__params', { text: `${text}!` }),
        callTool('notes__params', { text }),
        callTool('other__echo', { text: 'meanwhile' }),
      ]);
      expect([passed.isError, denied.body['error_code'], other.text]).toEqual([
        false,
        'POLICY_DENIED',
        'meanwhile',
      ]);
      expect(denied.text).toContain('too many of one letter');
    });

    verifies(
      ['gateway/G10', 'gateway/W3', 'trust/23-approval-forgery'],
      'waits for a person, once, for exact arguments',
      async () => {
        const asked = await callTool('notes__delete_note', { text: 'a' });
        expect(asked).toMatchObject({ isError: false, body: { kind: 'approval' } });
        const id = String(asked.body['approval']?.['approval_id']);
        expect((await callTool('notes__delete_note', { text: 'a' })).body['approval']?.['approval_id']).toBe(
          id,
        );
        const seen = await world().call('get_approval', { approval_id: id });
        expect(JSON.stringify(seen.body)).toContain('"pending"');
        await world().decide(id, 'approve');
        const other = await callTool('notes__delete_note', { text: 'b' });
        expect(other.body['approval']?.['approval_id']).not.toBe(id);
        const done = await callTool('notes__delete_note', { text: 'a' });
        expect(done).toMatchObject({ text: 'a', isError: false });
        expect((await callTool('notes__delete_note', { text: 'a' })).body['kind']).toBe('approval');
        await world().decide(String(other.body['approval']?.['approval_id']), 'deny');
        expect((await callTool('notes__delete_note', { text: 'b' })).body['error_code']).toBe(
          'APPROVAL_DENIED',
        );
        const all = await world().call('list_approvals', {});
        expect((all.body['approvals'] as unknown as readonly unknown[]).length).toBeGreaterThanOrEqual(3);
      },
    );

    verifies(
      ['gateway/G4', 'gateway/W5', 'trust/25-cache-crossing'],
      'caches reads until something is written',
      async () => {
        const reads = async () => await countsOf(world(), 'read_note');
        const before = await reads();
        await callTool('notes__read_note', { text: 'same' });
        const again = await rawCall(world(), 'notes__read_note', { text: 'same' });
        expect(factsOf(again)).toMatchObject({ cached: true, server: 'notes' });
        expect(await reads()).toBe(before + 1);
        await callTool('notes__write_note', { text: 'x' });
        await callTool('notes__read_note', { text: 'same' });
        expect(await reads()).toBe(before + 2);
        await Promise.all([1, 2, 3].map(async () => await callTool('notes__read_note', { text: 'shared' })));
        expect(await reads()).toBe(before + 3);
      },
    );

    verifies(
      ['gateway/G8', 'gateway/W7', 'gateway/resources'],
      'stores a large result, pages it, and hands it on',
      async () => {
        const called = await rawCall(world(), 'notes__list_long', {});
        const text = JSON.stringify(called.content);
        expect(text.length).toBeLessThan(80_000);
        const uri = /tutti:\/\/result\/[\w-]+/.exec(text)?.[0] ?? '';
        expect(uri).not.toBe('');
        const page = await world().client.readResource({ uri: `${uri}?offset=100&limit=50` });
        expect((page.contents[0] as { readonly text: string }).text).toContain('x'.repeat(40));
        const { text: echoed } = await callTool('other__echo', {
          text: { $result: uri, path: '$.content[0].type' },
        });
        expect(echoed).toBe('text');
        const { text: paged } = await callTool('other__echo', {
          text: { $result: `${uri}?offset=100&limit=50` },
        });
        expect(paged).toBe((page.contents[0] as { readonly text: string }).text);
        const { text: typed } = await callTool('other__echo', {
          text: { $result: uri, path: "$.content[?@.type == 'text'].type", grep: 'text' },
        });
        expect(typed).toContain('"text"');
        await expect(
          world().client.readResource({ uri: 'tutti://result/AAAAAAAAAAAAAAAAAAAAAA' }),
        ).rejects.toThrow();
      },
    );

    verifies(
      ['gateway/G5', 'gateway/G6', 'gateway/W6'],
      'spends budgets, falls back, and chooses among equivalents',
      async () => {
        const first = await rawCall(world(), 'small__echo', { text: 'one' });
        expect(factsOf(first)).toMatchObject({ server: 'small' });
        const second = await rawCall(world(), 'small__echo', { text: 'two' });
        expect(factsOf(second)).toMatchObject({ server: 'other' });
        await callTool('poor__echo', { text: 'one' });
        const spent = await callTool('poor__echo', { text: 'two' });
        expect(spent.body['error_code']).toBe('BUDGET_SPENT');
        const group = await rawCall(world(), 'answer', { text: 'to everything' });
        expect(factsOf(group)).toMatchObject({ server: 'dear' });
        expect(group.content).toMatchObject([{ text: 'to everything' }]);
      },
    );

    verifies(['trust/11-smuggled-arguments'], 'forwards nothing that does not fit the schema', async () => {
      const before = await countsOf(world(), 'write_note');
      const wrong = await callTool('notes__write_note', { text: ['a', 'b'] });
      expect(wrong.isError).toBe(true);
      expect(wrong.text).toContain('text');
      const trap = JSON.parse(
        '{"text":"a","__proto__":{"text":"b"},"constructor":{"prototype":{"text":"c"}}}',
      ) as object;
      const deep = JSON.parse(`${'{"text":'.repeat(100)}1${'}'.repeat(100)}`) as object;
      for (const args of [trap, deep, { text: 'x'.repeat(10_000_000) }, { text: null }]) {
        const refused = await callTool('notes__write_note', args).then(
          ({ isError }) => isError,
          () => true,
        );
        expect([Object.keys(args), refused]).toEqual([Object.keys(args), true]);
      }
      expect(await countsOf(world(), 'write_note')).toBe(before);
    });

    verifies(['gateway/both-hops'], 'passes progress and trace context on', async () => {
      const heard: unknown[] = [];
      await world().client.callTool(
        { name: 'call_tool', arguments: { name: 'notes__progress', arguments: { count: 3 } } },
        { onprogress: (progress) => heard.push(progress) },
      );
      expect(heard.length).toBeGreaterThan(0);
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const traced = await world().client.callTool({
        name: 'call_tool',
        arguments: { name: 'notes__params', arguments: {} },
        _meta: { traceparent, secret: 'stays here' },
      });
      expect(JSON.stringify(traced.content)).toContain('0af7651916cd43dd8448eb211c80319c');
      expect(JSON.stringify(traced.content)).not.toContain('stays here');
    });

    verifies(['trust/21-handles'], 'knows nothing of approvals and results that are not there', async () => {
      const { body } = await world().call('get_approval', { approval_id: 'AAAAAAAAAAAAAAAAAAAAAA' });
      expect(body['error_code']).toBe('APPROVAL_NOT_FOUND');
    });
  },
  { config, toolsets: ['gateway'] },
);

/** How an answer came about. */
function factsOf({ _meta: meta }: { readonly _meta?: Record<string, unknown> | undefined }): unknown {
  return meta?.['tutti'];
}

/** How often a tool was called, as its server counts. */
async function countsOf(world: World, name: string): Promise<number> {
  const { text } = await world.call('call_tool', { name: 'notes__counts', arguments: {} });
  return (JSON.parse(text) as { readonly calls: Record<string, number> }).calls[name] ?? 0;
}

async function rawCall(world: World, name: string, args: object) {
  return await world.client.callTool({ name: 'call_tool', arguments: { name, arguments: args } });
}

describeWorlds(
  'gateway-all',
  ({ world, verifies }) => {
    beforeAll(async () => {
      // A server that takes its time to start is not waited for.
      for (const name of ['notes__counts', 'elder__ask']) {
        const call = async () => await world().client.callTool({ name, arguments: {} });
        await vi.waitFor(call, { timeout: 60_000 });
      }
    });

    verifies(
      ['gateway/passthrough', 'gateway/names'],
      'passes tools, prompts, resources and completions through',
      async () => {
        const { client } = world();
        const { tools } = await client.listTools();
        expect(tools.map(({ name }) => name)).toContain('notes__read_note');
        const called = await client.callTool({ name: 'notes__read_note', arguments: { text: 'direct' } });
        expect(called.content).toMatchObject([{ type: 'text', text: 'direct' }]);
        const { prompts } = await client.listPrompts();
        expect(prompts.map(({ name }) => name)).toContain('notes__greet');
        const prompt = await client.getPrompt({ name: 'notes__greet', arguments: { who: 'ada' } });
        expect(JSON.stringify(prompt.messages)).toContain('greet');
        const { resources } = await client.listResources();
        expect(resources.map(({ uri }) => uri)).toContain('note://one');
        const read = await client.readResource({ uri: 'note://one' });
        expect(read.contents).toMatchObject([{ text: 'Content of note://one' }]);
      },
    );

    verifies(
      ['gateway/both-hops', 'gateway/W4'],
      'brings the question of a server to the client and the answer back',
      async () => {
        const asked = await world().client.callTool({ name: 'notes__ask', arguments: {} });
        expect(JSON.stringify(asked.content)).toContain('\\"go\\":true');
        const bridged = await world().client.callTool({ name: 'elder__ask', arguments: {} });
        expect(JSON.stringify(bridged.content)).toContain('\\"go\\":true');
      },
    );

    verifies(
      ['gateway/G10', 'trust/23-approval-forgery'],
      'asks the person at the client where the client can',
      async () => {
        const done = await world().client.callTool({
          name: 'notes__delete_note',
          arguments: { text: 'agreed' },
        });
        expect(done.content).toMatchObject([{ text: 'agreed' }]);
      },
    );
  },
  {
    config: () => ({
      mcpServers: {
        notes: LIBRARY,
        elder: scripted({ eras: 'legacy', tools: ['ask'] }, { tools: { ask: { risk: 'write' } } }),
      },
    }),
    places: EVERYWHERE,
    toolsets: ['gateway-all'],
    elicit: (params) => ({
      action: 'accept',
      content: JSON.stringify(params).includes('approve') ? { approve: true } : { go: true },
    }),
  },
);
