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
      try {
        await limiterOf(limit).consume(key);
        return 0;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext));
      }
    },
  };
}
