import type { AskInput } from '../../../core/gateway/ask/ask.ts';
import type { CallChannel } from '../../../core/gateway/gateway.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { toPayload } from '../../../core/kernel/payload.ts';
import type { Arguments } from '../arguments.ts';
import { resolutionText } from '../ask-texts.ts';
import { toWireResolution } from '../ask-wire.ts';
import { parseWirePlan } from '../plan-wire.ts';
import { OBJECT, TEXT, answers, takes } from '../schemas.ts';
import { writes } from '../tool.ts';
import type { McpTool } from '../tool.ts';

const MAX_SERVERS = 100;
const LIST = { type: 'array' } as const;

const OPTIONS = {
  query: { type: 'string', description: 'Name what you want, with ids, paths and quoted texts' },
  plan: {
    type: 'object',
    description: 'Instead of query: a plan you were given, completed; or {id} of one shown or waiting',
  },
  servers: { type: 'array', items: TEXT, description: 'Only these' },
  dry_run: { type: 'boolean', description: 'Only show the plan' },
  session_id: TEXT,
  instance_id: TEXT,
} as const;

export const ask: McpTool = {
  refusesMisspelt: true,
  definition: {
    name: 'ask',
    title: 'Ask',
    description:
      'One answer to a question over several servers or steps: finds the tools, calls them, names the sources. Use it where you would need several calls, or do not know the tool; call_tool for one you know. Words alone only read: what would change something comes back as a plan, which is done, once, when its {id} is sent as plan. kind says what came: answer; clarification: choose, or send its plan back; needs_arguments: complete its plan, send it back as plan; approval: a person decides; out_of_scope: no tool fits.',
    inputSchema: takes(OPTIONS),
    outputSchema: answers({
      kind: TEXT,
      answer: TEXT,
      sources: LIST,
      partial: LIST,
      clarification: OBJECT,
      approval: OBJECT,
      approvals: LIST,
      needs_arguments: OBJECT,
      out_of_scope: OBJECT,
      plan: OBJECT,
      estimate: OBJECT,
      explain: LIST,
      unanswered: LIST,
    }),
    annotations: writes({ outside: true }),
  },
  async run(input, { orchestrator, caller, signal, channel, carried, configFile }) {
    const asked = { ...parseAsk(input), ...carried };
    const { onProgress, ...given } = channel ?? { capabilities: {}, repeats: false };
    const resolution = await orchestrator.gateway.ask(caller, asked, {
      ...given,
      signal,
      ...(onProgress && { onProgress: rising(onProgress) }),
    });
    if (resolution.kind === 'input-required')
      return { outcome: { kind: 'input-required', payload: toPayload(resolution.value) } };
    return { structured: toWireResolution(resolution), text: resolutionText(resolution, configFile) };
  },
};

type OnProgress = NonNullable<CallChannel['onProgress']>;

/** Of what is left to the next whole call, what a message takes that tells of nothing further. */
const CREEP = 1 / 64;

/** The protocol wants progress that rises, and every message is to be told: one without progress takes a small part of the call under way. */
function rising(onProgress: OnProgress): OnProgress {
  let last = -1;
  return (each) => {
    const crept = last + (Math.floor(last) + 1 - last) * CREEP;
    const progress = Math.max(each.progress, crept);
    // So close to the next one that no number lies between; or all is told.
    if (progress <= last || progress > (each.total ?? Infinity)) return;
    last = progress;
    onProgress({ ...each, progress });
  };
}

function parseAsk(input: Arguments): AskInput {
  const servers = input.optionalNames('servers', MAX_SERVERS);
  if (servers.length === 0 && input.has('servers'))
    throw new TuttiError(
      'input/invalid-format',
      'servers is empty; expected names, or no servers at all for all of them.',
    );
  const dryRun = input.optionalFlag('dry_run');
  const session = input.optionalName('session_id');
  const instance = input.optionalName('instance_id');
  return {
    ...whatIn(input),
    ...(servers.length > 0 && { servers }),
    ...(dryRun !== undefined && { dryRun }),
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
  };
}

function whatIn(input: Arguments): Pick<AskInput, 'query' | 'plan'> {
  const asks = input.has('query');
  if (!input.has('plan')) {
    if (asks) return { query: input.prose('query') };
    throw new TuttiError(
      'input/missing-field',
      'query is missing. Send query, or plan with a plan you were given.',
    );
  }
  if (asks)
    throw new TuttiError(
      'input/invalid-format',
      'query and plan were both sent; expected one of them. A plan has its own query.',
    );
  return { plan: parseWirePlan(input.json('plan')) };
}
