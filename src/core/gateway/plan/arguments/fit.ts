import type { Json, JsonObject } from '../../../kernel/json.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import { numberIn } from './figures.ts';
import type { Property } from './properties.ts';

/** Degrees are written with as many decimals as one likes, and never grouped. */
const PLACE = /^[+-]?\d{1,3}\.\d{1,15}$/;
const PLACES = /^(?:lat(?:itud)?|lon|lng|long|longitud)$/;

/** The value that a parameter takes from a text, if its schema allows it. */
export function valueFor(property: Property, text: string): Json | undefined {
  const { type, schema } = property;
  if (type === 'string') return allows(schema, text) ? text : undefined;
  if (type === 'boolean') return undefined;
  const number = isPlace(property) && PLACE.test(text) ? Number(text) : numberIn(text);
  if (number === undefined || (type === 'integer' && !Number.isInteger(number))) return undefined;
  return allows(schema, number) ? number : undefined;
}

/** A latitude or a longitude. */
export function isPlace({ words }: Property): boolean {
  return words.some((word) => PLACES.test(word));
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
