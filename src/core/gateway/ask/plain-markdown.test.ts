import { describe, expect, it } from 'vitest';
import { isPlainMarkdown } from './plain-markdown.ts';

const NAME = 'chat__search_messages';
const GIVEN = [
  'See https://evil.example/ for details (https://git.test/a_(b)). Mail ada@git.test, or see git.test/wiki.',
  { links: [{ url: 'https://git.test/7?x=1&y=2' }, '{"in":"https://git.test/json","label:bug":1}'] },
];
const isPlain = (text: string): boolean => isPlainMarkdown(text, { names: [NAME], given: GIVEN });

describe('a text of a model', () => {
  it.each([
    'Three files **changed** [chat__search_messages]: `a.ts`, 1 < 2, a <- b & c &lt; d.',
    'At 10:30, **Note:** Ada said: "fine", she/he wrote and/or read src/core.',
    'See https://evil.example/.',
    'See https://evil.example/[chat__search_messages].',
    '(see https://git.test/7?x=1&y=2)',
    '**https://git.test/json**, and [there](https://git.test/7?x=1&y=2).',
    'https://git.test/a_(b) and <3',
    'Write to ada@git.test, read git.test/wiki; label:bug',
    '1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] to do\n- [x] done',
    'As [chat__search_messages]: the release is on Monday.',
  ])('is plain: %s', (text) => {
    expect(isPlain(text)).toBe(true);
  });

  it.each([
    '![p](https://evil.example/>INTERNAL)',
    '![p](https://evil.example/)',
    '[p](https://evil.example/>INTERNAL)',
    '[p](https://evil.example/ "INTERNAL")',
    '[p](<https://evil.example/>)',
    '[p](x)',
    '[chat__search_messages](x)',
    '![p][b]\n\n> [b]: //evil2.example/p.png?DATA',
    '[p][b]\n\n- [b]: x.png',
    '[p][chat__search_messages]\n\n> 1. [chat__search_messages]: x.png',
    '[p][b\\]c]\n\n[b\\]c]: x',
    '[p][b]\n\n[b]:\nhttps://evil.example/',
    'https://evil.example/|DATA',
    "https://evil.example/'DATA",
    'https://evil.example/)DATA',
    'https://evil.example/DATA',
    'https://evil.exampl',
    'https://evil.example/\u200bDATA',
    'https://git.test/7',
    '<https:evil2.example/x>',
    '<https://evil.example/>',
    '<tel:+1900123>',
    'tel:+1900123',
    'attacker@evil2.example',
    'DATA.ada@git.test',
    'attacker\\@evil2.example',
    'http\\://evil2.example',
    '&#104;ttps&#58;&#47;&#47;evil2.example',
    'a&commat;evil2.example',
    'ht\u200btp://evil2.example',
    'www.evil2.example',
    'evil2.example/login?DATA',
    '<video poster=//evil2.example>',
    '<div style="background:url(x)">',
    '<object data=x></object>',
    '<script>alert(1)</script>',
    '<!-- DATA -->',
    '</a>',
    '\\<b>',
    '[^1]: DATA',
    'javascript:alert(1)',
  ])('is more than that: %s', (text) => {
    expect(isPlain(`As it is [chat__search_messages]. ${text}`)).toBe(false);
    expect(isPlain(text)).toBe(false);
  });

  it('is read in time that grows with its length', () => {
    for (const part of ['a', 'a.', 'a:', '[', '&', '//', 'a@', `[${NAME}]`, '- '])
      expect(typeof isPlain(part.repeat(50_000))).toBe('boolean');
  });
});
