import type { CallChannel, CallFacts, CallOutcome } from '../../core/gateway/gateway.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Payload } from '../../core/kernel/payload.ts';
import type { Approval } from '../../core/kernel/approval.ts';
import type { Era, RpcError } from '../../core/ports/downstream.ts';
import type { AnswerText } from './answer-text.ts';
import { MISSING_CAPABILITY, missingOf } from './input-requests.ts';
import { INTERNAL_ERROR, SERVER_INFO_KEY } from '../../core/kernel/protocol-names.ts';
import { waitingText } from './gateway-texts.ts';
import { toWireApproval, toWireFacts } from './gateway-wire.ts';

/** What is known of the client that made the call. */
export type AskingSide = Pick<CallChannel, 'capabilities' | 'repeats'>;

/** What a request is answered with, before it is known how it is written. */
export type Reply =
  | { readonly kind: 'value'; readonly value: JsonObject }
  /** A downstream's own result; `facts` goes into its `_meta.tutti`. */
  | {
      readonly kind: 'payload';
      readonly payload: Payload;
      readonly facts?: JsonObject;
      /** The tool may answer with other things than objects. */
      readonly loose?: boolean;
    }
  | { readonly kind: 'input-required'; readonly value: JsonObject }
  | { readonly kind: 'error'; readonly error: RpcError };

type PassedOn = Extract<Reply, { kind: 'payload' }>;

/** Who we are, as modern results say. */
export interface ServerIdentity {
  readonly name: string;
  readonly title: string;
  readonly version: string;
}

/** Codes that describe the connection they were sent on: they would be untrue of another one. */
const OTHER_HOP = new Set([-32_020, -32_021, -32_022]);

/** @param configFile Named in commands for people. */
export function toReply(outcome: CallOutcome, asking: AskingSide, configFile?: string): Reply {
  switch (outcome.kind) {
    case 'result':
    case 'stored':
      return { kind: 'payload', payload: outcome.payload, facts: toWireFacts(outcome.facts) };
    case 'input-required':
      return { kind: 'input-required', value: { ...outcome.payload.value, resultType: 'input_required' } };
    case 'error':
      return { kind: 'error', error: toRelayedError(outcome.error, outcome.facts, asking) };
    case 'approval':
      return { kind: 'value', value: toWaitingResult(outcome.approval, configFile) };
  }
}

/** The result object as the SDK takes it, which adds what its era demands. */
export function toResultValue(reply: Exclude<Reply, { kind: 'error' }>, era: Era): JsonObject {
  if (reply.kind !== 'payload') return reply.value;
  const { resultType: _, _meta: __, ...value } = reply.payload.value;
  const meta = toldMeta(reply);
  const result = Object.keys(meta).length > 0 ? { ...value, _meta: meta } : value;
  return era === 'legacy' ? toLegacyStructure(result, reply.loose ?? false) : toModernStructure(result);
}

/** Up to here a text is put together as one: to write pieces costs more than to copy them. */
const TEXT_BYTES = 16_384;

/**
 * The text of the result object. What a downstream wrote is passed on as it is, with a `_meta` of ours at the end, unless
 * something else must be taken out or changed.
 */
export function toResultText(
  reply: Exclude<Reply, { kind: 'error' }>,
  era: Era,
  identity: ServerIdentity,
): AnswerText {
  const spliced = reply.kind === 'payload' ? toSpliced(reply, era, identity) : undefined;
  if (spliced) return spliced;
  const value = toResultValue(reply, era);
  return JSON.stringify(era === 'legacy' ? value : withModernMembers(value, identity));
}

/** `resultType` and who answered, as every modern result has them. */
export function withModernMembers(value: JsonObject, identity: ServerIdentity): JsonObject {
  const meta = value['_meta'];
  const who = { [SERVER_INFO_KEY]: { ...identity } };
  return {
    ...value,
    resultType: value['resultType'] ?? 'complete',
    ...(meta === undefined && { _meta: who }),
    ...(isJsonObject(meta) && { _meta: { ...who, ...meta } }),
  };
}

function toSpliced(reply: PassedOn, era: Era, identity: ServerIdentity): AnswerText | undefined {
  const { bytes, value } = reply.payload;
  if (!staysAsItIs(value, era, reply.loose ?? false)) return undefined;
  // A line of its own is what ends a message on some transports: text with line breaks is written anew.
  const end = bytes.includes(NEWLINE) || bytes.includes(RETURN) ? undefined : endOf(reply.payload);
  if (end === undefined) return undefined;
  const isTyped = era === 'legacy' || value['resultType'] !== undefined;
  const meta = metaText(toldMeta(reply), era === 'modern' ? identityText(identity) : '');
  const members = `,${isTyped ? '' : '"resultType":"complete",'}"_meta":${meta}}`;
  if (end > TEXT_BYTES) return [bytes.subarray(0, end), Buffer.from(members)];
  return `${textOf(bytes, end)}${members}`;
}

