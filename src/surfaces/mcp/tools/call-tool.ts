import type { CallInput } from '../../../core/gateway/gateway.ts';
import type { Arguments } from '../arguments.ts';
import { OBJECT, TEXT, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool, PassedOn, ToolContext } from '../tool.ts';

/** Arguments of every tool that calls one of a downstream. */
export const CALL_INPUT = takes(
  {
    name: TEXT,
    arguments: OBJECT,
    idempotency_key: { type: 'string', description: 'Repeating a call with its key repeats no effect' },
    session_id: TEXT,
    instance_id: TEXT,
  },
  ['name'],
);

export const callTool: McpTool = {
  refusesMisspelt: true,
  definition: {
    name: 'call_tool',
    title: 'Call a tool',
    description:
      'Call a tool by the name find_tools gave. Answers with its result, or with kind "approval": then a person decides, not you; call again once approved.',
    inputSchema: CALL_INPUT,
    annotations: writes({ outside: true }),
  },
  run: async (input, context) => await passOn(parseCall(input), context),
};

export function parseCall(input: Arguments): CallInput {
  const idempotencyKey = input.optionalName('idempotency_key');
  const session = input.optionalName('session_id');
  const instance = input.optionalName('instance_id');
  return {
    name: input.name('name'),
    arguments: input.optionalObject('arguments') ?? {},
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
  };
}

/** Sends a call through the gate; what comes back is given as it is. */
export async function passOn(
  input: CallInput,
  { orchestrator, caller, signal, channel, carried }: ToolContext,
): Promise<PassedOn> {
  const given = channel ?? { capabilities: {}, repeats: false };
  const own = given.signal === signal ? given : { ...given, signal };
  return {
    outcome: await orchestrator.gateway.call(caller, carried ? { ...input, ...carried } : input, own),
  };
}
