import type { Json } from '../../core/kernel/json.ts';
import type { KnowledgeEntry } from '../../core/ports/knowledge.ts';

/** What of an entry can be found: more than anybody writes by hand, little enough to be split in a moment. */
const MAX_ENTRY_LENGTH = 100_000;
const MAX_QUERY_LENGTH = 2_000;
const MAX_QUERY_WORDS = 8;
/** What follows tells no words apart any more. */
export const MAX_WORD_LENGTH = 16;

/** Scripts that put no space between words: each character stands for itself. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const WORDS = new RegExp(String.raw`[${UNSPACED}]|(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])+`, 'gu');
/** Accents and the like, once they are apart from their letters. */
const ACCENTS = /[\u0300-\u036f]/g;

/** The distinct words of a text, without case and accents. */
export function wordsOf(text: string): Set<string> {
  const plain = text.toLowerCase().normalize('NFKD').replaceAll(ACCENTS, '').normalize('NFKC').toLowerCase();
  return new Set((plain.match(WORDS) ?? []).map(shortened));
}

/** The words of a query that count: where there are many, the longest, which tell most. */
export function queryWords(text: string): readonly string[] {
  const words = [...wordsOf(text.slice(0, MAX_QUERY_LENGTH))];
  return words.toSorted((a, b) => b.length - a.length).slice(0, MAX_QUERY_WORDS);
}

export interface EntryWords {
  readonly all: ReadonlySet<string>;
  readonly ofKey: ReadonlySet<string>;
}

/** The words by which an entry is found. */
export function entryWords({ key, tags, value }: KnowledgeEntry): EntryWords {
  const ofKey = wordsOf(key.slice(0, MAX_ENTRY_LENGTH));
  return { ofKey, all: new Set([...ofKey, ...wordsOf(textOf([...tags, value]))]) };
}

/** What a value says: names, texts and numbers. */
function textOf(value: Json): string {
  const open: Json[] = [value];
  const texts: string[] = [];
  let length = 0;
  for (let each = open.pop(); each !== undefined && length < MAX_ENTRY_LENGTH; each = open.pop()) {
    if (each !== null && typeof each === 'object') {
      // The last is taken first: what stands first is to be found first.
      if (Array.isArray(each)) for (const item of each.toReversed()) open.push(item as Json);
      else for (const [name, item] of Object.entries(each).toReversed()) open.push(item, name);
    } else {
      const text = String(each).slice(0, MAX_ENTRY_LENGTH - length);
      texts.push(text);
      length += text.length + 1;
    }
  }
  return texts.join('\n');
}

function shortened(word: string): string {
  return word.length <= MAX_WORD_LENGTH ? word : Array.from(word).slice(0, MAX_WORD_LENGTH).join('');
}
