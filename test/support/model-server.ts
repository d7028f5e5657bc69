import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '../../src/core/kernel/json.ts';

/** What the server does instead of answering. */
export type ModelFault =
  /** 429; `retryAfter` is its header, which is left out where there is none. */
  | 'rate-limited'
  | 'error'
  | 'unavailable'
  /** 401, with the key that was sent in the body. */
  | 'unauthorized'
  /** 400: the request itself is wrong. */
  | 'bad-request'
  /** 200, and a body that is cut off in the middle of its JSON. */
  | 'half-json'
  /** The reply is whole, and the JSON that the model wrote in it is not. */
  | 'half-answer'
  /** The model stopped at the most that it may write. */
  | 'cut-off'
  | 'wrong-schema'
  /** The model wrote prose. */
  | 'not-json'
  /** No choices, no content, no vectors. */
  | 'empty'
  | 'refusal'
  /** Held back by a filter of the provider. */
  | 'filtered'
  /** Begins a body, and goes on a byte at a time for ever. */
  | 'slow-stream'
  | 'never'
  | 'reset'
  /** Breaks off in the middle of a body. */
  | 'reset-body'
  /** A body of 5 MB. */
  | 'huge'
  /** 307 to `/elsewhere` on the same server, which would answer. */
  | 'redirect'
  /** 200, and a page of HTML. */
  | 'html';

/** One reaction: JSON that the model answers, or what goes wrong. An empty object answers the least that fits. */
export interface ModelTurn {
  readonly answer?: JsonObject | ((request: SeenRequest) => JsonObject);
  readonly fault?: ModelFault;
  readonly retryAfter?: string;
  /** What the reply says was used; `none`: it says nothing. 11 in and 7 out by default. */
  readonly tokens?: { readonly input: number; readonly output: number } | 'none';
}

export interface SeenRequest {
  readonly wire: 'chat' | 'messages' | 'embeddings' | 'models' | 'unknown';
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  /** The prompt, or the texts one a line. */
  readonly prompt: string;
  /** Resolves once the exchange is over: answered whole, or the client or the server broke it off. */
  readonly over: Promise<'answered' | 'broken'>;
}

export interface ModelServer {
  /** Base address, as configurations name it: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** What comes next, one turn a request; once it is played, the least that fits is answered. */
  play(...turns: readonly ModelTurn[]): void;
  /** Whether `response_format: json_schema` is taken; where not, 400. */
  takesSchemas: boolean;
  /** What the bound of an answer is called; by another name, 400. */
  bound: 'any' | 'max_completion_tokens';
  /** Resolves with the request of this number, from 0, once it came. */
  request(at: number): Promise<SeenRequest>;
  close(): Promise<void>;
}

const TOKENS = { input: 11, output: 7 };
const HUGE_BYTES = 5 * 1024 * 1024;
const TRICKLE_MS = 5;
const DIMENSIONS = 8;

interface Turn extends ModelTurn {
  readonly seen: SeenRequest;
  readonly response: ServerResponse;
}

