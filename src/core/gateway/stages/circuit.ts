import { TuttiError } from '../../kernel/errors.ts';
import type { Stage } from '../call.ts';

/** Leaves a failing server alone, and lets no more calls run there at once than it can bear. */
export const circuit: Stage = {
  name: 'circuit',
  admit: (call) => {
    const { server } = call.entry;
    // Only looked at: whether an open breaker lets one call try is its own business.
    if (call.dry && call.gate.circuits.state(server) === 'open') {
      const message = `${server.name} failed several times in a row and is left alone for a while.`;
      return { kind: 'stop', error: new TuttiError('downstream/circuit-open', message), elsewhere: true };
    }
    return call.pass(() => `At most ${server.concurrency} calls run at ${server.name} at once.`);
  },
  run: (call, next) => {
    const { server, settings } = call.entry;
    const waitMs = settings.timeoutMs ?? server.timeoutMs;
    return call.gate.circuits.run(server, next, { signal: call.signal, waitMs });
  },
};
