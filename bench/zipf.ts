const WORDS = 50_000;
/** Letters by how often English uses them, so that short beginnings are as crowded as in real texts. */
const LETTERS = 'etaoinshrdlucmfwypvbgkjqxz';
const SEED = 20_240_501;

interface Vocabulary {
  /** Words as a text has them: the n-th commonest with a share of 1/n. */
  readonly text: (count: number) => string;
  /** The commonest words, or their beginnings. */
  readonly commonest: (count: number, length?: number) => string;
  /** One of the rarer half. */
  readonly rare: () => string;
  /** Below a bound. */
  readonly random: (bound: number) => number;
}

/** Made-up words that are spread like those of a language; the same ones in every run. */
export function vocabulary(): Vocabulary {
  const next = randoms(SEED);
  const words = madeUp(next);
  const shares: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= WORDS; rank += 1) {
    total += 1 / rank;
    shares.push(total);
  }
  const word = () => words[firstAbove(shares, next() * total)] ?? '';
  const random = (bound: number) => Math.floor(next() * bound);
  return {
    text: (count) => Array.from({ length: count }, word).join(' '),
    commonest: (count, length) =>
      words
        .slice(0, count)
        .map((each) => each.slice(0, length))
        .join(' '),
    rare: () => words[WORDS / 2 + random(WORDS / 2)] ?? '',
    random,
  };
}

/** The commoner, the shorter, roughly. */
function madeUp(next: () => number): readonly string[] {
  const words = new Set<string>();
  while (words.size < WORDS) {
    const length = 2 + Math.floor(Math.log2(words.size + 2) / 3 + next() * 5);
    words.add(Array.from({ length }, () => LETTERS[Math.floor(next() * next() * LETTERS.length)]).join(''));
  }
  return [...words];
}

function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function firstAbove(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