/** A provider of models on a free loopback port: chat completions, messages and embeddings, as they stand on the wire. */
export async function modelServer(): Promise<ModelServer> {
  const requests: SeenRequest[] = [];
  const turns: ModelTurn[] = [];
  const waiting = new Set<() => void>();
  const trickles = new Set<NodeJS.Timeout>();
  const server = createServer((incoming, response) => {
    void receive(incoming, response);
  });
  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen = await read(incoming, response);
    requests.push(seen);
    for (const tell of waiting) tell();
    if (seen.wire === 'models') return json(response, 200, { data: [{ id: 'test-model' }] });
    if (seen.wire === 'unknown') return json(response, 404, { error: { message: 'no such path' } });
    if (self.bound === 'max_completion_tokens' && 'max_tokens' in seen.body)
      return json(response, 400, {
        error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead." },
      });
    if (!self.takesSchemas && wantsSchema(seen))
      return json(response, 400, {
        error: { message: "response_format of type 'json_schema' is not supported" },
      });
    const turn = turns.shift() ?? {};
    if (turn.fault === undefined) return answer({ ...turn, seen, response });
    fail(turn.fault, { ...turn, seen, response }, trickles);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const self: ModelServer = {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    takesSchemas: true,
    bound: 'any',
    play: (...more) => void turns.push(...more),
    request: async (at) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const tell = () => {
        if (requests.length > at) resolve();
      };
      waiting.add(tell);
      tell();
      await promise;
      waiting.delete(tell);
      return requests[at] as SeenRequest;
    },
    close: async () => {
      for (const each of trickles) clearInterval(each);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return self;
}

async function read(incoming: IncomingMessage, response: ServerResponse): Promise<SeenRequest> {
  const over = new Promise<'answered' | 'broken'>((resolve) => {
    response.on('close', () => resolve(response.writableFinished ? 'answered' : 'broken'));
  });
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const path = incoming.url ?? '';
  const body = text === '' ? {} : (JSON.parse(text) as JsonObject);
  return { wire: wireOf(path), path, headers: incoming.headers, body, prompt: promptOf(body), over };
}

function wireOf(path: string): SeenRequest['wire'] {
  const { pathname } = new URL(path, 'http://localhost');
  if (pathname.endsWith('/chat/completions')) return 'chat';
  if (pathname.endsWith('/messages')) return 'messages';
  if (pathname.endsWith('/embeddings')) return 'embeddings';
  return pathname.endsWith('/models') ? 'models' : 'unknown';
}

function promptOf({ messages, input }: JsonObject): string {
  if (Array.isArray(input)) return input.join('\n');
  if (!Array.isArray(messages)) return '';
  return messages.map((each: JsonObject) => String(each['content'])).join('\n');
}

function wantsSchema({ body }: SeenRequest): boolean {
  return (body['response_format'] as JsonObject | undefined)?.['type'] === 'json_schema';
}

/** The schema that the answer has to fit, where the request says so; else one that is written into the prompt. */
function schemaOf({ body, prompt }: SeenRequest): JsonObject {
  const format = body['response_format'] as JsonObject | undefined;
  const inFormat = (format?.['json_schema'] as JsonObject | undefined)?.['schema'];
  const [tool] = (body['tools'] ?? []) as readonly JsonObject[];
  const inTool = tool?.['input_schema'] ?? (tool?.['function'] as JsonObject | undefined)?.['parameters'];
  const written = /\{"(?:type|properties|\$schema).*\}/s.exec(prompt)?.[0];
  return (inFormat ?? inTool ?? (written === undefined ? {} : JSON.parse(written))) as JsonObject;
}

/** The least value that fits: the first of a choice, only what is required. */
function least(schema: JsonObject): Json {
  if (Array.isArray(schema['enum'])) return (schema['enum'][0] ?? null) as Json;
  if ('const' in schema) return schema['const'] as Json;
  const [variant] = (schema['anyOf'] ?? schema['oneOf'] ?? []) as readonly JsonObject[];
  if (variant !== undefined) return least(variant);
  switch (schema['type']) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
      const required = (schema['required'] ?? []) as readonly string[];
      return Object.fromEntries(required.map((name) => [name, least(properties[name] ?? {})]));
    }
    case 'array':
      return Array.from({ length: Number(schema['minItems'] ?? 0) }, () =>
        least((schema['items'] ?? {}) as JsonObject),
      );
    case 'number':
    case 'integer':
      return Number(schema['maximum'] ?? schema['minimum'] ?? 1);
    case 'boolean':
      return true;
    case 'string':
      return 'as it stands';
    default:
      return null;
  }
}

function answer(turn: Turn): void {
  const { seen } = turn;
  if (seen.wire === 'embeddings') return json(turn.response, 200, vectors(turn));
  const given = typeof turn.answer === 'function' ? turn.answer(seen) : turn.answer;
  reply(turn, { text: JSON.stringify(given ?? least(schemaOf(seen))) });
}

interface Said {
  readonly text: string;
  readonly why?: 'stop' | 'length' | 'refusal' | 'filtered';
}

/** What the model wrote, in the form of its wire. */
function reply(turn: Turn, said: Said): void {
  json(turn.response, 200, turn.seen.wire === 'messages' ? message(turn, said) : completion(turn, said));
}

function completion({ seen, tokens = TOKENS }: Turn, { text, why = 'stop' }: Said): JsonObject {
  const finish = { stop: 'stop', length: 'length', refusal: 'stop', filtered: 'content_filter' }[why];
  const silent = why === 'refusal' || why === 'filtered';
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: seen.body['model'] ?? '',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: silent ? null : text,
          refusal: why === 'refusal' ? text : null,
        },
        finish_reason: finish,
      },
    ],
    ...(tokens !== 'none' && {
      usage: {
        prompt_tokens: tokens.input,
        completion_tokens: tokens.output,
        total_tokens: tokens.input + tokens.output,
      },
    }),
  };
}

