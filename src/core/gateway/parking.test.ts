import { describe, expect, it } from 'vitest';
import { toTool, toToolSettings } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MODERN, codeOf, heard, said, world } from '../../../test/support/gate.ts';
import { cites } from '../../../test/support/verifies.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Ask } from '../ports/downstream.ts';
import type { CallInput, CallOutcome, Gateway } from './gateway.ts';

type Inn = Partial<Parameters<typeof world>[0]>;

const idempotent = { idempotentHint: true };
const TOOLS = [
  toTool('book'),
  toTool('get_room', { annotations: { readOnlyHint: true } }),
  toTool('set_room', { annotations: idempotent }),
];

function ask(message: string, more: JsonObject = {}): Ask {
  const requestedSchema = { type: 'object', properties: { answer: { type: 'string' } } };
  return { method: 'elicitation/create', params: { message, requestedSchema, ...more } };
}

/** A server that asks its `questions`, one after the other, and answers with what it was told. */
function inn(questions: readonly Ask[], more: Inn = {}) {
  const made = world({ servers: { inn: TOOLS }, server: { inn: { trusted: true } }, ...more });
  const server = made.fakes.server('inn');
  const asked = { questions };
  server.answer = async ({ request }) => {
    const told: string[] = [];
    for (const question of asked.questions) told.push(contentOf(await request.onAsk?.(question)));
    return said(told.join(', '));
  };
  return { ...made, asked, inn: server };
}

function contentOf(answer: JsonObject | undefined): string {
  return String((answer?.['content'] as JsonObject | undefined)?.['answer']);
}

/** What a question is answered with, and what was asked. */
function legOf(outcome: CallOutcome, answer: string) {
  if (outcome.kind !== 'input-required') throw new Error(`expected a question, found ${heard(outcome)}`);
  const { inputRequests, requestState } = outcome.payload.value;
  const requests = Object.entries(inputRequests as Record<string, { readonly params: JsonObject }>);
  return {
    messages: requests.map(([, { params }]) => String(params['message'])),
    input: {
      requestState: String(requestState),
      inputResponses: Object.fromEntries(
        requests.map(([key]) => [key, { action: 'accept', content: { answer } }]),
      ),
    },
  };
}

const call = (gateway: Gateway, tool: string, more: Partial<CallInput> = {}) =>
  gateway.call(ADA, { name: `inn__${tool}`, arguments: {}, ...more }, MODERN);

