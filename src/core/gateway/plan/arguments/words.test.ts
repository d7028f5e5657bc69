import { expect, it } from 'vitest';
import { tokenize } from './words.ts';

it.each([
  ['later.', 'later'],
  [`later${'.'.repeat(8_000)}`, 'later'],
  [`later${'.'.repeat(4_000)}x`, `later${'.'.repeat(4_000)}x`],
  ['docs/', 'docs/'],
  ['party🎉🎉', 'party'],
  ['𝒳!', '𝒳'],
])('takes the signs off the end of %j', (text, word) => {
  expect(tokenize(text).map((each) => each.text)).toEqual([word]);
});
