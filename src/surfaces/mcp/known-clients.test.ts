import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import { judgeClient } from './client-judge.ts';
import { isKnownClient } from './known-clients.ts';

interface Client {
  readonly capabilities: JsonObject;
  readonly info?: unknown;
}

const INFO = { name: 'client', version: '1' };

const GOOD: readonly Client[] = [
  { capabilities: {} },
  { capabilities: {}, info: { ...INFO, title: 'A client' } },
  { capabilities: { elicitation: {} }, info: INFO },
  { capabilities: { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }, info: INFO },
  { capabilities: { sampling: { tools: {}, context: {} } }, info: INFO },
  { capabilities: { experimental: { any: { thing: 1 } }, extensions: { 'a/b': {} } }, info: INFO },
  { capabilities: { elicitation: { form: { applyDefaults: true } } }, info: INFO },
  { capabilities: {}, info: { ...INFO, icons: [{ src: 'data:image/png;base64,AA==' }] } },
];

const BAD: readonly Client[] = [
  { capabilities: {}, info: 'me' },
  { capabilities: {}, info: { name: 'client' } },
  { capabilities: {}, info: { ...INFO, title: 7 } },
  { capabilities: { elicitation: true }, info: INFO },
  { capabilities: { sampling: { tools: 'yes' } }, info: INFO },
  { capabilities: { roots: [] }, info: INFO },
];

const shown = (clients: readonly Client[]) =>
  clients.map((client) => ({ client, text: JSON.stringify(client) }));

describe('isKnownClient', () => {
  it.each(shown(GOOD))('knows $text, at the latest when the SDK has judged it', async ({ client }) => {
    expect(judgeClient(client.capabilities, client.info)).toBe(true);
    await expect.poll(() => isKnownClient(client.capabilities, client.info)).toBe(true);
  });

  it.each(shown(BAD))('never knows $text, as the SDK does not', async ({ client }) => {
    expect(judgeClient(client.capabilities, client.info)).toBe(false);
    await expect.poll(() => isKnownClient({ experimental: {} }, INFO)).toBe(true);
    expect(isKnownClient(client.capabilities, client.info)).toBe(false);
  });
});
