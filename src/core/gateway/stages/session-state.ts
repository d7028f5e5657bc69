import { TuttiError } from '../../kernel/errors.ts';
import type { Call, Stage, Verdict } from '../call.ts';
import type { ToolGate } from '../tool-gate.ts';
import { canonicalName, letsCall } from '../tool-gate.ts';

/** Whether the state of the agent session on whose behalf it is lets the tool be called. */
export const sessionState: Stage = {
  name: 'session-state',
  admit: (call) => {
    const { toolGateOf } = call.gate.parts;
    if (toolGateOf === undefined) return call.skip(() => 'There are no sessions.');
    const found = toolGateOf(call.caller, call.input.session);
    return found === undefined ? judge(call, undefined) : found.then((toolGate) => judge(call, toolGate));
  },
};

/** Whoever asked for the gate of a session was told that it is the caller's. */
function judge(call: Call, toolGate: ToolGate | undefined): Verdict {
  const { session } = call.input;
  if (session !== undefined) call.spender = { ...call.spender, session };
  if (toolGate === undefined) return call.skip(() => 'No state of a session narrows what may be called.');
  call.toolGate = toolGate;
  const { state } = toolGate;
  const first = call.candidates.find((entry) => letsCall(toolGate, entry));
  if (first === undefined) return { kind: 'stop', error: forbidden(call, toolGate) };
  call.candidates = call.candidates.filter((entry) => letsCall(toolGate, entry));
  if (first !== call.chosen) call.choose(first);
  return call.pass(() => `The state ${state} of the session lets it be called.`);
}

function forbidden({ input, entry }: Call, toolGate: ToolGate): TuttiError {
  const { session, agent, state } = toolGate;
  const states = toolGate.statesFor(canonicalName(entry));
  const where =
    states.length === 0
      ? `No state of the agent ${agent} does.`
      : `States that do: ${states.join(', ')}. Move to one of them first, with transition_state.`;
  return new TuttiError(
    'state/forbids-tool',
    `The state ${state} of the session does not let ${JSON.stringify(input.name.slice(0, 128))} be called. ${where}`,
    { data: { session, state, states } },
  );
}
