import type { Caller } from '../../kernel/caller.ts';
import { TuttiError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Gate } from '../call.ts';
import { hasForms } from '../call.ts';
import type { CallPath } from '../call-path.ts';
import type { CallChannel, CallInput } from '../gateway.ts';
import type { ReadingTime } from '../plan/arguments/zone.ts';
import type { Planning } from '../plan/planning.ts';
import { askOver } from '../question.ts';
import type { RankingMeans } from '../ranking.ts';
import type { LearnedExample, Routing } from '../route/route.ts';
import type { AskSettings } from '../settings.ts';
import type { Request } from '../states.ts';
import type { AskInput, Resolution, Synthesizer } from './ask.ts';
import type { Deadline } from './deadline.ts';
import type { Runs } from './runs.ts';
import type { SeenTools } from './tools.ts';

/** What all questions share. */
export interface AskDesk {
  readonly gate: Gate;
  readonly path: Pick<CallPath, 'call' | 'explain' | 'approval'>;
  readonly runs: Runs;
  readonly synthesizer: Synthesizer | undefined;
  /** Plans with what is held as well, which is called by nobody. */
  readonly planningWithHeld: () => Planning;
  /** Servers of which nothing is known, since they cannot be reached, or could not be in time: in words. */
  readonly unreachable: (context: AskContext) => Promise<readonly string[]>;
  /** A caller was offered these tools for these words. */
  readonly onDoubt: (
    caller: Caller,
    doubt: { readonly query: string; readonly tools: readonly string[] },
  ) => void;
  readonly wasOffered: (caller: Caller, example: LearnedExample) => boolean;
  /** These tools were confirmed for these words, and were of use. */
  readonly onConfirmed: (context: AskContext, examples: readonly LearnedExample[]) => Promise<void>;
}

/** One question on its way. */
export interface AskContext {
  readonly desk: AskDesk;
  readonly settings: AskSettings;
  readonly caller: Caller;
  readonly input: AskInput;
  readonly channel: CallChannel;
  readonly deadline: Deadline;
  readonly tools: SeenTools;
  /** The tools as they are by now: servers may have been listed anew meanwhile. */
  readonly look: () => SeenTools;
  readonly routing: Routing;
  readonly planning: Planning;
  /** What was asked on the leg before, and what was said to it; taken once. */
  said: { readonly of: Topic; readonly said: Said } | undefined;
}

/** What the caller may be asked about. `lost`: calls that may have been made; `run`: whatever the calls of a stored plan ask. */
export type Topic = 'tools' | 'order' | 'arguments' | 'meant' | 'lost' | 'run';

/** What a person said to a form. */
export type Said =
  | { readonly kind: 'accepted'; readonly content: JsonObject }
  /** Declined, closed, or not answered in time. */
  | { readonly kind: 'refused' };

/** The key under which our own questions stand. */
const KEY = 'ask';
/** Characters of what a question carries over to its answer. */
const MAX_CARRIED = 100_000;

export function rankingOf({ desk, caller }: AskContext): RankingMeans {
  return { circuits: desk.gate.circuits, connections: desk.gate.connections, caller };
}

/** When and where a question is read. */
export function readingTimeOf({ desk, settings }: AskContext): ReadingTime {
  const { clock, offsetOf } = desk.gate.parts;
  return { now: clock.now(), offsetAt: (ms) => offsetOf(settings.timeZone, ms) };
}

/** What every call of a question has from the question. */
export function ofRequest({ input }: AskContext): Pick<CallInput, 'session' | 'instance' | 'meta'> {
  const { session, instance, meta } = input;
  return {
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
    ...(meta !== undefined && { meta }),
  };
}

/**
 * Shows the caller a form: over his connection, or as a question that he repeats the request for. `undefined` where he cannot be shown one.
 *
 * @param carried what is needed to go on once the answer is there
 */
export async function askForm(
  context: AskContext,
  of: Exclude<Topic, 'run'>,
  question: {
    readonly form: JsonObject;
    readonly carried: string;
    /** What of the question is left out, and why: sentences, told with the form. */
    readonly unanswered?: readonly string[];
  },
): Promise<Said | Extract<Resolution, { kind: 'input-required' }> | undefined> {
  const { channel, deadline, desk, said } = context;
  if (said?.of === of) {
    context.said = undefined;
    return said.said;
  }
  if (!hasForms(channel.capabilities)) return undefined;
  const ask = { method: 'elicitation/create', params: telling(question.form, question.unanswered ?? []) };
  if (channel.repeats) {
    if (question.carried.length > MAX_CARRIED) return undefined;
    return inputRequired(context, { of, state: question.carried, inputRequests: { [KEY]: ask } });
  }
  if (channel.ask === undefined) return undefined;
  const { after } = desk.gate.parts;
  return saidIn(await askOver({ signal: channel.signal, after, wait: deadline.wait }, channel.ask, ask));
}

function telling(form: JsonObject, unanswered: readonly string[]): JsonObject {
  const { message } = form;
  return typeof message === 'string' ? { ...form, message: [message, ...unanswered].join('\n') } : form;
}

/** Questions that come back answered when the request is repeated. */
export function inputRequired(
  context: AskContext,
  about: { readonly of: Topic; readonly state: string; readonly inputRequests: JsonObject },
): Extract<Resolution, { kind: 'input-required' }> {
  const { of, state, inputRequests } = about;
  const requestState = context.desk.gate.states.seal(
    { kind: 'ask', of, asks: Object.keys(inputRequests), state },
    requestOf(context),
  );
  return { kind: 'input-required', value: { resultType: 'input_required', inputRequests, requestState } };
}

/** What the leg before carried over; `undefined` on the first one. @throws TuttiError `call/stale-state`, `input/invalid-format`. */
export async function openCarried(
  context: AskContext,
): Promise<{ readonly of: Topic; readonly state: string } | undefined> {
  const { requestState, inputResponses } = context.input;
  if (requestState === undefined) return undefined;
  const { kind, of, state } = await context.desk.gate.states.open(
    requestState,
    requestOf(context),
    inputResponses,
  );
  if (kind !== 'ask' || state === undefined)
    throw new TuttiError('call/stale-state', 'requestState belongs to another call. Ask again without it.');
  const topic = of as Topic;
  if (topic !== 'run') context.said = { of: topic, said: saidIn(inputResponses?.[KEY]) };
  return { of: topic, state };
}

function saidIn(answer: unknown): Said {
  if (!isJsonObject(answer) || answer['action'] !== 'accept') return { kind: 'refused' };
  const { content } = answer;
  return { kind: 'accepted', content: isJsonObject(content) ? content : {} };
}

/** What a state is bound to: exactly what was asked. */
function requestOf({ caller, input }: AskContext): Request {
  const { query, plan, servers, dryRun } = input;
  return {
    owner: caller.owner,
    method: 'ask',
    name: '',
    arguments: JSON.parse(JSON.stringify({ query, plan, servers, dryRun })) as JsonObject,
  };
}
