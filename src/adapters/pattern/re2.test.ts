import { expect, it } from 'vitest';
import { TuttiError } from '../../core/kernel/errors.ts';
import { compileRe2 } from './re2.ts';

it('finds a pattern anywhere, or where it says', () => {
  expect(compileRe2('b+')('abbc')).toBe(true);
  expect(compileRe2('^b+$')('abbc')).toBe(false);
  expect(compileRe2('^b+$')('bb')).toBe(true);
  expect(compileRe2('(?i)DROP\\s+TABLE')('please drop \n table x')).toBe(true);
  expect(compileRe2('^\\p{L}+$')('naïveключ')).toBe(true);
});

it('answers the same every time', () => {
  const test = compileRe2('a');
  expect([test('a'), test('b'), test('a')]).toEqual([true, false, true]);
});

it('refuses what is no RE2', () => {
  for (const source of [
    '(',
    '[z-a]',
    '(?=a)b',
    '(a)\\1',
    'a{2000}',
    '((a{0,1000}){0,1000})',
    'x'.repeat(10_001),
  ]) {
    expect(() => compileRe2(source)).toThrow(TuttiError);
    expect(() => compileRe2(source)).toThrow(/Expected a regular expression in RE2 syntax/);
  }
});
