import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OAuthSettings } from '../src/config.ts';
import type { Caller } from '../src/core/kernel/caller.ts';
import type { HttpOptions } from '../src/surfaces/http/serve.ts';
import { createMcpServer } from '../src/surfaces/mcp/server.ts';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { serveFake } from './support/faces.ts';
import type { Served } from './support/faces.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';
import { ask, initialize, JSON_HEADERS, modern, ping } from './support/http-peer.ts';
import type { Answer } from './support/http-peer.ts';

const ISSUER = 'https://issuer.test';
const AUDIENCE = 'https://tutti.test/mcp';

interface KeyPair {
  readonly alg: string;
  readonly jwk: JWK;
  readonly privateKey: KeyObject;
}

function keyPair(alg: string, kid: string): KeyPair {
  const { publicKey, privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } as JWK;
  return { alg, jwk: alg === 'EdDSA' ? jwk : { ...jwk, alg }, privateKey };
}

const rsa = keyPair('RS256', 'rsa');
const pss = keyPair('PS256', 'pss');
const ec = keyPair('ES256', 'ec');
const ed = keyPair('EdDSA', 'ed');
const stranger = keyPair('RS256', 'rsa');

/** An authorization server's keys, and how many times they were asked for. */
class KeyServer {
  asked = 0;
  answer: (response: ServerResponse, path: string) => void = (response) =>
    response.end(JSON.stringify(this.keys));
  keys: object = { keys: [rsa, pss, ec, ed].map(({ jwk }) => jwk) };
  readonly server: Server = createServer((request, response) => {
    this.asked += 1;
    this.answer(response, request.url ?? '');
  });

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `${this.issuer}/keys`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

interface Claims {
  readonly [name: string]: unknown;
}

const now = (): number => Math.floor(Date.now() / 1000);
const claims = (more: Claims = {}): Claims => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  iat: now(),
  exp: now() + 300,
  ...more,
});

async function token(more: Claims = {}, { alg, jwk, privateKey } = rsa): Promise<string> {
  return await new SignJWT(claims(more))
    .setProtectedHeader({ alg, ...(jwk.kid !== undefined && { kid: jwk.kid }) })
    .sign(privateKey);
}

function base64url(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A token whose header is written by hand. */
function forged(header: object, signature: (input: string) => string): string {
  const input = `${base64url(header)}.${base64url(claims())}`;
  return `${input}.${signature(input)}`;
}

const byStranger = (input: string): string =>
  sign('sha256', Buffer.from(input), stranger.privateKey).toString('base64url');

let keyServer: KeyServer;
let jwksUrl: string;
const open: { close(): unknown }[] = [];

beforeEach(async () => {
  keyServer = new KeyServer();
  jwksUrl = await keyServer.listen();
});
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
  keyServer.close();
});

interface Guarded extends Served {
  /** For whom servers were built, newest last. */
  readonly callers: readonly Caller[];
  readonly send: (credential: string | undefined) => Promise<Answer>;
}

async function serve(
  oauth: Partial<OAuthSettings> = {},
  options: Partial<HttpOptions> = {},
): Promise<Guarded> {
  const callers: Caller[] = [];
  const { orchestrator } = fakeOrchestrator();
  const telemetry = silentTelemetry();
  const served = await serveFake({
    oauth: { issuer: ISSUER, audience: [AUDIENCE], jwksUrl, ...oauth },
    build: (caller) => {
      callers.push(caller);
      return createMcpServer({ orchestrator, caller, telemetry, version: '1' });
    },
    ...options,
  });
  open.push(served);
  const send = async (credential: string | undefined): Promise<Answer> =>
    await ask(served.url, {
      headers: {
        ...JSON_HEADERS,
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      },
      body: initialize,
    });
  return { ...served, callers, send };
}

