import { ProtocolError, Server } from '@modelcontextprotocol/server';
import type { CallToolResult, ServerContext, Tool } from '@modelcontextprotocol/server';
import type { CallChannel, CallInput, CallOutcome } from '../../src/core/gateway/gateway.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import { toPayload } from '../../src/core/kernel/payload.ts';
import type { Payload } from '../../src/core/kernel/payload.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import { carriedBy, channelOf } from '../../src/surfaces/mcp/channel.ts';
import { fakeGateway } from './fake-gateway.ts';
import type { FakeGateway } from './fake-gateway.ts';

// One server's worth of tools, prompts and resources in every shape there is. It is served as a server of its own, and stands behind a
// fake gateway: the two must say the same.

type Run = (args: JsonObject, channel: CallChannel, carried: Carried) => JsonObject | Promise<JsonObject>;
type Carried = Pick<CallInput, 'inputResponses' | 'requestState'>;

const text = (value: string): JsonObject => ({ content: [{ type: 'text', text: value }] });
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const ASKED = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] };
const QUESTION = {
  method: 'elicitation/create',
  params: { mode: 'form', message: 'What is it?', requestedSchema: ASKED },
};

function failing(code: number): Run {
  return () => {
    throw new ProtocolError(code, `refused with ${code}`, { because: ['it', 'is', code] });
  };
}

let cancelled = Promise.withResolvers<void>();

/** Settles when a call of `hang` that begins from now on is cancelled. */
export async function nextCancellation(): Promise<void> {
  cancelled = Promise.withResolvers<void>();
  await cancelled.promise;
}

