import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import type { CallToolResult, StandardSchemaV1Sync } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { parseArguments } from './arguments.ts';
import { complete } from './completions.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { listResources, readResource, resourceTemplates } from './resources.ts';
import type { ResourceContext } from './resources.ts';
import { toErrorResult, toResult } from './results.ts';
import type { McpTool } from './tool.ts';
import { toolsOf } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

export interface McpServerOptions {
  readonly orchestrator: Orchestrator;
  /** On whose behalf every request of this server acts. */
  readonly caller: Caller;
  readonly version: string;
  /** `workflows` by default. */
  readonly toolsets?: readonly Toolset[];
  readonly telemetry: Telemetry;
}

const INSTRUCTIONS = `Tutti conducts durable workflows: it keeps the state and decides the next step, you carry the steps out.
1. list_workflows, then start_workflow.
2. Follow next_step.instructions exactly.
3. Report truthfully with advance_workflow: send step_token back, and choose report.outcome where outcomes are listed or decision_required is answered.
4. Repeat until step_name is FINISH. After an interruption: get_workflow_status or resume_workflow with the instance_id.
An error has error_code and a message that says what to do.`;

const PRIVATE = 'private' as const;
const CACHE_HINTS = {
  'server/discover': { ttlMs: 300_000, cacheScope: PRIVATE },
  'tools/list': { ttlMs: 300_000, cacheScope: PRIVATE },
  'resources/templates/list': { ttlMs: 300_000, cacheScope: PRIVATE },
  'resources/list': { ttlMs: 5000, cacheScope: PRIVATE },
  'prompts/list': { ttlMs: 5000, cacheScope: PRIVATE },
  'resources/read': { ttlMs: 0, cacheScope: PRIVATE },
};

interface ToolCall {
  readonly name: string;
  readonly arguments: object;
}

/**
 * One MCP server for one caller, for either protocol era, not connected yet.
 * Cheap: HTTP makes one for every request.
 */
export function createMcpServer(options: McpServerOptions): Server {
  const { orchestrator, caller, telemetry, version } = options;
  const tools = toolsOf(options.toolsets ?? ['workflows']);
  const server = new Server(
    { name: 'tutti', title: 'Tutti', version },
    {
      capabilities: {
        tools: {},
        resources: { listChanged: true },
        prompts: { listChanged: true },
        completions: {},
      },
      instructions: INSTRUCTIONS,
      cacheHints: CACHE_HINTS,
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: tools.map((each) => each.definition) }));
  server.setRequestHandler('tools/call', { params: TOOL_CALL }, async (call, { mcpReq }) => {
    const tool = tools.find((each) => each.definition.name === call.name);
    if (!tool)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        'Unknown tool. List the tools, then call one.',
      );
    return await callTool(tool, call.arguments, { ...options, signal: mcpReq.signal });
  });
  const context: ResourceContext = { orchestrator, caller, telemetry };
  server.setRequestHandler('resources/list', async () => ({ resources: await listResources(context) }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...resourceTemplates] }));
  server.setRequestHandler('resources/read', async ({ params }) => await readResource(params.uri, context));
  server.setRequestHandler('prompts/list', async () => ({ prompts: await listPrompts(orchestrator) }));
  server.setRequestHandler(
    'prompts/get',
    async ({ params }) => await getPrompt(orchestrator, params.name, params.arguments?.['context']),
  );
  server.setRequestHandler('completion/complete', async ({ params }) => await complete(params, context));
  return server;
}

/** Calls back after workflows came, changed or went; returns how to stop. */
export type Subscribe = (callback: () => void) => () => void;

export interface Announcing {
  readonly era: 'legacy' | 'modern';
  readonly onWorkflowsChanged: Subscribe;
  readonly onError: (error: unknown) => void;
}

/** While the server is connected, tells its client whenever workflows changed: they are its resources and prompts. */
export function announceWorkflows(server: Server, { era, onWorkflowsChanged, onError }: Announcing): void {
  let stop: (() => void) | undefined;
  const begin = (): void => {
    stop ??= onWorkflowsChanged(() => {
      Promise.all([server.sendResourceListChanged(), server.sendPromptListChanged()]).catch(onError);
    });
  };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a server of the SDK is no EventTarget
  server.onclose = () => stop?.();
  // An old client hears nothing before it has said that it is ready; a new one asks for what it wants to hear.
  if (era === 'legacy') server.oninitialized = begin;
  else begin();
}

async function callTool(
  tool: McpTool,
  raw: object,
  { orchestrator, caller, telemetry, signal }: McpServerOptions & { readonly signal: AbortSignal },
): Promise<CallToolResult> {
  try {
    return toResult(await tool.run(parseArguments(raw), { orchestrator, caller, signal }));
  } catch (failure) {
    return toErrorResult(failure, { tool: tool.definition.name, instanceId: instanceIn(raw) }, telemetry);
  }
}

/** The instance a call was about, for the log, however broken the call. */
function instanceIn(raw: object): string | undefined {
  try {
    return parseArguments(raw).optionalName('instance_id');
  } catch {
    return undefined;
  }
}

/** `params` of `tools/call`; what it does not read, such as `_meta`, was read before. */
const TOOL_CALL: StandardSchemaV1Sync<unknown, ToolCall> = {
  '~standard': {
    version: 1,
    vendor: 'tutti',
    validate: (params) => {
      if (!isJsonObject(params) || typeof params['name'] !== 'string') {
        return { issues: [{ message: 'expected name, a string' }] };
      }
      const given: unknown = Object.hasOwn(params, 'arguments') ? params['arguments'] : {};
      if (!isJsonObject(given)) return { issues: [{ message: 'expected arguments, an object' }] };
      return { value: { name: params['name'], arguments: given } };
    },
  },
};
