import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import Agent from 'undici/lib/dispatcher/agent.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ResponseReader } from './response-reader.ts';

interface Read {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}
type Outcome = Read | 'refused' | 'unfinished';

/** What the reader makes of these bytes, cut into pieces of these lengths. */
function read(bytes: Buffer, lengths: readonly number[], closes = true) {
  const found = { status: 0, type: undefined as string | undefined, body: '' };
  let over: { readonly reusable: boolean } | undefined;
  const reader = new ResponseReader({
    halted: false,
    onHead: (status, headers) => {
      found.status = status;
      found.type = headers['content-type'];
    },
    onBody: (piece) => {
      found.body += piece.toString('latin1');
    },
    onEnd: (reusable) => {
      over = { reusable };
    },
  });
  reader.begin();
  let rest = '';
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const length = lengths.length === 0 ? bytes.length : (lengths[turn % lengths.length] as number);
    // As a connection does: what is read into is used again.
    const piece = Buffer.from(bytes.subarray(at, at + length));
    rest += reader.read(piece)?.toString('latin1') ?? '';
    piece.fill(0);
    at += length;
  }
  if (!over && closes) reader.finish();
  return { ...found, over: over as { readonly reusable: boolean } | undefined, rest };
}

function outcomeOf(bytes: Buffer, lengths: readonly number[]): Outcome {
  try {
    const { status, type, body, over } = read(bytes, lengths);
    return over ? { status, type, body } : 'unfinished';
  } catch {
    return 'refused';
  }
}

const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');

const names = fc.constantFrom('content-type', 'X-Some', 'date', 'mcp-session-id', 'Server');
const values = fc.stringMatching(/^[a-z/;= -]{0,20}$/);
const bodies = fc.string({ unit: 'binary', maxLength: 200 });
const heads = fc.record({
  interim: fc.boolean(),
  status: fc.constantFrom(200, 202, 400, 404, 500, 307),
  headers: fc.array(fc.tuple(names, values), { maxLength: 4 }),
});

