import { isJsonObject } from '../kernel/json.ts';
import type { CatalogEntry } from './catalog.ts';

/** How much a word says, by where it stands. */
const WEIGHTS = { name: 3, examples: 2.5, title: 2, server: 1.5, description: 1, parameters: 0.7 } as const;
/** How soon one word more in the same text says nothing new. */
const SATURATION = 1.2;
/** How much long texts are held back. */
const LENGTH = 0.5;
const MAX_QUERY_WORDS = 64;
const MAX_TEXT_LENGTH = 8_192;

const STOP = new Set(
  `a an the of to in on at by for from with and or not is are was be been it its this that these those as into my
  your our me i you we do does did can could please would should will what which who how when where`.split(
    /\s+/,
  ),
);

interface Document {
  /** Weighted frequencies of its words. */
  readonly words: ReadonlyMap<string, number>;
  readonly length: number;
}

export interface Hit {
  readonly entry: CatalogEntry;
  /** In [0, 1]. */
  readonly score: number;
}

/** Finds tools by the words of a question. Tools that did not change since they were last read are not read again. */
export class ToolSearch {
  readonly #documents = new WeakMap<CatalogEntry, Document>();
  #entries: readonly CatalogEntry[] = [];
  #frequencies = new Map<string, number>();
  #meanLength = 1;

  /** The best first; equal ones in the order of their names. */
  find(
    entries: readonly CatalogEntry[],
    query: string,
    isVisible: (entry: CatalogEntry) => boolean,
  ): readonly Hit[] {
    this.#index(entries);
    const words = [...new Set(wordsOf(query))].slice(0, MAX_QUERY_WORDS);
    const rarities = words.map((word) => [word, this.#rarity(word)] as const);
    const whole = rarities.reduce((sum, [, rarity]) => sum + rarity, 0);
    if (whole === 0) return [];
    return entries
      .filter((entry) => isVisible(entry))
      .map((entry): Hit => ({ entry, score: this.#score(entry, rarities) / whole }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1));
  }

  #score(entry: CatalogEntry, rarities: readonly (readonly [string, number])[]): number {
    const { words, length } = this.#document(entry);
    const restraint = SATURATION * (1 - LENGTH + (LENGTH * length) / this.#meanLength);
    return rarities.reduce((sum, [word, rarity]) => {
      const frequency = words.get(word) ?? 0;
      return sum + (rarity * frequency) / (frequency + restraint);
    }, 0);
  }

  #rarity(word: string): number {
    const having = this.#frequencies.get(word) ?? 0;
    return Math.log(1 + (this.#entries.length - having + 0.5) / (having + 0.5));
  }

  #index(entries: readonly CatalogEntry[]): void {
    if (entries === this.#entries) return;
    this.#entries = entries;
    this.#frequencies = new Map();
    let length = 0;
    for (const entry of entries) {
      const document = this.#document(entry);
      length += document.length;
      for (const word of document.words.keys())
        this.#frequencies.set(word, (this.#frequencies.get(word) ?? 0) + 1);
    }
    this.#meanLength = Math.max(1, length / Math.max(1, entries.length));
  }

  #document(entry: CatalogEntry): Document {
    let document = this.#documents.get(entry);
    if (document === undefined) {
      document = toDocument(entry);
      this.#documents.set(entry, document);
    }
    return document;
  }
}

function toDocument({ tool, server, settings }: CatalogEntry): Document {
  const words = new Map<string, number>();
  const texts: Readonly<Record<keyof typeof WEIGHTS, string>> = {
    name: tool.name,
    examples: settings.examples.join(' '),
    title: textOf(tool.title),
    server: `${server.name} ${server.description ?? ''}`,
    description: textOf(tool.description),
    parameters: isJsonObject(tool.inputSchema['properties'])
      ? Object.keys(tool.inputSchema['properties']).join(' ')
      : '',
  };
  let length = 0;
  for (const field of Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]) {
    for (const word of wordsOf(texts[field])) {
      words.set(word, (words.get(word) ?? 0) + WEIGHTS[field]);
      length += 1;
    }
  }
  return { words, length };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Words in lower case, names taken apart at their humps and underscores, endings taken off. */
function wordsOf(text: string): readonly string[] {
  const parts = text
    .slice(0, MAX_TEXT_LENGTH)
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return (parts ?? []).filter((word) => !STOP.has(word)).map((word) => stem(word));
}

function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('ing')) return undoubled(word.slice(0, -3));
  if (word.length > 4 && word.endsWith('ed')) return undoubled(word.slice(0, -2));
  const plural = word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word);
  const single = plural ? word.slice(0, -1) : word;
  return single.length > 4 && single.endsWith('e') ? single.slice(0, -1) : single;
}

/** `listing` is to `list` as `running` to `run`. */
function undoubled(word: string): string {
  return /([^aeiouls])\1$/.test(word) ? word.slice(0, -1) : word;
}
