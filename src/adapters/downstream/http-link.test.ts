import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TuttiError } from '../../core/kernel/errors.ts';
import { guardedLine } from './guard.ts';
import type { Line } from './guard.ts';
import { HttpLink } from './http-link.ts';
import { Turns } from './turns.ts';
import type { Outgoing } from './wire.ts';

/** A server of the older revisions that ends the stream of each answer before the answer, and what it does when it is asked to go on. */
describe('a call whose stream broke', () => {
  let server: Server;
  let line: Line;
  let link: HttpLink;
  let posts: number;
  let id: string;
  let goOn: (response: ServerResponse) => void;

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === 'POST') {
      posts += 1;
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`id: ${id}\nretry: 1\ndata:\n\n`);
    } else if (request.headers['last-event-id'] === undefined) response.writeHead(405).end();
    else goOn(response);
  };

  beforeEach(async () => {
    posts = 0;
    id = '1';
    server = createServer(serve).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
    line = guardedLine(true);
    link = new HttpLink({
      url,
      line,
      headers: {},
      grounds: { url: url.href, allowPrivate: true },
      greeting: {
        era: 'legacy',
        protocolVersion: '2025-11-25',
        capabilities: {},
        serverInfo: { name: 'breaks', version: '1' },
      },
      login: undefined,
      events: { turns: new Turns(() => []), onNotification() {}, onPuzzled() {}, onClose() {} },
      openSdk: () => expect.unreachable(),
    });
  });
  afterEach(async () => {
    await link.close();
    server.closeAllConnections();
    server.close();
  });

  const call = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const outgoing: Outgoing = {
        id: '7',
        method: 'tools/call',
        params: {},
        text: '{}',
        maxBytes: 1_000,
        inlineBytes: 1_000,
        lenient: false,
        settled: false,
        asking: false,
        release: undefined,
        settle: (answer) => {
          outgoing.release?.();
          resolve(answer);
        },
        fail: reject,
        progress() {},
      };
      link.send(outgoing);
    });

  it('is answered where the server goes on', async () => {
    goOn = (response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"jsonrpc":"2.0","id":"7","result":{}}\n\n');
    };
    expect(await call()).toMatchObject({ kind: 'result' });
    expect(posts).toBe(1);
  });

  it.each([
    ['does not know the stream', (response: ServerResponse) => void response.writeHead(404).end()],
    ['wants a login', (response: ServerResponse) => void response.writeHead(401).end()],
    ['leads elsewhere', (response: ServerResponse) => void response.writeHead(307, { location: '/b' }).end()],
    ['hangs up', (response: ServerResponse) => void response.destroy()],
  ])('is never sent again where the server %s', async (_what, act) => {
    goOn = act;
    const error = (await call().catch((fault: unknown) => fault)) as TuttiError;
    expect(error).toMatchObject({ code: 'downstream/unavailable' });
    expect(error.data).not.toMatchObject({ sent: false });
    expect(posts).toBe(1);
  });

  it('is never sent again where it cannot be asked for', async () => {
    id = '\u65e5';
    const error = (await call().catch((fault: unknown) => fault)) as TuttiError;
    expect(error).toMatchObject({ code: 'downstream/unavailable' });
    expect(error.data).not.toMatchObject({ sent: false });
  });

  it('may still be answered when another one could not be made', async () => {
    goOn = (response) => void response.writeHead(404).end();
    await call().catch(() => {});
    const { promise: asksAgain, resolve } = Promise.withResolvers<ServerResponse>();
    goOn = resolve;
    const asked = call();
    const response = await asksAgain;
    const finished = link.finish();
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .end('data: {"jsonrpc":"2.0","id":"7","result":{}}\n\n');
    expect(await asked).toMatchObject({ kind: 'result' });
    await finished;
  });
});
