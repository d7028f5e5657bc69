import type { GatewayParts } from './parts.ts';

const HOUR_MS = 3_600_000;
/** Not while everything starts. */
const SOON_MS = 60_000;
const USAGE_KEPT_MS = 35 * 24 * HOUR_MS;
const APPROVALS_KEPT_MS = 30 * 24 * HOUR_MS;

/** Removes what nobody looks at any more, at most once an hour, off the path of calls. Say that there is traffic. */
export function createSweep(parts: Pick<GatewayParts, 'store' | 'clock' | 'after' | 'telemetry'>): {
  readonly due: () => void;
  readonly stop: () => void;
} {
  const { store, clock, after, telemetry } = parts;
  let nextAt = 0;
  let stop: (() => void) | undefined;
  const sweep = async (): Promise<void> => {
    const now = clock.now();
    try {
      await store.usage.prune(now - USAGE_KEPT_MS);
      await store.approvals.prune(now - APPROVALS_KEPT_MS);
    } catch (fault) {
      telemetry.log('warn', 'store.unswept', { fault });
    }
  };
  return {
    due: () => {
      const now = clock.now();
      if (now < nextAt) return;
      nextAt = now + HOUR_MS;
      stop = after(SOON_MS, () => void sweep());
    },
    stop: () => {
      stop?.();
    },
  };
}
