import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handTimer } from '../../../../test/support/fake-downstream.ts';
import { createAbort } from '../../../adapters/clock/abort.ts';
import type { Approval, Risk } from '../../kernel/approval.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { toPayload } from '../../kernel/payload.ts';
import type { CallOutcome } from '../gateway.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { CallEnd } from './ask.ts';
import { dispatchPlan } from './dispatch.ts';
import type { CallOptions, DispatchMeans, Dispatched } from './means.ts';

type Answer = (made: { name: string; args: JsonObject; options: CallOptions }) => unknown;

interface Made {
  readonly name: string;
  readonly key: string;
  readonly args: JsonObject;
}

const LIMITS = { calls: 1_000, ms: 60_000, bytes: 1_000_000, costMicros: 1_000 };

function call(id: string, more: Partial<PlannedCall> = {}): PlannedCall {
  return { id, server: `s_${id}`, intent: `do ${id}`, tool: `s_${id}__go`, dependsOn: [], ...more };
}

function planOf(...calls: readonly PlannedCall[]): Plan {
  return { calls, structure: 'mixed' };
}

function facts(name: string) {
  const [server = '', tool = ''] = name.split('__');
  return { callId: `call of ${name}`, server, tool, cached: false, durationMs: 1, attempts: 1 };
}

function result(name: string, value: JsonObject): CallOutcome {
  return { kind: 'result', payload: toPayload(value), facts: facts(name) };
}

function says(name: string, value: Json): CallOutcome {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return result(name, { content: [{ type: 'text', text }] });
}

function approvalOf(name: string): Approval {
  return { ...({} as Approval), id: `approval of ${name}`, tool: name, status: 'pending' };
}

/** Runs a plan; what a tool answers is a value, an outcome, or a fault. */
function stage(answers: Readonly<Record<string, Answer>> = {}, more: Partial<DispatchMeans> = {}) {
  const made: Made[] = [];
  const begun: string[] = [];
  const told: CallEnd[] = [];
  const progress: { done: number; of: number; message: string }[] = [];
  const timer = handTimer();
  const means: DispatchMeans = {
    call: async (name, args, options) => {
      made.push({ name, key: options.key, args });
      const answer = await answers[name]?.({ name, args, options });
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'object' && answer !== null && 'kind' in answer) return answer as CallOutcome;
      return says(name, (answer ?? `answer of ${name}`) as Json);
    },
    alternatives: () => [],
    riskOf: () => 'read',
    isRepeatable: (name) => (more.riskOf?.(name) ?? 'read') === 'read',
    costOf: () => 0,
    lackOfRoom: async () => undefined,
    stored: async () => null,
    before: [],
    lost: [],
    onBegin: async ({ name }) => {
      begun.push(name);
    },
    onEnd: async (end) => {
      told.push(end);
    },
    onFault: () => 'A fault of ours.',
    limits: LIMITS,
    createAbort,
    after: timer.after,
    onProgress: (each) => {
      progress.push(each);
    },
    ...more,
  };
  return { run: (plan: Plan) => dispatchPlan(plan, means), made, begun, told, progress, timer, means };
}

/** Everything that can go on by itself has. */
const idle = () => new Promise((resolve) => setImmediate(resolve));

const fault = (code: ErrorCode, data?: JsonObject) => () =>
  new TuttiError(code, `It is ${code}.`, data && { data });
const names = (made: readonly Made[]): readonly string[] => made.map(({ name }) => name);
const kinds = ({ ends }: Dispatched): readonly string[] =>
  ends.map(({ call: id, item, kind }) => `${id}${item === undefined ? '' : `[${item}]`} ${kind}`);
const reason = (end: CallEnd | undefined): string | undefined =>
  end?.kind === 'skipped' ? end.because : end?.kind === 'failed' ? end.error : undefined;

