import { afterEach, describe, expect, it } from 'vitest';
import { aiWire } from '../../src/adapters/model/ai.ts';
import { anthropicWire } from '../../src/adapters/model/anthropic.ts';
import { embeddingsWire } from '../../src/adapters/model/embeddings.ts';
import { openaiWire } from '../../src/adapters/model/openai.ts';
import { createEmbedder } from '../../src/core/model/create-embedder.ts';
import { createModel } from '../../src/core/model/create-model.ts';
import type { AskingSettings } from '../../src/core/model/parts.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { ModelWire } from '../../src/core/ports/model-wire.ts';
import type { After } from '../../src/core/ports/timer.ts';
import { askingParts } from '../support/asking.ts';
import { modelServer } from '../support/model-server.ts';
import type { ModelFault, ModelServer } from '../support/model-server.ts';
import { describeWiredModel } from './model.contract.ts';

interface Reached {
  readonly url: string;
  readonly name: string;
  readonly apiKey: string;
}

const open: ModelServer[] = [];
const serving = async (): Promise<ModelServer> => {
  const server = await modelServer();
  open.push(server);
  return server;
};
const over = (wireTo: (reached: Reached) => ModelWire) => async (apiKey: string, after?: After) => {
  const server = await serving();
  const wire = wireTo({ url: server.url, name: 'test-model', apiKey });
  return { model: createModel(wire, askingParts({}, after && { after })), server };
};

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => await each.close()));
});

describeWiredModel('openai', over(openaiWire));
describeWiredModel('anthropic', over(anthropicWire));
describeWiredModel(
  'ai',
  over((reached) => aiWire({ ...reached, provider: '@ai-sdk/openai-compatible' })),
);

const question = {
  prompt: 'Which way?',
  choices: ['left', 'right'],
  purpose: 'decide',
  account: { owner: 'ada' },
} as const;

