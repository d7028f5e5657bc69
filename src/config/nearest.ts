import { editDistance } from '../core/kernel/edit-distance.ts';

/** The known word a person most likely meant, or `undefined` when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const [best] = known
    .map((each) => ({ each, distance: editDistance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(
      ({ each, distance }) => distance <= Math.max(1, Math.floor(Math.max(word.length, each.length) / 3)),
    )
    .toSorted((a, b) => a.distance - b.distance);
  return best?.each;
}
