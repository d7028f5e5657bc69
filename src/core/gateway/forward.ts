import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Payload } from '../kernel/payload.ts';
import { toPayload } from '../kernel/payload.ts';
import { inspectResult } from '../policy/provenance.ts';
import type { Downstream, DownstreamAnswer } from '../ports/downstream.ts';
import type { Gate, Policy } from './call.ts';
import { toAsked, toAskedAll } from './asks.ts';
import { canBeAsked } from './call.ts';
import type { CallChannel, CallFacts, CallOutcome, ForwardMethod } from './gateway.ts';
import { applyRules, takeFromBudgets } from './forward-policy.ts';
import { shortened } from './forward-large.ts';
import { toolGrants } from './grants.ts';
import type { JournalLine } from './journal.ts';
import { HOPS_KEY, onwardCapabilities, onwardMeta } from './onward.ts';
import { notDeclared } from './parking.ts';
import type { ServerSettings } from './settings.ts';
import type { Request } from './states.ts';
import type { Subscriptions } from './subscriptions.ts';
import { markTainted } from './taints.ts';
import { toldError } from './told-error.ts';

interface Target {
  readonly server: ServerSettings;
  /** As the server knows it. */
  readonly params: JsonObject;
}

interface Errand {
  readonly gate: Gate;
  readonly policy: Policy;
  readonly caller: Caller;
  readonly method: ForwardMethod;
  readonly params: JsonObject;
  readonly channel: CallChannel;
  readonly id: string;
  readonly startedAt: number;
  readonly learned: Learned;
}

/** What is known of it only on the way. */
interface Learned {
  server?: string;
  /** Something may have reached the server. */
  sent: boolean;
  findings: readonly string[];
}

/** The lighter gate of what is no tool: identity, owner, rate, rules, hops, budgets, breaker, deadlines, caps, taint, journal. */
export async function forward(
  gate: Gate,
  about: Pick<Errand, 'caller' | 'method' | 'params' | 'channel'> & { readonly subscriptions: Subscriptions },
): Promise<CallOutcome> {
  const { clock } = gate.parts;
  const learned: Learned = { sent: false, findings: [] };
  const begun = { id: clock.id(), startedAt: clock.now(), learned };
  const errand: Errand = { ...about, gate, policy: gate.policy(), ...begun };
  try {
    const made = await run(errand, about.subscriptions);
    gate.journal.add(lineOf(errand, made.kind));
    return made;
  } catch (fault) {
    const line = lineOf(errand, fault instanceof TuttiError ? fault.code : 'failed');
    if (learned.sent || !(fault instanceof TuttiError)) gate.journal.add(line);
    else gate.refusals.add(refusalOf(errand, fault), line);
    throw fault;
  }
}

function lineOf(
  { gate, caller, method, params, id, startedAt, learned }: Errand,
  outcome: string,
): JournalLine {
  const { server, findings } = learned;
  const durationMs = gate.parts.clock.now() - startedAt;
  return {
    owner: caller.owner,
    kind: 'forward',
    fields: () => ({
      call: id,
      method,
      name: nameOf(params),
      ...(server !== undefined && { server }),
      ...(findings.length > 0 && { findings }),
      outcome,
      duration_ms: durationMs,
    }),
  };
}

/** What a refusal has in common with others that are told of together: one before a server was found may name anything. */
function refusalOf({ caller, method, learned }: Errand, { code, message }: TuttiError): string {
  return JSON.stringify([caller.owner, method, code, learned.server, learned.server && message]);
}

async function run(errand: Errand, subscriptions: Subscriptions): Promise<CallOutcome> {
  const { gate, caller, method } = errand;
  if (gate.isDraining())
    throw new TuttiError('server/draining', 'Tutti is shutting down and takes no new calls.');
  // Whoever comes first after a start asks for what nobody has listed yet.
  await gate.catalog.settle();
  const target = await foundTarget(errand, subscriptions);
  errand.learned.server = target.server.name;
  // Who leaves is never kept from leaving.
  if (method !== 'resources/unsubscribe') {
    await takeTurn(errand);
    await applyRules(errand, target);
  }
  const hops = hopsOf(errand);
  const carried = await carriedOf(errand);
  const connection = gate.connections.of(target.server, caller);
  let answer: DownstreamAnswer = { kind: 'result', payload: toPayload({}) };
  const ask = async (): Promise<boolean> => {
    answer = await send(errand, target, { connection, hops, carried });
    return answer.kind === 'result';
  };
  const subscriber = { owner: caller.owner, uri: uriOf(target.params), connection };
  if (method === 'resources/subscribe') await subscriptions.subscribe(subscriber, ask);
  else if (method === 'resources/unsubscribe') await subscriptions.unsubscribe(subscriber, ask);
  else await ask();
  return await toOutcome(errand, target.server, answer);
}

