import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Telemetry } from '../src/core/ports/telemetry.ts';
import { newClient, serveFake } from './support/faces.ts';
import type { Served } from './support/faces.ts';
import { JSON_HEADERS, ask, initialize, modern } from './support/http-peer.ts';
import { verifies } from './support/world.ts';

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

describe('who may ask', () => {
  let served: Served;
  let port: string;
  beforeAll(async () => {
    served = await serveFake({
      allowedHosts: ['tutti.test', 'edge.test:8443'],
      allowedOrigins: ['https://app.test'],
    });
    ({ port } = new URL(served.url));
  });
  afterAll(async () => await served.close());

  const asked = async (headers: OutgoingHttpHeaders): Promise<number> =>
    (await ask(served.url, { headers: { ...JSON_HEADERS, ...headers }, body: initialize })).status;

  it.each([
    'localhost',
    'localhost:PORT',
    'LOCALHOST:PORT',
    '127.0.0.1:PORT',
    '[::1]:PORT',
    'localhost:1',
    'tutti.test',
    'tutti.test:80',
    'edge.test:8443',
  ])('answers Host %s', async (host) => {
    expect(await asked({ host: host.replace('PORT', port) })).toBe(200);
  });

  it.each([
    'evil.test',
    'evil.test:PORT',
    'localhost.evil.test',
    'localhost.evil.test:PORT',
    'evil.test#localhost',
    'evil@localhost',
    'localhost@evil.test',
    'localhost/evil.test',
    'localhost, evil.test',
    'localhost:PORT evil',
    '127.0.0.1.evil.test',
    '169.254.169.254',
    '0.0.0.0:PORT',
    'edge.test:1',
  ])('refuses Host %s', async (host) => {
    expect(await asked({ host: host.replace('PORT', port) })).toBe(403);
  });

  it.each([
    'http://localhost:PORT',
    'http://127.0.0.1:PORT',
    'http://[::1]:PORT',
    'https://app.test',
    'https://APP.test',
  ])('answers Origin %s', async (origin) => {
    expect(await asked({ host: `127.0.0.1:${port}`, origin: origin.replace('PORT', port) })).toBe(200);
  });

  it.each([
    'http://evil.test',
    'http://evil.test:PORT',
    'http://localhost.evil.test:PORT',
    'http://localhost',
    'http://localhost:1',
    'http://app.test',
    'https://app.test.evil.test',
    'https://app.test/path',
    'null',
    'file://',
    'chrome-extension://localhost',
    'localhost',
    '',
  ])('refuses Origin %s', async (origin) => {
    expect(await asked({ origin: origin.replace('PORT', port) })).toBe(403);
  });

  it.each([
    ['no Host', ''],
    ['an empty Host', 'Host: \r\n'],
    ['two Hosts', `Host: localhost:PORT\r\nHost: localhost:PORT\r\n`],
    [
      'two Origins',
      `Host: localhost:PORT\r\nOrigin: http://localhost:PORT\r\nOrigin: http://localhost:PORT\r\n`,
    ],
    [
      'a good and a bad Origin',
      `Host: localhost:PORT\r\nOrigin: http://localhost:PORT\r\nOrigin: http://evil.test\r\n`,
    ],
  ])('refuses %s', async (_title, headers) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.setEncoding('utf8');
    socket.write(`GET /healthz HTTP/1.1\r\n${headers.replaceAll('PORT', port)}Connection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1.1 403 /);
  });

  it('lets a page that may ask read the answers, and no other', async () => {
    const preflight = async (origin: string) =>
      await ask(served.url, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization, mcp-method',
        },
      });
    const { status, headers } = await preflight('https://app.test');
    expect([status, headers['access-control-allow-origin'], headers['access-control-allow-headers']]).toEqual(
      [204, 'https://app.test', 'authorization, mcp-method'],
    );
    const answer = await ask(served.url, {
      headers: { ...JSON_HEADERS, origin: 'https://app.test' },
      body: initialize,
    });
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.test');
    expect(answer.headers['access-control-expose-headers']).toContain('Mcp-Session-Id');
    const refused = await preflight('https://evil.test');
    expect(refused.status).toBe(403);
    const plain = await ask(served.url, { body: initialize });
    for (const each of [refused, plain]) {
      expect(Object.keys(each.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  verifies('trust/27-rebinding', 'gives a page on another port nothing, however it asks', async () => {
    const origin = 'http://localhost:1';
    const { headers, body } = modern('start_workflow', { workflow_name: 'DEMO' });
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-mode': 'navigate' };
    const stream = { accept: 'text/event-stream' };
    const refused = [
      ['fetch', { headers: { ...headers, origin }, body }],
      ['fetch without CORS', { headers: { ...headers, 'content-type': 'text/plain', origin }, body }],
      ['a form', { headers: { ...form, origin }, body }],
      ['a form of a page without an address', { headers: { ...form, origin: 'null' }, body }],
      ['EventSource', { method: 'GET', headers: { ...stream, origin } }],
      ['a preflight', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }],
    ] as const;
    const said: [string, Awaited<ReturnType<typeof ask>>][] = [];
    for (const [way, request] of refused) said.push([way, await ask(served.url, request)]);
    expect(said.map(([way, { status }]) => [way, status])).toEqual(refused.map(([way]) => [way, 403]));
    // What is embedded is asked for without an Origin, and comes as nothing that a browser would show or run.
    for (const dest of ['image', 'script', 'style', 'iframe', 'object']) {
      for (const path of ['/', '/mcp', '/api', '/api/approvals', '/nothing.js']) {
        const embedded = { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': dest };
        const answer = await ask(served.url, { method: 'GET', path, headers: embedded });
        expect([path, [401, 404, 405].includes(answer.status)]).toEqual([path, true]);
        said.push([`${dest} ${path}`, answer]);
      }
    }
    for (const [way, answer] of said) {
      expect([way, answer.headers['content-type'] ?? 'application/json']).toEqual([way, 'application/json']);
      expect([way, answer.text === '' || answer.headers['x-content-type-options']]).not.toEqual([
        way,
        undefined,
      ]);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect(served.fake.calls).toEqual([]);
  });

  it('judges every path alike, and executes nothing it refused', async () => {
    for (const path of ['/healthz', '/readyz', '/nothing', '/mcp']) {
      const { status } = await ask(served.url, { method: 'GET', path, headers: { host: 'evil.test' } });
      expect(status).toBe(403);
    }
    const { headers, body } = modern('start_workflow', { workflow_name: 'DEMO' });
    await ask(served.url, { headers: { ...headers, origin: 'http://evil.test' }, body });
    expect(served.fake.calls).toEqual([]);
  });
});

describe('what may be asked', () => {
  it('is MCP and health, else nothing', async () => {
    const { url } = await serve();
    const get = async (path: string) => await ask(url, { method: 'GET', path, headers: {} });
    expect((await get('/healthz')).json()).toEqual({ ok: true });
    expect((await get('/readyz?deep=1')).json()).toEqual({ ok: true });
    for (const path of ['/', '/mcp/', '/MCP', '/api', '/healthz/x', '//mcp', '/..%2fmcp']) {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers['content-type']).toBe('application/json');
    }
    for (const method of ['GET', 'DELETE', 'PUT']) {
      expect((await ask(url, { method, headers: { accept: 'text/event-stream' } })).status).toBe(405);
    }
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    undefined,
  ])('is JSON, not %s', async (type) => {
    const { url, fake } = await serve();
    const { headers, body } = modern('start_workflow', { workflow_name: 'DEMO' });
    const { 'content-type': _, ...others } = headers;
    const { status } = await ask(url, {
      headers: { ...others, ...(type && { 'content-type': type }) },
      body,
    });
    expect(status).toBe(415);
    expect(fake.calls).toEqual([]);
  });

  it('is no larger than 4 MiB, whatever its headers promise', async () => {
    const { url, fake } = await serve();
    const over = 4 * 1024 * 1024 + 1;
    const declared = await ask(url, {
      headers: { ...JSON_HEADERS, 'content-length': over },
      body: ' '.repeat(over),
    });
    expect(declared.status).toBe(413);
    const chunks = Array.from({ length: 65 }, () => ' '.repeat(64 * 1024));
    const chunked = await ask(url, {
      headers: { ...JSON_HEADERS, 'transfer-encoding': 'chunked' },
      body: chunks,
    });
    expect(chunked.status).toBe(413);
    expect(chunked.text).toContain('4194304 bytes');
    const head = '{"jsonrpc":"2.0","id":"mine","method":"tools/call","params":{"name":"';
    const named = await ask(url, { body: [head, 'x'.repeat(over), '"}}'] });
    expect([named.status, named.json()['id']]).toEqual([413, 'mine']);
    const answer = await ask(url, {
      body: ['{"jsonrpc":"2.0","id":1,"result":{"a":"', 'x'.repeat(over), '"}}'],
    });
    expect([answer.status, answer.json()['id']]).toEqual([413, null]);
    const fitting = await ask(url, { body: [initialize, ' '.repeat(over - 1 - initialize.length)] });
    expect(fitting.status).toBe(200);
    expect(fake.calls).toEqual([]);
  });

  it.each<[string, string, number]>([
    ['no JSON', '{', -32_700],
    ['an empty body', '', -32_700],
    [
      'deep nesting',
      `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
      -32_600,
    ],
    ['a doubled key', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', -32_600],
    ['keys of another case', '{"jsonrpc":"2.0","id":1,"Method":"tools/call"}', -32_600],
    ['two methods by case', '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}', -32_600],
    ['no message', '42', -32_600],
  ])('is one message, not %s', async (_title, body, code) => {
    const { url } = await serve();
    const answer = await ask(url, { body });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ jsonrpc: '2.0', error: { code } });
  });

  it('is not compressed, and is UTF-8', async () => {
    const { url } = await serve();
    const compressed = await ask(url, {
      headers: { ...JSON_HEADERS, 'content-encoding': 'gzip' },
      body: 'x',
    });
    expect(compressed.status).toBe(415);
    const { hostname, port } = new URL(url);
    const request = httpRequest({ hostname, port, method: 'POST', path: '/mcp', headers: JSON_HEADERS });
    request.end(Buffer.from([0x22, 0xff, 0x22]));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(400);
  });

  it('says the same in its headers and its body', async () => {
    const { url, fake } = await serve();
    const { headers, body } = modern('start_workflow', { workflow_name: 'DEMO' });
    for (const wrong of [
      { 'mcp-name': 'list_workflows' },
      { 'mcp-name': '=?base64?bGlzdF93b3JrZmxvd3M=?=' },
      { 'mcp-method': 'tools/list' },
      { 'mcp-protocol-version': '2025-11-25' },
    ]) {
      const answer = await ask(url, { headers: { ...headers, ...wrong }, body });
      expect([wrong, answer.status, answer.json()]).toMatchObject([wrong, 400, { error: { code: -32_020 } }]);
    }
    expect(fake.calls).toEqual([]);
    const encoded = { 'mcp-name': '=?base64?c3RhcnRfd29ya2Zsb3c=?=' };
    expect((await ask(url, { headers: { ...headers, ...encoded }, body })).status).toBe(200);
  });
});

