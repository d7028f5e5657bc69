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
    if (carried?.kind === 'parked') return resumed(call, carried.of) ?? lost(call, next);
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

/** The process that held the call is gone. Only what changes nothing is done again unasked. */
function lost(call: Call, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  if (call.entry.risk === 'read') {
    call.carried = undefined;
    return call.channel.repeats && hasAsks(call) ? call.gate.parking.talk(call, next) : next();
  }
  return Promise.reject(
    new TuttiError(
      'call/lost',
      `${call.input.name} waited for an answer when it was lost: whether it took effect is unknown. Look before you repeat it.`,
    ),
  );
}
