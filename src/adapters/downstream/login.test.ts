import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamOptions } from '../../core/ports/downstream.ts';
import { connectDownstream } from './connect.ts';
import type { DownstreamEnvironment } from './connect.ts';
import { downstreamLogin } from './login-flow.ts';

const REDIRECT = 'http://127.0.0.1:8976/callback';
const TOOLS = [{ name: 'echo', inputSchema: { type: 'object' } }];

describe('a login', () => {
  /** A server that wants a token, and the one that gives it, at one address. */
  const server = createServer((request, response) => void serve(request, response));
  let origin = '';
  let authorizationEndpoint: string | undefined;
  let seen: { path: string; authorization: string | undefined; apiKey: unknown }[] = [];
  let kept = new Map<string, JsonObject>();
  let now = 0;
  /** What is given, and taken: the token that expired is neither any more. */
  let valid = 'the-token';
  let granted: string[] = [];
  let refreshes = true;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const { authorization, 'x-api-key': apiKey } = request.headers;
    seen.push({ path, authorization, apiKey });
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const [status, body] = answer(path, { authorization, text });
    const challenge = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(status === 401 && { 'www-authenticate': challenge }),
    });
    response.end(JSON.stringify(body));
  }

  function answer(path: string, sent: { authorization: string | undefined; text: string }): [number, object] {
    switch (path) {
      case '/.well-known/oauth-protected-resource/mcp':
        return [200, { resource: `${origin}/mcp`, authorization_servers: [origin] }];
      case '/.well-known/oauth-authorization-server':
        return [
          200,
          {
            issuer: origin,
            authorization_endpoint: authorizationEndpoint ?? `${origin}/authorize`,
            token_endpoint: `${origin}/token`,
            registration_endpoint: `${origin}/register`,
            response_types_supported: ['code'],
            code_challenge_methods_supported: ['S256'],
          },
        ];
      case '/register':
        return [201, { client_id: 'registered', redirect_uris: [REDIRECT] }];
      case '/token':
        return grant(new URLSearchParams(sent.text));
      case '/mcp':
        return sent.authorization === `Bearer ${valid}` ? [200, rpc(sent.text)] : [401, {}];
      default:
        return [404, {}];
    }
  }

  function grant(asked: URLSearchParams): [number, object] {
    granted.push(`${asked.get('grant_type')} ${asked.get('refresh_token') ?? asked.get('code')}`);
    if (asked.get('grant_type') === 'refresh_token' && !refreshes) return [400, { error: 'invalid_grant' }];
    const more = { token_type: 'Bearer', expires_in: 3_600, refresh_token: `again-${granted.length}` };
    return [200, { access_token: valid, ...more }];
  }

  function rpc(text: string): object {
    const { id, method } = JSON.parse(text) as { id: unknown; method: string };
    const found = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    const discovered = { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } };
    const results: Readonly<Record<string, object>> = {
      'server/discover': { ...found, ...discovered },
      'tools/call': { resultType: 'complete', content: [] },
    };
    const result = results[method] ?? { ...found, tools: TOOLS };
    return { jsonrpc: '2.0', id, result };
  }

  const environment: DownstreamEnvironment = {
    introduction: { name: 'tutti', version: '0.0.0' },
    variables: {},
    clock: { now: () => now, random: Math.random },
    login: {
      tokens: {
        read: (name) => Promise.resolve(kept.get(name)),
        write: (name, value) => {
          if (value === undefined) kept.delete(name);
          else kept.set(name, structuredClone(value));
          return Promise.resolve();
        },
      },
      redirectUrl: REDIRECT,
      clientName: 'Tutti',
    },
  };
  const toOptions = (headers: Record<string, string> = {}): DownstreamOptions => ({
    server: 'remote',
    launch: { kind: 'http', url: `${origin}/mcp`, headers, allowPrivate: true },
    connectMs: 10_000,
    maxMemoryBytes: 1,
  });
  const stateOf = (url: string) => new URL(url).searchParams.get('state') ?? '';

  beforeEach(async () => {
    authorizationEndpoint = undefined;
    seen = [];
    kept = new Map();
    now = 1_000_000;
    valid = 'the-token';
    granted = [];
    refreshes = true;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('that is needed is said at once, with the same address until it is done', async () => {
    const downstream = connectDownstream(environment)(toOptions());
    const errors = [];
    for (let n = 0; n < 2; n += 1) errors.push(await downstream.offer().catch((error: unknown) => error));
    expect(errors[0]).toMatchObject({ code: 'downstream/login-needed', data: { url: expect.any(String) } });
    expect(errors[1]).toMatchObject({ data: (errors[0] as { data: object }).data });
    const { url } = (errors[0] as { data: { url: string } }).data;
    expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
    expect(new URL(url).searchParams.get('resource')).toBe(`${origin}/mcp`);
    expect(downstream.health()).toMatchObject({ status: 'down', loginUrl: url });
    await downstream.close();
  });

  it('is ended by whoever heard the browser come back, for everybody', async () => {
    const downstream = connectDownstream(environment)(toOptions());
    const login = downstreamLogin(environment);
    const url = (await login.begin(toOptions())) ?? '';
    await expect(downstream.offer()).rejects.toMatchObject({ data: { url } });
    await login.complete(toOptions(), `${REDIRECT}?code=c&state=${stateOf(url)}`);
    expect((await downstream.offer()).tools).toEqual(TOOLS);
    expect(await login.begin(toOptions())).toBeUndefined();
    await downstream.close();
  });

  it('is renewed without anybody when its token has expired, in this process and in the next', async () => {
    const login = downstreamLogin(environment);
    const url = (await login.begin(toOptions())) ?? '';
    await login.complete(toOptions(), `${REDIRECT}?code=c&state=${stateOf(url)}`);
    const downstream = connectDownstream(environment)(toOptions());
    expect((await downstream.offer()).tools).toEqual(TOOLS);
    valid = 'second-token';
    expect((await downstream.offer()).tools).toEqual(TOOLS);
    await downstream.close();
    valid = 'third-token';
    const next = connectDownstream(environment)(toOptions());
    expect((await next.offer()).tools).toEqual(TOOLS);
    expect(granted).toEqual(['authorization_code c', 'refresh_token again-1', 'refresh_token again-2']);
    valid = 'fourth-token';
    refreshes = false;
    await expect(next.offer()).rejects.toMatchObject({
      code: 'downstream/login-needed',
      data: { url: expect.stringContaining(`${origin}/authorize`) as string },
    });
    await next.close();
  });

  it('is renewed once for all calls that find its token expired', async () => {
    const login = downstreamLogin(environment);
    const url = (await login.begin(toOptions())) ?? '';
    await login.complete(toOptions(), `${REDIRECT}?code=c&state=${stateOf(url)}`);
    const downstream = connectDownstream(environment)(toOptions());
    await downstream.offer();
    valid = 'second-token';
    const call = { idleMs: 10_000, timeoutMs: 10_000, maxBytes: 1_000, inlineBytes: 1_000 };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => downstream.call({ ...call, params: { name: 'look', arguments: {} } })),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'result'));
    expect(granted).toEqual(['authorization_code c', 'refresh_token again-1']);
    await downstream.close();
  });

  it('believes no address that belongs to another one', async () => {
    const login = downstreamLogin(environment);
    await login.begin(toOptions());
    for (const query of ['code=c', 'code=c&state=', 'code=c&state=guessed']) {
      await expect(login.complete(toOptions(), `${REDIRECT}?${query}`)).rejects.toMatchObject({
        code: 'downstream/login-needed',
      });
    }
    expect(seen.some(({ path }) => path === '/token')).toBe(false);
  });

  it('is begun anew when nobody ended it for long', async () => {
    const login = downstreamLogin(environment);
    const first = (await login.begin(toOptions())) ?? '';
    now += 3_600_000;
    const second = (await login.begin(toOptions())) ?? '';
    expect(stateOf(second)).not.toBe(stateOf(first));
  });

  it.each(['file:///c:/x', 'javascript:alert(1)', 'ssh://host/$(touch pwn)'])(
    'never leads to %s',
    async (address) => {
      authorizationEndpoint = address;
      const begun = downstreamLogin(environment).begin(toOptions());
      await expect(begun).rejects.toMatchObject({
        code: expect.stringMatching(/^downstream\/(protocol|unavailable)$/),
      });
      expect([...kept.values()].every((value) => !('pending' in value))).toBe(true);
    },
  );

  it('is not begun where the operator gave credentials, and theirs reach nobody else', async () => {
    const downstream = connectDownstream(environment)(
      toOptions({ Authorization: 'Bearer given', 'X-Api-Key': 'k' }),
    );
    await expect(downstream.offer()).rejects.toMatchObject({ code: 'downstream/unavailable' });
    expect(seen.every(({ path, authorization }) => path === '/mcp' && authorization === 'Bearer given')).toBe(
      true,
    );
    await downstream.close();
  });
});
