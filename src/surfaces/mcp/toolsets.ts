import type { McpTool } from './tool.ts';
import { advanceWorkflow } from './tools/advance-workflow.ts';
import { cancelWorkflow } from './tools/cancel-workflow.ts';
import { deleteInstance } from './tools/delete-instance.ts';
import { forkWorkflow } from './tools/fork-workflow.ts';
import { getHowtoCreateWorkflowContent } from './tools/get-howto-create-workflow-content.ts';
import { getWorkflowHistory } from './tools/get-workflow-history.ts';
import { getWorkflowStatus } from './tools/get-workflow-status.ts';
import { listInstances } from './tools/list-instances.ts';
import { listWorkflows } from './tools/list-workflows.ts';
import { resumeWorkflow } from './tools/resume-workflow.ts';
import { saveWorkflow } from './tools/save-workflow.ts';
import { startWorkflow } from './tools/start-workflow.ts';
import { suspendWorkflow } from './tools/suspend-workflow.ts';
import { validateWorkflow } from './tools/validate-workflow.ts';

const members = {
  workflows: [
    listWorkflows,
    startWorkflow,
    getWorkflowStatus,
    advanceWorkflow,
    resumeWorkflow,
    getHowtoCreateWorkflowContent,
    saveWorkflow,
  ],
  'workflows-admin': [
    listInstances,
    cancelWorkflow,
    suspendWorkflow,
    forkWorkflow,
    deleteInstance,
    getWorkflowHistory,
    validateWorkflow,
  ],
} as const satisfies Record<string, readonly McpTool[]>;

export type Toolset = keyof typeof members;

const ORDER = Object.keys(members) as readonly Toolset[];

/** The tools of some toolsets, each once and always in the same order. */
export function toolsOf(toolsets: readonly Toolset[]): readonly McpTool[] {
  return ORDER.filter((each) => toolsets.includes(each)).flatMap((each): readonly McpTool[] => members[each]);
}
