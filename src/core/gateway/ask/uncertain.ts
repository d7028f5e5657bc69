import type { Plan, PlannedCall } from '../plan/plan.ts';
import { reserveIn } from '../plan/reserve.ts';

/** What is said of what calls hang on, where that is in the words: what nobody judged. */
export function unjudged(calls: readonly PlannedCall[], { query = '' }: Plan): string | undefined {
  return [query, ...calls.map(({ intent }) => intent)].map((text) => reserveIn(text)).find(Boolean);
}

/** Why a call is marked as uncertain, short enough to stand beside it; nothing where it is not. */
export function uncertaintyOf(call: PlannedCall, plan: Plan): string | undefined {
  if (call.uncertainOrder !== true) return undefined;
  const words = unjudged([call], plan);
  return words === undefined ? 'order guessed' : `not judged: ${JSON.stringify(words)}`;
}
