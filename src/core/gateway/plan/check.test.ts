import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import { checkPlan } from './check.ts';
import { wavesOf, withOrder } from './order.ts';
import { MAX_CALLS } from './plan.ts';
import type { Plan, PlannedCall } from './plan.ts';

const tools = new Map([
  ['code__list_changes', { server: 'code' }],
  ['chat__find_messages', { server: 'chat' }],
]);
const known = { find: (tool: string) => tools.get(tool), names: () => [...tools.keys()] };
const call = (id: string, more: Partial<PlannedCall> = {}): PlannedCall => ({
  id,
  server: 'code',
  intent: 'list the changes',
  tool: 'code__list_changes',
  dependsOn: [],
  ...more,
});
const plan = (...calls: PlannedCall[]): Plan => ({ calls, structure: 'single' });
const messages = (given: Plan): string[] => checkPlan(given, known).map(({ message }) => message);

describe('a plan', () => {
  it.each<[string, Plan]>([
    ['of one call', plan(call('a'))],
    ['whose tools nobody chose yet', plan({ id: 'a', server: 'anything', intent: '', dependsOn: [] })],
    ['with bindings', plan(call('a'), call('b', { bind: { '/x': '$a.items[*].id' } }))],
    ['with bindings to a later call', plan(call('b', { bind: { '/x': '$a' } }), call('a'))],
    ['with forEach', plan(call('a'), call('b', { forEach: '$a', bind: { '/x': '$item.id' } }))],
    ['with text that looks like a reference', plan(call('a', { arguments: { price: '$nothing.x' } }))],
    ['with the most calls', plan(...Array.from({ length: MAX_CALLS }, (_, at) => call(`a${at}`)))],
  ])('%s has no faults', (_name, given) => {
    expect(checkPlan(given, known)).toEqual([]);
  });

  it.each<[string, Plan, string[]]>([
    ['without calls', plan(), ['The plan has no calls. Add at least one.']],
    [
      'with too many',
      plan(...Array.from({ length: 33 }, (_, at) => call(`a${at}`))),
      ['The plan has 33 calls; at most 32 are made. Split it.'],
    ],
    [
      'with more words than anybody means',
      plan(...Array.from({ length: 32 }, (_, at) => call(`a${at}`, { intent: 'x'.repeat(8_192) }))),
      [expect.stringMatching(/^The intents have 262144 characters together; at most 16000 are read\./)],
    ],
    [
      'with a key that changes what an object is',
      plan(call('a', { arguments: JSON.parse('{"x":[{"__proto__":{"y":1}}]}') as JsonObject })),
      ['The arguments hold the key "__proto__", which no tool is sent. Remove it.'],
    ],
    [
      'with bad ids',
      plan(call('1'), call('item'), call('a b')),
      [
        expect.stringMatching(/^calls\[0\]\.id must be a letter.*found "1"/),
        expect.stringContaining('calls[1].id'),
        expect.stringContaining('calls[2].id'),
      ],
    ],
    ['with an id twice', plan(call('a'), call('a')), ['The id a is given twice. Each call needs its own.']],
    [
      'that waits for nobody',
      plan(call('changes'), call('b', { dependsOn: ['chnages'] })),
      ['It depends on "chnages", which is no call of this plan. Nearest: "changes".'],
    ],
    [
      'that waits for itself',
      plan(call('a', { dependsOn: ['a'] })),
      ['It depends on itself. Remove that dependency.'],
    ],
    [
      'in a circle',
      plan(call('a', { dependsOn: ['b'] }), call('b', { bind: { '/x': '$a.y' } })),
      ['Calls wait for one another: a → b → a. Remove one of these dependencies.'],
    ],
    [
      'with a binding to nothing',
      plan(call('a', { bind: { '/x': '$q.y' } })),
      ['"/x" refers to q, which is no call of this plan.'],
    ],
    [
      'with a binding to itself',
      plan(call('a', { bind: { '/x': '$a.y' } })),
      ['"/x" refers to the answer of the call itself. Refer to another call.'],
    ],
    [
      'with a binding that is no reference',
      plan(call('a', { bind: { '/x': 'a.y' } })),
      [expect.stringContaining('Reference "a.y" cannot be read')],
    ],
    [
      'with a forEach over nothing',
      plan(call('a', { forEach: '$q', bind: { '/x': '$item' } })),
      ['forEach refers to q, which is no call of this plan.'],
    ],
    [
      'with a forEach without use',
      plan(call('a'), call('b', { forEach: '$a' })),
      [expect.stringContaining('no binding uses $item')],
    ],
    [
      'with $item without forEach',
      plan(call('a', { bind: { '/x': '$item' } })),
      [expect.stringContaining('has no forEach')],
    ],
    [
      'with a forEach over its item',
      plan(call('a', { forEach: '$item', bind: { '/x': '$item' } })),
      [expect.stringContaining('forEach refers to $item itself')],
    ],
    [
      'with a pointer that is none',
      plan(call('a'), call('b', { bind: { x: '$a' } })),
      [expect.stringContaining('JSON pointer')],
    ],
    [
      'with an unknown tool',
      plan(call('a', { tool: 'code__list_chnages' })),
      [
        expect.stringMatching(
          /^There is no tool "code__list_chnages"\. Nearest: "code__list_changes".* Look it up with find_tools\.$/,
        ),
      ],
    ],
    [
      'with the tool of another server',
      plan(call('a', { server: 'chat' })),
      ['The tool "code__list_changes" belongs to the server "code", not to "chat". Correct one of them.'],
    ],
  ])('%s is refused', (_name, given, expected) => {
    expect(messages(given)).toEqual(expected);
  });

  it('names the call of a fault, and all faults at once', () => {
    const faults = checkPlan(
      plan(call('a', { tool: 'x__y' }), call('b', { dependsOn: ['q'], bind: { y: '$q' } })),
      known,
    );
    expect(faults.map((fault) => fault.call)).toEqual(['a', 'b', 'b', 'b']);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'plan'],
    ['calls that are no list', { calls: {} }],
    ['calls that are no objects', { calls: [null, 1, 'a', []] }],
    ['calls without members', { calls: [{}] }],
    [
      'members of other types',
      {
        calls: [
          {
            id: 1,
            server: [],
            intent: {},
            tool: 5,
            arguments: [],
            bind: { '/x': 1 },
            forEach: true,
            dependsOn: 'a',
            uncertainOrder: 'no',
          },
        ],
      },
    ],
    ['what is no JSON', { calls: [{ ...call('a'), arguments: { x: () => 1 } }] }],
    [
      'a thousand levels',
      { calls: [{ ...call('a'), arguments: JSON.parse(`${'{"x":'.repeat(1000)}1${'}'.repeat(1000)}`) }] },
    ],
    ['a megabyte', { calls: [{ ...call('a'), intent: 'x'.repeat(1_100_000) }] }],
    ['members of a prototype', { calls: [Object.create(call('a'))] }],
  ])('is not %s', (_name, given) => {
    expect(checkPlan(given as Plan, known)).not.toEqual([]);
  });

  it('never throws, and what passes has an order', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'item', '');
    const reference = fc.constantFrom('$a', '$b.x[*]', '$c.y', '$item', '$', '$calls.d["k"]');
    const any = fc.record(
      {
        id,
        server: fc.constantFrom('code', 'chat'),
        intent: fc.string(),
        tool: fc.constantFrom('code__list_changes', 'chat__find_messages', 'no'),
        arguments: fc.dictionary(fc.string(), fc.jsonValue()),
        bind: fc.dictionary(fc.constantFrom('/a', '/a/b', '/c/-', 'x'), reference),
        forEach: reference,
        dependsOn: fc.array(id, { maxLength: 3 }),
      },
      { requiredKeys: ['id', 'server', 'intent', 'dependsOn'] },
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (calls) => {
        const given = { calls, structure: 'single' } as unknown as Plan;
        if (checkPlan(given, known).length > 0) return;
        expect(wavesOf(withOrder(given)).flat()).toHaveLength(calls.length);
      }),
    );
  });
});