describe('tokens', () => {
  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Bearer ${TOKEN_A}x`,
    `Bearer ${TOKEN_A.slice(0, -1)}`,
    `Bearer ${TOKEN_A} ${TOKEN_B}`,
    `Basic ${TOKEN_A}`,
    TOKEN_A,
  ])('are asked for: %s is not let in', async (authorization) => {
    const { url, fake } = await serve({ tokens: [TOKEN_A, TOKEN_B] });
    const { headers, body } = modern('start_workflow', { workflow_name: 'DEMO' });
    const given = authorization === undefined ? {} : { authorization };
    for (const method of ['POST', 'GET', 'DELETE']) {
      const answer = await ask(url, {
        method,
        headers: { ...headers, ...given },
        ...(method === 'POST' && { body }),
      });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
      expect(answer.text).not.toContain(TOKEN_A);
    }
    expect(fake.calls).toEqual([]);
    expect((await ask(url, { method: 'GET', path: '/healthz', headers: {} })).status).toBe(200);
  });

  it('make owners: each sees its own instances, in either era', async () => {
    const { url, fake } = await serve({ tokens: [TOKEN_A, TOKEN_B] });
    const bearing = async (client: ReturnType<typeof newClient>, token: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
      open.push(client);
      return client;
    };
    const own = await bearing(newClient('modern'), TOKEN_A);
    const ownOld = await bearing(newClient('legacy'), TOKEN_A);
    const other = await bearing(newClient('modern'), TOKEN_B);
    const otherOld = await bearing(newClient('legacy'), TOKEN_B);
    const { structuredContent } = await own.callTool({
      name: 'start_workflow',
      arguments: { workflow_name: 'DEMO' },
    });
    const { instance_id } = structuredContent as { instance_id: string };
    const look = { name: 'get_workflow_status', arguments: { instance_id } };
    expect(await ownOld.callTool(look)).toMatchObject({ structuredContent: { instance_id } });
    const unknown = (await other.callTool({ ...look, arguments: { instance_id: 'unknown' } }))
      .structuredContent;
    for (const stranger of [other, otherOld]) {
      const foreign = await stranger.callTool(look);
      expect(JSON.stringify(foreign.structuredContent).replaceAll(instance_id, 'unknown')).toBe(
        JSON.stringify(unknown),
      );
      await expect(stranger.readResource({ uri: `instance://${instance_id}` })).rejects.toMatchObject({
        code: -32_602,
      });
    }
    expect(fake.calls[0]?.owner).toMatch(/^token:[0-9a-f]{16}$/);
  });

  it('stay out of every log, right or wrong', async () => {
    const lines: string[] = [];
    const telemetry: Telemetry = { log: (...line) => lines.push(JSON.stringify(line)) };
    const { url } = await serve({ tokens: [TOKEN_A], telemetry });
    const { headers, body } = modern('advance_workflow', {});
    for (const authorization of [`Bearer ${TOKEN_A}`, `Bearer ${TOKEN_B}`]) {
      await ask(url, { headers: { ...headers, authorization }, body });
      await ask(url, { headers: { ...JSON_HEADERS, authorization }, body: '{' });
    }
    expect(lines.join('\n')).toContain('input/missing-field');
    expect(lines.join('\n')).not.toContain('token-of');
  });

  it('are needed beyond loopback, and must not be empty', async () => {
    for (const host of [
      '0.0.0.0',
      '::',
      '192.168.1.5',
      'example.com',
      '127.evil.test',
      'localhost.evil.test',
    ]) {
      await expect(serve({ host })).rejects.toMatchObject({ code: 'server/unsafe-bind' });
    }
    await expect(serve({ tokens: [''] })).rejects.toMatchObject({ code: 'config/invalid' });
    const { url } = await serve({ host: '0.0.0.0', tokens: [TOKEN_A] });
    const reached = url.replace('0.0.0.0', '127.0.0.1');
    expect((await ask(reached, { method: 'GET', path: '/healthz', headers: {} })).status).toBe(200);
    expect((await ask(reached, { body: initialize })).status).toBe(401);
  });
});
