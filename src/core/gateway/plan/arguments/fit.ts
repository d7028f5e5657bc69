import type { Json, JsonObject } from '../../../kernel/json.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import type { Property } from './properties.ts';

/** The value that a parameter takes from a text, if its schema allows it. */
export function valueFor({ type, schema }: Property, text: string): Json | undefined {
  if (type === 'string') return allows(schema, text) ? text : undefined;
  if (type === 'boolean') return undefined;
  const number = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
  if (number === undefined || (type === 'integer' && !Number.isInteger(number))) return undefined;
  return allows(schema, number) ? number : undefined;
}

/** By its bounds; a pattern is left to whoever checks the whole. */
export function allows(schema: JsonObject, value: Json): boolean {
  const { enum: values, const: only } = schema;
  if (Array.isArray(values) && !values.includes(value)) return false;
  if (only !== undefined && canonicalJson(only) !== canonicalJson(value)) return false;
  if (typeof value === 'number') return allowsNumber(schema, value);
  return typeof value === 'string'
    ? within(schema, Array.from(value).length, ['minLength', 'maxLength'])
    : true;
}

export function allowsList(schema: JsonObject, list: readonly Json[]): boolean {
  return allows({ ...schema, minLength: 0 }, list) && within(schema, list.length, ['minItems', 'maxItems']);
}

function allowsNumber(schema: JsonObject, value: number): boolean {
  const { exclusiveMinimum: above, exclusiveMaximum: below, multipleOf: step } = schema;
  if (typeof above === 'number' && value <= above) return false;
  if (typeof below === 'number' && value >= below) return false;
  if (typeof step === 'number' && step > 0 && !Number.isInteger(value / step)) return false;
  return within(schema, value, ['minimum', 'maximum']);
}

function within(schema: JsonObject, value: number, [least, most]: readonly [string, string]): boolean {
  const [low, high] = [schema[least], schema[most]];
  return !(typeof low === 'number' && value < low) && !(typeof high === 'number' && value > high);
}
