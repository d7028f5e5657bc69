import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import { hasOthers } from '../candidates.ts';

/** Leaves a failing server alone, and lets no more calls run there at once than it can bear. */
export const circuit: Stage = {
  name: 'circuit',
  admit: (call) => {
    const { server, name } = call.entry;
    // Only looked at: whether an open breaker lets one call try is its own business.
    if (call.dry && call.gate.circuits.state(server) === 'open') {
      const message = `${server.name} failed several times in a row and is left alone for a while.`;
      return { kind: 'stop', error: new TuttiError('downstream/circuit-open', message), elsewhere: true };
    }
    const isUp = call.gate.catalog.known(name) !== undefined;
    return isUp || !hasOthers(call) ? passed(call) : lookAgain(call);
  },
  run: (call, next) => {
    const { server, settings } = call.entry;
    const waitMs = settings.timeoutMs ?? server.timeoutMs;
    call.triedAt = call.gate.parts.clock.now();
    const canAsk = call.onAsk !== undefined || call.channel.ask !== undefined;
    return call.gate.circuits.run(server, next, {
      signal: call.signal,
      waitMs,
      ...(canAsk && {
        mayLeave: (leave) => {
          call.leavePlace = leave;
        },
      }),
    });
  },
};

function passed(call: Call): Verdict {
  const { server } = call.entry;
  return call.pass(() => `At most ${server.concurrency} calls run at ${server.name} at once.`);
}

/** A server that cannot even be listed was certainly sent nothing, so that another may be tried whatever the call does. */
async function lookAgain(call: Call): Promise<Verdict> {
  const { catalog } = call.gate;
  const { server, name } = call.entry;
  const failure = await catalog.resolve(name, call.signal).then(
    () => undefined,
    (fault: unknown) => fault,
  );
  // Where callers have credentials of their own, the listing of others says nothing about theirs.
  if (catalog.known(name) !== undefined || Object.keys(server.users).length > 0) return passed(call);
  const data = { sent: false };
  const message = `${server.name} cannot be reached now, so nothing was sent.`;
  const error = new TuttiError('downstream/unavailable', message, { cause: failure, data });
  return { kind: 'stop', error, elsewhere: true };
}
