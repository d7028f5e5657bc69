// A server with every tool, prompt and resource that the official conformance suite asks for, in both protocol eras.
//   node test/support/conformance-server.ts            over stdio
//   node test/support/conformance-server.ts --http     over HTTP on a free port; its address is the first line on stdout
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CLIENT_CAPABILITIES_META_KEY,
  ResourceNotFoundError,
  Server,
  WebStandardStreamableHTTPServerTransport,
  createMcpHandler,
  createRequestStateCodec,
  hostHeaderValidationResponse,
  inputRequired,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import type {
  CallToolResult,
  ElicitRequestFormParams,
  GetPromptResult,
  InputRequiredResult,
  InputRequests,
  ServerContext,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

type Answer = CallToolResult | InputRequiredResult;
type Arguments = Readonly<Record<string, unknown>>;
type Requested = ElicitRequestFormParams['requestedSchema'];

interface FixtureTool {
  readonly about: string;
  readonly inputSchema?: { readonly type: 'object'; readonly [key: string]: unknown };
  readonly run: (ctx: ServerContext, args: Arguments) => Answer | Promise<Answer>;
}

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=';
const IMAGE = { type: 'image', data: PNG, mimeType: 'image/png' } as const;
const text = (said: string): CallToolResult => ({ content: [{ type: 'text', text: said }] });
const strings = (...names: string[]) => ({
  type: 'object' as const,
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
});

const states = createRequestStateCodec<{ readonly round: number }>({ key: randomBytes(32) });
const mint = (round: number) => states.mint({ round });
const roundOf = (ctx: ServerContext): number =>
  ctx.mcpReq.requestState<{ readonly round: number }>()?.round ?? 0;

const elicit = (message: string, requestedSchema: Requested) =>
  inputRequired.elicit({ message, requestedSchema });
const askName = () =>
  elicit('What is your name?', {
    type: 'object',
    properties: { name: { type: 'string' } },
    required: ['name'],
  });
const sample = (said: string, maxTokens = 100) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: said } }],
    maxTokens,
  });

interface Elicited {
  readonly action?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}
const answered = (ctx: ServerContext, key: string) => ctx.mcpReq.inputResponses?.[key] as unknown;
/** What a person filled in under `key`, when it was accepted and holds `field`. */
function accepted(ctx: ServerContext, key: string, field: string): unknown {
  const given = answered(ctx, key) as Elicited | undefined;
  return given?.action === 'accept' ? given.content?.[field] : undefined;
}
const sampled = (answer: unknown): string =>
  (answer as { readonly content?: { readonly text?: string } } | undefined)?.content?.text ?? '(nothing)';

/** Asks for one form, then says in words what came back. */
const form =
  (says: string, ask: (args: Arguments) => { message: string; requestedSchema: Requested }) =>
  (ctx: ServerContext, args: Arguments): Answer => {
    const given = answered(ctx, 'form') as Elicited | undefined;
    if (!given) return inputRequired({ inputRequests: { form: inputRequired.elicit(ask(args)) } });
    return text(`${says}: action=${given.action}, content=${JSON.stringify(given.content ?? {})}`);
  };

async function progress(ctx: ServerContext): Promise<void> {
  const progressToken = ctx.mcpReq['_meta']?.progressToken;
  for (const done of [0, 50, 100]) {
    if (done > 0) await sleep(50);
    if (progressToken === undefined) continue;
    const params = { progressToken, progress: done, total: 100 };
    await ctx.mcpReq.notify({ method: 'notifications/progress', params });
  }
}

/** Whether the extra tool, the extra prompt are listed: what the change hooks turn over. */
const extra = { tool: false, prompt: false };

const ENUM = ['option1', 'option2', 'option3'];
const titled = (values: readonly (readonly [string, string])[]) =>
  values.map(([value, title]) => ({ const: value, title }));

