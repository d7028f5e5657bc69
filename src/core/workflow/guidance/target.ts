import type { Target } from '../../kernel/instance.ts';
import { FINISH } from '../../kernel/instance.ts';
import type { Condition, Place } from './condition.ts';
import type { Cursor } from './cursor.ts';
import type { StepName } from './guidance.ts';
import { canonicalName, isLetterOrDigit, nameWords } from './name.ts';
import { cardinal } from './number.ts';
import { nameIndex } from './name-index.ts';
import type { NameIndex } from './name-index.ts';
import type { Token } from './token.ts';

/** What a condition compared. */
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
const MAX_NAME_TOKENS = 14;

/** Knows the steps of a workflow by every name that guidance may give them, and what the guidance spoke of last. */
export class Targets {
  readonly steps: readonly StepName[];
  /** Of the step whose guidance is read. */
  readonly index: number;
  /** Names that stand in code somewhere in the guidance: elsewhere they may stand without it. */
  readonly identifiers: ReadonlyMap<string, string>;
  /** The words of this step's own name. */
  readonly ownWords: readonly string[];
  /** What the last understood condition compared; "it" is about it. */
  subjects: readonly Compared[] = [];
  /** What a lead-in says the values below it are of: "Depending on `kind`:". */
  topic: string | undefined;
  /** The last understood condition; "it is not" denies it. */
  last: Condition | undefined;
  /** The last value that was compared as a number; a bare "above 5" is about it. */
  amount: Compared | undefined;
  /** The last place that a text was looked for, and the text. */
  sought: { readonly place: Place; readonly needle: string } | undefined;
  readonly #names: NameIndex;

  constructor(steps: readonly StepName[], step: string, identifiers: readonly string[] = []) {
    this.steps = steps;
    this.identifiers = new Map(identifiers.map((each) => [canonicalName(each), each]));
    this.ownWords = nameWords(step);
    this.#names = nameIndex(steps);
    this.index = this.#names.find(step) ?? -1;
  }

  /** Remembers what a condition compared, for those that are about "it". */
  compared(subjects: readonly Compared[]): void {
    this.subjects = subjects;
    const amounts = subjects.filter((each) => each.numeric);
    if (amounts.length > 0) this.amount = amounts.length === 1 ? amounts[0] : undefined;
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

  numbered(number: number): Target | undefined {
    return this.at(number - 1);
  }

  exact(name: string): Target | undefined {
    if (name.trim() === FINISH && !this.#names.hasFinish) return { kind: 'finish' };
    const index = this.#names.find(name) ?? this.#names.find(withoutStep(name));
    return index === undefined ? this.#byCanonical(canonicalName(name)) : this.at(index);
  }

  #byCanonical(canonical: string): Target | undefined {
    const index = this.#names.findCanonical(canonical);
    if (index !== undefined) return this.at(index);
    return canonical === 'finish' && !this.isAmbiguous(FINISH) ? { kind: 'finish' } : undefined;
  }

  /** Whether several steps answer to a name, and none of them exactly. */
  isAmbiguous(name: string): boolean {
    return this.#names.isAmbiguous(name);
  }

  /** A name in quotes or code: exact, a file, a number, or the only step that its words fit. */
  named(name: string): Resolved | undefined {
    const exact = this.exact(name) ?? this.exact(name.replace(/^.*\//, '').replace(/\.md$/i, ''));
    if (exact !== undefined) return { to: exact };
    if (this.isAmbiguous(name)) return undefined;
    const [first, number, ...others] = nameWords(name);
    if (first === 'step' && number !== undefined && others.length === 0) {
      const to = this.numbered(cardinal(number) ?? Number.NaN);
      return to === undefined ? undefined : { to };
    }
    const only = this.#names.onlyFit(name);
    const to = only === undefined ? undefined : this.at(only);
    return to === undefined ? undefined : { to, fuzzy: true };
  }

  /** The step whose name has the same words in another order: "the budget review" for "Review Budget". */
  reordered(name: string): Target | undefined {
    const index = this.#names.reordered(name);
    return index === undefined ? undefined : this.at(index);
  }

  /** The step whose name shares most words with `name`, for a fix. */
  nearest(name: string): string | undefined {
    const index = this.#names.nearest(name);
    return index === undefined ? undefined : this.steps[index]?.name;
  }

  /** Plain words from the cursor on that spell the name of a step; the longest name wins. Articles inside do not count. */
  spelled(cursor: Cursor): Target | undefined {
    const marked = this.#spelledWithMarks(cursor);
    if (marked !== undefined) return marked;
    let name = '';
    let found: Target | undefined;
    let next = cursor.at;
    for (let ahead = 0; ahead < MAX_NAME_TOKENS; ahead++) {
      const token = cursor.peek(ahead);
      if (token === undefined || endsSpelling(token)) break;
      const part = canonicalName(token.text);
      if (part === '') continue;
      if (!this.#names.prefixes.has(name + part)) {
        if (ahead > 0 && ARTICLES.has(token.low)) continue;
        break;
      }
      name += part;
      const to = ahead === 0 ? this.#single(token) : this.#byCanonical(name);
      if (to === undefined) continue;
      found = to;
      next = cursor.at + ahead + 1;
    }
    if (found !== undefined) cursor.at = next;
    return found;
  }

  /** A name of one word. */
  #single({ text }: Token): Target | undefined {
    return text === FINISH ? this.exact(FINISH) : this.#byCanonical(canonicalName(text));
  }

  /** A name that has marks of its own, letter for letter. */
  #spelledWithMarks(cursor: Cursor): Target | undefined {
    const token = cursor.peek();
    const name = token === undefined ? undefined : this.#names.markedAt(cursor.text, token.start);
    if (token === undefined || name === undefined) return undefined;
    const end = token.start + name.length;
    while (!cursor.done && (cursor.peek()?.end ?? end) <= end) cursor.at++;
    return this.exact(name);
  }

  /** As {@link spelled}, but a single plain word must be written as a name or stand beside "step". */
  spelledExactly(cursor: Cursor): Target | undefined {
    const { at } = cursor;
    const to = this.spelled(cursor);
    const token = cursor.tokens[at];
    const isPlain =
      cursor.at === at + 1 && token !== undefined && token.text === token.low && !token.low.includes('_');
    if (!isPlain || cursor.low() === 'step' || cursor.lowAt(at - 1) === 'step') return to;
    cursor.at = at;
    return undefined;
  }

  /** Whether the name of another step begins here. */
  isNamedAt(cursor: Cursor): boolean {
    const token = cursor.peek();
    if (token === undefined) return false;
    const isMarked = token.kind === 'quoted' || token.kind === 'code';
    const to = isMarked ? this.exact(token.text) : this.spelledExactly(cursor.probe());
    return to !== undefined && to.kind !== 'stay';
  }
}

function endsSpelling({ kind, low }: Token): boolean {
  return kind === 'quoted' || kind === 'code' || low === ';' || low === '.' || low === '(';
}

/** "the Build step", "step Build": the word is no part of the name. */
function withoutStep(name: string): string {
  const trimmed = name.trim();
  const low = trimmed.toLowerCase();
  if (low.endsWith(' step')) return trimmed.slice(0, -5);
  return low.startsWith('step ') && !isLetterOrDigit(low[5] ?? 'a') ? trimmed.slice(5) : trimmed;
}
