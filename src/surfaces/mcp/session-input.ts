import type { InSession } from '../../core/session/session.ts';
import type { Space } from '../../core/ports/knowledge.ts';
import type { Arguments } from './arguments.ts';
import { TEXT } from './schemas.ts';

const SPACES = ['session', 'user', 'shared'] as const satisfies readonly Space[];

/** The argument by which every tool about sessions takes another one than the caller's own. */
export const IN_SESSION = { session_id: TEXT } as const;

/** Where knowledge is kept: of one session, of one owner, or of everybody. */
export const NAMESPACE: { readonly type: 'string'; readonly enum: string[] } = {
  type: 'string',
  enum: [...SPACES],
};

export function inSession(input: Arguments): InSession {
  const session = input.optionalName('session_id');
  return session === undefined ? {} : { session };
}

export function inSpace(input: Arguments): { readonly space?: Space } {
  const space = input.optionalChoice('namespace', SPACES);
  return space === undefined ? {} : { space };
}
