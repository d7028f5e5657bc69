import { createScored } from './scored.mjs';

/** The package where it is installed; in its own repository, what was built of it. */
const { createPlanner, createRouter: createRouting } = await import('tutti').catch((cause) => {
  if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause;
  return import('../../dist/index.js');
});

/** The router of the published package, as the scorer of tool selection asks for it. */
export const createRouter = createScored({ createRouter: createRouting, createPlanner });
