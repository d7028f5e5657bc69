import { createRemoteJWKSet, customFetch } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import type { OAuthSettings } from '../../config.ts';
import { isSecureAddress } from '../../config/secure-address.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';

export interface KeyLimits {
  /** How long the keys of the issuer may take to come. */
  readonly timeoutMs?: number;
  /** How long nobody asks again for a key that was not among them. */
  readonly cooldownMs?: number;
  /** How long nobody asks again after keys did not come. */
  readonly pauseMs?: number;
}

/** No token can be checked now, good or bad. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

const MAX_AGE_MS = 600_000;
const TIMEOUT_MS = 5000;
const COOLDOWN_MS = 30_000;
const PAUSE_MS = 2000;
const MAX_BYTES = 1_048_576;

type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** The public keys of an issuer, fetched when one is first needed. Throws {@link KeysUnavailable} when they do not come. */
export function issuerKeys(
  settings: OAuthSettings,
  telemetry: Telemetry,
  limits: KeyLimits = {},
): JWTVerifyGetKey {
  const { timeoutMs = TIMEOUT_MS, cooldownMs = COOLDOWN_MS, pauseMs = PAUSE_MS } = limits;
  const { issuer, jwksUrl } = settings;
  const guard = withPause(pauseMs, (cause) =>
    telemetry.log('warn', 'http/oauth-keys', { issuer, message: messageOf(cause) }),
  );
  const open = async (): Promise<JWTVerifyGetKey> => {
    const place =
      jwksUrl ?? (await guard(async () => await discover(issuer, AbortSignal.timeout(timeoutMs))));
    return createRemoteJWKSet(new URL(place), {
      timeoutDuration: timeoutMs,
      cooldownDuration: cooldownMs,
      cacheMaxAge: MAX_AGE_MS,
      [customFetch]: async (url, options) =>
        await guard(async () => Response.json(asKeys(await fetchJson(url, options)))),
    });
  };
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= open().catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    const find = await keys;
    return await find(header, token);
  };
}

/** No second try while the last failure is fresh: whoever sends bad tokens shall not make us knock at every one. */
function withPause(pauseMs: number, onFailure: (cause: unknown) => void): Guard {
  let failedAt = -Infinity;
  return async (work) => {
    if (performance.now() - failedAt < pauseMs) throw new KeysUnavailable();
    try {
      return await work();
    } catch (cause) {
      failedAt = performance.now();
      onFailure(cause);
      throw new KeysUnavailable(undefined, { cause });
    }
  };
}

/** Where the issuer says its keys are (RFC 8414, or as OpenID Connect has it). */
async function discover(issuer: string, signal: AbortSignal): Promise<string> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  const problems: string[] = [];
  for (const place of places) {
    try {
      return keysIn(await fetchJson(place, { signal, redirect: 'manual' }), issuer);
    } catch (error) {
      problems.push(`${place}: ${messageOf(error)}`);
    }
  }
  throw new Error(`the issuer does not say where its keys are (${problems.join('; ')})`);
}

function keysIn(metadata: JsonObject, issuer: string): string {
  const { jwks_uri: place } = metadata;
  if (metadata['issuer'] !== issuer) throw new Error('expected the metadata of this issuer, found another');
  if (typeof place === 'string' && isSecureAddress(place)) return place;
  throw new Error('expected an https address as jwks_uri, found something else');
}

function asKeys(value: JsonObject): JsonObject {
  const { keys } = value;
  if (Array.isArray(keys) && keys.every((each) => isJsonObject(each))) return value;
  throw new Error('expected a JSON Web Key Set, found something else');
}

async function fetchJson(url: string, options: RequestInit): Promise<JsonObject> {
  const response = await fetch(url, options);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`expected status 200, found ${response.status}`);
  }
  const value: unknown = JSON.parse(await boundedText(response));
  if (isJsonObject(value)) return value;
  throw new Error('expected a JSON object, found something else');
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 400);
}
