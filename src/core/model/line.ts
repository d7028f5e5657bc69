import type { ModelUsage } from '../kernel/instance.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { redact } from '../policy/secrets.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ModelAccount, ModelRequest } from '../ports/model.ts';
import type { WireFailure, WireTokens } from '../ports/model-wire.ts';
import { attempts } from './attempts.ts';
import type { Attempt, Booking } from './attempts.ts';
import { reserve } from './budgets.ts';
import type { Spending } from './budgets.ts';
import { beginDeadline } from './deadline.ts';
import type { AskingParts } from './parts.ts';
import { costMicrosOf, priceOf, toUnits } from './prices.ts';

/** The longest that a service is left alone on its word. */
const MAX_QUIET_MS = 3_600_000;
const FAILURES = 5;
const OPEN_MS = 15_000;
/** Requests that may wait for each one that may run. */
const WAITING_PER_RUNNING = 16;
/** Characters to a token, where nobody counted: fewer than in most prose, so that rather too much is expected. */
const CHARACTERS = 3;
const OWN_FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['model/failed', 'model/timeout']);

/** One request to a provider, and what it is told and counted by. */
export interface Errand<T> {
  readonly purpose: ModelRequest['purpose'] | 'embed';
  readonly account: ModelAccount;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** What is sent, for the log of exchanges and for what it may cost. */
  readonly prompt: string;
  /** The most that may be written: so much has to be left in the budgets. */
  readonly maxTokens: number;
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

  const expectedOf = ({ prompt, maxTokens }: { prompt: string; maxTokens: number }): Spending => {
    const tokens = { inputTokens: Math.ceil(prompt.length / CHARACTERS), outputTokens: maxTokens };
    return {
      calls: 1,
      tokens: tokens.inputTokens + tokens.outputTokens,
      costMicros: costMicrosOf(price, tokens) ?? 0,
    };
  };

  let quietUntil = 0;
  const keepQuiet = (error: unknown): void => {
    const { retry_after_ms: waitMs = 0, final } = (
      error instanceof TuttiError ? (error.data ?? {}) : {}
    ) as WireFailure;
    if (waitMs > 0 && final !== true)
      quietUntil = Math.max(quietUntil, clock.now() + Math.min(waitMs, MAX_QUIET_MS));
  };
  const book = async ({ account }: { account: ModelAccount }, expected: Spending): Promise<Booking> => {
    const request = { account, now: clock.now(), expected };
    const reservation = await reserve(parts.usage, settings.budgets, request);
    return {
      settle: async (sent) => {
        const spent = spentOf(sent, expected, (tokens) => costMicrosOf(price, tokens));
        await reservation.settle(spent).catch((fault: unknown) => {
          parts.telemetry.log('warn', 'model/unbooked', { name, fault });
        });
      },
    };
  };

  return {
    async run(errand) {
      errand.signal?.throwIfAborted();
      const startedAt = clock.now();
      const expected = expectedOf(errand);
      const ms = Math.min(errand.timeoutMs ?? Infinity, settings.timeoutMs);
      const deadline = beginDeadline(parts, { ms, signal: errand.signal });
      const tally = { sent: 0, tokens: [] as WireTokens[] };
      const usageNow = (): ModelUsage => {
        const tokens = sum(tally.tokens);
        const cost = tokens && costMicrosOf(price, tokens);
        const latencyMs = Math.max(0, clock.now() - startedAt);
        return { name, ...tokens, ...(cost !== undefined && { cost: toUnits(cost) }), latencyMs };
      };
      const { isOnce } = errand;
      const way = { circuit, deadline, tally, isOnce, book: async () => await book(errand, expected) };
      try {
        refuseBefore(quietUntil, startedAt);
        const value = await attempts(parts, way, errand.attempt);
        const usage = usageNow();
        tell(parts, errand, { usage, sent: tally.sent, result: { answer: errand.told(value) } });
        return { value, usage };
      } catch (error) {
        keepQuiet(error);
        const failure = failureOf(error);
        // Where the budgets are spent nobody was asked.
        if (failure['code'] !== 'budget/spent')
          tell(parts, errand, { usage: usageNow(), sent: tally.sent, result: { failure } });
        throw error;
      } finally {
        deadline.over();
      }
    },
  };
}

function refuseBefore(quietUntil: number, now: number): void {
  const waitMs = Math.ceil(quietUntil - now);
  if (waitMs <= 0) return;
  const message = `The service of the model asked to be left alone for another ${waitMs} ms. Ask again then.`;
  const data: WireFailure = { final: true, retry_after_ms: waitMs };
  throw new TuttiError('model/failed', message, { data });
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

/** What was answered without a count, or broken off, counts as what was expected of it; a failure of the provider costs nothing but the call. */
function spentOf(
  { hasLeft, tokens }: Parameters<Booking['settle']>[0],
  expected: Spending,
  costOf: (tokens: WireTokens) => number | undefined,
): Spending {
  const calls = hasLeft ? 1 : 0;
  if (tokens === undefined) return { calls, tokens: 0, costMicros: 0 };
  const { inputTokens, outputTokens } = tokens;
  return {
    calls,
    tokens: inputTokens === undefined ? expected.tokens : inputTokens + (outputTokens ?? 0),
    costMicros: costOf(tokens) ?? expected.costMicros,
  };
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