const runs: Readonly<Record<string, Run>> = {
  echo: ({ text: said = '' }) => text(String(said)),
  arguments: (args) => ({ ...text('got'), structuredContent: args }),
  refused: () => ({ ...text('it went wrong'), isError: true }),
  custom_error: failing(-32_050),
  positive_error: failing(1234),
  resource_error: failing(-32_002),
  invalid_params: failing(-32_602),
  structured: () => ({
    ...text('{"temperature":21.5}'),
    structuredContent: { temperature: 21.5, nested: { a: [1, null] } },
  }),
  structured_only: () => ({ content: [], structuredContent: { ok: true } }),
  loose_object: () => ({ content: [], structuredContent: { a: 1 } }),
  loose_list: () => ({ content: [], structuredContent: [1, 2] }),
  image: () => ({ content: [{ type: 'image', data: PIXEL, mimeType: 'image/png' }] }),
  audio: () => ({ content: [{ type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav' }] }),
  embedded: () => ({
    content: [
      { type: 'resource', resource: { uri: 'test://embedded', mimeType: 'text/plain', text: 'inside' } },
    ],
  }),
  link: () => ({
    content: [
      {
        type: 'resource_link',
        uri: 'test://linked',
        name: 'linked',
        description: 'a link',
        mimeType: 'text/plain',
      },
    ],
  }),
  mixed: () => ({
    content: [
      { type: 'text', text: 'first', annotations: { audience: ['user'], priority: 0.5 } },
      { type: 'image', data: PIXEL, mimeType: 'image/png' },
      { type: 'text', text: 'last' },
    ],
  }),
  empty: () => ({ content: [] }),
  unicode: () => text('Grüße 👋🏽 \\ "quoted" \ud83d\ude00 日本語\n\ttab'),
  control: () => text('line \u2028 nothing \u0000 end'),
  large: () => text('x'.repeat(65_536)),
  described: () => ({ ...text('with meta'), _meta: { 'example.com/trace': { id: 7 } } }),
  progress: async (_args, { onProgress }) => {
    for (const progress of [1, 2, 3]) {
      onProgress?.({ progress, total: 3, message: `part ${progress}` });
      await Promise.resolve();
    }
    return text('done');
  },
  hang: async (_args, { signal, onProgress }) => {
    onProgress?.({ progress: 0 });
    await new Promise<void>((done) => {
      if (signal?.aborted) done();
      else signal?.addEventListener('abort', () => done());
    });
    cancelled.resolve();
    throw new Error('cancelled');
  },
  question: async (_args, { repeats, ask }, { inputResponses, requestState }) => {
    const answer = repeats ? inputResponses?.['question'] : await ask?.(QUESTION);
    if (answer !== undefined) return text(`${JSON.stringify(answer)} ${requestState ?? ''}`.trim());
    if (!repeats) return { ...text('nobody can be asked'), isError: true };
    return { resultType: 'input_required', inputRequests: { question: QUESTION }, requestState: 'state-1' };
  },
  log: async (_args, { onLog }) => {
    onLog?.({ level: 'debug', data: 'small' });
    onLog?.({ level: 'warning', data: { what: 'large' }, logger: 'fixture' });
    return text('logged');
  },
};

const TEMPERATURE = {
  type: 'object',
  properties: { temperature: { type: 'number' } },
  required: ['temperature'],
};

const LOOSE = { anyOf: [{ type: 'object' }, { type: 'array', items: { type: 'integer' } }] };

const toolOf = (name: string): JsonObject => ({
  name,
  title: `The ${name} tool`,
  description: `Does ${name}.`,
  inputSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { text: { $ref: '#/$defs/text' } },
    $defs: { text: { type: 'string' } },
    'x-own': true,
  },
  ...(name === 'structured' && { outputSchema: TEMPERATURE }),
  ...(name.startsWith('loose') && { outputSchema: LOOSE }),
  annotations: { readOnlyHint: name === 'echo', title: name },
});

export const TOOLS: readonly JsonObject[] = Object.keys(runs).map((name) => toolOf(name));

const PROMPTS: readonly JsonObject[] = [
  { name: 'plain', description: 'A prompt.' },
  { name: 'greeting', arguments: [{ name: 'who', required: true }] },
];
const RESOURCES: readonly JsonObject[] = [
  { uri: 'test://text', name: 'text', mimeType: 'text/plain' },
  { uri: 'test://binary', name: 'binary', mimeType: 'image/png', size: 70 },
];
const TEMPLATES: readonly JsonObject[] = [
  { uriTemplate: 'test://item/{id}', name: 'item', mimeType: 'application/json' },
];

function forwardedTo(method: string, params: JsonObject): JsonObject {
  const { uri, name } = params;
  switch (method) {
    case 'prompts/get': {
      const who = (params['arguments'] as JsonObject | undefined)?.['who'] ?? 'nobody';
      if (name !== 'plain' && name !== 'greeting') throw new ProtocolError(-32_602, 'no such prompt');
      const said = { type: 'text', text: name === 'plain' ? 'Say it.' : `Hello ${String(who)}.` };
      return { description: 'As asked.', messages: [{ role: 'user', content: said }] };
    }
    case 'resources/read':
      if (uri === 'test://text') return { contents: [{ uri, mimeType: 'text/plain', text: 'Grüße' }] };
      if (uri === 'test://binary') return { contents: [{ uri, mimeType: 'image/png', blob: PIXEL }] };
      if (String(uri).startsWith('test://item/'))
        return {
          contents: [
            { uri: String(uri), mimeType: 'application/json', text: `{"id":"${String(uri).slice(12)}"}` },
          ],
        };
      throw new ProtocolError(-32_002, 'Resource not found', { uri: String(uri) });
    case 'completion/complete':
      return { completion: { values: ['alpha', 'beta'], total: 2, hasMore: false } };
    default:
      return {};
  }
}

/** The fixture as a server of its own. */
export function fixtureServer(): Server {
  const server = new Server(
    { name: 'fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: {},
        resources: { subscribe: true },
        completions: {},
        logging: {},
      },
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: TOOLS as unknown as Tool[] }));
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: given } }, ctx) => {
    const run = Object.hasOwn(runs, name) ? runs[name] : undefined;
    if (!run) throw new ProtocolError(-32_602, 'Unknown tool. List the tools, then call one.');
    const result = await run((given ?? {}) as JsonObject, channelOf(server, ctx), carriedBy(server, ctx));
    if (result['resultType'] !== undefined) return result as unknown as CallToolResult;
    const schema = TOOLS.find((each) => each['name'] === name)?.['outputSchema'];
    return server.projectCallToolResult(
      result as unknown as CallToolResult,
      schema as JsonObject | undefined,
    );
  });
  server.setRequestHandler('prompts/list', () => ({ prompts: PROMPTS as never }));
  server.setRequestHandler('resources/list', () => ({ resources: RESOURCES as never }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: TEMPLATES as never }));
  const forward = (method: string) => async (request: { params: object }, _ctx: ServerContext) =>
    forwardedTo(method, request.params as JsonObject) as never;
  server.setRequestHandler('prompts/get', forward('prompts/get'));
  server.setRequestHandler('resources/read', forward('resources/read'));
  server.setRequestHandler('completion/complete', forward('completion/complete'));
  server.setRequestHandler('resources/subscribe', forward('resources/subscribe'));
  server.setRequestHandler('resources/unsubscribe', forward('resources/unsubscribe'));
  return server;
}

/** The fixture behind a gateway. */
export function fixtureGateway(): FakeGateway {
  const facts = (tool: string) => ({
    callId: 'c1',
    server: 'fixture',
    tool,
    cached: false,
    durationMs: 1,
    attempts: 1,
  });
  const outcome = async (tool: string, run: () => JsonObject | Promise<JsonObject>): Promise<CallOutcome> => {
    try {
      const value = await run();
      return value['resultType'] === 'input_required'
        ? { kind: 'input-required', payload: toPayload(value) }
        : { kind: 'result', payload: asBytes(value), facts: facts(tool) };
    } catch (failure) {
      if (!(failure instanceof ProtocolError)) throw failure;
      const { code, message, data } = failure;
      return {
        kind: 'error',
        error: { code, message, ...(data !== undefined && { data: data as JsonObject }) },
        facts: facts(tool),
      };
    }
  };
  return fakeGateway({
    tools: TOOLS,
    prompts: PROMPTS,
    resources: RESOURCES,
    resourceTemplates: TEMPLATES,
    call: async (input, channel) => {
      const run = runs[input.name];
      if (!run) throw new TuttiError('tool/not-found', `There is no tool ${input.name}.`);
      return await outcome(input.name, () => run(input.arguments, channel, input));
    },
    forward: async (method, params) => await outcome(method, () => forwardedTo(method, params)),
  });
}

/** As it would come over a wire. */
function asBytes(value: JsonObject): Payload {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, value: JSON.parse(bytes.toString('utf8')) as JsonObject };
}
