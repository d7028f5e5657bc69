import * as z from 'zod';
import { EFFECTS } from '../core/gateway/settings.ts';
import { RISKS } from '../core/kernel/approval.ts';
import { cost, flag, listOf, milliseconds, object, oneOf, text, wholeNumber } from './field.ts';

const SPANS = ['session', 'instance', 'owner', 'day'] as const;
const RATE = /^([1-9]\d{0,8})\/(s|min|h|day)$/;
const RATE_EXPECTED = 'a rate such as "60/min" (s, min, h or day)';
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, day: 86_400_000 };
const MIB = 1_048_576;
const HOUR_MS = 3_600_000;
const MONTH_MS = 31 * 86_400_000;

const rate = z.string({ error: RATE_EXPECTED }).regex(RATE, { error: RATE_EXPECTED });

/** `60/min`, of which the schema made sure. */
export function toRateLimit(written: string): { readonly count: number; readonly perMs: number } {
  const [, count, unit = ''] = RATE.exec(written) ?? [];
  return { count: Number(count), perMs: UNIT_MS[unit] ?? 0 };
}

const budgetSchema = object({
  calls: wholeNumber(0, 1_000_000_000).optional().describe('Calls.'),
  cost: cost().optional().describe('Sum of what the calls cost.'),
  ms: wholeNumber(0, MONTH_MS).optional().describe('Sum of the time that calls took.'),
  per: oneOf(SPANS).describe(
    'What is counted together: the calls of one agent session or of one run of a workflow ("instance") for as long as it lives, or all calls of one owner, ever ("owner") or in a day, which begins at midnight UTC. Calls that name no session, or no run, of their caller share one account of the owner a day.',
  ),
}).refine(({ calls, cost: money, ms }) => (calls ?? money ?? ms) !== undefined, {
  error: 'at least one of "calls", "cost" and "ms"',
});

/** One budget, or several. */
export const budgetsSchema = z
  .union([budgetSchema, z.array(budgetSchema)], { error: 'a budget, or a list of budgets' })
  .transform((given) => (Array.isArray(given) ? given : [given]));

const ruleSchema = object({
  when: text("a condition such as \"server == 'git' and risk != 'read'\"").describe(
    'Over caller, server, tool, risk, arguments and tainted.',
  ),
  effect: oneOf(EFFECTS).describe('"degrade": answered from the cache or by a fallback, or refused.'),
  reason: text('a sentence for people').describe('Said to whoever is refused or asked.'),
});

export const policySchema = object({
  rateLimit: object({ perUser: rate.optional().describe('Calls of one caller, such as "60/min".') })
    .prefault({})
    .describe('How often somebody may call.'),
  resultMaxBytes: wholeNumber(1024, 16 * MIB)
    .default(65_536)
    .describe('Results up to this size are returned whole; larger ones are stored and paged through.'),
  resultStoreMaxBytes: wholeNumber(1024, 256 * MIB)
    .default(16 * MIB)
    .describe('Results above this size are cut off and the call fails.'),
  resultTtlMs: milliseconds(MONTH_MS).default(3_600_000).describe('How long stored results are kept.'),
  approvalTtlMs: milliseconds(MONTH_MS).default(3_600_000).describe('How long an approval is waited for.'),
  approve: listOf(oneOf(RISKS), 'a list of risks')
    .default(['destructive'])
    .describe('Risks that a person approves where no rule decides.'),
  fourEyes: flag()
    .default(false)
    .describe(
      'Whoever approves must not be the one who asked: neither in the client, nor at the terminal as the user who runs Tutti for it.',
    ),
  rules: listOf(ruleSchema, 'a list of rules').default([]).describe('The first that holds decides.'),
  tainted: oneOf(['ask', 'deny', 'allow'])
    .default('ask')
    .describe('What happens to calls that send something out after something secret was read.'),
  budgets: listOf(budgetSchema, 'a list of budgets')
    .default([])
    .describe('Budgets over all servers: calls, cost or ms, per session, instance, owner or day.'),
  maxHops: wholeNumber(1, 64)
    .default(4)
    .describe(
      'Orchestrators that a call may pass through, and that may stand above a server that is started.',
    ),
  injection: oneOf(['mark', 'block'])
    .default('mark')
    .describe('What is done with results that seem to carry instructions.'),
  unknownArguments: oneOf(['refuse', 'schema'])
    .default('schema')
    .describe(
      'Arguments that a tool does not name: refused, or passed on where its schema, as JSON Schema defines it, allows them.',
    ),
})
  .refine(({ resultMaxBytes, resultStoreMaxBytes }) => resultMaxBytes <= resultStoreMaxBytes, {
    error: 'resultMaxBytes to be at most resultStoreMaxBytes',
  })
  .describe('What calls through the gateway may do.');

export const exposureSchema = object({
  mode: oneOf(['auto', 'direct', 'search'])
    .default('auto')
    .describe(
      '"direct": clients see every tool of every server. "search": they find them. "auto": by their number and the client.',
    ),
  maxTools: wholeNumber(0, 10_000).default(40).describe('The most tools that "auto" shows directly.'),
  searchingClients: listOf(text('the name of a client'), 'a list of client names')
    .default(['claude-code'])
    .describe('Clients that search tools themselves, by the name they give: "auto" shows them everything.'),
}).describe('How clients of the toolset "gateway" meet the tools of the servers.');

const ZONE = 'the IANA name of a time zone, such as "Europe/Rome" or "UTC"';

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const askSchema = object({
  maxCalls: wholeNumber(1, 1000)
    .default(32)
    .describe('Calls of one answer, each item of a list that is gone through counted.'),
  maxMs: milliseconds(HOUR_MS)
    .default(120_000)
    .describe(
      'Time for one request, from routing to the answer, without the time that people are waited for. What is under way then is called off, and what came is answered. A request that goes on with a plan has it anew.',
    ),
  maxBytes: wholeNumber(1024, 256 * MIB)
    .default(4 * MIB)
    .describe('What all calls of one answer may bring together.'),
  maxCost: cost().optional().describe('What all calls of one answer may cost together.'),
  timeZone: text(ZONE)
    .refine((given) => isTimeZone(given), { error: ZONE })
    .optional()
    .describe(
      'Where "today" and "tomorrow at 9" are meant, by the name of a time zone such as "Europe/Rome". Default: that of the machine.',
    ),
  model: oneOf(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'When the model helps with a question, where one is configured: "auto", where words alone leave open which tools are meant, or ask for several things, and where several calls answered; "always"; "never".',
    ),
  learn: flag()
    .default(false)
    .describe(
      'Which tool a caller confirmed for a question is remembered, for this caller alone, and counts as an example from then on.',
    ),
}).describe('What one question in words (`ask`) may use.');

export const limitsSchema = object({
  cacheMb: wholeNumber(0, 16_384).default(64).describe('Memory for cached results, in MiB.'),
  maxProcesses: wholeNumber(1, 4096)
    .default(64)
    .describe(
      'Servers that run as processes at once. What one of them starts counts as its own: above 256 it is ended.',
    ),
}).describe('What the gateway as a whole may use.');