function message({ seen, tokens = TOKENS }: Turn, { text, why = 'stop' }: Said): JsonObject {
  const stop = { stop: 'tool_use', length: 'max_tokens', refusal: 'refusal', filtered: 'refusal' }[why];
  const [tool] = (seen.body['tools'] ?? []) as readonly JsonObject[];
  const value = parsed(text);
  const block: JsonObject =
    value === undefined || why !== 'stop'
      ? { type: 'text', text }
      : { type: 'tool_use', id: 'toolu_1', name: tool?.['name'] ?? '', input: value };
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: seen.body['model'] ?? '',
    content: [block],
    stop_reason: stop,
    stop_sequence: null,
    ...(tokens !== 'none' && { usage: { input_tokens: tokens.input, output_tokens: tokens.output } }),
  };
}

/** Texts with letters in common lie close; not of length 1, as few providers promise it. */
function vectors({ seen, tokens = TOKENS }: Turn): JsonObject {
  const texts = seen.body['input'] as readonly string[];
  return {
    object: 'list',
    model: seen.body['model'] ?? '',
    data: texts
      .map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }))
      // By `index`, whatever their order.
      .toReversed(),
    ...(tokens !== 'none' && { usage: { prompt_tokens: tokens.input, total_tokens: tokens.input } }),
  };
}

function vectorOf(text: string): readonly number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 1);
  for (const letter of text.toLowerCase()) {
    const at = (letter.codePointAt(0) ?? 0) % DIMENSIONS;
    vector[at] = (vector[at] ?? 0) + 3;
  }
  return vector;
}

function fail(fault: ModelFault, turn: Turn, trickles: Set<NodeJS.Timeout>): void {
  const { response, seen } = turn;
  switch (fault) {
    case 'rate-limited':
      if (turn.retryAfter !== undefined) response.setHeader('retry-after', turn.retryAfter);
      return json(response, 429, { error: { message: 'Too many requests.' } });
    case 'error':
      return json(response, 500, { error: { message: 'The server had an error.' } });
    case 'unavailable':
      if (turn.retryAfter !== undefined) response.setHeader('retry-after', turn.retryAfter);
      return json(response, 503, { error: { message: 'Overloaded.' } });
    case 'unauthorized':
      return json(response, 401, { error: { message: `Incorrect API key provided: ${keyOf(seen)}` } });
    case 'bad-request':
      return json(response, 400, { error: { message: 'The model does not exist.' } });
    case 'half-json':
      return raw(response, JSON.stringify(completion(turn, { text: '{}' })).slice(0, 40));
    case 'half-answer':
      return seen.wire === 'embeddings'
        ? raw(response, '{"data": [{"index": 0, "embedding": [1, 2')
        : reply(turn, { text: '{"choice": "le' });
    case 'cut-off':
      return reply(turn, { text: '{"choice": "le', why: 'length' });
    case 'wrong-schema':
      return seen.wire === 'embeddings'
        ? json(response, 200, { data: [{ index: 0, embedding: 'none' }] })
        : reply(turn, { text: '{"choice": "nowhere", "confidence": 7}' });
    case 'not-json':
      return seen.wire === 'embeddings'
        ? raw(response, 'Certainly!')
        : reply(turn, { text: 'Certainly! I would go left.' });
    case 'empty':
      return json(response, 200, { choices: [], content: [], data: [] });
    case 'refusal':
      return reply(turn, { text: 'I cannot help with that.', why: 'refusal' });
    case 'filtered':
      return reply(turn, { text: '', why: 'filtered' });
    default:
      breakDown(fault, response, trickles);
  }
}

type Breakdown = 'slow-stream' | 'never' | 'reset' | 'reset-body' | 'huge' | 'redirect' | 'html';

/** What goes wrong below the form of the wire. */
function breakDown(fault: Breakdown, response: ServerResponse, trickles: Set<NodeJS.Timeout>): void {
  switch (fault) {
    case 'slow-stream': {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id": "');
      const trickle = setInterval(() => response.write('x'), TRICKLE_MS);
      trickles.add(trickle);
      response.on('close', () => clearInterval(trickle));
      return;
    }
    case 'never':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'reset-body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"id": "', () => response.socket?.resetAndDestroy());
      return;
    case 'huge':
      return raw(response, JSON.stringify({ choices: [], padding: 'x'.repeat(HUGE_BYTES) }));
    case 'redirect':
      response.writeHead(307, { location: '/elsewhere/chat/completions' }).end();
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Log in first.</body></html>');
  }
}

function keyOf({ headers }: SeenRequest): string {
  return String(headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, ''));
}

function parsed(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

function json(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function raw(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}
