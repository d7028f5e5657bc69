import { describe, expect, it } from 'vitest';
import { enumerated } from './enumerated.ts';

const one = { type: 'object', properties: { number: { type: 'integer' } } };
const many = { type: 'object', properties: { numbers: { type: 'array', items: { type: 'integer' } } } };
const file = { type: 'object', properties: { path: { type: 'string' } } };
const key = { type: 'object', properties: { key: { type: 'string' } } };
const room = { type: 'object', properties: { room: { type: 'string' } } };
const order = { type: 'object', properties: { order_id: { type: 'integer' } } };
const state = {
  type: 'object',
  properties: { state: { type: 'string', enum: ['open', 'merged', 'closed'] } },
};
const channel = {
  type: 'object',
  properties: { channel: { type: 'string' }, text: { type: 'string' } },
  required: ['channel', 'text'],
};
const words = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };

describe('several things of one kind', () => {
  it.each([
    ['show PR 123 and PR 124', one, ['show PR 123', 'show PR 124']],
    ['show PRs 123, 124 and 125 to me', one, ['show PR 123 to me', 'show PR 124 to me', 'show PR 125 to me']],
    ['show issues #1 and #2', one, ['show issue #1', 'show issue #2']],
    ['read a.txt and b.txt', file, ['read a.txt', 'read b.txt']],
    ['show PRs 7 to 9', one, ['show PR 7', 'show PR 8', 'show PR 9']],
    ['show #7–#8', one, ['show #7', 'show #8']],
    ['show ABC-1 and abc-2', key, ['show ABC-1', 'show ABC-2']],
    [
      'talk in the rooms red, green and blue',
      room,
      ['talk in the rooms red', 'talk in the rooms green', 'talk in the rooms blue'],
    ],
    ['show tasks 1–3', one, ['show task 1', 'show task 2', 'show task 3']],
    ['show tasks between 5 and 6', one, ['show task 5', 'show task 6']],
    ['list open and merged requests', state, ['list open requests', 'list merged requests']],
    ['list open/closed requests', state, ['list open requests', 'list closed requests']],
    ['post "x" in lunch and backend', channel, ['post "x" in lunch', 'post "x" in backend']],
    ['show PRs 123,124', one, ['show PR 123', 'show PR 124']],
    ['cancel orders 5 and 7', order, ['cancel orders 5', 'cancel orders 7']],
  ])('are told apart where a tool takes one: %s', (text, schema, expected) => {
    expect(enumerated(text, schema, { now: 0 })).toEqual(expected);
  });

  it.each([
    ['show issues #1 and #2', many],
    ['show PR 123', one],
    ['close task 1,000', one],
    ['close task 2,5', one],
    ['show PRs 1 to 500', one],
    ['show PRs 9 to 7', one],
    ['join the room red and green ones', room],
    ['show PR 123 and 5 comments', one],
    ['search for PR 123 and PR 124', words],
    ['copy a.txt and b.txt, c.txt with PR 1 and PR 2', file],
    ['show PR 123 and PR 124', { type: 'object' }],
    [`show PR 123 and PR 124${' and so on'.repeat(200)}`, one],
  ])('are left together where it takes all, or none: %s', (text, schema) => {
    expect(enumerated(text, schema, { now: 0 })).toBeUndefined();
  });
});
