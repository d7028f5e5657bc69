import type { CreateAbort } from '../ports/abort.ts';
import type { CreateCache } from '../ports/cache.ts';
import type { CreateCircuit } from '../ports/circuit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { ExchangeLog } from '../ports/exchange-log.ts';
import type { Schemas } from '../ports/schema.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { After, Pause } from '../ports/timer.ts';
import type { UsageLog } from '../ports/usage.ts';
import type { ModelBudget } from './budgets.ts';
import type { Prices } from './prices.ts';

/** How models are asked, and what that may cost. */
export interface AskingSettings {
  /** The longest that a request may take, a second attempt and the wait for room included. */
  readonly timeoutMs: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Answers that are kept: none where either is 0. */
  readonly cacheBytes: number;
  readonly cacheTtlMs: number;
  readonly prices: Prices;
  readonly budgets: readonly ModelBudget[];
}

/** What asking takes. */
export interface AskingParts {
  readonly settings: AskingSettings;
  readonly clock: Clock;
  readonly after: After;
  readonly pause: Pause;
  readonly createAbort: CreateAbort;
  readonly createCircuit: CreateCircuit;
  readonly createCache: CreateCache;
  readonly digest: Digest;
  readonly schemas: Schemas;
  readonly usage: UsageLog;
  readonly telemetry: Telemetry;
  /** Absent: exchanges are kept nowhere. */
  readonly exchanges?: ExchangeLog;
}
