import { TuttiError } from '../../kernel/errors.ts';
import type { Stage } from '../call.ts';

/** How many calls one caller makes in a while, over all servers. */
export const rate: Stage = {
  name: 'rate',
  admit: (call) => {
    const limit = call.policy.settings.perUser;
    if (limit === undefined) return call.skip(() => 'There is no limit for each user.');
    if (call.dry)
      return call.pass(() => `At most ${limit.count} calls in ${limit.perMs} ms are let through.`);
    return call.gate.parts.limits.take(`calls:${call.caller.owner}`, limit).then((waitMs) => {
      if (waitMs === 0) return call.pass(() => '');
      const message = `More than ${limit.count} calls in ${limit.perMs} ms. Try again in ${waitMs} ms.`;
      const error = new TuttiError('policy/rate-limited', message, { data: { retry_after_ms: waitMs } });
      return { kind: 'stop', error };
    });
  },
};
