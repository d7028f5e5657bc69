import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { Telemetry } from '../src/core/ports/telemetry.ts';
import { createMcpServer } from '../src/surfaces/mcp/server.ts';
import { Sessions } from '../src/surfaces/http/sessions.ts';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import { newClient, oldClient, serveFake } from './support/faces.ts';
import type { Served } from './support/faces.ts';
import { JSON_HEADERS, ask, initialize, modern, ping } from './support/http-peer.ts';

const TOKEN_A = 'token-of-somebody-0123456789';
const TOKEN_B = 'token-of-another-0123456789';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});

async function serve(options: Parameters<typeof serveFake>[0] = {}): Promise<Served> {
  const served = await serveFake(options);
  open.push(served);
  return served;
}

/** Makes a call that waits until the server lets it go, in whichever way `call` makes calls. */
async function startWaiting<T>(
  { fake }: Served,
  call: (name: string, args: Record<string, unknown>) => Promise<T>,
): Promise<{ readonly answer: Promise<T> }> {
  const started = JSON.stringify(await call('start_workflow', { workflow_name: 'DEMO' }));
  const instance_id = /"instance_id":"([^"]+)"/.exec(started)?.[1];
  const answer = call('advance_workflow', { instance_id, report: { status: 'wait' } });
  await expect.poll(() => fake.signals.length).toBe(1);
  return { answer };
}

describe('sessions of old clients', () => {
  const openSession = async (url: string, headers: OutgoingHttpHeaders = {}): Promise<string> => {
    const answer = await ask(url, { headers: { ...JSON_HEADERS, ...headers }, body: initialize });
    expect(answer.status).toBe(200);
    return String(answer.headers['mcp-session-id']);
  };
  const within = async (url: string, id: string, headers: OutgoingHttpHeaders = {}) =>
    await ask(url, { headers: { ...JSON_HEADERS, ...headers, 'mcp-session-id': id }, body: ping });

  it('are 128 random bits, serve, and end when told', async () => {
    const { url } = await serve();
    const ids = await Promise.all(Array.from({ length: 20 }, async () => await openSession(url)));
    expect(new Set(ids).size).toBe(20);
    const [id = ''] = ids;
    expect(id).toMatch(/^[\w-]{22}$/);
    expect((await within(url, id)).status).toBe(200);
    expect((await ask(url, { method: 'DELETE', headers: { 'mcp-session-id': id } })).status).toBe(200);
    expect((await within(url, id)).status).toBe(404);
    expect((await ask(url, { body: ping })).status).toBe(400);
  });

  it('are unknown to everybody but their owner', async () => {
    const { url } = await serve({ tokens: [TOKEN_A, TOKEN_B] });
    const [a, b] = [{ authorization: `Bearer ${TOKEN_A}` }, { authorization: `Bearer ${TOKEN_B}` }];
    const id = await openSession(url, a);
    const unknown = await within(url, 'A'.repeat(22), b);
    const stolen = await within(url, id, b);
    expect([stolen.status, stolen.text]).toEqual([404, unknown.text]);
    for (const method of ['GET', 'DELETE']) {
      const headers = { ...b, accept: 'text/event-stream', 'mcp-session-id': id };
      expect((await ask(url, { method, headers })).status).toBe(404);
    }
    expect((await within(url, id)).status).toBe(401);
    expect((await within(url, id, a)).status).toBe(200);
  });

  it('make room for new ones by age, but never while they are in use', async () => {
    const { url } = await serve({ limits: { maxSessions: 2 } });
    const client = oldClient();
    await client.connect(new OldHttp(new URL(url)));
    open.push(client);
    const first = await openSession(url);
    const second = await openSession(url);
    expect((await within(url, first)).status).toBe(404);
    expect((await within(url, second)).status).toBe(200);
    await expect(client.ping()).resolves.toEqual({});
  });

  it('are forgotten when idle for too long, but not while a stream is open', async () => {
    let now = 0;
    const { orchestrator } = fakeOrchestrator();
    const telemetry = silentTelemetry();
    const sessions = new Sessions({
      build: (caller) => createMcpServer({ orchestrator, caller, version: '1', telemetry }),
      idleMs: 1000,
      now: () => now,
      onError: (error) => {
        throw error;
      },
    });
    const me = { owner: 'me' };
    const begin = async (): Promise<string> => {
      const request = new Request('http://localhost/mcp', { method: 'POST', headers: JSON_HEADERS });
      const answer = await sessions.handle(request, me, JSON.parse(initialize));
      await answer.text();
      return String(answer.headers.get('mcp-session-id'));
    };
    const listen = async (id: string): Promise<Response> => {
      const headers = { accept: 'text/event-stream', 'mcp-session-id': id };
      return await sessions.handle(new Request('http://localhost/mcp', { headers }), me);
    };
    const idle = await begin();
    const streaming = await listen(await begin());
    expect(sessions.size).toBe(2);
    now = 999;
    sessions.expire();
    expect(sessions.size).toBe(2);
    now = 1000;
    sessions.expire();
    expect(sessions.size).toBe(1);
    expect((await listen(idle)).status).toBe(404);
    await streaming.body?.cancel();
    now = 1999;
    sessions.expire();
    expect(sessions.size).toBe(1);
    now = 2000;
    sessions.expire();
    expect(sessions.size).toBe(0);
  });

  it('hear that workflows changed, as new clients do', async () => {
    const { url, fake } = await serve();
    const heard = new Set<string>();
    const listening = async (era: 'modern' | 'legacy') => {
      const client = newClient(era);
      client.setNotificationHandler('notifications/prompts/list_changed', () => void heard.add(era));
      await client.connect(new StreamableHTTPClientTransport(new URL(url)));
      open.push(client);
      return client;
    };
    await listening('legacy');
    const subscription = await (await listening('modern')).listen({ promptsListChanged: true });
    const changed = (): readonly string[] => {
      fake.change();
      return [...heard].toSorted();
    };
    await expect.poll(changed).toEqual(['legacy', 'modern']);
    await subscription.close();
  });
});

