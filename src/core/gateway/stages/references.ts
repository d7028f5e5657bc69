import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { VALUE_BOUNDS, checkJson, isJsonObject } from '../../kernel/json.ts';
import { holdsSecret } from '../../policy/secret-bytes.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import type { ResultQuery } from '../gateway.ts';
import { breathe } from '../parts.ts';
import type { ResultAddress } from '../result-address.ts';
import { parseResultAddress } from '../result-address.ts';
import { referred } from '../results.ts';
import { isFromSensitive } from '../traits.ts';

const MAX_REFERENCES = 16;
const SHOWN = 200;
const encoder = new TextEncoder();

/** What narrows a reference, as members beside the address. */
const MEMBERS: Readonly<Record<keyof ResultQuery, 'string' | 'number'>> = {
  path: 'string',
  grep: 'string',
  offset: 'number',
  limit: 'number',
};

/** Results by reference: `{"$result": "tutti://result/ID"}` becomes what is stored, so that bytes go from tool to tool past the model. */
export const references: Stage = {
  name: 'references',
  admit: (call) => {
    const found = look(call.input.arguments);
    if (found.trap !== undefined) {
      const message = `The arguments hold a member ${JSON.stringify(found.trap)}, which no tool takes. Remove it.`;
      return { kind: 'stop', error: new TuttiError('input/invalid-format', message) };
    }
    if (found.count === 0) return call.skip(() => 'The arguments refer to no stored result.');
    if (found.count > MAX_REFERENCES) {
      const message = `The arguments refer to ${found.count} stored results; at most ${MAX_REFERENCES} are replaced in one call.`;
      return { kind: 'stop', error: new TuttiError('input/invalid-format', message) };
    }
    return fill(call, found.count);
  },
};

/** One pass over the arguments, without recursion: counts references and finds keys that would reach into a prototype. */
function look(whole: JsonObject): { readonly count: number; readonly trap?: string } {
  let count = 0;
  const open: Json[] = [whole];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      for (const each of value as readonly Json[]) if (typeof each === 'object') open.push(each);
      continue;
    }
    const object = value as JsonObject;
    if (Object.hasOwn(object, '$result')) count++;
    for (const key of Object.keys(object)) {
      if (key === '__proto__') return { count, trap: key };
      const each = object[key];
      if (typeof each === 'object' && each !== null) open.push(each);
    }
  }
  return { count };
}

async function fill(call: Call, count: number): Promise<Verdict> {
  const filled = (await replace(call, call.input.arguments)) as JsonObject;
  const maxLength = call.policy.settings.resultStoreMaxBytes;
  checkJson(filled, 'arguments', { ...VALUE_BOUNDS, maxLength });
  call.given = filled;
  call.arguments = filled;
  return call.pass(() => `${count} references were replaced by stored results.`);
}

/** The depth of arguments is bounded where they enter. */
async function replace(call: Call, value: Json): Promise<Json> {
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const each of value as readonly Json[]) items.push(await replace(call, each));
    return items;
  }
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, '$result')) return await fetched(call, placeOf(value));
  const entries: [string, Json][] = [];
  for (const [key, each] of Object.entries(value)) entries.push([key, await replace(call, each)]);
  return Object.fromEntries(entries);
}

/** What narrows it may stand in the address too, as where results are read: `tutti://result/ID?path=$.x`. */
function placeOf({ $result: uri, ...beside }: JsonObject): ResultAddress {
  const address = typeof uri === 'string' ? parseResultAddress(uri) : undefined;
  if (address === undefined) throw noReference(`"$result": ${shown(uri)}`);
  const odd = Object.entries(beside).find(([key, each]) => !isMember(key, each));
  if (odd) throw noReference(`${JSON.stringify(odd[0].slice(0, SHOWN))}: ${shown(odd[1])}`);
  if (Object.keys(beside).length === 0) return address;
  if (Object.keys(address.query).length > 0)
    throw noReference('both members and a query in the address; say all of it in one place');
  return { id: address.id, query: beside };
}

function isMember(key: string, value: Json): boolean {
  return Object.hasOwn(MEMBERS, key) && typeof value === MEMBERS[key as keyof ResultQuery];
}

function shown(value: Json | undefined): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN);
}

function noReference(found: string): TuttiError {
  return new TuttiError(
    'input/invalid-format',
    `A reference is {"$result": "tutti://result/ID"}; a part of it is named by the member "path", such as {"$result": "tutti://result/ID", "path": "$.items[0].id"}, by "grep" (a text), or by "offset" and "limit" (bytes). Found ${found}.`,
  );
}

async function fetched(call: Call, { id, query }: ResultAddress): Promise<Json> {
  const loaded = await call.gate.shelf.load(call.caller, id);
  const found = referred(loaded, query);
  if (found === undefined)
    throw new TuttiError(
      'input/invalid-format',
      `There is nothing at ${JSON.stringify(query)} of tutti://result/${id}. Look at the result first.`,
    );
  call.bearsSecret ||= await isSecret(call, loaded, found);
  return found;
}

/** What goes from tool to tool past the model may be as secret as what it reads. */
async function isSecret(
  { gate }: Call,
  from: { readonly server: string; readonly tool: string },
  value: Json,
): Promise<boolean> {
  if (isFromSensitive(gate.catalog, from)) return true;
  const bytes = encoder.encode(typeof value === 'string' ? value : JSON.stringify(value));
  return await holdsSecret(bytes, () => breathe(gate.parts));
}
