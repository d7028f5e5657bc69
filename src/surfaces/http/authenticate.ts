import type { BearerToken, OAuthSettings } from '../../config.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { KeyLimits } from './issuer-keys.ts';
import type { TokenVerdict } from './oauth.ts';
import { bearerTokens } from './tokens.ts';

/** Who sends an `Authorization` header, or why it is not let in: at once where no token has to be checked with keys. */
export type Authenticate = (authorization: string | undefined) => Admission | Promise<Admission>;

export type Admission =
  | { readonly caller: Caller; readonly refusal?: never }
  | { readonly caller?: never; readonly refusal: Refusal };

export interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly message: string;
  /** As RFC 6750 calls it; absent when nothing was sent. */
  readonly error?: 'invalid_token' | 'insufficient_scope';
}

interface Ways {
  readonly tokens: readonly BearerToken[];
  readonly oauth?: OAuthSettings | undefined;
  /** Whom everybody is while neither is configured: the owner of the process. */
  readonly caller: Caller;
  readonly telemetry: Telemetry;
  readonly keyLimits?: KeyLimits;
}

/** Of a token that was taken back while its request was looked at. */
export const REVOKED: Refusal = {
  status: 401,
  message: 'Unauthorized: the token is not let in any more.',
  error: 'invalid_token',
};
const MISSING: Refusal = {
  status: 401,
  message: 'Unauthorized: send a token as Authorization: Bearer.',
};
const INVALID: Refusal = {
  status: 401,
  message: 'Unauthorized: the token is unknown, malformed, expired or for somebody else.',
  error: 'invalid_token',
};
const OUT_OF_SCOPE: Refusal = {
  status: 403,
  message: 'Forbidden: the token has none of the scopes that admit here.',
  error: 'insufficient_scope',
};
const UNKNOWN: Refusal = {
  status: 503,
  message: 'The keys of the authorization server cannot be had, so no token can be checked. Try again later.',
};

/** @throws TuttiError `config/invalid` for an empty token. */
export async function createAuthenticate(ways: Ways): Promise<Authenticate> {
  const { tokens, oauth, caller, telemetry, keyLimits } = ways;
  if (tokens.length === 0 && !oauth) return () => ({ caller });
  const find = bearerTokens(tokens);
  // Loaded by those who use it.
  const check = oauth && (await import('./oauth.ts')).oauthTokens(oauth, telemetry, keyLimits);
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { refusal: MISSING };
    const bearer = find(token);
    if (bearer) return { caller: bearer };
    return check ? check(token).then(toAdmission) : { refusal: INVALID };
  };
}

function toAdmission(verdict: TokenVerdict): Admission {
  switch (verdict.kind) {
    case 'admitted':
      return { caller: verdict.caller };
    case 'out-of-scope':
      return { refusal: OUT_OF_SCOPE };
    case 'unknown':
      return { refusal: UNKNOWN };
    case 'invalid':
      return { refusal: INVALID };
  }
}
