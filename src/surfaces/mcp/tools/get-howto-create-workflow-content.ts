import { TEXT, answers, takes } from '../schemas.ts';
import { READS } from '../tool.ts';
import type { McpTool } from '../tool.ts';

export const getHowtoCreateWorkflowContent: McpTool = {
  definition: {
    name: 'get_howto_create_workflow_content',
    title: 'How to write a workflow',
    description: 'The guide to writing workflows as Markdown. Read it before save_workflow.',
    inputSchema: takes({}),
    outputSchema: answers({ content: TEXT }),
    annotations: READS,
  },
  async run(_input, { orchestrator }) {
    const content = await orchestrator.authoringGuide();
    return { structured: { content }, text: content };
  },
};
