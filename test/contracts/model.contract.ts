import { describe, expect, it } from 'vitest';
import type { TuttiError } from '../../src/core/kernel/errors.ts';
import type { Model } from '../../src/core/ports/model.ts';
import type { After } from '../../src/core/ports/timer.ts';
import type { ModelFault, ModelServer, ModelTurn } from '../support/model-server.ts';

interface Opened {
  /** Answers closed questions anyhow, and the shape below with `{ way: 'left' }`. */
  answering(): Model | Promise<Model>;
  /** One whose provider fails. */
  failing?(): Model | Promise<Model>;
  /** `false`: closed questions are all that it answers. */
  readonly shapes?: false;
}

/** A model over a provider that can be broken. */
export interface Wired {
  readonly model: Model;
  readonly server: ModelServer;
}

/** What stands in the way of an answer, twice, so that no second attempt helps: the code, and what stands in `data`. */
const FAILURES: readonly (readonly [ModelFault, string, object])[] = [
  ['error', 'model/api', { status: 500, body: expect.stringContaining('had an error') }],
  ['unavailable', 'model/api', { status: 503 }],
  ['rate-limited', 'model/api', { status: 429 }],
  ['unauthorized', 'model/api', { status: 401 }],
  ['redirect', 'model/api', { status: 307 }],
  ['half-json', 'model/invalid-answer', {}],
  ['half-answer', 'model/invalid-answer', {}],
  ['cut-off', 'model/invalid-answer', {}],
  ['wrong-schema', 'model/invalid-answer', { text: expect.stringContaining('nowhere') }],
  ['not-json', 'model/invalid-answer', { text: expect.stringContaining('Certainly!') }],
  ['empty', 'model/invalid-answer', {}],
  ['html', 'model/invalid-answer', {}],
  ['huge', 'model/invalid-answer', {}],
  ['reset', 'model/failed', {}],
  ['reset-body', 'model/failed', {}],
];

const SCHEMA = {
  type: 'object',
  properties: { way: { enum: ['left', 'right'] } },
  required: ['way'],
  additionalProperties: false,
};
const KEY = 'key-of-nobody-else';
const request = { purpose: 'decide', account: { owner: 'ada' } } as const;
const question = { ...request, prompt: 'Which way?', choices: ['left', 'right'] };
const LIMIT_MS = 1234;

