import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { verifies } from '../support/world.ts';

const marker = join(tmpdir(), `tutti-login-${process.pid}`);
let metadata: Record<string, unknown> = {};
let origin = '';
let dir = '';
let app: App;

/** A server that wants a token, and says what `metadata` holds about who gives it. */
const server = createServer((request, response) => {
  const path = (request.url ?? '').split('?', 1)[0];
  const answer = (status: number, body: object) => {
    const challenge = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
    response.writeHead(status, {
      'Content-Type': 'application/json',
      ...(status === 401 && { 'WWW-Authenticate': challenge }),
    });
    response.end(JSON.stringify(body));
  };
  request.resume();
  switch (path) {
    case '/.well-known/oauth-protected-resource/mcp':
      return answer(200, {
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
        ...(metadata['resource'] as object),
      });
    case '/.well-known/oauth-authorization-server':
      return answer(200, {
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        registration_endpoint: `${origin}/register`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        ...(metadata['server'] as object),
      });
    case '/register':
      return answer(201, { client_id: 'registered', redirect_uris: ['http://127.0.0.1:7421/callback'] });
    case '/mcp':
      return answer(401, {});
    default:
      return answer(404, {});
  }
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  dir = await mkdtemp(join(tmpdir(), 'tutti-login-'));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true, force: true });
});

/** The address to log in at, or why there is none. */
async function begin(said: Record<string, unknown>): Promise<string> {
  metadata = said;
  const file = join(dir, 'tutti.config.json');
  await writeFile(
    file,
    JSON.stringify({ store: 'sqlite::memory:', mcpServers: { remote: { url: `${origin}/mcp` } } }),
  );
  app = await createApp(loadConfig({ file, env: { LOG_LEVEL: 'error', HOME: dir } }));
  try {
    return (await app.login.begin('remote')) ?? 'let in';
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await app.close();
  }
}

verifies('trust/18-issuer', 'logs in nowhere but where issuer and metadata agree', async () => {
  const url = new URL(await begin({}));
  expect(url.origin).toBe(origin);
  expect(url.searchParams.get('code_challenge_method')).toBe('S256');
  expect(url.searchParams.get('resource')).toBe(`${origin}/mcp`);
  expect(await begin({ server: { issuer: 'http://evil.test' } })).toMatch(/^refused/);
  expect(await begin({ resource: { resource: 'http://evil.test/mcp' } })).toMatch(/^refused/);
  expect(await begin({ server: { code_challenge_methods_supported: ['plain'] } })).toMatch(/^refused/);
});

verifies('trust/18-issuer', 'shows no address that a browser or a shell would act on', async () => {
  for (const address of ['javascript:alert(1)', 'file:///c:/x', `http://127.0.0.1/$(touch ${marker})`]) {
    const shown = await begin({ server: { authorization_endpoint: address } });
    expect(/^(refused|http:)/.test(shown)).toBe(true);
    expect(shown).not.toContain('$(');
  }
  expect(existsSync(marker)).toBe(false);
});
