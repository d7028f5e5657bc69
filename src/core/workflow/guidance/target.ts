import type { Target } from '../../kernel/instance.ts';
import { FINISH } from '../../kernel/instance.ts';
import type { Cursor } from './cursor.ts';
import type { StepName } from './guidance.ts';
import { canonicalName, isLetterOrDigit, nameWords } from './name.ts';
import { cardinal } from './number.ts';

export interface Compared {
  readonly name: string;
  readonly soft: boolean;
  readonly numeric: boolean;
}

export interface Resolved {
  readonly to: Target;
  /** The name was not that of a step, but only one step fits it. */
  readonly fuzzy?: boolean;
}

const ARTICLES: ReadonlySet<string> = new Set(['the', 'a', 'an', 'your', 'its', 'their']);
const STOP_WORDS: ReadonlySet<string> = new Set(['the', 'a', 'an', 'for', 'of', 'to', 'and', 'in', 'on', 'step', 'with', 'or']);
const MAX_NAME_TOKENS = 14;

/** Knows the steps of a workflow by every name that guidance may give them. */
export class Targets {
  readonly steps: readonly StepName[];
  readonly index: number;
  /** Names that stand in code somewhere in the guidance: elsewhere they may stand without it. */
  readonly identifiers: ReadonlyMap<string, string>;
  /** What the last understood condition compared; "it" and a bare "above 5" are about it. */
  subjects: readonly Compared[] = [];
  /** The words of this step's own name. */
  readonly ownWords: readonly string[];
  readonly #byName = new Map<string, number>();
  readonly #words: readonly ReadonlySet<string>[];

  constructor(steps: readonly StepName[], step: string, identifiers: Iterable<string> = []) {
    this.steps = steps;
    this.identifiers = new Map([...identifiers].map((each) => [canonicalName(each), each]));
    this.ownWords = nameWords(step);
    const own = canonicalName(step);
    this.index = steps.findIndex((each) => canonicalName(each.name) === own);
    for (const [index, each] of steps.entries()) this.#byName.set(canonicalName(stem(each.file)), index);
    for (const [index, each] of steps.entries()) this.#byName.set(canonicalName(each.name), index);
    this.#byName.delete('');
    this.#words = steps.map((each) => keyWords(each.name));
  }

  at(index: number): Target | undefined {
    const step = this.steps[index];
    if (step === undefined) return undefined;
    return index === this.index ? { kind: 'stay' } : { kind: 'step', step: step.name };
  }

  /** The step after this one; the end after the last. */
  next(): Target {
    return this.at(this.index + 1) ?? { kind: 'finish' };
  }

  /** The end, unless a step of that name stands before it. */
  finish(): Target {
    return { kind: 'finish' };
  }

  /** An exact name in plain words, of more than one word or written as a name. */
  spelledExactly(cursor: Cursor): Target | undefined {
    const { at } = cursor;
    const to = this.spelled(cursor);
    const single = cursor.at === at + 1;
    const token = cursor.tokens[at];
    const isPlainWord = single && token !== undefined && token.text === token.low && !token.low.includes('_');
    const isNamed = !isPlainWord || cursor.low() === 'step' || cursor.tokens[at - 1]?.low === 'step';
    if (to === undefined || isNamed) return to;
    cursor.at = at;
    return undefined;
  }

  exact(name: string): Target | undefined {
    if (name.trim() === FINISH && !this.steps.some((step) => step.name === FINISH)) return { kind: 'finish' };
    const canonical = canonicalName(stripStep(name));
    const index = this.#byName.get(canonicalName(name)) ?? this.#byName.get(canonical);
    if (index !== undefined) return this.at(index);
    return canonical === 'finish' ? { kind: 'finish' } : undefined;
  }

  /** A name in quotes or code: exact, a number, or the only step that its words fit. */
  named(name: string): Resolved | undefined {
    const exact = this.exact(name) ?? this.exact(stem(name));
    if (exact !== undefined) return { to: exact };
    const words = nameWords(name);
    if (words[0] === 'step' && words.length === 2) {
      const to = this.numbered(cardinal(words[1] ?? '') ?? Number.NaN);
      return to === undefined ? undefined : { to };
    }
    return this.#bySubset(name);
  }

  numbered(number: number): Target | undefined {
    return this.at(number - 1);
  }

  /** Plain words from the cursor on that spell the name of a step; the longest name wins. */
  spelled(cursor: Cursor): Target | undefined {
    let name = '';
    let found: Target | undefined;
    let next = cursor.at;
    for (let ahead = 0; ahead < MAX_NAME_TOKENS; ahead++) {
      const token = cursor.peek(ahead);
      if (token === undefined || token.kind === 'quoted' || token.kind === 'code' || token.low === ';' || token.low === '.') break;
      if (ahead > 0 && name !== '' && ARTICLES.has(token.low) && !this.#isPrefix(name + canonicalName(token.text))) continue;
      name += canonicalName(token.text);
      const to = ahead === 0 && token.text === FINISH ? this.exact(FINISH) : this.#spelledAt(name);
      if (to === undefined) continue;
      found = to;
      next = cursor.at + ahead + 1;
    }
    if (found !== undefined) cursor.at = next;
    return found;
  }

  #isPrefix(name: string): boolean {
    for (const each of this.#byName.keys()) if (each.startsWith(name)) return true;
    return false;
  }

  #spelledAt(canonical: string): Target | undefined {
    const index = this.#byName.get(canonical);
    if (index !== undefined) return this.at(index);
    return canonical === 'finish' ? { kind: 'finish' } : undefined;
  }

  /** The step whose name has the same words in another order: "the budget review" for "Review Budget". */
  reordered(name: string): Target | undefined {
    const words = keyWords(name);
    const fits = this.#words.flatMap((step, index) => (step.size > 1 && step.size === words.size && isSubset(words, step) ? [index] : []));
    return fits.length === 1 && fits[0] !== undefined ? this.at(fits[0]) : undefined;
  }

  #bySubset(name: string): Resolved | undefined {
    const words = keyWords(name);
    if (words.size === 0) return undefined;
    const fits = this.#words.flatMap((step, index) => (isSubset(words, step) || (step.size > 1 && isSubset(step, words)) ? [index] : []));
    const to = fits.length === 1 && fits[0] !== undefined ? this.at(fits[0]) : undefined;
    return to === undefined ? undefined : { to, fuzzy: true };
  }

  /** The step whose name shares most words with `name`, for a fix. */
  nearest(name: string): string | undefined {
    const words = keyWords(name);
    let best: string | undefined;
    let most = 0;
    for (const [index, step] of this.steps.entries()) {
      const shared = [...words].filter((word) => this.#words[index]?.has(word)).length;
      if (shared > most) [best, most] = [step.name, shared];
    }
    return best;
  }
}

function keyWords(name: string): ReadonlySet<string> {
  return new Set(nameWords(name).filter((word) => !STOP_WORDS.has(word)));
}

function stripStep(name: string): string {
  const low = name.trim().toLowerCase();
  if (low.endsWith(' step')) return name.trim().slice(0, -5);
  return low.startsWith('step ') && low.length > 5 && !isLetterOrDigit(low[5] ?? '') ? name.trim().slice(5) : name;
}

function stem(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base.toLowerCase().endsWith('.md') ? base.slice(0, -3) : base;
}

function isSubset(words: ReadonlySet<string>, of: ReadonlySet<string>): boolean {
  for (const word of words) if (!of.has(word)) return false;
  return true;
}

