import { describe, expect, it } from 'vitest';
import { askingParts } from '../../../test/support/asking.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { memoryStore } from '../../adapters/store/memory.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ModelWire, WireAnswer, WireQuestion } from '../ports/model-wire.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { createEmbedder } from './create-embedder.ts';
import { createModel } from './create-model.ts';

type Turn = Partial<WireAnswer> | Error | ((question: WireQuestion) => Promise<WireAnswer>);

const FITTING = JSON.stringify({ choice: 'left', confidence: 0.9, because: 'It is shorter.' });
const TOKENS = { inputTokens: 100, outputTokens: 20 };

/** A wire that plays turns; when none is left, it answers. */
function wireOf(...turns: Turn[]): ModelWire & { readonly asked: WireQuestion[] } {
  const asked: WireQuestion[] = [];
  return {
    name: 'm',
    identity: 'test m',
    asked,
    async send(question) {
      asked.push(question);
      const turn = turns.shift() ?? {};
      if (turn instanceof Error) throw turn;
      return typeof turn === 'function' ? await turn(question) : { text: FITTING, ...TOKENS, ...turn };
    },
  };
}

const question = {
  prompt: 'Which way?',
  choices: ['left', 'right'],
  purpose: 'decide',
  account: { owner: 'ada', instance: 'i1', session: 's1' },
} as const;
const failed = (code: 'model/api' | 'model/failed', data: object = {}) =>
  new TuttiError(code, 'down', { data });

