import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.ts';
import type { Store } from '../ports/store.ts';
import { sessionHouse } from '../../../test/support/session-house.ts';
import type { Line, Sessions, TranscriptInput } from './session.ts';

const ADA = { owner: 'ada' };

async function spoken(count: number): Promise<Sessions> {
  const { sessions } = sessionHouse();
  for (let at = 1; at <= count; at += 1) {
    await sessions.say(ADA, { role: at % 2 === 0 ? 'assistant' : 'user', content: `message ${at}` });
  }
  return sessions;
}

const said = async (sessions: Sessions, input?: TranscriptInput): Promise<readonly Line[]> =>
  (await sessions.transcript(ADA, input)).lines;

const contents = (lines: readonly Line[]): readonly string[] =>
  lines.map((line) => (line.kind === 'message' ? line.content : `${line.from} -> ${line.to}`));

describe('what is said', () => {
  it('is numbered, timed and given back, the newest ten by default', async () => {
    const sessions = await spoken(12);
    const lines = await said(sessions);
    expect(contents(lines)).toEqual(Array.from({ length: 10 }, (_, at) => `message ${at + 3}`));
    expect(lines[0]).toMatchObject({ kind: 'message', role: 'user', seq: 3 });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(10);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b));
    expect((await sessions.view(ADA)).messages).toEqual({ user: 6, assistant: 6, system: 0 });
  });

  it('is counted exactly: none for 0, and no count outside 0 to 10,000', async () => {
    const sessions = await spoken(3);
    expect(await said(sessions, { maxMessages: 0 })).toEqual([]);
    expect(contents(await said(sessions, { maxMessages: 1 }))).toEqual(['message 3']);
    expect(await said(sessions, { maxMessages: 1_000 })).toHaveLength(3);
    for (const maxMessages of [-1, 0.5, 10_001, Number.NaN, Infinity])
      await expect(said(sessions, { maxMessages })).rejects.toMatchObject({
        code: 'input/invalid-type',
        message: expect.stringContaining('from 0 to 10000'),
      });
  });

  it('fits a budget of tokens, none left out between', async () => {
    const { sessions } = sessionHouse();
    for (const length of [4, 4_000, 8, 3])
      await sessions.say(ADA, { role: 'user', content: 'x'.repeat(length) });
    const lengths = async (maxTokens: number, maxMessages?: number) =>
      contents(await said(sessions, { maxTokens, ...(maxMessages !== undefined && { maxMessages }) })).map(
        ({ length }) => length,
      );
    expect(await lengths(0)).toEqual([]);
    expect(await lengths(1)).toEqual([3]);
    expect(await lengths(2)).toEqual([3]);
    expect(await lengths(3)).toEqual([8, 3]);
    expect(await lengths(1_002)).toEqual([8, 3]);
    expect(await lengths(1_004)).toEqual([4, 4_000, 8, 3]);
    expect(await lengths(1_004, 1)).toEqual([3]);
    await expect(lengths(-1)).rejects.toMatchObject({ code: 'input/invalid-type' });
  });

  it('is told up to 1.75 MiB of it at once, to the message, and says that it was cut', async () => {
    const { sessions } = sessionHouse();
    const content = 'x'.repeat(400_000);
    for (let at = 0; at < 20; at += 1) await sessions.say(ADA, { role: 'user', content });
    const newest = await sessions.transcript(ADA, { maxMessages: 1_000 });
    expect(newest.isCut).toBe(true);
    expect(newest.lines).toMatchObject([{ seq: 17 }, { seq: 18 }, { seq: 19 }, { seq: 20 }]);
    const earlier = await sessions.transcript(ADA, { maxMessages: 2, before: 17 });
    expect(earlier).toMatchObject({ isCut: false, lines: [{ seq: 15 }, { seq: 16 }] });
    // What a budget leaves out is left out on request.
    expect(await sessions.transcript(ADA, { maxTokens: 100_000 })).toMatchObject({
      isCut: false,
      lines: [{ seq: 20 }],
    });
  });

  it('is any text up to 1 MiB', async () => {
    const { sessions } = sessionHouse();
    const content = 'é\0\u2028"{{ x }}'.padEnd(1_048_576, 'x');
    await sessions.say(ADA, { role: 'system', content });
    await sessions.say(ADA, { role: 'user', content: '' });
    expect(contents(await said(sessions))).toEqual([content, '']);
    await expect(sessions.say(ADA, { role: 'user', content: `${content}x` })).rejects.toMatchObject({
      code: 'input/too-large',
    });
    const role = 'tool' as 'user';
    await expect(sessions.say(ADA, { role, content: 'x' })).rejects.toMatchObject({
      code: 'input/invalid-type',
    });
  });
});

