/** Divides `total` so that nobody gets more than it needs, and nobody less than another who needs as much: the small ones are whole. */
export function fairShares(needs: readonly number[], total: number): readonly number[] {
  const shares = needs.map(() => 0);
  let left = total;
  const ascending = needs.map((need, at) => ({ need, at })).toSorted((a, b) => a.need - b.need);
  for (const [rank, { need, at }] of ascending.entries()) {
    const share = Math.min(need, Math.floor(left / (needs.length - rank)));
    shares[at] = share;
    left -= share;
  }
  return shares;
}
