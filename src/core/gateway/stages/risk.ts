import type { Stage } from '../call.ts';

/** What the call can do at worst. */
export const risk: Stage = {
  name: 'risk',
  admit: (call) => {
    const { entry } = call;
    call.risk = entry.risk;
    return call.pass(() =>
      entry.settings.risk === undefined
        ? `It is ${entry.risk} by its name, its description and, where ${entry.server.name} is trusted, its annotations.`
        : `It is ${entry.risk} by the configuration.`,
    );
  },
};
