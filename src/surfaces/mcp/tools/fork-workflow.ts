import { directiveAnswer } from '../results.ts';
import { DIRECTIVE, TEXT, UPDATES, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const forkWorkflow: McpTool = {
  definition: {
    name: 'fork_workflow',
    title: 'Fork a workflow',
    description:
      'Start a new instance from an existing one, with its context, at the same step or at at_step. The old one stays as it is. Follow the instructions exactly and report back with the new instance_id.',
    inputSchema: takes({ instance_id: TEXT, at_step: TEXT, context_updates: UPDATES }, ['instance_id']),
    outputSchema: DIRECTIVE,
    annotations: writes({ additive: true }),
  },
  async run(input, { orchestrator, caller }) {
    const instanceId = input.name('instance_id');
    const atStep = input.optionalName('at_step');
    const contextUpdates = input.optionalObject('context_updates');
    const directive = await orchestrator.fork(caller, {
      instanceId,
      ...(atStep !== undefined && { atStep }),
      ...(contextUpdates && { contextUpdates }),
    });
    return directiveAnswer(directive);
  },
};
