import type { Entry } from '../../../core/kernel/instance.ts';
import { LIMIT, TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireEntry } from '../wire.ts';

export const getWorkflowHistory: McpTool = {
  definition: {
    name: 'get_workflow_history',
    title: 'Workflow history',
    description: 'The journal of an instance: every report, where it led, who decided and why.',
    inputSchema: takes({ instance_id: TEXT, limit: LIMIT, cursor: TEXT }, ['instance_id']),
    outputSchema: answers({ entries: { type: 'array' }, next_cursor: TEXT }),
    annotations: READS,
  },
  async run(input, { orchestrator, caller }) {
    const limit = input.optionalCount('limit', { min: 1, max: 500 });
    const cursor = input.optionalName('cursor');
    const { entries, nextCursor } = await orchestrator.history(caller, {
      instanceId: input.name('instance_id'),
      ...(limit !== undefined && { limit }),
      ...(cursor !== undefined && { cursor }),
    });
    const lines = entries.map((each) => entryText(each));
    if (nextCursor !== undefined) lines.push(`More: cursor "${nextCursor}".`);
    return {
      structured: {
        entries: entries.map((each) => toWireEntry(each)),
        ...(nextCursor !== undefined && { next_cursor: nextCursor }),
      },
      text: lines.length === 0 ? 'No further entries.' : lines.join('\n'),
    };
  },
};

function entryText({ seq, at, kind, step, report, next, decision }: Entry): string {
  const reported = report === null ? '' : `, reported ${report.status}`;
  const decided = decision === null ? '' : ` (${decision.by}: ${decision.because})`;
  return `${seq}. ${new Date(at).toISOString()} ${kind} at ${step}${reported} → ${next}${decided}`;
}