/** Theirs, and what is behind us; who answered is added where the era has it. */
function toldMeta({ payload, facts }: PassedOn): JsonObject {
  return { ...metaOfTheirs(payload.value['_meta']), ...(facts && { tutti: facts }) };
}

function metaText(told: JsonObject, who: string): string {
  const text = JSON.stringify(told);
  if (who === '') return text;
  return text === '{}' ? `{${who}}` : `${text.slice(0, -1)},${who}}`;
}

const identityTexts = new WeakMap<ServerIdentity, string>();

/** The same in every answer. */
function identityText(identity: ServerIdentity): string {
  const known = identityTexts.get(identity);
  if (known !== undefined) return known;
  const text = `"${SERVER_INFO_KEY}":${JSON.stringify(identity)}`;
  identityTexts.set(identity, text);
  return text;
}

function textOf({ buffer, byteOffset }: Uint8Array, length: number): string {
  return Buffer.from(buffer, byteOffset, length).toString('utf8');
}

/** Whether nothing of a result but its `_meta` must be taken out or changed, whoever it is for. */
function staysAsItIs(value: JsonObject, era: Era, loose: boolean): boolean {
  const type = value['resultType'];
  if (type !== undefined && (era === 'legacy' || type !== 'complete')) return false;
  const structured = value['structuredContent'];
  return value['content'] !== undefined && (structured === undefined || (isJsonObject(structured) && !loose));
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const CLOSING_BRACE = 0x7d;

/**
 * Where the members of a result end that go out as they are: at its closing brace, or at its `_meta`, which is told anew. That one has to be the
 * last member, written as we would write it. Found so it is no other one: a quotation mark behind a comma opens a key, no key stands twice, and the
 * brace behind it is the last.
 */
function endOf({ bytes, value }: Payload): number | undefined {
  const end = bytes.lastIndexOf(CLOSING_BRACE);
  const meta = value['_meta'];
  if (meta === undefined) return end > 1 ? end : undefined;
  const last = Buffer.from(`,"_meta":${JSON.stringify(meta)}`);
  const start = end - last.length;
  return start > 1 && last.equals(bytes.subarray(start, end)) ? start : undefined;
}

/** Who answers is us; what is behind us is told in `_meta.tutti`. */
export function metaOfTheirs(meta: unknown): JsonObject {
  if (!isJsonObject(meta)) return {};
  const { [SERVER_INFO_KEY]: _, ...theirs } = meta;
  return theirs;
}

/** The older revisions know no structured content but objects, and no result without content. */
function toLegacyStructure(result: JsonObject, loose: boolean): JsonObject {
  const complete = toModernStructure(result);
  const structured = complete['structuredContent'];
  if (structured === undefined || (isJsonObject(structured) && !loose)) return complete;
  return { ...complete, structuredContent: { result: structured } };
}

function toModernStructure(result: JsonObject): JsonObject {
  const structured = result['structuredContent'];
  const content = Array.isArray(result['content']) ? result['content'] : [];
  const isTold = content.some((each) => isJsonObject(each) && each['type'] === 'text');
  if (structured !== undefined && !isJsonObject(structured) && !isTold) {
    return { ...result, content: [...content, { type: 'text', text: JSON.stringify(structured) }] };
  }
  return result['content'] === undefined ? { ...result, content: [] } : result;
}

function toRelayedError(error: RpcError, { server }: CallFacts, asking: AskingSide): RpcError {
  if (!OTHER_HOP.has(error.code)) return error;
  const lacking = asking.repeats ? lackingHere(error, asking.capabilities) : undefined;
  if (lacking)
    return { code: MISSING_CAPABILITY, message: error.message, data: { requiredCapabilities: lacking } };
  return {
    ...error,
    code: INTERNAL_ERROR,
    message: `The server ${server} refused what Tutti sent it (${error.code}): ${error.message}`,
  };
}

/** What a server misses in its client is missing here as well when the client of this call did not declare it. */
function lackingHere({ code, data }: RpcError, declared: JsonObject): JsonObject | undefined {
  const required = isJsonObject(data) ? data['requiredCapabilities'] : undefined;
  return code === MISSING_CAPABILITY && isJsonObject(required) ? missingOf(required, declared) : undefined;
}

function toWaitingResult(approval: Approval, configFile: string | undefined): JsonObject {
  const message = waitingText(approval, configFile);
  return {
    content: [{ type: 'text', text: message }],
    structuredContent: { kind: 'approval', approval: toWireApproval(approval), message },
  };
}
