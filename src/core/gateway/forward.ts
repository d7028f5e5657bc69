import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Payload } from '../kernel/payload.ts';
import { toPayload } from '../kernel/payload.ts';
import { inspectResult } from '../policy/provenance.ts';
import type { Downstream, DownstreamAnswer } from '../ports/downstream.ts';
import type { Gate, Policy } from './call.ts';
import { canBeAsked } from './call.ts';
import type { CallChannel, CallFacts, CallOutcome, ForwardMethod } from './gateway.ts';
import { toolGrants } from './grants.ts';
import { HOPS_KEY, onwardCapabilities, onwardMeta } from './onward.ts';
import { notDeclared } from './parking.ts';
import type { ServerSettings } from './settings.ts';
import type { Request } from './states.ts';

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
}

/** Who listens to which resource over one connection: it hears of a subscription once, whoever has it. */
export type Subscriptions = WeakMap<Downstream, Map<string, Set<string>>>;

/** The lighter gate of what is no tool: identity, owner, rate, hops, breaker, deadlines, caps, journal. */
export async function forward(
  gate: Gate,
  about: Omit<Errand, 'gate' | 'policy' | 'id' | 'startedAt'> & { readonly subscriptions: Subscriptions },
): Promise<CallOutcome> {
  const { clock } = gate.parts;
  const errand: Errand = { ...about, gate, policy: gate.policy(), id: clock.id(), startedAt: clock.now() };
  let outcome = 'failed';
  try {
    const made = await run(errand, about.subscriptions);
    outcome = made.kind;
    return made;
  } catch (fault) {
    if (fault instanceof TuttiError) outcome = fault.code;
    throw fault;
  } finally {
    const durationMs = clock.now() - errand.startedAt;
    gate.journal.add({
      owner: about.caller.owner,
      kind: 'forward',
      fields: () => ({
        call: errand.id,
        method: about.method,
        name: nameOf(about.params),
        outcome,
        duration_ms: durationMs,
      }),
    });
  }
}

async function run(errand: Errand, subscriptions: Subscriptions): Promise<CallOutcome> {
  const { gate, caller, policy, channel } = errand;
  if (gate.isDraining())
    throw new TuttiError('server/draining', 'Tutti is shutting down and takes no new calls.');
  // Whoever comes first after a start asks for what nobody has listed yet.
  await gate.catalog.settle();
  const target = targetOf(errand);
  await takeTurn(errand);
  const hops = hopsOf(errand);
  const carried = await carriedOf(errand);
  const connection = gate.connections.of(target.server, caller);
  if (isRedundant(errand, connection, subscriptions)) return toOutcome(errand, target.server, emptyResult());
  const { timeoutMs, idleMs } = target.server;
  const { inputResponses } = errand.params;
  const params = {
    ...target.params,
    ...(inputResponses !== undefined && { inputResponses }),
    ...(carried !== undefined && { requestState: carried }),
  };
  const onAsk = channel.repeats ? undefined : askerOf(channel);
  const answer = await gate.circuits.run(
    target.server,
    () =>
      connection.request(errand.method, {
        params,
        meta: onwardMeta(metaOf(errand.params), hops, gate.orchestratorId),
        idleMs,
        timeoutMs,
        maxBytes: policy.settings.resultStoreMaxBytes,
        capabilities: onwardCapabilities(channel.capabilities),
        ...(channel.signal && { signal: channel.signal }),
        ...(channel.onProgress && { onProgress: channel.onProgress }),
        ...(channel.onLog && { onLog: channel.onLog }),
        ...(onAsk && { onAsk }),
      }),
    { signal: channel.signal, waitMs: timeoutMs },
  );
  if (answer.kind === 'error') leave(errand, connection, subscriptions);
  return toOutcome(errand, target.server, answer);
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
  const passed = Array.isArray(value) ? (value as readonly Json[]).map(String) : [];
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
  const { requestState } = errand.params;
  if (requestState === undefined) return undefined;
  const state = typeof requestState === 'string' ? requestState : '';
  return (await errand.gate.states.open(state, requestOf(errand))).state;
}

function askerOf({ ask, capabilities }: CallChannel): CallChannel['ask'] {
  if (ask === undefined) return undefined;
  return (question) =>
    canBeAsked(capabilities, question.method) ? ask(question) : Promise.reject(notDeclared(question));
}

/** Whether somebody else's subscription over the same connection already does, or still needs, what is asked for. */
function isRedundant(errand: Errand, connection: Downstream, subscriptions: Subscriptions): boolean {
  if (!errand.method.startsWith('resources/') || errand.method === 'resources/read') return false;
  const uris = subscriptions.get(connection) ?? new Map<string, Set<string>>();
  subscriptions.set(connection, uris);
  const uri = nameOf(errand.params);
  const owners = uris.get(uri) ?? new Set();
  const { owner } = errand.caller;
  if (errand.method === 'resources/subscribe') {
    const others = owners.size > 0;
    uris.set(uri, owners.add(owner));
    // Said again by the same one it is sent again: its server may have forgotten.
    return others && !(owners.size === 1 && owners.has(owner));
  }
  const was = owners.delete(owner);
  if (owners.size === 0) uris.delete(uri);
  return owners.size > 0 || !was;
}

function leave(errand: Errand, connection: Downstream, subscriptions: Subscriptions): void {
  if (errand.method === 'resources/subscribe')
    subscriptions.get(connection)?.get(nameOf(errand.params))?.delete(errand.caller.owner);
}

function emptyResult(): DownstreamAnswer {
  return { kind: 'result', payload: toPayload({}) };
}

function toOutcome(errand: Errand, server: ServerSettings, answer: DownstreamAnswer): CallOutcome {
  const facts: CallFacts = {
    callId: errand.id,
    server: server.name,
    tool: errand.method,
    cached: false,
    durationMs: errand.gate.parts.clock.now() - errand.startedAt,
    attempts: 1,
  };
  switch (answer.kind) {
    case 'result':
      return { kind: 'result', payload: inspected(errand, server, answer.payload), facts };
    case 'error':
      return { kind: 'error', error: answer.error, facts };
    case 'input-required': {
      const { requestState: theirs, ...rest } = answer.payload.value;
      const carried = {
        kind: 'downstream',
        of: server.name,
        ...(typeof theirs === 'string' && { state: theirs }),
      } as const;
      const requestState = errand.gate.states.seal(carried, requestOf(errand));
      return { kind: 'input-required', payload: toPayload({ ...rest, requestState }) };
    }
    case 'large':
      throw new TuttiError(
        'downstream/result-too-large',
        `What ${server.name} answered is too large to be passed on.`,
      );
  }
}

function inspected({ policy, id, method }: Errand, server: ServerSettings, payload: Payload): Payload {
  const options = { mode: policy.settings.injection, nonce: id, server: server.name, tool: method };
  return inspectResult(payload, options).payload;
}
