import type { Stem } from '../../ports/stem.ts';
import { saysDeprecated } from './deprecation.ts';
import { gramsOf } from './grams.ts';
import type { Grams } from './grams.ts';
import { TermCounter } from './term-vector.ts';
import type { Language, TermVector } from './term-vector.ts';
import type { RouteDocument } from './route.ts';
import { FIELDS } from './tuning.ts';
import type { Tuning } from './tuning.ts';
import { Vocabulary } from './vocabulary.ts';
import { tokenize } from './words.ts';

/** The first sentence of a description says what the tool is for. */
const LEAD = /^\s{0,200}\S[^]{19,399}?[.!?\n](?=\s|$)/;

/** What one document holds. Never changes. */
export interface Reading {
  readonly document: RouteDocument;
  readonly vector: TermVector;
  /** Stems of its name and title, each once, in the order of the text. */
  readonly name: TermVector;
  readonly grams: Grams;
  readonly examples: readonly ExampleReading[];
  /** Something else is to be used, where there is something. */
  readonly isDeprecated: boolean;
}

export interface ExampleReading {
  readonly vector: TermVector;
  readonly grams: Grams;
}

/** Reads documents, each once. */
export class Reader implements Language {
  readonly stem: Stem;
  readonly vocabulary = new Vocabulary();
  readonly #tuning: Tuning;
  readonly #readings = new WeakMap<RouteDocument, Reading>();

  constructor(stem: Stem, tuning: Tuning) {
    this.stem = stem;
    this.#tuning = tuning;
  }

  read(document: RouteDocument): Reading {
    const known = this.#readings.get(document);
    if (known !== undefined) return known;
    const reading: Reading = {
      document,
      vector: this.#vector(document),
      name: this.#name(document),
      grams: gramsOf([
        { text: document.tool, weight: 1 },
        { text: document.title, weight: 1 },
        { text: document.server, weight: 0.5 },
        { text: document.description, weight: this.#tuning.gramDescription },
      ]),
      examples: document.examples.map((example) => {
        const counter = new TermCounter(1);
        counter.read(example, { field: 0 }, this);
        return { vector: counter.done(), grams: gramsOf([{ text: example, weight: 1 }]) };
      }),
      isDeprecated: document.isDeprecated === true || saysDeprecated(document),
    };
    this.#readings.set(document, reading);
    return reading;
  }

  #vector(document: RouteDocument): TermVector {
    const counter = new TermCounter(FIELDS.length);
    FIELDS.forEach((field, at) => {
      const text = textOf(document, field);
      const lead = field === 'description' ? (LEAD.exec(text)?.[0] ?? text) : text;
      counter.read(lead, { field: at }, this);
      counter.read(text.slice(lead.length), { field: at, by: this.#tuning.further }, this);
    });
    return counter.done();
  }

  #name({ tool, title }: RouteDocument): TermVector {
    const roots = new Set(tokenize(`${tool} ${title}`).map((word) => this.vocabulary.add(this.stem(word))));
    const terms = Uint32Array.from(roots);
    return {
      terms,
      fields: new Uint8Array(terms.length),
      counts: new Float32Array(terms.length).fill(1),
      lengths: [terms.length],
    };
  }
}

function textOf(document: RouteDocument, field: (typeof FIELDS)[number]): string {
  if (field === 'name') return document.tool;
  if (field === 'about') return document.serverDescription;
  if (field === 'examples') return document.examples.join(' . ');
  if (field === 'parameters')
    return document.parameters
      .map(({ name, description, choices }) => `${name} ${description} ${choices.join(' ')}`)
      .join(' . ');
  return document[field];
}
