import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Limits, RateLimit } from '../../core/ports/limits.ts';

/** The longest that a timer of the platform takes, by which windows end. */
const MAX_WINDOW_MS = 2_147_483_647;

/** Fixed windows, each beginning with its first take, in this process. */
export function memoryLimits(): Limits {
  const limiters = new Map<string, RateLimiterMemory>();
  const limiterOf = ({ count, perMs }: RateLimit): RateLimiterMemory => {
    const name = `${count}/${perMs}`;
    const limiter =
      limiters.get(name) ??
      new RateLimiterMemory({ points: count, duration: Math.min(perMs, MAX_WINDOW_MS) / 1000 });
    limiters.set(name, limiter);
    return limiter;
  };
  return {
    async take(key, limit) {
      const limiter = limiterOf(limit);
      const waitMs = await msUntilTaken(limiter, key);
      if (waitMs <= limit.perMs) return waitMs;
      // No window is that long: somebody set the clock back.
      await limiter.delete(key);
      return await msUntilTaken(limiter, key);
    },
  };
}

async function msUntilTaken(limiter: RateLimiterMemory, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return Math.max(1, Math.ceil(refusal.msBeforeNext));
  }
}
