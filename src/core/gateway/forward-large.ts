import type { Json, JsonObject } from '../kernel/json.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Payload } from '../kernel/payload.ts';
import { toPayload } from '../kernel/payload.ts';
import type { CallFacts, CallOutcome, ForwardMethod } from './gateway.ts';
import { storeLarge } from './results.ts';

interface Large {
  readonly method: ForwardMethod;
  /** What was asked for. */
  readonly params: JsonObject;
  readonly payload: Payload;
  readonly facts: CallFacts;
  readonly owner: string;
}

const PLAIN = 'text/plain';
/** Pages of an application: shown by the client, to people, and only whole. */
const SHOWN = /^ui:/i;

/**
 * What a model would read and is larger than a result may be is kept, and its head and handle stand for it, in the shape that was asked for.
 * `undefined` for what only means something whole: pictures, other binary contents and pages of applications.
 */
export async function shortened(
  { method, params, payload, facts, owner }: Large,
  about: Pick<Parameters<typeof storeLarge>[2], 'settings'> & {
    readonly parts: Parameters<typeof storeLarge>[0];
    readonly inspected: (payload: Payload) => Payload;
  },
): Promise<CallOutcome | undefined> {
  const { parts, settings } = about;
  if (payload.bytes.byteLength <= settings.resultMaxBytes) return undefined;
  const said = textsIn(method, payload.value);
  if (said === undefined) return undefined;
  const content = said.map((text) => ({ type: 'text', text }));
  const { server } = facts;
  const stored = await storeLarge(parts, toPayload({ content }).bytes, {
    owner,
    server,
    tool: method,
    settings,
  });
  const [head, note] = about.inspected(stored.payload).value['content'] as readonly JsonObject[];
  const told = [head?.['text'] ?? '', note?.['text'] ?? ''];
  const { messages, contents: _c, ttlMs: _t, cacheScope: _s, ...rest } = payload.value;
  const addresses = [params['uri'] ?? '', stored.uri];
  const part: JsonObject =
    method === 'prompts/get'
      ? { messages: told.map((text) => ({ role: roleIn(messages), content: { type: 'text', text } })) }
      : { contents: told.map((text, at) => ({ uri: addresses[at] ?? '', mimeType: PLAIN, text })) };
  return { kind: 'stored', payload: toPayload({ ...rest, ...part }), uri: stored.uri, facts };
}

/** All that is said in it, where it is nothing but texts for a model. */
function textsIn(method: ForwardMethod, value: JsonObject): readonly string[] | undefined {
  const list = value[method === 'prompts/get' ? 'messages' : 'contents'];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const texts = (list as readonly Json[]).map((each) => (isJsonObject(each) ? textIn(each) : undefined));
  return texts.every((each) => each !== undefined) ? texts : undefined;
}

/** Of one message or content. */
function textIn({ content, uri, text }: JsonObject): string | undefined {
  if (isJsonObject(content))
    return content['type'] === 'text' ? textIn({ text: content['text'] ?? null }) : undefined;
  const isShown = typeof uri === 'string' && SHOWN.test(uri);
  return typeof text === 'string' && !isShown ? text : undefined;
}

/** Of whoever spoke first. */
function roleIn(messages: Json | undefined): Json {
  const [first] = messages as readonly Json[];
  return (isJsonObject(first) ? first['role'] : undefined) ?? 'user';
}
