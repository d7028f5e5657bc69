import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import type {
  CompleteResult,
  GetPromptResult,
  ReadResourceResult,
  ServerContext,
  StandardSchemaV1Sync,
  Tool,
} from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { carriedBy, channelOf, clientNameOf } from './channel.ts';
import { complete } from './completions.ts';
import { createDesk } from './desk.ts';
import type { ToolDesk } from './desk.ts';
import { exposedTo, nameOf } from './exposure.ts';
import type { Asking } from './exposure.ts';
import { instructionsFor } from './instructions.ts';
import { serveLogLevel } from './log-levels.ts';
import { forwarded, found } from './pass-through.ts';
import type { Forwarded } from './pass-through.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { isOwnAddress, listResources, listTemplates, readResource } from './resources.ts';
import type { ResourceContext } from './resources.ts';
import { toProtocolError, toResultValue } from './reply.ts';
import type { ServerIdentity } from './reply.ts';
import { rememberSubscriptions } from './subscriptions.ts';
import { TOOLS_TTL_MS } from './tool-list-text.ts';
import { admitted, conductsWorkflows, reachesServers } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

export interface McpServerOptions {
  readonly orchestrator: Orchestrator;
  /** On whose behalf every request of this server acts. */
  readonly caller: Caller;
  readonly version: string;
  /** `workflows` by default. */
  readonly toolsets?: readonly Toolset[];
  readonly telemetry: Telemetry;
  /** Shared by all servers of a process; made here when absent. */
  readonly desk?: ToolDesk;
}

const PRIVATE = 'private' as const;
const CACHE_HINTS = {
  'server/discover': { ttlMs: 300_000, cacheScope: PRIVATE },
  'tools/list': { ttlMs: TOOLS_TTL_MS, cacheScope: PRIVATE },
  'resources/templates/list': { ttlMs: 300_000, cacheScope: PRIVATE },
  'resources/list': { ttlMs: 5000, cacheScope: PRIVATE },
  'prompts/list': { ttlMs: 5000, cacheScope: PRIVATE },
  'resources/read': { ttlMs: 0, cacheScope: PRIVATE },
};

interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

export function identityOf(version: string): ServerIdentity {
  return { name: 'tutti', title: 'Tutti', version };
}

/**
 * One MCP server for one caller, for either protocol era, not connected yet.
 * Cheap: HTTP makes one for every request that is not answered on the short path.
 */
export function createMcpServer(options: McpServerOptions): Server {
  const { caller, version, toolsets = ['workflows'] } = options;
  const desk = options.desk ?? createDesk(options);
  const reaches = reachesServers(toolsets);
  const server = new Server(identityOf(version), {
    capabilities: {
      tools: { listChanged: true },
      resources: { listChanged: true, ...(reaches && { subscribe: true }) },
      prompts: { listChanged: true },
      completions: {},
      ...(reaches && { logging: {} }),
    },
    instructions: instructionsFor(toolsets),
    cacheHints: CACHE_HINTS,
  });
  serveTools(server, { desk, caller });
  serveContent(server, { ...options, toolsets });
  return server;
}

function serveTools(
  server: Server,
  { desk, caller }: { readonly desk: ToolDesk; readonly caller: Caller },
): void {
  server.setRequestHandler('tools/list', async (_request, context) => {
    const { own, exposed } = await desk.list({ caller, clientName: clientNameOf(server, context) });
    const names = new Set(own.map((each) => each.definition.name));
    const passing = (exposed?.items ?? []).filter((each) => !names.has(nameOf(each)));
    return { tools: [...own.map((each) => each.definition), ...(passing as unknown as Tool[])] };
  });
  server.setRequestHandler('tools/call', { params: TOOL_CALL }, async (call, context) => {
    const reply = await desk.call({
      caller,
      clientName: clientNameOf(server, context),
      ...call,
      channel: channelOf(server, context),
      carried: carriedBy(server, context),
    });
    if (reply.kind === 'error') throw toProtocolError(reply.error);
    return toResultValue(reply, eraOf(context));
  });
}

type ContentOptions = McpServerOptions & { readonly toolsets: readonly Toolset[] };

