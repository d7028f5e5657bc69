import type { WorkflowSummary } from '../../../core/orchestrator.ts';
import { answers, takes } from '../schemas.ts';
import { faultsText, paragraphs } from '../texts.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';
import { toWireSummary } from '../wire.ts';

export const listWorkflows: McpTool = {
  definition: {
    name: 'list_workflows',
    title: 'List workflows',
    description: 'Workflows that can be started: name, purpose, steps.',
    inputSchema: takes({}),
    outputSchema: answers({ workflows: { type: 'array' } }),
    annotations: READS,
  },
  async run(_input, { orchestrator }) {
    const workflows = await orchestrator.listWorkflows();
    return {
      structured: { workflows: workflows.map((each) => toWireSummary(each)) },
      text:
        workflows.length === 0
          ? 'There are no workflows yet.'
          : paragraphs(workflows.map((each) => summaryText(each))),
    };
  },
};

function summaryText({ name, description, steps, faults }: WorkflowSummary): string {
  if (faults && faults.length > 0) return `${name} cannot be started:\n${faultsText(faults)}`;
  return `${name}: ${description}\nSteps: ${steps.join(' → ')}`;
}