describe('many clients at once', () => {
  it('never get each other’s answers, though all count from the same id', async () => {
    const { url } = await serve();
    const clients = await Promise.all(
      Array.from({ length: 24 }, async (_, at) => {
        const client = newClient(at % 2 === 0 ? 'modern' : 'legacy');
        await client.connect(new StreamableHTTPClientTransport(new URL(url)));
        open.push(client);
        return { client, at };
      }),
    );
    await Promise.all(
      clients.map(async ({ client, at }) => {
        for (let round = 0; round < 12; round += 1) {
          const nonce = `${at}/${round}`;
          const { structuredContent } = await client.callTool({
            name: 'start_workflow',
            arguments: { workflow_name: 'DEMO', context: { nonce } },
          });
          expect(structuredContent).toMatchObject({ current_context: { nonce } });
        }
      }),
    );
  });
});

describe('slow and leaving clients', () => {
  it.each([
    ['headers', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-'],
    [
      'body',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
    [
      'chunks',
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
    ],
  ])('are closed when their %s never end', async (_title, start) => {
    const { url } = await serve({ limits: { headersMs: 40, requestMs: 80, checkMs: 10 } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    // However it is closed: `once` would take a reset for a failure.
    socket.on('error', () => {});
    const closed = new Promise((done) => void socket.once('close', done));
    socket.resume().write(start);
    await closed;
  });

  it('cancel what they asked for by going away', async () => {
    const served = await serve();
    const { url, fake } = served;
    const gone = new AbortController();
    const { answer } = await startWaiting(served, async (name, args) => {
      const answered = await fetch(url, { method: 'POST', ...modern(name, args), signal: gone.signal });
      return await answered.json();
    });
    gone.abort();
    await expect(answer).rejects.toThrow('aborted');
    await expect.poll(() => fake.signals[0]?.aborted).toBe(true);
    fake.release();
  });
});

describe('the end', () => {
  const waitingClient = async (served: Served) => {
    const client = newClient('modern');
    await client.connect(new StreamableHTTPClientTransport(new URL(served.url)));
    open.push(client);
    return await startWaiting(served, (name, args) => client.callTool({ name, arguments: args }));
  };

  it('waits for answers, refuses new requests, and ends streams and sessions', async () => {
    const served = await serveFake();
    const { answer } = await waitingClient(served);
    const old = oldClient();
    await old.connect(new OldHttp(new URL(served.url)));
    open.push(old);
    const closed = served.close();
    await expect(ask(served.url, { body: ping })).rejects.toThrow('ECONNREFUSED');
    served.fake.release();
    expect(await answer).toMatchObject({ structuredContent: { status: 'RUNNING' } });
    await closed;
    expect(served.fake.watchers).toBe(0);
    await expect(old.ping()).rejects.toThrow('fetch failed');
  });

  it('tells who is still connected that it takes no more requests', async () => {
    const served = await serveFake();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await ask(served.url, { body: initialize, agent })).status).toBe(200);
    const { answer } = await waitingClient(served);
    const closed = served.close();
    const refused = await ask(served.url, { body: ping, agent });
    expect([refused.status, refused.headers['retry-after'], refused.headers.connection]).toEqual([
      503,
      '5',
      'close',
    ]);
    expect(refused.json()).toMatchObject({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: -32_000,
        message: expect.stringContaining('Nothing of this request was done') as string,
        data: { error_code: 'SERVER_DRAINING' },
      },
    });
    await expect(ask(served.url, { body: ping, agent })).rejects.toThrow('ECONNREFUSED');
    served.fake.release();
    expect(await answer).toMatchObject({ structuredContent: { status: 'RUNNING' } });
    await closed;
    agent.destroy();
  });

  it('keeps no connection of those it lets finish', async () => {
    const served = await serveFake();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { answer } = await startWaiting(served, async (name, args) => {
      const { headers, body } = modern(name, args);
      const answered = await ask(served.url, { headers: { ...headers, 'mcp-name': name }, body, agent });
      return { connection: answered.headers.connection, ...answered.json() };
    });
    const closed = served.close();
    served.fake.release();
    expect(await answer).toMatchObject({ connection: 'close' });
    await closed;
    agent.destroy();
  });

  it('lets who still waits be called off meanwhile', async () => {
    const served = await serveFake();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const opened = await ask(served.url, { body: initialize, agent });
    const headers = { ...JSON_HEADERS, 'mcp-session-id': String(opened.headers['mcp-session-id']) };
    const { answer } = await startWaiting(served, async (name, args) => {
      const params = { name, arguments: args };
      const body = JSON.stringify({ jsonrpc: '2.0', id: name, method: 'tools/call', params });
      return (await ask(served.url, { headers, body })).json();
    });
    const closed = served.close();
    const params = { requestId: 'advance_workflow' };
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    expect((await ask(served.url, { headers, body, agent })).status).toBe(202);
    expect(served.fake.signals[0]?.aborted).toBe(true);
    await Promise.allSettled([answer, closed]);
    agent.destroy();
  });

  const CUT_OFF = {
    jsonrpc: '2.0',
    error: { code: -32_000, message: expect.stringContaining('Whether it took effect is unknown') as string },
  };
  /** Serves somebody who waits too long when the end comes. */
  const cutOff = async (begin: (served: Served) => Promise<{ readonly answer: Promise<unknown> }>) => {
    const logged: unknown[] = [];
    const telemetry: Telemetry = {
      log: (...line) => void (line[1] === 'http/cut-off' && logged.push(line)),
    };
    const served = await serveFake({ limits: { drainMs: 20 }, telemetry });
    const { answer } = await begin(served);
    const [outcome] = await Promise.all([Promise.allSettled([answer]), served.close()]);
    expect(logged).toEqual([['warn', 'http/cut-off', { requests: 1 }]]);
    expect(served.fake.signals[0]?.aborted).toBe(true);
    served.fake.release();
    return outcome[0];
  };

  it('does not wait for ever, and says so to who waits', async () => {
    expect(await cutOff(waitingClient)).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringContaining('cut off') as string },
    });
  });

  it.each([
    ['on the short path', (name: string) => name],
    ['by the SDK', (name: string) => `=?base64?${Buffer.from(name).toString('base64')}?=`],
  ])('cuts off what is answered %s with an error', async (_title, written) => {
    const outcome = await cutOff(
      async (served) =>
        await startWaiting(served, async (name, args) => {
          const { headers, body } = modern(name, args);
          const answer = await ask(served.url, { headers: { ...headers, 'mcp-name': written(name) }, body });
          return [answer.status, answer.json()];
        }),
    );
    expect(outcome).toMatchObject({ status: 'fulfilled', value: [200, CUT_OFF] });
  });

  it.each([
    ['beside the SDK', {}],
    ['by the SDK', { elicitation: {} }],
  ])('cuts off what is answered %s in a session', async (_title, capabilities) => {
    const outcome = await cutOff(async (served) => {
      const client = new OldClient({ name: 'test', version: '1' }, { capabilities });
      await client.connect(new OldHttp(new URL(served.url)));
      open.push(client);
      return await startWaiting(served, (name, args) => client.callTool({ name, arguments: args }));
    });
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: -32_000, message: expect.stringContaining('cut off') as string },
    });
  });

  it('frees the port; one in use is told by its code', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(serveFake({ port })).rejects.toMatchObject({ code: 'server/port-in-use' });
    taken.close();
    await once(taken, 'close');
    const served = await serveFake({ port });
    await served.close();
    const again = await serveFake({ port });
    await again.close();
  });
});
