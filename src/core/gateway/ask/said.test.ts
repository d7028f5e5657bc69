import { describe, expect, it } from 'vitest';
import type { Json } from '../../kernel/json.ts';
import { saidIn, shareSaid } from './said.ts';

const said = saidIn(
  'Post "Hello,  World" to #lunch, close PR 17 and 2.5 in src/app.ts for ada@x.test, 1,250 on 2026-01-02, -9',
);

describe('what was said', () => {
  it.each<Json>([
    'hello, world',
    '#lunch',
    'lunch',
    17,
    '17',
    2.5,
    '2026-01-02',
    '1,250',
    -9,
    'src/app.ts',
    'app.ts',
    'ada@x.test',
    ['lunch', 17],
    { number: 17, channel: ['lunch'] },
  ])('holds %j', (value) => {
    expect(said.holds(value)).toBe(true);
  });

  it.each<Json>([
    '',
    ' ',
    'lun',
    'unch',
    7,
    5,
    1,
    250,
    2026,
    9,
    'bob',
    true,
    null,
    [],
    {},
    ['lunch', 18],
    { number: 17, channel: 'dinner' },
    [[]],
  ])('does not hold %j', (value) => {
    expect(said.holds(value)).toBe(false);
  });

  it('has every word of a text, in any order, or not', () => {
    expect(said.hasAllOf('close 17, PR')).toBe(true);
    expect(said.hasAllOf('close PR 18')).toBe(false);
  });

  it('covers a piece by share of its words', () => {
    expect(shareSaid('list the members', ['list members of it'])).toBeCloseTo(2 / 3);
    expect(shareSaid('a b', [])).toBe(1);
    expect(shareSaid('play jazz', ['list members'])).toBe(0);
  });
});
