import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lane } from './lane.ts';
import type { LaneRequest } from './lane.ts';
import type { Awaiting, Controller } from './track.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** What became of one request. */
interface Told {
  readonly controller: Controller;
  readonly status: number;
  readonly body: string;
}

let server: Server;
let lane: Lane;
let sockets: Socket[];
/** What a server says when it heard a request to its end. */
let answer: (socket: Socket, request: string, of: number) => void;
let heard: string[];

beforeEach(async () => {
  sockets = [];
  heard = [];
  answer = (socket) => void socket.write(OK);
  server = createServer((socket) => {
    const at = sockets.push(socket) - 1;
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      const [head = '', body] = text.split('\r\n\r\n', 2);
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      heard.push(text);
      text = '';
      answer(socket, heard.at(-1) as string, at);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  lane = new Lane(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  await lane.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const POST: LaneRequest = {
  method: 'POST',
  path: '/mcp?a=b',
  headers: ['content-type', 'text/plain'],
  body: 'hello',
};

function ask(request: LaneRequest = POST, more: Partial<Awaiting> = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let body = '';
    let controller: Controller | undefined;
    lane.dispatch(request, {
      onRequestStart(own) {
        controller = own;
        more.onRequestStart?.(own);
      },
      onResponseStart(own, found, headers) {
        status = found;
        more.onResponseStart?.(own, found, headers);
      },
      onResponseData(own, piece) {
        body += piece.toString('latin1');
        more.onResponseData?.(own, piece);
      },
      onResponseEnd: () => resolve({ controller: controller as Controller, status, body }),
      onResponseError: (_own, error) => reject(error),
    });
  });
}

describe('a lane', () => {
  it('says what it is told to, and no more than a server needs', async () => {
    expect(await ask()).toMatchObject({ status: 200, body: 'ok' });
    const { port } = server.address() as AddressInfo;
    expect(heard).toEqual([
      `POST /mcp?a=b HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: keep-alive\r\naccept-encoding: identity\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello`,
    ]);
  });

  it('sends a body in UTF-8 and headers in Latin-1', async () => {
    await ask({ ...POST, headers: ['x-name', 'Zoë'], body: 'Zoë' });
    expect(heard[0]).toContain('x-name: Zo\u00eb\r\ncontent-length: 4\r\n\r\nZo\u00c3\u00ab');
  });

  it('uses one connection again and again, and more only at once', async () => {
    for (let n = 0; n < 5; n += 1) await ask();
    expect(sockets).toHaveLength(1);
    await Promise.all([ask(), ask(), ask()]);
    expect(sockets).toHaveLength(3);
    await Promise.all([ask(), ask(), ask()]);
    expect(sockets).toHaveLength(3);
  });

  it('lets what is more than so many connections wait for its turn', async () => {
    const waiting: Socket[] = [];
    answer = (socket) => {
      waiting.push(socket);
      if (waiting.length < 256) return;
      for (const each of waiting.splice(0)) each.write(OK);
      answer = (later) => void later.write(OK);
    };
    const all = await Promise.all(Array.from({ length: 300 }, () => ask()));
    expect(all).toHaveLength(300);
    expect(sockets).toHaveLength(256);
  });

  it.each([
    ['says so', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
    ['keeps none for long', 'HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'],
    ['said more than was asked', `${OK}${OK}`],
  ])('takes a new connection after a server that %s', async (_what, said) => {
    answer = (socket) => void socket.write(said);
    await ask();
    await ask();
    expect(sockets).toHaveLength(2);
  });

  it('takes nothing that was said before it asked for an answer', async () => {
    await ask();
    sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    await once(sockets[0] as Socket, 'close');
    expect(await ask()).toMatchObject({ body: 'ok' });
    expect(sockets).toHaveLength(2);
  });

  it('forgets a connection that the server closed while nobody used it', async () => {
    await ask();
    sockets[0]?.end();
    await once(sockets[0] as Socket, 'close');
    expect(await ask()).toMatchObject({ body: 'ok' });
  });

  it('reads a body that ends with the connection, and one that is cut off', async () => {
    answer = (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    expect(await ask()).toMatchObject({ body: 'all of it' });
    answer = (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nnot all');
    await expect(ask()).rejects.toThrow(/ECONNRESET/);
    answer = (socket) => void socket.destroy();
    await expect(ask()).rejects.toThrow(/ECONNRESET/);
  });

  it('says that nobody was there, so that it may be sent again', async () => {
    server.close();
    await expect(ask()).rejects.toMatchObject({
      code: 'downstream/unavailable',
      message: expect.stringContaining('The server cannot be reached: ') as string,
      data: { sent: false },
    });
  });

  it('says what it found that is no HTTP', async () => {
    answer = (socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n');
    await expect(ask()).rejects.toMatchObject({
      code: 'downstream/protocol',
      message: 'Expected HTTP/1.1, found SSH-2.0-OpenSSH_9.6. Is this the address of an MCP server?',
    });
  });

  it.each([
    ['a line break', ['x-key', 'a\r\nx-other: b']],
    ['a letter beyond Latin-1', ['x-key', 'ł']],
    ['a name that is none', ['x key', 'a']],
  ])('refuses a header with %s, without telling it', async (_what, headers) => {
    await expect(ask({ ...POST, headers })).rejects.toMatchObject({
      message: expect.not.stringContaining('x-other') as string,
      data: { sent: false },
    });
  });

  it('ends one request, and none of the others', async () => {
    answer = (socket, _request, of) => {
      if (of === 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun');
      else socket.write(OK);
    };
    const first = ask(POST, { onResponseData: (controller) => controller.abort(new Error('enough')) });
    const second = ask();
    await expect(first).rejects.toThrow('enough');
    expect(await second).toMatchObject({ body: 'ok' });
    expect(await ask()).toMatchObject({ body: 'ok' });
    expect(sockets).toHaveLength(2);
  });

  it('is deaf to whoever ends a request that is over', async () => {
    const { controller } = await ask();
    answer = (socket, request) => {
      if (request.includes('late')) controller.abort(new Error('too late'));
      socket.write(OK);
    };
    expect(await ask({ ...POST, body: 'late' })).toMatchObject({ body: 'ok' });
    expect(sockets).toHaveLength(1);
  });

  it('sends nothing where it is ended before it was begun', async () => {
    await ask();
    await expect(
      ask(POST, { onRequestStart: (controller) => controller.abort(new Error('never mind')) }),
    ).rejects.toThrow('never mind');
    await ask();
    expect(heard).toHaveLength(2);
    expect(sockets).toHaveLength(1);
  });

  it('makes a server wait, and loses nothing', async () => {
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const parts = Array.from({ length: 200 }, (_, n) => `${n},`.repeat(500));
    answer = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      for (const part of parts) socket.write(chunk(part));
      socket.write(chunk('end').concat('0\r\n\r\n'));
    };
    let paused = false;
    const { body } = await ask(POST, {
      onResponseData: (controller) => {
        expect(paused).toBe(false);
        paused = true;
        controller.pause();
        setImmediate(() => {
          paused = false;
          controller.resume();
        });
      },
    });
    expect(body).toBe(`${parts.join('')}end`);
  });

  it.each([
    [
      'made to wait',
      (controller: Controller) => {
        controller.pause();
        setImmediate(() => controller.resume());
      },
    ],
    ['ended', (controller: Controller) => controller.abort(new Error('never mind'))],
  ])('goes on with the next request where one was %s at its very end', async (_what, act) => {
    await ask(POST, { onResponseData: act }).catch(() => {});
    expect(await ask()).toMatchObject({ body: 'ok' });
    expect(await ask()).toMatchObject({ body: 'ok' });
  });

  it('does not wait to be heard out by a server that has answered', async () => {
    server.removeAllListeners('connection');
    server.on('connection', (socket) => {
      sockets.push(socket.on('error', () => {}));
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const large = { ...POST, body: 'a'.repeat(16_000_000) };
    expect(await ask(large)).toMatchObject({ status: 413 });
    expect(await ask(large)).toMatchObject({ status: 413 });
    expect(sockets).toHaveLength(2);
  });

  it('lets what is under way end when it is closed, and nothing else begin', async () => {
    let go: () => void = () => {};
    answer = (socket) => {
      go = () => void socket.write(OK);
      go();
    };
    await ask();
    answer = (socket) => {
      go = () => void socket.write(OK);
      void lane.close();
      setImmediate(go);
    };
    expect(await ask()).toMatchObject({ body: 'ok' });
    await lane.close();
    await expect(ask()).rejects.toMatchObject({ data: { sent: false } });
  });

  it('ends what is under way when it is destroyed, and does not say that it was not sent', async () => {
    answer = () => void lane.destroy();
    await expect(ask()).rejects.not.toMatchObject({ data: { sent: false } });
  });

  it('asks again where a server closes without a word after each answer', async () => {
    answer = (socket) => void socket.end(OK);
    for (let n = 0; n < 50; n += 1) expect(await ask()).toMatchObject({ body: 'ok' });
  });

  it('keeps nothing of a server that closes without a word', async () => {
    await ask();
    sockets[0]?.end();
    await once(sockets[0] as Socket, 'close');
    await ask();
    await ask();
    expect(sockets).toHaveLength(3);
  });

  it('takes no second answer for that to the next request', async () => {
    answer = (socket) => {
      socket.write(OK);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    };
    for (let n = 0; n < 50; n += 1) expect(await ask()).toMatchObject({ body: 'ok' });
  });

  it('tells the end of an answer when it may, even if the connection is lost by then', async () => {
    let isResumed = false;
    const told = ask(POST, {
      onResponseData: (controller) => {
        controller.pause();
        const [socket] = sockets as [Socket];
        socket.once('close', () => {
          isResumed = true;
          controller.resume();
        });
        socket.resetAndDestroy();
      },
    });
    expect(await told).toMatchObject({ body: 'ok' });
    expect(isResumed).toBe(true);
  });

  it('tells whoever threw, and nobody else', async () => {
    const thrown = ask(POST, {
      onResponseStart: () => {
        throw new Error('boom');
      },
    });
    await expect(thrown).rejects.toThrow('boom');
    const { promise, reject } = Promise.withResolvers<never>();
    lane.dispatch(POST, {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData() {},
      onResponseEnd() {
        throw new Error('boom at the end');
      },
      onResponseError: (_controller, error) => reject(error),
    });
    await expect(promise).rejects.toThrow('boom at the end');
    expect(await ask()).toMatchObject({ body: 'ok' });
  });

  it('does not let whoever is done with one make the next one wait', async () => {
    const { controller } = await ask();
    controller.pause();
    expect(await ask()).toMatchObject({ body: 'ok' });
  });

  it('ends what it sends anew over another connection, too', async () => {
    await ask();
    answer = () => {};
    sockets[0]?.end();
    const asked = ask();
    void lane.close();
    await expect.poll(() => heard.length).toBe(2);
    await lane.destroy();
    await expect(asked).rejects.toThrow();
  });
});