function response({
  head,
  body,
  framing,
}: {
  head: typeof heads extends fc.Arbitrary<infer T> ? T : never;
  body: string;
  framing: string;
}): Buffer {
  const bytes = Buffer.from(body, 'utf8');
  const lines = [
    `HTTP/1.1 ${head.status} So it is`,
    ...head.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const interim = head.interim ? text('HTTP/1.1 103 Early Hints', 'link: </a>', '', '') : Buffer.alloc(0);
  if (framing === 'length')
    return Buffer.concat([interim, text(...lines, `Content-Length: ${bytes.length}`, '', ''), bytes]);
  if (framing === 'close')
    return Buffer.concat([interim, text(...lines, 'connection: close', '', ''), bytes]);
  const half = Math.ceil(bytes.length / 2);
  const chunks = [bytes.subarray(0, half), bytes.subarray(half)].filter(({ length }) => length > 0);
  const parts = chunks.flatMap((each) => [
    text(`${each.length.toString(16).toUpperCase()};ext=1`, ''),
    each,
    text('', ''),
  ]);
  return Buffer.concat([
    interim,
    text(...lines, 'Transfer-Encoding: chunked', '', ''),
    ...parts,
    text('0', 'x-behind: 1', '', ''),
  ]);
}

const responses = fc.record({
  head: heads,
  body: bodies,
  framing: fc.constantFrom('length', 'close', 'chunked'),
});

describe('the reader of responses', () => {
  it('finds the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        responses,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        (made, lengths) => {
          const bytes = response(made);
          const whole = read(bytes, []);
          expect(whole).toMatchObject({ status: made.head.status, rest: '' });
          expect(Buffer.from(whole.body, 'latin1').toString('utf8')).toBe(
            Buffer.from(made.body, 'utf8').toString('utf8'),
          );
          expect(whole.over?.reusable).toBe(made.framing !== 'close');
          expect(read(bytes, lengths)).toEqual(whole);
        },
      ),
    );
  });

  it('never finds more than was sent, whatever is sent', () => {
    fc.assert(
      fc.property(
        responses,
        fc.nat(),
        fc.tuple(fc.constantFrom('\r', '\n', ' ', ':', '0', 'f', '\0', ''), fc.boolean()),
        (made, where, [what, replaces]) => {
          const bytes = response(made);
          const at = where % bytes.length;
          const changed = Buffer.concat([
            bytes.subarray(0, at),
            Buffer.from(what),
            bytes.subarray(at + (replaces ? 1 : 0)),
          ]);
          const whole = outcomeOf(changed, []);
          expect(outcomeOf(changed, [1])).toEqual(whole);
          if (typeof whole === 'object') expect(whole.body.length).toBeLessThanOrEqual(changed.length);
        },
      ),
    );
  });

  it.each([
    ['something else than HTTP', text('SSH-2.0-OpenSSH_9.6', '')],
    ['another version', text('HTTP/2.0 200 OK', '', '')],
    ['a status of two digits', text('HTTP/1.1 20 OK', '', '')],
    ['a change of protocol', text('HTTP/1.1 101 Switching Protocols', 'upgrade: h2c', '', '')],
    ['lines that end in half of a line break', Buffer.from('HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n')],
    [
      'a header that goes on in the next line',
      text('HTTP/1.1 200 OK', 'a: b', ' c', 'content-length: 0', '', ''),
    ],
    ['a header without a name', text('HTTP/1.1 200 OK', ': b', '', '')],
    ['a blank before the colon', text('HTTP/1.1 200 OK', 'content-length : 0', '', '')],
    ['two lengths', text('HTTP/1.1 200 OK', 'content-length: 1', 'content-length: 2', '', 'ab')],
    [
      'a length and chunks',
      text('HTTP/1.1 200 OK', 'content-length: 1', 'transfer-encoding: chunked', '', '0', '', ''),
    ],
    ['a coding that we did not ask for', text('HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', '', '')],
    ['a negative length', text('HTTP/1.1 200 OK', 'content-length: -1', '', '')],
    ['a length in hexadecimal', text('HTTP/1.1 200 OK', 'content-length: 0x1', '', 'a')],
    ['a chunk without a length', text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', 'x', '')],
    [
      'a chunk that is longer than it says',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1', 'ab', '0', '', ''),
    ],
    [
      'a chunk of more than all memory',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', 'fffffffffffff', ''),
    ],
    ['headers without an end', text('HTTP/1.1 200 OK', `a: ${'b'.repeat(20_000)}`)],
    [
      'interim answers without an end',
      Buffer.concat(Array.from({ length: 2_000 }, () => text('HTTP/1.1 100 Continue', '', ''))),
    ],
    ['line breaks without an end', Buffer.from('\r\n'.repeat(2_000))],
    [
      'the length of a chunk without an end',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', `1;${'a'.repeat(20_000)}`),
    ],
  ])('refuses %s, in one piece or in many', (_what, bytes) => {
    for (const lengths of [[], [1], [7]])
      expect(() => read(bytes, lengths)).toThrow(expect.objectContaining({ code: 'downstream/protocol' }));
  });

  it.each([
    ['a line break before it', text('', 'HTTP/1.1 200 OK', 'content-length: 2', '', 'ok')],
    [
      'a length with zeros before it',
      text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '0000000000000002', 'ok', '0', '', ''),
    ],
    [
      'a coding that is said twice',
      text(
        'HTTP/1.1 200 OK',
        'transfer-encoding: chunked',
        'Transfer-Encoding: Chunked',
        '',
        '2',
        'ok',
        '0',
        '',
        '',
      ),
    ],
    [
      'a list of codings with a gap',
      text('HTTP/1.1 200 OK', 'transfer-encoding: , chunked', '', '2', 'ok', '0', '', ''),
    ],
    [
      'chunks of an old version',
      text('HTTP/1.0 200 OK', 'transfer-encoding: chunked', '', '2', 'ok', '0', '', ''),
    ],
    [
      'a sign of life now and then',
      Buffer.concat([
        ...Array.from({ length: 100 }, () => text('HTTP/1.1 102 Processing', '', '')),
        text('HTTP/1.1 200 OK', 'content-length: 2', '', 'ok'),
      ]),
    ],
  ])('bears %s', (_what, bytes) => {
    for (const lengths of [[], [1], [7]])
      expect(read(bytes, lengths)).toMatchObject({ status: 200, body: 'ok', rest: '' });
  });

  it.each([
    ['lines that end in LF', Buffer.from('HTTP/1.1 200 OK\ncontent-length: 2\n\nok')],
    ['something else', Buffer.from('SSH')],
    ['half a line break', Buffer.from('\rX')],
  ])('does not wait for the rest of %s', (_what, bytes) => {
    expect(() => read(bytes, [], false)).toThrow(expect.objectContaining({ code: 'downstream/protocol' }));
  });

  it.each([
    'content-length:\n2',
    'content-length: 2\r',
    'transfer-encoding:\u00a0chunked',
    'x:\ncontent-length: 5',
  ])('refuses %j, which others read in another way', (line) => {
    expect(() => read(text('HTTP/1.1 200 OK', line, '', 'ok'), [])).toThrow(
      expect.objectContaining({ code: 'downstream/protocol' }),
    );
  });

  it('tells a body of many small chunks at one go', () => {
    const told: number[] = [];
    const reader = new ResponseReader({
      halted: false,
      onHead() {},
      onEnd() {},
      onBody: ({ length }) => void told.push(length),
    });
    reader.begin();
    reader.read(text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1\r\na\r\n'.repeat(1_000)));
    expect(told).toEqual([1_000]);
  });

  it('keeps no connection that it should not', () => {
    const reusable = (...lines: readonly string[]) => read(text(...lines, '', ''), []).over?.reusable;
    expect(reusable('HTTP/1.1 200 OK', 'content-length: 0')).toBe(true);
    expect(reusable('HTTP/1.1 204 No Content')).toBe(true);
    expect(reusable('HTTP/1.1 204 No Content', 'content-length: 5')).toBe(false);
    expect(reusable('HTTP/1.1 200 OK', 'content-length: 0', 'Connection: foo, Close')).toBe(false);
    expect(reusable('HTTP/1.0 200 OK', 'content-length: 0')).toBe(false);
    expect(reusable('HTTP/1.0 200 OK', 'content-length: 0', 'connection: keep-alive')).toBe(true);
    expect(reusable('HTTP/1.1 200 OK')).toBe(false);
  });

  it('gives back what is no part of the response', () => {
    const twice = Buffer.concat([
      text('HTTP/1.1 200 OK', 'content-length: 1', '', 'a'),
      text('HTTP/1.1 200 OK', '', ''),
    ]);
    expect(read(twice, [], false)).toMatchObject({ body: 'a', rest: 'HTTP/1.1 200 OK\r\n\r\n' });
  });

  it('says that a body ended too early', () => {
    for (const lines of [
      ['content-length: 5', '', 'abc'],
      ['transfer-encoding: chunked', '', '5', 'abc'],
    ])
      expect(outcomeOf(text('HTTP/1.1 200 OK', ...lines), [])).toBe('unfinished');
  });
});

