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
  it('draws names and conditions, and marks nothing of its own', () => {
    const drawn = toAscii(flow('Write #34;it#34;', 'tests pass<br/>or are skipped'));
    expect(drawn).toContain('Write "it"');
    expect(drawn).toContain('tests pass / or are skipped');
    expect(drawn).toContain('FINISH');
    expect(drawn).not.toMatch(/[\uE000-\uF8FF]/);
  });

  it('keeps boxes whole around entities', () => {
    const boxes = (text: string): string[] => text.split('\n').filter((line) => /[┌└]/.test(line));
    expect(boxes(toAscii(flow('a#34;b')))).toEqual(boxes(toAscii(flow('axb'))));
  });

  it.each(hostile)('lets no control through, and draws one box for %j', (name) => {
    const drawn = toAscii(flow(entities(name)));
    expect(drawn).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    expect(drawn.match(/┌/g)).toHaveLength(2);
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