/** What is gone from the catalog may still be subscribed to. */
async function foundTarget(errand: Errand, subscriptions: Subscriptions): Promise<Target> {
  try {
    return targetOf(errand);
  } catch (fault) {
    const { caller, method, params } = errand;
    const gone = { owner: caller.owner, uri: uriOf(params) };
    if (method === 'resources/unsubscribe') await subscriptions.unsubscribe(gone, async () => undefined);
    throw fault;
  }
}

interface Way {
  readonly connection: Downstream;
  readonly hops: readonly string[];
  readonly carried: string | undefined;
}

async function send(errand: Errand, { server, params: given }: Target, way: Way): Promise<DownstreamAnswer> {
  const { gate, caller, policy, channel, method } = errand;
  const { timeoutMs, idleMs } = server;
  const { inputResponses } = errand.params;
  const params = {
    ...given,
    ...(inputResponses !== undefined && { inputResponses }),
    ...(way.carried !== undefined && { requestState: way.carried }),
  };
  const onAsk = channel.repeats ? undefined : askerOf(channel, server);
  const bookTime = method === 'resources/unsubscribe' ? undefined : await takeFromBudgets(errand, server);
  const beganAt = gate.parts.clock.now();
  const ask = () => {
    errand.learned.sent = true;
    return way.connection.request(method, {
      params,
      meta: onwardMeta(metaOf(errand.params), way.hops, gate.orchestratorId),
      idleMs,
      timeoutMs,
      maxBytes: policy.settings.resultStoreMaxBytes,
      capabilities: onwardCapabilities(channel.capabilities),
      ...(channel.signal && { signal: channel.signal }),
      ...(channel.onProgress && { onProgress: channel.onProgress }),
      ...(channel.onLog && { onLog: channel.onLog }),
      asker: caller.owner,
      ...(onAsk && { onAsk }),
    });
  };
  try {
    return await gate.circuits.run(server, ask, { signal: channel.signal, waitMs: timeoutMs });
  } finally {
    bookTime?.(gate.parts.clock.now() - beganAt);
  }
}

function uriOf({ uri }: JsonObject): string {
  return typeof uri === 'string' ? uri : '';
}

function nameOf(params: JsonObject): string {
  const ref = isJsonObject(params['ref']) ? params['ref'] : params;
  const name = ref['uri'] ?? ref['name'];
  return typeof name === 'string' ? name.slice(0, 500) : '';
}

/** Which server it belongs to, and what it is called there. */
function targetOf(errand: Errand): Target {
  const { method, params } = errand;
  const { _meta: _m, inputResponses: _i, requestState: _s, ...rest } = params;
  const ref = isJsonObject(rest['ref']) ? rest['ref'] : {};
  const holder = method === 'completion/complete' ? ref : rest;
  const isPrompt = method === 'prompts/get' || holder['type'] === 'ref/prompt';
  const key = isPrompt ? 'name' : 'uri';
  const name = holder[key];
  if (typeof name !== 'string')
    throw new TuttiError('input/missing-field', `${method} needs a ${key}, as a text.`);
  const owner = ownerOf(errand, isPrompt ? 'prompt' : 'resource', name);
  const known = { ...holder, [key]: owner.name };
  return { server: owner.server, params: holder === rest ? known : { ...rest, ref: known } };
}

function ownerOf({ gate, caller }: Errand, kind: 'prompt' | 'resource', name: string) {
  const owner = gate.catalog.owner(kind, name);
  if (owner?.server.enabled === true) {
    const grants = toolGrants(caller);
    const { name: server } = owner.server;
    if (kind === 'prompt' ? grants.tool(server, owner.name) : grants.whole(server)) return owner;
  }
  throw new TuttiError('tool/not-found', `There is no ${kind} ${JSON.stringify(name.slice(0, 200))}.`);
}