/** Blanks behind a value are no part of it (RFC 9112 5.1); undici keeps them. */
function trimmed(outcome: Outcome): Outcome {
  return typeof outcome === 'string' ? outcome : { ...outcome, type: outcome.type?.trim() };
}

describe('beside undici', () => {
  let socket: Socket | undefined;
  let bytes: Buffer = Buffer.alloc(0);
  const server = createServer((each) => {
    socket = each.on('error', () => {}).once('data', () => each.end(bytes));
  });
  const agent = new Agent({ pipelining: 0 });
  let origin = '';
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await agent.destroy();
    socket?.destroy();
    server.close();
  });

  const byUndici = async (): Promise<Outcome> =>
    await new Promise((resolve) => {
      const found = { status: 0, type: undefined as string | undefined, body: '' };
      agent.dispatch(
        { origin, path: '/', method: 'POST', body: '' },
        {
          onRequestStart() {},
          onResponseStart(_controller, status, headers) {
            found.status = status;
            found.type = [headers['content-type']].flat()[0];
          },
          onResponseData(_controller, piece) {
            found.body += piece.toString('latin1');
          },
          onResponseEnd: () => resolve(found),
          onResponseError: () => resolve('refused'),
        },
      );
    });

  it('finds what undici finds in every well-formed response', async () => {
    await fc.assert(
      fc.asyncProperty(responses, async (made) => {
        bytes = response(made);
        expect(outcomeOf(bytes, [13])).toEqual(trimmed(await byUndici()));
      }),
      { numRuns: 60 },
    );
  });
});
