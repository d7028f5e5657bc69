import { createHash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import type { OAuthSettings } from '../../config.ts';
import type { Caller, Grants } from '../../core/kernel/caller.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { issuerKeys, KeysUnavailable } from './issuer-keys.ts';
import type { KeyLimits } from './issuer-keys.ts';

/** What came of a token. */
export type TokenVerdict =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  | { readonly kind: 'invalid' }
  /** It is good, but for none of the scopes that admit to anything. */
  | { readonly kind: 'out-of-scope' }
  /** The keys of its issuer cannot be had. */
  | { readonly kind: 'unknown' };

/** Signatures by a private key only: with a shared secret, a public key could be taken for one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_S = 30;
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
  const keys = issuerKeys(settings, telemetry, limits);
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

/** Who bears a token that says this, once it is known to be good. */
export function admit(payload: JWTPayload, { issuer, scopes }: OAuthSettings): TokenVerdict {
  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT) return { kind: 'invalid' };
  const digits = createHash('sha256').update(`${issuer}\n${sub}`).digest('hex').slice(0, OWNER_DIGITS);
  const caller: Caller = { owner: `oauth:${digits}`, ...(isName(sub) && { name: nameOf(sub, issuer) }) };
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

/** The name of no token, and of nobody at the terminal: those hold no `@`. */
function nameOf(subject: string, issuer: string): string {
  return `${subject}@${new URL(issuer).host}`;
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
