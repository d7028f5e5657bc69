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
const list = async (page: JsonObject, isOurs = false) =>
  await listOffer(
    greeting,
    async () => ({ kind: 'result', payload: { bytes: new Uint8Array(), value: page } }),
    isOurs,
  );

it('says that there are more tools than it takes', async () => {
  const { offer } = await list({ tools: tools(10_001) });
  expect(offer.tools).toHaveLength(10_000);
  expect(offer.dropped).toEqual([
    { name: 'tools/list', reason: expect.stringContaining('only the first 10000 items') as string },
  ]);
  expect((await list({ tools: tools(10_000) })).offer.dropped).toEqual([]);
});

it('believes what a program of ours says that it left out, and nobody else', async () => {
  const told = [
    { name: 'a.ts', reason: 'boom\u001b[31m' },
    { name: 7, reason: 'x' },
    { name: 'b.ts', reason: 'y'.repeat(1_000) },
    'c.ts',
  ];
  const page = { tools: tools(1), _meta: { 'tutti/left-out': told } };
  const { offer } = await list(page, true);
  expect(offer.dropped).toEqual([
    { name: 'a.ts', reason: 'boom' },
    { name: 'b.ts', reason: `${'y'.repeat(499)}…` },
  ]);
  expect((await list(page)).offer.dropped).toEqual([]);
  expect((await list({ tools: [], _meta: { 'tutti/left-out': 'all' } }, true)).offer.dropped).toEqual([]);
});

it('leaves out icons that lead elsewhere than to a picture, and nothing else', async () => {
  const good = [
    { src: 'https://example.com/a.png?x=1', sizes: ['48x48'] },
    { src: 'data:image/png;base64,AAAA', mimeType: 'image/png' },
  ];
  const bad = [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://169.254.169.254/latest',
    'https://ada:secret@example.com/a.png',
    'data:text/html,<script>',
    'ftp://example.com/a.png',
    '',
  ].map((src) => ({ src }));
  const item = { description: 'One.', icons: [...bad, ...good, 7, {}] };
  const lists: Readonly<Record<string, object>> = {
    'tools/list': {
      tools: [
        { name: 'a', ...item, inputSchema: { type: 'object' } },
        { name: 'b', icons: 'none', inputSchema: { type: 'object' } },
        { name: 'c', icons: good, inputSchema: { type: 'object' } },
      ],
    },
    'prompts/list': { prompts: [{ name: 'p', ...item }] },
    'resources/list': { resources: [{ uri: 'note://1', name: 'r', ...item }] },
    'resources/templates/list': { resourceTemplates: [{ uriTemplate: 'note://{n}', name: 't', ...item }] },
  };
  const { offer } = await listOffer(
    { ...greeting, capabilities: { tools: {}, prompts: {}, resources: {} } },
    async (method) => ({
      kind: 'result',
      payload: { bytes: new Uint8Array(), value: lists[method] as JsonObject },
    }),
  );
  expect(offer.tools.map(({ icons }) => icons)).toEqual([good, [], good]);
  for (const kind of [offer.prompts, offer.resources, offer.resourceTemplates]) {
    expect(kind).toMatchObject([{ description: 'One.', icons: good }]);
  }
  expect(offer.dropped.map(({ name }) => name)).toEqual(
    ['a', 'b', 'p', 'note://1', 'note://{n}'].map((each) => `icons of ${each}`),
  );
});
