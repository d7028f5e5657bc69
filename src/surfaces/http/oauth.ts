import { createHash } from 'node:crypto';
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import type { FetchImplementation, JWTPayload } from 'jose';
import type { OAuthSettings } from '../../config.ts';
import type { Caller, Grants } from '../../core/kernel/caller.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';

/** What came of a token. */
export type TokenVerdict =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  | { readonly kind: 'invalid' }
  /** It is good, but for none of the scopes that admit to anything. */
  | { readonly kind: 'out-of-scope' }
  /** The keys of its issuer cannot be had. */
  | { readonly kind: 'unknown' };

export interface KeyLimits {
  /** How long the keys of the issuer may take to come. */
  readonly timeoutMs?: number;
  /** How long nobody asks again for a key that was not among them. */
  readonly cooldownMs?: number;
  /** How long nobody asks again after keys did not come. */
  readonly pauseMs?: number;
}

/** Signatures by a private key only: with a shared secret, a public key could be taken for one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_S = 30;
const KEYS_MAX_AGE_MS = 600_000;
const KEYS_TIMEOUT_MS = 5000;
const KEYS_COOLDOWN_MS = 30_000;
const KEYS_PAUSE_MS = 2000;
const KEYS_MAX_BYTES = 1_048_576;
const MAX_SUBJECT = 1024;
const OWNER_DIGITS = 16;

/**
 * Checks JWTs of one issuer by the keys it publishes. A token goes no further than this: what comes out is who bears it.
 */
export function oauthTokens(
  settings: OAuthSettings,
  telemetry: Telemetry,
  limits: KeyLimits = {},
): (token: string) => Promise<TokenVerdict> {
  const { timeoutMs = KEYS_TIMEOUT_MS, cooldownMs = KEYS_COOLDOWN_MS, pauseMs = KEYS_PAUSE_MS } = limits;
  const keys = createRemoteJWKSet(new URL(settings.jwksUrl), {
    timeoutDuration: timeoutMs,
    cooldownDuration: cooldownMs,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    [customFetch]: boundedFetch(pauseMs, (cause) =>
      telemetry.log('warn', 'http/oauth-keys', { issuer: settings.issuer, message: messageOf(cause) }),
    ),
  });
  const options = {
    issuer: settings.issuer,
    audience: [...settings.audience],
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['exp', 'sub'],
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, options);
      return admit(payload, settings);
    } catch (error) {
      if (error instanceof errors.JOSEError) return { kind: 'invalid' };
      if (!(error instanceof KeysUnavailable)) {
        telemetry.log('warn', 'http/oauth-key', { issuer: settings.issuer, message: messageOf(error) });
      }
      return { kind: 'unknown' };
    }
  };
}

/** Absent means everything, and everything and something is everything. */
function merge(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  return lists.includes(undefined) ? undefined : [...new Set(lists.flatMap((each) => each ?? []))].toSorted();
}

class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Fetches keys: a bounded answer, and no second try while the last failure is fresh. */
function boundedFetch(pauseMs: number, onFailure: (cause: unknown) => void): FetchImplementation {
  let failedAt = -Infinity;
  return async (url, options) => {
    if (performance.now() - failedAt < pauseMs) throw new KeysUnavailable();
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) throw new Error(`expected status 200, found ${response.status}`);
      return Response.json(asKeys(await boundedText(response)));
    } catch (cause) {
      failedAt = performance.now();
      onFailure(cause);
      throw new KeysUnavailable(undefined, { cause });
    }
  };
}

function asKeys(text: string): object {
  const value: unknown = JSON.parse(text);
  if (isJsonObject(value) && Array.isArray(value['keys']) && value['keys'].every(isJsonObject)) return value;
  throw new Error('expected a JSON Web Key Set, found something else');
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > KEYS_MAX_BYTES) throw new Error(`the keys are larger than ${KEYS_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function admit(payload: JWTPayload, { issuer, scopes }: OAuthSettings): TokenVerdict {
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT) return { kind: 'invalid' };
  const digits = createHash('sha256').update(`${issuer}\n${sub}`).digest('hex').slice(0, OWNER_DIGITS);
  const caller: Caller = { owner: `oauth:${digits}`, ...(isName(sub) && { name: sub }) };
  if (scopes === undefined) return { kind: 'admitted', caller };
  const granted = scopesOf(payload).flatMap((each) =>
    Object.hasOwn(scopes, each) ? [scopes[each] ?? {}] : [],
  );
  if (granted.length === 0) return { kind: 'out-of-scope' };
  return { kind: 'admitted', caller: { ...caller, grants: union(granted) } };
}

/** A subject that can be shown, and mistaken for no owner of another kind. */
function isName(subject: string): boolean {
  return /^[\u0021-\u007E]{1,100}$/.test(subject) && !/^(?:local$|token:|oauth:)/.test(subject);
}

/** `scope` as RFC 9068 writes it, or `scp` as some issuers do. */
function scopesOf({ scope, scp }: JWTPayload): readonly string[] {
  return [scope, scp]
    .flat()
    .flatMap((each) => (typeof each === 'string' ? each.split(' ') : []))
    .filter((each) => each !== '');
}

/** Each scope adds to the others. In one order, so that the same scopes are the same grants. */
function union(granted: readonly Grants[]): Grants {
  const toolsets = merge(granted.map((each) => each.toolsets));
  const tools = merge(granted.map((each) => each.tools));
  return { ...(toolsets && { toolsets }), ...(tools && { tools }) };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
