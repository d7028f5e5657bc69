import { nameFault, SEPARATOR } from '../../core/gateway/names.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Schemas } from '../../core/ports/schema.ts';
import { reasonOf } from './thread-messages.ts';

const MAX_NAME = 64;

/** What the protocol says of a risk; nothing is said where the author said nothing. */
const HINTS: Readonly<Record<string, JsonObject>> = {
  read: { readOnlyHint: true },
  write: { readOnlyHint: false, destructiveHint: false },
  destructive: { readOnlyHint: false, destructiveHint: true },
};

/** A tool as it is listed, or what is wrong with it. */
export function toListed(declared: JsonObject, schemas: Schemas): JsonObject | string {
  const { name, title, description, input, output, risk, annotations } = declared;
  const wrong =
    faultOfName(name) ??
    faultOfWords(declared) ??
    faultOfSchema('input', input, schemas) ??
    (output === undefined ? undefined : faultOfSchema('output', output, schemas));
  if (wrong !== undefined) return wrong;
  const hints = {
    ...(isJsonObject(annotations) ? annotations : {}),
    ...(typeof risk === 'string' ? HINTS[risk] : {}),
  };
  return {
    name: name as string,
    ...(title !== undefined && { title }),
    description: description as string,
    inputSchema: asObject(input as JsonObject),
    ...(output !== undefined && { outputSchema: asObject(output as JsonObject) }),
    ...(Object.keys(hints).length > 0 && { annotations: hints }),
  };
}

function faultOfName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'its `name` is no text';
  if (name.includes(SEPARATOR)) return `its name holds "${SEPARATOR}", which parts server and tool`;
  if (name.length > MAX_NAME) return `its name is longer than ${MAX_NAME} characters`;
  return nameFault(name);
}

function faultOfWords({ title, description, risk, annotations }: JsonObject): string | undefined {
  if (typeof description !== 'string' || description.trim() === '')
    return 'it has no `description`: say what it does and when to call it';
  if (title !== undefined && typeof title !== 'string') return 'its `title` is no text';
  if (annotations !== undefined && !isJsonObject(annotations)) return 'its `annotations` are no object';
  if (risk === undefined || (typeof risk === 'string' && Object.hasOwn(HINTS, risk))) return undefined;
  return 'its `risk` is none of "read", "write" and "destructive"';
}

function faultOfSchema(what: 'input' | 'output', schema: unknown, schemas: Schemas): string | undefined {
  if (!isJsonObject(schema)) return `its \`${what}\` is no JSON Schema: expected an object`;
  const { type } = schema;
  if (type !== undefined && type !== 'object')
    return `its \`${what}\` does not describe an object: write "type": "object"`;
  try {
    schemas.compile(schema);
    return undefined;
  } catch (error) {
    return `its \`${what}\` cannot be used: ${reasonOf(error)}`;
  }
}

function asObject(schema: JsonObject): JsonObject {
  return schema['type'] === undefined ? { ...schema, type: 'object' } : schema;
}
