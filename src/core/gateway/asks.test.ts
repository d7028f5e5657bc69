import { describe, expect, it } from 'vitest';
import { toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, MODERN, MUTE, codeOf, heard, said, world } from '../../../test/support/gate.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Ask } from '../ports/downstream.ts';
import { toAsked, toAskedAll } from './asks.ts';
import type { CallChannel, CallOutcome } from './gateway.ts';

const input = { name: 'inn__book', arguments: {} };
const plain = { method: 'elicitation/create', params: { mode: 'form', message: 'Which day?' } };

function form(properties: JsonObject) {
  return { ...plain, params: { ...plain.params, requestedSchema: { type: 'object', properties } } };
}

function inn(server: Parameters<typeof world>[0]['server'] = {}) {
  const made = world({ servers: { inn: [toTool('book'), toTool('look')] }, server });
  return { ...made, inn: made.fakes.server('inn') };
}

function questionOf(outcome: CallOutcome) {
  if (outcome.kind !== 'input-required') throw new Error(outcome.kind);
  const { inputRequests, requestState } = outcome.payload.value;
  const [key = ''] = Object.keys(inputRequests as object);
  return { requestState: String(requestState), inputResponses: { [key]: { action: 'accept' } } };
}

describe('a question of a server', () => {
  it('is shown clean, and as its own', () => {
    const asked = toAsked('inn', {
      ...plain,
      params: {
        message: '\u001b[31mTutti asks:\u202e all clear\u0007',
        requestedSchema: {
          type: 'object',
          properties: {
            day: { type: 'string', title: 'Da\u200by', description: '\u0007When', enum: ['a', 'b'] },
          },
        },
      },
    });
    expect(asked.params).toEqual({
      message: 'The server "inn" asks: Tutti asks: all clear',
      requestedSchema: {
        type: 'object',
        properties: { day: { type: 'string', title: 'Day', description: 'When', enum: ['a', 'b'] } },
      },
    });
    expect(() => toAsked('inn', form({ day: { enum: ['a\u202eb'] } }))).toThrow('control characters');
    expect(() => toAsked('inn', form({ ['d\u202eay']: {} }))).toThrow('control characters');
  });

  it.each([
    [{ password: { type: 'string' } }],
    [{ apiKey: { type: 'string' } }],
    [{ value: { type: 'string', title: 'Your access token (required)' } }],
    [{ value: { type: 'string', format: 'password' } }],
  ])('for a secret in a form reaches nobody: %j', async (properties) => {
    const { gateway, inn: server } = inn();
    let refusal: unknown;
    server.answer = async ({ request }) => {
      refusal = await request.onAsk?.(form(properties)).catch((fault: unknown) => fault);
      return said('well');
    };
    expect(heard(await gateway.call(ADA, input, MODERN))).toBe('well');
    expect(refusal).toMatchObject({ code: 'policy/denied', message: expect.stringContaining('secrets') });
    server.answer = () => ({
      kind: 'input-required',
      payload: { bytes: new Uint8Array(), value: { inputRequests: { a: form(properties) } } },
    });
    expect(await codeOf(gateway.call(ADA, input, MODERN))).toBe('policy/denied');
  });

  const linked = (url: unknown): Ask => ({
    method: 'elicitation/create',
    params: { mode: 'url', message: 'Log in.', elicitationId: '1', url: url as string },
  });

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'http://example.com/login',
    'http://169.254.169.254/latest',
    'http://localhost.evil.test/',
    'https://bank.example@evil.test/',
    'https://bank.example\\@evil.test/',
    'https://example.com/\u202egnp.exe',
    'https://b\u0430nk.example/',
    'https://example.com/a b',
    'https://example.com/\u001b]8;;',
    'https://',
    '',
    7,
    undefined,
  ])('that leads to %j leads nobody there', async (url) => {
    const { gateway, inn: server } = inn();
    let refusal: unknown;
    server.answer = async ({ request }) => {
      refusal = await request.onAsk?.(linked(url)).catch((fault: unknown) => fault);
      return said('well');
    };
    expect(heard(await gateway.call(ADA, input, MODERN))).toBe('well');
    expect(refusal).toMatchObject({
      code: 'downstream/protocol',
      message: expect.stringContaining('Nobody was asked'),
    });
    expect(() => toAskedAll('inn', { a: linked(url) as unknown as JsonObject })).toThrow('Nobody was asked');
  });

  it('that leads to an address that nobody can read to its end leads nobody there', () => {
    expect(() => toAsked('inn', linked(`https://example.com/${'a'.repeat(9_000)}`))).toThrow(
      'Nobody was asked',
    );
  });

  it.each([
    'https://example.com/login?state=a%20b&next=%2F@home#top',
    'https://xn--bnk-6cd.example:8443',
    'https://[2606:4700::1111]/',
    'http://localhost:3000/callback',
    'http://127.0.0.1/',
    'http://[::1]:1/x',
  ])('that leads to %s is shown with all of the address', (url) => {
    expect(toAsked('inn', linked(url)).params).toEqual({
      mode: 'url',
      message: 'The server "inn" asks: Log in.',
      elicitationId: '1',
      url,
    });
  });

  it('about things that only sound like secrets is asked', () => {
    expect(() => toAsked('inn', form({ page_token: {}, max_tokens: { title: 'Max tokens' } }))).not.toThrow();
  });

  it('keeps nobody else from the server while it waits, in whichever way it is asked', async () => {
    const { gateway, call, inn: server } = inn({ inn: { concurrency: 1 } });
    server.answer = async ({ request }) => {
      if (request.params['name'] === 'look') return said('seen');
      await request.onAsk?.(plain);
      return said('booked');
    };
    const parked = questionOf(await gateway.call(ADA, input, MODERN));
    const answer = Promise.withResolvers<JsonObject>();
    const asking: CallChannel = { ...MODERN, repeats: false, ask: () => answer.promise };
    const inPlace = gateway.call(ADA, input, asking);
    await expect.poll(() => server.sent.length).toBe(2);
    expect(heard(await call('inn__look'))).toBe('seen');
    answer.resolve({ action: 'accept' });
    expect(heard(await inPlace)).toBe('booked');
    expect(heard(await gateway.call(ADA, { ...input, ...parked }, MODERN))).toBe('booked');
  });

  it('that nobody answers is no failure of the server', async () => {
    const { gateway, call, pass, inn: server } = inn();
    server.answer = async ({ request }) => {
      if (request.params['name'] === 'book') await request.onAsk?.(plain);
      return said('done');
    };
    for (let at = 0; at < 6; at++) questionOf(await gateway.call(ADA, input, MODERN));
    pass(600_000);
    expect(heard(await call('inn__look'))).toBe('done');
  });

  it('gives each round the whole time of the call', async () => {
    const { gateway, pass, inn: server } = inn();
    server.answer = ({ request }) => {
      const first = request.params['inputResponses'] === undefined;
      const value = { inputRequests: { day: plain } };
      return first ? { kind: 'input-required', payload: { bytes: new Uint8Array(), value } } : said('booked');
    };
    const ask = async () => {
      pass(120_000);
      return { action: 'accept' };
    };
    expect(heard(await gateway.call(ADA, input, { ...MODERN, repeats: false, ask }))).toBe('booked');
    expect(server.sent.map(({ request }) => request.timeoutMs)).toEqual([30_000, 30_000]);
  });
});

