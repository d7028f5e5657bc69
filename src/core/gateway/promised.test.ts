import { describe, expect, it } from 'vitest';
import { toTool } from '../../../test/support/fake-downstream.ts';
import { codeOf, said, world } from '../../../test/support/gate.ts';
import type { Json } from '../kernel/json.ts';

const encoder = new TextEncoder();
const typed = toTool('get_rows', {
  outputSchema: {
    type: 'object',
    properties: { rows: { type: 'array', items: { type: 'object', properties: { n: { type: 'number' } } } } },
  },
});

const untyped = toTool('get_rows');

function returning(result: Json | string, tool = typed) {
  const after = (_ms: number, run: () => void) => {
    queueMicrotask(run);
    return () => undefined;
  };
  const made = world({ servers: { box: [tool] }, parts: { after } });
  const bytes = encoder.encode(typeof result === 'string' ? result : JSON.stringify(result));
  made.fakes.server('box').answer = () => ({ kind: 'large', bytes });
  return made;
}

const rowsOf = (count: number, n: (at: number) => Json) =>
  Array.from({ length: count }, (_, at) => ({ n: n(at) }));

describe('a result too large to be given at once', () => {
  it('is held to the schema it was promised in', async () => {
    const rows = rowsOf(10_000, (at) => (at === 9_999 ? 'last' : at));
    const { call, store } = returning({ content: [], structuredContent: { rows } });
    await expect(call('box__get_rows')).rejects.toMatchObject({
      code: 'downstream/invalid-result',
      message: expect.stringContaining('/rows/9999/n'),
    });
    expect(await store.results.find('ada', 'any', 0)).toBeUndefined();
    const fitting = returning({ content: [], structuredContent: { rows: rowsOf(10_000, Number) } });
    expect(await fitting.call('box__get_rows')).toMatchObject({ kind: 'stored' });
  });

  it('may be an error, which promises nothing', async () => {
    const { call } = returning({ content: [], structuredContent: { rows: 'none' }, isError: true });
    expect(await call('box__get_rows')).toMatchObject({ kind: 'stored' });
  });

  it.each([
    [{ content: 'x'.repeat(70_000) }, 'content is a string'],
    [{ content: [{ type: 'text', text: 'x'.repeat(70_000) }, 'y'] }, 'content/1 is a string'],
    [{ content: [{ text: 'x'.repeat(70_000) }] }, 'content/0 has no type'],
    [`{"content":[${'x'.repeat(70_000)}]}`, 'the result is no JSON'],
  ])('is refused where it is no result, whatever its tool promises', async (result, found) => {
    for (const tool of [typed, untyped]) {
      const { call, store } = returning(result, tool);
      await expect(call('box__get_rows')).rejects.toMatchObject({
        code: 'downstream/protocol',
        message: expect.stringContaining(`found: ${found}`),
      });
      expect(await store.results.find('ada', 'any', 0)).toBeUndefined();
    }
  });

  it('is kept where it is one, though its tool promises nothing, and parts may be of types nobody here knows', async () => {
    for (const type of ['text', 'hologram']) {
      const result = { content: [{ type, text: 'x'.repeat(70_000) }] };
      expect(await returning(result, untyped).call('box__get_rows')).toMatchObject({ kind: 'stored' });
    }
  });

  it('is kept unchecked where it is larger than 4 MiB, or too costly to check', async () => {
    const beyond = {
      content: [{ type: 'text', text: 'x'.repeat(4_194_304) }],
      structuredContent: { rows: 1 },
    };
    expect(await returning(beyond).call('box__get_rows')).toMatchObject({ kind: 'stored' });
    const costly = { content: [], structuredContent: { rows: rowsOf(350_000, () => 1) } };
    const { call, fakes } = returning(costly);
    expect(await call('box__get_rows')).toMatchObject({ kind: 'stored' });
    // One that is given whole must be known to fit.
    fakes.server('box').answer = () => said('', { structuredContent: { rows: rowsOf(700_000, () => 1) } });
    expect(await codeOf(call('box__get_rows'))).toBe('downstream/invalid-result');
  });
});
