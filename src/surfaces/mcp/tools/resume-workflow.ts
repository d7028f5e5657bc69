import { decidedAnswer } from '../deciding.ts';
import { directiveAnswer } from '../results.ts';
import { DIRECTIVE, OBJECT, TEXT, UPDATES, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { parseReport } from '../wire.ts';

export const resumeWorkflow: McpTool = {
  definition: {
    name: 'resume_workflow',
    title: 'Resume a workflow',
    description:
      'Go on after an interruption: name the step you believe is current, get the one that is, and what happened since. Then follow its instructions exactly and report back.',
    inputSchema: takes(
      {
        instance_id: TEXT,
        assumed_current_step_name: TEXT,
        step_token: TEXT,
        report: { ...OBJECT, description: 'As in advance_workflow' },
        context_updates: UPDATES,
      },
      ['instance_id', 'assumed_current_step_name'],
    ),
    outputSchema: DIRECTIVE,
    annotations: writes({ additive: true }),
  },
  async run(input, context) {
    const { orchestrator, caller, signal, channel, carried } = context;
    const instanceId = input.name('instance_id');
    const token = input.optionalName('step_token');
    const known =
      token === undefined ? undefined : await orchestrator.answered(caller, { instanceId, token });
    if (known) return directiveAnswer(known);
    const assumedStep = input.name('assumed_current_step_name');
    const report = input.optionalGroup('report');
    const contextUpdates = input.optionalObject('context_updates');
    const move = async () =>
      await orchestrator.resume(
        caller,
        {
          instanceId,
          assumedStep,
          ...(token !== undefined && { token }),
          ...(report && { report: parseReport(report) }),
          ...(contextUpdates && { contextUpdates }),
        },
        { signal, channel, carried },
      );
    return await decidedAnswer(instanceId, move, context);
  },
};
