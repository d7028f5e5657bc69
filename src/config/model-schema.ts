import * as z from 'zod';
import { cost, listOf, milliseconds, object, oneOf, recordOf, text, wholeNumber } from './field.ts';

const MODEL_KINDS = ['openai', 'anthropic', 'ai', 'stub'] as const;
const SPANS = ['instance', 'session', 'owner', 'day'] as const;

/** Beyond it the platform's own client gives up. */
const MAX_TIMEOUT_MS = 300_000;
const ADDRESS = 'an address such as "https://host/v1", without a user and a password';

/** Whether it is an address that requests can be sent to, and holds nothing secret. */
export function isApiAddress(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, username, password } = new URL(given);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}

const address = () => text(ADDRESS).refine((given) => isApiAddress(given), { error: ADDRESS });
const PACKAGE = 'the name of a package, such as "@ai-sdk/google"; not a path';
const KEY = 'a key without blanks; leave it out where none is needed';
const key = () => z.string({ error: KEY }).regex(/^[!-~]+$/, { error: KEY });

const priceSchema = object({
  input: cost().describe('Of a million tokens that are read.'),
  output: cost().default(0).describe('Of a million tokens that are written.'),
});

const budgetSchema = object({
  calls: wholeNumber(0, 1_000_000_000).optional().describe('Requests, second attempts included.'),
  tokens: wholeNumber(0, 1_000_000_000_000).optional().describe('Tokens, read and written.'),
  cost: cost().optional().describe('What they cost by `model.prices`, which has to name the price then.'),
  per: oneOf(SPANS).describe(
    'What is counted together: what one instance or one session ever asks, or all that one owner asks, ever ("owner") or in a day, which begins at midnight UTC.',
  ),
}).refine(({ calls, tokens, cost: money }) => (calls ?? tokens ?? money) !== undefined, {
  error: 'at least one of "calls", "tokens" and "cost"',
});

const embeddingsSchema = object({
  url: address()
    .default('https://api.openai.com/v1')
    .describe('Base address of an OpenAI-compatible API, up to what `/embeddings` follows.'),
  name: text('the name of a model').describe('The name of the model.'),
  apiKey: key().optional().describe('Best as "${env:NAME}".'),
});

export const modelSchema = object({
  kind: oneOf(MODEL_KINDS)
    .optional()
    .describe(
      '"openai": any API that is compatible with it. "anthropic". "ai": a provider of the npm package `ai`, which you install. "stub": nobody is asked, the first candidate is taken.',
    ),
  url: address()
    .optional()
    .describe(
      'Base address of the API, up to what `/chat/completions` or `/messages` follows. Default: that of OpenAI or of Anthropic.',
    ),
  name: text('the name of a model').optional().describe('The name of the model.'),
  apiKey: key().optional().describe('Best as "${env:NAME}".'),
  provider: text(PACKAGE)
    .regex(/^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?:\/[a-z0-9_][\w.-]*)*$/i, { error: PACKAGE })
    .optional()
    .describe(
      'For "ai": the package of the provider, such as "@ai-sdk/google". Default: the gateway of `ai`.',
    ),
  timeoutMs: milliseconds(MAX_TIMEOUT_MS)
    .default(30_000)
    .describe('How long an answer may take, a second attempt and the wait for room included.'),
  concurrency: wholeNumber(1, 1024).default(4).describe('Requests at once.'),
  cache: object({
    ttlMs: wholeNumber(0, 31 * 86_400_000)
      .default(3_600_000)
      .describe('How long the answer to the very same request is kept; 0: not at all.'),
    maxMb: wholeNumber(0, 1024).default(16).describe('Memory for kept answers, in MiB.'),
  })
    .prefault({})
    .describe('Whether and how long answers are kept, for the caller who asked.'),
  prices: recordOf(priceSchema, 'an object of prices')
    .default({})
    .describe('What models cost, by name. Without a price, no cost is reported.'),
  budgets: listOf(budgetSchema, 'a list of budgets')
    .default([])
    .describe('What may be spent on models: calls, tokens or cost, per instance, session, owner or day.'),
  embeddings: embeddingsSchema
    .optional()
    .describe('Vectors that say how close two texts are. They need no model beside them.'),
}).describe('A language model that helps where rules and words leave something open.');

export type ModelFile = z.infer<typeof modelSchema>;
