import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, test, vi } from 'vitest';
import type { Block } from '../../core/kernel/document.ts';
import { parseMarkdown } from './mdast.ts';

vi.mock('mdast-util-from-markdown', { spy: true });

const source = `---
max_visits: 3
tags: [a, b]
---
# Orchestrator *Guidance*

If \`x\` is **true**, go to [Build](steps/build.md).
Second line  
after a break.

- first
  1. nested
- **[Linked](steps/linked.md)** and more

| \`status\` | Next |
| --- | --- |
| success | **Build** |

> quoted

\`\`\`sh
# not a heading
\`\`\`

***
<!-- unseen -->
`;

describe('blocks', () => {
  const { blocks, frontMatter } = parseMarkdown(source);
  const ofKind = <K extends Block['kind']>(kind: K): Extract<Block, { kind: K }> =>
    blocks.find((block): block is Extract<Block, { kind: K }> => block.kind === kind)!;

  test('front matter is data', () => {
    expect(frontMatter).toEqual({ max_visits: 3, tags: ['a', 'b'] });
  });

  test('inline marks go, code keeps its backticks, a link is its text', () => {
    expect(ofKind('heading')).toMatchObject({ depth: 1, text: 'Orchestrator Guidance', line: 5 });
    expect(ofKind('paragraph').text).toBe('If `x` is true, go to Build.\nSecond line\nafter a break.');
  });

  test('items hold blocks and the link they begin with', () => {
    const [first, second] = ofKind('list').items;
    expect(first?.blocks.map(({ kind }) => kind)).toEqual(['paragraph', 'list']);
    expect(first?.link).toBeUndefined();
    expect(second?.link).toEqual({ text: 'Linked', href: 'steps/linked.md' });
    expect(second?.line).toBe(13);
  });

  test('tables, quotes, code and the rest', () => {
    expect(ofKind('table')).toMatchObject({
      header: ['`status`', 'Next'],
      rows: [{ cells: ['success', 'Build'], line: 17 }],
    });
    expect(ofKind('quote').blocks).toMatchObject([{ kind: 'paragraph', text: 'quoted' }]);
    expect(ofKind('code')).toMatchObject({ text: '# not a heading', language: 'sh' });
    expect(blocks.filter(({ kind }) => kind === 'other')).toHaveLength(2);
  });

  test('offsets give the block as written', () => {
    const { start, end } = ofKind('quote');
    expect(source.slice(start, end)).toBe('> quoted');
  });
});

test('lines and offsets hold with a byte order mark and CRLF', () => {
  const text = '\uFEFF# A\r\n\r\ntext\r\n';
  const { blocks } = parseMarkdown(text);
  expect(blocks.map(({ line }) => line)).toEqual([1, 3]);
  expect(text.slice(blocks[1]?.start, blocks[1]?.end)).toBe('text');
});

describe('front matter', () => {
  test('its absence is no fault', () => {
    const { frontMatter, frontMatterFault } = parseMarkdown('# A');
    expect([frontMatter, frontMatterFault]).toEqual([undefined, undefined]);
  });

  test('a fault has its line in the file', () => {
    expect(parseMarkdown('---\na: 1\nb: [\n---\n').frontMatterFault?.line).toBeGreaterThan(2);
  });

  test('what JSON cannot hold is a fault, not an exception', () => {
    expect(parseMarkdown('---\na: .nan\n---\n').frontMatterFault?.message).toContain('JSON');
  });

  test('aliases cannot blow up', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [one, other] of ['ab', 'bc', 'cd', 'de', 'ef'])
      bomb.push(`${other}: &${other} [${Array.from({ length: 9 }, () => `*${one}`).join(', ')}]`);
    expect(parseMarkdown(`---\n${bomb.join('\n')}\n---\n`).frontMatterFault).toBeDefined();
  });
});

test.each(['>', '- ', '1. ', '> - '])('nesting without end is a fault with its line: %j', (mark) => {
  const { blocks, frontMatterFault } = parseMarkdown(`# A\n\n${mark.repeat(10_000)}x`);
  expect(frontMatterFault?.line).toBe(3);
  expect(blocks.map(({ kind }) => kind)).toEqual(['other']);
});

test('emphasis without end is a fault with its line', () => {
  expect(parseMarkdown(`fine\n\n${'a*'.repeat(5_000)}`).frontMatterFault?.line).toBe(3);
});

test.each([
  ['quotes', '>'.repeat(4_096)],
  ['quotes on lines that end in a carriage return', `a\r${'>'.repeat(4_096)}`],
  ['emphasis', '*a_'.repeat(21_845)],
  ['links', '[a](<b'.repeat(43_690)],
  ['underlined headings', 'a\n-\n'.repeat(65_536)],
  ['lines that go on in a quote', `> a\n${'a\n'.repeat(131_072)}`],
  ['items', '- a\n  - b\n    - c\n'.repeat(13_797)],
  ['rows', `| a | b |\n|---|---|\n${'| a | b |\n'.repeat(26_214)}`],
  ['cells', `|${'a|'.repeat(65_536)}\n|${'-|'.repeat(65_536)}`],
])('%s without number are left unread, at once', (_what, text) => {
  vi.mocked(fromMarkdown).mockClear();
  const { blocks, frontMatterFault } = parseMarkdown(text);
  // It would take seconds to minutes.
  expect(fromMarkdown).not.toHaveBeenCalled();
  expect(frontMatterFault?.line).toBeGreaterThan(0);
  expect(blocks).toEqual([{ kind: 'other', line: 1, start: 0, end: text.length }]);
});

test('nesting in a front matter is a fault, however deep', () => {
  expect(parseMarkdown(`---\na: ${'['.repeat(30_000)}\n---\n`).frontMatterFault).toBeDefined();
});

test('a large page that a person could have written is read', () => {
  const section = `## Part\n\n${'Some *words* of [prose](x.md).\n'.repeat(20)}\n- one\n- two\n\n\`\`\`\n${'- *a* | b\n'.repeat(200)}\`\`\`\n\n`;
  expect(parseMarkdown(section.repeat(90)).blocks).toHaveLength(360);
});

test('long rules are no nesting', () => {
  expect(parseMarkdown(`${'-'.repeat(200)}\n\n${'*'.repeat(200)}`).blocks.map(({ kind }) => kind)).toEqual([
    'other',
    'other',
  ]);
});

test('every text is Markdown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { blocks } = parseMarkdown(text);
      for (const { start, end } of blocks) expect(end).toBeGreaterThanOrEqual(start);
    }),
  );
});
