import type { Json, JsonObject } from '../../../kernel/json.ts';
import { isJsonObject } from '../../../kernel/json.ts';
import { nameWords } from './words.ts';

export type PropertyType = 'string' | 'number' | 'integer' | 'boolean';

/** One parameter that words can fill. */
export interface Property {
  /** Its name, or the names of the object that holds it and its own. */
  readonly path: readonly string[];
  /** Of its name, as stems. */
  readonly words: readonly string[];
  readonly type: PropertyType;
  /** Of the value; of each item where it is a list. */
  readonly schema: JsonObject;
  /** Set where it is a list. */
  readonly list?: JsonObject;
  readonly format: string | undefined;
  readonly values?: readonly (string | number)[];
  readonly description: string;
  readonly isRequired: boolean;
}

const MAX_PROPERTIES = 100;
const MAX_VALUES = 300;
const MAX_REFERENCES = 8;

/** The flat parameters of a schema, and those of its objects, one level deep. */
export function propertiesOf(schema: JsonObject): readonly Property[] {
  return membersOf(schema)
    .flatMap(([name, given]) => {
      const member = resolved(given, schema);
      const isRequired = requiredOf(schema).includes(name);
      const own = propertyOf({ path: [name], schema: member, root: schema, isRequired });
      if (own !== undefined) return [own];
      return membersOf(member).flatMap(([inner, each]) => {
        const needed = isRequired && requiredOf(member).includes(inner);
        const found = propertyOf({
          path: [name, inner],
          schema: resolved(each, schema),
          root: schema,
          isRequired: needed,
        });
        return found ?? [];
      });
    })
    .slice(0, MAX_PROPERTIES);
}

export function requiredOf(schema: JsonObject): readonly string[] {
  const required = schema['required'];
  return Array.isArray(required) ? required.filter((each: Json) => typeof each === 'string') : [];
}

export function membersOf(schema: JsonObject): readonly (readonly [string, JsonObject])[] {
  const { properties } = schema;
  if (properties === undefined || !isJsonObject(properties)) return [];
  return Object.entries(properties)
    .slice(0, MAX_PROPERTIES)
    .filter(([name]) => name !== '__proto__')
    .map(([name, value]) => [name, isJsonObject(value) ? value : {}]);
}

/** Behind references within the schema, and choices of which only one is not `null`. */
export function resolved(given: JsonObject, root: JsonObject): JsonObject {
  let schema = given;
  for (let round = 0; round < MAX_REFERENCES; round++) {
    const next = target(schema, root) ?? onlyChoice(schema);
    if (next === undefined) return schema;
    const { $ref: _ref, anyOf: _any, oneOf: _one, ...beside } = schema;
    schema = { ...next, ...beside };
  }
  return {};
}

function target({ $ref: reference }: JsonObject, root: JsonObject): JsonObject | undefined {
  const [, place, name] =
    typeof reference === 'string' ? (/^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? []) : [];
  if (place === undefined || name === undefined) return undefined;
  const all = Object.hasOwn(root, place) ? root[place] : undefined;
  const found = all !== undefined && isJsonObject(all) && Object.hasOwn(all, name) ? all[name] : undefined;
  return found !== undefined && isJsonObject(found) ? found : undefined;
}

function onlyChoice({ anyOf, oneOf }: JsonObject): JsonObject | undefined {
  const choices = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  const real = choices.filter((each: Json) => isJsonObject(each) && each['type'] !== 'null') as JsonObject[];
  return real.length === 1 ? real[0] : undefined;
}

interface Member {
  readonly path: readonly string[];
  readonly schema: JsonObject;
  readonly root: JsonObject;
  readonly isRequired: boolean;
}

function propertyOf({ path, schema, root, isRequired }: Member): Property | undefined {
  const list = typeIn(schema) === 'array' ? schema : undefined;
  const each = list === undefined ? schema : itemsOf(list, root);
  const values = valuesOf(each);
  const type = typeIn(each) ?? typeOf(values);
  if (!isScalar(type) || composed(schema) || composed(each)) return undefined;
  return {
    path,
    words: nameWords(path.at(-1) ?? ''),
    type,
    schema: each,
    ...(list ? { list } : {}),
    format: textAt(each, 'format'),
    ...(values ? { values } : {}),
    description: (textAt(schema, 'description') ?? '').slice(0, 500).toLowerCase(),
    isRequired,
  };
}

function textAt(schema: JsonObject, name: string): string | undefined {
  const value = schema[name];
  return typeof value === 'string' ? value : undefined;
}

/** Of values whose schema does not say it. */
function typeOf(values: Property['values']): PropertyType | undefined {
  if (values === undefined) return undefined;
  return typeof values[0] === 'number' ? 'number' : 'string';
}

function itemsOf({ items }: JsonObject, root: JsonObject): JsonObject {
  return items !== undefined && isJsonObject(items) ? resolved(items, root) : {};
}

function isScalar(type: string | undefined): type is PropertyType {
  return type === 'string' || type === 'number' || type === 'integer' || type === 'boolean';
}

/** What such schemas allow cannot be told by looking at single bounds. */
function composed(schema: JsonObject): boolean {
  return ['$ref', 'anyOf', 'oneOf', 'allOf', 'not', 'if'].some((key) => Object.hasOwn(schema, key));
}

function typeIn({ type }: JsonObject): string | undefined {
  if (typeof type === 'string') return type;
  if (!Array.isArray(type)) return undefined;
  const real = type.filter((each: Json) => each !== 'null');
  const [only] = real;
  return real.length === 1 && typeof only === 'string' ? only : undefined;
}

function valuesOf({ enum: values }: JsonObject): readonly (string | number)[] | undefined {
  if (!Array.isArray(values)) return undefined;
  return values
    .slice(0, MAX_VALUES)
    .filter((each: Json) => typeof each === 'string' || typeof each === 'number');
}
