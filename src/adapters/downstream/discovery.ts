import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import {
  CLIENT_CAPABILITIES_KEY,
  CLIENT_INFO_KEY,
  MODERN_VERSION,
  PROTOCOL_VERSION_KEY,
} from '../../core/kernel/protocol-names.ts';
import { LEGACY_CAPABILITIES, greetingIn } from './greeting.ts';
import type { HandshakeOptions } from './greeting.ts';
import type { Line } from './guard.ts';
import { HttpExchange } from './http-exchange.ts';
import type { Refusal } from './http-exchange.ts';
import type { Greeting, Outgoing } from './wire.ts';

export interface DiscoveryOptions {
  readonly url: URL;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly line: Line;
  readonly handshake: HandshakeOptions;
}

export type Discovery =
  | { readonly kind: 'met'; readonly greeting: Greeting }
  /** Not for us to judge. `undefined`: nor can it be shown to anybody else. */
  | { readonly kind: 'other'; readonly answer: Refusal | undefined };

export const DISCOVERY_ID = 'discover';
const METHOD = 'server/discover';
const MAX_BYTES = 4 * 1_048_576;
const OTHER: Discovery = { kind: 'other', answer: undefined };

/**
 * Asks a server for its revision, over HTTP, without the SDK: most answers are plain.
 *
 * @throws TuttiError `downstream/unavailable`, `downstream/protocol` when no answer comes, or none that can be read; the signal's reason.
 */
export async function discover({ url, headers, line, handshake }: DiscoveryOptions): Promise<Discovery> {
  const { introduction, signal } = handshake;
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Discovery>();
  const call = toQuestion(introduction, reject);
  const exchange = new HttpExchange(call, {
    onMessage: (bytes) => {
      const found = toDiscovery(bytes.toString('utf8'));
      call.settled ||= found !== undefined;
      if (found !== undefined) resolve(found);
    },
    onRefusal: (_call, answer) => {
      const leadsElsewhere = answer.status >= 300 && answer.status <= 399;
      resolve(leadsElsewhere ? OTHER : { kind: 'other', answer });
      return true;
    },
    onResume: () => resolve(OTHER),
    onEnd: () => {},
  });
  const giveUp = () => {
    exchange.cancel();
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  const posted = [...headers, 'mcp-method', METHOD];
  const { origin, pathname, search } = url;
  line.dispatch(
    { origin, path: pathname + search, method: 'POST', headers: posted, body: call.text },
    exchange,
  );
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', giveUp);
    exchange.abandon();
  }
}

/** Nothing of what is no answer to the question. */
function toDiscovery(text: string): Discovery | undefined {
  const message = parsed(text);
  if (!isJsonObject(message) || message['id'] !== DISCOVERY_ID) return undefined;
  const greeting = greetingIn(message['result']);
  if (greeting !== undefined) return { kind: 'met', greeting };
  return { kind: 'other', answer: { status: 200, headers: { 'content-type': 'application/json' }, text } };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toQuestion(introduction: HandshakeOptions['introduction'], fail: Outgoing['fail']) {
  const params: JsonObject = {
    _meta: {
      [PROTOCOL_VERSION_KEY]: MODERN_VERSION,
      [CLIENT_INFO_KEY]: { ...introduction },
      [CLIENT_CAPABILITIES_KEY]: LEGACY_CAPABILITIES,
    },
  };
  return {
    id: DISCOVERY_ID,
    method: METHOD,
    params,
    text: JSON.stringify({ jsonrpc: '2.0', id: DISCOVERY_ID, method: METHOD, params }),
    maxBytes: MAX_BYTES,
    inlineBytes: MAX_BYTES,
    lenient: false,
    settled: false,
    asking: false,
    release: undefined,
    settle: () => {},
    fail,
    progress: () => {},
  };
}
