import { _, type CodeKeywordDefinition, type KeywordCxt } from 'ajv';
import { COST } from './bounds.ts';
import type { Cost } from './keywords.ts';
import { spending } from './spending.ts';

/** Counts the steps of every look that a schema takes at a value. */
export const cost: CodeKeywordDefinition = {
  keyword: COST,
  schemaType: 'object',
  code({ gen, data, schema }: KeywordCxt) {
    const of = schema as Cost;
    const spend = gen.scopeValue('func', {
      ref: of.perItem + of.perProperty + of.perCharacter > 0 ? spendBySize : spendAlways,
    });
    gen.code(_`${spend}(${data}, ${of.always}, ${of.perItem}, ${of.perProperty}, ${of.perCharacter})`);
  },
};

function spendAlways(_value: unknown, always: number): void {
  spending.spend(always);
}

function spendBySize(
  value: unknown,
  ...costs: readonly [always: number, item: number, property: number, character: number]
): void {
  const [always, perItem, perProperty, perCharacter] = costs;
  spending.spend(always);
  if (typeof value === 'string') spending.spend(value.length * perCharacter);
  else if (Array.isArray(value)) spending.spend(value.length * perItem);
  else if (perProperty > 0 && typeof value === 'object' && value !== null)
    spending.spend(Object.keys(value).length * perProperty);
}