describe(`a call that was lost while its caller was asked ${cites('gateway/W4')}`, () => {
  it.each(['get_room', 'set_room'])(
    'is made again where that does no harm, and answered: %s',
    async (tool) => {
      const { gateway, again, inn: server } = inn([ask('Which day?')]);
      const { input } = legOf(await call(gateway, tool), 'Monday');
      expect(heard(await call(again(), tool, input))).toBe('Monday');
      expect(server.sent).toHaveLength(2);
      expect(server.sent.at(-1)?.request.params).toEqual({ name: tool, arguments: {} });
    },
  );

  it('is not made again where it may change something, and nobody is left in doubt', async () => {
    const { gateway, again, inn: server } = inn([ask('Which day?')]);
    const { input } = legOf(await call(gateway, 'book'), 'Monday');
    await expect(call(again(), 'book', input)).rejects.toMatchObject({
      code: 'call/lost',
      message: expect.stringMatching(/inn__book was under way at inn.*not known.*not made again\. Look/),
    });
    expect(await codeOf(call(again(), 'book', input))).toBe('call/stale-state');
    expect(server.sent).toHaveLength(1);
  });

  it('is not made again where a stranger says that this does no harm, or somebody has said otherwise since', async () => {
    const strange = inn([ask('Which day?')], { server: {} });
    const { input } = legOf(await call(strange.gateway, 'set_room'), 'Monday');
    expect(await codeOf(call(strange.again(), 'set_room', input))).toBe('call/lost');
    const here = inn([ask('Which day?')]);
    const leg = legOf(await call(here.gateway, 'get_room'), 'Monday');
    Object.assign(here.settings.servers[0] ?? {}, { tools: { get_room: toToolSettings({ risk: 'write' }) } });
    expect(await codeOf(call(here.again(), 'get_room', leg.input))).toBe('call/lost');
    expect([strange.inn.sent.length, here.inn.sent.length]).toEqual([1, 1]);
  });

  it.each([
    ['another message', ask('Which night?')],
    ['another form', ask('Which day?', { requestedSchema: { type: 'object', properties: { other: {} } } })],
  ])('asks again where the question is another one: %s', async (_, other) => {
    const { gateway, again, asked } = inn([ask('Which day?')]);
    const { input } = legOf(await call(gateway, 'get_room'), 'Monday');
    asked.questions = [other, ask('Which day?')];
    const next = again();
    const second = legOf(await call(next, 'get_room', input), 'Tuesday');
    expect(second.messages).toEqual([`The server "inn" asks: ${String(other.params['message'])}`]);
    // What was answered before another question was asked may mean something else after it.
    const third = legOf(await call(next, 'get_room', second.input), 'Wednesday');
    expect(third.messages).toEqual(['The server "inn" asks: Which day?']);
    expect(heard(await call(next, 'get_room', third.input))).toBe('Tuesday, Wednesday');
  });

  it('has each answer count once', async () => {
    const { gateway, again, asked } = inn([ask('Which day?')]);
    const { input } = legOf(await call(gateway, 'get_room'), 'Monday');
    asked.questions = [ask('Which day?'), ask('Which day?')];
    const next = again();
    const second = legOf(await call(next, 'get_room', input), 'Tuesday');
    expect(heard(await call(next, 'get_room', second.input))).toBe('Monday, Tuesday');
  });

  it('can be lost again', async () => {
    const { gateway, again, asked } = inn([ask('Which day?'), ask('Which room?')]);
    const { input } = legOf(await call(gateway, 'get_room'), 'Monday');
    const second = legOf(await call(again(), 'get_room', input), 'seven');
    expect(second.messages).toEqual(['The server "inn" asks: Which room?']);
    asked.questions = [ask('Which room?')];
    expect(heard(await call(again(), 'get_room', second.input))).toBe('seven');
  });

  it('takes one answer, of its own caller, for its own arguments', async () => {
    const { gateway, again, inn: server } = inn([ask('Which day?')]);
    const { input } = legOf(await call(gateway, 'get_room'), 'Monday');
    const next = again();
    const foreign = next.call(BOB, { name: 'inn__get_room', arguments: {}, ...input }, MODERN);
    const other = call(next, 'get_room', { ...input, arguments: { room: 7 } });
    expect([await codeOf(foreign), await codeOf(other)]).toEqual(['call/stale-state', 'call/stale-state']);
    const ends = await Promise.all([next, again()].map((each) => codeOf(call(each, 'get_room', input))));
    expect(new Set(ends)).toEqual(new Set([undefined, 'call/stale-state']));
    expect(server.sent).toHaveLength(2);
  });

  it('is made again under the key and the approval that it had', async () => {
    const { gateway, again, inn: server } = inn([ask('Which day?')], { policy: { approve: ['write'] } });
    const idempotencyKey = 'once';
    const shown = legOf(await call(gateway, 'set_room', { idempotencyKey }), '');
    const inputResponses = { approval: { action: 'accept', content: { approve: true } } };
    const agreed = { idempotencyKey, ...shown.input, inputResponses };
    const { input } = legOf(await call(gateway, 'set_room', agreed), 'Monday');
    expect(server.sent).toHaveLength(1);
    expect(heard(await call(again(), 'set_room', { idempotencyKey, ...input }))).toBe('Monday');
    expect(server.sent).toHaveLength(2);
  });

  it('goes to the server that asked, though another one were preferred now', async () => {
    const costing = (costMicros: number) => ({
      tools: { get_room: toToolSettings({ group: 'rooms', costMicros, risk: 'read' }) },
    });
    const {
      gateway,
      again,
      fakes,
      settings,
      inn: server,
    } = inn([ask('Which day?')], {
      servers: { hut: [toTool('get_room')], inn: TOOLS },
      server: { hut: costing(5), inn: costing(1) },
    });
    const rooms = (at: Gateway, more: Partial<CallInput> = {}) =>
      at.call(ADA, { name: 'rooms', arguments: {}, ...more }, MODERN);
    const { input } = legOf(await rooms(gateway), 'Monday');
    Object.assign(settings.servers[1] ?? {}, costing(9));
    expect(heard(await rooms(again(), input))).toBe('Monday');
    expect([server.sent.length, fakes.server('hut').sent.length]).toEqual([2, 0]);
  });

  it('because its server left, is no different', async () => {
    const { gateway, inn: server } = inn([ask('Which day?')]);
    const leg = async (tool: string) => {
      const before = server.answer;
      const left = Promise.withResolvers<never>();
      server.answer = ({ request }) =>
        Promise.race([request.onAsk?.(ask('Which day?')), left.promise]).then(() => said(''));
      const { input } = legOf(await call(gateway, tool), 'Monday');
      left.reject(new TuttiError('downstream/unavailable', 'The server left.'));
      await new Promise((done) => setImmediate(done));
      server.answer = before;
      return await call(gateway, tool, input);
    };
    expect(heard(await leg('get_room'))).toBe('Monday');
    expect(await codeOf(leg('book'))).toBe('call/lost');
  });
});
