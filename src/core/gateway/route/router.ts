import type { Stem } from '../../ports/stem.ts';
import { changedCatalogue, emptyCatalogue, isWorn } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { boostClauses } from './clause-boost.ts';
import { judge } from './confidence.ts';
import { hasDeprecated, retire } from './deprecation.ts';
import { evidenceOf } from './evidence.ts';
import { explain } from './explanation.ts';
import { Memory } from './learned.ts';
import { parseQuery } from './query.ts';
import type { Query, Reference } from './query.ts';
import { bestOf, rank } from './ranking.ts';
import { Reader } from './reading.ts';
import type { Candidate, LearnedExample, Route, RouteDocument, RouteOptions, Routing } from './route.ts';
import { Scoring } from './scoring.ts';
import { genericBy } from './stop-words.ts';
import { synonymsBy } from './synonyms.ts';
import { TUNING } from './tuning.ts';
import type { Tuning } from './tuning.ts';
import { surfaceOf } from './vocabulary.ts';

const CANDIDATES = 10;
/** So many words that no tool has any longer are kept before everything is read afresh. */
const SPARE_TERMS = 20_000;

/** By the name of the tool. */
type Learned = ReadonlyMap<string, number>;

interface Look {
  readonly catalogue: Catalogue;
  readonly scoring: Scoring;
  readonly learned: Learned;
}

/** A router over no documents yet. */
export function createRouter(stem: Stem, tuning: Tuning = TUNING): Routing {
  return new Router(stem, tuning);
}

class Router implements Routing {
  readonly #stem: Stem;
  readonly #tuning: Tuning;
  readonly #synonyms: ReadonlyMap<string, readonly string[]>;
  #reader: Reader;
  #memory: Memory;
  #documents: readonly RouteDocument[] = [];
  #hasDeprecated = false;
  #catalogue: Catalogue;
  #scoring: Scoring;
  /** By tool and by server: the whole query, then with its clauses. */
  #totals = new Float64Array(0);
  #servers = new Float64Array(0);

  /** Only what a tool holds now: words that went leave no trace. */
  readonly #reference: Reference;
  readonly #generic: ReadonlySet<string>;

