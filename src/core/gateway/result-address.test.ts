import { describe, expect, it } from 'vitest';
import { parseResultAddress } from './result-address.ts';

const grepping = (text: string) => `tutti://result/r1?grep=${encodeURIComponent(text)}`;

describe('the address of a stored result', () => {
  it('holds every text that lines may be looked for by, whatever its encoding takes', () => {
    for (const text of ['x'.repeat(1_000), '山'.repeat(1_000)])
      expect(parseResultAddress(grepping(text))).toEqual({ id: 'r1', query: { grep: text } });
  });

  it('is refused for its length with what was expected, not as unknown', () => {
    expect(parseResultAddress(grepping('x'.repeat(2_100)))).toMatchObject({ id: 'r1' });
    expect(() => parseResultAddress(grepping('x'.repeat(20_000)))).toThrow(
      'The query in the address of a stored result has 20005 characters; expected at most 16384, with a grep of at most 1000.',
    );
  });

  it('is none for anything else', () => {
    for (const uri of ['tutti://result/', 'tutti://other/r1', 'tutti://result/..%2f', 'tutti://result/r1#x'])
      expect(parseResultAddress(uri)).toBeUndefined();
  });
});
