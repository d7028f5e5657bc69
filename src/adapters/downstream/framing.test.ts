import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAnswer } from './answer.ts';
import { EventStream } from './event-stream.ts';
import { LineReader } from './lines.ts';
import type { LongLine } from './lines.ts';
import { scanHeaderParams, toHeaderValue } from './mcp-headers.ts';
import { Scan, countKeys } from './scan.ts';
import { toPlain } from './wire.ts';

/** The same bytes in pieces of these lengths, over and over. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const length = Math.max(1, lengths[n % lengths.length] ?? 1);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const objects = fc
  .dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 4 }))
  .map((value) => ({ jsonrpc: '2.0', id: 't1', result: value }));

const BOUNDS = { era: 'legacy', maxBytes: 10_000, inlineBytes: 10_000, lenient: false } as const;
const answerTo = (text: string) => {
  const bytes = Buffer.from(text);
  return toAnswer(bytes, new Scan().feed(bytes), BOUNDS);
};

it('frees what a long line was gathered from, and nothing of the next one', () => {
  const found: string[] = [];
  const reader = new LineReader({
    limitBytes: () => 1_000_000,
    onLine: (line) => void found.push(line.toString()),
    onTooLong: () => {},
    onNoise: () => {},
  });
  const long = JSON.stringify({ id: 1, text: 'a'.repeat(150_000) });
  const next = '{"id":2}';
  const chunks = cut(Buffer.from(`${long}\n${next}\n`), [65_536]).map((piece) => {
    const own = Buffer.allocUnsafeSlow(piece.length);
    piece.copy(own);
    return own;
  });
  for (const chunk of chunks) reader.push(chunk);
  expect(found).toEqual([long, next]);
  expect(chunks.map(({ length }) => length > 0)).toEqual([false, false, true]);
});

describe('a scan', () => {
  it('finds the members of every object, however it is cut', () => {
    fc.assert(
      fc.property(objects, lengths, fc.constantFrom(undefined, 2), (object, pieces, space) => {
        const bytes = Buffer.from(JSON.stringify(object, undefined, space));
        const scan = new Scan();
        for (const piece of cut(bytes, pieces)) scan.feed(piece);
        expect(scan).toMatchObject({ depth: 0, ambiguous: false, length: bytes.length });
        const { result } = scan.members;
        expect(JSON.parse(bytes.toString('utf8', result?.start, result?.end))).toEqual(
          JSON.parse(JSON.stringify(object.result)),
        );
        expect(result?.keys).toBe(countKeys(JSON.parse(JSON.stringify(object.result))));
      }),
    );
  });

  it('gives exactly the bytes of the result', () => {
    const answer = answerTo('{ "result" : {"a": [1, {"b":"}\\"{"}]} , "id":"t1","jsonrpc":"2.0"}');
    expect(answer).toMatchObject({ kind: 'result', payload: { value: { a: [1, { b: '}"{' }] } } });
    if (answer.kind !== 'result') throw new Error(answer.kind);
    expect(Buffer.from(answer.payload.bytes).toString('utf8')).toBe('{"a": [1, {"b":"}\\"{"}]}');
  });

  it.each([
    '{"id":"t1","result":{"a":1,"a":2}}',
    '{"id":"t1","result":{"a":{"b":1,"\\u0062":2}}}',
    '{"id":"t1","result":{},"result":{}}',
    '{"id":"t1","result":{},"\\u0072esult":{}}',
    '{"id":"t1","result":{},"error":{"code":1,"message":""}}',
    '{"id":"t1","result":[]}',
    '{"id":"t1","result":{"a":tru}}',
    '{"id":"t1","result":{"a":1}',
    '{"id":"t1","error":{"message":"no code"}}',
    '{"id":"t1"}',
    `{"id":"t1","result":{"a":${'['.repeat(64)}${']'.repeat(64)}}}`,
  ])('leaves no doubt about %s', (text) => {
    expect(() => answerTo(text)).toThrow(expect.objectContaining({ code: 'downstream/protocol' }));
  });

  it('takes what is as deep as is allowed', () => {
    expect(answerTo(`{"id":"t1","result":{"a":${'['.repeat(63)}${']'.repeat(63)}}}`).kind).toBe('result');
  });
});

describe('lines', () => {
  const read = (limit: number) => {
    const lines: string[] = [];
    const long: LongLine[] = [];
    let noise = 0;
    const reader = new LineReader({
      limitBytes: () => limit,
      onLine: (line) => void lines.push(line.toString('utf8')),
      onTooLong: (line) => void long.push(line),
      onNoise: () => void (noise += 1),
    });
    return { reader, lines, long, noise: () => noise };
  };

  it('come out whole, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(objects, { maxLength: 5 }), lengths, (messages, pieces) => {
        const texts = messages.map((message) => JSON.stringify(message));
        const { reader, lines, noise } = read(1_000_000);
        for (const piece of cut(Buffer.from(`${texts.join('\n')}\n`), pieces)) reader.push(piece);
        expect(lines).toEqual(texts);
        expect(noise()).toBe(0);
      }),
    );
  });

  it('that are no messages are counted, and hide none', () => {
    const { reader, lines, noise } = read(1_000);
    for (const piece of cut(Buffer.from('Starting…\n\n[1]\n{"id":1}\r\n42\n{"id":2}\n'), [3]))
      reader.push(piece);
    expect(lines.map((line) => line.trim())).toEqual(['{"id":1}', '{"id":2}']);
    expect(noise()).toBe(3);
  });

  it.each([
    ['first', `{"id":"t7","result":{"text":"${'x'.repeat(5_000)}"}}`],
    ['last', `{"result":{"text":"${'x'.repeat(5_000)}"},"jsonrpc":"2.0","id":"t7"}`],
  ])('that are too long are skipped, and say whose they were (id %s)', (_where, text) => {
    const { reader, lines, long } = read(2_000);
    for (const piece of cut(Buffer.from(`${text}\n{"id":"t8"}\n`), [700])) reader.push(piece);
    expect(long.at(-1)).toMatchObject({ id: '"t7"', length: text.length, ended: true });
    expect(long[0]).toMatchObject({ ended: false });
    expect(lines).toEqual(['{"id":"t8"}']);
  });
});

describe('an event stream', () => {
  it('gives every event once, however it is cut and its lines end', () => {
    const events = fc.array(fc.stringMatching(/^[^\r\n]{0,20}$/), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(events, { maxLength: 4 }),
        lengths,
        fc.constantFrom('\n', '\r\n', '\r'),
        (all, pieces, end) => {
          const heard: string[] = [];
          const stream = new EventStream({
            limitBytes: () => 10_000,
            onEvent: ({ data }) => void heard.push(data.toString('utf8')),
            onRetry: () => {},
            onTooLong: () => {},
          });
          const text = all
            .map((lines) => `: comment${end}${lines.map((line) => `data: ${line}${end}`).join('')}${end}`)
            .join('');
          for (const piece of cut(Buffer.from(text), pieces)) stream.push(piece);
          expect(heard).toEqual(all.map((lines) => lines.join('\n')));
        },
      ),
    );
  });

  it('is given up when an event grows too long', () => {
    let head = '';
    const stream = new EventStream({
      limitBytes: () => 100,
      onEvent: () => {},
      onRetry: () => {},
      onTooLong: (found) => {
        head = found.toString('utf8');
      },
    });
    stream.push(Buffer.from('id: 9\nretry: 10\n'));
    for (let n = 0; n < 20; n += 1) stream.push(Buffer.from(n === 0 ? 'data: {"a"' : 'xxxxxxxxxx'));
    expect(head).toContain('{"a"xx');
    expect(stream.lastId).toBe('9');
  });
});

describe('headers', () => {
  it.each([
    ['us-west1', 'us-west1'],
    ['us west 1', 'us west 1'],
    ['', '=?base64??='],
    [' padded', '=?base64?IHBhZGRlZA==?='],
    ['Grüße', '=?base64?R3LDvMOfZQ==?='],
    ['a\r\nX: y', '=?base64?YQ0KWDogeQ==?='],
    ['=?base64?eA==?=', '=?base64?PT9iYXNlNjQ/ZUE9PT89?='],
  ])('carry %j as %j', (value, header) => {
    expect(toHeaderValue(value)).toBe(header);
  });

  const annotated = { type: 'string', 'x-mcp-header': 'Region' };
  it('are wanted for arguments that are reached through properties alone', () => {
    const schema = {
      type: 'object',
      properties: { at: { type: 'object', properties: { region: annotated } } },
    };
    expect(scanHeaderParams(schema)).toEqual({
      kind: 'valid',
      params: [{ path: ['at', 'region'], header: 'Mcp-Param-Region' }],
    });
    const literal = { type: 'object', properties: { a: { enum: [annotated], default: annotated } } };
    expect(scanHeaderParams(literal)).toEqual({ kind: 'valid', params: [] });
  });

  it.each([
    { properties: { a: { type: 'array', items: annotated } } },
    { properties: { a: annotated, b: { type: 'string', 'x-mcp-header': 'REGION' } } },
    { $defs: { a: annotated } },
    { allOf: [{ properties: { a: annotated } }] },
    { properties: { a: { type: 'number', 'x-mcp-header': 'A' } } },
    { properties: { a: { type: 'string', 'x-mcp-header': 'A\r\nB: c' } } },
    annotated,
  ])('spoil a tool that wants them otherwise: %j', (schema) => {
    expect(scanHeaderParams(schema).kind).toBe('invalid');
  });
});

it('shows people nothing that terminals or eyes fall for', () => {
  expect(toPlain('\u001b[31mred\u001b[0m \u202Etxt\u200B\r\nnext\u0007')).toBe('red txt next');
  expect(toPlain('x'.repeat(1_000), 10)).toBe('xxxxxxxxx…');
});
