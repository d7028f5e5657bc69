import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { parseReference, referencesIn, resolveItems, resolveReference } from './references.ts';

const answer: Json = {
  items: [
    { id: 1, name: 'one', tags: ['x', 'y'] },
    { id: 2, name: 'two', tags: [] },
    { id: 3, tags: ['z'] },
  ],
  total: 3,
  'odd key': { 'a.b': true },
};
const values = new Map<string, Json>([
  ['a', answer],
  ['list', [10, 20]],
  ['text', 'only words'],
  ['none', { items: [] }],
  ['two', { open: [1], closed: [2] }],
]);

describe('a reference', () => {
  it.each<[string, Json]>([
    ['$a', answer],
    ['$calls.a', answer],
    ['$a.total', 3],
    ['$calls.a.total', 3],
    ['$a.items[0].name', 'one'],
    ['$a.items[*].id', [1, 2, 3]],
    ['$a.items[*].name', ['one', 'two']],
    ['$a.items[*].tags[*]', ['x', 'y', 'z']],
    ['$a["odd key"]["a.b"]', true],
    ["$a['odd key']", { 'a.b': true }],
    ['$list[*]', [10, 20]],
    ['$list[1]', 20],
    ['$none.items[*].id', []],
    ['$a[*].id', [1, 2, 3]],
    ['$text', 'only words'],
  ])('%s', (text, expected) => {
    expect(resolveReference(text, values)).toEqual(expected);
  });

  it('stands for the item at hand, null included', () => {
    expect(resolveReference('$item', values, { id: 7 })).toEqual({ id: 7 });
    expect(resolveReference('$item.id', values, { id: 7 })).toBe(7);
    expect(resolveReference('$item', values, null)).toBeNull();
  });

  it.each([
    '',
    'a',
    '$',
    '$1',
    '$a-b',
    '$a..b',
    '$a.',
    '$a[',
    '$a[-1]',
    '$a[x]',
    '$calls',
    '$calls.',
    '$calls.item',
    '$calls.calls.x',
    ' $a',
    '$a b',
    '$a[*',
    '$ä',
    `$${'a'.repeat(33)}`,
    `$a${'.b'.repeat(400)}`,
  ])('is not %j', (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: 'plan/invalid', message: expect.stringContaining('cannot be read') }),
    );
  });

  it.each([
    ['$b.x', 'call b has no answer'],
    ['$item', 'there is no item at hand'],
    ['$a.itmes[*].id', 'no "itmes" at $a, where there is an object with "items", "total", "odd key"'],
    ['$a.items[*].nam', 'no "nam" at $a.items[*], where there is an object with "id", "name", "tags"'],
    ['$a.items[9]', 'no item 9 at $a.items, where there is a list of 3 items'],
    ['$a.total.x', 'no "x" at $a.total, where there is a number'],
    ['$text.x', 'no "x" at $text, where there is text of 10 characters'],
    ['$text[*]', 'no list at $text, where there is text of 10 characters. Refer to a list.'],
    ['$two[*]', 'Name the list: "open", "closed".'],
    ['$a.__proto__', 'no "__proto__" at $a'],
    ['$a.constructor', 'no "constructor" at $a'],
  ])('%s leads nowhere, and says so', (text, message) => {
    expect(() => resolveReference(text, values)).toThrow(
      expect.objectContaining({ code: 'plan/invalid', message: expect.stringContaining(message) }),
    );
  });

  it('leads to 10,000 values at most', () => {
    const many = new Map<string, Json>([['a', Array.from({ length: 10_001 }, (_, at) => at)]]);
    expect(() => resolveReference('$a[*]', many)).toThrow('more than 10000 values');
    expect(resolveReference('$a', many)).toHaveLength(10_001);
  });

  it('never throws anything but its own, whatever it leads into', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.array(fc.constantFrom('.a', '.items', '[*]', '[0]', '["x y"]', '.b')),
        (value, steps) => {
          try {
            resolveReference(`$a${steps.join('')}`, new Map([['a', value as Json]]));
          } catch (error) {
            expect(error).toBeInstanceOf(TuttiError);
          }
        },
      ),
    );
  });

  it('finds every member of any object by its quoted name', () => {
    const key = fc.string({ maxLength: 20 }).filter((each) => !each.includes('"'));
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) => {
        const holder = Object.fromEntries([[name, value as Json]]);
        expect(resolveReference(`$a["${name}"]`, new Map([['a', holder]]))).toEqual(value);
      }),
    );
  });
});

describe('forEach', () => {
  it('goes over a list, or the only list of an object', () => {
    expect(resolveItems('$list', values)).toEqual([10, 20]);
    expect(resolveItems('$a', values)).toHaveLength(3);
    expect(resolveItems('$a.items[*].id', values)).toEqual([1, 2, 3]);
    expect(resolveItems('$none', values)).toEqual([]);
  });

  it('says what was found where there is none, and which lists there are', () => {
    expect(() => resolveItems('$two', values)).toThrow(
      '"$two" must lead to a list, but there is an object with "open", "closed". Name the list: "open", "closed".',
    );
    expect(() => resolveItems('$a.total', values)).toThrow('but there is a number. Refer to a list.');
  });
});

it('tells which calls a call refers to, each once, and not those that only look so', () => {
  const call = { id: 'c', server: 's', intent: '', dependsOn: ['z'] };
  expect(
    referencesIn({
      ...call,
      arguments: { text: '$q.x' },
      forEach: '$a.items',
      bind: { '/id': '$item.id', '/x': '$calls.b.x', '/y': '$a.total', '/z': 'no reference' },
    }),
  ).toEqual(['a', 'b']);
  expect(referencesIn(call)).toEqual([]);
});
