import type { Json, JsonObject } from '../kernel/json.ts';
import { canonicalJson, isJsonObject } from '../kernel/json.ts';
import { toPayload } from '../kernel/payload.ts';
import type { RpcError } from '../ports/downstream.ts';
import type { Call } from './call.ts';
import type { CallFacts, CallOutcome } from './gateway.ts';
import { REPEATED_FOR_MS, otherCall } from './repeats.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Keeps what came of a call under its key, as it came from its server, for the other processes on the store. */
export async function keepAnswer(call: Call, key: string, outcome: CallOutcome): Promise<void> {
  if (outcome.kind === 'input-required' || outcome.kind === 'approval') return;
  const { parts } = call.gate;
  const id = idOf(call, key);
  const { server, tool } = call.entry;
  const at = parts.clock.now();
  const { kind, facts } = outcome;
  const said = kind === 'error' ? { error: outcome.error } : { value: outcome.payload.value };
  const record = {
    kind,
    ...said,
    ...(kind === 'stored' && { uri: outcome.uri }),
    facts,
    sensitive: call.sensitive,
    digest: digestOf(call),
  };
  const bytes = encoder.encode(parts.seal.seal(record as unknown as Json, contextOf(id)));
  const about = { owner: call.caller.owner, server: server.name, tool: tool.name };
  // Who cannot keep it has it all the same: it is only not known elsewhere.
  await parts.store.results
    .put({ id, ...about, at, expiresAt: at + REPEATED_FOR_MS, bytes })
    .catch(() => undefined);
}

/**
 * What came of a call under this key, in whatever process, where that is known.
 *
 * @throws TuttiError `input/invalid-format` when it was another call.
 */
export async function keptAnswer(call: Call, key: string): Promise<CallOutcome | undefined> {
  const { parts } = call.gate;
  const id = idOf(call, key);
  const found = await parts.store.results.find(call.caller.owner, id, parts.clock.now());
  const record = found && parts.seal.open(decoder.decode(found.bytes), contextOf(id));
  if (!isJsonObject(record)) return undefined;
  if (record['digest'] !== digestOf(call)) throw otherCall();
  if (record['sensitive'] === true) call.sensitive = true;
  return toOutcome(record);
}

function toOutcome(record: JsonObject): CallOutcome {
  const { kind, error, value } = record;
  const facts = record['facts'] as unknown as CallFacts;
  if (kind === 'error') return { kind, error: error as unknown as RpcError, facts };
  const payload = toPayload(value as JsonObject);
  return kind === 'stored'
    ? { kind, payload, uri: record['uri'] as string, facts }
    : { kind: 'result', payload, facts };
}

function digestOf({ gate, input }: Call): string {
  return gate.parts.digest(canonicalJson([input.name, input.arguments]));
}

function idOf({ caller, gate }: Call, key: string): string {
  return `answer:${gate.parts.digest(canonicalJson([caller.owner, key]))}`;
}

function contextOf(id: string): string {
  return `answer\n${id}`;
}