/** Prompts, resources and completions: ours first, then those of the servers. */
function serveContent(server: Server, options: ContentOptions): void {
  const { orchestrator, caller, telemetry, toolsets } = options;
  const { gateway } = orchestrator;
  const open = admitted(toolsets, caller);
  const workflows = conductsWorkflows(open);
  const context: ResourceContext = {
    orchestrator,
    caller,
    telemetry,
    workflows,
    results: reachesServers(open),
  };
  const asking = (ctx: ServerContext): Asking => ({ caller, clientName: clientNameOf(server, ctx) });
  const exposed = async (ctx: ServerContext) => await exposedTo(asking(ctx), gateway, toolsets);
  const forward = async (ctx: ServerContext, request: Pick<Forwarded, 'method' | 'params'>) =>
    await forwarded(
      {
        ...request,
        ...asking(ctx),
        channel: channelOf(server, ctx),
        carried: carriedBy(server, ctx),
        era: eraOf(ctx),
      },
      { gateway, toolsets, telemetry },
    );

  server.setRequestHandler('resources/list', async (_request, ctx) => {
    const [own, passing] = await Promise.all([listResources(context), exposed(ctx)]);
    return { resources: [...own, ...((passing?.resources.items ?? []) as unknown as typeof own)] };
  });
  server.setRequestHandler('resources/templates/list', async (_request, ctx) => {
    const passing = (await exposed(ctx))?.resourceTemplates.items ?? [];
    const own = listTemplates(context);
    return { resourceTemplates: [...own, ...(passing as unknown as typeof own)] };
  });
  server.setRequestHandler('resources/read', async ({ params }, ctx) => {
    if (isOwnAddress(params.uri)) return await readResource(params.uri, context);
    const value = await forward(ctx, { method: 'resources/read', params: { uri: params.uri } });
    return found(value, params.uri) as unknown as ReadResourceResult;
  });
  server.setRequestHandler('prompts/list', async (_request, ctx) => {
    const [own, passing] = await Promise.all([workflows ? listPrompts(orchestrator) : [], exposed(ctx)]);
    const names = new Set(own.map((each) => each.name));
    const others = (passing?.prompts.items ?? []) as unknown as typeof own;
    return { prompts: [...own, ...others.filter((each) => !names.has(each.name))] };
  });
  server.setRequestHandler('prompts/get', async ({ params }, ctx) => {
    const { name, arguments: given } = params;
    const own = workflows && (await getPrompt(orchestrator, name, given?.['context']));
    if (own) return own;
    const value = await forward(ctx, {
      method: 'prompts/get',
      params: { name, ...(given && { arguments: given }) },
    });
    if (value) return value as unknown as GetPromptResult;
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'There is no such prompt. List the prompts, then ask again.',
    );
  });
  server.setRequestHandler('completion/complete', async ({ params }, ctx) => {
    const { ref, argument, context: known } = params;
    if (ref.type === 'ref/resource' && isOwnAddress(ref.uri)) return await complete(params, context);
    const given = { ref: { ...ref }, argument: { ...argument }, ...(known && { context: { ...known } }) };
    const value = await forward(ctx, {
      method: 'completion/complete',
      params: given as unknown as JsonObject,
    });
    return (value as unknown as CompleteResult | undefined) ?? (await complete(params, context));
  });
  if (!reachesServers(toolsets)) return;
  serveLogLevel(server);
  serveSubscriptions(server, forward);
}

type Forward = (
  ctx: ServerContext,
  request: Pick<Forwarded, 'method' | 'params'>,
) => Promise<JsonObject | undefined>;

/** Asked only by clients of the older revisions. */
function serveSubscriptions(server: Server, forward: Forward): void {
  const subscribed = rememberSubscriptions(server);
  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }, ctx) => {
    if (!isOwnAddress(uri))
      found(await forward(ctx, { method: 'resources/subscribe', params: { uri } }), uri);
    subscribed.add(uri);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }, ctx) => {
    if (subscribed.delete(uri) && !isOwnAddress(uri)) {
      await forward(ctx, { method: 'resources/unsubscribe', params: { uri } });
    }
    return {};
  });
}

function eraOf({ mcpReq }: ServerContext): 'legacy' | 'modern' {
  return mcpReq.envelope === undefined ? 'legacy' : 'modern';
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
