import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { argumentsOf, placeFaults } from './bind.ts';
import type { PlannedCall } from './plan.ts';

const values = new Map<string, Json>([['a', { ids: [1, 2], name: 'n', self: { deep: true } }]]);
const call = (bind: Readonly<Record<string, string>>, given?: JsonObject): PlannedCall => ({
  id: 'b',
  server: 's',
  intent: '',
  dependsOn: [],
  bind,
  ...(given ? { arguments: given } : {}),
});

describe('bound arguments', () => {
  it.each<[string, PlannedCall, JsonObject]>([
    ['stand beside the given ones', call({ '/ids': '$a.ids' }, { limit: 3 }), { limit: 3, ids: [1, 2] }],
    ['replace a given one', call({ '/name': '$a.name' }, { name: 'old' }), { name: 'n' }],
    ['make objects on the way', call({ '/x/y/z': '$a.name' }), { x: { y: { z: 'n' } } }],
    ['go into given objects', call({ '/x/y': '$a.name' }, { x: { z: 1 } }), { x: { z: 1, y: 'n' } }],
    ['go into lists by index', call({ '/x/0': '$a.name' }, { x: ['old', 'kept'] }), { x: ['n', 'kept'] }],
    ['are added to lists', call({ '/x/-': '$a.name' }, { x: ['kept'] }), { x: ['kept', 'n'] }],
    ['begin a list', call({ '/x/-': '$a.name' }), { x: ['n'] }],
    [
      'fill a list in order of its indexes',
      call({ '/x/1': '$a.name', '/x/0': '$a.ids[0]', '/x/-': '$a.ids[1]' }),
      { x: [1, 'n', 2] },
    ],
    ['go into objects of lists', call({ '/x/0/id': '$a.ids[1]' }), { x: [{ id: 2 }] }],
    ['have escaped names', call({ '/a~1b~0c': '$a.name' }), { 'a/b~c': 'n' }],
    ['may have an empty name', call({ '/': '$a.name' }), { '': 'n' }],
  ])('%s', (_name, given, expected) => {
    expect(placeFaults(given)).toEqual([]);
    expect(argumentsOf(given, values)).toEqual(expected);
  });

  it('take the item at hand', () => {
    expect(argumentsOf(call({ '/id': '$item.id', '/n': '$a.name' }), values, { id: 5 })).toEqual({
      id: 5,
      n: 'n',
    });
  });

  it('leave the plan as it was', () => {
    const given = call({ '/x/y': '$a.name', '/l/-': '$a.name' }, { x: { z: 1 }, l: [1] });
    const before = structuredClone(given);
    argumentsOf(given, values);
    expect(given).toEqual(before);
  });

  it('are none without bindings', () => {
    expect(argumentsOf({ id: 'a', server: 's', intent: '', dependsOn: [] }, values)).toEqual({});
  });

  it.each<[string, PlannedCall, string]>([
    ['what is no pointer', call({ ids: '$a.ids' }), 'must be a JSON pointer'],
    ['all of the arguments', call({ '': '$a' }), 'must be a JSON pointer'],
    ['a bad escape', call({ '/a~2': '$a' }), 'must be a JSON pointer'],
    ['a prototype', call({ '/__proto__/x': '$a.name' }), 'names __proto__'],
    ['a constructor', call({ '/x/constructor': '$a.name' }), 'names constructor'],
    [
      'the inside of text',
      call({ '/x/y': '$a.name' }, { x: 'text' }),
      'leads into an argument that is no object',
    ],
    ['an item beyond a list', call({ '/x/2': '$a.name' }, { x: [1] }), 'needs an index of a list of 1 items'],
    ['a member of a list', call({ '/x/y': '$a.name' }, { x: [1] }), 'needs an index of a list'],
  ])('refuse %s', (_name, given, message) => {
    expect(placeFaults(given)).toEqual([expect.stringContaining(message)]);
    expect(() => argumentsOf(given, values)).toThrow(
      expect.objectContaining({ code: 'plan/invalid', message: expect.stringContaining(message) }),
    );
  });

  it('refuse one place twice', () => {
    expect(placeFaults(call({ '/x': '$a', '/x/y': '$a.name' }))).toEqual([
      'Bindings "/x" and "/x/y" fill the same place. Keep one of them.',
    ]);
  });

  it('refuse more bindings than anybody writes', () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`/x${at}`, '$a']));
    expect(placeFaults(call(many))).toEqual([expect.stringContaining('at most 64')]);
  });

  it('reach no prototype, whatever the pointer', () => {
    const token = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'prototype', '-', '0', 'a'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 5 }), (tokens) => {
        const given = call({ [tokens.map((each) => `/${each}`).join('')]: '$a.name' });
        const faults = placeFaults(given);
        if (faults.length === 0) argumentsOf(given, values);
        else expect(() => argumentsOf(given, values)).toThrow(faults[0]);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});
