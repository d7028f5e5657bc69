import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import { connectDownstream } from './connect.ts';

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

type Said = JsonObject & { readonly id?: number | string; readonly method?: string };
type Listener = (message: Said, response: ServerResponse, request: IncomingMessage) => void;

/** A server that is asked with `listener`, and the methods that it heard. */
async function serve(listener: Listener) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      const message = (text === '' ? {} : JSON.parse(text)) as Said;
      heard.push(message.method ?? request.method ?? '');
      listener(message, response, request);
    });
  }).listen(0, '127.0.0.1');
  running.push(server);
  await once(server, 'listening');
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` };
}

function say(response: ServerResponse, message: JsonObject, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

async function offerOf(url: string) {
  const connection = connectDownstream({
    introduction: { name: 'tutti', version: '0' },
    variables: {},
    clock: { now: () => 0, random: () => 0 },
  })({
    server: 'met',
    launch: {
      kind: 'http' as const,
      url,
      headers: { 'x-own': 'mine', accept: 'text/html' },
      allowPrivate: true,
    },
    connectMs: 20_000,
    maxMemoryBytes: 1,
  });
  try {
    return await connection.offer();
  } finally {
    await connection.close();
  }
}

const TOOLS = { tools: [{ name: 'look', inputSchema: { type: 'object' } }] };
const DISCOVERED = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  ttlMs: 0,
  cacheScope: 'private',
};

/** One of the revisions with a handshake, once it was asked for its revision. */
const old: Listener = ({ id, method }, response) => {
  if (id === undefined) response.writeHead(202).end();
  else if (method === 'initialize')
    say(response, {
      id,
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'old', version: '1' },
      },
    });
  else say(response, { id, result: { ...TOOLS } });
};

describe('a server over HTTP that nothing is known of', () => {
  it('is met with one question when it is one of the newest', async () => {
    let headers: IncomingMessage['headers'] = {};
    const programs = new Set<string | undefined>();
    const { heard, url } = await serve(({ id = 0, method }, response, request) => {
      if (method === 'server/discover') headers = request.headers;
      programs.add(request.headers['user-agent']);
      say(response, { id, result: method === 'server/discover' ? DISCOVERED : { ...DISCOVERED, ...TOOLS } });
    });
    const { era, tools } = await offerOf(url);
    expect({ era, names: tools.map(({ name }) => name) }).toEqual({ era: 'modern', names: ['look'] });
    expect(heard).toEqual(['server/discover', 'tools/list']);
    expect([...programs]).toEqual(['tutti/0']);
    expect(headers).toMatchObject({
      'x-own': 'mine',
      'user-agent': 'tutti/0',
      accept: 'application/json, text/event-stream',
      'mcp-method': 'server/discover',
      'mcp-protocol-version': '2026-07-28',
    });
  });

  it('may answer on a stream, after something else', async () => {
    const { url } = await serve(({ id = 0, method }, response) => {
      if (method !== 'server/discover') return say(response, { id, result: { ...DISCOVERED, ...TOOLS } });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const noise = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
      for (const each of [noise, { jsonrpc: '2.0', id, result: DISCOVERED }])
        response.write(`data: ${JSON.stringify(each)}\n\n`);
      response.end();
    });
    expect((await offerOf(url)).era).toBe('modern');
  });

  it.each([
    {
      what: 'an error under HTTP 200',
      refuse: (response: ServerResponse, id: number | string) =>
        say(response, { id, error: { code: -32_601, message: 'Method not found' } }),
    },
    {
      what: 'an error under HTTP 400',
      refuse: (response: ServerResponse) =>
        say(response, { id: null, error: { code: -32_000, message: 'Bad Request: no session' } }, 400),
    },
    { what: 'HTTP 400', refuse: (response: ServerResponse) => response.writeHead(400).end('who?') },
  ])('is not asked twice for its revision when it answers with $what', async ({ refuse }) => {
    const { heard, url } = await serve((message, response, request) => {
      if (message.method === 'server/discover') refuse(response, message.id ?? 0);
      else if (request.method === 'POST') old(message, response, request);
      else response.writeHead(405).end();
    });
    expect((await offerOf(url)).era).toBe('legacy');
    expect(heard.filter((method) => method === 'server/discover')).toHaveLength(1);
    expect(heard).toContain('initialize');
  });

  it.each([
    { what: 'another answer than it was asked for', text: '{"jsonrpc":"2.0","id":"other","result":{}}' },
    { what: 'no JSON', text: 'hello' },
    { what: 'half an answer', text: '{"jsonrpc":"2.0","id":"disc' },
  ])('is of no use when it says $what', async ({ text }) => {
    const { url } = await serve((_message, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
    await expect(offerOf(url)).rejects.toMatchObject({ code: /^downstream\// });
  });

  it('is said not to be reached where nobody is', async () => {
    const { url } = await serve(() => {});
    for (const server of running.splice(0)) {
      server.close();
      await once(server, 'close');
    }
    await expect(offerOf(url)).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
  });
});
