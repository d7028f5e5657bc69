import { FINISH } from '../../kernel/instance.ts';
import type { StepName } from './guidance.ts';
import { canonicalName, nameWords } from './name.ts';

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
  readonly byName = new Map<string, number>();
  /** Every beginning of a name, so that a search can stop early. */
  readonly prefixes = new Set<string>();
  /** Whether a step is called FINISH, letter for letter. */
  readonly hasFinish: boolean;
  readonly #words: readonly ReadonlySet<string>[];

  constructor(steps: readonly StepName[]) {
    for (const [index, { file }] of steps.entries()) this.byName.set(canonicalName(stem(file)), index);
    for (const [index, { name }] of steps.entries()) this.byName.set(canonicalName(name), index);
    this.byName.delete('');
    for (const name of [...this.byName.keys(), 'finish'])
      for (let end = 1; end <= name.length; end++) this.prefixes.add(name.slice(0, end));
    this.hasFinish = steps.some(({ name }) => name === FINISH);
    this.#words = steps.map(({ name }) => keyWords(name));
  }

  /** The only step whose words hold all of these, or all of whose words these hold. */
  onlyFit(name: string): number | undefined {
    const words = keyWords(name);
    return words.size === 0
      ? undefined
      : this.#only((step) => isWithin(words, step) || (step.size > 1 && isWithin(step, words)));
  }

  reordered(name: string): number | undefined {
    const words = keyWords(name);
    return this.#only((step) => step.size > 1 && step.size === words.size && isWithin(words, step));
  }

  nearest(name: string): number | undefined {
    const words = keyWords(name);
    const shared = this.#words.map((step) => [...words].filter((word) => step.has(word)).length);
    const most = Math.max(0, ...shared);
    return most === 0 ? undefined : shared.indexOf(most);
  }

  #only(fits: (step: ReadonlySet<string>) => boolean): number | undefined {
    const found = this.#words.flatMap((step, index) => (fits(step) ? [index] : []));
    return found.length === 1 ? found[0] : undefined;
  }
}

function keyWords(name: string): ReadonlySet<string> {
  return new Set(nameWords(name).filter((word) => !STOP_WORDS.has(word)));
}

function stem(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.md$/i, '');
}

function isWithin(words: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...words].every((word) => others.has(word));
}
