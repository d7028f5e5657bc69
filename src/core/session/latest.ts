import { TuttiError } from '../kernel/errors.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { SessionParts } from './session-parts.ts';

/** How long a look at an agent's files holds, in milliseconds: a session is shown more often than they change. */
const LOOK_MS = 1_000;
/** No newer version can be read: that of a session lies in the store. */
const UNUSABLE: ReadonlySet<ErrorCode> = new Set(['agent/not-found', 'definition/service-error']);

/** Content hashes of agents as their files say now, or said a moment ago. */
export interface Latest {
  /** `undefined` for an agent that cannot be used any more. */
  hash(agent: string): Promise<string | undefined>;
  forget(agent: string): void;
}

export function createLatest({ agents, clock }: Pick<SessionParts, 'agents' | 'clock'>): Latest {
  const looks = new Map<string, { readonly until: number; readonly hash: string | undefined }>();
  const look = async (name: string): Promise<string | undefined> => {
    try {
      return (await agents.usable(name)).hash;
    } catch (fault) {
      if (fault instanceof TuttiError && UNUSABLE.has(fault.code)) return undefined;
      throw fault;
    }
  };
  return {
    hash: async (agent) => {
      const known = looks.get(agent);
      const now = clock.now();
      if (known !== undefined && now < known.until) return known.hash;
      const hash = await look(agent);
      looks.set(agent, { until: now + LOOK_MS, hash });
      return hash;
    },
    forget: (agent) => void looks.delete(agent),
  };
}
