import { expect, test } from 'vitest';
import { PhraseTable } from './phrase.ts';
import { tokenize } from './token.ts';
import * as actions from './vocabulary/actions.ts';
import * as clauses from './vocabulary/clauses.ts';
import * as places from './vocabulary/places.ts';

const LIGHT =
  'the a an this that it is are was were be of on in at for with and or not has have i you we they as by from its your our their now step workflow client user'.split(
    ' ',
  );
const PAIRS = [...LIGHT, ...LIGHT.flatMap((one) => LIGHT.map((other) => `${one} ${other}`))];
/** These mean something even as such words. */
const MAY_BE_LIGHT = new Set([
  'INTRODUCTIONS',
  'LEADING_INTRODUCTIONS',
  'CONNECTIVES',
  'THIS_STEP_DOES',
  'LABELS',
  'ADVERBS',
  'SUBJECTS',
  'MODALS',
  'REASONS',
  'TOPICS',
  'NEGATION',
  'NOT_TO',
  'PURPOSE',
  'JOINTS',
  'AS_STATUS',
  'SET',
  'SET_TO',
  'ARTICLES',
  'AFTER_NAME',
  'NUMBERED',
  'ALLOWED_AFTER_BAN',
  'AFTER_TARGET',
  'AFTER_BARE_TARGET',
  'HAND_TO',
  'IN_CONTEXT',
  'DESCRIPTIVE_LABELS',
  'MOVE',
  'SET_STATUS',
]);

test('a slip of the pattern never makes a verb or a place of function words', () => {
  const weightless: string[] = [];
  for (const [name, table] of Object.entries({ ...actions, ...clauses, ...places })) {
    if (!(table instanceof PhraseTable) || MAY_BE_LIGHT.has(name)) continue;
    for (const text of PAIRS) {
      const tokens = tokenize(text);
      if (table.match(tokens, 0, tokens.length)?.next === tokens.length) weightless.push(`${name}: ${text}`);
    }
  }
  expect(weightless).toEqual(['THIS_STEP: this step']);
});

test('the longest phrase is found, optional words or not', () => {
  const table = PhraseTable.of([
    ['go|move back? to', 'to'],
    ['go', 'alone'],
  ]);
  const match = (text: string): unknown => table.match(tokenize(text), 0, tokenize(text).length);
  expect(match('go back to it')).toEqual({ value: 'to', next: 3 });
  expect(match('move to it')).toEqual({ value: 'to', next: 2 });
  expect(match('go away')).toEqual({ value: 'alone', next: 1 });
  expect(match('"go" to')).toBeUndefined();
  expect(match('moving to')).toBeUndefined();
});
