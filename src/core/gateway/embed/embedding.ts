import { TuttiError } from '../../kernel/errors.ts';
import type { Embedder, EmbedRequest } from '../../ports/embedder.ts';
import { unlessAborted } from '../in-flight.ts';

/**
 * One vector for each text, in their order. An embedder is not trusted to give them.
 *
 * @throws TuttiError `model/*`, `budget/spent`; the reason of `signal`.
 */
export async function embed(
  embedder: Embedder,
  request: EmbedRequest & { readonly signal: AbortSignal },
): Promise<readonly Float32Array[]> {
  request.signal.throwIfAborted();
  const { vectors } = await unlessAborted(embedder.embed(request), request.signal);
  const [first] = vectors;
  const isWhole =
    vectors.length === request.texts.length &&
    first !== undefined &&
    first.length > 0 &&
    vectors.every((each) => each.length === first.length && each.every((value) => Number.isFinite(value)));
  if (isWhole) return vectors;
  throw new TuttiError(
    'model/invalid-answer',
    `The embedder ${embedder.name} was given ${request.texts.length} texts; expected as many vectors of one length, found ${vectors.length}. Ask for another one in the configuration.`,
  );
}

/** How near two vectors of length 1 are: -1 to 1; nothing where they cannot be compared. */
export function nearnessOf(one: Float32Array, other: Float32Array): number | undefined {
  if (one.length !== other.length) return undefined;
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
