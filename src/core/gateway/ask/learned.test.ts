import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../adapters/store/memory.ts';
import { createLearned } from './learned.ts';

describe('what was learned', () => {
  it('is kept for each owner over restarts, the newest 500, without secrets', async () => {
    const { vault } = memoryStore();
    const learned = createLearned(vault);
    const examples = Array.from({ length: 600 }, (_, at) => ({ query: `question ${at}`, tool: 'a__b' }));
    await learned.remember('ada', examples);
    await learned.remember('ada', [{ query: 'question 599', tool: 'c__d' }]);
    await learned.remember('ada', [{ query: 'with ghp_0123456789abcdefghijABCDEFGHIJ012345', tool: 'a__b' }]);
    const kept = await createLearned(vault).of('ada');
    expect(kept).toHaveLength(500);
    expect(kept.filter(({ query }) => query === 'question 599')).toEqual([
      { query: 'question 599', tool: 'c__d' },
    ]);
    expect(kept[0]).toEqual({ query: 'question 101', tool: 'a__b' });
    expect(kept.at(-1)?.query).not.toContain('ghp_');
    expect(await learned.of('bob')).toEqual([]);
  });

  it('gives the same objects again', async () => {
    const learned = createLearned(memoryStore().vault);
    await learned.remember('ada', [{ query: 'x', tool: 'a__b' }]);
    const [before] = await learned.of('ada');
    await learned.remember('ada', [{ query: 'y', tool: 'a__b' }]);
    expect((await learned.of('ada'))[0]).toBe(before);
  });

  it('is lost of neither of several processes that learn at once, and known to all of them', async () => {
    const { vault } = memoryStore();
    const processes = Array.from({ length: 4 }, () => createLearned(vault));
    for (const each of processes) expect(await each.of('ada')).toEqual([]);
    const queries = processes.map((_, at) => `question ${at}`);
    await Promise.all(
      processes.map(async (each, at) => {
        await each.remember('ada', [{ query: queries[at] ?? '', tool: 'a__b' }]);
      }),
    );
    for (const each of processes) {
      const known = (await each.of('ada')).map(({ query }) => query);
      expect(known.toSorted()).toEqual(queries);
    }
  });
});
