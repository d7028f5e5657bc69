import { TuttiError } from '../../kernel/errors.ts';
import type { Stage } from '../call.ts';

const MAX_ID = 128;

/** Who asks, and whether anybody may ask at all. */
export const identity: Stage = {
  name: 'identity',
  admit: (call) => {
    if (call.gate.isDraining()) {
      return { kind: 'stop', error: drainingError() };
    }
    const tooLong = [call.input.session, call.input.instance].some((id) => (id?.length ?? 0) > MAX_ID);
    if (tooLong) {
      const message = `session_id and instance_id have at most ${MAX_ID} characters.`;
      return { kind: 'stop', error: new TuttiError('input/invalid-format', message) };
    }
    return call.pass(() => {
      const { owner, name, grants } = call.caller;
      const tools = grants?.tools;
      const admits = tools === undefined ? 'every tool' : `${tools.length} patterns of tools`;
      return `The caller is ${name ?? owner}; the credential admits to ${admits}.`;
    });
  },
};

export function drainingError(): TuttiError {
  return new TuttiError(
    'server/draining',
    'Tutti is shutting down and takes no new calls. Try again in a moment.',
  );
}
