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
    description: 'Workflows to start: name, purpose, steps.',
    inputSchema: takes({}),
    outputSchema: answers({ workflows: { type: 'array' }, note: {} }),
    annotations: READS,
  },
  async run(_input, { orchestrator }) {
    const workflows = await orchestrator.listWorkflows();
    if (workflows.length === 0) {
      const note = await orchestrator.emptiness();
      return { structured: { workflows: [], note }, text: note };
    }
    return {
      structured: { workflows: workflows.map((each) => toWireSummary(each)) },
      text: paragraphs(workflows.map((each) => summaryText(each))),
    };
  },
};

function summaryText({ name, description, steps, faults }: WorkflowSummary): string {
  if (faults && faults.length > 0) return `${name} cannot be started:\n${faultsText(faults)}`;
  return `${name}: ${description}\nSteps: ${steps.join(' → ')}`;
}
