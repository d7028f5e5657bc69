import type { EraVerdict } from '../../core/ports/downstream.ts';

/** Old servers never say that they became new ones, so what is known of them grows stale. */
const LEGACY_VERDICT_MS = 24 * 3_600_000;

/** What still counts of a remembered verdict. */
export function freshVerdict(verdict: EraVerdict | undefined, now: number): EraVerdict | undefined {
  if (verdict?.era === 'legacy') return now - verdict.at < LEGACY_VERDICT_MS ? verdict : undefined;
  return verdict?.discovered === undefined ? undefined : verdict;
}
