import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Payload } from '../../kernel/payload.ts';
import { toPayload } from '../../kernel/payload.ts';
import { holdsSecret } from '../../policy/secret-bytes.ts';
import type { Downstream, DownstreamAnswer, DownstreamRequest } from '../../ports/downstream.ts';
import type { Call, Stage } from '../call.ts';
import { toAskedAll } from '../asks.ts';
import { canBeAsked } from '../call.ts';
import { onceUnderKey, releaseKey } from '../claims.ts';
import type { CallOutcome } from '../gateway.ts';
import { onwardCapabilities, onwardMeta } from '../onward.ts';
import { breathe } from '../parts.ts';
import { checkLarge } from '../promised.ts';
import { askCaller } from '../question.ts';
import { storeLarge } from '../results.ts';
import { requestOf } from '../states.ts';
import { traitsOf } from '../traits.ts';

const MAX_ATTEMPTS = 2;
/** Rounds of questions of a modern server that we put to a caller of the older revisions. */
const MAX_ROUNDS = 8;

/** The call itself. */
export const downstream: Stage = {
  name: 'downstream',
  admit: (call) => {
    const { server, settings, tool } = call.entry;
    return call.pass(
      () =>
        `${tool.name} of ${server.name} is called; it has ${settings.timeoutMs ?? server.timeoutMs} ms, and ${server.idleMs} ms between signs of life.`,
    );
  },
  run: (call) =>
    call.input.idempotencyKey === undefined
      ? conversation(call)
      : onceUnderKey(call, () => conversation(call)),
};

async function conversation(call: Call): Promise<CallOutcome> {
  const { clock } = call.gate.parts;
  const { entry } = call;
  const connection = call.gate.connections.of(entry.server, call.caller);
  const beganAt = clock.now() - call.waitedMs;
  const timeoutMs = entry.settings.timeoutMs ?? entry.server.timeoutMs;
  let params = firstParams(call);
  let endsAt = call.triedAt + timeoutMs;
  for (let round = 0; ; round++) {
    const answer = await attempt(call, connection, { params, endsAt });
    if (answer.kind !== 'input-required') {
      call.gate.circuits.clocked(entry, clock.now() - call.waitedMs - beganAt);
      return answer.kind === 'large' ? await storedOutcome(call, answer) : toOutcome(call, answer);
    }
    if (call.channel.repeats) return await passQuestion(call, answer.payload);
    if (round === MAX_ROUNDS)
      throw new TuttiError(
        'downstream/protocol',
        `${entry.server.name} asked more than ${MAX_ROUNDS} times.`,
      );
    params = await answerHere(call, answer.payload);
    // Its answers may have taken a person long: each round has the whole time.
    endsAt = clock.now() + timeoutMs;
  }
}

function firstParams(call: Call): JsonObject {
  const params: Record<string, Json> = { name: call.entry.tool.name, arguments: call.arguments };
  const { carried, input } = call;
  if (input.inputResponses !== undefined && (carried === undefined || carried.kind === 'downstream')) {
    params['inputResponses'] = input.inputResponses;
    if (carried?.state !== undefined) params['requestState'] = carried.state;
  }
  return params;
}

/** Tries again only what was certainly not sent, or what changes nothing by the word of somebody who is believed. */
async function attempt(
  call: Call,
  connection: Downstream,
  about: { readonly params: JsonObject; readonly endsAt: number },
): Promise<DownstreamAnswer> {
  for (let tries = 1; ; tries++) {
    const timeoutMs = Math.max(about.endsAt - call.gate.parts.clock.now(), 1);
    call.attempts += 1;
    call.sent = true;
    try {
      const answered = connection.call(requestTo(call, about.params, timeoutMs));
      call.gate.journal.lull();
      return await answered;
    } catch (fault) {
      call.gate.circuits.failed(call.entry, fault);
      if (wasNotSent(fault)) call.sent = false;
      const isSafe = !call.sent || traitsOf(call.entry).isVouchedRead;
      const isGone = fault instanceof TuttiError && fault.code === 'downstream/unavailable';
      if (!isSafe || !isGone || tries >= MAX_ATTEMPTS || call.signal?.aborted === true || call.asked)
        throw fault;
    }
  }
}

