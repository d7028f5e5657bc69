import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { CompleteResult, Prompt, Server, ServerContext, Tool } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import type { ExposedList } from '../../core/gateway/gateway.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { carriedBy, channelOf, clientNameOf } from './channel.ts';
import { complete } from './completions.ts';
import { createDesk } from './desk.ts';
import type { ToolDesk } from './desk.ts';
import { exposedTo, nameOf } from './exposure.ts';
import type { Asking } from './exposure.ts';
import { serveLogLevel } from './log-levels.ts';
import { forwarded, found } from './pass-through.ts';
import type { Forwarded } from './pass-through.ts';
import { isOwnAddress } from './own-address.ts';
import { PlainServer } from './plain-server.ts';
import { getPrompt, isOwnPrompt, listPrompts } from './prompts.ts';
import { COMPLETION, LIST, PROMPT, RESOURCE, TOOL_CALL } from './request-params.ts';
import { listResources, listTemplates, readResource } from './resources.ts';
import type { ResourceContext } from './resources.ts';
import { toProtocolError } from './protocol-error.ts';
import { toResultValue } from './reply.ts';
import { DISCOVERY_TTL_MS, identityOf, offeredBy } from './offered.ts';
import { rememberSubscriptions } from './subscriptions.ts';
import { CHANGING_TTL_MS, missingFrom, TOOLS_TTL_MS } from './tool-list-text.ts';
import { admitted, conductsWorkflows, keepsSessions, makesPlans, reachesServers } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

export interface McpServerOptions {
  readonly orchestrator: Orchestrator;
  /** On whose behalf every request of this server acts. */
  readonly caller: Caller;
  readonly version: string;
  /** `workflows` by default. */
  readonly toolsets?: readonly Toolset[];
  readonly telemetry: Telemetry;
  /** The configuration, where commands that a person is told to run have to name it. */
  readonly configFile?: string | undefined;
  /** Shared by all servers of a process; made here when absent. */
  readonly desk?: ToolDesk;
}

const PRIVATE = 'private' as const;
const CACHE_HINTS = {
  'server/discover': { ttlMs: DISCOVERY_TTL_MS, cacheScope: PRIVATE },
  'tools/list': { ttlMs: TOOLS_TTL_MS, cacheScope: PRIVATE },
  'resources/templates/list': { ttlMs: TOOLS_TTL_MS, cacheScope: PRIVATE },
  'resources/list': { ttlMs: CHANGING_TTL_MS, cacheScope: PRIVATE },
  'prompts/list': { ttlMs: CHANGING_TTL_MS, cacheScope: PRIVATE },
  'resources/read': { ttlMs: 0, cacheScope: PRIVATE },
};

/**
 * One MCP server for one caller, for either protocol era, not connected yet.
 * Cheap: HTTP makes one for every request that is not answered on the short path.
 */
export function createMcpServer(options: McpServerOptions): Server {
  const { caller, version, toolsets = ['workflows'] } = options;
  const desk = options.desk ?? createDesk(options);
  const server = new PlainServer(identityOf(version), { ...offeredBy(toolsets), cacheHints: CACHE_HINTS });
  serveTools(server, { desk, caller });
  serveContent(server, { ...options, toolsets });
  return server;
}

