import { describe, expect, it } from 'vitest';
import { sessionHouse } from '../../../test/support/session-house.ts';
import type { Line, Sessions } from './session.ts';

const ADA = { owner: 'ada' };

async function spoken(count: number): Promise<Sessions> {
  const { sessions } = sessionHouse();
  for (let at = 1; at <= count; at += 1) {
    await sessions.say(ADA, { role: at % 2 === 0 ? 'assistant' : 'user', content: `message ${at}` });
  }
  return sessions;
}

const contents = (lines: readonly Line[]): readonly string[] =>
  lines.map((line) => (line.kind === 'message' ? line.content : `${line.from} -> ${line.to}`));

describe('what is said', () => {
  it('is numbered, timed and given back, the newest ten by default', async () => {
    const sessions = await spoken(12);
    const lines = await sessions.transcript(ADA);
    expect(contents(lines)).toEqual(Array.from({ length: 10 }, (_, at) => `message ${at + 3}`));
    expect(lines[0]).toMatchObject({ kind: 'message', role: 'user', seq: 3 });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(10);
    expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b));
    expect((await sessions.view(ADA)).messages).toEqual({ user: 6, assistant: 6, system: 0 });
  });

  it('is counted exactly: none for 0, and no count outside 0 to 1,000', async () => {
    const sessions = await spoken(3);
    expect(await sessions.transcript(ADA, { maxMessages: 0 })).toEqual([]);
    expect(contents(await sessions.transcript(ADA, { maxMessages: 1 }))).toEqual(['message 3']);
    expect(await sessions.transcript(ADA, { maxMessages: 1_000 })).toHaveLength(3);
    for (const maxMessages of [-1, 0.5, 1_001, Number.NaN, Infinity])
      await expect(sessions.transcript(ADA, { maxMessages })).rejects.toMatchObject({
        code: 'input/invalid-type',
        message: expect.stringContaining('from 0 to 1000'),
      });
  });

  it('fits a budget of tokens, none left out between', async () => {
    const { sessions } = sessionHouse();
    for (const length of [4, 4_000, 8, 3])
      await sessions.say(ADA, { role: 'user', content: 'x'.repeat(length) });
    const lengths = async (maxTokens: number, maxMessages?: number) =>
      contents(
        await sessions.transcript(ADA, { maxTokens, ...(maxMessages !== undefined && { maxMessages }) }),
      ).map(({ length }) => length);
    expect(await lengths(0)).toEqual([]);
    expect(await lengths(1)).toEqual([3]);
    expect(await lengths(2)).toEqual([3]);
    expect(await lengths(3)).toEqual([8, 3]);
    expect(await lengths(1_002)).toEqual([8, 3]);
    expect(await lengths(1_004)).toEqual([4, 4_000, 8, 3]);
    expect(await lengths(1_004, 1)).toEqual([3]);
    await expect(lengths(-1)).rejects.toMatchObject({ code: 'input/invalid-type' });
  });

  it('is told up to 16 MiB of it at once', async () => {
    const { sessions } = sessionHouse();
    const content = 'x'.repeat(400_000);
    for (let at = 0; at < 60; at += 1) await sessions.say(ADA, { role: 'user', content });
    const lines = await sessions.transcript(ADA, { maxMessages: 1_000 });
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toMatchObject({ seq: 60 });
    const earlier = await sessions.transcript(ADA, { maxMessages: 1_000, before: 11 });
    expect(earlier.at(-1)).toMatchObject({ seq: 10 });
  });

  it('is any text up to 1 MiB', async () => {
    const { sessions } = sessionHouse();
    const content = 'é\0\u2028"{{ x }}'.padEnd(1_048_576, 'x');
    await sessions.say(ADA, { role: 'system', content });
    await sessions.say(ADA, { role: 'user', content: '' });
    expect(contents(await sessions.transcript(ADA))).toEqual([content, '']);
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
    const all = await sessions.transcript(ADA, { withTransitions: true });
    expect(contents(all)).toEqual(['A -> B', 'one', 'B -> A', 'two', 'A -> B']);
    expect(all[0]).toMatchObject({ kind: 'transition', because: 'first' });
    const last = await sessions.transcript(ADA, { withTransitions: true, maxMessages: 1 });
    expect(contents(last)).toEqual(['two', 'A -> B']);
  });

  it('of a budget that holds no message, only what came after the last one', async () => {
    const { sessions } = sessionHouse();
    await sessions.move(ADA, { to: 'B' });
    await sessions.say(ADA, { role: 'user', content: 'too long for it' });
    await sessions.move(ADA, { to: 'A' });
    const lines = await sessions.transcript(ADA, { maxTokens: 1, withTransitions: true });
    expect(contents(lines)).toEqual(['B -> A']);
  });

  it('pages join without a gap and without anything twice', async () => {
    const { sessions } = sessionHouse();
    for (let at = 1; at <= 260; at += 1) {
      await sessions.say(ADA, { role: 'user', content: `${at}` });
      await sessions.move(ADA, { to: at % 2 === 0 ? 'A' : 'B' });
    }
    const all = await sessions.transcript(ADA, { withTransitions: true, maxMessages: 1_000 });
    expect(all).toHaveLength(520);
    const paged: Line[] = [];
    let before: number | undefined;
    do {
      const window = { maxMessages: 100, withTransitions: true, ...(before !== undefined && { before }) };
      const page = await sessions.transcript(ADA, window);
      paged.unshift(...page);
      const first = page.find((line) => line.kind === 'message');
      before = first?.seq;
    } while (before !== undefined && before > 1);
    expect(paged).toEqual(all);
  });
});
