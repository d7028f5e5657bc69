import { FINISH } from '../../kernel/instance.ts';
import type { StepName } from './guidance.ts';
import { canonicalName, isLetterOrDigit, nameWords } from './name.ts';
import { cardinal } from './number.ts';

const STOP_WORDS: ReadonlySet<string> = new Set([
  'the',
  'a',
  'an',
  'for',
  'of',
  'to',
  'and',
  'in',
  'on',
  'step',
  'with',
  'or',
]);
const indexes = new WeakMap<readonly StepName[], NameIndex>();

/** The index of a workflow's names; all its steps share one. */
export function nameIndex(steps: readonly StepName[]): NameIndex {
  const existing = indexes.get(steps);
  if (existing !== undefined) return existing;
  const created = new NameIndex(steps);
  indexes.set(steps, created);
  return created;
}

/** The names of a workflow's steps, and of their files, in every form in which they are looked up. */
export class NameIndex {
  /** Every beginning of a name, so that a search can stop early. */
  readonly prefixes = new Set<string>();
  /** Whether a step is called FINISH, letter for letter. */
  readonly hasFinish: boolean;
  /** Names of which letters and digits are not the whole: "C++". */
  readonly #marked: readonly string[];
  readonly #exact = new Map<string, number>();
  readonly #anyCase = new Map<string, number>();
  readonly #canonical = new Map<string, number>();
  readonly #words: readonly ReadonlySet<string>[];
  readonly #byWord = new Map<string, number[]>();

  constructor(steps: readonly StepName[]) {
    for (const [index, { name }] of steps.entries()) {
      enter(this.#exact, name.trim(), index);
      enter(this.#anyCase, name.trim().toLowerCase(), index);
      enter(this.#canonical, canonicalName(name), index);
    }
    for (const [index, { file }] of steps.entries()) this.#enterFile(stem(file), index);
    this.#canonical.delete('');
    for (const name of [...this.#canonical.keys(), 'finish'])
      for (let end = 1; end <= name.length; end++) this.prefixes.add(name.slice(0, end));
    this.hasFinish = steps.some(({ name }) => name === FINISH);
    this.#marked = steps.map(({ name }) => name.trim()).filter((name) => name !== '' && !isPlain(name));
    this.#words = steps.map(({ name }) => keyWords(name));
    for (const [index, words] of this.#words.entries())
      for (const word of words) {
        const found = this.#byWord.get(word);
        if (found === undefined) this.#byWord.set(word, [index]);
        else found.push(index);
      }
  }

  /** A name as it is written wins over one in another case, and that over one with other marks. */
  find(name: string): number | undefined {
    const written = name.trim();
    for (const index of [this.#exact.get(written), this.#anyCase.get(written.toLowerCase())])
      if (index !== undefined) return index === SEVERAL ? undefined : index;
    return this.findCanonical(canonicalName(written));
  }

  findCanonical(canonical: string): number | undefined {
    const index = this.#canonical.get(canonical);
    return index === SEVERAL ? undefined : index;
  }

  /** The longest name with marks of its own that stands here, letter for letter. */
  markedAt(text: string, at: number): string | undefined {
    let longest: string | undefined;
    for (const name of this.#marked) {
      if (name.length <= (longest?.length ?? 0) || !text.startsWith(name, at)) continue;
      if (!isLetterOrDigit((text[at + name.length] ?? '').toLowerCase())) longest = name;
    }
    return longest;
  }

  /** Whether several steps answer to a name, and none of them exactly. */
  isAmbiguous(name: string): boolean {
    return this.find(name) === undefined && this.#canonical.get(canonicalName(name)) === SEVERAL;
  }

  /** The only step whose words hold all of these, or all of whose words these hold and add nothing that tells steps apart. */
  onlyFit(name: string): number | undefined {
    const words = keyWords(name);
    return this.#only(
      words,
      (step, shared) =>
        shared === words.size || (step.size > 1 && shared === step.size && !addsNumber(words, step)),
    );
  }

  reordered(name: string): number | undefined {
    const words = keyWords(name);
    return this.#only(words, ({ size }, shared) => size > 1 && size === words.size && shared === size);
  }

  nearest(name: string): number | undefined {
    let nearest: number | undefined;
    let most = 0;
    for (const [index, shared] of this.#shared(keyWords(name))) {
      if (shared < most || (shared === most && index > (nearest ?? index))) continue;
      [nearest, most] = [index, shared];
    }
    return nearest;
  }

  /** A file's name counts where no step is called so. */
  #enterFile(name: string, index: number): void {
    const canonical = canonicalName(name);
    const known = this.#canonical.get(canonical);
    if (known === undefined) this.#canonical.set(canonical, index);
    if (!this.#exact.has(name)) this.#exact.set(name, index);
  }

  /** How many words each step shares with these. */
  #shared(words: ReadonlySet<string>): ReadonlyMap<number, number> {
    const shared = new Map<number, number>();
    for (const word of words)
      for (const index of this.#byWord.get(word) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    return shared;
  }

  #only(
    words: ReadonlySet<string>,
    fits: (step: ReadonlySet<string>, shared: number) => boolean,
  ): number | undefined {
    let only: number | undefined;
    for (const [index, shared] of this.#shared(words)) {
      if (!fits(this.#words[index] ?? new Set(), shared)) continue;
      if (only !== undefined) return undefined;
      only = index;
    }
    return only;
  }
}

/** In place of an index: more than one step has the name. */
const SEVERAL = -2;

function enter(names: Map<string, number>, name: string, index: number): void {
  names.set(name, names.has(name) && names.get(name) !== index ? SEVERAL : index);
}

/** "Review 3" is not "Review". */
function addsNumber(words: ReadonlySet<string>, step: ReadonlySet<string>): boolean {
  return [...words].some((word) => !step.has(word) && cardinal(word) !== undefined);
}

function isPlain(name: string): boolean {
  for (const char of name)
    if (!isLetterOrDigit(char.toLowerCase()) && char !== ' ' && char !== '_' && char !== '-') return false;
  return true;
}

function keyWords(name: string): ReadonlySet<string> {
  return new Set(nameWords(name).filter((word) => !STOP_WORDS.has(word)));
}

function stem(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.md$/i, '');
}
