import type { Stage } from '../call.ts';
import { PASS } from '../call.ts';
import { requestOf } from '../states.ts';

/** Whether the call goes on with one that was interrupted by a question. */
export const state: Stage = {
  name: 'state',
  admit: (call) => {
    const { requestState } = call.input;
    if (requestState === undefined || call.dry)
      return call.skip(() => 'The call goes on with none before it.');
    return call.gate.states.open(requestState, requestOf(call), call.input.inputResponses).then((carried) => {
      call.carried = carried;
      call.approved = carried.approved;
      return PASS;
    });
  },
};
