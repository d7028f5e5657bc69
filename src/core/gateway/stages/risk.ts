import { TuttiError } from '../../kernel/errors.ts';
import type { Stage } from '../call.ts';
import { isAdmitted } from '../candidates.ts';

/** What the call can do at worst. */
export const risk: Stage = {
  name: 'risk',
  admit: (call) => {
    const { entry, input } = call;
    call.risk = entry.risk;
    if (!isAdmitted(call, entry)) {
      const message = `The risk of ${entry.tool.name} of ${entry.server.name}, which would answer ${input.name}, is ${entry.risk}; this call is for tools of risk ${input.admits?.join(' or ')} only. Nothing was sent. Make it by a tool that admits more.`;
      return { kind: 'stop', error: new TuttiError('policy/denied', message) };
    }
    return call.pass(() =>
      entry.settings.risk === undefined
        ? `It is ${entry.risk} by its name, its description and, where ${entry.server.name} is trusted, its annotations.`
        : `It is ${entry.risk} by the configuration.`,
    );
  },
};
