import { FILES, TEXT, answers, takes } from '../schemas.ts';
import { faultsText, paragraphs } from '../texts.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireWarnings } from '../wire.ts';

export const saveWorkflow: McpTool = {
  definition: {
    name: 'save_workflow',
    title: 'Save a workflow',
    description: 'Save or replace a workflow without errors. Mend its warnings.',
    inputSchema: takes({ workflow_name: TEXT, files: FILES }, ['workflow_name', 'files']),
    outputSchema: answers({ saved: { type: 'boolean' }, path: TEXT, warnings: { type: 'array' } }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator }) {
    const workflow = input.name('workflow_name');
    const { path, warnings } = await orchestrator.save({ workflow, files: input.files('files') });
    return {
      structured: { saved: true, path, warnings: toWireWarnings(warnings) },
      text: paragraphs([
        `Saved ${workflow} in ${path}. It can be started at once with start_workflow.`,
        warnings.length > 0 &&
          `Mend these warnings, or know that they are meant so:\n${faultsText(warnings)}`,
      ]),
    };
  },
};