describe('the calls of a plan', () => {
  /** Random graphs: a call depends on some of those before it in a hidden order. */
  const graphs = fc
    .array(fc.record({ needs: fc.array(fc.nat(11), { maxLength: 3 }), fails: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    })
    .chain((nodes) =>
      fc.record({
        nodes: fc.constant(nodes),
        order: fc.shuffledSubarray(
          nodes.map((_, at) => at),
          { minLength: nodes.length },
        ),
        ranks: fc.array(fc.nat(100), { minLength: nodes.length, maxLength: nodes.length }),
      }),
    );

  it('are each made once, never before what they need, and fail with what they need and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ({ nodes, order, ranks }) => {
        const needs = nodes.map((node, at) => [...new Set(node.needs.filter((need) => need < at))]);
        const calls = nodes.map((_, at) =>
          call(`c${at}`, { dependsOn: (needs[at] ?? []).map((n) => `c${n}`) }),
        );
        const ended = new Set<string>();
        const early: string[] = [];
        const answers = Object.fromEntries(
          nodes.map(({ fails }, at): [string, Answer] => [
            `s_c${at}__go`,
            async () => {
              for (const need of needs[at] ?? []) if (!ended.has(`c${need}`)) early.push(`c${at}`);
              for (let tick = 0; tick < (ranks[at] ?? 0) % 7; tick++) await Promise.resolve();
              ended.add(`c${at}`);
              return fails ? new TuttiError('downstream/protocol', 'No.') : at;
            },
          ]),
        );
        const { run, made } = stage(answers);
        const { ends, waiting } = await run(planOf(...order.map((at) => calls[at] as PlannedCall)));

        const outcomes: string[] = [];
        for (const [at, { fails }] of nodes.entries()) {
          const isKept = (needs[at] ?? []).every((need) => outcomes[need] === 'done');
          outcomes[at] = !isKept ? 'skipped' : fails ? 'failed' : 'done';
        }
        expect(early).toEqual([]);
        expect(waiting).toEqual([]);
        expect(new Set(names(made)).size).toBe(made.length);
        expect(made).toHaveLength(outcomes.filter((each) => each !== 'skipped').length);
        expect(ends.map(({ call: id, kind }) => `${id} ${kind}`)).toEqual(
          order.map((at) => `c${at} ${outcomes[at]}`),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('start as soon as what they need is there, without waiting for their neighbours', async () => {
    const slow = Promise.withResolvers<string>();
    const { run, made } = stage({ s_slow__go: () => slow.promise });
    const plan = planOf(
      call('slow'),
      call('a'),
      call('b', { dependsOn: ['a'] }),
      call('c', { dependsOn: ['b'] }),
    );
    const running = run(plan);
    await idle();
    expect(names(made)).toEqual(['s_slow__go', 's_a__go', 's_b__go', 's_c__go']);
    slow.resolve('late');
    expect(kinds(await running)).toEqual(['slow done', 'a done', 'b done', 'c done']);
  });

  it('get what they bind: structured content, else JSON in the text, else the text', async () => {
    const { run, made } = stage({
      s_a__go: () => result('s_a__go', { content: [], structuredContent: { id: 7 } }),
      s_b__go: () => ({ list: ['x', 'y'] }),
      s_c__go: () => 'just text',
    });
    const bind = { '/id': '$a.id', '/second': '$b.list[1]', '/text': '$calls.c' };
    const { ends } = await run(
      planOf(call('a'), call('b'), call('c'), call('d', { arguments: { keep: 1 }, bind })),
    );
    expect(made.at(-1)?.args).toEqual({ keep: 1, id: 7, second: 'y', text: 'just text' });
    expect(ends.at(-1)).toMatchObject({
      kind: 'done',
      value: 'answer of s_d__go',
      source: { server: 's_d', tool: 'go' },
    });
  });

  it('whose binding leads nowhere fail with the reason, and are not made', async () => {
    const { run, made } = stage({ s_a__go: () => ({ other: 1 }) });
    const done = await run(planOf(call('a'), call('b', { bind: { '/id': '$a.id' } })));
    expect(kinds(done)).toEqual(['a done', 'b failed']);
    expect(reason(done.ends[1])).toContain('$a.id');
    expect(made).toHaveLength(1);
  });

  it('that answered with an error of the tool or the protocol have failed', async () => {
    const long = 'no '.repeat(2_000);
    const { run } = stage({
      s_a__go: () => result('s_a__go', { isError: true, content: [{ type: 'text', text: `${long}\u0007` }] }),
      s_b__go: () => ({ kind: 'error', error: { code: -32602, message: 'Bad.' }, facts: facts('s_b__go') }),
      s_c__go: () => new TypeError('undefined is not a function'),
    });
    const { ends } = await run(planOf(call('a'), call('b'), call('c')));
    expect(reason(ends[0])?.length).toBe(2_000);
    expect(reason(ends[1])).toBe('Bad. (-32602)');
    expect(reason(ends[2])).toBe('A fault of ours.');
  });

  it('in a guessed order are only made when they read', async () => {
    const riskOf = (name: string): Risk => (name === 's_b__go' ? 'write' : 'read');
    const { run, made } = stage({}, { riskOf });
    const guessed = { dependsOn: ['a'], uncertainOrder: true };
    const done = await run(planOf(call('a'), call('b', guessed), call('c', guessed)));
    expect(kinds(done)).toEqual(['a done', 'b skipped', 'c done']);
    expect(reason(done.ends[1])).toContain('guessed');
    expect(names(made)).toEqual(['s_a__go', 's_c__go']);
  });

  it('that wait for one another, or for nobody, are refused before anything is called', async () => {
    const circle = [call('a', { bind: { '/x': '$b' } }), call('b', { dependsOn: ['a'] })];
    for (const calls of [circle, [call('a', { dependsOn: ['z'] })]]) {
      const { run, made } = stage();
      await expect(run(planOf(call('c'), ...calls))).rejects.toMatchObject({ code: 'plan/invalid' });
      expect(made).toEqual([]);
    }
  });

  it('tell how far they are', async () => {
    const { run, progress } = stage({
      s_a__go: ({ options }) => {
        options.onProgress({ progress: 1, total: 2, message: 'half' });
        options.onProgress({ progress: 9, total: 2, message: 'more than all' });
        options.onProgress({ progress: 1, total: 0 });
        return [1, 2, 3];
      },
    });
    await run(planOf(call('a'), call('b', { forEach: '$a' })));
    expect(progress.slice(0, 5)).toEqual([
      { done: 0, of: 2, message: 's_a: do a' },
      { done: 0.5, of: 2, message: 's_a: half' },
      { done: 0.95, of: 2, message: 's_a: more than all' },
      { done: 0.95, of: 2, message: 's_a: do a' },
      { done: 1, of: 2, message: 's_a: done' },
    ]);
    expect(progress.at(-1)).toEqual({ done: 4, of: 4, message: 's_b: done' });
    expect(progress.map(({ done }) => done)).toEqual(
      progress.map(({ done }) => done).toSorted((x, y) => x - y),
    );
  });
});

describe('a call for each item', () => {
  const list = (length: number): Json => Array.from({ length }, (_, at) => ({ id: at }));
  const each = call('b', { forEach: '$a', bind: { '/id': '$item.id' } });

  it('is made eight at a time, each with its own end, and gives a list', async () => {
    let open = 0;
    let most = 0;
    const { run, made } = stage({
      s_a__go: () => list(20),
      s_b__go: async ({ args }) => {
        most = Math.max(most, (open += 1));
        for (let tick = 0; tick < 5; tick++) await Promise.resolve();
        open -= 1;
        return args['id'] === 3 ? new TuttiError('downstream/protocol', 'No.') : args;
      },
    });
    const done = await run(planOf(call('a'), each, call('c', { bind: { '/ids': '$b[*].id' } })));
    expect(most).toBe(8);
    expect(done.ends).toHaveLength(22);
    expect(kinds(done)[4]).toBe('b[3] failed');
    expect(kinds(done)[5]).toBe('b[4] done');
    expect(made.at(-1)?.args['ids']).toEqual([0, 1, 2, ...Array.from({ length: 16 }, (_, at) => at + 4)]);
  });

  it('fails as a whole beyond the bound, naming both numbers', async () => {
    const { run, made } = stage({ s_a__go: () => list(10_000) });
    const done = await run(planOf(call('a'), each));
    expect(reason(done.ends[1])).toMatch(/10000 items.* 50 /);
    expect(made).toHaveLength(1);
  });

  it('is skipped when there is nothing, and fails when there is no list', async () => {
    const { run, made } = stage({ s_a__go: () => [] });
    const empty = await run(planOf(call('a'), each, call('c', { bind: { '/all': '$b' } })));
    expect(kinds(empty)).toEqual(['a done', 'b skipped', 'c done']);
    expect(empty.ends[1]).toMatchObject({ isEmpty: true, because: expect.stringContaining('nothing to do') });
    expect(made.at(-1)?.args).toEqual({ all: [] });
    const none = await stage({ s_a__go: () => 'no list' }).run(planOf(call('a'), each));
    expect(kinds(none)).toEqual(['a done', 'b failed']);
  });

  it('reads all of a stored result, while a whole one travels by its address', async () => {
    const uri = 'tutti://result/r1';
    const payload = toPayload({
      content: [
        { type: 'text', text: 'its head' },
        { type: 'text', text: 'a note' },
      ],
    });
    const { run, made } = stage(
      { s_a__go: () => ({ kind: 'stored', payload, uri, facts: facts('s_a__go') }) },
      { stored: async (found) => (found === uri ? list(2) : null) },
    );
    const done = await run(planOf(call('a'), each, call('c', { bind: { '/all': '$a' } })));
    expect(done.ends[0]).toMatchObject({ text: 'its head', uri });
    expect(made.filter(({ name }) => name === 's_b__go').map(({ args }) => args)).toEqual([
      { id: 0 },
      { id: 1 },
    ]);
    expect(made.find(({ name }) => name === 's_c__go')?.args).toEqual({ all: { $result: uri } });
  });

  it.each([
    ['as a whole', { '/x': '$a' }, {}],
    ['in a member', { '/x': '$a.deep' }, {}],
    ['as a mere address', { '/x/$result': '$a.deep.list[0].$result' }, {}],
    [
      'beside a reference of the caller',
      { '/own/path': '$a.path' },
      { own: { $result: 'tutti://result/mine' } },
    ],
  ])('takes no reference to a stored result from an answer: %s', async (_how, bind, given) => {
    const evil = { path: '$.secret', deep: { list: [{ $result: 'tutti://result/mine' }] } };
    const { run, made } = stage({ s_a__go: () => evil });
    const done = await run(
      planOf(call('a'), call('b', { bind, arguments: given }), call('c', { bind: { '/x': '$b' } })),
    );
    expect(names(made)).toEqual(['s_a__go']);
    expect(kinds(done)).toEqual(['a done', 'b failed', 'c skipped']);
    expect(reason(done.ends[1])).toContain('no answer may refer to one');
  });

  it('takes no reference from the items of an answer, nor from what is stored of one', async () => {
    const uri = 'tutti://result/r1';
    const payload = toPayload({ content: [{ type: 'text', text: 'its head' }] });
    const { run, made } = stage(
      {
        s_a__go: () => [{ $result: 'tutti://result/mine' }, { id: 2 }],
        s_c__go: () => ({ kind: 'stored', payload, uri, facts: facts('s_c__go') }),
      },
      { stored: async () => ({ x: { $result: 'tutti://result/mine' } }) },
    );
    const taking = call('b', { forEach: '$a', bind: { '/item': '$item' } });
    const done = await run(planOf(call('a'), taking, call('c'), call('d', { bind: { '/x': '$c.x' } })));
    expect(kinds(done)).toEqual(['a done', 'b[0] failed', 'b[1] done', 'c done', 'd failed']);
    expect(JSON.stringify(made)).not.toContain('mine');
  });

  it('leaves references that the plan states as they are', async () => {
    const own = { list: [{ $result: 'tutti://result/mine', path: '$.x' }] };
    const { run, made } = stage({ s_a__go: () => ({ id: 7 }) });
    await run(planOf(call('a'), call('b', { arguments: own, bind: { '/id': '$a.id' } })));
    expect(made.at(-1)?.args).toEqual({ ...own, id: 7 });
  });

  it('fails where a stored result is gone', async () => {
    const payload = toPayload({ content: [] });
    const gone = new TuttiError('result/not-found', 'It has expired.');
    const { run } = stage(
      { s_a__go: () => ({ kind: 'stored', payload, uri: 'tutti://result/r1', facts: facts('s_a__go') }) },
      { stored: () => Promise.reject(gone) },
    );
    expect(reason((await run(planOf(call('a'), each))).ends[1])).toBe('It has expired.');
  });
});

describe('another tool', () => {
  const alternatives = () => ['other__go', 'third__go'];
  const tried = async (code: ErrorCode, more: { risk?: Risk; data?: JsonObject; other?: Answer } = {}) => {
    const riskOf = (): Risk => more.risk ?? 'read';
    const answers = { s_a__go: fault(code, more.data), ...(more.other && { other__go: more.other }) };
    const { run, made } = stage(answers, { alternatives, riskOf });
    return { end: (await run(planOf(call('a')))).ends[0], made: names(made) };
  };

  it.each([
    'downstream/unavailable',
    'downstream/timeout',
    'downstream/overloaded',
    'downstream/circuit-open',
    'budget/spent',
  ] as const)('answers a read after %s', async (code) => {
    const { end, made } = await tried(code);
    expect(made).toEqual(['s_a__go', 'other__go']);
    expect(end).toMatchObject({ kind: 'done', source: { server: 'other' } });
  });

  it.each([
    'downstream/protocol',
    'policy/denied',
    'input/invalid-type',
    'call/lost',
    'approval/denied',
  ] as const)('is not tried after %s', async (code) => {
    const { end, made } = await tried(code);
    expect(made).toEqual(['s_a__go']);
    expect(end).toMatchObject({ kind: 'failed', error: `It is ${code}.` });
  });

  it('is not tried where a write may have been sent, and is where it certainly was not', async () => {
    expect((await tried('downstream/timeout', { risk: 'write' })).made).toEqual(['s_a__go']);
    expect((await tried('downstream/unavailable', { risk: 'unknown', data: { sent: true } })).made).toEqual([
      's_a__go',
    ]);
    expect(
      (await tried('downstream/unavailable', { risk: 'write', data: { sent: false } })).made,
    ).toHaveLength(2);
    expect((await tried('downstream/circuit-open', { risk: 'destructive' })).made).toHaveLength(2);
  });

  it('is passed over where it does not take the arguments, and ends the search where it may have done something', async () => {
    const unfit = await tried('downstream/overloaded', { other: fault('input/missing-field') });
    expect(unfit.made).toEqual(['s_a__go', 'other__go', 'third__go']);
    expect(unfit.end?.kind).toBe('done');
    const sent = await tried('downstream/overloaded', { risk: 'write', other: fault('downstream/timeout') });
    expect(sent.made).toEqual(['s_a__go', 'other__go']);
    expect(reason(sent.end)).toMatch(/overloaded.*other__go.*timeout/);
  });

  it('never does more than the planned one', async () => {
    const riskOf = (name: string): Risk =>
      name === 'third__go' || name === 's_a__go' ? 'read' : 'destructive';
    const { run, made } = stage({ s_a__go: fault('downstream/unavailable') }, { alternatives, riskOf });
    await run(planOf(call('a')));
    expect(names(made)).toEqual(['s_a__go', 'third__go']);
  });
});

describe('what must wait', () => {
  const answers: Record<string, Answer> = {
    s_a__go: () => ({ kind: 'approval', approval: approvalOf('s_a__go') }),
    s_b__go: () => ({ kind: 'input-required', payload: toPayload({ inputRequests: { q: {} } }) }),
  };
  const plan = planOf(
    call('a'),
    call('b'),
    call('c'),
    call('d', { dependsOn: ['c'] }),
    call('e', { dependsOn: ['a', 'd'] }),
  );

  it('keeps only its dependents waiting', async () => {
    const done = await stage(answers).run(plan);
    expect(kinds(done)).toEqual(['c done', 'd done']);
    expect(done.waiting).toEqual([
      { kind: 'approval', call: 'a', name: 's_a__go', approval: approvalOf('s_a__go') },
      { kind: 'input', call: 'b', name: 's_b__go', value: { inputRequests: { q: {} } } },
    ]);
  });

  it('goes on in a later request, in which nothing is made twice', async () => {
    const { ends } = await stage(answers).run(plan);
    const { run, made, told } = stage({}, { before: ends });
    expect(kinds(await run(plan))).toEqual(['a done', 'b done', 'c done', 'd done', 'e done']);
    expect(names(made)).toEqual(['s_a__go', 's_b__go', 's_e__go']);
    expect(told.map((end) => end.call)).toEqual(['a', 'b', 'e']);
  });

  it('among items leaves the others done, and their values are there later', async () => {
    let isApproved = false;
    const each: Record<string, Answer> = {
      s_a__go: () => [1, 2, 3],
      s_b__go: ({ args }) =>
        args['n'] === 2 && !isApproved ? { kind: 'approval', approval: approvalOf('s_b__go') } : args['n'],
    };
    const items = planOf(
      call('a'),
      call('b', { forEach: '$a', bind: { '/n': '$item' } }),
      call('c', { bind: { '/all': '$b' } }),
    );
    const first = await stage(each).run(items);
    expect(kinds(first)).toEqual(['a done', 'b[0] done', 'b[2] done']);
    expect(first.waiting).toMatchObject([{ call: 'b', item: 1 }]);
    isApproved = true;
    const { run, made } = stage(each, { before: first.ends });
    expect((await run(items)).waiting).toEqual([]);
    expect(made).toEqual([
      { name: 's_b__go', key: 'b[1]', args: { n: 2 } },
      { name: 's_c__go', key: 'c', args: { all: [1, 2, 3] } },
    ]);
  });

  it('includes what was lost with its process, until somebody decides', async () => {
    const { run, made } = stage({}, { lost: [{ call: 'a', name: 's_a__go' }] });
    const done = await run(planOf(call('a'), call('b'), call('c', { dependsOn: ['a'] })));
    expect(done.waiting).toEqual([{ kind: 'lost', call: 'a', name: 's_a__go' }]);
    expect(kinds(done)).toEqual(['b done']);
    expect(names(made)).toEqual(['s_b__go']);
  });
});

describe('what is not to be repeated', () => {
  const riskOf = (name: string): Risk => (name === 's_a__go' ? 'write' : 'read');

  it('is written down before it is made; reads are not', async () => {
    const { run, begun } = stage({}, { riskOf });
    await run(planOf(call('a'), call('b')));
    expect(begun).toEqual(['s_a__go']);
  });

  it('is not made when that fails, and everything else is called off', async () => {
    let signal: AbortSignal | undefined;
    const { run, made } = stage(
      {
        s_b__go: ({ options }) => {
          ({ signal } = options);
          return new Promise(() => undefined);
        },
      },
      { riskOf, onBegin: () => Promise.reject(new TuttiError('instance/conflict', 'Taken.')) },
    );
    await expect(run(planOf(call('b'), call('a')))).rejects.toMatchObject({ code: 'instance/conflict' });
    expect(names(made)).toEqual(['s_b__go']);
    expect(signal?.aborted).toBe(true);
  });
});

describe('the bounds of a request', () => {
  it('of calls: what lies beyond is skipped, and says so', async () => {
    const { run, made } = stage({}, { limits: { ...LIMITS, calls: 2 } });
    const done = await run(planOf(call('a'), call('b'), call('c'), call('d', { dependsOn: ['c'] })));
    expect(made).toHaveLength(2);
    expect(kinds(done)).toEqual(['a done', 'b done', 'c skipped', 'd skipped']);
    expect(reason(done.ends[2])).toContain('2 calls');
    expect(reason(done.ends[3])).toContain('c, which was not made');
  });

  it('of calls count over all requests', async () => {
    const { ends } = await stage().run(planOf(call('a')));
    const { run, made } = stage({}, { before: ends, limits: { ...LIMITS, calls: 2 } });
    expect(kinds(await run(planOf(call('a'), call('b'), call('c'))))).toEqual([
      'a done',
      'b done',
      'c skipped',
    ]);
    expect(made).toHaveLength(1);
  });

  it('of cost count over all requests what answered, and not what was planned', async () => {
    const costOf = (name: string): number => ({ s_a__go: 100, s_b__go: 100 })[name] ?? 0;
    const answers = {
      s_a__go: ({ options }: { readonly options: CallOptions }) => void options.purse.take(850),
    };
    const { ends } = await stage(answers, { costOf }).run(planOf(call('a')));
    expect(ends).toMatchObject([{ kind: 'done', costMicros: 850 }]);
    const { run, made } = stage({}, { costOf, before: ends, limits: { ...LIMITS, costMicros: 940 } });
    const done = await run(planOf(call('a'), call('b')));
    expect(made).toEqual([]);
    expect(reason(done.ends[1])).toContain('of the 940 of the request, 850 are spent');
  });

  it('of cost: a call that would go beyond is not made, a free one is', async () => {
    const costOf = (name: string): number => ({ s_a__go: 600, s_b__go: 600 })[name] ?? 0;
    const { run, made } = stage({}, { costOf });
    const done = await run(planOf(call('a'), call('b'), call('c')));
    expect(names(made)).toEqual(['s_a__go', 's_c__go']);
    expect(reason(done.ends[1])).toMatch(/costs 600.*1000.*600 are spent/);
  });

  it('of bytes: a result is cut, and nothing more is called', async () => {
    const { run, made } = stage(
      { s_a__go: () => 'x'.repeat(5_000) },
      { limits: { ...LIMITS, bytes: 1_000 } },
    );
    const { ends } = await run(planOf(call('a'), call('b', { bind: { '/id': '$a.id' } })));
    expect(made).toHaveLength(1);
    expect(ends[0]).toMatchObject({ kind: 'done' });
    expect(ends[0]?.kind === 'done' && ends[0].text.length).toBeLessThan(1_200);
    expect(ends[0]?.kind === 'done' && ends[0].text).toContain('was cut');
    expect(reason(ends[1])).toContain('1000 bytes');
  });

  it('of time: what is under way is called off, what has not begun is skipped', async () => {
    const signals: AbortSignal[] = [];
    const hang: Answer = ({ options }) => {
      signals.push(options.signal);
      return new Promise(() => undefined);
    };
    const riskOf = (name: string): Risk => (name === 's_b__go' ? 'write' : 'read');
    const { run, timer } = stage(
      { s_b__go: hang, s_c__go: hang },
      { riskOf, limits: { ...LIMITS, ms: 5_000 } },
    );
    const running = run(planOf(call('a'), call('b'), call('c'), call('d', { dependsOn: ['b'] })));
    await idle();
    timer.pass(4_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    timer.pass(1);
    const done = await running;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(kinds(done)).toEqual(['a done', 'b failed', 'c failed', 'd skipped']);
    expect(reason(done.ends[1])).toMatch(/5000 ms.*effect is unknown/);
    expect(reason(done.ends[2])).not.toContain('unknown');
  });
});

describe('a request that is called off', () => {
  it('ends everything under way, and gives its reason', async () => {
    const controller = new AbortController();
    let inner: AbortSignal | undefined;
    const { run, told } = stage(
      {
        s_b__go: ({ options }) => {
          inner = options.signal;
          return new Promise(() => undefined);
        },
      },
      { signal: controller.signal },
    );
    const running = run(planOf(call('a'), call('b'), call('c', { dependsOn: ['b'] })));
    await idle();
    const why = new Error('gone away');
    controller.abort(why);
    await expect(running).rejects.toBe(why);
    expect(inner?.aborted).toBe(true);
    expect(told.map((end) => end.call)).toEqual(['a']);
    await expect(run(planOf(call('a')))).rejects.toBe(why);
  });
});
