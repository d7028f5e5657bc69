import type { HttpSettings, OAuthSettings } from '../../config.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { admit } from '../http/oauth.ts';
import { tokenCallers } from '../http/tokens.ts';

/** Somebody other than who sits at the terminal. */
export interface Other {
  /** The name of a token, or `SUBJECT@HOST` of the issuer. */
  readonly as: string;
  /** Those of the issuer's token. */
  readonly scopes?: readonly string[];
}

/** Who somebody is over HTTP, as the configuration lets him in. @throws TuttiError `input/invalid-format` for whom it lets in by no such name. */
export function callerAs({ tokens, oauth }: HttpSettings, { as, scopes = [] }: Other): Caller {
  const callers = tokenCallers(tokens);
  const bearer = callers.find(({ owner, name }) => name === as || owner === as);
  if (bearer !== undefined) return bearer;
  const host = oauth && `@${new URL(oauth.issuer).host}`;
  if (oauth && host && as.endsWith(host))
    return issuedTo(oauth, { sub: as.slice(0, -host.length), scope: scopes.join(' ') });
  const expected = [...callers.map(({ owner, name }) => name ?? owner), ...(host ? [`SUBJECT${host}`] : [])];
  throw new TuttiError(
    'input/invalid-format',
    `--as: expected somebody whom http.auth lets in (${expected.join(', ') || 'it names nobody'}), found ${JSON.stringify(as.slice(0, 80))}.`,
  );
}

function issuedTo(oauth: OAuthSettings, token: { readonly sub: string; readonly scope: string }): Caller {
  const verdict = admit(token, oauth);
  if (verdict.kind === 'admitted') return verdict.caller;
  const admitting = Object.keys(oauth.scopes ?? {}).join(', ');
  throw new TuttiError(
    'input/invalid-format',
    verdict.kind === 'out-of-scope'
      ? `--scopes: expected one that admits to anything (${admitting}), found ${token.scope === '' ? 'none' : token.scope}.`
      : '--as: expected a subject of 1 to 1024 characters before the @.',
  );
}
