import { TuttiError } from '../../kernel/errors.ts';
import type { Stage } from '../call.ts';

/** Who asks, and whether anybody may ask at all. */
export const identity: Stage = {
  name: 'identity',
  admit: (call) => {
    if (call.gate.isDraining()) {
      const error = new TuttiError(
        'server/draining',
        'Tutti is shutting down and takes no new calls. Try again in a moment.',
      );
      return { kind: 'stop', error };
    }
    return call.pass(() => {
      const { owner, name, grants } = call.caller;
      const tools = grants?.tools;
      const admits = tools === undefined ? 'every tool' : `${tools.length} patterns of tools`;
      return `The caller is ${name ?? owner}; the credential admits to ${admits}.`;
    });
  },
};
