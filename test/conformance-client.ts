// What the official conformance suite drives: our side towards servers, as a command. The address is the last argument.
//   conformance client --command "node test/conformance-client.ts" --requirements 2026-07-28
import { connectDownstream } from '../src/adapters/downstream/connect.ts';
import type { DownstreamEnvironment } from '../src/adapters/downstream/connect.ts';
import { downstreamLogin } from '../src/adapters/downstream/login-flow.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import { isJsonObject } from '../src/core/kernel/json.ts';
import type { Json, JsonObject } from '../src/core/kernel/json.ts';
import type { Ask, DownstreamAnswer, DownstreamOptions } from '../src/core/ports/downstream.ts';

const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as JsonObject;
const revision = process.env['MCP_CONFORMANCE_PROTOCOL_VERSION'] ?? '';
const url = process.argv.at(-1) ?? '';

const kept = new Map<string, JsonObject>();
const environment: DownstreamEnvironment = {
  introduction: { name: 'tutti', version: '0.1.0' },
  variables: process.env,
  clock: { now: Date.now, random: Math.random },
  // The suite plays servers and those who give tokens on ports of one machine.
  trustLoopback: true,
  login: {
    tokens: {
      read: (name) => Promise.resolve(kept.get(name)),
      write: (name, value) => {
        if (value === undefined) kept.delete(name);
        else kept.set(name, structuredClone(value));
        return Promise.resolve();
      },
    },
    redirectUrl: 'http://127.0.0.1:8976/callback',
    clientName: 'Tutti',
    clientMetadataUrl: 'https://conformance-test.local/client-metadata.json',
  },
};

const { client_id: clientId, client_secret: clientSecret } = context;
const options: DownstreamOptions = {
  server: 'conformance',
  launch: {
    kind: 'http',
    url,
    headers: {},
    allowPrivate: true,
    oauth: {
      scopes: [],
      ...(typeof clientId === 'string' && { clientId }),
      ...(typeof clientSecret === 'string' && { clientSecret }),
    },
  },
  connectMs: 25_000,
  maxMemoryBytes: Number.MAX_SAFE_INTEGER,
  // The suite says which lifecycle it wants to see.
  ...(revision !== '' && revision < '2026' && { verdict: { era: 'legacy' as const, at: Date.now() } }),
};

const downstream = connectDownstream(environment)(options);
const login = downstreamLogin(environment);
const CAPABILITIES = { elicitation: { form: {}, url: {} } };
const BOUNDS = { idleMs: 20_000, timeoutMs: 20_000, maxBytes: 1_048_576 };
const MAX_LOGINS = 3;
let logins = 0;

/** Does something, and logs in as often as a patient person would when it is asked for. */
async function loggedIn<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TuttiError) || error.code !== 'downstream/login-needed') throw error;
      if (logins >= MAX_LOGINS) throw error;
      logins += 1;
      const response = await fetch((error.data as { url: string }).url, { redirect: 'manual' });
      const location = response.headers.get('location');
      if (location === null)
        throw new Error(`no way back from the login: HTTP ${response.status}`, { cause: error });
      await login.complete(options, location);
    }
  }
}

/** Accepts what it is asked, with the defaults of the form. */
function answerAsk({ params }: Ask): Promise<JsonObject> {
  const schema = params['requestedSchema'];
  const properties = isJsonObject(schema) && isJsonObject(schema['properties']) ? schema['properties'] : {};
  const content: Record<string, Json> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = isJsonObject(property) ? property['default'] : undefined;
    if (value !== undefined) content[name] = value;
    else if (isJsonObject(property) && property['type'] === 'boolean') content[name] = true;
  }
  return Promise.resolve({ action: 'accept', content });
}

async function request(method: string, params: JsonObject): Promise<DownstreamAnswer> {
  const more = { ...BOUNDS, capabilities: CAPABILITIES, onAsk: answerAsk };
  const answer = await loggedIn(() =>
    method === 'tools/call'
      ? downstream.call({ ...more, params, inlineBytes: 1_048_576 })
      : downstream.request(method, { ...more, params }),
  );
  if (answer.kind !== 'input-required') return answer;
  const { inputRequests, requestState } = answer.payload.value;
  const inputResponses: Record<string, JsonObject> = {};
  for (const [key, ask] of Object.entries(isJsonObject(inputRequests) ? inputRequests : {})) {
    inputResponses[key] = await answerAsk(ask as unknown as Ask);
  }
  // Something else goes out between the two, to show that it carries nothing of them.
  if (scenario === 'sep-2322-client-request-state')
    await request('tools/call', { name: 'test_mrtr_unrelated', arguments: {} });
  return request(method, { ...params, inputResponses, ...(requestState !== undefined && { requestState }) });
}

/** Something of the right type for every argument that is required. */
function toArguments(schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const samples: Record<string, Json> = {
    number: 5,
    integer: 5,
    boolean: true,
    array: [],
    object: {},
    null: null,
  };
  return Object.fromEntries(
    required.map((name: Json) => {
      const property = properties[String(name)];
      const type = isJsonObject(property) ? String(property['type']) : 'string';
      return [String(name), samples[type] ?? 'a text'];
    }),
  );
}

async function main(): Promise<void> {
  const offer = await loggedIn(() => downstream.offer());
  const wanted = Array.isArray(context['toolCalls'])
    ? (context['toolCalls'] as readonly JsonObject[])
    : undefined;
  const calls =
    wanted ?? offer.tools.map(({ name, inputSchema }) => ({ name, arguments: toArguments(inputSchema) }));
  for (const call of calls) await request('tools/call', call);
  // Where authorization changes between calls, one is not enough.
  if (scenario.startsWith('auth/')) for (const call of calls) await request('tools/call', call);
  for (const { uri } of offer.resources) await request('resources/read', { uri: uri as Json });
  for (const { name } of offer.prompts) await request('prompts/get', { name: name as Json });
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await downstream.close();
}
