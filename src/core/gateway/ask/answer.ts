import type { Json, JsonObject } from '../../kernel/json.ts';
import { checkJson, isJsonObject } from '../../kernel/json.ts';
import { cleanText } from '../../policy/clean.ts';
import type { CallOutcome } from '../gateway.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { CallEnd } from './ask.ts';
import type { CallPlace } from './means.ts';

const MAX_ERROR = 2_000;
const MAX_CONTENT = 1_000;

type Answered = Extract<CallOutcome, { facts: unknown }>;

/** What an answer is to a plan: a value that references lead into, or a failure. */
export function endOf(place: CallPlace, outcome: Answered): CallEnd {
  const { server, tool, callId } = outcome.facts;
  if (outcome.kind === 'error') {
    const { code, message } = outcome.error;
    return { kind: 'failed', ...place, server, tool, error: cleanText(`${message} (${code})`, MAX_ERROR) };
  }
  const { value: result } = outcome.payload;
  const source = { server, tool, callId };
  const text = textOf(result);
  if (result['isError'] === true) {
    const error = cleanText(text === '' ? 'The tool failed without saying why.' : text, MAX_ERROR);
    return { kind: 'failed', ...place, server, tool, error };
  }
  if (outcome.kind === 'stored') {
    const { uri } = outcome;
    return { kind: 'done', ...place, source, value: { $result: uri }, text: headOf(result), uri };
  }
  return { kind: 'done', ...place, source, value: valueOf(result, text), text };
}

/** Not made, or without an answer. */
export function failure(place: CallPlace, call: PlannedCall, error: string): CallEnd {
  return {
    kind: 'failed',
    ...place,
    server: call.server,
    ...(call.tool !== undefined && { tool: call.tool }),
    error: cleanText(error, MAX_ERROR),
  };
}

/** The same end with as many characters as may be kept; what is cut is no value any more. */
export function cutTo(end: CallEnd, length: number): CallEnd {
  if (end.kind !== 'done' || length === Infinity) return end;
  const text = `${cleanText(end.text, Math.max(length, 1))}\n(The rest was cut: the results of the request are too large together.)`;
  return { ...end, text, value: text };
}

function valueOf(result: JsonObject, text: string): Json {
  const { structuredContent } = result;
  return structuredContent ?? parsed(text) ?? text;
}

function parsed(text: string): Json | undefined {
  if (!/^\s*[[{"\d-]|^\s*(?:true|false|null)\s*$/.test(text)) return undefined;
  try {
    return checkJson(JSON.parse(text), 'the result', { maxDepth: 64, maxLength: Number.MAX_SAFE_INTEGER });
  } catch {
    return undefined;
  }
}

/** The first text of what is told of a stored result is its beginning. */
function headOf({ content }: JsonObject): string {
  const first = Array.isArray(content) ? (content as readonly Json[])[0] : undefined;
  return isJsonObject(first) && typeof first['text'] === 'string' ? first['text'] : '';
}

function textOf({ content }: JsonObject): string {
  if (!Array.isArray(content)) return '';
  const items = (content as readonly Json[]).slice(0, MAX_CONTENT);
  return items.map((item) => (isJsonObject(item) ? itemText(item) : '')).join('\n');
}

/** Text as it is; of the rest what it is and where it lies. */
function itemText(item: JsonObject): string {
  const { type, text, uri, name, mimeType, resource } = item;
  if (type === 'text') return typeof text === 'string' ? text : '';
  if (isJsonObject(resource)) return itemText({ ...resource, type: 'text' in resource ? 'text' : 'blob' });
  const what = [name, mimeType, uri].filter((each) => typeof each === 'string');
  return `(${[typeof type === 'string' ? type : 'content', ...what].join(' ')})`;
}