describe('an answer', () => {
  it.each([
    ['in a fence', `\`\`\`json\n${FITTING}\n\`\`\``],
    ['after thoughts', `<think>Left or right?</think>\n${FITTING}`],
    ['with blanks', `\n ${FITTING}\n`],
  ])('is read %s', async (_, text) => {
    await expect(createModel(wireOf({ text }), askingParts()).choose(question)).resolves.toMatchObject({
      choice: 'left',
    });
  });

  it.each([
    ['a list', '[1]'],
    ['a choice that was not offered', FITTING.replace('left', 'nowhere')],
    ['too much confidence', FITTING.replace('0.9', '1.5')],
    ['no reason', FITTING.replace('It is shorter.', '')],
    ['members that nobody asked for', FITTING.replace('{', '{"goto": "FINISH", ')],
    ['nothing', ''],
    ['a nest', `{"choice": ${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('is not taken with %s', async (_, text) => {
    const wire = wireOf({ text }, { text });
    await expect(createModel(wire, askingParts()).choose(question)).rejects.toMatchObject({
      code: 'model/invalid-answer',
      data: { text: text.slice(0, 500), ...TOKENS },
    });
    expect(wire.asked).toHaveLength(2);
  });

  it('keeps what a model calls __proto__ from being one', async () => {
    const text = FITTING.replace('{', '{"context_updates": {"__proto__": {"admin": true}}, ');
    const { contextUpdates } = await createModel(wireOf({ text }), askingParts()).choose(question);
    expect((contextUpdates as { readonly admin?: boolean }).admin).toBeUndefined();
  });
});

describe('a second attempt', () => {
  it('waits for as long as the provider said, else for a moment', async () => {
    const waits: number[] = [];
    const pause = async (ms: number) => void waits.push(ms);
    const wire = wireOf(
      failed('model/api', { status: 503, retry_after_ms: 1234 }),
      {},
      failed('model/failed'),
    );
    const model = createModel(wire, askingParts({}, { pause }));
    await model.choose(question);
    await model.choose(question);
    expect(waits[0]).toBe(1234);
    expect(waits[1]).toBeGreaterThanOrEqual(500);
    expect(waits[1]).toBeLessThanOrEqual(1000);
  });

  it('is the last one', async () => {
    const wire = wireOf(failed('model/failed'), failed('model/failed'));
    await expect(createModel(wire, askingParts()).choose(question)).rejects.toMatchObject({
      code: 'model/failed',
    });
    expect(wire.asked).toHaveLength(2);
  });

  it('is not made where it comes to the same', async () => {
    const wire = wireOf(failed('model/failed', { final: true }));
    await expect(createModel(wire, askingParts()).choose(question)).rejects.toThrow('down');
    expect(wire.asked).toHaveLength(1);
  });
});

describe('a deadline', () => {
  const deaf = () => new Promise<WireAnswer>(() => undefined);

  it('holds where the wire does not listen', async () => {
    const model = createModel(wireOf(deaf), askingParts({ timeoutMs: 30 }));
    await expect(model.choose(question)).rejects.toMatchObject({ code: 'model/timeout' });
  });

  it('is never longer than what is configured', async () => {
    const model = createModel(wireOf(deaf), askingParts({ timeoutMs: 30 }));
    await expect(model.choose({ ...question, timeoutMs: 1e9 })).rejects.toMatchObject({
      message: expect.stringContaining('within 30 ms'),
    });
  });

  it('counts the wait for a place', async () => {
    const model = createModel(wireOf(deaf, deaf), askingParts({ timeoutMs: 30, concurrency: 1 }));
    const both = await Promise.allSettled([model.choose(question), model.choose(question)]);
    expect(both).toMatchObject([
      { reason: { code: 'model/timeout' } },
      { reason: { code: 'model/timeout' } },
    ]);
  });
});

describe('a provider that fails', () => {
  it('is left alone after five failures, and that is said without a word of servers', async () => {
    const down = Array.from({ length: 6 }, () => failed('model/api', { status: 500 }));
    const wire = wireOf(...down);
    const model = createModel(wire, askingParts());
    const ask = async () => await model.choose(question).catch((error: unknown) => error as TuttiError);
    await ask();
    await ask();
    await ask();
    expect(wire.asked).toHaveLength(5);
    const error = await ask();
    expect(error).toMatchObject({ code: 'model/failed', data: { final: true } });
    expect((error as TuttiError).message).toMatch(/^The model failed several times/);
    expect(wire.asked).toHaveLength(5);
  });

  it('is not taken for one when it is busy or declines', async () => {
    const busy = Array.from({ length: 12 }, () => failed('model/api', { status: 429, retry_after_ms: 0 }));
    const model = createModel(wireOf(...busy), askingParts());
    for (let at = 0; at < 6; at += 1) await expect(model.choose(question)).rejects.toThrow('down');
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
  });

  it.each([
    [10_000, 10_000],
    [1e12, 3_600_000],
  ])('is left alone for as long as it asks for, an hour at the most: %d ms', async (asked, quietMs) => {
    let now = 1_000;
    const clock = { ...systemClock(), now: () => now };
    const wire = wireOf(failed('model/api', { status: 429, retry_after_ms: asked }));
    const model = createModel(wire, askingParts({ timeoutMs: 5_000 }, { clock }));
    await expect(model.choose(question)).rejects.toMatchObject({ code: 'model/api' });
    now += quietMs - 1;
    await expect(model.choose(question)).rejects.toMatchObject({
      code: 'model/failed',
      data: { retry_after_ms: 1 },
    });
    expect(wire.asked).toHaveLength(1);
    now += 1;
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
  });

  it('is asked so many at once, and so many wait', async () => {
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const slow = async () => {
      running += 1;
      most = Math.max(most, running);
      await gate.promise;
      running -= 1;
      return { text: FITTING };
    };
    const model = createModel(
      wireOf(...Array.from({ length: 40 }, () => slow)),
      askingParts({ concurrency: 2 }),
    );
    const all = Array.from({ length: 40 }, async () => await model.choose(question));
    const settled = Promise.allSettled(all);
    await expect(
      Promise.any(all.map(async (each) => await each.then(() => Promise.reject(new Error()), String))),
    ).resolves.toMatch(/found too many waiting/);
    gate.resolve();
    const counts = Map.groupBy(await settled, ({ status }) => status);
    expect(most).toBe(2);
    expect(counts.get('fulfilled')).toHaveLength(2 + 2 * 16);
    expect(counts.get('rejected')).toHaveLength(6);
  });
});

describe('the cache', () => {
  const kept = { cacheBytes: 1_000_000, cacheTtlMs: 60_000, prices: { m: { input: 1, output: 1 } } };

  it('answers the very same request without asking or paying, and says so', async () => {
    const { usage } = memoryStore();
    const wire = wireOf();
    const budgets = [{ calls: 1, per: 'owner' }] as const;
    const model = createModel(wire, askingParts({ ...kept, budgets }, { usage }));
    const first = await model.choose(question);
    const second = await model.choose(question);
    expect(wire.asked).toHaveLength(1);
    expect(first.usage).toMatchObject({ ...TOKENS, cost: 0.00012 });
    expect(first.usage).not.toHaveProperty('cached');
    expect(second).toMatchObject({ choice: 'left', usage: { name: 'm', cost: 0, cached: true } });
    expect(second.usage).not.toHaveProperty('inputTokens');
  });

  it.each([
    ['another prompt', { prompt: 'Which?' }],
    ['other choices', { choices: ['left'] }],
    ['another owner', { account: { owner: 'bob' } }],
  ])('does not answer %s', async (_, change) => {
    const wire = wireOf();
    const model = createModel(wire, askingParts(kept));
    await model.choose(question);
    await model.choose({ ...question, ...change });
    expect(wire.asked).toHaveLength(2);
  });

  it('answers whatever the fence is, and nothing that only looks like it', async () => {
    const wire = wireOf();
    const model = createModel(wire, askingParts(kept));
    const asked = (fence: string, text: string) => ({
      ...question,
      fence,
      prompt: `<<${fence}\n${text}\n${fence}>>`,
    });
    await model.choose(asked('f-1', 'They like it.'));
    await model.choose(asked('f-2', 'They like it.'));
    expect(wire.asked).toHaveLength(1);
    await model.choose(asked('f-3', 'They hate it.'));
    await model.choose({ ...asked('f-1', 'They like it.'), fence: 'f-4' });
    await model.choose({ ...asked('f-1', 'They like it.'), fence: 'like' });
    expect(wire.asked).toHaveLength(4);
  });

  it('drafts anew for whoever asks again', async () => {
    const wire = wireOf();
    const model = createModel(wire, askingParts(kept));
    for (let time = 0; time < 2; time += 1) await model.choose({ ...question, purpose: 'author' });
    expect(wire.asked).toHaveLength(2);
  });

  it('keeps no failure, and nothing where it is switched off', async () => {
    const wire = wireOf(failed('model/api', { status: 401 }));
    const model = createModel(wire, askingParts(kept));
    await expect(model.choose(question)).rejects.toThrow('down');
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
    const off = wireOf();
    const without = createModel(off, askingParts({ ...kept, cacheTtlMs: 0 }));
    await without.choose(question);
    await without.choose(question);
    expect(off.asked).toHaveLength(2);
  });
});

describe('a budget', () => {
  const sums = async (usage: ReturnType<typeof memoryStore>['usage'], subject: string) =>
    await usage.read({ owner: 'ada', subject, windowAt: 0 });

  it('is spent before anything is asked', async () => {
    const wire = wireOf();
    const model = createModel(wire, askingParts({ budgets: [{ calls: 2, per: 'instance' }] }));
    await model.choose(question);
    await model.choose(question);
    await expect(model.choose(question)).rejects.toMatchObject({
      code: 'budget/spent',
      message: expect.stringContaining('calls per instance'),
      data: { kind: 'calls', per: 'instance', spent: 2, of: 2 },
    });
    expect(wire.asked).toHaveLength(2);
    const other = { ...question, account: { owner: 'ada', instance: 'i2' } };
    await expect(model.choose(other)).resolves.toMatchObject({ choice: 'left' });
  });

  it.each(['instance', 'session', 'owner', 'day'] as const)('counts per %s', async (per) => {
    const model = createModel(wireOf(), askingParts({ budgets: [{ calls: 1, per }] }));
    await model.choose(question);
    await expect(model.choose(question)).rejects.toMatchObject({ data: { per } });
    const bob = { owner: 'bob', instance: 'i3', session: 's3' };
    await expect(model.choose({ ...question, account: bob })).resolves.toMatchObject({ choice: 'left' });
  });

  it('holds for nobody who has no instance, where it is per instance', async () => {
    const model = createModel(wireOf(), askingParts({ budgets: [{ calls: 0, per: 'instance' }] }));
    const account = { owner: 'ada' };
    await expect(model.choose({ ...question, account })).resolves.toMatchObject({ choice: 'left' });
  });

  it('is taken once, however many ask at the same moment', async () => {
    const wire = wireOf();
    const model = createModel(wire, askingParts({ budgets: [{ calls: 5, per: 'owner' }], concurrency: 50 }));
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, async () => await model.choose(question)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(wire.asked).toHaveLength(5);
  });

  it('is taken for every request: where it is spent there is no second attempt', async () => {
    const { usage } = memoryStore();
    const settings = { budgets: [{ calls: 10, per: 'owner' }] as const, concurrency: 50 };
    const wire = wireOf(...Array.from({ length: 100 }, () => ({ text: 'no' })));
    const model = createModel(wire, askingParts(settings, { usage }));
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, async () => await model.choose(question)),
    );
    expect(wire.asked).toHaveLength(10);
    await expect(sums(usage, 'model')).resolves.toMatchObject({ calls: 10 });
    const codes = all.map((each) => (each.status === 'rejected' ? each.reason.code : 'answered'));
    expect(new Set(codes)).toEqual(new Set(['model/invalid-answer', 'budget/spent']));
  });

  it('is taken for what a wire asks once more, and set right for each', async () => {
    const { usage } = memoryStore();
    const twice = async ({ another }: WireQuestion) => {
      await another?.();
      return { text: FITTING, ...TOKENS };
    };
    const budgets = [{ calls: 3, tokens: 100_000, per: 'owner' }] as const;
    const model = createModel(wireOf(twice, twice, twice), askingParts({ budgets }, { usage }));
    await model.choose(question);
    await expect(sums(usage, 'model')).resolves.toMatchObject({ calls: 2 });
    await expect(sums(usage, 'model/tokens')).resolves.toMatchObject({ calls: 120 });
    await expect(model.choose(question)).rejects.toMatchObject({ code: 'budget/spent' });
    await expect(sums(usage, 'model')).resolves.toMatchObject({ calls: 3 });
    await expect(sums(usage, 'model/tokens')).resolves.toMatchObject({ calls: 120 });
  });

  it('has room for the longest answer that is asked for, or nothing is asked', async () => {
    const wire = wireOf();
    const model = createModel(wire, askingParts({ budgets: [{ tokens: 5000, per: 'owner' }] }));
    await model.choose(question);
    const maxTokens = wire.asked[0]?.maxTokens ?? Infinity;
    expect(maxTokens).toBeLessThan(5000);
    const poor = createModel(wire, askingParts({ budgets: [{ tokens: maxTokens, per: 'owner' }] }));
    await expect(poor.choose(question)).rejects.toMatchObject({ code: 'budget/spent' });
  });

  it('is set right by what was really used: calls, tokens and cost', async () => {
    const { usage } = memoryStore();
    const settings = {
      budgets: [{ calls: 100, tokens: 100_000, costMicros: 1e9, per: 'owner' }] as const,
      prices: { m: { input: 3, output: 15 } },
    };
    const model = createModel(wireOf({ text: 'no' }), askingParts(settings, { usage }));
    const { usage: used } = await model.choose(question);
    expect(used).toMatchObject({ inputTokens: 200, outputTokens: 40, cost: 0.0012 });
    await expect(sums(usage, 'model')).resolves.toMatchObject({ calls: 2, costMicros: 1200 });
    await expect(sums(usage, 'model/tokens')).resolves.toMatchObject({ calls: 240 });
  });

  it('gives back what a failing provider did not use, and keeps what was broken off', async () => {
    const { usage } = memoryStore();
    const deaf = () => new Promise<WireAnswer>(() => undefined);
    const wire = wireOf(failed('model/api', { status: 401 }), deaf);
    const budgets = [{ tokens: 100_000, per: 'owner' }] as const;
    const model = createModel(wire, askingParts({ budgets, timeoutMs: 30 }, { usage }));
    await expect(model.choose(question)).rejects.toThrow('down');
    await expect(sums(usage, 'model/tokens')).resolves.toMatchObject({ calls: 0 });
    await expect(model.choose(question)).rejects.toMatchObject({ code: 'model/timeout' });
    expect((await sums(usage, 'model/tokens')).calls).toBeGreaterThan(500);
  });

  it('stops tokens and money, too', async () => {
    const prices = { m: { input: 3, output: 15 } };
    const poor = createModel(wireOf(), askingParts({ prices, budgets: [{ costMicros: 100, per: 'day' }] }));
    await expect(poor.choose(question)).rejects.toMatchObject({ data: { kind: 'cost', of: 0.0001 } });
    const terse = createModel(wireOf(), askingParts({ budgets: [{ tokens: 100, per: 'day' }] }));
    await expect(terse.choose(question)).rejects.toMatchObject({ data: { kind: 'tokens', of: 100 } });
  });

  it('fails no answer that came when it cannot be set right', async () => {
    const store = memoryStore();
    const logged: string[] = [];
    const usage = { ...store.usage, add: async () => await Promise.reject(new Error('disk full')) };
    const telemetry: Telemetry = { log: (_, event) => void logged.push(event) };
    const budgets = [{ tokens: 100_000, per: 'owner' }] as const;
    const model = createModel(wireOf(), askingParts({ budgets }, { usage, telemetry }));
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
    expect(logged).toContain('model/unbooked');
  });

  it('is shared by vectors', async () => {
    const wire = { identity: 'e', name: 'e', send: async () => ({ vectors: [[3, 4]] }) };
    const embedder = createEmbedder(wire, askingParts({ budgets: [{ calls: 1, per: 'owner' }] }));
    const { vectors } = await embedder.embed({ texts: ['a'], account: { owner: 'ada' } });
    expect([...(vectors[0] ?? [])].map((each) => each.toFixed(3))).toEqual(['0.600', '0.800']);
    await expect(embedder.embed({ texts: ['a'], account: { owner: 'ada' } })).rejects.toMatchObject({
      code: 'budget/spent',
    });
  });
});

describe('vectors', () => {
  it.each([
    ['without a direction', [[0, 0]]],
    ['of different dimensions', [[1, 0], [1]]],
  ])('are not taken %s', async (_, vectors) => {
    const embedder = createEmbedder(
      { identity: 'e', name: 'e', send: async () => ({ vectors }) },
      askingParts(),
    );
    const texts = vectors.map(String);
    await expect(embedder.embed({ texts, account: { owner: 'ada' } })).rejects.toMatchObject({
      code: 'model/invalid-answer',
    });
  });
});

describe('what is told', () => {
  it('holds counts and no prompts in the log, and everything but secrets in the log of exchanges', async () => {
    const logged: unknown[] = [];
    const written: JsonObject[] = [];
    const telemetry: Telemetry = {
      log: (level, event, fields) => void logged.push({ level, event, ...fields }),
    };
    const exchanges = { write: (exchange: JsonObject) => void written.push(exchange) };
    const wire = wireOf({}, failed('model/api', { status: 401, body: 'wrong key' }));
    const model = createModel(wire, askingParts({}, { telemetry, exchanges }));
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyzAB';
    await model.choose({ ...question, prompt: `Which way? The token is ${secret}` });
    await expect(model.choose(question)).rejects.toThrow('down');
    expect(logged).toMatchObject([
      { level: 'info', event: 'model/answered', purpose: 'decide', name: 'm', ...TOKENS, attempts: 1 },
      { level: 'warn', event: 'model/unanswered', code: 'model/api', attempts: 1 },
    ]);
    expect(JSON.stringify(logged)).not.toContain('Which way?');
    expect(written).toMatchObject([
      { prompt: expect.stringContaining('Which way?'), answer: { choice: 'left' }, ...TOKENS, owner: 'ada' },
      { prompt: 'Which way?', failure: { code: 'model/api', data: { status: 401 } } },
    ]);
    expect(JSON.stringify(written)).not.toContain(secret);
  });
});
