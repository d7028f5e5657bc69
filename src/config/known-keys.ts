import { configJsonSchema } from './schema.ts';
import { isRecord, type Path } from './source.ts';

/** Made for the first fault; most configurations have none. */
let whole: object | undefined;

/** The keys that may stand at a path. */
export function knownKeys(path: Path): readonly string[] {
  const around = path.reduce<readonly unknown[]>(
    (schemas, key) => schemas.flatMap((schema) => variants(schema).map((each) => below(each, key))),
    [(whole ??= configJsonSchema())],
  );
  const keys = around
    .flatMap((schema) => variants(schema))
    .flatMap((each) => (isRecord(each['properties']) ? Object.keys(each['properties']) : []));
  return [...new Set(keys)];
}

type Schema = Readonly<Record<PropertyKey, unknown>>;

/** A schema itself, and the ones it chooses from. */
function variants(schema: unknown): readonly Schema[] {
  if (!isRecord(schema)) return [];
  const { anyOf } = schema;
  return [schema, ...(Array.isArray(anyOf) ? anyOf.flatMap((each) => variants(each)) : [])];
}

function below(schema: Schema, key: PropertyKey): unknown {
  const { properties, additionalProperties, items } = schema;
  if (typeof key === 'number') return items;
  if (isRecord(properties) && Object.hasOwn(properties, key)) return properties[key];
  return additionalProperties;
}