/** Without conditional members: copying them costs more than the rest. */
function requestTo(
  call: Call,
  params: JsonObject,
  timeoutMs: number,
): DownstreamRequest & { readonly inlineBytes: number } {
  const { entry, policy, channel, signal, onAsk, gate, input } = call;
  return {
    params,
    timeoutMs,
    meta: onwardMeta(input.meta, call.hops, gate.orchestratorId),
    idleMs: entry.server.idleMs,
    maxBytes: policy.settings.resultStoreMaxBytes,
    inlineBytes: policy.settings.resultMaxBytes,
    capabilities: onwardCapabilities(channel.capabilities),
    signal,
    onAsk,
    asker: call.caller.owner,
    onProgress: channel.onProgress && ((progress) => call.live.onProgress?.(progress)),
    onLog: channel.onLog && ((message) => call.live.onLog?.(message)),
  };
}

/** Adapters say so in `data.sent`; a login that is missing is found before anything is done. */
function wasNotSent(fault: unknown): boolean {
  if (!(fault instanceof TuttiError)) return false;
  if (fault.code === 'downstream/login-needed') return true;
  return (fault.data as { readonly sent?: unknown } | undefined)?.sent === false;
}

function toOutcome(call: Call, answer: Extract<DownstreamAnswer, { kind: 'result' | 'error' }>): CallOutcome {
  const facts = call.facts(false);
  return answer.kind === 'result'
    ? { kind: 'result', payload: answer.payload, facts }
    : { kind: 'error', error: answer.error, facts };
}

async function storedOutcome(
  call: Call,
  { bytes, isError }: Extract<DownstreamAnswer, { kind: 'large' }>,
): Promise<CallOutcome> {
  const { server, tool } = call.entry;
  const about = {
    owner: call.caller.owner,
    server: server.name,
    tool: tool.name,
    settings: call.policy.settings,
    ...(isError !== undefined && { isError }),
  };
  const yielding = (): Promise<void> => breathe(call.gate.parts);
  await checkLarge(call.entry, bytes, yielding);
  if (await holdsSecret(bytes, yielding)) call.sensitive = true;
  const { payload, uri } = await storeLarge(call.gate.parts, bytes, about);
  return { kind: 'stored', payload, uri, facts: call.facts(false) };
}

/** The server's own state travels inside ours. */
async function passQuestion(call: Call, payload: Payload): Promise<CallOutcome> {
  const { requestState: theirs, inputRequests: questions, ...rest } = payload.value;
  const inputRequests = toAskedAll(call.entry.server.name, questions);
  // Whoever asks first has done nothing yet: the answer comes under the same key.
  await releaseKey(call);
  const carried = {
    kind: 'downstream',
    of: call.entry.server.name,
    asks: Object.keys(inputRequests),
    ...(typeof theirs === 'string' && { state: theirs }),
    ...(call.approved !== undefined && { approved: call.approved }),
  } as const;
  const requestState = call.gate.states.seal(carried, requestOf(call));
  return {
    kind: 'input-required',
    payload: toPayload({
      ...rest,
      ...(questions !== undefined && { inputRequests }),
      requestState,
    }),
  };
}

/** A caller of the older revisions is asked over its connection, and the server called again with the answers. */
async function answerHere(call: Call, payload: Payload): Promise<JsonObject> {
  const { ask, capabilities } = call.channel;
  const { inputRequests, requestState } = payload.value;
  const questions = Object.entries(toAskedAll(call.entry.server.name, inputRequests));
  const answers: Record<string, Json> = {};
  for (const [key, question] of questions) {
    if (
      !isJsonObject(question) ||
      typeof question['method'] !== 'string' ||
      ask === undefined ||
      !canBeAsked(capabilities, question['method'])
    ) {
      throw new TuttiError(
        'downstream/protocol',
        `${call.entry.server.name} asks something that this caller cannot be asked. Call it from a client that supports elicitation.`,
      );
    }
    const params = isJsonObject(question['params']) ? question['params'] : {};
    const answer = await askCaller(call, ask, { method: question['method'], params });
    if (answer === undefined)
      throw new TuttiError('call/lost', `Nobody answered what ${call.entry.server.name} asked.`);
    answers[key] = answer;
  }
  return {
    ...firstParams(call),
    inputResponses: answers,
    ...(requestState !== undefined && { requestState }),
  };
}
