import { parseMarkdown } from '../../src/adapters/markdown/mdast.ts';
import { compileGuidance } from '../../src/core/workflow/guidance/compile.ts';
import { decideByGuidance } from '../../src/core/workflow/guidance/decide.ts';
import { resolveOutcome } from '../../src/core/workflow/guidance/outcomes.ts';
import { createDecide } from './decider.mjs';

/** As `adapter.mjs`, on the sources: no build needed. */
export const decide = createDecide({ compileGuidance, decideByGuidance, parseMarkdown, resolveOutcome });
