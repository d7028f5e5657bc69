import { compileGuidance, decideByGuidance, parseMarkdown, resolveOutcome } from '../../dist/index.js';
import { createDecide } from './decider.mjs';

/** The decision that is certain without a model, or null. */
export const decide = createDecide({ compileGuidance, decideByGuidance, parseMarkdown, resolveOutcome });