function serveTools(
  server: Server,
  { desk, caller }: { readonly desk: ToolDesk; readonly caller: Caller },
): void {
  server.setRequestHandler('tools/list', { params: LIST }, async (_list, context) => {
    const { own, exposed } = await desk.list({ caller, clientName: clientNameOf(server, context) });
    const names = new Set(own.map((each) => each.definition.name));
    const passing = (exposed?.items ?? []).filter((each) => !names.has(nameOf(each)));
    const tools = [...own.map((each) => each.definition), ...(passing as unknown as Tool[])];
    return { tools, ...toldWith(exposed, context) };
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
    plans: makesPlans(open),
    sessions: keepsSessions(open),
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

  server.setRequestHandler('resources/list', { params: LIST }, async (_list, ctx) => {
    const [own, passing] = await Promise.all([listResources(context), exposed(ctx)]);
    const theirs = (passing?.resources.items ?? []) as unknown as typeof own;
    return { resources: [...own, ...theirs], ...toldWith(passing?.resources, ctx) };
  });
  server.setRequestHandler('resources/templates/list', { params: LIST }, async (_list, ctx) => {
    const passing = (await exposed(ctx))?.resourceTemplates;
    const own = listTemplates(context);
    const theirs = (passing?.items ?? []) as unknown as typeof own;
    return { resourceTemplates: [...own, ...theirs], ...toldWith(passing, ctx) };
  });
  server.setRequestHandler('resources/read', { params: RESOURCE }, async ({ uri }, ctx) => {
    if (isOwnAddress(uri)) return await readResource(uri, context);
    const value = await forward(ctx, { method: 'resources/read', params: { uri } });
    return found(value, uri);
  });
  server.setRequestHandler('prompts/list', { params: LIST }, async (_list, ctx) => {
    const passing = (await exposed(ctx))?.prompts;
    const theirs = (passing?.items ?? []) as unknown as readonly Prompt[];
    return { prompts: await listPrompts(context, theirs), ...toldWith(passing, ctx) };
  });
  server.setRequestHandler('prompts/get', { params: PROMPT }, async ({ name, arguments: given }, ctx) => {
    const own = await getPrompt(context, { name, given: given ?? {} });
    if (own) return own;
    const params = { name, ...(given && { arguments: given }) };
    const isOurs = await isOwnPrompt(context, name);
    const value = isOurs ? undefined : await forward(ctx, { method: 'prompts/get', params });
    if (value) return value;
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      'There is no such prompt. List the prompts, then ask again.',
    );
  });
  server.setRequestHandler('completion/complete', { params: COMPLETION }, async (asked, ctx) => {
    const { ref } = asked;
    const isOurs = ref.type === 'ref/resource' ? isOwnAddress(ref.uri) : await isOwnPrompt(context, ref.name);
    if (isOurs) return await complete(asked, context);
    const value = await forward(ctx, { method: 'completion/complete', params: { ...asked } });
    return (value as unknown as CompleteResult | undefined) ?? (await complete(asked, context));
  });
  if (!reachesServers(toolsets)) return;
  serveLogLevel(server);
  serveSubscriptions(server, { ...options, forward });
}

type Forward = (
  ctx: ServerContext,
  request: Pick<Forwarded, 'method' | 'params'>,
) => Promise<JsonObject | undefined>;

/** Asked only by clients of the older revisions. */
function serveSubscriptions(
  server: Server,
  { forward, orchestrator, caller, telemetry }: ContentOptions & { readonly forward: Forward },
): void {
  const leave = async (uri: string): Promise<void> => {
    await orchestrator.gateway
      .forward(caller, 'resources/unsubscribe', { uri }, { capabilities: {}, repeats: false })
      .catch((error: unknown) =>
        telemetry.log('debug', 'resources/not-unsubscribed', { message: String(error) }),
      );
  };
  const subscribed = rememberSubscriptions(server, (uris) => {
    void Promise.all(uris.filter((each) => !isOwnAddress(each)).map(leave));
  });
  server.setRequestHandler('resources/subscribe', { params: RESOURCE }, async ({ uri }, ctx) => {
    // Said twice it is one subscription, which ends once.
    if (subscribed.has(uri)) return {};
    subscribed.add(uri);
    try {
      if (!isOwnAddress(uri))
        found(await forward(ctx, { method: 'resources/subscribe', params: { uri } }), uri);
    } catch (error) {
      subscribed.delete(uri);
      throw error;
    }
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', { params: RESOURCE }, async ({ uri }, ctx) => {
    if (subscribed.delete(uri) && !isOwnAddress(uri)) {
      await forward(ctx, { method: 'resources/unsubscribe', params: { uri } });
    }
    return {};
  });
}

/** Which servers are missing from a list. Until they are there, nobody should keep it for long. */
function toldWith(
  list: ExposedList | undefined,
  context: ServerContext,
): { readonly _meta?: JsonObject; readonly ttlMs?: number; readonly cacheScope?: typeof PRIVATE } {
  const missing = missingFrom(list);
  if (list?.connecting === undefined || eraOf(context) === 'legacy') return missing;
  return { ...missing, ttlMs: CHANGING_TTL_MS, cacheScope: PRIVATE };
}

function eraOf({ mcpReq }: ServerContext): 'legacy' | 'modern' {
  return mcpReq.envelope === undefined ? 'legacy' : 'modern';
}
