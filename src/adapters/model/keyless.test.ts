import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../core/kernel/errors.ts';
import { keyless, keylessReply } from './keyless.ts';
import { openaiWire } from './openai.ts';

const KEY = 'a-key/of-nobody';

describe('a text of a service', () => {
  it.each([
    ['bare', `It is ${KEY}.`, 'It is [redacted].'],
    ['escaped', String.raw`{"a":"\u0061-key\/of-nobody"}`, '{"a":"[redacted]"}'],
  ])('holds no key: %s', (_, text, shown) => {
    expect(keyless(text, KEY)).toBe(shown);
  });

  it.each([String.raw`C:\\u0061-key`, 'a-key', String.raw`{"a":"\u0041\/b"}`])(
    'is as it was without one: %s',
    (text) => {
      expect(keyless(text, KEY)).toBe(text);
    },
  );

  it('is as it was where the key is a word that any service is given', () => {
    expect(keyless('none of these', 'none')).toBe('none of these');
  });
});

it('finds it in every text and name of a reply, however deep that is', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const reply = { [KEY]: [{ a: KEY, n: 1, t: true, z: null }], deep };
  expect(JSON.stringify(keylessReply(reply, KEY))).toContain(
    '{"[redacted]":[{"a":"[redacted]","n":1,"t":true,"z":null}]',
  );
});

it('is not told in a refusal', async () => {
  const refusal = `I will not use ${KEY}`;
  const original = globalThis.fetch;
  globalThis.fetch = async () => Response.json({ choices: [{ message: { refusal } }] });
  try {
    const wire = openaiWire({ url: 'http://127.0.0.1:1/v1', name: 'm', apiKey: KEY });
    const { signal } = new AbortController();
    const fault = await wire
      .send({ prompt: '', name: 'x', schema: {}, maxTokens: 1, signal })
      .catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(TuttiError);
    const { code, message, data } = fault as TuttiError;
    expect([code, message.includes(KEY), JSON.stringify(data).includes(KEY)]).toEqual([
      'model/refused',
      false,
      false,
    ]);
  } finally {
    globalThis.fetch = original;
  }
});
