import type { ExposedList } from '../../core/gateway/gateway.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { checkJson } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { parseArguments } from './arguments.ts';
import type { OpenChannel } from './channel.ts';
import { byName, exposedTo, hasLooseOutput, isHeldBack } from './exposure.ts';
import type { Asking } from './exposure.ts';
import { inPlaceOfOutput, promisesOutput } from './promised-output.ts';
import { INTERNAL_ERROR, INVALID_PARAMS } from '../../core/kernel/protocol-names.ts';
import { toReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { protocolFault, toErrorResult, toResult, withApproveCommand } from './results.ts';
import type { CarriedParts, McpTool, ToolContext } from './tool.ts';
import { passOn } from './tools/call-tool.ts';
import { admitted, toolsOf } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

export interface DeskOptions {
  readonly orchestrator: Orchestrator;
  readonly telemetry: Telemetry;
  /** `workflows` by default. */
  readonly toolsets?: readonly Toolset[];
  /** The configuration, where commands that a person is told to run have to name it. */
  readonly configFile?: string | undefined;
}

export interface ToolRequest extends Asking {
  readonly name: string;
  readonly arguments: JsonObject;
  readonly channel: OpenChannel;
  readonly carried?: CarriedParts;
}

/** The tools a caller may list: ours, and what passes through. */
export interface ToolList {
  readonly own: readonly McpTool[];
  readonly exposed: ExposedList | undefined;
}

/** Answers `tools/list` and `tools/call`, whichever way they came in. */
export interface ToolDesk {
  list(asking: Asking): Promise<ToolList>;
  call(request: ToolRequest): Promise<Reply>;
}

const UNKNOWN: Reply = {
  kind: 'error',
  error: { code: INVALID_PARAMS, message: 'Unknown tool. List the tools, then call one.' },
};

export function createDesk(options: DeskOptions): ToolDesk {
  const { orchestrator, telemetry, toolsets = ['workflows'], configFile } = options;
  const all = toolsOf(toolsets);
  const named = new Map(all.map((each) => [each.definition.name, each]));
  const granted = new Map<string, readonly McpTool[]>();
  const ownOf = (caller: Caller): readonly McpTool[] => {
    if (caller.grants?.toolsets === undefined) return all;
    const open = admitted(toolsets, caller);
    const tools = granted.get(open.join()) ?? toolsOf(open);
    granted.set(open.join(), tools);
    return tools;
  };
  const own = (caller: Caller, name: string): McpTool | undefined => {
    const tool = named.get(name);
    return tool && ownOf(caller).includes(tool) ? tool : undefined;
  };

  /** A tool of a server that this caller may call by its name. */
  async function listedTo(request: ToolRequest): Promise<JsonObject | undefined> {
    const exposed = await exposedTo(request, orchestrator.gateway, toolsets);
    return exposed && byName(exposed.tools).get(request.name);
  }

  function run(request: ToolRequest): Promise<Reply> {
    const { caller, name, channel, carried } = request;
    const { signal } = channel;
    const context: ToolContext = {
      orchestrator,
      caller,
      signal,
      channel,
      configFile,
      ...(carried && { carried }),
    };
    const tool = own(caller, name);
    return tool ? runOwn(tool, request, context) : runExposed(request, context);
  }

  async function runExposed(request: ToolRequest, context: ToolContext): Promise<Reply> {
    const { caller, channel, name, arguments: raw } = request;
    const exposed = await exposedTo(request, orchestrator.gateway, toolsets);
    if (!exposed) return UNKNOWN;
    let listed = byName(exposed.tools).get(name);
    if (!listed) {
      // What is held is not listed, and yet whoever knew it should hear why. Of a server that just starts, a list before this one may have told.
      const isHeld = await isHeldBack(orchestrator.gateway, caller, name);
      listed = await listedTo(request);
      if (!listed && !isHeld) return UNKNOWN;
    }
    const given = checkJson(raw, 'arguments') as JsonObject;
    const { outcome } = await passOn({ name, arguments: given }, context);
    const reply = toReply(outcome, channel, configFile);
    if (!listed) return reply;
    if ((outcome.kind === 'approval' || outcome.kind === 'stored') && promisesOutput(listed))
      return inPlaceOfOutput(reply);
    return reply.kind === 'payload' && hasLooseOutput(listed) ? { ...reply, loose: true } : reply;
  }

  async function attempt(request: ToolRequest): Promise<Reply> {
    try {
      return await run(request);
    } catch (failure) {
      // Nobody hears it any more.
      if (request.channel.signal.aborted) return CANCELLED;
      const fault = protocolFault(failure);
      if (fault) return { kind: 'error', error: fault };
      const attempted = { tool: request.name, instanceId: instanceIn(request.arguments) };
      const reply = toValue(toErrorResult(withApproveCommand(failure, configFile), attempted, telemetry));
      if (own(request.caller, request.name)) return reply;
      const listed = await listedTo(request).catch(() => undefined);
      return listed && promisesOutput(listed) ? inPlaceOfOutput(reply) : reply;
    }
  }

  return {
    list: async (asking) => ({
      own: ownOf(asking.caller),
      exposed: (await exposedTo(asking, orchestrator.gateway, toolsets))?.tools,
    }),
    call: attempt,
  };
}

async function runOwn(tool: McpTool, request: ToolRequest, context: ToolContext): Promise<Reply> {
  const answer = await tool.run(parseArguments(request.arguments, knownTo(tool)), context);
  return 'outcome' in answer
    ? toReply(answer.outcome, request.channel, context.configFile)
    : toValue(toResult(answer));
}

/** What a misspelt member of the arguments may have been meant for, where that matters. */
function knownTo({ refusesMisspelt, definition: { inputSchema } }: McpTool): readonly string[] | undefined {
  return refusesMisspelt === true ? Object.keys(inputSchema.properties ?? {}) : undefined;
}

const CANCELLED: Reply = {
  kind: 'error',
  error: { code: INTERNAL_ERROR, message: 'The call was cancelled.' },
};

function toValue(result: object): Reply {
  return { kind: 'value', value: result as JsonObject };
}

/** The instance a call was about, for the log, however broken the call. */
function instanceIn(raw: JsonObject): string | undefined {
  try {
    return parseArguments(raw).optionalName('instance_id');
  } catch {
    return undefined;
  }
}
