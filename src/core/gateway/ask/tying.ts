import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { normalName } from '../../kernel/names.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { parseReference } from '../plan/references.ts';
import { lackingOf } from './filling.ts';

type Find = (tool: string) => CatalogEntry | undefined;

/** Parameters that say which one, without saying of what. */
const WHICH: ReadonlySet<string> = new Set(['id', 'key', 'number', 'name', 'slug', 'uuid']);

const MAX_DESCRIPTION = 500;

/** Where a member of an answer is found, and what it is. */
interface Member {
  readonly name: string;
  readonly schema: JsonObject;
}

/**
 * The plan with what one call lacks taken from what another one answers, where promised results and parameters have the same name. That is a
 * guess: only calls that read are tied so, and only where there is no other way to guess.
 */
export function tied(plan: Plan, find: Find): Plan {
  return { ...plan, calls: plan.calls.map((call) => tiedCall(call, plan, find)) };
}

/** The plan as if every call for each item of a list took something of it: what that is, is found or asked for later. */
export function asIfTied(plan: Plan): Plan {
  const calls: unknown = plan.calls;
  if (!Array.isArray(calls)) return plan;
  return { ...plan, calls: (calls as readonly PlannedCall[]).map((call) => callAsIfTied(call)) };
}

/** Its shape was not looked at yet. */
function callAsIfTied(call: PlannedCall): PlannedCall {
  if (!isJsonObject(call) || typeof call.forEach !== 'string') return call;
  const bind: unknown = call.bind ?? {};
  if (
    !isJsonObject(bind) ||
    Object.values(bind).some((each) => typeof each === 'string' && each.startsWith('$item'))
  )
    return call;
  return { ...call, bind: { ...(bind as PlannedCall['bind']), '/each item': '$item' } };
}

/** Calls that are to be made for each item of a list, and would all be equal. */
export function untiedIn({ calls }: Plan): readonly PlannedCall[] {
  return calls.filter(
    ({ forEach, bind }) =>
      forEach !== undefined && Object.values(bind ?? {}).every((reference) => !isOfItem(reference)),
  );
}

/** What whoever completes a plan has to say of calls that are made for each item of a list, as sentences. */
export function bindAdvice(plan: Plan, find: Find): readonly string[] {
  return untiedIn(plan).flatMap((call) => {
    const example = bindExample(call, plan, find);
    if (example === undefined) return [];
    return Object.keys(example).length === 0
      ? [`Call ${call.id} takes nothing of the items of a list: leave for_each out, and it is made once.`]
      : [
          `Call ${call.id} is made for each item of a list: say by bind what it takes of the item, such as ${JSON.stringify(example)}.`,
        ];
  });
}

/** What a call for each item could take of the item, as its `bind`; empty where it takes nothing at all. */
export function bindExample(
  call: PlannedCall,
  plan: Plan,
  find: Find,
): Readonly<Record<string, string>> | undefined {
  const entry = call.tool === undefined ? undefined : find(call.tool);
  if (entry === undefined) return undefined;
  const lacking = lackingOf(call, entry);
  const names = lacking.length > 0 ? lacking : membersOf(entry.tool.inputSchema).map(({ name }) => name);
  const known = names.flatMap((name): [string, string][] => {
    const reference = referenceFor(name, { call, plan, entry, find });
    return reference === undefined ? [] : [[pointerTo(name), reference]];
  });
  if (known.length > 0) return Object.fromEntries(known);
  const [name] = names;
  return name === undefined ? {} : { [pointerTo(name)]: '$item.MEMBER' };
}

function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function tiedCall(call: PlannedCall, plan: Plan, find: Find): PlannedCall {
  const entry = call.tool === undefined ? undefined : find(call.tool);
  if (entry?.risk !== 'read') return call;
  const [only, ...others] = lackingOf(call, entry);
  if (only === undefined || others.length > 0) return call;
  const reference = referenceFor(only, { call, plan, entry, find });
  if (reference === undefined) return call;
  return { ...call, bind: { ...call.bind, [pointerTo(only)]: reference } };
}

interface Wanting {
  readonly call: PlannedCall;
  readonly plan: Plan;
  readonly entry: CatalogEntry;
  readonly find: Find;
}

