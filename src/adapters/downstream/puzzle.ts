import type { TuttiError } from '../../core/kernel/errors.ts';
import type { DownstreamAnswer } from '../../core/ports/downstream.ts';
import type { Live } from './connector.ts';
import { NotUnderstood } from './wire.ts';
import type { Link } from './wire.ts';

export const HEADER_MISMATCH = -32_020;
/** What servers answer to a request of a revision that they do not speak. */
const PUZZLED: ReadonlySet<number> = new Set([HEADER_MISMATCH, -32_022, -32_000, -32_600, -32_601, -32_602]);

/** The code of an error that servers answer to what they do not understand. */
export function puzzleIn(answer: DownstreamAnswer): number | undefined {
  return answer.kind === 'error' && PUZZLED.has(answer.error.code) ? answer.error.code : undefined;
}

/**
 * Whether the server answers as one of the revision that we took it for. Results of the one without a handshake say what they are; servers
 * of the older ones may answer all the same to who never greeted them.
 */
export function bearsOut({ presumed }: Live, answer: DownstreamAnswer): boolean {
  if (answer.kind === 'error') return !PUZZLED.has(answer.error.code);
  return !presumed || answer.kind !== 'result' || answer.payload.value['resultType'] !== undefined;
}

/** Whether it is such that the request did nothing if the server speaks another revision than we took it for. */
export function didNothing(error: TuttiError, method: string): boolean {
  return error instanceof NotUnderstood || method !== 'tools/call';
}

/** Something is under way that may not be made twice. */
export function isCalled({ calls }: Link): boolean {
  return calls.values().some(({ method }) => method === 'tools/call');
}
