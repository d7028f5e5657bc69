import { porterStem } from '../../src/adapters/stem/porter.ts';
import { createPlanner } from '../../src/core/gateway/plan/planner.ts';
import { createRouter as createRouting } from '../../src/core/gateway/route/router.ts';
import { createScored } from './scored.mjs';

/** As `adapter.mjs`, on the sources: no build needed. */
export const createRouter = createScored({ createRouter: () => createRouting(porterStem), createPlanner });
