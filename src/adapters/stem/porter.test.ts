import { expect, test } from 'vitest';
import { porterStem } from './porter.ts';

test.each([
  ['listing', 'listed', 'lists', 'list'],
  ['queries', 'query'],
  ['deploying', 'deployed', 'deploys', 'deploy'],
])('%s has the stem of its kin', (...words) => {
  expect(new Set(words.map((word) => porterStem(word))).size).toBe(1);
});

test('what is no English word stays whole', () => {
  expect(porterStem('')).toBe('');
  expect(porterStem('x86')).toBe('x86');
  expect(porterStem('\u6587\u4EF6')).toBe('\u6587\u4EF6');
});
