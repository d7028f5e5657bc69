import { TuttiError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import { cleanText, stripControls } from '../policy/clean.ts';
import { isSecretName } from '../policy/secret-formats.ts';
import type { Ask } from '../ports/downstream.ts';

const MAX_MESSAGE = 4_000;
const MAX_TEXT = 1_000;
const MAX_NAME = 200;
const MAX_DEPTH = 16;
const MAX_ADDRESS = 8_192;
/** As people can read it, with no login that looks like a host; unencrypted on this machine only. */
const ADDRESS =
  /^(?:https:\/\/[\w.[\]:-]+|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?)(?:[/?#][\u0021-\u007E]*)?$/i;
/** Members of a schema that people read; what programs compare stays as it is. */
const SHOWN = new Set(['title', 'description', 'enumNames']);
/** What people read and programs compare: it must be clean as it comes. */
const COMPARED = new Set(['enum', 'const', 'default']);

/**
 * A question of a server's as a person may be shown it: who asks stands before it, and nothing in it can pretend or hide.
 *
 * @throws TuttiError `policy/denied` for a form that asks for secrets, `downstream/protocol` for one that cannot be shown as it is, or that leads
 * to what is no web address.
 */
export function toAsked(server: string, ask: Ask): Ask {
  if (ask.method !== 'elicitation/create') return ask;
  const { message, requestedSchema, mode } = ask.params;
  const said = cleanText(typeof message === 'string' ? message : '', MAX_MESSAGE);
  const params = { ...ask.params, message: `The server "${server}" asks: ${said}` };
  if (mode === 'url') checkAddress(server, ask.params['url']);
  if (mode === 'url' || requestedSchema === undefined) return { method: ask.method, params };
  refuseSecrets(server, requestedSchema);
  return { method: ask.method, params: { ...params, requestedSchema: toShown(server, requestedSchema, 0) } };
}

/** The same for questions that come as `inputRequests`. */
export function toAskedAll(server: string, requests: Json | undefined): JsonObject {
  if (!isJsonObject(requests)) return {};
  return Object.fromEntries(
    Object.entries(requests).map(([key, request]) => {
      if (!isJsonObject(request) || typeof request['method'] !== 'string') return [key, request];
      const params = isJsonObject(request['params']) ? request['params'] : {};
      return [key, { ...request, ...toAsked(server, { method: request['method'], params }) }];
    }),
  );
}

/** Clients hand it to a browser, or to whatever the system opens it with. */
function checkAddress(server: string, address: Json | undefined): void {
  if (typeof address === 'string' && address.length <= MAX_ADDRESS && ADDRESS.test(address)) return;
  const found = cleanText(typeof address === 'string' ? address : JSON.stringify(address ?? null), MAX_NAME);
  throw new TuttiError(
    'downstream/protocol',
    `${server} sends people to ${JSON.stringify(found)}, which is no https address without a login in it, nor an http one of this machine. Nobody was asked.`,
  );
}

/** Secrets do not pass through forms: what is typed there is read by us, by the client and by its model. */
function refuseSecrets(server: string, schema: Json): void {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  if (!isJsonObject(properties)) return;
  for (const [name, property] of Object.entries(properties)) {
    const { title, format } = isJsonObject(property) ? property : {};
    const isSecret =
      isSecretName(name) || format === 'password' || (typeof title === 'string' && isSecretTitle(title));
    if (!isSecret) continue;
    throw new TuttiError(
      'policy/denied',
      `${server} asks for ${JSON.stringify(cleanText(name, MAX_NAME))} in a form, and secrets are not asked for there, so nobody was asked. A server asks for them with an elicitation in mode "url", or is given them in its configuration.`,
    );
  }
}

/** `Your API key (required)`. */
function isSecretTitle(title: string): boolean {
  const words = cleanText(title, MAX_NAME)
    .replaceAll(/\([^)]*\)/g, ' ')
    .replaceAll(/[^\p{L}\p{N}_.-]+/gu, ' ')
    .trim();
  return isSecretName(words) || words.split(' ').some((_, at, all) => isSecretName(all.slice(at).join(' ')));
}

function toShown(server: string, value: Json, depth: number): Json {
  if (depth > MAX_DEPTH) throw unfit(server);
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => toShown(server, each, depth + 1));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (stripControls(key) !== key) throw unfit(server);
      if (SHOWN.has(key) && !isJsonObject(each)) return [key, cleaned(each)];
      if (COMPARED.has(key) && !isClean(each)) throw unfit(server);
      return [key, toShown(server, each, depth + 1)];
    }),
  );
}

function cleaned(value: Json): Json {
  if (typeof value === 'string') return cleanText(value, MAX_TEXT);
  return Array.isArray(value) ? (value as readonly Json[]).map((each) => cleaned(each)) : value;
}

function isClean(value: Json): boolean {
  if (typeof value === 'string') return stripControls(value) === value;
  return !Array.isArray(value) || (value as readonly Json[]).every((each) => isClean(each));
}

function unfit(server: string): TuttiError {
  return new TuttiError(
    'downstream/protocol',
    `${server} asks with a form that cannot be shown: its names or choices hold control characters, or it is nested too deep. Nobody was asked.`,
  );
}