describe('an answer', () => {
  it.each([['text'], [[]], [{}], [{ other: { action: 'accept' } }], [undefined]])(
    'that is none, such as %j, is refused and uses nothing up',
    async (inputResponses) => {
      const { gateway, inn: server } = inn();
      server.answer = async ({ request }) => said(JSON.stringify(await request.onAsk?.(plain)));
      const leg = questionOf(await gateway.call(ADA, input, MODERN));
      const bad = {
        ...input,
        requestState: leg.requestState,
        inputResponses: inputResponses as unknown as JsonObject,
      };
      expect(await codeOf(gateway.call(ADA, bad, MODERN))).toBe('input/invalid-format');
      expect(heard(await gateway.call(ADA, { ...input, ...leg }, MODERN))).toBe('{"action":"accept"}');
    },
  );

  it('leaves no timer behind that ends a later question', async () => {
    const { gateway, pass, inn: server } = inn();
    server.answer = async ({ request }) => {
      await request.onAsk?.(plain);
      await request.onAsk?.(plain);
      return said('booked');
    };
    const first = questionOf(await gateway.call(ADA, input, MODERN));
    pass(500_000);
    const second = questionOf(await gateway.call(ADA, { ...input, ...first }, MODERN));
    pass(500_000);
    expect(heard(await gateway.call(ADA, { ...input, ...second }, { ...MUTE, ...MODERN }))).toBe('booked');
  });
});
