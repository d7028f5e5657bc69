import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Misfit } from '../../ports/schema.ts';
import type { Call, Stage } from '../call.ts';

/** Keywords by which more names may be allowed than `properties` lists. */
const ELSEWHERE = [
  'patternProperties',
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'dependentSchemas',
];

/** Whether the arguments fit the schema that was pinned. */
export const argumentsFit: Stage = {
  name: 'arguments',
  admit: (call) => {
    const { entry } = call;
    call.arguments = renamed(call, call.given);
    const unknown =
      call.policy.settings.unknownArguments === 'refuse'
        ? strangers(entry.tool.inputSchema, call.arguments)
        : [];
    const misfits: readonly Misfit[] = [...unknown, ...entry.checkArguments(call.arguments)];
    if (misfits.length === 0)
      return call.pass(() => `They fit the pinned schema ${entry.hash.slice(0, 12)}.`);
    const told = misfits
      .map(({ path, message }) => `${path === '' ? 'the whole' : path}: ${message}`)
      .join('; ');
    const error = new TuttiError(
      'input/invalid-format',
      `The arguments of ${call.input.name} do not fit its schema, so nothing was sent: ${told.slice(0, 2_000)}`,
      { data: { misfits } },
    );
    return { kind: 'stop', error };
  },
};

/** A group has parameters of its own; a member may call them otherwise. */
export function renamed(call: Call, given: JsonObject): JsonObject {
  const { settings } = call.entry;
  const names = settings.parameters;
  if (names === undefined || settings.group !== call.input.name) return given;
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      Object.hasOwn(names, key) ? (names[key] ?? key) : key,
      value,
    ]),
  );
}

/** Names that the schema does not list, where it does not say itself that others may come. */
function strangers(schema: JsonObject, sent: JsonObject): readonly Misfit[] {
  const open: Json | undefined = schema['additionalProperties'];
  if (open === true || isJsonObject(open)) return [];
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const found = Object.keys(sent).filter((key) => !Object.hasOwn(properties, key));
  if (found.length === 0 || ELSEWHERE.some((keyword) => Object.hasOwn(schema, keyword))) return [];
  const known = Object.keys(properties).slice(0, 20).join(', ') || 'none';
  return found.slice(0, 10).map((key) => ({
    path: `/${key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    message: `the tool knows no such argument; it knows ${known}`,
  }));
}
