import { describe, expect, it } from 'vitest';
import { toTool } from '../../../test/support/fake-downstream.ts';
import { ADA, BOB, MODERN, MUTE, codeOf, heard, said, world } from '../../../test/support/gate.ts';
import { cites } from '../../../test/support/verifies.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { CallChannel, CallInput, CallOutcome } from './gateway.ts';

const remove = toTool('delete_repo', {
  inputSchema: { type: 'object', properties: { name: { type: 'string' } } },
});
const approve = { approve: ['destructive'] } as const;
const name = 'git__delete_repo';
const sent = { name: 'x' };

function gate(policy: Parameters<typeof world>[0]['policy'] = {}) {
  return world({ servers: { git: [remove] }, policy: { ...approve, ...policy } });
}

function asked(outcome: CallOutcome): { readonly id: string } {
  if (outcome.kind !== 'approval') throw new Error(`No approval was asked for: ${outcome.kind}`);
  return outcome.approval;
}

function questionOf(outcome: CallOutcome): { readonly requests: JsonObject; readonly requestState: string } {
  if (outcome.kind !== 'input-required') throw new Error(`No question was asked: ${outcome.kind}`);
  const { inputRequests, requestState } = outcome.payload.value;
  return { requests: inputRequests as JsonObject, requestState: String(requestState) };
}

const yes = { approval: { action: 'accept', content: { approve: true } } };

