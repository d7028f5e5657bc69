import { TuttiError } from '../../kernel/errors.ts';
import type { RateLimit } from '../../ports/limits.ts';
import { PASS } from '../call.ts';
import type { Stage, Verdict } from '../call.ts';

/** How many calls one caller makes in a while, over all servers. */
export const rate: Stage = {
  name: 'rate',
  admit: (call) => {
    const limit = call.policy.settings.perUser;
    if (limit === undefined) return call.skip(() => 'There is no limit for each user.');
    if (call.dry)
      return call.pass(() => `At most ${limit.count} calls in ${limit.perMs} ms are let through.`);
    const waitMs = call.gate.parts.limits.take(`calls:${call.caller.owner}`, limit);
    return typeof waitMs === 'number' ? judge(limit, waitMs) : waitMs.then((late) => judge(limit, late));
  },
};

function judge(limit: RateLimit, waitMs: number): Verdict {
  return waitMs === 0 ? PASS : { kind: 'stop', error: tooMany('calls', limit, waitMs) };
}

export function tooMany(what: string, { count, perMs }: RateLimit, waitMs: number): TuttiError {
  const message = `More than ${count} ${what} in ${perMs} ms. Try again in ${waitMs} ms.`;
  return new TuttiError('policy/rate-limited', message, { data: { retry_after_ms: waitMs } });
}
