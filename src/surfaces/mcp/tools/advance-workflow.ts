import { decidedAnswer } from '../deciding.ts';
import { directiveAnswer } from '../results.ts';
import { DIRECTIVE, REPORT, TEXT, UPDATES, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { parseReport } from '../wire.ts';

export const advanceWorkflow: McpTool = {
  definition: {
    name: 'advance_workflow',
    title: 'Report and advance',
    description:
      'Report truthfully what happened in the current step and get the next one. Send step_token back. If outcomes are listed or decision_required is answered, choose one as report.outcome. Follow the new instructions exactly; repeat until step_name is FINISH.',
    inputSchema: takes({ instance_id: TEXT, step_token: TEXT, report: REPORT, context_updates: UPDATES }, [
      'instance_id',
      'report',
    ]),
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
    const report = parseReport(input.group('report'));
    const contextUpdates = input.optionalObject('context_updates');
    const move = async () =>
      await orchestrator.advance(
        caller,
        {
          instanceId,
          report,
          ...(token !== undefined && { token }),
          ...(contextUpdates && { contextUpdates }),
        },
        { signal, channel, carried },
      );
    return await decidedAnswer(instanceId, move, context);
  },
};
