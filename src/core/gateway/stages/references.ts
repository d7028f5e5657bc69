import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { VALUE_BOUNDS, checkJson, isJsonObject } from '../../kernel/json.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { isPlural, readPath } from '../json-path.ts';
import { resultIdOf } from '../results.ts';

const MAX_REFERENCES = 16;

interface Place {
  readonly uri: string;
  readonly id: string;
  readonly path: string | undefined;
}

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

function placeOf(value: JsonObject): Place {
  const { $result: uri, path, ...more } = value;
  if (
    typeof uri !== 'string' ||
    (path !== undefined && typeof path !== 'string') ||
    Object.keys(more).length > 0
  ) {
    throw new TuttiError(
      'input/invalid-format',
      'A reference is {"$result": "tutti://result/ID"}, with "path" such as "$.items[0].id" at most.',
    );
  }
  return placeAt(uri, path);
}

/** The path may stand in the address too: `tutti://result/ID?path=$.x`. */
function placeAt(whole: string, given: string | undefined): Place {
  const [uri = '', ...queries] = whole.split('?');
  const query = queries.join('?');
  const id = resultIdOf(uri);
  if (!/^[^/#]+$/.test(id)) throw noReference(whole);
  if (query === '') return { uri, id, path: given };
  const [, encoded] = /^path=([^&#]*)$/.exec(query) ?? [];
  if (encoded === undefined || given !== undefined) throw noReference(whole);
  try {
    return { uri, id, path: decodeURIComponent(encoded) };
  } catch {
    throw noReference(whole);
  }
}

function noReference(found: string): TuttiError {
  return new TuttiError(
    'input/invalid-format',
    `A reference is {"$result": "tutti://result/ID"}; a part of it is named by the member "path", such as {"$result": "tutti://result/ID", "path": "$.items[0].id"}. Found ${JSON.stringify(found.slice(0, 200))}.`,
  );
}

async function fetched(call: Call, { uri, id, path }: Place): Promise<Json> {
  const { text, value } = await call.gate.shelf.load(call.caller, id);
  if (path === undefined) return text;
  const parsed = value();
  const found = readPath(parsed, path);
  const [only] = found;
  if (only === undefined) {
    throw new TuttiError(
      'input/invalid-format',
      `There is nothing at ${path} of ${uri}. Look at the result first.`,
    );
  }
  return isPlural(path) ? found : only;
}
