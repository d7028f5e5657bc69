import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../core/kernel/caller.ts';
import { TuttiError } from '../../core/kernel/errors.ts';

/** Who sends an `Authorization` header; `undefined` for somebody who is not let in. */
export type Authenticate = (authorization: string | undefined) => Caller | undefined;

const OWNER_DIGITS = 16;

/**
 * Bearer tokens, each an owner of its own. Digests are compared, all of them, in constant time. Without tokens everybody is
 * `anonymous`: the owner of the process.
 *
 * @throws TuttiError `config/invalid` for an empty token.
 */
export function bearerTokens(tokens: readonly string[], anonymous: Caller): Authenticate {
  if (tokens.length === 0) return () => anonymous;
  if (tokens.some((each) => each.trim() === '')) {
    throw new TuttiError('config/invalid', 'http.auth.tokens holds an empty token. Set it, or take it out.');
  }
  const digests = tokens.map((each) => digest(each));
  return (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const given = digest(token);
    const matches = digests.filter((each) => timingSafeEqual(each, given));
    return matches.length > 0
      ? { owner: `token:${given.toString('hex').slice(0, OWNER_DIGITS)}` }
      : undefined;
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