describe(`a call that a person must approve ${cites('gateway/G10', 'gateway/W3')}`, () => {
  it('waits, is made once when approved, and asks anew after that', async () => {
    const { call, gateway, fakes } = gate();
    const first = asked(await call(name, sent));
    expect(asked(await call(name, sent)).id).toBe(first.id);
    expect(await gateway.approval(ADA, first.id)).toMatchObject({
      arguments: sent,
      risk: 'destructive',
      status: 'pending',
    });
    await gateway.operator.decide(first.id, 'approved', 'cli:eve');
    expect(await call(name, sent)).toMatchObject({ kind: 'result' });
    expect(asked(await call(name, sent)).id).not.toBe(first.id);
    expect(fakes.server('git').sent).toHaveLength(1);
    await expect(gateway.operator.decide(first.id, 'approved', 'cli:eve')).rejects.toMatchObject({
      code: 'approval/closed',
    });
  });

  it('is approved with exactly its arguments, for its owner, under its policy', async () => {
    const { call, gateway, fakes, again } = gate();
    const first = asked(await call(name, sent));
    await gateway.operator.decide(first.id, 'approved', 'cli:eve');
    expect(await call(name, { name: 'y' })).toMatchObject({ kind: 'approval' });
    expect(await call(name, sent, { caller: BOB })).toMatchObject({ kind: 'approval' });
    const input = { name, arguments: sent };
    expect(await again({ maxHops: 4 }).call(ADA, input, MUTE)).toMatchObject({ kind: 'approval' });
    expect(fakes.server('git').sent).toHaveLength(0);
    expect(await again().call(ADA, input, MUTE)).toMatchObject({ kind: 'result' });
  });

  it('is approved for one tool of one server', async () => {
    const other = toTool('delete_team', { inputSchema: remove.inputSchema });
    const { call, gateway, fakes } = world({
      servers: { git: [remove, other], hub: [remove] },
      policy: approve,
    });
    const first = asked(await call(name, sent));
    await gateway.operator.decide(first.id, 'approved', 'cli:eve');
    for (const another of ['git__delete_team', 'hub__delete_repo'])
      expect(asked(await call(another, sent)).id).not.toBe(first.id);
    expect([...fakes.server('git').sent, ...fakes.server('hub').sent]).toEqual([]);
    expect(await call(name, sent)).toMatchObject({ kind: 'result' });
  });

  it('is used once when two come at the same moment', async () => {
    const { call, gateway, fakes } = gate();
    const first = asked(await call(name, sent));
    await gateway.operator.decide(first.id, 'approved', 'cli:eve');
    const kinds = (await Promise.all([call(name, sent), call(name, sent)])).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['approval', 'result']);
    expect(fakes.server('git').sent).toHaveLength(1);
  });

  it('cannot be approved twice, nor after it expired, nor be used then', async () => {
    const { call, gateway, pass, fakes } = gate({ approvalTtlMs: 1_000 });
    const first = asked(await call(name, sent));
    await gateway.operator.decide(first.id, 'approved', 'cli:eve');
    expect(await codeOf(gateway.operator.decide(first.id, 'approved', 'cli:eve'))).toBe('approval/closed');
    // Whoever wants it back must not be told to make the call: it would go through.
    await expect(gateway.operator.decide(first.id, 'denied', 'cli:eve')).rejects.toThrow(
      /is approved already: the same call goes through once, until that expires\.$/,
    );
    pass(2_000);
    const second = asked(await call(name, sent));
    expect(second.id).not.toBe(first.id);
    pass(2_000);
    expect(await codeOf(gateway.operator.decide(second.id, 'approved', 'cli:eve'))).toBe('approval/closed');
    expect(await codeOf(gateway.operator.decide('nobody', 'approved', 'cli:eve'))).toBe('approval/not-found');
    expect(fakes.server('git').sent).toHaveLength(0);
  });

  it('stays refused once it was denied, until that expires', async () => {
    const { call, gateway, pass } = gate({ approvalTtlMs: 1_000 });
    await gateway.operator.decide(asked(await call(name, sent)).id, 'denied', 'cli:eve');
    expect(await codeOf(call(name, sent))).toBe('approval/denied');
    expect(await call(name, { name: 'other' })).toMatchObject({ kind: 'approval' });
    pass(2_000);
    expect(await call(name, sent)).toMatchObject({ kind: 'approval' });
  });

  it('is seen by its owner alone, and never approved by what a tool says', async () => {
    const { call, gateway } = gate();
    const { id } = asked(await call(name, sent));
    expect(await codeOf(gateway.approval(BOB, id))).toBe('approval/not-found');
    expect(await gateway.listApprovals(BOB, {})).toEqual([]);
    expect(await gateway.listApprovals(ADA, { status: 'pending' })).toHaveLength(1);
    expect(await call(name, sent, { inputResponses: yes })).toMatchObject({ kind: 'approval' });
  });

  it('is not approved by the one who asked where four eyes are wanted', async () => {
    const { call, gateway } = gate({ fourEyes: true });
    const { id } = asked(await call(name, sent, { channel: MODERN }));
    expect(await codeOf(gateway.operator.decide(id, 'approved', 'cli:ada'))).toBe('approval/own');
    await gateway.operator.decide(id, 'approved', 'cli:eve');
    expect(await call(name, sent)).toMatchObject({ kind: 'result' });
  });
});

