import type { Holdings } from './holdings.ts';
import type { FieldTuning } from './tuning.ts';

export interface Shape {
  readonly fields: readonly FieldTuning[];
  readonly saturation: number;
}

/** Which texts hold a term, and how much it says of each: BM25F. */
export class Postings {
  /** How many texts there are. */
  readonly size: number;
  /** How many different terms they hold. */
  readonly terms: number;
  readonly #shape: Shape;
  readonly #means: readonly number[];
  readonly #starts: Uint32Array;
  readonly #texts: Uint32Array;
  readonly #impacts: Float32Array;

  constructor(all: readonly Holdings[], terms: number, shape: Shape) {
    this.size = all.length;
    this.#shape = shape;
    this.#means = meanLengths(all, shape.fields.length);
    this.#starts = startsOf(all, terms);
    const total = this.#starts[terms] ?? 0;
    this.#texts = new Uint32Array(total);
    this.#impacts = new Float32Array(total);
    this.#fill(all);
    let held = 0;
    for (let term = 0; term < terms; term += 1) if (this.count(term) > 0) held += 1;
    this.terms = held;
  }

  /** How many texts hold it. */
  count(term: number): number {
    return term < 0 ? 0 : (this.#starts[term + 1] ?? 0) - (this.#starts[term] ?? 0);
  }

  /** The highest rarity there can be. */
  get rarest(): number {
    return Math.log(1 + (this.size + 0.5) / 0.5);
  }

  /** What it is worth to hold it: the fewer do, the more. */
  rarity(term: number): number {
    const count = this.count(term);
    return Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
  }

  /** Adds what a term says, times `weight`, to the scores of the texts that hold it. */
  add(term: number, weight: number, scores: Float64Array): void {
    if (term < 0 || weight === 0) return;
    const end = this.#starts[term + 1] ?? 0;
    for (let place = this.#starts[term] ?? 0; place < end; place += 1) {
      const text = this.#texts[place] ?? 0;
      scores[text] = (scores[text] ?? 0) + weight * (this.#impacts[place] ?? 0);
    }
  }

  /** What a term says of a text, by the number of the field. */
  shares({ terms, fields, counts, lengths }: Holdings, term: number): readonly (readonly [number, number])[] {
    const parts: (readonly [number, number])[] = [];
    let row = terms.indexOf(term);
    if (row < 0) return [];
    let frequency = 0;
    for (; terms[row] === term; row += 1) {
      const field = fields[row] ?? 0;
      const part = this.#scale(lengths, field) * (counts[row] ?? 0);
      frequency += part;
      parts.push([field, part]);
    }
    return parts.map(([field, part]) => [field, part / (frequency + this.#shape.saturation)]);
  }

  /** What one word in a field counts for. */
  #scale(lengths: readonly number[], field: number): number {
    const tuning = this.#shape.fields[field];
    if (tuning === undefined) return 0;
    const length = (lengths[field] ?? 0) / (this.#means[field] ?? 1);
    return tuning.weight / (1 - tuning.length + tuning.length * length);
  }

  #fill(all: readonly Holdings[]): void {
    const { fields, saturation } = this.#shape;
    const next = this.#starts.slice();
    const scale = new Float64Array(fields.length);
    for (let text = 0; text < all.length; text += 1) {
      const holdings = all[text];
      if (holdings === undefined) continue;
      const { terms, counts, lengths } = holdings;
      for (let field = 0; field < scale.length; field += 1) scale[field] = this.#scale(lengths, field);
      for (let row = 0; row < terms.length;) {
        const term = terms[row] ?? 0;
        let frequency = 0;
        for (; terms[row] === term; row += 1)
          frequency += (scale[holdings.fields[row] ?? 0] ?? 0) * (counts[row] ?? 0);
        const place = next[term] ?? 0;
        next[term] = place + 1;
        this.#texts[place] = text;
        this.#impacts[place] = frequency / (frequency + saturation);
      }
    }
  }
}

/** Of each field, in the texts that have it. */
function meanLengths(all: readonly Holdings[], fields: number): readonly number[] {
  const sums = Array.from({ length: fields }, () => 0);
  const counts = Array.from({ length: fields }, () => 0);
  for (const { lengths } of all) {
    for (let field = 0; field < fields; field += 1) {
      const length = lengths[field] ?? 0;
      sums[field] = (sums[field] ?? 0) + length;
      counts[field] = (counts[field] ?? 0) + (length > 0 ? 1 : 0);
    }
  }
  return sums.map((sum, field) => Math.max(1, sum / Math.max(1, counts[field] ?? 0)));
}

function startsOf(all: readonly Holdings[], terms: number): Uint32Array {
  const starts = new Uint32Array(terms + 1);
  for (const { terms: held } of all) {
    let last = -1;
    for (const term of held) {
      if (term !== last) starts[term + 1] = (starts[term + 1] ?? 0) + 1;
      last = term;
    }
  }
  for (let term = 0; term < terms; term += 1)
    starts[term + 1] = (starts[term + 1] ?? 0) + (starts[term] ?? 0);
  return starts;
}
