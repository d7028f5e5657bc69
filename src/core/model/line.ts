import type { ModelUsage } from '../kernel/instance.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { redact } from '../policy/secrets.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ModelAccount, ModelRequest } from '../ports/model.ts';
import type { WireFailure, WireTokens } from '../ports/model-wire.ts';
import { attempts } from './attempts.ts';
import type { Attempt } from './attempts.ts';
import { reserve } from './budgets.ts';
import type { Spending } from './budgets.ts';
import { beginDeadline } from './deadline.ts';
import type { AskingParts } from './parts.ts';
import { costMicrosOf, priceOf, toUnits } from './prices.ts';

const FAILURES = 5;
const OPEN_MS = 15_000;
/** Requests that may wait for each one that may run. */
const WAITING_PER_RUNNING = 16;
/** Characters to a token, where nobody counted: fewer than in most prose, so that rather too much is expected. */
const CHARACTERS = 3;
const EXPECTED_OUTPUT = 512;
const OWN_FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['model/failed', 'model/timeout']);

/** One request to a provider, and what it is told and counted by. */
export interface Errand<T> {
  readonly purpose: ModelRequest['purpose'] | 'embed';
  readonly account: ModelAccount;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** What is sent, for the log of exchanges and for what it may cost. */
  readonly prompt: string;
  readonly attempt: Attempt<T>;
  readonly isOnce?: boolean | undefined;
  /** What came, for the log of exchanges. */
  readonly told: (value: T) => JsonObject;
}

export interface Line {
  /** @throws TuttiError `model/*`, `budget/spent`; the reason of the signal. */
  run<T>(errand: Errand<T>): Promise<{ readonly value: T; readonly usage: ModelUsage }>;
}

/** The way to one provider: budgets, a bounded number of requests at once, a breaker, one deadline, a second attempt where it can help. */
export function createLine(parts: AskingParts, name: string): Line {
  const { settings, clock } = parts;
  const price = priceOf(settings.prices, name);
  const circuit = parts.createCircuit({
    concurrency: settings.concurrency,
    queue: settings.concurrency * WAITING_PER_RUNNING,
    failures: FAILURES,
    openMs: OPEN_MS,
    isFailure,
  });

  const expectedOf = (prompt: string): Spending => {
    const tokens = { inputTokens: Math.ceil(prompt.length / CHARACTERS), outputTokens: EXPECTED_OUTPUT };
    return {
      calls: 1,
      tokens: tokens.inputTokens + tokens.outputTokens,
      costMicros: costMicrosOf(price, tokens) ?? 0,
    };
  };

  return {
    async run(errand) {
      errand.signal?.throwIfAborted();
      const startedAt = clock.now();
      const expected = expectedOf(errand.prompt);
      const reservation = await reserve(parts.usage, settings.budgets, {
        ...errand,
        now: startedAt,
        expected,
      });
      const ms = Math.min(errand.timeoutMs ?? Infinity, settings.timeoutMs);
      const deadline = beginDeadline(parts, { ms, signal: errand.signal });
      const tally = { sent: 0, tokens: [] as WireTokens[] };
      const usageNow = (): ModelUsage => {
        const tokens = sum(tally.tokens);
        const cost = tokens && costMicrosOf(price, tokens);
        const latencyMs = Math.max(0, clock.now() - startedAt);
        return { name, ...tokens, ...(cost !== undefined && { cost: toUnits(cost) }), latencyMs };
      };
      const settle = async (): Promise<void> => {
        const spent = spentOf(tally, expected, (tokens) => costMicrosOf(price, tokens));
        await reservation.settle(spent).catch((fault: unknown) => {
          parts.telemetry.log('warn', 'model/unbooked', { name, fault });
        });
      };
      try {
        const value = await attempts(
          parts,
          { circuit, deadline, tally, isOnce: errand.isOnce },
          errand.attempt,
        );
        const usage = usageNow();
        tell(parts, errand, { usage, sent: tally.sent, result: { answer: errand.told(value) } });
        return { value, usage };
      } catch (error) {
        tell(parts, errand, { usage: usageNow(), sent: tally.sent, result: { failure: failureOf(error) } });
        throw error;
      } finally {
        deadline.over();
        await settle();
      }
    },
  };
}

/** A provider that is busy, or that did not like the request, is not down. */
function isFailure(error: unknown): boolean {
  if (!(error instanceof TuttiError)) return false;
  if (error.code !== 'model/api') return OWN_FAILURES.has(error.code);
  return ((error.data as WireFailure | undefined)?.status ?? 0) >= 500;
}

/** Over all attempts; `undefined` where one of them was not counted. */
function sum(all: readonly WireTokens[]): WireTokens | undefined {
  const total = (name: keyof WireTokens): number | undefined =>
    all.reduce<number | undefined>(
      (before, each) => (before === undefined || each[name] === undefined ? undefined : before + each[name]),
      0,
    );
  if (all.length === 0) return undefined;
  const [inputTokens, outputTokens] = [total('inputTokens'), total('outputTokens')];
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}

interface Tally {
  /** Attempts that left. */
  readonly sent: number;
  /** What those of them used that were answered or broken off. */
  readonly tokens: readonly WireTokens[];
}

/** What was answered without a count, or broken off, counts as what was expected of it; a failure of the provider costs nothing but the call. */
function spentOf(
  { sent, tokens }: Tally,
  expected: Spending,
  costOf: (tokens: WireTokens) => number | undefined,
): Spending {
  let counted = 0;
  let costMicros = 0;
  for (const each of tokens) {
    const { inputTokens, outputTokens } = each;
    counted += inputTokens === undefined ? expected.tokens : inputTokens + (outputTokens ?? 0);
    costMicros += costOf(each) ?? expected.costMicros;
  }
  return { calls: sent, tokens: counted, costMicros };
}

interface Outcome {
  readonly usage: ModelUsage;
  readonly sent: number;
  readonly result: { readonly answer: JsonObject } | { readonly failure: JsonObject };
}

/** Counts for everybody, and what was said for the log that was asked for. */
function tell<T>(parts: AskingParts, errand: Errand<T>, { usage, sent, result }: Outcome): void {
  const { purpose, account, prompt } = errand;
  const fields = { purpose, ...account, ...usage, attempts: sent };
  if ('answer' in result) parts.telemetry.log('info', 'model/answered', fields);
  // Whoever asked left: nothing went wrong.
  else
    parts.telemetry.log(errand.signal?.aborted === true ? 'info' : 'warn', 'model/unanswered', {
      ...fields,
      code: result.failure['code'],
    });
  const at = parts.clock.now();
  parts.exchanges?.write(redact({ at, ...fields, prompt, ...result }) as JsonObject);
}

function failureOf(error: unknown): JsonObject {
  if (!(error instanceof TuttiError)) return { code: 'aborted' };
  const { code, message, data } = error;
  return { code, message, ...(data !== undefined && { data: data as JsonObject }) };
}