const TOOLS: Readonly<Record<string, FixtureTool>> = {
  test_simple_text: {
    about: 'Answers with a text.',
    run: () => text('This is a simple text response for testing.'),
  },
  test_image_content: { about: 'Answers with an image.', run: () => ({ content: [IMAGE] }) },
  test_audio_content: {
    about: 'Answers with a sound.',
    run: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  },
  test_embedded_resource: {
    about: 'Answers with a resource.',
    run: () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  },
  test_multiple_content_types: {
    about: 'Answers with a text, an image and a resource.',
    run: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        IMAGE,
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: '{"test":"data","value":123}',
          },
        },
      ],
    }),
  },
  test_tool_with_logging: {
    about: 'Logs while it works.',
    run: async (ctx) => {
      for (const said of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
        await ctx.mcpReq.log('info', said);
        await sleep(50);
      }
      return text('Logged three times.');
    },
  },
  test_logging_tool: {
    about: 'Logs once, for those who asked for logs.',
    run: async (ctx) => {
      await ctx.mcpReq.log('info', 'A line for the log');
      return text('Logged.');
    },
  },
  test_error_handling: {
    about: 'Fails.',
    run: () => ({ ...text('This tool intentionally returns an error for testing'), isError: true }),
  },
  test_tool_with_progress: {
    about: 'Tells how far it is.',
    run: async (ctx) => {
      await progress(ctx);
      return text('Went from 0 to 100.');
    },
  },
  test_sampling: {
    about: "Asks the client's model.",
    inputSchema: strings('prompt'),
    run: (ctx, args) => {
      const said = answered(ctx, 'sample');
      if (said === undefined)
        return inputRequired({ inputRequests: { sample: sample(String(args['prompt'])) } });
      return text(`LLM response: ${sampled(said)}`);
    },
  },
  test_elicitation: {
    about: 'Asks the person.',
    inputSchema: strings('message'),
    run: form('User response', (args) => ({
      message: String(args['message']),
      requestedSchema: {
        type: 'object',
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      },
    })),
  },
  test_elicitation_sep1034_defaults: {
    about: 'Asks the person, with defaults.',
    run: form('Elicitation completed', () => ({
      message: 'Look at the defaults.',
      requestedSchema: {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      },
    })),
  },
  test_elicitation_sep1330_enums: {
    about: 'Asks the person to choose, in every way there is.',
    run: form('Elicitation completed', () => ({
      message: 'Choose.',
      requestedSchema: {
        type: 'object',
        properties: {
          untitledSingle: { type: 'string', enum: ENUM },
          titledSingle: {
            type: 'string',
            oneOf: titled([
              ['value1', 'First Option'],
              ['value2', 'Second Option'],
              ['value3', 'Third Option'],
            ]),
          },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: ENUM } },
          titledMulti: {
            type: 'array',
            items: {
              anyOf: titled([
                ['value1', 'First Choice'],
                ['value2', 'Second Choice'],
                ['value3', 'Third Choice'],
              ]),
            },
          },
        },
      },
    })),
  },
  json_schema_2020_12_tool: {
    about: 'Takes an address, described in the newer words of JSON Schema.',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
    run: (_ctx, args) => text(JSON.stringify(args)),
  },
  test_missing_capability: {
    about: 'Needs a client that samples.',
    run: (ctx) =>
      answered(ctx, 'sample') === undefined
        ? inputRequired({ inputRequests: { sample: sample('Hello?') } })
        : text('Sampled.'),
  },
  test_streaming_elicitation: {
    about: 'Asks the person after some progress.',
    run: async (ctx) => {
      await progress(ctx);
      if (accepted(ctx, 'user_name', 'name') !== undefined) return text('Answered.');
      return inputRequired({ inputRequests: { user_name: askName() } });
    },
  },
  test_trigger_tool_change: {
    about: 'Changes the list of tools.',
    run: () => {
      extra.tool = !extra.tool;
      announce.tools();
      return text('The tools changed.');
    },
  },
  test_trigger_prompt_change: {
    about: 'Changes the list of prompts.',
    run: () => {
      extra.prompt = !extra.prompt;
      announce.prompts();
      return text('The prompts changed.');
    },
  },
  test_input_required_result_elicitation: {
    about: 'Asks for a name.',
    run: (ctx) => {
      const name = accepted(ctx, 'user_name', 'name');
      if (typeof name !== 'string') return inputRequired({ inputRequests: { user_name: askName() } });
      return text(`Hello, ${name}!`);
    },
  },
  test_input_required_result_sampling: {
    about: 'Asks a model for a capital.',
    run: (ctx) => {
      const said = answered(ctx, 'capital_question');
      const capital_question = sample('What is the capital of France?');
      return said === undefined
        ? inputRequired({ inputRequests: { capital_question } })
        : text(sampled(said));
    },
  },
  test_input_required_result_list_roots: {
    about: 'Asks for the roots.',
    run: (ctx) => {
      const given = answered(ctx, 'client_roots') as
        | { readonly roots?: readonly { readonly uri: string }[] }
        | undefined;
      if (!given?.roots) return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
      return text(`Roots: ${given.roots.map(({ uri }) => uri).join(', ')}`);
    },
  },
  test_input_required_result_request_state: { about: 'Asks to confirm, and remembers.', run: confirm },
  test_input_required_result_tampered_state: { about: 'Asks to confirm, and remembers.', run: confirm },
  test_input_required_result_multiple_inputs: {
    about: 'Asks three things at once.',
    run: async (ctx) => {
      const asked: InputRequests = {
        user_name: askName(),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      };
      const complete = Object.keys(asked).every((key) => answered(ctx, key) !== undefined);
      if (complete && roundOf(ctx) === 1) return text('All three were answered.');
      return inputRequired({ inputRequests: asked, requestState: await mint(1) });
    },
  },
  test_input_required_result_multi_round: {
    about: 'Asks one thing after the other.',
    run: async (ctx) => {
      const round = roundOf(ctx);
      if (round === 2 && accepted(ctx, 'step2', 'color') !== undefined) return text('Both were answered.');
      if (round === 1 && accepted(ctx, 'step1', 'name') !== undefined) {
        const step2 = elicit('Step 2: What is your favorite color?', {
          type: 'object',
          properties: { color: { type: 'string' } },
          required: ['color'],
        });
        return inputRequired({ inputRequests: { step2 }, requestState: await mint(2) });
      }
      const step1 = elicit('Step 1: What is your name?', {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
      });
      return inputRequired({ inputRequests: { step1 }, requestState: await mint(1) });
    },
  },
  test_input_required_result_capabilities: {
    about: 'Asks only what the client said it can answer.',
    run: (ctx) => {
      const declared = (ctx.mcpReq.envelope as Readonly<Record<string, Declared>> | undefined)?.[
        CLIENT_CAPABILITIES_META_KEY
      ];
      if (ctx.mcpReq.inputResponses) return text('Answered.');
      const inputRequests: InputRequests = {
        ...(declared?.elicitation && { user_name: askName() }),
        ...(declared?.sampling && { greeting: sample('Generate a greeting', 50) }),
      };
      return Object.keys(inputRequests).length > 0
        ? inputRequired({ inputRequests })
        : text('Nobody can be asked.');
    },
  },
};