  constructor(stem: Stem, tuning: Tuning) {
    this.#stem = stem;
    this.#generic = genericBy(stem);
    this.#reference = {
      stem,
      holds: (word) => this.#catalogue.tools.count(this.#reader.vocabulary.find(surfaceOf(word))) > 0,
    };
    this.#tuning = tuning;
    this.#synonyms = synonymsBy(stem);
    this.#reader = new Reader(stem, tuning);
    this.#memory = new Memory(this.#reader);
    this.#catalogue = emptyCatalogue(tuning);
    this.#scoring = this.#newScoring();
  }

  update(documents: readonly RouteDocument[]): void {
    if (
      documents.length === this.#documents.length &&
      documents.every((each, at) => each === this.#documents[at])
    )
      return;
    this.#documents = documents;
    this.#catalogue = changedCatalogue(this.#catalogue, documents, this.#reader);
    const isFull = this.#reader.vocabulary.size > 2 * this.#catalogue.tools.terms + SPARE_TERMS;
    if (isFull || isWorn(this.#catalogue)) {
      this.#reader = new Reader(this.#stem, this.#tuning);
      this.#memory = new Memory(this.#reader);
      this.#catalogue = changedCatalogue(emptyCatalogue(this.#tuning), documents, this.#reader);
    }
    this.#hasDeprecated = hasDeprecated(this.#catalogue);
    this.#scoring = this.#newScoring();
    this.#totals = new Float64Array(this.#scoring.totals.length);
    this.#servers = new Float64Array(this.#scoring.servers.length);
  }

  route(text: string, options: RouteOptions = {}): Route {
    const query = parseQuery(text, this.#reference, this.#tuning);
    const { tools } = this.#catalogue.numbered;
    const isVisible = (tool: number) => {
      const document = tools.all[tool]?.document;
      return document !== undefined && (options.isVisible?.(document) ?? true);
    };
    const nameOf = (tool: number) => tools.all[tool]?.document.name ?? '';
    this.#scoring.score(query.terms);
    this.#totals.set(this.#scoring.totals);
    this.#servers.set(this.#scoring.servers);
    if (this.#hasDeprecated) retire(this.#catalogue, this.#totals, isVisible);
    const learned = this.#likest(query, options.learned ?? []);
    const unaided = this.#judge(query, isVisible);
    this.#remember(learned);
    const aided = learned.size === 0 ? unaided : this.#judge(query, isVisible, learned);
    // Somebody who says yes to a tool never makes its route less sure.
    const verdict = aided.verdict.confidence < unaided.verdict.confidence ? unaided.verdict : aided.verdict;
    const { first } = aided;
    if (first !== undefined)
      boostClauses(this.#totals, query, {
        scoring: this.#scoring,
        first,
        by: this.#tuning.clause,
        isVisible,
        nameOf,
      });
    const ranked = rank(this.#catalogue, {
      totals: this.#totals,
      servers: this.#servers,
      limit: Math.max(1, options.limit ?? CANDIDATES),
      isVisible,
      tuning: this.#tuning,
    });
    const look = { catalogue: this.#catalogue, scoring: this.#scoring, learned };
    return {
      candidates: ranked.tools.flatMap((tool) => this.#candidate(tool, query, look)),
      servers: ranked.servers,
      ...verdict,
    };
  }

  #candidate(tool: number, query: Query, look: Look): readonly Candidate[] {
    const document = look.catalogue.numbered.tools.all[tool]?.document;
    if (document === undefined) return [];
    return [
      {
        document,
        score: this.#share(this.#totals[tool] ?? 0),
        terms: (limit) =>
          explain(
            {
              ...look,
              learned: look.learned.get(document.name) ?? 0,
              terms: query.terms,
              tuning: this.#tuning,
            },
            tool,
          ).slice(0, Math.max(0, limit)),
      },
    ];
  }

  /** A total in [0, 1]. */
  #share(total: number): number {
    const { name, gram, server, example } = this.#tuning;
    return Math.min(1, total / (1 + name + gram + server + example));
  }

  /** How like the words are to those that each tool was confirmed for, by its name; none that are hardly so. */
  #likest(query: Query, examples: readonly LearnedExample[]): Learned {
    const { tools } = this.#catalogue;
    const worthOf = (root: string) => tools.rarity(this.#reader.vocabulary.find(root));
    const likest = new Map<string, number>();
    for (const example of examples) {
      const likeness = this.#memory.likeness(query.terms, example, worthOf);
      if (likeness > this.#tuning.exampleGate && likeness > (likest.get(example.tool) ?? 0))
        likest.set(example.tool, likeness);
    }
    return likest;
  }

  /** Lifts what was chosen before for such words, as an example of the operator's would. */
  #remember(learned: Learned): void {
    if (learned.size === 0) return;
    const { example, exampleGate } = this.#tuning;
    this.#catalogue.numbered.tools.all.forEach((reading, tool) => {
      const own = this.#scoring.examples[tool] ?? 0;
      const gain = (learned.get(reading?.document.name ?? '') ?? 0) - (own > exampleGate ? own : 0);
      if (gain > 0) this.#totals[tool] = (this.#totals[tool] ?? 0) + example * gain;
    });
  }

  #judge(query: Query, isVisible: (tool: number) => boolean, learned?: Learned) {
    const best = bestOf(this.#catalogue, this.#totals, { limit: 2, isVisible });
    const [first] = best;
    const { vocabulary } = this.#reader;
    const verdict = judge(
      evidenceOf(query, best, {
        catalogue: this.#catalogue,
        scoring: this.#scoring,
        totals: this.#totals,
        vocabulary,
        isGeneric: (root) => this.#generic.has(root),
        learnedOf: (name) => learned?.get(name) ?? 0,
        exampleGate: this.#tuning.exampleGate,
      }),
    );
    return { first, verdict };
  }

  #newScoring(): Scoring {
    const lexicon = { vocabulary: this.#reader.vocabulary, synonyms: this.#synonyms };
    return new Scoring(this.#catalogue, lexicon, this.#tuning);
  }
}
