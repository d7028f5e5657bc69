import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { Era } from '../../core/ports/downstream.ts';
import { nameIn } from './channel.ts';
import { isKnownClient } from './known-clients.ts';
import {
  CLIENT_CAPABILITIES_KEY,
  CLIENT_INFO_KEY,
  MODERN_VERSION,
  PROTOCOL_VERSION_KEY,
} from '../../core/kernel/protocol-names.ts';

/** A request for `server/discover`, `tools/list` or `tools/call` in which nothing is unusual. */
export interface RegularRequest {
  readonly id: string | number;
  readonly method: 'server/discover' | 'tools/list' | 'tools/call';
  /** Of the tool; empty for all else. */
  readonly name: string;
  readonly arguments: JsonObject;
  /** `_meta` without what describes the client. */
  readonly meta: JsonObject | undefined;
  readonly progressToken: string | number | undefined;
  /** What the request itself says of its client; on the older revisions the handshake said it. */
  readonly client: { readonly capabilities: JsonObject; readonly name: string | undefined } | undefined;
}

const RESERVED = 'io.modelcontextprotocol/';
const ENVELOPE: ReadonlySet<string> = new Set([
  PROTOCOL_VERSION_KEY,
  CLIENT_CAPABILITIES_KEY,
  CLIENT_INFO_KEY,
]);
const MESSAGE_KEYS = new Set(['jsonrpc', 'id', 'method', 'params']);
const CALL_KEYS = new Set(['name', 'arguments', '_meta']);
const LIST_KEYS = new Set(['_meta']);

/**
 * The request, if it is one that needs no second look. Whatever is unusual about a message is left to the SDK, so that there is one
 * judge of what is wrong with it.
 */
export function readRegular(value: unknown, era: Era): RegularRequest | undefined {
  if (!isJsonObject(value) || !hasOnly(value, MESSAGE_KEYS) || value['jsonrpc'] !== '2.0') return undefined;
  const { id, method, params = {} } = value;
  if (!isId(id) || !isJsonObject(params)) return undefined;
  const asked = readAsked(method, params, era);
  const told = asked && readMeta(params['_meta'], era);
  return told && { id, ...asked, ...told };
}

type Asked = Pick<RegularRequest, 'method' | 'name' | 'arguments'>;

function readAsked(method: unknown, params: JsonObject, era: Era): Asked | undefined {
  if (method === 'tools/list' || (method === 'server/discover' && era === 'modern'))
    return hasOnly(params, LIST_KEYS) ? { method, name: '', arguments: {} } : undefined;
  if (method !== 'tools/call' || !hasOnly(params, CALL_KEYS)) return undefined;
  const { name, arguments: given = {} } = params;
  return typeof name === 'string' && isJsonObject(given) ? { method, name, arguments: given } : undefined;
}

/** Ids and progress tokens. */
export function isId(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

type Told = Pick<RegularRequest, 'meta' | 'progressToken' | 'client'>;

function readMeta(meta: unknown, era: Era): Told | undefined {
  if (meta === undefined) return era === 'legacy' ? NOTHING_TOLD : undefined;
  if (!isJsonObject(meta)) return undefined;
  const progressToken = meta['progressToken'];
  if (progressToken !== undefined && !isId(progressToken)) return undefined;
  const keys = Object.keys(meta);
  const own = keys.filter((key) => !key.startsWith(RESERVED));
  const plain = {
    meta: own.length > 0 ? Object.fromEntries(own.map((key) => [key, meta[key] as Json])) : undefined,
    progressToken,
  };
  if (era === 'legacy') return own.length === keys.length ? { ...plain, client: undefined } : undefined;
  if (!keys.every((key) => !key.startsWith(RESERVED) || ENVELOPE.has(key))) return undefined;
  const client = readClient(meta);
  return client && { ...plain, client };
}

const NOTHING_TOLD: Told = { meta: undefined, progressToken: undefined, client: undefined };

function readClient(meta: JsonObject): RegularRequest['client'] {
  if (meta[PROTOCOL_VERSION_KEY] !== MODERN_VERSION) return undefined;
  const capabilities = meta[CLIENT_CAPABILITIES_KEY];
  const clientInfo = meta[CLIENT_INFO_KEY];
  if (!isJsonObject(capabilities) || !isKnownClient(capabilities, clientInfo)) return undefined;
  return { capabilities, name: nameIn(clientInfo) };
}

function hasOnly(value: JsonObject, keys: ReadonlySet<string>): boolean {
  for (const key of Object.keys(value)) if (!keys.has(key)) return false;
  return true;
}
