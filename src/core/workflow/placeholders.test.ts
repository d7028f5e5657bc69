import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.ts';
import { findPlaceholders, renderInstructions } from './placeholders.ts';

const context: JsonObject = {
  name: 'Ada',
  empty: '',
  zero: 0,
  no: false,
  nothing: null,
  list: ['a', { b: ['c', 1.5] }],
  'with-dash': 'dash',
  größe: 'groß',
  '0': 'digit',
  ['__proto__']: { own: 'yes' },
  sneaky: '{{ context.name }} $& $1 {{file:x}}',
};

describe('rendering', () => {
  it.each([
    ['{{ context.name }}', 'Ada'],
    ['{{context.name}}{{  context.name  }}', 'AdaAda'],
    ['[{{ context.empty }}]', '[]'],
    ['{{ context.zero }} {{ context.no }} {{ context.nothing }}', '0 false null'],
    ['{{ context.list }}', '["a",{"b":["c",1.5]}]'],
    [
      '{{ context.list[0] }} {{ context.list.0 }} {{ context.list[1].b[0] }} {{ context.list[1].b.1 }}',
      'a a c 1.5',
    ],
    ['{{ context . list [ 1 ] . b }}', '["c",1.5]'],
    ['{{ context.with-dash }} {{ context.größe }} {{ context.0 }} {{ context[0] }}', 'dash groß digit digit'],
    ['{{ context.__proto__.own }}', 'yes'],
    ['{{ context.sneaky }}', '{{ context.name }} $& $1 {{file:x}}'],
    ['`{{ context.name }}`', '`Ada`'],
    ['{{{ context.name }}}', '{Ada}'],
  ])('fills in %j', (text, rendered) => {
    expect(renderInstructions(text, context)).toBe(rendered);
  });

  it.each([
    '{{ context.unknown }}',
    '{{ context.list[2] }}',
    '{{ context.list.length }}',
    '{{ context.name.length }}',
    '{{ context.name[0] }}',
    '{{ context.constructor }}',
    '{{ context.list.map }}',
    '{{ context.__proto__.toString }}',
    '{{ context }}',
    '{{ context. }}',
    '{{ context.name | upper }}',
    '{{ context.name + 1 }}',
    '{{ contexts.name }}',
    '{{ name }}',
    '{{ report.name }}',
    '{{\ncontext.name }}',
    '{ context.name }',
    '${context.name}',
    '${process.env.HOME}',
    '<%= context.name %>',
    '{{file:x.md}}',
    '{{ context.name',
    'context.name }}',
    '',
  ])('leaves %j as written', (text) => {
    expect(renderInstructions(text, context)).toBe(text);
  });

  it('never reads again what it filled in', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, value) => {
        const text = `${before.replaceAll('{', '')}{{ context.v }}`;
        expect(renderInstructions(text, { v: value })).toBe(before.replaceAll('{', '') + value);
      }),
    );
  });

  it('does not multiply a large value', () => {
    const large = 'x'.repeat(400_000);
    const rendered = renderInstructions('{{ context.large }}\n'.repeat(50_000), { large });
    expect(rendered.length).toBeLessThan(2 * 1_048_576);
    expect(rendered.startsWith(`${large}\n${large}\n{{ context.large }}\n`)).toBe(true);
    const deep = Object.fromEntries(
      Array.from({ length: 20_000 }, (_each, at) => [`k${at}`, 'x'.repeat(30)]),
    );
    const many = Array.from({ length: 50_000 }, (_each, at) => `{{ context.deep }}{{ context.a${at} }}`).join(
      '',
    );
    expect(renderInstructions(many, { deep }).length).toBeLessThan(4 * 1_048_576);
  });

  it.each(['{{', '{{ context.', '{{ context.a[', '{', '{{ context.a ', '}}', '{{}}', '{{ context.a.a'])(
    'takes time in proportion to the text: %j',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(renderInstructions(text, context)).toBe(text);
      expect(findPlaceholders(text).length).toBeLessThanOrEqual(text.length / 2);
    },
  );
});

describe('finding', () => {
  it('tells styles apart, in order', () => {
    const text = 'a {name} ${x.y} {{ context.a.b[0] }} {{ other }} <your name> {{ context }} {{file:x.md}}';
    expect(findPlaceholders(text)).toEqual([
      { text: '{name}', style: 'single', path: undefined, at: 2 },
      { text: '${x.y}', style: 'dollar', path: undefined, at: 9 },
      { text: '{{ context.a.b[0] }}', style: 'context', path: ['a', 'b', '0'], at: 16 },
      { text: '{{ other }}', style: 'double', path: undefined, at: 37 },
      { text: '<your name>', style: 'angle', path: undefined, at: 49 },
      { text: '{{ context }}', style: 'context', path: undefined, at: 61 },
      { text: '{{file:x.md}}', style: 'double', path: undefined, at: 75 },
    ]);
  });
});
