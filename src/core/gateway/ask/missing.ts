import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { cleanText, stripControls } from '../../policy/clean.ts';
import { isSecretName } from '../../policy/secret-formats.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { MissingArguments } from './ask.ts';
import { quoted } from './request.ts';

const MAX_FIELDS = 20;
const TITLE_LENGTH = 120;
const DESCRIPTION_LENGTH = 400;
const MAX_CHOICES = 100;
const FLAT: ReadonlySet<Json | undefined> = new Set<Json>(['string', 'number', 'integer', 'boolean']);
/** What else a form may say of a field. */
const BOUNDS = ['minLength', 'maxLength', 'minimum', 'maximum'] as const;
const FORMATS: ReadonlySet<Json | undefined> = new Set<Json>(['email', 'uri', 'date', 'date-time']);

/** One argument that nobody stated, as a field of a form. */
interface Field {
  readonly key: string;
  readonly call: string;
  readonly name: string;
  readonly schema: JsonObject;
}

export interface MissingOf {
  readonly plan: Plan;
  readonly missing: readonly MissingArguments[];
  readonly find: (tool: string) => CatalogEntry | undefined;
}

/** A form for everything that is missing; `undefined` where it is more than a form can ask for, or a secret. */
export function missingForm(about: MissingOf): JsonObject | undefined {
  const fields = fieldsOf(about);
  if (fields === undefined || fields.length > MAX_FIELDS) return undefined;
  const calls = about.plan.calls.filter(({ id }) => fields.some(({ call }) => call === id));
  return {
    mode: 'form',
    message: calls.map((call) => sentenceOf(call, about)).join('\n'),
    requestedSchema: {
      type: 'object',
      properties: Object.fromEntries(fields.map(({ key, schema }) => [key, schema])),
      required: fields.map(({ key }) => key),
    },
  };
}

/** The plan with what a person entered. What was not asked for is not taken. */
export function withEntered(about: MissingOf, content: JsonObject): Plan {
  const fields = fieldsOf(about) ?? [];
  const calls = about.plan.calls.map((call) => {
    const entered = fields
      .filter((each) => each.call === call.id && Object.hasOwn(content, each.key))
      .map(({ name, key }): [string, Json] => [name, content[key] ?? null]);
    return entered.length === 0
      ? call
      : { ...call, arguments: { ...call.arguments, ...Object.fromEntries(entered) } };
  });
  return { ...about.plan, calls };
}

function sentenceOf(call: PlannedCall, { find }: MissingOf): string {
  const entry = call.tool === undefined ? undefined : find(call.tool);
  const name = cleanText(entry?.tool.title ?? entry?.tool.name ?? call.id, TITLE_LENGTH);
  return `For ${quoted(call.intent, 300)}, ${name} of ${call.server} needs to know more.`;
}

function fieldsOf({ missing }: MissingOf): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (const { call, schema, missing: names } of missing) {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    for (const name of names) {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const field = isJsonObject(property) && isAskable(name) ? toField(name, property) : undefined;
      if (field === undefined) return undefined;
      fields.push({ key: `${call}.${name}`, call, name, schema: field });
    }
  }
  return fields;
}

/** Secrets do not pass through forms; names that hide something are shown to nobody. */
function isAskable(name: string): boolean {
  return !isSecretName(name) && stripControls(name) === name && name.length <= TITLE_LENGTH;
}

/** Only what a form can hold: one value, of which nothing but plain bounds is asked. */
function toField(name: string, property: JsonObject): JsonObject | undefined {
  const { title, description } = property;
  const asked = askedOf(property);
  if (asked === undefined) return undefined;
  return {
    ...asked,
    title: cleanText(typeof title === 'string' ? title : name, TITLE_LENGTH),
    ...(typeof description === 'string' && { description: cleanText(description, DESCRIPTION_LENGTH) }),
  };
}

/** The type of the value with its bounds, or the choices. */
function askedOf(property: JsonObject): JsonObject | undefined {
  const { type, format, enum: choices } = property;
  if (choices !== undefined) {
    const texts = choicesIn(choices);
    return texts && { type: 'string', enum: texts };
  }
  if (type === undefined || !FLAT.has(type) || format === 'password') return undefined;
  const bounds = BOUNDS.flatMap((key): [string, Json][] => {
    const bound = property[key];
    return typeof bound === 'number' ? [[key, bound]] : [];
  });
  const isKnown = type === 'string' && format !== undefined && FORMATS.has(format);
  return { type, ...Object.fromEntries(bounds), ...(isKnown && { format }) };
}

function choicesIn(choices: Json): readonly string[] | undefined {
  if (!Array.isArray(choices) || choices.length === 0 || choices.length > MAX_CHOICES) return undefined;
  const list = choices as readonly Json[];
  return list.every((each): each is string => typeof each === 'string' && stripControls(each) === each)
    ? list
    : undefined;
}
