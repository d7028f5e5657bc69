import * as z from 'zod';
import { STRICTNESSES } from '../core/session/agent.ts';
import { authSchema } from './auth-schema.ts';
import { modelSchema } from './model-schema.ts';
import { flag, listOf, milliseconds, object, oneOf, text, wholeNumber } from './field.ts';
import { askSchema, exposureSchema, limitsSchema, policySchema } from './policy-schema.ts';
import { serverSchema } from './server-schema.ts';
import { toolsSchema } from './tools-schema.ts';
import { TOOLSETS } from './toolset-names.ts';

export { TOOLSETS };
export const DECIDERS = ['caller', 'model', 'human'] as const;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

const PORT = 'a whole number from 0 to 65535';
const ORIGIN = 'an origin such as "https://example.com", without a path';
const CONFIDENCE = 'a number from 0 to 1';
const YEAR_MS = 31_536_000_000;
const HOST = 'a host name, with its port where it has one';

function expectedStore(found: unknown): string {
  const postgres = typeof found === 'string' && /^postgres(ql)?:/i.test(found);
  return postgres ? '"sqlite:PATH"; PostgreSQL is not available in this version' : '"sqlite:PATH"';
}

export const storeSchema = z
  .string({ error: '"sqlite:PATH"' })
  .regex(/^sqlite:./, { error: (issue) => expectedStore(issue.input) })
  .describe('Where instances and their journals live, such as "sqlite:./data/tutti.db".');

const workflowsSchema = object({
  dir: text('the path of a folder')
    .optional()
    .describe('Your workflow folders; one of the same name stands in for one that ships.'),
  shipped: z
    .boolean({ error: 'true or false' })
    .default(true)
    .describe('Whether the workflows that ship are served too.'),
  deciders: listOf(oneOf(DECIDERS), 'a list of deciders')
    .min(1, { error: 'at least one decider' })
    .refine((named) => new Set(named).size === named.length, { error: 'each decider once' })
    .optional()
    .describe(
      'Who decides, in order, where rules and outcomes leave it open. Default: ["caller"], and ["model", "caller"] where there is a model to ask. A "human" answers in the client where it can ask, at the terminal, or over HTTP.',
    ),
  sampling: flag()
    .default(false)
    .describe(
      'Whether the model of a client is asked (MCP sampling, which is being phased out) where "model" decides and no model of your own is configured.',
    ),
  minConfidence: z
    .number({ error: CONFIDENCE })
    .min(0, { error: CONFIDENCE })
    .max(1, { error: CONFIDENCE })
    .default(0.7)
    .describe("A model's answer that is less sure is passed on to the next decider."),
  thinkingMs: wholeNumber(0, 3_600_000)
    .default(0)
    .describe("A person's decision that comes sooner after the question must be confirmed."),
  decisionTtlMs: milliseconds(YEAR_MS)
    .default(604_800_000)
    .describe('How long a question waits for a person; after that the next report asks anew.'),
}).describe('Where workflows come from and who decides in them.');

const agentsSchema = object({
  dir: text('the path of a folder')
    .optional()
    .describe('Your agent folders; one of the same name stands in for the built-in `agent`.'),
  default: text('the name of an agent')
    .default('agent')
    .describe('The agent that sessions begin with where none is named.'),
  transitions: oneOf(STRICTNESSES)
    .default('enforce')
    .describe(
      'What becomes of a move that the table of an agent does not hold, where the agent says nothing itself: refused, made with a reason, or made.',
    ),
  sharedKnowledge: flag()
    .default(false)
    .describe('Whether knowledge may be stored for everybody who is let in here.'),
  maxSessionMb: wholeNumber(1, 1_048_576)
    .default(256)
    .describe('What one session may keep: conversation, journal with its task data, and knowledge, in MiB.'),
  maxOwnerMb: wholeNumber(1, 1_048_576)
    .default(1024)
    .describe(
      'What one caller may keep altogether: sessions, and knowledge of the caller and shared, in MiB.',
    ),
}).describe('Agents, and the sessions that follow them.');

const httpSchema = object({
  host: text('a host name or an address')
    .default('127.0.0.1')
    .describe('Address to listen on. Any other than loopback needs `auth`.'),
  port: z
    .int({ error: PORT })
    .min(0, { error: PORT })
    .max(65_535, { error: PORT })
    .default(7420)
    .describe('Port to listen on; 0 takes a free one.'),
  auth: authSchema.optional(),
  allowedHosts: listOf(text(HOST), 'a list of host names')
    .default([])
    .describe('Host headers that are answered besides those of loopback.'),
  allowedOrigins: listOf(
    z.string({ error: ORIGIN }).regex(/^https?:\/\/[^/\s]+$/, { error: ORIGIN }),
    'a list of origins',
  )
    .default([])
    .describe('Origins of web pages that may call besides those of loopback.'),
}).describe('The HTTP server.');

/** What a configuration file may say. The JSON schema in the package is generated from it. */
export const configSchema = object({
  $schema: z.string({ error: 'the address of a JSON schema' }).optional().describe('For editors.'),
  store: storeSchema.optional(),
  workflows: workflowsSchema.prefault({}),
  agents: agentsSchema.prefault({}),
  model: modelSchema.optional(),
  http: httpSchema.prefault({}),
  toolsets: listOf(oneOf(TOOLSETS), 'a list of toolsets')
    .min(1, { error: 'at least one toolset' })
    .default(['workflows', 'gateway', 'agent'])
    .describe('Groups of tools that MCP clients see.'),
  logLevel: oneOf(LOG_LEVELS).optional().describe('What is logged to stderr. Default: "info".'),
  mcpServers: z
    .record(z.string(), z.unknown(), { error: 'an object' })
    .default({})
    .describe('Servers behind the gateway, as other clients write them, with keys of our own.'),
  tools: toolsSchema.optional(),
  policy: policySchema.prefault({}),
  exposure: exposureSchema.prefault({}),
  ask: askSchema.prefault({}),
  limits: limitsSchema.prefault({}),
});

export type ConfigFile = z.infer<typeof configSchema>;

/** A file that says nothing. */
export const DEFAULTS: ConfigFile = configSchema.parse({});

/** The schema as editors read it. */
export function configJsonSchema(): object {
  // An entry with faults takes only itself out of service, so entries are checked one by one.
  const whole = configSchema.extend({
    mcpServers: z
      .record(z.string(), serverSchema)
      .default({})
      .describe(configSchema.shape.mcpServers.description ?? ''),
  });
  const { $schema, ...schema } = z.toJSONSchema(whole, { io: 'input' });
  return { $schema, title: 'Configuration of Tutti', ...schema };
}