describe('a token', () => {
  it.each([
    ['RS256', rsa],
    ['PS256', pss],
    ['ES256', ec],
    ['EdDSA', ed],
  ])('signed with %s is let in', async (_alg, key) => {
    const { send, callers } = await serve();
    expect((await send(await token({}, key))).status).toBe(200);
    const digits = createHash('sha256').update(`${ISSUER}\nada`).digest('hex').slice(0, 16);
    expect(callers).toEqual([{ owner: `oauth:${digits}`, name: `ada@${new URL(ISSUER).host}` }]);
  });

  it('makes the same owner of the same subject, and another of another', async () => {
    const { send, callers } = await serve();
    await send(await token({ jti: '1' }));
    await send(await token({ jti: '2' }, ec));
    await send(await token({ sub: 'bob' }));
    const [first, second, third] = callers.map(({ owner }) => owner);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it.each(['local', 'token:0123456789abcdef', 'oauth:0123456789abcdef', 'a\u202Eb', 'x'.repeat(200)])(
    'of the subject %s takes no name that could be mistaken',
    async (sub) => {
      const { send, callers } = await serve();
      expect((await send(await token({ sub }))).status).toBe(200);
      expect(callers[0]).not.toHaveProperty('name');
    },
  );

  it.each<readonly [string, () => string | Promise<string>]>([
    ['no JWT', () => 'not-a-token'],
    ['for another audience', async () => await token({ aud: 'https://other.test' })],
    ['for no audience', async () => await token({ aud: undefined })],
    ['of another issuer', async () => await token({ iss: 'https://evil.test' })],
    ['of an issuer with a slash more', async () => await token({ iss: `${ISSUER}/` })],
    ['that expired', async () => await token({ exp: now() - 120 })],
    ['that never expires', async () => await token({ exp: undefined })],
    ['that is not good yet', async () => await token({ nbf: now() + 120 })],
    ['without a subject', async () => await token({ sub: undefined })],
    ['with an empty subject', async () => await token({ sub: '' })],
    ['signed by somebody else', async () => await token({}, stranger)],
    ['of an unknown key', async () => await token({}, { ...rsa, jwk: { ...rsa.jwk, kid: 'other' } })],
    ['with alg none', () => forged({ alg: 'none' }, () => '')],
    ['with alg None', () => forged({ alg: 'None', kid: 'rsa' }, () => '')],
    [
      'signed with the public key as a secret, as text',
      async () => {
        const secret = await exportSPKI((await importJWK(rsa.jwk, 'RS256', { extractable: true })) as never);
        return forged({ alg: 'HS256', kid: 'rsa' }, (input) =>
          createHmac('sha256', secret).update(input).digest('base64url'),
        );
      },
    ],
    [
      'signed with the modulus as a secret',
      () =>
        forged({ alg: 'HS256', kid: 'rsa' }, (input) =>
          createHmac('sha256', String(rsa.jwk.n)).update(input).digest('base64url'),
        ),
    ],
    ['with a kid that is a path', () => forged({ alg: 'RS256', kid: '../../../../dev/null' }, byStranger)],
    ['with a kid that is an address', () => forged({ alg: 'RS256', kid: 'http://evil.test/k' }, byStranger)],
    ['with a key of its own', () => forged({ alg: 'RS256', kid: 'rsa', jwk: stranger.jwk }, byStranger)],
    ['with a place for its key', () => forged({ alg: 'RS256', jku: 'http://evil.test/keys' }, byStranger)],
    [
      'with a header it must understand',
      () => forged({ alg: 'RS256', kid: 'rsa', crit: ['x'], x: 1 }, byStranger),
    ],
    [
      'whose claims were changed',
      async () => {
        const [head, , signature] = (await token()).split('.');
        return `${head}.${base64url(claims({ sub: 'bob' }))}.${signature}`;
      },
    ],
    [
      'whose signature is cut off',
      async () => {
        const [head, body] = (await token()).split('.');
        return `${head}.${body}.`;
      },
    ],
  ])('%s is refused', async (_title, make) => {
    const { send, callers } = await serve();
    const { status, headers, text } = await send(await make());
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
    expect(text).toContain('Unauthorized');
    expect(callers).toEqual([]);
  });

  it('with a shared secret among the keys is still refused', async () => {
    const secret = 'a secret that somebody published by mistake';
    keyServer.keys = { keys: [{ kty: 'oct', k: base64url(secret), kid: 'oct', alg: 'HS256' }] };
    const { send } = await serve();
    const jwt = forged({ alg: 'HS256', kid: 'oct' }, (input) =>
      createHmac('sha256', secret).update(input).digest('base64url'),
    );
    expect((await send(jwt)).status).toBe(401);
  });

  it('in the address is none', async () => {
    const served = await serve();
    const path = `/mcp?access_token=${await token()}`;
    expect((await ask(served.url, { path, body: initialize })).status).toBe(401);
  });
});

describe('scopes', () => {
  const scopes = {
    'tutti:read': { toolsets: ['gateway'], tools: ['git__get_*'] },
    'tutti:write': { toolsets: ['gateway', 'workflows'], tools: ['git__put_*'] },
    'tutti:none': { tools: [] },
    'tutti:all': {},
  };

  it.each<readonly [Claims, Caller['grants']]>([
    [{ scope: 'openid tutti:read' }, { toolsets: ['gateway'], tools: ['git__get_*'] }],
    [{ scp: ['tutti:read'] }, { toolsets: ['gateway'], tools: ['git__get_*'] }],
    [{ scp: 'tutti:read' }, { toolsets: ['gateway'], tools: ['git__get_*'] }],
    [
      { scope: 'tutti:write tutti:read' },
      { toolsets: ['gateway', 'workflows'], tools: ['git__get_*', 'git__put_*'] },
    ],
    [{ scope: 'tutti:none' }, { tools: [] }],
    [{ scope: 'tutti:read tutti:all' }, {}],
  ])('%j admit to %j', async (given, grants) => {
    const { send, callers } = await serve({ scopes });
    expect((await send(await token(given))).status).toBe(200);
    expect(callers.map((each) => each.grants)).toEqual([grants]);
  });

  it.each<Claims>([
    {},
    { scope: 'openid' },
    { scope: 'tutti:readonly' },
    { scope: 'constructor __proto__ toString' },
    { scope: { 'tutti:read': true } },
    { scp: [['tutti:read']] },
  ])('%j admit to nothing', async (given) => {
    const { send, callers } = await serve({ scopes });
    const { status, headers } = await send(await token(given));
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(headers['www-authenticate']).toContain('scope="tutti:read tutti:write tutti:none tutti:all"');
    expect(callers).toEqual([]);
  });

  it('decide what a request of the stateless revision can reach', async () => {
    const served = await serve({ scopes });
    const call = modern('list_workflows');
    const asked = async (scope: string): Promise<object> => {
      const authorization = `Bearer ${await token({ scope })}`;
      return (await ask(served.url, { ...call, headers: { ...call.headers, authorization } })).json();
    };
    expect(await asked('tutti:all')).toHaveProperty('result');
    expect(await asked('tutti:read')).toMatchObject({ error: { code: -32_602 } });
  });

  it('bind a session: with others it is unknown', async () => {
    const served = await serve({ scopes });
    const opened = await served.send(await token({ scope: 'tutti:all' }));
    const within = async (scope: string): Promise<number> => {
      const headers = {
        ...JSON_HEADERS,
        authorization: `Bearer ${await token({ scope })}`,
        'mcp-session-id': String(opened.headers['mcp-session-id']),
        'mcp-protocol-version': '2025-11-25',
      };
      return (await ask(served.url, { headers, body: ping })).status;
    };
    expect(await within('tutti:all')).toBe(200);
    expect(await within('tutti:read')).toBe(404);
  });
});

describe('the keys', () => {
  it('are asked for once, whatever comes', async () => {
    const { send } = await serve();
    await Promise.all(Array.from({ length: 8 }, async () => await send(await token())));
    for (const kid of ['a', 'b', 'c']) await send(await token({}, { ...rsa, jwk: { ...rsa.jwk, kid } }));
    await send('not-a-token');
    await send(forged({ alg: 'none' }, () => ''));
    expect(keyServer.asked).toBe(1);
  });

  it('are asked for again when a new one is used and the last look is long past', async () => {
    const { send } = await serve({}, { limits: { cooldownMs: 0 } });
    keyServer.keys = { keys: [rsa.jwk] };
    expect((await send(await token())).status).toBe(200);
    expect((await send(await token({}, ec))).status).toBe(401);
    keyServer.keys = { keys: [rsa.jwk, ec.jwk] };
    expect((await send(await token({}, ec))).status).toBe(200);
  });

  it.each<readonly [string, (response: ServerResponse) => void]>([
    ['fail', (response) => response.writeHead(500).end()],
    ['lead elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['are no JSON', (response) => response.end('<html>')],
    ['are no keys', (response) => response.end('{"keys":[1]}')],
    ['break off', (response) => response.destroy()],
    ['have no end', (response) => endless(response)],
  ])('that %s let nobody in, and are not asked for at every request', async (_title, answer) => {
    keyServer.answer = answer;
    const { send, callers } = await serve({}, { limits: { pauseMs: 600_000 } });
    for (let n = 0; n < 3; n += 1) {
      const { status, headers } = await send(await token());
      expect(status).toBe(503);
      expect(headers['retry-after']).toBe('5');
    }
    expect(callers).toEqual([]);
    expect(keyServer.asked).toBe(1);
  });

  it('that never come let nobody in, and hold nobody up who has a token of ours', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    keyServer.answer = () => resolve();
    const { send } = await serve({}, { tokens: ['a-token-of-our-own-01'], limits: { timeoutMs: 300 } });
    const waiting = send(await token());
    await asked;
    expect((await send('a-token-of-our-own-01')).status).toBe(200);
    expect((await waiting).status).toBe(503);
  });

  it('of a server that is not there let nobody in', async () => {
    keyServer.close();
    const { send } = await serve();
    expect((await send(await token())).status).toBe(503);
  });
});

describe('an issuer that says where its keys are', () => {
  /** Answers as an authorization server of this issuer does, its metadata at `place`. */
  const answering = (place: string, metadata: object) => (response: ServerResponse, path: string) => {
    if (path === place) response.end(JSON.stringify(metadata));
    else if (path === '/keys') response.end(JSON.stringify(keyServer.keys));
    else response.writeHead(404).end();
  };
  const asking = async (issuer: string): Promise<Answer> => {
    const oauth = { issuer, audience: [AUDIENCE] };
    const { send } = await serve({}, { oauth, limits: { pauseMs: 600_000 } });
    await send(await token({ iss: issuer }));
    return await send(await token({ iss: issuer }));
  };

  it.each([
    ['', '/.well-known/oauth-authorization-server'],
    ['/', '/.well-known/oauth-authorization-server'],
    ['/tenant', '/.well-known/oauth-authorization-server/tenant'],
    ['', '/.well-known/openid-configuration'],
    ['/tenant', '/tenant/.well-known/openid-configuration'],
  ])('under %j at %s is believed', async (path, place) => {
    const issuer = `${keyServer.issuer}${path}`;
    keyServer.answer = answering(place, { issuer, jwks_uri: `${keyServer.issuer}/keys` });
    expect((await asking(issuer)).status).toBe(200);
    expect(keyServer.asked).toBe(place.includes('openid') ? 3 : 2);
  });

  it.each<readonly [string, object]>([
    ['speaks for another', { issuer: 'https://evil.test' }],
    ['names no place', { jwks_uri: undefined }],
    ['names an insecure place', { jwks_uri: 'http://evil.test/keys' }],
    ['names a file', { jwks_uri: 'file:///etc/passwd' }],
  ])('and %s is not', async (_title, more) => {
    const { issuer } = keyServer;
    const metadata = { issuer, jwks_uri: `${issuer}/keys`, ...more };
    keyServer.answer = answering('/.well-known/oauth-authorization-server', metadata);
    expect((await asking(issuer)).status).toBe(503);
    expect(keyServer.asked).toBe(2);
  });
});

/** Writes until the other side has had enough. */
function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(65_536, 0x20);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

describe('where a token is had', () => {
  let served: Served;
  let port: string;
  beforeAll(async () => {
    served = await serveFake({
      oauth: {
        issuer: ISSUER,
        audience: ['tutti', AUDIENCE],
        jwksUrl: 'http://127.0.0.1:1/',
        scopes: { a: {}, b: {} },
      },
    });
    ({ port } = new URL(served.url));
  });
  afterAll(async () => await served.close());

  it.each(['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'])(
    'is said at %s, to anybody',
    async (path) => {
      const { status, headers, json } = await ask(served.url, { method: 'GET', path, headers: {} });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json');
      expect(json()).toEqual({
        resource: AUDIENCE,
        authorization_servers: [ISSUER],
        scopes_supported: ['a', 'b'],
        bearer_methods_supported: ['header'],
        resource_name: 'Tutti',
      });
    },
  );

  it('is said with every refusal', async () => {
    const metadata = 'resource_metadata="https://tutti.test/.well-known/oauth-protected-resource/mcp"';
    const { status, headers } = await ask(served.url, { body: initialize });
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe(`Bearer realm="tutti", scope="a b", ${metadata}`);
  });

  it('follows the address that was used, where the audience is none', async () => {
    const own = await serve({ audience: ['tutti'] });
    const at = new URL(own.url);
    const { headers } = await own.send(undefined);
    const place = /resource_metadata="([^"]+)"/.exec(String(headers['www-authenticate']))?.[1] ?? '';
    expect(place).toBe(`${at.origin}/.well-known/oauth-protected-resource/mcp`);
    expect(await (await fetch(place)).json()).toMatchObject({ resource: own.url });
  });

  it('is not said by a server without OAuth', async () => {
    const plain = await serveFake({ tokens: ['a-token-of-our-own-01'] });
    open.push(plain);
    const path = '/.well-known/oauth-protected-resource';
    expect((await ask(plain.url, { method: 'GET', path })).status).toBe(404);
    const { headers } = await ask(plain.url, { body: initialize });
    expect(headers['www-authenticate']).toBe('Bearer realm="tutti"');
    expect(port).not.toBe('');
  });
});

describe('tokens with a name', () => {
  const named = [
    { token: 'token-of-ada-0123456789', name: 'ada', grants: { toolsets: ['gateway'], tools: ['git__*'] } },
    { token: 'token-of-bob-0123456789', name: 'bob' },
    'token-of-nobody-0123456789',
  ];

  it('say who it is, and what it admits to', async () => {
    const { send, callers } = await serve({}, { tokens: named });
    for (const each of named) await send(typeof each === 'string' ? each : each.token);
    const owner = (text: string): string =>
      `token:${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    expect(callers).toEqual([
      {
        owner: owner('token-of-ada-0123456789'),
        name: 'ada',
        grants: { toolsets: ['gateway'], tools: ['git__*'] },
      },
      { owner: owner('token-of-bob-0123456789'), name: 'bob' },
      { owner: owner('token-of-nobody-0123456789') },
    ]);
  });

  it('let nobody else in', async () => {
    const served = await serveFake({ tokens: named });
    open.push(served);
    const headers = { ...JSON_HEADERS, authorization: 'Bearer token-of-eve-0123456789' };
    expect((await ask(served.url, { headers, body: initialize })).status).toBe(401);
  });
});
