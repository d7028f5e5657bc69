import { lruCache } from '../../src/adapters/cache/lru.ts';
import { cockatielCircuit } from '../../src/adapters/circuit/cockatiel.ts';
import { createAbort } from '../../src/adapters/clock/abort.ts';
import { systemClock } from '../../src/adapters/clock/system.ts';
import { sha256 } from '../../src/adapters/digest/sha256.ts';
import { ajvSchemas } from '../../src/adapters/schema/ajv.ts';
import { memoryStore } from '../../src/adapters/store/memory.ts';
import { silentTelemetry } from '../../src/adapters/telemetry/pino.ts';
import { after } from '../../src/adapters/timer/system.ts';
import type { AskingParts, AskingSettings } from '../../src/core/model/parts.ts';

const SETTINGS: AskingSettings = {
  timeoutMs: 20_000,
  concurrency: 4,
  cacheBytes: 0,
  cacheTtlMs: 0,
  prices: {},
  budgets: [],
};

/** What a model is asked with, on the real adapters and without a pause between attempts. */
export function askingParts(
  settings: Partial<AskingSettings> = {},
  parts: Partial<Omit<AskingParts, 'settings'>> = {},
): AskingParts {
  return {
    settings: { ...SETTINGS, ...settings },
    clock: systemClock(),
    after,
    pause: async (_, signal) => {
      signal.throwIfAborted();
    },
    createAbort,
    createCircuit: cockatielCircuit,
    createCache: lruCache,
    digest: sha256,
    schemas: ajvSchemas(),
    usage: memoryStore().usage,
    telemetry: silentTelemetry(),
    ...parts,
  };
}
