import type { Catalogue } from './catalogue.ts';
import type { Postings } from './postings.ts';
import type { QueryTerm } from './query.ts';
import type { Tuning } from './tuning.ts';
import { pairOf, surfaceOf } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Lexicon {
  readonly vocabulary: Vocabulary;
  readonly synonyms: ReadonlyMap<string, readonly string[]>;
}

/** Something a query says, and how much it would be worth to find it. */
export interface Cue {
  /** The word of the query it stands for. */
  readonly word: string;
  readonly term: number;
  readonly weight: number;
}

/** Works out scores. Its arrays are used again for each query. */
export class Scoring {
  /** By tool: all in all. */
  readonly totals: Float64Array;
  /** By tool, in [0, 1] and a little above: what words say, of all they could. */
  readonly lexical: Float64Array;
  readonly grams: Float64Array;
  /** By tool, in [0, 1]: how much of its name the query holds. */
  readonly names: Float64Array;
  readonly servers: Float64Array;
  /** By server: the most that one of its tools says. */
  readonly best: Float64Array;
  /** By tool: the likest example. */
  readonly examples: Float64Array;
  /** What the terms were worth altogether, to tools. */
  worth = 1;
  readonly #catalogue: Catalogue;
  readonly #lexicon: Lexicon;
  readonly #tuning: Tuning;
  readonly #byExample: Float64Array;

  constructor(catalogue: Catalogue, lexicon: Lexicon, tuning: Tuning) {
    this.#catalogue = catalogue;
    this.#lexicon = lexicon;
    this.#tuning = tuning;
    const tools = catalogue.numbered.tools.all.length;
    const servers = catalogue.numbered.servers.all.length;
    this.totals = new Float64Array(tools);
    this.lexical = new Float64Array(tools);
    this.grams = new Float64Array(tools);
    this.names = new Float64Array(tools);
    this.examples = new Float64Array(tools);
    this.servers = new Float64Array(servers);
    this.best = new Float64Array(servers);
    this.#byExample = new Float64Array(catalogue.exampleOf.length);
  }

  /** Fills all arrays for these terms. */
  score(terms: readonly QueryTerm[]): void {
    const { tools, grams, servers, serverOf } = this.#catalogue;
    this.worth = this.#lexical(tools, terms, this.lexical);
    this.#lexical(servers, terms, this.servers);
    grams.add(terms, 1, this.grams.fill(0));
    this.#names(terms);
    this.#examples(terms);
    this.#own();
    const { server, cohesion } = this.#tuning;
    for (let tool = 0; tool < this.totals.length; tool += 1) {
      const home = serverOf[tool] ?? 0;
      this.totals[tool] =
        (this.totals[tool] ?? 0) + server * (this.servers[home] ?? 0) + cohesion * (this.best[home] ?? 0);
    }
  }

  /** What each tool says by itself, and the most of it by server. */
  #own(): void {
    const { serverOf } = this.#catalogue;
    const { name, gram, example, exampleGate } = this.#tuning;
    this.best.fill(0);
    for (let tool = 0; tool < this.totals.length; tool += 1) {
      const likest = this.examples[tool] ?? 0;
      const own =
        (this.lexical[tool] ?? 0) * (1 + name * (this.names[tool] ?? 0)) +
        gram * (this.grams[tool] ?? 0) +
        (likest > exampleGate ? example * likest : 0);
      const home = serverOf[tool] ?? 0;
      this.totals[tool] = own;
      this.best[home] = Math.max(this.best[home] ?? 0, own);
    }
  }

  /** What the terms would have these texts hold. */
  cues(
    postings: Postings,
    terms: readonly QueryTerm[],
  ): { readonly cues: readonly Cue[]; readonly worth: number } {
    const { vocabulary, synonyms } = this.#lexicon;
    const { surface, synonym, pair } = this.#tuning;
    const cues: Cue[] = [];
    const cue = (word: string, term: number, weight: number) => {
      if (postings.count(term) > 0) cues.push({ word, term, weight });
    };
    let worth = 0;
    let before: QueryTerm | undefined;
    for (const asked of terms) {
      const { word, root, weight } = asked;
      const stem = vocabulary.find(root);
      const asIs = vocabulary.find(surfaceOf(word));
      const rarity = postings.rarity(stem);
      const own = [weight * (1 - surface) * rarity, weight * surface * postings.rarity(asIs)] as const;
      worth += own[0] + own[1];
      cue(word, stem, own[0]);
      cue(word, asIs, own[1]);
      for (const other of synonyms.get(root) ?? []) {
        const term = vocabulary.find(other);
        cue(word, term, weight * synonym * Math.min(rarity, postings.rarity(term)));
      }
      for (const both of before === undefined
        ? []
        : [pairOf(before.root, root), surfaceOf(before.word + word)]) {
        const term = vocabulary.find(both);
        cue(word, term, weight * pair * postings.rarity(term));
      }
      before = asked;
    }
    return { cues, worth: worth > 0 ? worth : 1 };
  }

  #lexical(postings: Postings, terms: readonly QueryTerm[], scores: Float64Array): number {
    scores.fill(0);
    const { cues, worth } = this.cues(postings, terms);
    for (const { term, weight } of cues) postings.add(term, weight / worth, scores);
    return worth;
  }

  #names(terms: readonly QueryTerm[]): void {
    const { names, nameWorth } = this.#catalogue;
    const { vocabulary, synonyms } = this.#lexicon;
    const scores = this.names.fill(0);
    const seen = new Set<string>();
    for (const { root, weight } of terms) {
      if (seen.has(root)) continue;
      seen.add(root);
      const term = vocabulary.find(root);
      names.add(term, weight * names.rarity(term), scores);
      for (const other of synonyms.get(root) ?? []) {
        const alike = vocabulary.find(other);
        names.add(alike, weight * this.#tuning.synonym * names.rarity(alike), scores);
      }
    }
    for (let tool = 0; tool < scores.length; tool += 1)
      scores[tool] = Math.min(1, (scores[tool] ?? 0) / (nameWorth[tool] ?? 1));
  }

  #examples(terms: readonly QueryTerm[]): void {
    const { examples, exampleGrams, exampleOf } = this.#catalogue;
    if (exampleOf.length === 0) return;
    this.examples.fill(0);
    this.#lexical(examples, terms, this.#byExample);
    for (let at = 0; at < exampleOf.length; at += 1) this.#byExample[at] = (this.#byExample[at] ?? 0) / 2;
    exampleGrams.add(terms, 0.5, this.#byExample);
    for (let at = 0; at < exampleOf.length; at += 1) {
      const tool = exampleOf[at] ?? 0;
      this.examples[tool] = Math.max(this.examples[tool] ?? 0, this.#byExample[at] ?? 0);
    }
  }
}