describe(`a question by repeated requests ${cites('gateway/G10')}`, () => {
  const repeat = (
    gateway: ReturnType<typeof gate>['gateway'],
    requestState: string,
    more: Partial<CallInput> = {},
  ) => gateway.call(ADA, { name, arguments: sent, requestState, inputResponses: yes, ...more }, MODERN);

  it('shows everything, and an explicit yes makes the call', async () => {
    const { call, gateway, fakes } = gate();
    const { requests, requestState } = questionOf(await call(name, sent, { channel: MODERN }));
    expect(requests['approval']).toMatchObject({
      method: 'elicitation/create',
      params: { mode: 'form', message: expect.stringContaining('{"name":"x"}') },
    });
    expect(await repeat(gateway, requestState)).toMatchObject({ kind: 'result' });
    expect(fakes.server('git').sent).toHaveLength(1);
    expect(fakes.server('git').sent[0]?.request.params).toEqual({ name: 'delete_repo', arguments: sent });
  });

  it('is put three times to whoever answers neither yes nor no, then ends with what was expected', async () => {
    const { call, gateway, fakes } = gate();
    const wrong = { approval: { action: 'accept', content: { approve: 'sure' } } };
    let { requestState } = questionOf(await call(name, sent, { channel: MODERN }));
    for (const _ of [1, 2])
      ({ requestState } = questionOf(await repeat(gateway, requestState, { inputResponses: wrong })));
    const fault = await repeat(gateway, requestState, { inputResponses: wrong }).catch(
      (error: unknown) => error,
    );
    const [pending] = await gateway.listApprovals(ADA, { status: 'pending' });
    expect(fault).toMatchObject({
      code: 'input/invalid-format',
      message: expect.stringContaining('{"action":"accept","content":{"approve":true}}'),
      data: { approval_id: pending?.id },
    });
    expect((fault as Error).message).toContain('three times');
    // Which configuration the command is given with is known to the surface.
    expect((fault as Error).message).toContain(`approval ${pending?.id} still waits`);
    expect((fault as Error).message).not.toContain('tutti approvals');
    expect(fakes.server('git').sent).toHaveLength(0);
    // A new call asks anew, and what a person decides elsewhere counts whatever was answered here.
    const anew = questionOf(await call(name, sent, { channel: MODERN }));
    await gateway.operator.decide(pending?.id ?? '', 'approved', 'cli:eve');
    expect(await repeat(gateway, anew.requestState, { inputResponses: wrong })).toMatchObject({
      kind: 'result',
    });
  });

  it('holds for nobody else, nothing else, once, and not for long', async () => {
    const { call, gateway, pass, fakes } = gate();
    const { requestState } = questionOf(await call(name, sent, { channel: MODERN }));
    const stale = async (work: Promise<unknown>) => {
      expect(await codeOf(work)).toBe('call/stale-state');
    };
    for (let at = 0; at < requestState.length; at++) {
      const flipped = `${requestState.slice(0, at)}${requestState[at] === 'A' ? 'B' : 'A'}${requestState.slice(at + 1)}`;
      await stale(repeat(gateway, flipped));
    }
    await stale(repeat(gateway, requestState, { arguments: { name: 'y' } }));
    await stale(gateway.call(BOB, { name, arguments: sent, requestState, inputResponses: yes }, MODERN));
    await repeat(gateway, requestState);
    await stale(repeat(gateway, requestState));
    const later = questionOf(await call(name, sent, { channel: MODERN }));
    pass(600_001);
    await stale(repeat(gateway, later.requestState));
    expect(fakes.server('git').sent).toHaveLength(1);
  });

  it.each([
    ['decline', { action: 'decline' }, 'approval/denied'],
    ['an explicit no', { action: 'accept', content: { approve: false } }, 'approval/denied'],
  ])('is refused by %s, and stays refused', async (_, approval, code) => {
    const { call, gateway } = gate();
    const { requestState } = questionOf(await call(name, sent, { channel: MODERN }));
    expect(await codeOf(repeat(gateway, requestState, { inputResponses: { approval } }))).toBe(code);
    expect(await codeOf(call(name, sent))).toBe(code);
  });

  it.each([
    [{ action: 'accept', content: { approve: 'true' } }, 'input-required'],
    [{ action: 'accept' }, 'input-required'],
    [{ action: 'cancel' }, 'approval'],
  ])('stays open after %j', async (approval, kind) => {
    const { call, gateway, fakes } = gate();
    const { requestState } = questionOf(await call(name, sent, { channel: MODERN }));
    expect(await repeat(gateway, requestState, { inputResponses: { approval } })).toMatchObject({ kind });
    expect(await gateway.listApprovals(ADA, { status: 'pending' })).toHaveLength(1);
    expect(fakes.server('git').sent).toHaveLength(0);
  });
});

describe('a question over an open connection', () => {
  it('is asked in place', async () => {
    const { call, fakes } = gate();
    const answers: JsonObject[] = [
      { action: 'accept', content: { approve: true } },
      { action: 'cancel' },
      { action: 'decline' },
    ];
    const channel: CallChannel = {
      capabilities: { elicitation: {} },
      repeats: false,
      ask: async () => answers.shift() ?? {},
    };
    expect(await call(name, sent, { channel })).toMatchObject({ kind: 'result' });
    expect(await call(name, sent, { channel })).toMatchObject({ kind: 'approval' });
    expect(await codeOf(call(name, sent, { channel }))).toBe('approval/denied');
    expect(fakes.server('git').sent).toHaveLength(1);
  });
});

