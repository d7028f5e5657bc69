import { isUtf8 } from 'node:buffer';
import { TuttiError } from '../../core/kernel/errors.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamAnswer, Era, RpcError } from '../../core/ports/downstream.ts';
import { countKeys } from './scan.ts';
import { Scan } from './scan.ts';
import type { Span } from './scan.ts';
import { toPlain } from './wire.ts';

const MAX_DEPTH = 64;
const MAX_LISTING_DEPTH = 1_000;
const HEAD_BYTES = 2_048;
/** Of an answer that is no result: errors and questions are small. */
const MAX_ERROR_BYTES = 1_048_576;
/** A slice this much smaller than what it was cut from is copied, so that it does not keep the whole alive. */
const COPY_BELOW_BYTES = 32_768;

export interface AnswerBounds {
  readonly era: Era;
  readonly maxBytes: number;
  readonly inlineBytes: number;
  /** Its items are checked one by one. */
  readonly lenient: boolean;
}

/**
 * What a JSON-RPC response says.
 *
 * @throws TuttiError `downstream/protocol`, `downstream/result-too-large`.
 */
export function toAnswer(text: Buffer, scan: Scan, bounds: AnswerBounds): DownstreamAnswer {
  if (scan.depth !== 0) throw unreadable('the message ends in the middle');
  if (scan.ambiguous) throw unreadable('a key of the message stands twice');
  const maxDepth = bounds.lenient ? MAX_LISTING_DEPTH : MAX_DEPTH;
  if (scan.deepest > maxDepth + 1) throw unreadable(`it is nested more than ${maxDepth} levels deep`);
  const { result, error } = scan.members;
  if (result !== undefined && error === undefined) return toResult(text, result, bounds);
  if (error !== undefined && result === undefined) return { kind: 'error', error: toRpcError(text, error) };
  throw unreadable('a response has either a result or an error');
}

/** Without reading what may be megabytes of JSON. */
function saysFailed(bytes: Buffer): boolean {
  const { isError } = new Scan().feed(bytes).members;
  return isError !== undefined && bytes.toString('latin1', isError.start, isError.end).trim() === 'true';
}

function toResult(text: Buffer, span: Span, bounds: AnswerBounds): DownstreamAnswer {
  const bytes = cut(text, span);
  if (bytes.length > bounds.maxBytes) throw tooLarge(bytes, bounds.maxBytes);
  if (bytes[0] !== 0x7b) throw unreadable('the result is no object');
  if (bytes.length > bounds.inlineBytes) {
    if (!isUtf8(bytes)) throw unreadable('the result is no UTF-8 text');
    return { kind: 'large', bytes, isError: saysFailed(bytes) };
  }
  const value = parseObject(bytes, bounds.lenient ? undefined : span.keys, 'the result');
  const type = bounds.era === 'modern' ? value['resultType'] : undefined;
  const payload = { bytes, value };
  switch (type) {
    case undefined:
    case 'complete':
      return { kind: 'result', payload };
    case 'input_required':
      return { kind: 'input-required', payload };
    case 'task':
      throw unreadable('it made a task of the call, which we did not offer to follow');
    default:
      throw unreadable(`its resultType is ${toPlain(JSON.stringify(type), 60)}, which is unknown`);
  }
}

/** The object between these offsets, without the blanks around it. */
function cut(text: Buffer, { start, end }: Span): Buffer {
  let from = start;
  let to = end;
  while (from < to && isBlank(text[from] as number)) from += 1;
  while (to > from && isBlank(text[to - 1] as number)) to -= 1;
  const slice = text.subarray(from, to);
  return slice.length < COPY_BELOW_BYTES && slice.length * 4 < text.buffer.byteLength
    ? Buffer.from(slice)
    : slice;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function parseObject(bytes: Buffer, keys: number | undefined, name: string): JsonObject {
  if (!isUtf8(bytes)) throw unreadable(`${name} is no UTF-8 text`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unreadable(`${name} is no JSON: ${toPlain(bytes.toString('utf8', 0, 80), 80)}`);
  }
  if (!isJsonObject(value)) throw unreadable(`${name} is no object`);
  if (keys !== undefined && countKeys(value) !== keys) throw unreadable(`a key stands twice in ${name}`);
  return value;
}

function toRpcError(text: Buffer, span: Span): RpcError {
  const bytes = cut(text, span);
  if (bytes.length > MAX_ERROR_BYTES) throw unreadable('its error is longer than 1 MiB');
  const { code, message, data } = parseObject(bytes, span.keys, 'the error');
  if (typeof code !== 'number' || !Number.isInteger(code)) throw unreadable('its error has no code');
  return {
    code,
    message: typeof message === 'string' ? message : '',
    ...(data !== undefined && { data }),
  };
}

export function unreadable(found: string): TuttiError {
  return new TuttiError(
    'downstream/protocol',
    `Expected an answer of the Model Context Protocol, found: ${found}.`,
  );
}

export function tooLarge(beginning: Uint8Array, maxBytes: number): TuttiError {
  return new TuttiError(
    'downstream/result-too-large',
    `The answer is longer than ${maxBytes} bytes, so it was cut off. Ask for less at once.`,
    { data: { head: toHead(beginning) } },
  );
}

function toHead(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString('utf8');
}
