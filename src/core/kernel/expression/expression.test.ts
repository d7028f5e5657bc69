import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { holds, readKeys } from './evaluate.ts';
import type { Dialect, Expression } from './expression.ts';
import { EXPRESSION_MAX_DEPTH, EXPRESSION_MAX_LENGTH, ExpressionFault } from './expression.ts';
import { parseExpression } from './parser.ts';
import { pathsOf } from './paths.ts';
import { printExpression } from './print.ts';

const dialect: Dialect = { roots: ['context', 'report'], defaultRoot: 'context' };
const picture: Json = {
  context: {
    n: 3,
    zero: 0,
    name: 'Ada',
    list: ['a', 'b'],
    none: null,
    yes: true,
    no: false,
    deep: { rows: [{ id: 7 }] },
    empty: {},
  },
  report: { status: 'success', result: 'all good' },
};
const evaluate = (text: string): boolean =>
  holds(parseExpression(text, dialect), (root, keys) => readKeys(picture, [root, ...keys]));

describe('what holds', () => {
  test.each([
    'n == 3',
    'context.n == 3',
    'n != 4',
    'n >= 3 and n <= 3',
    'not (n < 3)',
    '!(n > 3)',
    'name == "Ada"',
    "name startsWith 'A' && name endsWith 'a'",
    'report.result contains "good"',
    'list contains "b"',
    'list[1] == "b"',
    'deep.rows[0].id == 7',
    'context["name"] == "Ada"',
    'n in [1, 2, 3]',
    'n not in [1, 2]',
    'missing is empty',
    'list is not empty',
    'empty is empty',
    'name exists',
    'not missing exists',
    'none == null',
    'missing == null',
    'yes',
    'no or yes',
    'no and no or yes',
    'zero == -0',
    '"b" > "a"',
    'n == 3.0',
    'n < 1e3',
  ])('%s', (text) => {
    expect(evaluate(text)).toBe(true);
  });
});

describe('what does not hold, and never throws', () => {
  test.each([
    'n == "3"',
    'name > 3',
    'name < 3',
    'missing > 1',
    'missing < 1',
    'list > 1',
    'list == list',
    'n contains 3',
    'n in 3',
    'n',
    'name',
    'no',
    'missing exists',
    'none exists',
    'context.__proto__ exists',
    'context.constructor exists',
    'name.length exists',
    'list.length exists',
    'list["0"] exists',
    'deep[0] exists',
  ])('%s', (text) => {
    expect(evaluate(text)).toBe(false);
  });
});

describe('faults', () => {
  test.each([
    ['', 0, 'a value'],
    ['n ==', 4, 'a value'],
    ['n == 3 3', 7, 'an operator'],
    ['(n', 2, '")"'],
    ['n = 3', 2, 'a name, a value or an operator'],
    ['"open', 0, 'closing'],
    ['[1, 2', 5, '","'],
    ['n is 3', 5, '"empty"'],
    ['context.', 8, 'a name after "."'],
    ['list[x]', 5, 'a number'],
    ['and', 0, 'a value or a name'],
    ['3x', 1, 'an operator'],
    ['- n', 2, 'a number'],
    ['list[1.5]', 8, 'a whole number'],
  ])('%j at %i', (text, offset, expected) => {
    const fault = faultOf(text);
    expect(fault.offset).toBe(offset);
    expect(fault.message).toContain(expected);
  });

  test('length and depth are bounded', () => {
    expect(faultOf('x'.repeat(EXPRESSION_MAX_LENGTH + 1)).message).toContain('at most');
    const nested = (depth: number): string => `${'('.repeat(depth)}n${')'.repeat(depth)}`;
    expect(() => parseExpression(nested(EXPRESSION_MAX_DEPTH), dialect)).not.toThrow();
    expect(faultOf(nested(EXPRESSION_MAX_DEPTH + 1)).message).toContain('nesting');
    expect(faultOf('!'.repeat(EXPRESSION_MAX_DEPTH + 1)).message).toContain('nesting');
  });
});

function faultOf(text: string): ExpressionFault {
  try {
    parseExpression(text, dialect);
  } catch (error) {
    if (error instanceof ExpressionFault) return error;
  }
  throw new Error(`No fault in ${JSON.stringify(text)}.`);
}

test('paths are found in every part', () => {
  const paths = pathsOf(parseExpression('a.b == 1 and (c in [d, 2] or not report.status exists)', dialect));
  expect(paths.map(({ root, keys }) => [root, ...keys].join('.'))).toEqual([
    'context.a.b',
    'context.c',
    'context.d',
    'report.status',
  ]);
});

