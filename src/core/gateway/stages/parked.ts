import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage } from '../call.ts';
import { toAsked } from '../asks.ts';
import { canBeAsked } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';
import { notDeclared } from '../parking.ts';

/** How a server that pushes questions reaches the caller: at once, or by parking the call until the answer comes back. */
export const parked: Stage = {
  name: 'parked',
  admit: (call) =>
    call.pass(() => {
      if (!hasAsks(call)) return 'The caller cannot be asked anything.';
      return call.channel.repeats
        ? 'Questions go to the caller as results; the call waits for the answer.'
        : 'Questions go to the caller over its connection.';
    }),
  run: (call, next) => {
    const { carried, channel, gate } = call;
    if (carried?.kind === 'parked') {
      const going = resumed(call, carried.of);
      if (going !== undefined) return going;
      // Whatever held the call is gone. Only what does no harm twice is made again, at the server that asked.
      if (carried.questions === undefined) return Promise.reject(lostCall(call));
    }
    if (!hasAsks(call)) return next();
    if (channel.repeats) return gate.parking.talk(call, next);
    const { ask } = channel;
    if (ask !== undefined) {
      call.onAsk = async (question) => {
        if (!canBeAsked(channel.capabilities, question.method)) throw notDeclared(question);
        const shown = toAsked(call.entry.server.name, question);
        return await call.wait(() => ask(shown));
      };
    }
    return next();
  },
};

/** What goes on was sent by the leg before. */
function resumed(call: Call, id: string): Promise<CallOutcome> | undefined {
  const going = call.gate.parking.resume(call, id);
  if (going !== undefined) {
    call.sent = true;
    call.risk = call.entry.risk;
  }
  return going;
}

function hasAsks({ channel }: Call): boolean {
  if (!channel.repeats && channel.ask === undefined) return false;
  return ['elicitation', 'sampling', 'roots'].some((area) => canBeAsked(channel.capabilities, area));
}

export function lostCall({ input, carried }: Call): TuttiError {
  const where = carried?.server === undefined ? '' : ` at ${carried.server}`;
  return new TuttiError(
    'call/lost',
    `${input.name} was under way${where}, waiting for this answer, and is no longer held: Tutti or the server was ended meanwhile, or another process has it. What became of it is not known, and it may change something, so it was not made again. Look whether it took effect; if it did not, make the call anew, without requestState.`,
  );
}
