import type { Caller } from '../../kernel/caller.ts';
import type { Gate } from '../call.ts';
import type { CallPath } from '../call-path.ts';
import type { Gateway, ServerView } from '../gateway.ts';
import type { Nearness } from '../embed/nearness.ts';
import { checkServers } from '../known-servers.ts';
import { HOPS_KEY } from '../onward.ts';
import type { Planning } from '../plan/planning.ts';
import type { LearnedExample, Routing } from '../route/route.ts';
import type { AskSettings } from '../settings.ts';
import { tooMany } from '../stages/rate.ts';
import type { AskInput, Asking } from './ask.ts';
import type { AskContext, AskDesk } from './context.ts';
import { startDeadline } from './deadline.ts';
import type { Deadline } from './deadline.ts';
import { createDoubts } from './doubts.ts';
import { createLearned } from './learned.ts';
import { nearing } from './nearing.ts';
import { noteOf } from './note.ts';
import { parseAskRequest } from './request.ts';
import type { AskRequest } from './request.ts';
import { resolve } from './resolve.ts';
import { createRuns } from './runs.ts';
import { createSight } from './tools.ts';

export interface AskingParts {
  readonly gate: Gate;
  readonly path: Pick<CallPath, 'call' | 'explain' | 'approval' | 'underWay'>;
  readonly listServers: Gateway['listServers'];
  /** As the catalogue is now. */
  readonly routing: () => Routing;
  /** With what is held. */
  readonly routingWithHeld: () => Routing;
  readonly nearness: Nearness | undefined;
  readonly planningOf: (routing: Routing) => Planning;
  readonly settings: () => AskSettings;
}

/** From a question to one answer over many servers. */
export function createAsking(parts: AskingParts): Asking {
  const { gate, path } = parts;
  const runs = createRuns(gate.parts);
  const learned = createLearned(gate.parts.store.vault);
  const doubts = createDoubts();
  const see = createSight(gate.catalog);
  const desk: AskDesk = {
    gate,
    path,
    runs,
    synthesizer: gate.parts.synthesizer,
    planningWithHeld: () => parts.planningOf(parts.routingWithHeld()),
    unreachable: async ({ caller, input }) => unreachableOf(await parts.listServers(caller), input),
    onDoubt: (caller, doubt) => {
      doubts.add(caller.owner, doubt);
    },
    wasOffered: (caller, example) => doubts.has(caller.owner, example),
    onConfirmed: async (context, examples) => {
      if (!context.settings.learn || examples.length === 0) return;
      // What was answered is not lost with what is learned from it.
      await learned.remember(context.caller.owner, examples).catch((fault: unknown) => {
        gate.parts.telemetry.log('warn', 'ask/unlearned', { fault });
      });
    },
  };

  const contextOf = async (
    asked: AskRequest,
    { caller, input, channel }: Pick<AskContext, 'caller' | 'input' | 'channel'>,
    deadline: Deadline,
  ): Promise<AskContext> => {
    await gate.catalog.settle();
    if (input.servers !== undefined) checkServers(input.servers, await parts.listServers(caller));
    const toolGate = await gate.parts.toolGateOf?.(caller, input.session);
    const settings = parts.settings();
    const look = () => see(caller, { servers: input.servers, isNested: isNested(input), toolGate });
    const tools = look();
    const near = await nearing(asked, parts, { caller, input, tools, deadline });
    channel.signal?.throwIfAborted();
    const routing = knowing(settings.learn ? await learned.of(caller.owner) : [], near);
    return {
      desk,
      settings,
      caller,
      input,
      channel,
      deadline,
      tools,
      look,
      routing,
      planning: parts.planningOf(routing),
      said: undefined,
    };
  };

  return {
    ask: async (caller, input, channel) =>
      await path.underWay(async () => {
        const note = noteOf(gate, caller, input);
        try {
          const asked = parseAskRequest(input);
          channel.signal?.throwIfAborted();
          await takeTurn(gate, caller);
          const deadline = startDeadline(gate.parts, parts.settings().maxMs, channel.signal);
          try {
            const context = await contextOf(asked, { caller, input, channel }, deadline);
            const resolution = await resolve(asked, context);
            note.came(resolution);
            return resolution;
          } finally {
            deadline.end();
          }
        } catch (fault) {
          note.failed(fault);
          throw fault;
        }
      }),
    plan: async (caller, id) => await runs.load(caller, id),
  };
}

/** Who may make so many calls may ask as often, whether or not calls come of it. */
async function takeTurn(gate: Gate, { owner }: Caller): Promise<void> {
  const limit = gate.policy().settings.perUser;
  const waitMs = limit === undefined ? 0 : await gate.parts.limits.take(`asks:${owner}`, limit);
  if (limit !== undefined && waitMs > 0) throw tooMany('questions', limit, waitMs);
}

/** Routes as for somebody who confirmed these before. */
function knowing(learned: readonly LearnedExample[], routing: Routing): Routing {
  if (learned.length === 0) return routing;
  return {
    update: (documents) => {
      routing.update(documents);
    },
    route: (query, options) => routing.route(query, { ...options, learned }),
  };
}

/** Another orchestrator asks: that is the one level there may be. */
function isNested({ meta }: AskInput): boolean {
  const hops = meta?.[HOPS_KEY];
  return Array.isArray(hops) && hops.length > 0;
}

/** Of whom nobody knows what they offer, in words. */
function unreachableOf(servers: readonly ServerView[], input: AskInput): readonly string[] {
  return servers
    .filter(({ name, tools }) => tools === 0 && isAsked(name, input))
    .flatMap(({ name, status, held }) => {
      if (status === 'down') return [name];
      // What waits item by item is known, and told where it is meant.
      if (status === 'held' && held.length === 0) return [`${name} (held: list_servers says why)`];
      return status === 'connecting' ? [`${name} (not ready yet, ask again in a moment)`] : [];
    });
}

function isAsked(server: string, { servers }: AskInput): boolean {
  return servers?.includes(server) !== false;
}