function referenceFor(name: string, about: Wanting): string | undefined {
  const { call, entry } = about;
  const source = sourceFor(about);
  const wanted = propertyOf(entry.tool.inputSchema, name);
  if (source === undefined || wanted === undefined) return undefined;
  const base = call.forEach === undefined ? `$${source.id}` : '$item';
  if (isPlain(source.schema)) return sameType(source.schema, wanted) ? base : undefined;
  const from = nounsOf(source.tool);
  const names = { name, of: nounsOf(entry.tool.name), from, isTold: tellsOf(wanted, from) };
  const fitting = membersOf(source.schema).filter(
    (member) => sameType(member.schema, wanted) && isSameThing(member.name, names),
  );
  const member = onlyOne(fitting);
  return member && `${base}${printed(member.name)}`;
}

/** The one call that another can take something from, and what is promised of its answer, or of the item at hand. */
function sourceFor({ call, plan, find }: Wanting) {
  const id = call.forEach === undefined ? onlyOne(call.dependsOn) : sourceOf(call.forEach);
  const source = plan.calls.find((each) => each.id === id);
  const tool = source?.tool === undefined ? undefined : find(source.tool)?.tool;
  const promised = tool?.outputSchema;
  const schema = promised && (call.forEach === undefined ? promised : itemsIn(promised));
  if (id === undefined || tool === undefined || schema === undefined) return undefined;
  return { id, tool: tool.name, schema };
}

function printed(member: string): string {
  return /^[\w$-]+$/.test(member) ? `.${member}` : `[${JSON.stringify(member)}]`;
}

/** "Number of the pull request": what is said of a parameter names all that the other tool lists. */
function tellsOf({ description }: JsonObject, from: readonly string[]): boolean {
  if (typeof description !== 'string' || from.length === 0) return false;
  const said = new Set(nounsOf(description.slice(0, MAX_DESCRIPTION)));
  return from.every((word) => said.has(word) || said.has(word.replace(/s$/, '')));
}

/** `number` is `number`; the `ticket` or `ticket_key` of a thing is the `key` of `get_ticket`; the `id` of `list_channels` is a `channel_id`. */
function isSameThing(
  member: string,
  {
    name,
    of,
    from,
    isTold,
  }: {
    readonly name: string;
    readonly of: readonly string[];
    readonly from: readonly string[];
    readonly isTold: boolean;
  },
): boolean {
  const [have, want] = [normalName(member), normalName(name)];
  if (have === want) return !WHICH.has(want) || isTold || of.some((word) => from.includes(word));
  if (WHICH.has(want) && of.some((word) => have === word || have === `${word}${want}`)) return true;
  return WHICH.has(have) && from.some((word) => want === `${word}${have}` || want === word);
}

/** In the singular, so that `list_channels` has a word in common with `get_channel`. */
function nounsOf(tool: string): readonly string[] {
  return tool
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => (word.length > 3 && word.endsWith('s') ? [word, word.slice(0, -1)] : [word]))
    .filter((word) => word !== '' && !/^(?:get|list|find|search|read|show|fetch|look|up)$/.test(word));
}

function sourceOf(forEach: string): string | undefined {
  const { call, keys } = parseReference(forEach);
  return keys.length === 0 ? call : undefined;
}

function isOfItem(reference: string): boolean {
  return parseReference(reference).call === undefined;
}

/** Of a list, or of the only list that an object has. */
function itemsIn(schema: JsonObject): JsonObject | undefined {
  const own = listItems(schema);
  if (own !== undefined) return own;
  const lists = membersOf(schema).map((member) => listItems(member.schema));
  return onlyOne(lists.filter((items) => items !== undefined));
}

function listItems(schema: JsonObject): JsonObject | undefined {
  const items = schema['items'];
  return schema['type'] === 'array' && isJsonObject(items) ? items : undefined;
}

function membersOf({ properties }: JsonObject): readonly Member[] {
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, schema]) =>
    isJsonObject(schema) ? [{ name, schema }] : [],
  );
}

function propertyOf(schema: JsonObject, name: string): JsonObject | undefined {
  return membersOf(schema).find((member) => member.name === name)?.schema;
}

function isPlain({ type }: JsonObject): boolean {
  return type === 'string' || type === 'integer' || type === 'number';
}

function sameType(a: JsonObject, b: JsonObject): boolean {
  return typeOf(a) !== undefined && typeOf(a) === typeOf(b);
}

function typeOf({ type }: JsonObject): Json | undefined {
  return type === 'number' ? 'integer' : type;
}

function onlyOne<T>(all: readonly T[]): T | undefined {
  return all.length === 1 ? all[0] : undefined;
}
