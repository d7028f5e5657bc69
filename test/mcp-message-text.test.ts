import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage, requestIdIn } from '../src/surfaces/mcp/message-text.ts';

describe('the id of a message of which only the ends are known', () => {
  const cut = (text: string): number | string | null => requestIdIn(text.slice(0, 60), text.slice(-60));
  const params = {
    name: 'write',
    arguments: { id: 3, method: 'no', text: `\\"id":4,"${'x'.repeat(500)},"id":5}` },
  };
  const jsonrpc = '2.0';
  const method = 'tools/call';

  it.each([
    ['first', { jsonrpc, id: 7, method, params }],
    ['last', { method, params, jsonrpc, id: 7 }],
    ['last but one', { params, jsonrpc, id: 7, method }],
  ])('is found where it stands %s', (_where, message) => {
    expect(cut(JSON.stringify(message))).toBe(7);
    expect(cut(JSON.stringify(message, null, 1))).toBe(7);
    expect(cut(JSON.stringify({ ...message, id: 'a "b" \\' }))).toBe(
      JSON.stringify(message).endsWith('}}') ? 'a "b" \\' : null,
    );
  });

  it.each<[string, object]>([
    ['an answer', { id: 7, result: params }],
    ['an answer, told last', { result: params, jsonrpc, id: 7 }],
    ['a notification', { method, params }],
    ['a batch', [{ id: 7, method, params }]],
    ['a request with no plain id', { method, params, id: [7] }],
  ])('is not told of %s', (_what, message) => {
    expect(cut(JSON.stringify(message))).toBeNull();
  });
});

describe('the text of a message', () => {
  it('reads every JSON value that is shallow enough', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(readMessage(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '"id"',
      '1',
      'null',
      ' ',
      'é',
      '\\u0022',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const { fault } = readMessage(parts.join(''));
        if (fault) expect([-32_700, -32_600]).toContain(fault.code);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", 'undefined', '{"a":\n', 'Content-Length: 3'])(
    'refuses %j as no JSON',
    (text) => {
      expect(readMessage(text).fault).toMatchObject({ code: -32_700, id: null });
    },
  );

  it('judges depth without going deep itself, and still finds the id', () => {
    const depth = 1_000_000;
    const nested = '['.repeat(depth) + ']'.repeat(depth);
    const before = `{"id":7,"params":${nested}}`;
    const after = `{"method":"x","params":{"a":${nested}},"jsonrpc":"2.0","id":"last"}`;
    expect(readMessage(before).fault).toMatchObject({ code: -32_600, id: 7 });
    expect(readMessage(after).fault).toMatchObject({ code: -32_600, id: 'last' });
    expect(readMessage('{"a":'.repeat(depth)).fault).toMatchObject({ code: -32_600, id: null });
  });

  it('takes what a value of 64 levels needs, and its envelope', () => {
    const value = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(
      readMessage(`{"params":{"arguments":{"input_data":{"context":{"a":${value(64)}}}}}}`).fault,
    ).toBeUndefined();
    expect(readMessage(value(81)).fault?.message).toContain('80 levels');
  });

  it.each([
    ['{"name":"read","name":"delete"}', 'name'],
    ['{"params":{"name":"read","arguments":{},"name":"delete"}}', 'name'],
    [String.raw`{"name":"read","n\u0061me":"delete"}`, 'name'],
    ['{"a":[{"b":1},{"b":1,"c":2,"b":3}]}', 'b'],
    ['{"":1,"":2}', ''],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('refuses a key that stands twice: %s', (text, key) => {
    expect(readMessage(text).fault?.message).toContain(`the key "${key}" stands twice`);
  });

  it.each(['1234567890123456789', '-9007199254740993', '[1,{"a":18446744073709551615}]'])(
    'refuses a number that would become another one: %s',
    (text) => {
      expect(readMessage(text).fault?.message).toContain('Send it as a string');
    },
  );

  it.each([
    '9007199254740992',
    '[ -9007199254740991 ]',
    '123456789012345680000',
    '0.12345678901234567891',
    '1e300',
    '1e+21',
    '1.5e300',
  ])('takes a number as it stands: %s', (text) => {
    expect(readMessage(text)).toEqual({ value: JSON.parse(text) as unknown });
  });

  it.each([
    '{"a":{"b":1},"c":{"b":2}}',
    '[{"b":1},{"b":2}]',
    '{"a":"a","b":["a","a","b"]}',
    String.raw`{"a":"\"a\":","b":"\\","c":"\\\""}`,
    '{"name":1,"Name":2}',
  ])('keeps apart what only looks alike: %s', (text) => {
    expect(readMessage(text)).toEqual({ value: JSON.parse(text) as unknown });
  });

  it.each<[string, string | number | null]>([
    ['{"id":"a\\"b","x":1,"x":2}', 'a"b'],
    ['{"x":1,"x":2,"id":-3}', -3],
    ['{"x":1,"x":2,"id":null}', null],
    ['{"x":1,"x":2,"id":{}}', null],
    ['{"x":1,"x":2,"params":{"id":4}}', null],
    ['{"id":1,"id":2}', null],
  ])('tells whose request it refused: %s', (text, id) => {
    expect(readMessage(text).fault).toMatchObject({ code: -32_600, id });
  });
});
