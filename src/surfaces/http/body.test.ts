import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { readBody } from './body.ts';
import type { Body } from './body.ts';

const toRequest = (pieces: readonly string[]) =>
  Object.assign(Readable.from(pieces.map((piece) => Buffer.from(piece))), {
    headers: { 'content-length': String(pieces.join('').length) },
  }) as unknown as IncomingMessage;

describe('a body that is said to be too large', () => {
  it('is read until its beginning is known, in however many pieces it comes', async () => {
    const pieces = [
      '{"jsonrpc":',
      '"2.0","id":7,',
      `"method":"ping","params":{"a":"${'x'.repeat(10_000)}"}}`,
    ];
    const body = await readBody(toRequest(pieces), 9_000);
    expect(body.refusal).toMatchObject({
      status: 413,
      head: expect.stringMatching(/^\{"jsonrpc":"2.0","id":7,/),
    });
  });

  it('is refused where less than a beginning is allowed', async () => {
    expect((await readBody(toRequest(['x'.repeat(20)]), 10)).refusal).toMatchObject({ status: 413 });
  });
});

interface Read {
  readonly body: Body;
  /** Nobody had to wait for it. */
  readonly atOnce: boolean;
  readonly request: IncomingMessage;
}

interface Peer {
  readonly socket: Socket;
  /** The next request whose body was asked for, before it was read. */
  readonly asked: () => Promise<IncomingMessage>;
  readonly read: () => Promise<Read>;
}

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A client of a server that asks for the body once somebody else had a turn, as the surface does. */
async function peer(maxBytes?: number): Promise<Peer> {
  const asked = inbox<IncomingMessage>();
  const reads = inbox<Read>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await Promise.resolve();
    const given = readBody(request, maxBytes);
    asked.put(request);
    const body = await given;
    reads.put({ body, atOnce: !(given instanceof Promise), request });
    response.end(body.refusal ? `refused ${body.refusal.status}` : `read ${body.text}`);
  };
  const socket = await connected((request, response) => void answer(request, response));
  return { socket, asked: asked.take, read: reads.take };
}

async function connected(listener: RequestListener): Promise<Socket> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  open.push(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, 'connect');
  return socket;
}

function inbox<T>(): { readonly put: (one: T) => void; readonly take: () => Promise<T> } {
  const waiting: ((one: T) => void)[] = [];
  const here: T[] = [];
  return {
    put(one) {
      const next = waiting.shift();
      if (next) next(one);
      else here.push(one);
    },
    take: () =>
      new Promise((resolve) => {
        if (here.length > 0) resolve(here.shift() as T);
        else waiting.push(resolve);
      }),
  };
}

const head = (...lines: readonly string[]): string =>
  ['POST /mcp HTTP/1.1', 'Host: localhost', ...lines, '', ''].join('\r\n');
const sized = (body: string | Buffer): string => head(`Content-Length: ${Buffer.byteLength(body)}`);

describe('a body that came in one packet with its head', () => {
  it('is there at once, and the request ends like any other', async () => {
    const { socket, read } = await peer();
    socket.write(`${sized('{"a":"ä"}')}{"a":"ä"}`);
    const { body, atOnce, request } = await read();
    expect({ body, atOnce }).toEqual({ body: { text: '{"a":"ä"}' }, atOnce: true });
    if (!request.closed) await once(request, 'close');
    expect(request).toMatchObject({ complete: true, readableEnded: true, readableAborted: false });
  });

  it('leaves the connection to the requests after it, however they come', async () => {
    const { socket, read } = await peer();
    socket.write(`${sized('one')}one`);
    expect(await read()).toMatchObject({ body: { text: 'one' }, atOnce: true });
    await once(socket, 'data');
    socket.write(`${sized('two')}two${sized('three')}three`);
    expect(await read()).toMatchObject({ body: { text: 'two' } });
    expect(await read()).toMatchObject({ body: { text: 'three' } });
    await once(socket, 'data');
    socket.write(sized('four'));
    socket.write('four');
    expect(await read()).toMatchObject({ body: { text: 'four' } });
  });

  it('is there at once when it is empty', async () => {
    const { socket, read } = await peer();
    socket.write(sized(''));
    expect(await read()).toMatchObject({ body: { text: '' }, atOnce: true });
    socket.write(head());
    expect(await read()).toMatchObject({ body: { text: '' } });
  });

  it('loses its byte order mark, and is refused when it is no text', async () => {
    const { socket, read } = await peer();
    socket.write(`${sized('\uFEFF{}')}\uFEFF{}`);
    expect(await read()).toMatchObject({ body: { text: '{}' }, atOnce: true });
    socket.write(Buffer.concat([Buffer.from(sized('xx')), Buffer.from([0xc3, 0x28])]));
    expect(await read()).toMatchObject({ body: { refusal: { status: 400 } } });
  });

  it('is refused when it is compressed', async () => {
    const { socket, read } = await peer();
    socket.write(`${head('Content-Encoding: gzip', 'Content-Length: 2')}xx`);
    expect(await read()).toMatchObject({ body: { refusal: { status: 415 } } });
  });

  it('may measure as much as the bound, and no byte more', async () => {
    const { socket, read } = await peer(4);
    socket.write(`${sized('four')}four`);
    expect(await read()).toMatchObject({ body: { text: 'four' }, atOnce: true });
    socket.write(`${sized('fives')}fives`);
    expect(await read()).toMatchObject({ body: { refusal: { status: 413, head: 'fives' } } });
  });
});

describe('a body that comes later', () => {
  it('is waited for', async () => {
    const { socket, asked, read } = await peer();
    socket.write(sized('hello'));
    await asked();
    socket.write('hello');
    expect(await read()).toMatchObject({ body: { text: 'hello' }, atOnce: false });
  });

  it('is put together from however many pieces', async () => {
    const { socket, asked, read } = await peer();
    socket.write(`${sized('hello')}h`);
    const request = await asked();
    for (const piece of 'ello') {
      const came = once(request, 'data');
      socket.write(piece);
      await came;
    }
    expect(await read()).toMatchObject({ body: { text: 'hello' }, atOnce: false });
  });

  it('is put together from chunks that say no length', async () => {
    const { socket, read } = await peer();
    socket.write(`${head('Transfer-Encoding: chunked')}3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n`);
    expect(await read()).toMatchObject({ body: { text: 'hello' } });
  });

  it('is refused when it breaks off', async () => {
    const { socket, asked, read } = await peer();
    socket.write(`${sized('hello')}hel`);
    await asked();
    socket.destroy();
    expect(await read()).toMatchObject({ body: { refusal: { status: 400 } }, atOnce: false });
  });
});

it('is at once read as well where it was all there before anybody asked, and its length never said', async () => {
  const given = inbox<{ readonly body: Body | Promise<Body> }>();
  const socket = await connected((request, response) => {
    setImmediate(() => {
      given.put({ body: readBody(request) });
      response.end();
    });
  });
  socket.write(`${head('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`);
  expect(await given.take()).toEqual({ body: { text: 'hello' } });
});
