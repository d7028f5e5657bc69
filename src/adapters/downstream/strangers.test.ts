import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Launch } from '../../core/ports/downstream.ts';
import { connectDownstream } from './connect.ts';
import type { DownstreamEnvironment } from './connect.ts';
import { downstreamLogin } from './login-flow.ts';

const REDIRECT = 'http://127.0.0.1:8976/callback';
const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  running.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Page = object | string;

/** A server that wants a login, and says about it what these pages say; `ORIGIN` in them is its own. */
async function serveLogin(pages: Readonly<Record<string, Page>>, challenge = 'Bearer'): Promise<string> {
  let origin = '';
  const own = (page: Page) =>
    (typeof page === 'string' ? page : JSON.stringify(page)).replaceAll('ORIGIN', origin);
  origin = await serve((request, response) => {
    request.resume();
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const page = pages[path];
    if (path === '/mcp') response.writeHead(401, { 'www-authenticate': own(challenge) });
    else response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(page === undefined ? 'nope <b>not here</b>' : own(page));
  });
  return origin;
}

/** Something else on this machine, which nobody may make us ask. */
async function serveCanary() {
  const hits: string[] = [];
  const origin = await serve((request, response) => {
    hits.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { hits, origin };
}

function toEnvironment(): DownstreamEnvironment {
  const kept = new Map<string, JsonObject>();
  return {
    introduction: { name: 'tutti', version: '0.0.0' },
    variables: {},
    clock: { now: Date.now, random: Math.random },
    login: {
      tokens: {
        read: (name) => Promise.resolve(kept.get(name)),
        write: (name, value) => {
          if (value !== undefined) kept.set(name, structuredClone(value));
          return Promise.resolve();
        },
      },
      redirectUrl: REDIRECT,
      clientName: 'Tutti',
    },
  };
}

const toOptions = (origin: string, more: Partial<Extract<Launch, { kind: 'http' | 'sse' }>> = {}) => ({
  server: 'remote',
  launch: { kind: 'http' as const, url: `${origin}/mcp`, headers: {}, allowPrivate: true, ...more },
  connectMs: 10_000,
  maxMemoryBytes: 1,
});

async function failure(origin: string, headers: Record<string, string> = {}): Promise<Error> {
  const downstream = connectDownstream(toEnvironment())(toOptions(origin, { headers }));
  try {
    return (await downstream.offer().catch((error: unknown) => error)) as Error;
  } finally {
    await downstream.close();
  }
}

const RESOURCE = '/.well-known/oauth-protected-resource/mcp';
const ISSUER = '/.well-known/oauth-authorization-server';
const METADATA = {
  issuer: 'ORIGIN',
  authorization_endpoint: 'ORIGIN/authorize',
  token_endpoint: 'ORIGIN/token',
  registration_endpoint: 'ORIGIN/register',
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
};
const CLIENT = { client_id: 'c', redirect_uris: [REDIRECT] };

describe('another port of the machine on which a server runs', () => {
  it('is not where the metadata of a login are looked for', async () => {
    const canary = await serveCanary();
    const named = await serveLogin({}, `Bearer resource_metadata="${canary.origin}/metadata"`);
    const issued = await serveLogin({
      [RESOURCE]: { resource: 'ORIGIN/mcp', authorization_servers: [canary.origin] },
    });
    for (const origin of [named, issued])
      expect(await failure(origin)).toMatchObject({ code: 'downstream/unavailable' });
    expect(canary.hits).toEqual([]);
  });

  it('is not where we register, or hand in what a person brought back', async () => {
    const canary = await serveCanary();
    const pages = {
      [RESOURCE]: { resource: 'ORIGIN/mcp', authorization_servers: ['ORIGIN'] },
      '/register': CLIENT,
    };
    const registers = await serveLogin({
      ...pages,
      [ISSUER]: { ...METADATA, registration_endpoint: `${canary.origin}/register` },
    });
    expect(await failure(registers)).toMatchObject({ code: 'downstream/unavailable' });
    const grants = await serveLogin({
      ...pages,
      [ISSUER]: { ...METADATA, token_endpoint: `${canary.origin}/token` },
    });
    const login = downstreamLogin(toEnvironment());
    const url = new URL((await login.begin(toOptions(grants))) ?? '');
    const back = `${REDIRECT}?code=c&state=${url.searchParams.get('state') ?? ''}`;
    await expect(login.complete(toOptions(grants), back)).rejects.toMatchObject({
      code: 'downstream/unavailable',
      message: expect.stringContaining('private'),
    });
    expect(canary.hits).toEqual([]);
  });

  it('is not where a redirect leads, unless the operator said so', async () => {
    const canary = await serveCanary();
    const origin = await serve((request, response) => {
      request.resume();
      response.writeHead(307, { location: `${canary.origin}/mcp` }).end();
    });
    expect(await failure(origin)).toMatchObject({ message: expect.stringContaining('private') });
    expect(canary.hits).toEqual([]);
    const downstream = connectDownstream(toEnvironment())(toOptions(origin, { allowPrivatePorts: true }));
    await expect(downstream.offer()).rejects.toMatchObject({ code: expect.any(String) });
    await downstream.close();
    expect(canary.hits).not.toEqual([]);
  });
});

describe('a server that wants credentials', () => {
  it.each<{ said: string; pages: Record<string, Page> }>([
    { said: 'nothing more', pages: {} },
    { said: 'a page', pages: { [RESOURCE]: '<!doctype html><b>Hi</b>', [ISSUER]: '<!doctype html>' } },
    { said: 'something of another form', pages: { [RESOURCE]: { resource: 1 }, [ISSUER]: { issuer: [] } } },
    {
      said: 'where to register, which is not there',
      pages: {
        [RESOURCE]: { resource: 'ORIGIN/mcp', authorization_servers: ['ORIGIN'] },
        [ISSUER]: METADATA,
      },
    },
  ])('and says $said is described in plain words', async ({ pages }) => {
    const { message } = await failure(await serveLogin(pages));
    expect(message).toMatch(/^The server wants credentials.*`headers`/);
    expect(message).not.toMatch(/nope|<|Unexpected|expected|invalid_|Registration|\{/);
  });

  it('and does not like those of the operator is described without what it said', async () => {
    const { message } = await failure(await serveLogin({ '/mcp': 'nope, wrong key 123' }), {
      Authorization: 'Bearer given',
    });
    expect(message).toMatch(/^The server wants credentials.*`headers`/);
    expect(message).not.toMatch(/nope|wrong|123/);
  });
});

describe('a server whose greeting has another form', () => {
  it.each([
    { greeting: { protocolVersion: 7, capabilities: 'all' } },
    { greeting: { protocolVersion: '2025-06-18', capabilities: { tools: 3 }, serverInfo: { name: 1 } } },
  ])('is described without what a parser says: $greeting', async ({ greeting }) => {
    const origin = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        const { id } = JSON.parse(text) as { id: number };
        const body = JSON.stringify({ jsonrpc: '2.0', id, result: greeting });
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      });
    });
    const { message } = await failure(origin);
    expect(message).toContain('cannot be used');
    expect(message).not.toMatch(/invalid_|"code"|\[ ?\{|ZodError/);
  });
});
