import { createHash, timingSafeEqual } from 'node:crypto';
import type { BearerToken } from '../../config.ts';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError } from '../../core/kernel/errors.ts';

const OWNER_DIGITS = 16;

/** Who the bearers of configured tokens are. */
export function tokenCallers(tokens: readonly BearerToken[]): readonly Caller[] {
  return tokens.map((each) => toBearer(each).caller);
}

/**
 * Configured bearer tokens, each an owner of its own. Digests are compared, all of them, in constant time.
 *
 * @throws TuttiError `config/invalid` for an empty token.
 */
export function bearerTokens(tokens: readonly BearerToken[]): (token: string) => Caller | undefined {
  const known = tokens.map((each) => toBearer(each));
  return (token) => {
    const given = digest(token);
    const matches = known.filter(({ hash }) => timingSafeEqual(hash, given));
    return matches.at(0)?.caller;
  };
}

function toBearer(each: BearerToken): { readonly hash: Buffer; readonly caller: Caller } {
  const { token, name, grants } = typeof each === 'string' ? { token: each } : { grants: undefined, ...each };
  if (token.trim() === '') {
    throw new TuttiError('config/invalid', 'http.auth.tokens holds an empty token. Set it, or take it out.');
  }
  const hash = digest(token);
  const owner = `token:${hash.toString('hex').slice(0, OWNER_DIGITS)}`;
  return { hash, caller: { owner, ...(name !== undefined && { name }), ...(grants && { grants }) } };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
