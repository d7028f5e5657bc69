import { FILES, TEXT, answers, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const saveWorkflow: McpTool = {
  definition: {
    name: 'save_workflow',
    title: 'Save a workflow',
    description:
      'Check and save a whole workflow, replacing one of that name. With faults nothing is written.',
    inputSchema: takes({ workflow_name: TEXT, files: FILES }, ['workflow_name', 'files']),
    outputSchema: answers({ saved: { type: 'boolean' }, path: TEXT }),
    annotations: writes({ repeatable: true }),
  },
  async run(input, { orchestrator }) {
    const workflow = input.name('workflow_name');
    const { path } = await orchestrator.save({ workflow, files: input.files('files') });
    return {
      structured: { saved: true, path },
      text: `Saved ${workflow} in ${path}. It can be started at once with start_workflow.`,
    };
  },
};
