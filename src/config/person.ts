import { userInfo } from 'node:os';
import type { Caller } from '../core/kernel/caller.ts';

/** Who runs this process. It may run under a number that has no name. */
export function personHere(): Pick<Caller, 'person'> {
  try {
    return { person: userInfo().username };
  } catch {
    return {};
  }
}
