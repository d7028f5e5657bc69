import { FILES, TEXT, answers, takes } from '../schemas.ts';
import { faultsText, paragraphs, suggestionsText } from '../texts.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireFaults, toWireSuggestions } from '../wire.ts';

export const validateWorkflow: McpTool = {
  definition: {
    name: 'validate_workflow',
    title: 'Check a workflow',
    description:
      'Faults of a saved workflow, or of files not saved yet, each with file, line and what to write instead.',
    inputSchema: takes({ workflow_name: TEXT, files: FILES }),
    outputSchema: answers({
      valid: { type: 'boolean' },
      faults: { type: 'array' },
      suggestions: { type: 'array' },
    }),
    annotations: READS,
  },
  async run(input, { orchestrator }) {
    const subject = input.has('files')
      ? { files: input.files('files') }
      : { workflow: input.name('workflow_name') };
    const { valid, faults, suggestions } = await orchestrator.validate(subject);
    const verdict = valid ? 'Valid: it can be started.' : 'Not valid: it cannot be started.';
    return {
      structured: {
        valid,
        faults: toWireFaults(faults),
        ...(suggestions && { suggestions: toWireSuggestions(suggestions) }),
      },
      text: paragraphs([verdict, faultsText(faults), suggestions && suggestionsText(suggestions)]),
    };
  },
};
