import type { Progress } from '../../ports/downstream.ts';

/** How far the calls that are under way have come, as parts of one call each. */
export interface Stride {
  came(key: string, progress: Progress): void;
  ended(key: string): void;
  /** Less than their number, whatever they say of themselves. */
  shares(): number;
}

/** What a call may make of itself before it has ended. */
const MAX_SHARE = 0.95;

export function createStride(): Stride {
  const shares = new Map<string, number>();
  return {
    came: (key, { progress, total }) => {
      const known = shares.get(key) ?? 0;
      // Without an end in sight, each step takes a part of what is left.
      const share = isWhole(total) ? progress / total : known + (MAX_SHARE - known) / 10;
      if (share > known) shares.set(key, Math.min(share, MAX_SHARE));
    },
    ended: (key) => {
      shares.delete(key);
    },
    // People read it as well.
    shares: () => Math.floor([...shares.values()].reduce((sum, share) => sum + share, 0) * 100) / 100,
  };
}

function isWhole(total: number | undefined): total is number {
  return total !== undefined && Number.isFinite(total) && total > 0;
}