describe('with moves', () => {
  it('they stand among the messages, in order of time', async () => {
    const { sessions } = sessionHouse();
    await sessions.move(ADA, { to: 'B', reason: 'first' });
    await sessions.say(ADA, { role: 'user', content: 'one' });
    await sessions.move(ADA, { to: 'A' });
    await sessions.storeData(ADA, { key: 'k', value: 1 });
    await sessions.say(ADA, { role: 'user', content: 'two' });
    await sessions.move(ADA, { to: 'B' });
    const all = await said(sessions, { withTransitions: true });
    expect(contents(all)).toEqual(['A -> B', 'one', 'B -> A', 'two', 'A -> B']);
    expect(all[0]).toMatchObject({ kind: 'transition', because: 'first' });
    const last = await said(sessions, { withTransitions: true, maxMessages: 1 });
    expect(contents(last)).toEqual(['two', 'A -> B']);
  });

  it('before a message that is yet to come are all there are', async () => {
    const { sessions } = sessionHouse();
    await sessions.say(ADA, { role: 'user', content: 'one' });
    await sessions.move(ADA, { to: 'B' });
    const lines = await said(sessions, { before: 2, withTransitions: true });
    expect(contents(lines)).toEqual(['one', 'A -> B']);
  });

  it('of a budget that holds no message, only what came after the last one', async () => {
    const { sessions } = sessionHouse();
    await sessions.move(ADA, { to: 'B' });
    await sessions.say(ADA, { role: 'user', content: 'too long for it' });
    await sessions.move(ADA, { to: 'A' });
    const lines = await said(sessions, { maxTokens: 1, withTransitions: true });
    expect(contents(lines)).toEqual(['B -> A']);
  });

  it('pages join without a gap and without anything twice', async () => {
    const { sessions } = sessionHouse();
    for (let at = 1; at <= 260; at += 1) {
      await sessions.say(ADA, { role: 'user', content: `${at}` });
      await sessions.move(ADA, { to: at % 2 === 0 ? 'A' : 'B' });
    }
    const all = await said(sessions, { withTransitions: true, maxMessages: 1_000 });
    expect(all).toHaveLength(520);
    const paged: Line[] = [];
    let before: number | undefined;
    do {
      const window = { maxMessages: 100, withTransitions: true, ...(before !== undefined && { before }) };
      const page = await said(sessions, window);
      paged.unshift(...page);
      const first = page.find((line) => line.kind === 'message');
      before = first?.seq;
    } while (before !== undefined && before > 1);
    expect(paged).toEqual(all);
  });

  it('more of them than are told are said to be missing', async () => {
    const { sessions } = sessionHouse();
    await sessions.say(ADA, { role: 'user', content: 'x' });
    const move = async (count: number, reason?: string) => {
      for (let at = 0; at < count; at += 1)
        await sessions.move(ADA, { to: at % 2 === 0 ? 'B' : 'A', ...(reason !== undefined && { reason }) });
    };
    await move(1_000);
    expect(await sessions.transcript(ADA, { withTransitions: true })).toMatchObject({ lacksMoves: false });
    await move(2);
    const { lines, lacksMoves } = await sessions.transcript(ADA, { withTransitions: true });
    expect({ length: lines.length, lacksMoves }).toEqual({ length: 1_001, lacksMoves: true });
    await move(70, 'y'.repeat(4_000));
    expect((await said(sessions, { withTransitions: true })).length).toBe(66);
  });

  it('a journal of large entries is read in small pages, and no further than one answer may', async () => {
    const { store, largest, all } = measured(memoryStore());
    const { sessions } = sessionHouse({ store });
    await sessions.move(ADA, { to: 'B' });
    for (const content of ['x', 'z']) await sessions.say(ADA, { role: 'user', content });
    const value = 'x'.repeat(1_000_000);
    for (let at = 0; at < 40; at += 1) await sessions.storeData(ADA, { key: 'k', value });
    await sessions.say(ADA, { role: 'user', content: 'y' });
    await sessions.move(ADA, { to: 'A' });
    for (const read of [
      async () => (await sessions.transcript(ADA, { withTransitions: true })).lacksMoves,
      async () => (await sessions.timeline(ADA)).isCut,
    ]) {
      largest.length = 0;
      expect(await read()).toBe(true);
      expect(Math.max(...largest)).toBeLessThan(9_000_000);
      expect(all()).toBeLessThan(20_000_000);
    }
    // An earlier page begins where it ends, not at the newest entry.
    const earlier = await sessions.transcript(ADA, { withTransitions: true, before: 2 });
    expect(contents(earlier.lines)).toEqual(['A -> B', 'x']);
    expect(earlier.lacksMoves).toBe(false);
  });
});

function measured(store: Store) {
  const largest: number[] = [];
  const entries: Store['entries'] = async (...key) => {
    const page = await store.entries(...key);
    largest.push(JSON.stringify(page).length);
    return page;
  };
  return { store: { ...store, entries }, largest, all: () => largest.reduce((sum, each) => sum + each, 0) };
}
