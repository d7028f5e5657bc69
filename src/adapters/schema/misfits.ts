import type { ErrorObject } from 'ajv';
import type { Misfit } from '../../core/ports/schema.ts';

const MAX_MISFITS = 10;
/** There may be very many, and reading them takes time as well. */
const MAX_READ = 100;
const MAX_SHOWN = 60;
const MAX_LISTED = 12;

/** What Ajv found, in our words: the deepest first among those that say the same. */
export function toMisfits(errors: readonly ErrorObject[]): readonly Misfit[] {
  const misfits = new Map<string, Misfit>();
  for (const error of withoutNoise(errors.slice(0, MAX_READ))) {
    const misfit = { path: error.instancePath, message: messageOf(error) };
    misfits.set(`${misfit.path}\n${misfit.message}`, misfit);
    if (misfits.size === MAX_MISFITS) break;
  }
  return [...misfits.values()];
}

/** `if` and `allOf` only repeat what their parts say; of alternatives that ask for other types one line is enough. */
function withoutNoise(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const isCovered = (error: ErrorObject) =>
    error.keyword === 'type' &&
    unions.some(
      (union) => union !== error && union.instancePath === error.instancePath && typesOf(union) !== undefined,
    );
  return errors.filter((error) => error.keyword !== 'if' && !isCovered(error));
}

/** What is expected, with the words for what was found, by keyword. */
const expectations: Readonly<Record<string, (error: ErrorObject) => string>> = {
  additionalProperties: ({ params }) => `no property ${show(params['additionalProperty'])}, found one`,
  unevaluatedProperties: ({ params }) => `no property ${show(params['unevaluatedProperty'])}, found one`,
  required: ({ params }) => `the property ${show(params['missingProperty'])}, found none`,
  dependentRequired: ({ params }) =>
    `the property ${show(params['missingProperty'])} beside ${show(params['property'])}, found none`,
  dependencies: ({ params }) =>
    `the property ${show(params['missingProperty'])} beside ${show(params['property'])}, found none`,
  propertyNames: ({ params }) => `other names of properties, found ${show(params['propertyName'])}`,
  type: ({ schema, data }) => `${typeNames(schema)}, found ${describe(data)}`,
  enum: ({ schema, data }) => `one of ${listed(schema)}, found ${describe(data)}`,
  const: ({ schema, data }) => `${show(schema)}, found ${describe(data)}`,
  minimum: ({ schema, data }) => `at least ${show(schema)}, found ${show(data)}`,
  maximum: ({ schema, data }) => `at most ${show(schema)}, found ${show(data)}`,
  exclusiveMinimum: ({ schema, data }) => `more than ${show(schema)}, found ${show(data)}`,
  exclusiveMaximum: ({ schema, data }) => `less than ${show(schema)}, found ${show(data)}`,
  multipleOf: ({ schema, data }) => `a multiple of ${show(schema)}, found ${show(data)}`,
  minLength: ({ schema, data }) => `at least ${show(schema)} characters, found ${describe(data)}`,
  maxLength: ({ schema, data }) => `at most ${show(schema)} characters, found ${lengthOf(data)}`,
  pattern: ({ schema, data }) => `text that matches ${show(schema)}, found ${describe(data)}`,
  format: ({ schema, data }) => `text in the format ${show(schema)}, found ${describe(data)}`,
  minItems: ({ schema, data }) => `at least ${show(schema)} items, found ${lengthOf(data)}`,
  maxItems: ({ schema, data }) => `at most ${show(schema)} items, found ${lengthOf(data)}`,
  uniqueItems: () => 'items that all differ, found two that are equal',
  contains: ({ params }) =>
    `at least ${show(params['minContains'] ?? 1)} items of the kind asked for, found too few or too many`,
  items: ({ params, data }) => `at most ${show(params['limit'])} items, found ${lengthOf(data)}`,
  additionalItems: ({ params, data }) => `at most ${show(params['limit'])} items, found ${lengthOf(data)}`,
  unevaluatedItems: ({ params, data }) => `at most ${show(params['len'])} items, found ${lengthOf(data)}`,
  minProperties: ({ schema, data }) => `at least ${show(schema)} properties, found ${lengthOf(data)}`,
  maxProperties: ({ schema, data }) => `at most ${show(schema)} properties, found ${lengthOf(data)}`,
  not: ({ data }) => `a value that the schema does not rule out, found ${describe(data)}`,
  'false schema': ({ data }) => `nothing here, found ${describe(data)}`,
  anyOf: (error) => alternatives(error),
  oneOf: (error) => alternatives(error),
};

function messageOf(error: ErrorObject): string {
  const expectation = expectations[error.keyword];
  return `expected ${expectation?.(error) ?? `what "${error.keyword}" asks for, found ${describe(error.data)}`}`;
}

function alternatives(error: ErrorObject): string {
  const { params, schema, data, keyword } = error;
  const passing: unknown = params['passingSchemas'];
  if (Array.isArray(passing)) return `exactly one of the alternatives to fit, found that several do`;
  const types = typesOf(error);
  if (types !== undefined) return `${types}, found ${describe(data)}`;
  const count = Array.isArray(schema) ? schema.length : 0;
  return `${keyword === 'oneOf' ? 'exactly' : 'at least'} one of ${count} alternatives to fit, found ${describe(data)}`;
}

/** Where all alternatives only name types that the value has not: these. */
function typesOf({ schema, data }: ErrorObject): string | undefined {
  if (!Array.isArray(schema)) return undefined;
  const types = (schema as readonly { readonly type?: unknown }[]).flatMap(
    (each) => each.type ?? [undefined],
  );
  const found = typeOf(data);
  const fits = (type: unknown) => type === found || (type === 'number' && found === 'integer');
  return types.length > 0 && types.every((type) => typeof type === 'string') && !types.some(fits)
    ? typeNames([...new Set(types)])
    : undefined;
}

function typeNames(schema: unknown): string {
  return Array.isArray(schema) ? schema.join(' or ') : String(schema);
}

function listed(schema: unknown): string {
  if (!Array.isArray(schema)) return show(schema);
  const more = schema.length > MAX_LISTED ? ` and ${schema.length - MAX_LISTED} more` : '';
  return `${schema.slice(0, MAX_LISTED).map(show).join(', ')}${more}`;
}

/** A value as people would name it. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value !== null && typeof value === 'object') return 'an object';
  return value === null ? 'null' : `${typeof value} ${show(value)}`;
}

function lengthOf(value: unknown): string {
  if (typeof value === 'string' || Array.isArray(value)) return String(value.length);
  return String(Object.keys(value as object).length);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

export function show(value: unknown): string {
  // Only the beginning of a long text is written out.
  const short = typeof value === 'string' ? value.slice(0, MAX_SHOWN) : value;
  const text = JSON.stringify(short) ?? 'nothing';
  const isCut = text.length > MAX_SHOWN || short !== value;
  return isCut ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
