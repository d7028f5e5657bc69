import type { Caller } from '../../core/kernel/caller.ts';
import type { McpTool } from './tool.ts';
import { addAssistantMessage, addSystemMessage, addUserMessage } from './tools/add-message.ts';
import { advanceWorkflow } from './tools/advance-workflow.ts';
import { ask } from './tools/ask.ts';
import { callToolDestructive, callToolRead, callToolWrite } from './tools/call-tool-by-risk.ts';
import { callTool } from './tools/call-tool.ts';
import { cancelWorkflow } from './tools/cancel-workflow.ts';
import { deleteInstance } from './tools/delete-instance.ts';
import { describeTool } from './tools/describe-tool.ts';
import { findTools } from './tools/find-tools.ts';
import { forkWorkflow } from './tools/fork-workflow.ts';
import { getApproval } from './tools/get-approval.ts';
import { getConversationHistory } from './tools/get-conversation-history.ts';
import { getCurrentState } from './tools/get-current-state.ts';
import { getHowtoCreateWorkflowContent } from './tools/get-howto-create-workflow-content.ts';
import { getWorkflowHistory } from './tools/get-workflow-history.ts';
import { getWorkflowStatus } from './tools/get-workflow-status.ts';
import { deleteKnowledge, exportKnowledge } from './tools/knowledge-admin.ts';
import { getKnowledge, listKnowledgeKeys, searchKnowledge, storeKnowledge } from './tools/knowledge.ts';
import { listApprovals } from './tools/list-approvals.ts';
import { listInstances } from './tools/list-instances.ts';
import { listServers } from './tools/list-servers.ts';
import { listWorkflows } from './tools/list-workflows.ts';
import { resumeWorkflow } from './tools/resume-workflow.ts';
import { saveWorkflow } from './tools/save-workflow.ts';
import { sessionTimeline } from './tools/session-timeline.ts';
import { endSession, listAgents, listSessions, startSession, upgradeSession } from './tools/sessions.ts';
import { startWorkflow } from './tools/start-workflow.ts';
import { suspendWorkflow } from './tools/suspend-workflow.ts';
import { deleteTaskData, getTaskData, listTaskDataKeys, storeTaskData } from './tools/task-data.ts';
import { transitionState } from './tools/transition-state.ts';
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
  gateway: [ask, findTools, describeTool, callTool, listServers, listApprovals, getApproval],
  'gateway-split': [callToolRead, callToolWrite, callToolDestructive],
  /** Has none of its own: what the servers offer passes through. */
  'gateway-all': [],
  agent: [
    transitionState,
    getCurrentState,
    addUserMessage,
    addAssistantMessage,
    addSystemMessage,
    getConversationHistory,
    storeTaskData,
    getTaskData,
    listTaskDataKeys,
    storeKnowledge,
    getKnowledge,
    listKnowledgeKeys,
    searchKnowledge,
    sessionTimeline,
    startSession,
  ],
  'agent-admin': [
    listSessions,
    endSession,
    deleteTaskData,
    deleteKnowledge,
    exportKnowledge,
    upgradeSession,
    listAgents,
  ],
} as const satisfies Record<string, readonly McpTool[]>;

export type Toolset = keyof typeof members;

const ORDER = Object.keys(members) as readonly Toolset[];

/** Toolsets by which what the servers offer can be reached. */
const REACHING: ReadonlySet<Toolset> = new Set(['gateway', 'gateway-split', 'gateway-all']);

/** The tools of some toolsets, each once and always in the same order. The split call tools take the place of the one they split. */
export function toolsOf(toolsets: readonly Toolset[]): readonly McpTool[] {
  const tools = ORDER.filter((each) => toolsets.includes(each)).flatMap(
    (each): readonly McpTool[] => members[each],
  );
  return toolsets.includes('gateway-split') ? tools.filter((each) => each !== callTool) : tools;
}

/** Those of the toolsets served that this caller's credential admits to. */
export function admitted(toolsets: readonly Toolset[], { grants }: Caller): readonly Toolset[] {
  const granted = grants?.toolsets;
  return granted === undefined ? toolsets : toolsets.filter((each) => granted.includes(each));
}

export function conductsWorkflows(toolsets: readonly Toolset[]): boolean {
  return toolsets.includes('workflows') || toolsets.includes('workflows-admin');
}

/** Whether `ask` is among them. */
export function makesPlans(toolsets: readonly Toolset[]): boolean {
  return toolsOf(toolsets).includes(ask);
}

export function keepsSessions(toolsets: readonly Toolset[]): boolean {
  return toolsets.includes('agent') || toolsets.includes('agent-admin');
}

export function reachesServers(toolsets: readonly Toolset[]): boolean {
  return toolsets.some((each) => REACHING.has(each));
}
