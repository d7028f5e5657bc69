import { directiveAnswer } from '../results.ts';
import { inSession, IN_SESSION } from '../session-input.ts';
import { DIRECTIVE, TEXT, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const startWorkflow: McpTool = {
  definition: {
    name: 'start_workflow',
    title: 'Start a workflow',
    description:
      'Start a listed workflow and get the first step. Follow next_step.instructions exactly, then report with advance_workflow. Keep instance_id and step_token.',
    inputSchema: takes(
      {
        workflow_name: TEXT,
        context: { type: 'object', description: 'Facts known' },
        ...IN_SESSION,
      },
      ['workflow_name'],
    ),
    outputSchema: DIRECTIVE,
    annotations: writes({ additive: true }),
  },
  async run(input, { orchestrator, caller }) {
    const workflow = input.name('workflow_name');
    const context = input.optionalObject('context');
    const directive = await orchestrator.start(caller, {
      workflow,
      ...(context && { context }),
      ...inSession(input),
    });
    return directiveAnswer(directive);
  },
};
