import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Launch } from '../../core/ports/downstream.ts';
import { connectDownstream } from './connect.ts';
import { Discretion } from './discretion.ts';

const KEY = 'opensesame';
const PLAIN = 'walrus-77-teapot';

const open = connectDownstream({
  introduction: { name: 'tutti', version: '0.0.0' },
  variables: process.env,
  clock: { now: Date.now, random: Math.random },
});

/** Everything that is told of a server which cannot be used, causes and stacks included. */
async function toldOf(launch: Launch): Promise<string> {
  const downstream = open({ server: 'leaky', launch, connectMs: 20_000, maxMemoryBytes: 1_073_741_824 });
  const error: unknown = await downstream.offer().catch((each: unknown) => each);
  expect(error).toBeInstanceOf(TuttiError);
  const told = [inspect(error, { depth: 8 }), downstream.health().error, ...downstream.logs()].join('\n');
  await downstream.close();
  return told;
}

async function answering<T>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('what a server was given', () => {
  it('is not read in its last words, nor in its log', async () => {
    const script = `
      console.error('Starting with', JSON.stringify(process.env));
      console.error('x'.repeat(995) + process.env.API_KEY);
      console.error('Error: refused ' + process.env.API_KEY + ' and ' + process.env.PLAIN);
      process.exit(1);`;
    const told = await toldOf({
      kind: 'stdio',
      command: process.execPath,
      args: ['-e', script],
      env: { API_KEY: KEY, PLAIN },
    });
    expect(told).toContain('Its last words: Error: refused [redacted] and [redacted]');
    expect(told).not.toMatch(/opens|walrus/);
  });

  it.each(['http', 'sse'] as const)('is not read in what it answers, over %s', async (kind) => {
    const headers = { Authorization: `Bearer ${KEY}`, 'X-Tenant': PLAIN };
    for (const status of [400, 500]) {
      const told = await answering(
        (request, response) => {
          response.writeHead(status, { 'content-type': 'text/plain' });
          response.end(`refused ${request.headers.authorization} of ${String(request.headers['x-tenant'])}`);
        },
        (url) => toldOf({ kind, url, headers, allowPrivate: true }),
      );
      expect(told).toContain(String(status));
      expect(told).not.toMatch(/opens|walrus/);
    }
  });

  it('is not read in half either, where what was answered is cut', async () => {
    const told = await answering(
      (request, response) =>
        response.writeHead(500).end(`${'x'.repeat(192)}${String(request.headers['x-key'])}, no`),
      (url) => toldOf({ kind: 'http', url, headers: { 'X-Key': KEY }, allowPrivate: true }),
    );
    expect(told).toContain('x[redacted]…');
    expect(told).not.toContain('opens');
  });

  it('is not read in errors of the protocol, which are its own otherwise', async () => {
    const launch: Launch = { kind: 'stdio', command: 'it', args: [], env: { API_KEY: KEY } };
    const discretion = new Discretion(launch, () => undefined);
    const error = { code: -1, message: `no ${KEY}`, data: { [KEY]: [`as ${KEY}`, 7] } };
    expect(await discretion.keep(Promise.resolve({ kind: 'error', error }))).toEqual({
      kind: 'error',
      error: { code: -1, message: 'no [redacted]', data: { '[redacted]': ['as [redacted]', 7] } },
    });
  });

  it('holds for what a login obtained, as soon as it did', () => {
    let token: string | undefined;
    const discretion = new Discretion(
      { kind: 'http', url: 'https://a.example/mcp', headers: {}, allowPrivate: false },
      () => token,
    );
    expect(discretion.text('no walrus')).toBe('no walrus');
    token = 'walrus';
    expect(discretion.text('no walrus')).toBe('no [redacted]');
  });

  it('is kept out of errors that nobody may assign to', () => {
    const launch: Launch = { kind: 'stdio', command: 'it', args: [], env: { API_KEY: KEY } };
    const error = new DOMException(`no ${KEY}`, 'AbortError');
    expect(inspect(new Discretion(launch, () => undefined).error(error))).not.toContain(KEY);
  });
});