/** Every model must pass this suite. */
export function describeModel(name: string, open: Opened): void {
  describe(`${name} as a Model`, () => {
    it('answers with a choice, a confidence, a reason and its usage', async () => {
      const answer = await (await open.answering()).choose(question);
      expect(question.choices).toContain(answer.choice);
      expect(answer.confidence).toBeGreaterThanOrEqual(0);
      expect(answer.confidence).toBeLessThanOrEqual(1);
      expect(answer.because).not.toBe('');
      expect(answer.usage).toMatchObject({ name: expect.any(String), latencyMs: expect.any(Number) });
    });

    it.skipIf(open.shapes === false)('answers with JSON of the shape that was asked for', async () => {
      const shape = { ...request, prompt: 'Which way?', name: 'way', schema: SCHEMA };
      const { value, usage } = await (await open.answering()).shape(shape);
      expect(value).toEqual({ way: 'left' });
      expect(usage).toMatchObject({ name: expect.any(String), latencyMs: expect.any(Number) });
    });

    it('gives up with the reason of its signal', async () => {
      const reason = new Error('no longer needed');
      const signal = AbortSignal.abort(reason);
      const model = await open.answering();
      await expect(model.choose({ ...question, signal })).rejects.toBe(reason);
    });

    it.skipIf(!open.failing)('says that no answer came', async () => {
      const model = await open.failing?.();
      await expect(model?.choose(question)).rejects.toMatchObject({
        code: expect.stringMatching(/^model\//),
      });
    });
  });
}

/** Every model that asks a provider must pass this suite, too. `open` is given the key that it has to send, and what stands for the timer. */
export function describeWiredModel(
  name: string,
  open: (apiKey: string, after?: After) => Promise<Wired>,
): void {
  const faulty = async (): Promise<Model> => {
    const { model, server } = await open(KEY);
    server.play({ fault: 'error' }, { fault: 'error' });
    return model;
  };
  describeModel(name, { answering: async () => (await open(KEY)).model, failing: faulty });

  describe(`${name} over its wire`, () => {
    const playing = async (...turns: readonly ModelTurn[]): Promise<Wired> => {
      const wired = await open(KEY);
      wired.server.play(...turns);
      return wired;
    };

    it('sends the prompt, the name and the key', async () => {
      const { model, server } = await playing();
      const { usage } = await model.choose(question);
      expect(usage).toMatchObject({ name: 'test-model', inputTokens: 11, outputTokens: 7 });
      const [seen] = server.requests;
      expect(seen?.prompt).toContain('Which way?');
      expect(seen?.body).toMatchObject({ model: 'test-model' });
      expect(JSON.stringify(seen?.headers)).toContain(KEY);
    });

    it('shapes as it chooses: the schema is sent, and what does not fit is asked for again', async () => {
      const { model, server } = await playing({ answer: { way: 'nowhere' } }, { answer: { way: 'right' } });
      const shape = { ...request, prompt: 'Which way?', name: 'way', schema: SCHEMA };
      const { value, usage } = await model.shape(shape);
      expect(value).toEqual({ way: 'right' });
      expect(usage).toMatchObject({ inputTokens: 22, outputTokens: 14 });
      expect(server.requests).toHaveLength(2);
      for (const { body } of server.requests)
        expect(JSON.stringify(body)).toContain('"enum":["left","right"]');
    });

    it('passes no key on that the service repeats in its answer, however it is written', async () => {
      const said = { choice: 'left', confidence: 1, because: `The key is ${KEY}.` };
      const { model, server } = await playing({ answer: said });
      expect((await model.choose(question)).because).toBe('The key is [redacted].');
      const told = [{ answer: { ...said, choice: KEY } }, { answer: { [KEY]: KEY } }] as const;
      for (const turn of told) {
        server.play(turn, turn);
        const fault = (await model.choose(question).catch((error: unknown) => error)) as TuttiError;
        expect(fault.code).toBe('model/invalid-answer');
        expect(fault.message + JSON.stringify(fault.data)).not.toContain(KEY);
      }
    });

    it('passes on what the model says of context and status', async () => {
      const said = { choice: 'right', confidence: 0.4, because: 'It is shorter.' };
      const { model } = await playing({
        answer: { ...said, context_updates: { grade: 'A' }, status: 'SUSPENDED' },
      });
      await expect(model.choose(question)).resolves.toMatchObject({
        ...said,
        contextUpdates: { grade: 'A' },
        status: 'SUSPENDED',
      });
    });

    it('leaves out what was not counted', async () => {
      const { model } = await playing({ tokens: 'none' });
      const { usage } = await model.choose(question);
      expect(usage).not.toHaveProperty('inputTokens');
      expect(usage).not.toHaveProperty('cost');
    });

    it.each(FAILURES)('says of %s that it is %s', async (fault, code, data) => {
      const { model, server } = await playing({ fault }, { fault });
      const failure = await model.choose(question).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code, message: expect.stringContaining('xpected'), data });
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure)) + String(failure)).not.toContain(
        KEY,
      );
      expect(server.requests.map(({ wire }) => wire)).not.toContain('unknown');
    });

    it.each(['refusal', 'filtered'] as const)('tells a %s apart, and does not ask again', async (fault) => {
      const { model, server } = await playing({ fault });
      await expect(model.choose(question)).rejects.toMatchObject({ code: 'model/refused' });
      expect(server.requests).toHaveLength(1);
    });

    it.each(['error', 'unavailable', 'reset', 'reset-body', 'half-json'] as const)(
      'asks a second time after %s',
      async (fault) => {
        const { model, server } = await playing({ fault });
        await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
        expect(server.requests).toHaveLength(2);
      },
    );

    it('does not ask a second time where the request or the key is wrong', async () => {
      const { model, server } = await playing({ fault: 'unauthorized' });
      await expect(model.choose(question)).rejects.toMatchObject({ code: 'model/api' });
      expect(server.requests).toHaveLength(1);
    });

    it('comes back when a busy provider said, and not where that is too late', async () => {
      const { model, server } = await playing(
        { fault: 'rate-limited', retryAfter: '0' },
        {},
        { fault: 'rate-limited', retryAfter: '3600' },
      );
      await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
      await expect(model.choose(question)).rejects.toMatchObject({
        code: 'model/api',
        data: { status: 429, retry_after_ms: 3_600_000 },
      });
      expect(server.requests).toHaveLength(3);
    });

    it('says what was wrong with an answer when it asks again, and counts both', async () => {
      const { model, server } = await playing({ fault: 'wrong-schema' });
      const { choice, usage } = await model.choose(question);
      expect(choice).toBe('left');
      expect(usage).toMatchObject({ inputTokens: 22, outputTokens: 14 });
      expect(server.requests[1]?.prompt).toMatch(/Which way\?[\s\S]*could not be used/);
    });

    it.each(['never', 'slow-stream'] as const)('ends at its deadline with %s', async (fault) => {
      const timers = new Map<number, () => void>();
      const { model, server } = await open(KEY, (ms, work) => {
        timers.set(ms, work);
        return () => timers.delete(ms);
      });
      server.play({ fault });
      const answer = model.choose({ ...question, timeoutMs: LIMIT_MS }).catch((error: unknown) => error);
      const seen = await server.request(0);
      expect([...timers.keys()]).toEqual([LIMIT_MS]);
      timers.get(LIMIT_MS)?.();
      expect(await answer).toMatchObject({
        code: 'model/timeout',
        message: expect.stringContaining(`${LIMIT_MS} ms`),
      });
      await expect(seen.over).resolves.toBe('broken');
      expect(server.requests).toHaveLength(1);
      expect(timers.size).toBe(0);
    });

    it.each(['never', 'slow-stream'] as const)('breaks off %s when its signal goes off', async (fault) => {
      const { model, server } = await playing({ fault });
      const { signal, abort } = abortable();
      const reason = new Error('no longer needed');
      const answer = model.choose({ ...question, signal }).catch((error: unknown) => error);
      const seen = await server.request(0);
      abort(reason);
      expect(await answer).toBe(reason);
      await expect(seen.over).resolves.toBe('broken');
    });
  });
}

function abortable(): { readonly signal: AbortSignal; readonly abort: (reason: unknown) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