type Declared = { readonly elicitation?: object; readonly sampling?: object } | undefined;

async function confirm(ctx: ServerContext): Promise<Answer> {
  if (roundOf(ctx) === 1 && accepted(ctx, 'confirm', 'ok') !== undefined) return text('state-ok');
  const asked = elicit('Please confirm', {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
  });
  return inputRequired({ inputRequests: { confirm: asked }, requestState: await mint(1) });
}

interface FixturePrompt {
  readonly about: string;
  readonly needs?: readonly string[];
  readonly get: (ctx: ServerContext, args: Arguments) => GetPromptResult | InputRequiredResult;
}
type Content = GetPromptResult['messages'][number]['content'];
const messages = (...contents: Content[]): GetPromptResult => ({
  messages: contents.map((content) => ({ role: 'user', content })),
});

const PROMPTS: Readonly<Record<string, FixturePrompt>> = {
  test_simple_prompt: {
    about: 'A text.',
    get: () => messages({ type: 'text', text: 'This is a simple prompt for testing.' }),
  },
  test_prompt_with_arguments: {
    about: 'A text with two arguments in it.',
    needs: ['arg1', 'arg2'],
    get: (_ctx, { arg1, arg2 }) =>
      messages({
        type: 'text',
        text: `Prompt with arguments: arg1='${String(arg1)}', arg2='${String(arg2)}'`,
      }),
  },
  test_prompt_with_embedded_resource: {
    about: 'A resource and a text.',
    needs: ['resourceUri'],
    get: (_ctx, { resourceUri }) =>
      messages(
        {
          type: 'resource',
          resource: {
            uri: String(resourceUri),
            mimeType: 'text/plain',
            text: 'Embedded resource content for testing.',
          },
        },
        { type: 'text', text: 'Please process the embedded resource above.' },
      ),
  },
  test_prompt_with_image: {
    about: 'An image and a text.',
    get: () => messages(IMAGE, { type: 'text', text: 'Please analyze the image above.' }),
  },
  test_input_required_result_prompt: {
    about: 'Asks for its context.',
    get: (ctx) => {
      const context = accepted(ctx, 'user_context', 'context');
      if (context !== undefined)
        return messages({ type: 'text', text: `In this context: ${String(context)}` });
      const user_context = elicit('What context should the prompt use?', {
        type: 'object',
        properties: { context: { type: 'string' } },
        required: ['context'],
      });
      return inputRequired({ inputRequests: { user_context } });
    },
  },
};

const RESOURCES = [
  { uri: 'test://static-text', name: 'static-text', description: 'A text.', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'static-binary', description: 'An image.', mimeType: 'image/png' },
  {
    uri: 'test://watched-resource',
    name: 'watched-resource',
    description: 'A text that may change.',
    mimeType: 'text/plain',
  },
];

function read(uri: string) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const said = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: 'application/json', text: said }] };
  }
  switch (uri) {
    case 'test://static-text':
      return {
        contents: [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' }],
      };
    case 'test://static-binary':
      return { contents: [{ uri, mimeType: 'image/png', blob: PNG }] };
    case 'test://watched-resource':
      return { contents: [{ uri, mimeType: 'text/plain', text: 'Watched.' }] };
    default:
      throw new ResourceNotFoundError(uri);
  }
}

