import { expect, it } from 'vitest';
import type { JsonObject } from '../../core/kernel/json.ts';
import { listOffer } from './listing.ts';

const greeting = {
  era: 'modern',
  protocolVersion: '2026-07-28',
  capabilities: { tools: {} },
  serverInfo: { name: 'box', version: '1' },
  instructions: undefined,
  discovered: undefined,
} as const;
const tools = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, n) => ({ name: `t${n}`, inputSchema: { type: 'object' } }));
const list = async (page: JsonObject) =>
  await listOffer(greeting, async () => ({
    kind: 'result',
    payload: { bytes: new Uint8Array(), value: page },
  }));

it('says that there are more tools than it takes', async () => {
  const { offer } = await list({ tools: tools(10_001) });
  expect(offer.tools).toHaveLength(10_000);
  expect(offer.dropped).toEqual([
    { name: 'tools/list', reason: expect.stringContaining('only the first 10000 items') as string },
  ]);
  expect((await list({ tools: tools(10_000) })).offer.dropped).toEqual([]);
});
