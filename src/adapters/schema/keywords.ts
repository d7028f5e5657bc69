import { isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.ts';

const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const MANY = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
const NAMED = new Set(['dependencies', 'dependentSchemas', 'patternProperties', 'properties']);
/** These hold schemas that count only where a reference leads to them. */
const SHELVES = new Set(['$defs', 'definitions']);

const PER_ITEM = ['additionalItems', 'contains', 'items', 'prefixItems', 'unevaluatedItems'];
const PER_PROPERTY = [
  'additionalProperties',
  'maxProperties',
  'minProperties',
  'propertyNames',
  'unevaluatedProperties',
];
const PER_CHARACTER = ['maxLength', 'minLength'];

/** Measured against a look at a number: a misfit that counts for nothing, finding a property, trying a pattern on its name, telling a character. */
const STEPS_A_MISS = 4;
const STEPS_A_PROPERTY = 10;
const STEPS_A_PATTERN = 40;
const STEPS_A_CHARACTER = 0.25;

/** A place in a schema where a schema stands. */
export interface Child {
  readonly value: Json;
  readonly onShelf: boolean;
  /** The name of the property that it describes, or of the place on a shelf. */
  readonly property?: string;
}

/** The schemas directly within a schema. */
export function* childrenOf(schema: JsonObject): Generator<Child> {
  for (const [keyword, value] of Object.entries(schema)) {
    const onShelf = SHELVES.has(keyword);
    if (Array.isArray(value)) {
      if (MANY.has(keyword)) for (const each of value as readonly Json[]) yield { value: each, onShelf };
    } else if (ONE.has(keyword)) {
      yield { value, onShelf };
    } else if ((onShelf || NAMED.has(keyword)) && isJsonObject(value)) {
      const isName = onShelf || keyword === 'properties';
      for (const [name, each] of schemasIn(value))
        yield isName ? { value: each, onShelf, property: name } : { value: each, onShelf };
    }
  }
}

function schemasIn(named: JsonObject): readonly (readonly [string, Json])[] {
  // In `dependencies` a list names properties.
  return Object.entries(named).filter(([, each]) => !Array.isArray(each));
}

/** What one look at a value by a schema costs in steps, without the schemas within it. */
export interface Cost {
  readonly always: number;
  readonly perItem: number;
  readonly perProperty: number;
  readonly perCharacter: number;
}

export function costOf(schema: JsonObject): Cost {
  const patterns = schema['patternProperties'];
  const patternCount = isJsonObject(patterns) ? Object.keys(patterns).length : 0;
  return {
    always: 2 + Object.entries(schema).reduce((sum, [keyword, value]) => sum + sizeOf(keyword, value), 0),
    perItem: countIn(schema, PER_ITEM) + (Object.hasOwn(schema, 'contains') ? STEPS_A_MISS : 0),
    perProperty: countIn(schema, PER_PROPERTY) * STEPS_A_PROPERTY + patternCount * STEPS_A_PATTERN,
    perCharacter: countIn(schema, PER_CHARACTER) * STEPS_A_CHARACTER,
  };
}

/** Lists and tables are gone through entry by entry, values to compare with by all they hold. */
function sizeOf(keyword: string, value: Json): number {
  if (keyword === 'enum' || keyword === 'const') return nodesIn(value);
  if (SHELVES.has(keyword) || typeof value !== 'object' || value === null) return 0;
  if (!Array.isArray(value)) return Object.keys(value).length;
  return keyword === 'anyOf' || keyword === 'oneOf' ? value.length * STEPS_A_MISS : value.length;
}

function nodesIn(value: Json): number {
  if (value === null || typeof value !== 'object') return 1;
  return Object.values(value).reduce<number>((sum, each: Json) => sum + nodesIn(each), 1);
}

function countIn(schema: JsonObject, keywords: readonly string[]): number {
  return keywords.filter((keyword) => Object.hasOwn(schema, keyword)).length;
}
