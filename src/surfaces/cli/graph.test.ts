import { describe, expect, it } from 'vitest';
import { toAscii, toSvg } from './graph.ts';

const flow = (name: string, when = ''): string =>
  `flowchart TD\n  s0["${name}"]\n  s1["Two"]\n  finish(["FINISH"])\n  s0 -->${when ? `|"${when}"|` : ''} s1\n  s1 -.-> finish`;
/** As Mermaid entities, whatever the character. */
const entities = (text: string): string =>
  Array.from(text, (character) => `#${character.codePointAt(0)};`).join('');

const hostile = [
  '</text><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  ']]><!--',
  '&lt;script&gt;&#60;b&#62;',
  'javascript:alert(1)',
  '@import url(https://evil.test/x)',
  '"] --> evil["x',
  '<b>bold</b> **x** <br/> \\n',
  '\u001B[31mred\u001B]8;;http://x\u0007',
  'line\nbreak\u2028\u202E',
];

describe('ASCII', () => {
  it('draws a box for each step, and its ways under it', () => {
    expect(toAscii(flow('▶ Write #34;it#34;', 'tests pass<br/>or are not #40;yet#41;'))).toBe(
      [
        '┌──────────────┐',
        '│ ▶ Write "it" │',
        '└┬─────────────┘',
        '  └─→ Two (tests pass; or are not (yet))',
        '┌─────┐',
        '│ Two │',
        '└┬────┘',
        '  └─→ FINISH (success, in order)',
        '┌────────┐',
        '│ FINISH │',
        '└────────┘',
      ].join('\n'),
    );
  });

  it('counts the columns that characters take', () => {
    const [top = '', box = ''] = toAscii(flow('日本é🎼')).split('\n');
    expect(top).toBe('┌─────────┐');
    expect(box).toBe('│ 日本é🎼 │');
  });

  it.each(hostile)('lets no control through, and draws one box for %j', (name) => {
    const drawn = toAscii(flow(entities(name)));
    expect(drawn).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    expect(drawn.match(/┌/g)).toHaveLength(3);
  });

  it('draws the largest workflow', () => {
    const lines = Array.from({ length: 500 }, (_each, at) => [
      `  s${at}["S${at}"]`,
      `  s${at} --> s${(at * 7) % 500}`,
      `  s${at} -.-> s${(at + 1) % 500}`,
    ]);
    const drawn = toAscii(['flowchart TD', ...lines.flat()].join('\n'));
    expect(drawn.match(/→/g)).toHaveLength(1_000);
    expect(() => toSvg(['flowchart TD', ...lines.flat()].join('\n'))).toThrow(/at most 100 steps/);
  });
});

describe('SVG', () => {
  it('is self-contained', () => {
    const svg = toSvg(flow('Write'));
    expect(svg).toMatch(/^<svg [^]*<\/svg>\s*$/);
    expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|@import|<script|<image|href/,
    );
  });

  it.each(hostile)('holds %j as text', (name) => {
    const plain = toSvg(flow('x'.repeat(Array.from(name).length), 'y'));
    const svg = toSvg(flow(entities(name), entities(name)));
    const tags = (text: string): string[] => text.match(/<\/?[a-z]+/gi) ?? [];
    expect(tags(svg)).toEqual(tags(plain));
    expect(svg).not.toMatch(/\son\w+\s*=\s*["']|@import/);
    expect(svg).not.toMatch(/[\uE000-\uF8FF]|\p{Cc}(?<!\n)/u);
  });

  it('shows the characters that entities mean', () => {
    expect(toSvg(flow('a #34;b#34; #60;c#62;'))).toContain('a &#34;b&#34; &#60;c&#62;');
  });
});
