import * as z from 'zod';
import { RISKS } from '../core/kernel/approval.ts';
import {
  cost,
  flag,
  listOf,
  milliseconds,
  names,
  object,
  oneOf,
  recordOf,
  text,
  wholeNumber,
} from './field.ts';
import { budgetsSchema } from './policy-schema.ts';

const TYPES = ['stdio', 'http', 'streamable-http', 'streamableHttp', 'sse'] as const;

/** Keys of other clients that only loosen or decorate: passed over, and said so. */
export const PASSED_OVER = ['alwaysAllow', 'autoApprove', 'trust', 'timeout', 'gallery', 'dev'] as const;

const VALUE = 'a text that is not empty; leave the key out where there is none';
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const PRINTABLE = /^[^\u0000\r\n]*$/;
const value = () => text(VALUE).regex(PRINTABLE, { error: 'a text without line breaks' });

const envSchema = recordOf(
  text(VALUE).refine((given) => !given.includes('\0'), { error: 'a text without NUL' }),
  'an object of texts',
).superRefine((env, context) => {
  for (const name of Object.keys(env)) {
    if (/^[\u0021-\u003C\u003E-\u007E]+$/.test(name)) continue;
    context.addIssue({ code: 'custom', path: [name], message: 'the name of an environment variable as key' });
  }
});

/** Headers that carry the protocol itself. */
const OURS = /^(?:host|connection|content-(?:type|length|encoding)|transfer-encoding|accept|mcp-.*)$/i;

const headersSchema = recordOf(value(), 'an object of texts').superRefine((headers, context) => {
  for (const name of Object.keys(headers)) {
    const wrong = OURS.test(name)
      ? 'no header that carries the protocol itself'
      : 'the name of a header as key';
    if (/^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !OURS.test(name)) continue;
    context.addIssue({ code: 'custom', path: [name], message: wrong });
  }
});

const toolSchema = object({
  enabled: flag().default(true).describe('false: as if the server did not offer it.'),
  risk: oneOf(RISKS).optional().describe('What a call can do at worst; outranks what the server says.'),
  cost: cost().optional().describe('Of one call; outranks that of the server.'),
  cache: flag().optional().describe('true: cached although nothing says it only reads; false: never cached.'),
  timeoutMs: milliseconds().optional().describe('Outranks that of the server.'),
  group: text('a name').optional().describe('Name under which it and its equivalents are called.'),
  parameters: recordOf(text('the name of a parameter'), 'an object of texts')
    .optional()
    .describe('Parameter of the group → parameter of this tool.'),
  examples: listOf(text('a query'), 'a list of queries').default([]).describe('Queries that it answers.'),
  sensitive: flag().optional().describe('What it returns is secret.'),
  egress: flag().optional().describe('What it sends leaves the house.'),
});

const oauthSchema = object({
  clientId: text('a client id').optional().describe('Where we are registered by hand.'),
  clientSecret: text('a client secret').optional().describe('Best as "${env:NAME}".'),
  scopes: names('a list of scopes').default([]).describe('What is asked for.'),
});

const userSchema = object({
  env: envSchema.default({}).describe('For a server that is started: variables of this caller.'),
  headers: headersSchema.default({}).describe('For a server that is reached: headers of this caller.'),
});

const foreign = z.unknown().optional().describe('Of another client: passed over.');
const address = () => text('an address such as "https://example.com/mcp"').optional();

/** One entry of `mcpServers`: what people write for other clients, and what we add. */
export const serverSchema = object({
  command: text('a program').optional().describe('Program to start, without a shell.'),
  args: listOf(z.string({ error: 'a text' }), 'a list of texts')
    .optional()
    .describe('Its arguments.'),
  env: envSchema.optional().describe('Its variables, besides a few harmless ones. Best as "${env:NAME}".'),
  cwd: text('the path of a folder').optional().describe('Where it runs.'),
  url: address().describe('Address of a remote server.'),
  httpUrl: address().describe('As other clients call `url`.'),
  serverUrl: address().describe('As other clients call `url`.'),
  headers: headersSchema.optional().describe('Sent with every request to it.'),
  type: oneOf(TYPES)
    .optional()
    .describe(
      'How it is spoken to. By default "stdio" with `command`, "sse" for a `url` that ends in /sse, else "http".',
    ),
  disabled: flag().default(false).describe('Left alone.'),
  description: text('a text')
    .max(1000, { error: 'at most 1000 characters' })
    .optional()
    .describe('What it is for.'),
  trusted: flag().default(false).describe('What it says of its tools (that they only read, …) is believed.'),
  prefix: flag().default(true).describe('false: its tools keep their own names, without `server__`.'),
  cost: cost().default(0).describe('Of one call, in whatever unit the budgets use.'),
  connectMs: milliseconds().default(10_000).describe('Time to connect and to list.'),
  idleMs: milliseconds().default(30_000).describe('Without a sign of life for so long, a call fails.'),
  timeoutMs: milliseconds()
    .default(60_000)
    .describe(
      'After so long a call fails at this server, whatever its progress, the wait for room there included. An equivalent or fallback that is tried after it has its own time.',
    ),
  idleShutdownMs: milliseconds().optional().describe('Its connection ends when nobody used it for so long.'),
  concurrency: wholeNumber(1, 1024).default(16).describe('Calls at once.'),
  maxMemoryMb: wholeNumber(16, 1_048_576)
    .default(1024)
    .describe('Its processes are ended when they use more memory than so many MiB.'),
  cache: object({
    mode: oneOf(['auto', 'off']).default('auto').describe('"auto": read-only, idempotent calls.'),
    ttlMs: milliseconds().default(60_000).describe('How long a result is good.'),
  })
    .prefault({})
    .describe('Whether and how long its results are kept.'),
  budget: budgetsSchema
    .prefault([])
    .describe('calls, cost or ms, per session, instance, owner or day; or a list of such.'),
  fallback: names('a list of server names')
    .default([])
    .describe(
      'Servers to try in this order, under the same tool name, when this one cannot or may not answer.',
    ),
  tools: recordOf(toolSchema).default({}).describe('By the name that the server gives them.'),
  users: recordOf(userSchema)
    .default({})
    .describe(
      'Credentials of single callers, by the name of their token or by owner: they get a connection of their own.',
    ),
  oauth: oauthSchema.optional().describe('How we log in at a server that wants OAuth.'),
  allowPrivate: flag()
    .optional()
    .describe(
      'Whether its address may lead into a private network. By default only one that is written as such may, and only at its own port; `true` opens the other ports of its host too, such as that of its login.',
    ),
  ...(Object.fromEntries(PASSED_OVER.map((key) => [key, foreign])) as Record<
    (typeof PASSED_OVER)[number],
    typeof foreign
  >),
});

export type ServerFile = z.infer<typeof serverSchema>;
