/** Where words of a tool stand. */
export const FIELDS = ['name', 'title', 'server', 'about', 'description', 'parameters', 'examples'] as const;
/** Where words of a server stand; `tools` is what its tools say of themselves. */
export const SERVER_FIELDS = ['server', 'about', 'tools'] as const;

/** How much a word in a field says, how far long fields are held back, and how many words one usually has. */
export interface FieldTuning {
  readonly weight: number;
  readonly length: number;
  readonly usual: number;
}

/** Every number of the router, and what it is for. What each is worth stands in `docs/design/routing.md`. */
export interface Tuning {
  readonly fields: Readonly<Record<(typeof FIELDS)[number], FieldTuning>>;
  readonly serverFields: Readonly<Record<(typeof SERVER_FIELDS)[number], FieldTuning>>;
  /** How soon one word more of the same says nothing new. */
  readonly saturation: number;
  /** Share of words as they stand; the rest goes to their stems. */
  readonly surface: number;
  /** Of a word that may stand for the one asked for. */
  readonly synonym: number;
  /** Of two words that stand side by side in both, or as one where they were looked for as two. */
  readonly pair: number;
  /** Of a description's words after its first sentence. */
  readonly further: number;
  /** Of pieces of words. */
  readonly gram: number;
  /** Of a description's words among the pieces. */
  readonly gramDescription: number;
  /** Of what a tool's server is about. */
  readonly server: number;
  /** Of the best that a tool's server has, to each of its tools: what is asked for together is often at home together. */
  readonly cohesion: number;
  /** Of how much of a tool's name the query holds. */
  readonly name: number;
  /** Of what the operator, or somebody before, said is asked for in such words; and the likeness it takes. */
  readonly example: number;
  readonly exampleGate: number;
  /** Of words by what they are: in a path or an address, a number, in quotes, of any request. */
  readonly words: {
    readonly path: number;
    readonly number: number;
    readonly quote: number;
    readonly weak: number;
    /** `file` where there is a path, `url` where there is an address. */
    readonly implied: number;
  };
  /** How far the best of one clause is boosted. */
  readonly clause: number;
  /** Of a server's next best tools, one after the other; and of what it is about. */
  readonly serverDecay: number;
  readonly serverOwn: number;
}

export const TUNING: Tuning = {
  fields: {
    name: { weight: 2.5, length: 0.4, usual: 2.4 },
    title: { weight: 2, length: 0.4, usual: 2 },
    server: { weight: 1.5, length: 0.3, usual: 1.5 },
    // It speaks for the server; of a tool, its words only count as known.
    about: { weight: 0, length: 0, usual: 25 },
    description: { weight: 1.2, length: 0.5, usual: 12 },
    parameters: { weight: 1, length: 0.7, usual: 15 },
    examples: { weight: 1, length: 0.7, usual: 8 },
  },
  serverFields: {
    server: { weight: 4, length: 0.3, usual: 1.5 },
    about: { weight: 2, length: 0.5, usual: 25 },
    tools: { weight: 0.5, length: 0.5, usual: 100 },
  },
  saturation: 1.2,
  surface: 0.4,
  synonym: 0.5,
  pair: 0.45,
  further: 0.5,
  gram: 0.4,
  gramDescription: 0.3,
  server: 0.24,
  cohesion: 0.15,
  name: 0.8,
  example: 0.5,
  exampleGate: 0.4,
  words: { path: 0.3, number: 0.8, quote: 0.6, weak: 0.7, implied: 0.8 },
  clause: 0.13,
  serverDecay: 0.1,
  serverOwn: 0.4,
};
