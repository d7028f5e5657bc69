import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';

const HEADER_KEY = 'x-mcp-header';

/** Members of a schema that hold values, not schemas. */
const DATA_KEYS = new Set(['const', 'enum', 'default', 'examples']);

/** The schema as clients of ours see it: headers are between us and the server. */
export function withoutHeaders(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema);
  return text.includes(`"${HEADER_KEY}"`) ? (strip(schema, false) as JsonObject) : schema;
}

function strip(value: Json, named: boolean): Json {
  if (Array.isArray(value)) return value.map((each: Json) => strip(each, false));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => named || key !== HEADER_KEY)
      .map(([key, each]): [string, Json] => [
        key,
        !named && DATA_KEYS.has(key) ? each : strip(each, !named && key === 'properties'),
      ]),
  );
}

const SCHEMA_MAX_BYTES = 65_536;
const SCHEMA_MAX_DEPTH = 32;
/** What takes longest to compile, which is done at the first call of a tool, while others wait: some 50 milliseconds. */
const SCHEMA_MAX_COSTLY = 180;

/** Why a schema is too much to be looked at, if it is. */
export function schemaFault(schema: JsonObject, what: string): string | undefined {
  let level: readonly Json[] = [schema];
  let costly = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > SCHEMA_MAX_DEPTH) return `Its ${what} is nested more than ${SCHEMA_MAX_DEPTH} levels deep.`;
    level = level.flatMap((each) =>
      each === null || typeof each !== 'object' ? [] : Object.values(each as JsonObject),
    );
    level = level.filter((each) => each !== null && typeof each === 'object');
    for (const each of level) costly += costlyIn(each);
  }
  if (costly + costlyIn(schema) > SCHEMA_MAX_COSTLY)
    return `Its ${what} has more than ${SCHEMA_MAX_COSTLY} patterns and alternatives of \`oneOf\` together.`;
  // Shorter in characters than in bytes at most by a factor of three; only what may be too long is counted.
  const text = JSON.stringify(schema);
  if (text.length > SCHEMA_MAX_BYTES || new TextEncoder().encode(text).length > SCHEMA_MAX_BYTES)
    return `Its ${what} is longer than ${SCHEMA_MAX_BYTES} bytes.`;
  return undefined;
}

/** Examples and the like may be counted as well: where a schema ends and data begins, a hostile one would say. */
function costlyIn(value: Json): number {
  if (!isJsonObject(value)) return 0;
  const { pattern, patternProperties, oneOf } = value;
  return (
    (typeof pattern === 'string' ? 1 : 0) +
    (isJsonObject(patternProperties) ? Object.keys(patternProperties).length : 0) +
    (Array.isArray(oneOf) ? oneOf.length : 0)
  );
}
