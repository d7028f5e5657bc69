import { describe, expect, it } from 'vitest';
import { enumerated } from './enumerated.ts';

const one = { type: 'object', properties: { number: { type: 'integer' } } };
const many = { type: 'object', properties: { numbers: { type: 'array', items: { type: 'integer' } } } };
const file = { type: 'object', properties: { path: { type: 'string' } } };
const words = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };

describe('several things of one kind', () => {
  it.each([
    ['show PR 123 and PR 124', one, ['show PR 123', 'show PR 124']],
    ['show PRs 123, 124 and 125 to me', one, ['show PR 123 to me', 'show PR 124 to me', 'show PR 125 to me']],
    ['show issues #1 and #2', one, ['show issue #1', 'show issue #2']],
    ['read a.txt and b.txt', file, ['read a.txt', 'read b.txt']],
  ])('are told apart where a tool takes one: %s', (text, schema, expected) => {
    expect(enumerated(text, schema, { now: 0 })).toEqual(expected);
  });

  it.each([
    ['show issues #1 and #2', many],
    ['show PR 123', one],
    ['show PR 123 and 5 comments', one],
    ['search for PR 123 and PR 124', words],
    ['copy a.txt and b.txt, c.txt with PR 1 and PR 2', file],
    ['show PR 123 and PR 124', { type: 'object' }],
    [`show PR 123 and PR 124${' and so on'.repeat(200)}`, one],
  ])('are left together where it takes all, or none: %s', (text, schema) => {
    expect(enumerated(text, schema, { now: 0 })).toBeUndefined();
  });
});