describe(`a client that refuses to ask ${cites('gateway/W3')}`, () => {
  const channel: CallChannel = {
    capabilities: { elicitation: {} },
    repeats: false,
    ask: async () => await Promise.reject(new Error('-32603: no window is open')),
  };

  it('leaves the approval to be given elsewhere', async () => {
    const { call, fakes } = gate();
    const [first, second] = [await call(name, sent, { channel }), await call(name, sent, { channel })];
    expect(first).toMatchObject({ kind: 'approval', approval: { status: 'pending' } });
    expect(second).toEqual(first);
    expect(fakes.server('git').sent).toHaveLength(0);
  });
});

describe(`a person who does not answer ${cites('gateway/W3')}`, () => {
  const silent = (signal?: AbortSignal): CallChannel => ({
    capabilities: { elicitation: {} },
    repeats: false,
    ask: () => new Promise(() => undefined),
    ...(signal && { signal }),
  });

  it('leaves the approval open after a while', async () => {
    const { call, pass, gateway } = gate();
    const waiting = call(name, sent, { channel: silent() });
    await expect.poll(() => gateway.listApprovals(ADA, { status: 'pending' })).toHaveLength(1);
    pass(600_000);
    expect(await waiting).toMatchObject({ kind: 'approval' });
  });

  it('is not waited for when the call is called off', async () => {
    const { call, gateway } = gate();
    const leaver = new AbortController();
    const waiting = call(name, sent, { channel: silent(leaver.signal) });
    await expect.poll(() => gateway.listApprovals(ADA, { status: 'pending' })).toHaveLength(1);
    leaver.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
  });
});

