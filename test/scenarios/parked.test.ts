import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { HostileHttp, HostileScript } from '../support/hostile-server.ts';
import { startHostileHttp } from '../support/hostile-server.ts';
import { startHttp } from '../support/http-process.ts';
import { programOf } from '../support/programs.ts';
import { MAIN, openWorld, verifies } from '../support/world.ts';
import type { World } from '../support/world.ts';

// Servers of the older revisions that ask in the middle of a call, and clients of the newer ones, who answer with another request.

const HOSTILE = programOf('hostile-server');
const SCRIPT: HostileScript = {
  eras: 'legacy',
  tools: ['look', 'book', 'ask', 'echo'],
  calls: { look: { do: 'ask' }, book: { do: 'ask' } },
};
const TOOLS = { look: { risk: 'read' }, book: { risk: 'write' } };

function scripted(script: HostileScript): object {
  return { command: process.execPath, args: [HOSTILE, JSON.stringify(script)], tools: TOOLS };
}

interface Leg {
  readonly inputRequests?: Record<string, { readonly params: { readonly message: string } }>;
  readonly requestState?: string;
  readonly content?: readonly { readonly text: string }[];
  readonly structuredContent?: { readonly error_code?: string };
}

/** One request, without going on by itself where the answer is a question. */
async function leg(client: Client, name: string, more: object = {}): Promise<Leg> {
  const request = { method: 'tools/call', params: { name, arguments: {}, ...more } };
  return (await client.request(request as never, { allowInputRequired: true } as never)) as Leg;
}

function answering({ inputRequests = {}, requestState }: Leg, go: boolean): object {
  const keys = Object.keys(inputRequests);
  expect(keys).toHaveLength(1);
  const answers = keys.map((key) => [key, { action: 'accept', content: { go } }]);
  return { requestState, inputResponses: Object.fromEntries(answers) };
}

const textIn = ({ content = [] }: Leg) => content.map(({ text }) => text).join('\n');
const messagesIn = ({ inputRequests = {} }: Leg) =>
  Object.values(inputRequests).map(({ params }) => params.message);

describe.each(['stdio', 'http'] as const)('a question over a restart, to a client over %s', (medium) => {
  let world: World;
  let remote: HostileHttp;
  beforeAll(async () => {
    remote = await startHostileHttp(SCRIPT);
    world = await openWorld({
      medium,
      era: '2026-07-28',
      toolsets: ['gateway-all'],
      elicit: () => Promise.reject(new Error('Answers are given by hand here.')),
      config: async (dir) => {
        const controlFile = join(dir, 'control.json');
        await writeFile(controlFile, '{}');
        const recordFile = join(dir, 'elder.jsonl');
        return {
          mcpServers: {
            elder: scripted({ ...SCRIPT, recordFile, controlFile }),
            remote: { url: remote.url, tools: TOOLS },
          },
        };
      },
    });
  });
  afterAll(async () => {
    await world.close();
    await remote.close();
  });

  const sentTo = async (server: string, tool: string) => {
    const lines =
      server === 'remote'
        ? remote.requests().map((each) => JSON.stringify(each))
        : (await readFile(join(world.dir, 'elder.jsonl'), 'utf8')).split('\n');
    return lines.filter((line) => line.includes('"tools/call"') && line.includes(`"name":"${tool}"`)).length;
  };

  const SERVERS = ['elder', 'remote'];

  verifies('gateway/W4', 'is answered where the call only reads, and no change is repeated', async () => {
    const begun = async (tool: string) =>
      await Promise.all(SERVERS.map(async (server) => await leg(world.client, `${server}__${tool}`)));
    const [looks, books] = [await begun('look'), await begun('book')];
    await world.restart();
    for (const [at, server] of SERVERS.entries()) {
      const answer = answering(looks[at] as Leg, true);
      const last = await leg(world.client, `${server}__look`, answer);
      expect(textIn(last)).toContain('"go":true');
      const again = leg(world.client, `${server}__look`, answer);
      await expect(again).rejects.toThrow('requestState was changed, used before');
      const lost = await leg(world.client, `${server}__book`, answering(books[at] as Leg, true));
      expect(lost.structuredContent?.error_code).toBe('CALL_LOST');
      expect(textIn(lost)).toMatch(/not made again\. Look whether it took effect/);
      expect([await sentTo(server, 'look'), await sentTo(server, 'book')]).toEqual([2, 1]);
    }
  });

  verifies('gateway/W4', 'is asked anew where it is another one by then', async () => {
    const first = await leg(world.client, 'elder__look');
    await world.restart();
    const params = {
      message: 'Really?',
      requestedSchema: { type: 'object', properties: { go: { type: 'boolean' } } },
    };
    const script = { calls: { look: { do: 'ask', params } } };
    await writeFile(join(world.dir, 'control.json'), JSON.stringify(script));
    const second = await leg(world.client, 'elder__look', answering(first, true));
    expect(messagesIn(second)).toEqual(['The server "elder" asks: Really?']);
    const last = await leg(world.client, 'elder__look', answering(second, false));
    expect(textIn(last)).toContain('"go":false');
  });
});