describe('openai', () => {
  const wired = async () => {
    const server = await serving();
    return {
      server,
      model: createModel(openaiWire({ url: `${server.url}/?v=1`, name: 'm' }), askingParts()),
    };
  };
  const formats = ({ requests }: ModelServer) =>
    requests.map(({ body }) => (body['response_format'] as { readonly type: string }).type);

  it('writes the schema into the prompt of a service that does not take it, from then on', async () => {
    const { server, model } = await wired();
    server.takesSchemas = false;
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
    expect(formats(server)).toEqual(['json_schema', 'json_object', 'json_object']);
    expect(server.requests[1]?.prompt).toContain('"enum":["left","right"]');
  });

  it('takes a wrong request for no lack of schemas', async () => {
    const { server, model } = await wired();
    server.play({ fault: 'bad-request' }, { fault: 'bad-request' });
    await expect(model.choose(question)).rejects.toMatchObject({ data: { status: 400 } });
    await model.choose(question);
    expect(formats(server)).toEqual(['json_schema', 'json_object', 'json_schema']);
  });

  it('bounds what may be written, by the name that the service knows', async () => {
    const { server, model } = await wired();
    await model.choose(question);
    expect(server.requests[0]?.body['max_tokens']).toBeGreaterThan(0);
    server.bound = 'max_completion_tokens';
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
    await model.choose(question);
    expect(server.requests.slice(2).map(({ body }) => 'max_tokens' in body)).toEqual([false, false]);
    expect(server.requests).toHaveLength(4);
  });

  it('pays for the request without a schema, too', async () => {
    const server = await serving();
    server.takesSchemas = false;
    const budgets = [{ calls: 1, per: 'owner' }] as const;
    const model = createModel(openaiWire({ url: server.url, name: 'm' }), askingParts({ budgets }));
    await expect(model.choose(question)).rejects.toMatchObject({ data: { status: 400 } });
    expect(server.requests).toHaveLength(1);
  });

  it('does not believe that more was used than can be', async () => {
    const { server, model } = await wired();
    server.play({ tokens: { input: Number.MAX_SAFE_INTEGER, output: Number.MAX_SAFE_INTEGER } });
    const { usage } = await model.choose(question);
    expect((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)).toBeLessThan(1e8);
  });

  it('keeps what stands after the path of its address, and sends no key where there is none', async () => {
    const { server, model } = await wired();
    await model.choose(question);
    expect(server.requests[0]?.path).toBe('/v1/chat/completions?v=1');
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('calls a schema strict only where it is closed', async () => {
    const { server, model } = await wired();
    const shape = { ...question, name: 'way', schema: closed };
    await model.shape(shape);
    await model.shape({ ...shape, schema: { ...closed, required: [] } });
    await model.shape({ ...shape, schema: { ...closed, properties: { way: { type: 'object' } } } });
    const strict = server.requests.map(
      ({ body }) =>
        (body['response_format'] as { readonly json_schema: { readonly strict: boolean } }).json_schema
          .strict,
    );
    expect(strict).toEqual([true, false, false]);
  });
});

const closed = {
  type: 'object',
  properties: { way: { enum: ['left', 'right'] } },
  required: ['way'],
  additionalProperties: false,
};

describe('ai', () => {
  const wired = async () => {
    const server = await serving();
    const wire = aiWire({ url: server.url, name: 'm', provider: '@ai-sdk/openai-compatible' });
    return { server, model: createModel(wire, askingParts()) };
  };
  const formats = ({ requests }: ModelServer) =>
    requests.map(({ body }) => (body['response_format'] as JsonObject | undefined)?.['json_schema']);

  it('calls a schema strict only where it is closed', async () => {
    const { server, model } = await wired();
    await model.choose(question);
    await model.shape({ ...question, name: 'way', schema: closed });
    await model.shape({ ...question, name: 'way', schema: { ...closed, required: [] } });
    expect(formats(server)).toMatchObject([{ strict: false }, { strict: true }, { strict: false }]);
  });

  it('writes the schema into the prompt of a service that does not take it, from then on', async () => {
    const { server, model } = await wired();
    server.takesSchemas = false;
    await expect(model.choose(question)).resolves.toMatchObject({ choice: 'left' });
    await expect(model.choose({ ...question, prompt: 'And then?' })).resolves.toMatchObject({
      choice: 'left',
    });
    expect(formats(server)).toEqual([expect.anything(), undefined, undefined]);
    expect(server.requests[1]?.prompt).toContain('"enum":["left","right"]');
  });

  it('takes a wrong request for no lack of schemas', async () => {
    const { server, model } = await wired();
    server.play({ fault: 'bad-request' }, { fault: 'bad-request' });
    await expect(model.choose(question)).rejects.toMatchObject({ data: { status: 400 } });
    await model.choose(question);
    expect(formats(server)).toEqual([expect.anything(), undefined, expect.anything()]);
  });

  it('says what to install when a package is not there', async () => {
    const wire = aiWire({ name: 'm', provider: '@ai-sdk/nobody-has-it' });
    await expect(createModel(wire, askingParts()).choose(question)).rejects.toMatchObject({
      code: 'model/failed',
      message: expect.stringContaining('npm install @ai-sdk/nobody-has-it'),
    });
  });

  it('finds a refusal in the reply, where its provider makes nothing of it', async () => {
    const server = await serving();
    const provider = new URL('../support/forgetful-provider.ts', import.meta.url).href;
    const model = createModel(aiWire({ name: 'm', provider, url: server.url }), askingParts());
    server.play({ fault: 'refusal' });
    await expect(model.choose(question)).rejects.toMatchObject({
      code: 'model/refused',
      message: expect.stringContaining('I cannot help with that.'),
    });
    expect(server.requests).toHaveLength(1);
  });

  it('wants a package that makes a provider', async () => {
    const wire = aiWire({ name: 'm', provider: 'zod/v4/locales' });
    await expect(createModel(wire, askingParts()).choose(question)).rejects.toMatchObject({
      message: expect.stringContaining('model.provider'),
    });
  });
});

describe('embeddings', () => {
  const account = { owner: 'ada' };
  const wired = async (settings: Partial<AskingSettings> = {}, after?: After) => {
    const server = await serving();
    const wire = embeddingsWire({ url: server.url, name: 'e', apiKey: 'the-key' });
    return { server, embedder: createEmbedder(wire, askingParts(settings, after && { after })) };
  };

  it('is another one at another address, and by another name', () => {
    const parts = askingParts();
    const identities = [
      { url: 'http://one.test/v1', name: 'e' },
      { url: 'http://two.test/v1', name: 'e' },
      { url: 'http://one.test/v1', name: 'f' },
    ].map((each) => createEmbedder(embeddingsWire(each), parts).identity);
    expect(new Set(identities).size).toBe(3);
  });

  it('comes back when a busy provider said, and not where that is too late', async () => {
    const { embedder, server } = await wired();
    server.play(
      { fault: 'rate-limited', retryAfter: '0' },
      {},
      { fault: 'rate-limited', retryAfter: '3600' },
    );
    const { vectors } = await embedder.embed({ texts: ['a'], account });
    expect(vectors).toHaveLength(1);
    await expect(embedder.embed({ texts: ['a'], account })).rejects.toMatchObject({
      code: 'model/api',
      data: { status: 429, retry_after_ms: 3_600_000 },
    });
    expect(server.requests).toHaveLength(3);
  });

  it.each(['never', 'slow-stream'] as const)('ends at its deadline with %s', async (fault) => {
    const timers = new Map<number, () => void>();
    const { embedder, server } = await wired({ timeoutMs: 1234 }, (ms, work) => {
      timers.set(ms, work);
      return () => timers.delete(ms);
    });
    server.play({ fault });
    const answer = embedder.embed({ texts: ['a'], account }).catch((error: unknown) => error);
    const seen = await server.request(0);
    timers.get(1234)?.();
    expect(await answer).toMatchObject({ code: 'model/timeout' });
    await expect(seen.over).resolves.toBe('broken');
    expect(server.requests).toHaveLength(1);
  });

  it('gives each text its vector, of length 1', async () => {
    const { embedder, server } = await wired();
    const { vectors, usage } = await embedder.embed({ texts: ['aaa', 'bbb', 'aaa'], account });
    expect(vectors).toHaveLength(3);
    expect(vectors[0]).toEqual(vectors[2]);
    expect(vectors[0]).not.toEqual(vectors[1]);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    expect(usage).toMatchObject({ name: 'e', inputTokens: 11 });
    expect(server.requests[0]?.headers.authorization).toBe('Bearer the-key');
  });

  it('sends many texts in several requests', async () => {
    const { embedder, server } = await wired();
    const texts = Array.from({ length: 200 }, (_, at) => `text ${at}`);
    const { vectors, usage } = await embedder.embed({ texts, account });
    expect(vectors).toHaveLength(200);
    expect(server.requests).toHaveLength(3);
    expect(usage.inputTokens).toBe(33);
  });

  it.each([
    ['error', 'model/api'],
    ['unauthorized', 'model/api'],
    ['redirect', 'model/api'],
    ['half-json', 'model/invalid-answer'],
    ['wrong-schema', 'model/invalid-answer'],
    ['empty', 'model/invalid-answer'],
    ['html', 'model/invalid-answer'],
    ['huge', 'model/invalid-answer'],
    ['reset', 'model/failed'],
  ] as const satisfies readonly (readonly [ModelFault, string])[])(
    'says of %s that it is %s',
    async (fault, code) => {
      const { embedder, server } = await wired();
      server.play({ fault }, { fault });
      const failure = await embedder.embed({ texts: ['a'], account }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code });
      expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('the-key');
    },
  );

  it('breaks off when its signal goes off', async () => {
    const { embedder, server } = await wired();
    server.play({ fault: 'slow-stream' });
    const controller = new AbortController();
    const reason = new Error('no longer needed');
    const answer = embedder
      .embed({ texts: ['a'], account, signal: controller.signal })
      .catch((error: unknown) => error);
    const seen = await server.request(0);
    controller.abort(reason);
    expect(await answer).toBe(reason);
    await expect(seen.over).resolves.toBe('broken');
  });
});