/** How every client is told of a change; each face adds its way. */
const announce = { tools: () => {}, prompts: () => {} };
const hint = { ttlMs: 1_000, cacheScope: 'public' } as const;

function build(): Server {
  const server = new Server(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        logging: {},
      },
      cacheHints: {
        'tools/list': hint,
        'prompts/list': hint,
        'resources/list': hint,
        'resources/templates/list': hint,
        'resources/read': hint,
      },
      requestState: { verify: async (state, ctx) => await states.verify(state, ctx) },
    },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: [...Object.entries(TOOLS), ...(extra.tool ? [EXTRA] : [])].map(
      ([name, { about, inputSchema }]) => ({
        name,
        description: about,
        inputSchema: inputSchema ?? { type: 'object' as const, properties: {} },
      }),
    ),
  }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const tool = Object.hasOwn(TOOLS, params.name) ? TOOLS[params.name] : undefined;
    if (!tool) return { ...text(`There is no tool ${params.name}.`), isError: true };
    return await tool.run(ctx, params.arguments ?? {});
  });
  server.setRequestHandler('prompts/list', () => ({
    prompts: [
      ...Object.entries(PROMPTS).map(([name, { about, needs }]) => ({
        name,
        description: about,
        arguments: (needs ?? []).map((need) => ({ name: need, required: true })),
      })),
      ...(extra.prompt ? [{ name: 'test_extra_prompt', description: 'Comes and goes.' }] : []),
    ],
  }));
  server.setRequestHandler('prompts/get', ({ params }, ctx) => {
    const prompt = Object.hasOwn(PROMPTS, params.name) ? PROMPTS[params.name] : undefined;
    if (!prompt) throw new Error(`There is no prompt ${params.name}.`);
    return prompt.get(ctx, params.arguments ?? {});
  });
  server.setRequestHandler('resources/list', () => ({ resources: RESOURCES }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [
      {
        uriTemplate: 'test://template/{id}/data',
        name: 'template',
        description: 'Data by id.',
        mimeType: 'application/json',
      },
    ],
  }));
  server.setRequestHandler('resources/read', ({ params }) => read(params.uri));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.setRequestHandler('completion/complete', ({ params }) => {
    const values = ['paris', 'park', 'party'].filter((value) => value.startsWith(params.argument.value));
    return { completion: { values, total: values.length, hasMore: false } };
  });
  return server;
}
const EXTRA: readonly [string, FixtureTool] = [
  'test_extra_tool',
  { about: 'Comes and goes.', run: () => text('Here.') },
];

function overStdio(): void {
  let current: Server | undefined;
  announce.tools = () => void current?.sendToolListChanged();
  announce.prompts = () => void current?.sendPromptListChanged();
  serveStdio(() => (current = build()));
}

async function overHttp(): Promise<void> {
  const modern = createMcpHandler(build, { legacy: 'reject' });
  const sessions = new Map<
    string,
    { readonly server: Server; readonly transport: WebStandardStreamableHTTPServerTransport }
  >();
  announce.tools = () => {
    modern.notify.toolsChanged();
    for (const { server } of sessions.values()) void server.sendToolListChanged();
  };
  announce.prompts = () => {
    modern.notify.promptsChanged();
    for (const { server } of sessions.values()) void server.sendPromptListChanged();
  };
  const legacy = async (request: Request): Promise<Response> => {
    const id = request.headers.get('mcp-session-id');
    const session = id === null ? undefined : sessions.get(id);
    if (session) return await session.transport.handleRequest(request);
    if (id !== null) return new Response(null, { status: 404 });
    const server = build();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (given) => void sessions.set(given, { server, transport }),
      onsessionclosed: (given) => void sessions.delete(given),
    });
    await server.connect(transport);
    return await transport.handleRequest(request);
  };
  const answer = async (request: Request): Promise<Response> =>
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins()) ??
    ((await isLegacyRequest(request.clone())) ? await legacy(request) : await modern.fetch(request));
  const http = createServer((request, response) => void exchange(request, response, answer));
  http.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp\n`);
  });
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: Request) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { method = 'GET' } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const web = new Request(`http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`, {
    method,
    headers: request.headers as Record<string, string>,
    signal: gone.signal,
    ...(method === 'POST' && { body: Buffer.concat(chunks) }),
  });
  const said = await answer(web);
  response.writeHead(said.status, Object.fromEntries(said.headers));
  response.flushHeaders();
  if (said.body === null) response.end();
  else await pipeline(Readable.fromWeb(said.body), response).catch(() => undefined);
}

if (process.argv.includes('--http')) await overHttp();
else overStdio();
