const SHOWN = 3;
const ALIKE = 0.3;

/**
 * The names most like a mistyped one, the likeliest first; by pairs of letters, so that even a long list is looked through at once.
 *
 * @param atLeast how much of both is the same, 0 to 1; the default is for hints, where a wide guess does no harm.
 */
export function nearestNames(name: string, names: readonly string[], atLeast = ALIKE): readonly string[] {
  const wanted = pairsOf(name);
  return names
    .map((each) => ({ each, likeness: likeness(wanted, pairsOf(each)) }))
    .filter(({ likeness: alike }) => alike >= atLeast)
    .toSorted((a, b) => b.likeness - a.likeness || (a.each < b.each ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ each }) => each);
}

function pairsOf(name: string): ReadonlySet<string> {
  const text = name.slice(0, 128).toLowerCase();
  return new Set(Array.from({ length: Math.max(text.length - 1, 0) }, (_, at) => text.slice(at, at + 2)));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of a) if (b.has(pair)) shared++;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}
