import { describe, expect, it } from 'vitest';
import { cleanText, stripControls, visibleJson } from './clean.ts';

describe('cleanText', () => {
  it('returns plain text as it is', () => {
    expect(cleanText('Grüße,\n\t日本語 ✓ 👩‍👧', 100)).toBe('Grüße,\n\t日本語 ✓ 👩‍👧');
  });

  it('takes out links, colours, titles and other escape sequences, finished or not', () => {
    expect(
      cleanText(
        'a\u001b]8;;http://x\u0007b\u001b]8;;\u001b\\c\u001b[31md\u001b[0m\u009b1me\u001bPq\u001b\\f',
        100,
      ),
    ).toBe('abcdef');
    expect(cleanText('a\u001b]0;never ends', 100)).toBe('a0;never ends');
    expect(cleanText('a\u001b[12', 100)).toBe('a');
  });

  it('takes out control, direction, zero-width and tag characters, and keeps one form of line end', () => {
    expect(cleanText('a\u0000b\u0085c\u202ed\u2066e\u200bf\ufeffg\u{e0041}h\u00adi\r\nj\rk', 100)).toBe(
      'abcdefghi\nj\nk',
    );
  });

  it('keeps joiners where they join', () => {
    expect(cleanText('می‌خواهم', 100)).toBe('می‌خواهم');
    expect(cleanText('a\u200db\u200c', 100)).toBe('ab');
  });

  it('cuts what is too long, between characters', () => {
    expect(cleanText('abcdef', 4)).toBe('abc…');
    expect(cleanText('ab😀def', 4)).toBe('ab…');
    expect(cleanText('abcd', 4)).toBe('abcd');
    expect(cleanText('x'.repeat(100_000), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  it('leaves nothing that a second pass would take out', () => {
    const text = '\u001b\u001b[31m[31m\u001b]\u001b]x\u0007\u0007end';
    expect(stripControls(stripControls(text))).toBe(stripControls(text));
    // oxlint-disable-next-line no-control-regex -- that none is left is the point
    expect(stripControls(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('visibleJson', () => {
  it('escapes what has no shape, so that nothing is left out and the value is the same', () => {
    const hidden =
      '\u200b\u202e\u2066\u00ad\u200d\ufeff\u3164\u115f\ufe0f\u00a0\u2003\u2800\u2028\u0085\u007f\u{e0041}';
    const json = JSON.stringify({ text: `rm${hidden}-rf  /`, 'k\u200by': 'Grüße 日本語 ✓' }, null, 2);
    const shown = visibleJson(json);
    expect(shown).toContain(
      String.raw`rm\u200b\u202e\u2066\u00ad\u200d\ufeff\u3164\u115f\ufe0f\u00a0\u2003\u2800\u2028`,
    );
    expect(shown).toContain(String.raw`\udb40\udc41-rf  /`);
    expect(shown).toContain('Grüße 日本語 ✓');
    expect(JSON.parse(shown)).toEqual(JSON.parse(json));
    expect(stripControls(shown)).toBe(shown);
  });
});