describe(`what a server asks ${cites('gateway/W4')}`, () => {
  const quiet = toTool('book');
  const question = { method: 'elicitation/create', params: { mode: 'form', message: 'Which day?' } };
  const askedBy = (server: string) => ({
    ...question,
    params: { ...question.params, message: `The server "${server}" asks: Which day?` },
  });

  it('in the modern way travels on, with its state inside ours', async () => {
    const { gateway, fakes } = world({ servers: { inn: [quiet] } });
    const inn = fakes.server('inn');
    inn.answer = ({ request }) =>
      request.params['inputResponses'] === undefined
        ? {
            kind: 'input-required',
            payload: {
              bytes: new Uint8Array(),
              value: {
                resultType: 'input_required',
                inputRequests: { day: question },
                requestState: 'theirs',
              },
            },
          }
        : said('booked');
    const input = { name: 'inn__book', arguments: {} };
    const { requests, requestState } = questionOf(await gateway.call(ADA, input, MODERN));
    expect(requests).toEqual({ day: askedBy('inn') });
    expect(requestState).not.toContain('theirs');
    const inputResponses = { day: { action: 'accept', content: { day: 'Monday' } } };
    expect(heard(await gateway.call(ADA, { ...input, requestState, inputResponses }, MODERN))).toBe('booked');
    expect(inn.sent.at(-1)?.request.params).toMatchObject({ requestState: 'theirs', inputResponses });
  });

  it('needs no second approval when the call was approved before the question', async () => {
    const { gateway, fakes } = gate();
    fakes.server('git').answer = ({ request }) =>
      request.params['inputResponses'] === undefined
        ? {
            kind: 'input-required',
            payload: { bytes: new Uint8Array(), value: { inputRequests: { day: question } } },
          }
        : said('gone');
    const input = { name, arguments: sent };
    const first = questionOf(await gateway.call(ADA, input, MODERN));
    const second = questionOf(
      await gateway.call(ADA, { ...input, requestState: first.requestState, inputResponses: yes }, MODERN),
    );
    expect(second.requests).toEqual({ day: askedBy('git') });
    const inputResponses = { day: { action: 'accept', content: {} } };
    const last = await gateway.call(
      ADA,
      { ...input, requestState: second.requestState, inputResponses },
      MODERN,
    );
    expect(heard(last)).toBe('gone');
  });

  it('by pushing parks the call until the answer comes back', async () => {
    const { gateway, fakes } = world({ servers: { inn: [quiet] } });
    fakes.server('inn').answer = async ({ request }) => {
      const day = await request.onAsk?.(question);
      const room = await request.onAsk?.(question);
      return said(JSON.stringify([day, room]));
    };
    const input = { name: 'inn__book', arguments: {} };
    const gone = new AbortController();
    const first = questionOf(await gateway.call(ADA, input, { ...MODERN, signal: gone.signal }));
    gone.abort();
    const [key = ''] = Object.keys(first.requests);
    expect(first.requests[key]).toEqual(askedBy('inn'));
    const answer = (from: ReturnType<typeof questionOf>, day: string) => ({
      ...input,
      requestState: from.requestState,
      inputResponses: { [Object.keys(from.requests)[0] ?? '']: { action: 'accept', content: { day } } },
    });
    expect(await codeOf(gateway.call(BOB, answer(first, 'x'), MODERN))).toBe('call/stale-state');
    const second = questionOf(await gateway.call(ADA, answer(first, 'Monday'), MODERN));
    const last = heard(await gateway.call(ADA, answer(second, 'Tuesday'), MODERN));
    expect(JSON.parse(last).map((each: JsonObject) => each['content'])).toEqual([
      { day: 'Monday' },
      { day: 'Tuesday' },
    ]);
    expect(fakes.server('inn').sent).toHaveLength(1);
  });

  it('is not asked of a caller who cannot answer', async () => {
    const { gateway, fakes } = world({ servers: { inn: [quiet] } });
    const channel = {
      ...MODERN,
      capabilities: { sampling: {}, extensions: { 'io.modelcontextprotocol/tasks': {}, x: {} } },
    };
    await gateway.call(ADA, { name: 'inn__book', arguments: {} }, MUTE);
    await gateway.call(ADA, { name: 'inn__book', arguments: {} }, channel);
    const [mute, other] = fakes.server('inn').sent;
    expect(mute?.request.onAsk).toBeUndefined();
    expect(other?.request.capabilities).toEqual({ sampling: {}, extensions: { x: {} } });
    await expect(other?.request.onAsk?.(question)).rejects.toMatchObject({ code: 'downstream/protocol' });
  });

  it('in the modern way reaches a caller of the older revisions over its connection', async () => {
    const { gateway, fakes } = world({ servers: { inn: [quiet] } });
    fakes.server('inn').answer = ({ request }) =>
      request.params['inputResponses'] === undefined
        ? {
            kind: 'input-required',
            payload: { bytes: new Uint8Array(), value: { inputRequests: { day: question } } },
          }
        : said(JSON.stringify(request.params['inputResponses']));
    const channel: CallChannel = {
      capabilities: { elicitation: {} },
      repeats: false,
      ask: async () => ({ action: 'accept' }),
    };
    const input = { name: 'inn__book', arguments: {} };
    expect(heard(await gateway.call(ADA, input, channel))).toBe('{"day":{"action":"accept"}}');
    expect(await codeOf(gateway.call(ADA, input, MUTE))).toBe('downstream/protocol');
    const refusing = { ...channel, ask: async () => await Promise.reject(new Error('no window is open')) };
    expect(await codeOf(gateway.call(ADA, input, refusing))).toBe('call/lost');
  });
});

describe('the patience of people', () => {
  it('is not tried with more questions than anybody reads', async () => {
    const { call } = gate();
    for (let at = 0; at < 100; at++) await call(name, { name: String(at) });
    expect(await codeOf(call(name, { name: 'one more' }))).toBe('policy/rate-limited');
    expect(await call(name, { name: '7' })).toMatchObject({ kind: 'approval' });
    expect(await call(name, { name: 'mine' }, { caller: BOB })).toMatchObject({ kind: 'approval' });
  });
});