async function takeTurn({ gate, caller, policy }: Errand): Promise<void> {
  const limit = policy.settings.perUser;
  if (limit === undefined) return;
  const waitMs = await gate.parts.limits.take(`calls:${caller.owner}`, limit);
  if (waitMs === 0) return;
  throw new TuttiError(
    'policy/rate-limited',
    `More than ${limit.count} calls in ${limit.perMs} ms. Try again in ${waitMs} ms.`,
    { data: { retry_after_ms: waitMs } },
  );
}

function metaOf(params: JsonObject): JsonObject | undefined {
  return isJsonObject(params['_meta']) ? params['_meta'] : undefined;
}

function hopsOf({ gate, policy, params }: Errand): readonly string[] {
  const value: Json = metaOf(params)?.[HOPS_KEY] ?? [];
  const passed = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  if (passed?.every((each): each is string => typeof each === 'string') !== true)
    throw new TuttiError('input/invalid-format', `_meta["${HOPS_KEY}"] must be a list of texts.`);
  if (passed.includes(gate.orchestratorId) || passed.length >= policy.settings.maxHops)
    throw new TuttiError(
      'call/loop',
      'The request came back, or passed too many orchestrators. Nothing was sent.',
    );
  return passed;
}

function requestOf({ caller, method, params }: Errand): Request {
  const { _meta: _m, inputResponses: _i, requestState: _s, ...rest } = params;
  return { owner: caller.owner, method, name: nameOf(params), arguments: rest };
}

async function carriedOf(errand: Errand): Promise<string | undefined> {
  const { requestState, inputResponses } = errand.params;
  if (requestState === undefined) return undefined;
  const state = typeof requestState === 'string' ? requestState : '';
  return (await errand.gate.states.open(state, requestOf(errand), inputResponses)).state;
}

function askerOf({ ask, capabilities }: CallChannel, { name }: ServerSettings): CallChannel['ask'] {
  if (ask === undefined) return undefined;
  return async (question) => {
    if (!canBeAsked(capabilities, question.method)) throw notDeclared(question);
    return await ask(toAsked(name, question));
  };
}

async function toOutcome(
  errand: Errand,
  server: ServerSettings,
  answer: DownstreamAnswer,
): Promise<CallOutcome> {
  const facts: CallFacts = {
    callId: errand.id,
    server: server.name,
    tool: errand.method,
    cached: false,
    durationMs: errand.gate.parts.clock.now() - errand.startedAt,
    attempts: 1,
  };
  switch (answer.kind) {
    case 'result': {
      const { gate, caller, method, params, policy } = errand;
      const { payload } = answer;
      const short = await shortened(
        { method, params, payload, facts, owner: caller.owner },
        {
          parts: gate.parts,
          settings: policy.settings,
          inspected: (said) => inspected(errand, server, said),
        },
      );
      return short ?? { kind: 'result', payload: inspected(errand, server, payload), facts };
    }
    case 'error':
      return {
        kind: 'error',
        error: toldError(answer.error, errand.policy.settings.resultMaxBytes, (said) =>
          inspected(errand, server, said),
        ),
        facts,
      };
    case 'input-required': {
      const { requestState: theirs, inputRequests: questions, ...rest } = answer.payload.value;
      const inputRequests = toAskedAll(server.name, questions);
      const carried = {
        kind: 'downstream',
        of: server.name,
        asks: Object.keys(inputRequests),
        ...(typeof theirs === 'string' && { state: theirs }),
      } as const;
      const requestState = errand.gate.states.seal(carried, requestOf(errand));
      return { kind: 'input-required', payload: toPayload({ ...rest, inputRequests, requestState }) };
    }
    case 'large':
      throw new TuttiError(
        'downstream/result-too-large',
        `What ${server.name} answered is too large to be passed on.`,
      );
  }
}

function inspected(errand: Errand, server: ServerSettings, payload: Payload): Payload {
  const { policy, id, method } = errand;
  const options = { mode: policy.settings.injection, nonce: id, server: server.name, tool: method };
  const found = inspectResult(payload, options);
  if (found.sensitive) markTainted({ ...errand, input: {} });
  errand.learned.findings = [...errand.learned.findings, ...found.findings];
  return found.payload;
}
