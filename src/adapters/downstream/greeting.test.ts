import { InMemoryTransport } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import { greetingIn } from './greeting.ts';
import { shakeHands } from './handshake.ts';

const PLAIN: JsonObject = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: {},
  ttlMs: 0,
  cacheScope: 'private',
};

const named = (info: JsonObject): JsonObject => ({
  ...PLAIN,
  _meta: { 'io.modelcontextprotocol/serverInfo': info },
});
const able = (capabilities: JsonObject): JsonObject => ({ ...PLAIN, capabilities });

const READ: readonly JsonObject[] = [
  PLAIN,
  {
    ...PLAIN,
    supportedVersions: ['2025-11-25', '2026-07-28', 'next'],
    instructions: 'Use it \u0007 well.'.repeat(10_000),
  },
  named({ name: 'a\u001b[31m b\n', version: '1.2.3', title: 'T'.repeat(500) }),
  named({ name: 'n'.repeat(400), version: 'v'.repeat(400), websiteUrl: 'https://x.example' }),
  named({}),
  able({ tools: { listChanged: true }, resources: { subscribe: true, listChanged: false }, prompts: {} }),
  able({
    logging: { any: 1 },
    completions: {},
    experimental: { x: { y: 1 } },
    extensions: { 'a/b': {} },
  }),
];

const LEFT: readonly unknown[] = [
  undefined,
  [],
  { ...PLAIN, resultType: 'input_required' },
  { ...PLAIN, supportedVersions: ['2025-11-25'] },
  { ...PLAIN, supportedVersions: ['2026-07-28', 5] },
  { ...PLAIN, supportedVersions: '2026-07-28' },
  { ...PLAIN, instructions: 7 },
  { ...PLAIN, _meta: 'me' },
  named({ name: 'alone' }),
  named({ name: 7, version: '1' }),
  named({ name: 'x', version: '1', title: {} }),
  able({ tools: { listChanged: 'yes' } }),
  able({ tools: [] }),
  able({ prompts: { more: true } }),
  able({ experimental: { x: 1 } }),
];

describe('greetingIn', () => {
  it.each(READ.map((discovered) => ({ discovered })))(
    'reads $discovered as the SDK does',
    async ({ discovered }) => {
      const [ours] = InMemoryTransport.createLinkedPair();
      const bySdk = await shakeHands(ours, {
        introduction: { name: 'tutti', version: '0' },
        verdict: { era: 'modern', at: 0, discovered },
        timeoutMs: 1_000,
        signal: new AbortController().signal,
      });
      expect(greetingIn(discovered)).toEqual(bySdk);
    },
  );

  it('passes over abilities that it does not know', () => {
    expect(greetingIn(able({ tools: {}, other: 7 }))?.capabilities).toEqual({ tools: {} });
  });

  it.each(LEFT.map((discovered) => ({ discovered })))('leaves $discovered to the SDK', ({ discovered }) => {
    expect(greetingIn(discovered)).toBeUndefined();
  });
});