describe('properties', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'n',
      'context',
      '.',
      '[',
      ']',
      '(',
      ')',
      'and',
      'or',
      'not',
      'in',
      'is',
      'empty',
      'exists',
      '==',
      '!=',
      '<',
      '"',
      "'",
      '\\',
      ',',
      '-',
      '1',
      '1e',
      ' ',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );

  test('the parser throws its own fault or nothing', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        try {
          holds(parseExpression(text, dialect), (root, keys) => readKeys(picture, [root, ...keys]));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionFault);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['\\b', '\b', '\\f', '\f', '\\', '\\\\b', '\\u0041', '\u0001', 'a\\nb', '\n"'])(
    'printing and parsing give the same text: %j',
    (value) => {
      const expression: Expression = { kind: 'literal', value };
      expect(parseExpression(printExpression(expression), dialect)).toEqual(expression);
    },
  );

  test('printing and parsing give the same expression', () => {
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(parseExpression(printExpression(expression), dialect)).toEqual(expression);
      }),
    );
  });
});

const literal: fc.Arbitrary<Expression> = fc
  .oneof(
    fc.constant(null),
    fc.boolean(),
    fc.string({ maxLength: 8 }),
    fc.integer({ min: -1_000, max: 1_000 }),
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
      .filter((each) => !Object.is(each, -0) && (each === 0 || Math.abs(each) > 1e-6)),
  )
  .map((value) => ({ kind: 'literal', value }));
const path: fc.Arbitrary<Expression> = fc
  .tuple(
    fc.constantFrom('context', 'report'),
    fc.array(fc.oneof(fc.string({ maxLength: 6 }), fc.nat(20)), { maxLength: 3 }),
  )
  .map(([root, keys]) => ({ kind: 'path', root, keys }));
const { expression: expressions } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    literal,
    path,
    fc.array(fc.oneof(literal, path), { maxLength: 3 }).map((items): Expression => ({ kind: 'list', items })),
    tie('expression').map((of): Expression => ({ kind: 'not', of })),
    fc
      .tuple(
        fc.constantFrom('all' as const, 'any' as const),
        fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
      )
      .map(([kind, of]): Expression => ({ kind, of })),
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('expression'), tie('expression'))
      .map(([op, left, right]): Expression => ({ kind: 'compare', op, left, right })),
    fc
      .tuple(fc.constantFrom('contains', 'startsWith', 'endsWith'), tie('expression'), tie('expression'))
      .map(([op, left, right]): Expression => ({ kind: 'test', op, left, right })),
    fc
      .tuple(tie('expression'), tie('expression'))
      .map(([left, right]): Expression => ({ kind: 'in', left, right })),
    fc
      .tuple(fc.constantFrom('empty' as const, 'exists' as const), tie('expression'))
      .map(([kind, of]): Expression => ({ kind, of })),
  ),
}));

describe('patterns', () => {
  const checkPattern = (pattern: string): void => {
    if (pattern === '(') throw new Error('unbalanced');
  };
  const rules: Dialect = { roots: ['tool'], defaultRoot: '', checkPattern };
  const match = (pattern: string, text: string): boolean => text.includes(pattern);
  const decide = (text: string, tool: Json): boolean =>
    holds(parseExpression(text, rules), () => tool, match);

  test('are asked of whoever compiled them, about texts only', () => {
    expect(decide(`tool matches 'bc'`, 'abcd')).toBe(true);
    expect(decide(`not tool matches 'bc'`, 'abcd')).toBe(false);
    expect(decide(`tool matches '1'`, 1)).toBe(false);
    expect(holds(parseExpression(`tool matches 'a'`, rules), () => 'a')).toBe(false);
  });

  test('are plain data that prints and parses again', () => {
    const parsed = parseExpression(`tool matches "a\\\\.b" and tool exists`, rules);
    expect(structuredClone(parsed)).toEqual(parsed);
    expect(parseExpression(printExpression(parsed), rules)).toEqual(parsed);
    expect(pathsOf(parsed)).toHaveLength(2);
  });

  test('are refused where they stand when they are no pattern, or none is written', () => {
    expect(() => parseExpression(`tool matches '('`, rules)).toThrow('unbalanced');
    expect(() => parseExpression('tool matches tool', rules)).toThrow('a quoted pattern');
  });

  test('are unknown to dialects that check none, where the word is a name like any other', () => {
    expect(parseExpression('matches == 1', dialect)).toMatchObject({ left: { keys: ['matches'] } });
    expect(() => parseExpression(`name matches 'a'`, dialect)).toThrow('an operator or the end');
  });
});