describe('one server that asks several people', () => {
  const people = ['ada', 'bob', 'cleo'] as const;
  const tokenOf = (who: string) => `token-of-${who}-0123456789`;
  let dir: string;
  let served: Awaited<ReturnType<typeof startHttp>>;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tutti-people-'));
    const file = join(dir, 'tutti.config.json');
    const tokens = people.map((name) => ({ name, token: tokenOf(name) }));
    const config = {
      store: 'sqlite:./tutti.db',
      http: { auth: { tokens } },
      mcpServers: { elder: scripted(SCRIPT) },
    };
    await writeFile(file, JSON.stringify(config));
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
    served = await startHttp({
      env: { HOME: dir, XDG_DATA_HOME: dir, PATH, NODE_COMPILE_CACHE, LOG_LEVEL: 'error' },
      args: [MAIN, 'serve', '--toolsets', 'gateway-all', '--http', '--port', '0', '--config', file],
    });
  });
  afterAll(async () => {
    served.child.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  async function connected(who: string, heard: string[]): Promise<Client> {
    const mode = { pin: '2026-07-28' };
    const client = new Client(
      { name: 'scenario', version: '1.0.0' },
      { versionNegotiation: { mode }, capabilities: { elicitation: { form: {} } } },
    );
    client.setRequestHandler('elicitation/create', ({ params }) => {
      heard.push(`${who}: ${params.message}`);
      return { action: 'accept', content: { who } };
    });
    const headers = { Authorization: `Bearer ${tokenOf(who)}` };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(served.url), { requestInit: { headers } }),
    );
    return client;
  }

  verifies('gateway/one-question', 'asks each of them what is his, once it has asked anybody', async () => {
    const heard: string[] = [];
    const clients = await Promise.all(people.map((who) => connected(who, heard)));
    const ask = async (client: Client, who: string) => {
      const params = { message: `Is it ${who}?`, requestedSchema: { type: 'object', properties: {} } };
      return (await client.callTool({ name: 'elder__ask', arguments: { params } })) as Leg;
    };
    await ask(clients[0] as Client, 'ada');
    heard.length = 0;
    const rounds = [...people, ...people];
    const ends = await Promise.all(rounds.map((who) => ask(clients[people.indexOf(who)] as Client, who)));
    expect(ends.map(textIn)).toEqual(rounds.map((who) => expect.stringContaining(`"who":"${who}"`)));
    expect(heard.toSorted()).toEqual(
      rounds.map((who) => `${who}: The server "elder" asks: Is it ${who}?`).toSorted(),
    );
    await Promise.all(clients.map((client) => client.close()));
  });
});