describe('the order', () => {
  const ids = (given: Plan): string[][] => wavesOf(given).map((wave) => wave.map(({ id }) => id));

  it.each<[string, Plan, string[][], string]>([
    ['one call', plan(call('a')), [['a']], 'single'],
    ['side by side', plan(call('b'), call('a')), [['b', 'a']], 'parallel'],
    ['one after another', plan(call('b', { dependsOn: ['a'] }), call('a')), [['a'], ['b']], 'sequential'],
    [
      'implied by a binding',
      plan(call('a'), call('b', { bind: { '/x': '$calls.a' } })),
      [['a'], ['b']],
      'sequential',
    ],
    [
      'implied by forEach',
      plan(call('a'), call('b', { forEach: '$a', bind: { '/x': '$item' } })),
      [['a'], ['b']],
      'sequential',
    ],
    ['both', plan(call('a'), call('b'), call('c', { dependsOn: ['a', 'b'] })), [['a', 'b'], ['c']], 'mixed'],
    [
      'a chain and one beside it',
      plan(call('a'), call('b', { dependsOn: ['a'] }), call('c')),
      [['a', 'c'], ['b']],
      'mixed',
    ],
  ])('%s', (_name, given, ...[waves, structure]) => {
    const ordered = withOrder(given);
    expect(ids(ordered)).toEqual(waves);
    expect(ordered.structure).toBe(structure);
    expect(withOrder(ordered)).toEqual(ordered);
  });

  it('says what references imply', () => {
    const ordered = withOrder(
      plan(call('a'), call('b'), call('c', { dependsOn: ['b'], bind: { '/x': '$a', '/y': '$b' } })),
    );
    expect(ordered.calls[2]?.dependsOn).toEqual(['b', 'a']);
  });

  it('is none in a circle', () => {
    expect(() => wavesOf(plan(call('a', { dependsOn: ['b'] }), call('b', { dependsOn: ['a'] })))).toThrow(
      expect.objectContaining({ code: 'plan/invalid', message: expect.stringContaining('a, b') }),
    );
  });
});
