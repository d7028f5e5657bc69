import { RE2JS } from 're2js';
import { spending } from './spending.ts';

/** Instructions of all patterns of a schema together: compiling them takes time as well. */
const MAX_INSTRUCTIONS = 10_000;
const MAX_SOURCE = 4000;
/** Characters times instructions of one test. */
const MAX_TEST = 250_000;
/** So few instructions have so few states that each character costs the same. */
const FEW_INSTRUCTIONS = 10;
/** One class of characters from end to end, which every engine matches in linear time. */
const ONE_CLASS = /^\^\[[^\\[\]]+\][+*]?\$$/;

/** Whether it is found in a text; `undefined` when looking would take too long. */
export type Pattern = (text: string) => boolean | undefined;

/** Makes the patterns of one schema; `undefined` for what RE2 does not know. */
export class Patterns {
  readonly #known = new Map<string, Pattern | undefined>();
  #instructions = 0;

  get(source: string): Pattern | undefined {
    if (!this.#known.has(source)) this.#known.set(source, this.#compile(source));
    return this.#known.get(source);
  }

  #compile(source: string): Pattern | undefined {
    if (source.length > MAX_SOURCE || this.#instructions > MAX_INSTRUCTIONS) return undefined;
    try {
      return ONE_CLASS.test(source) ? native(source) : this.#linear(source);
    } catch {
      return undefined;
    }
  }

  #linear(source: string): Pattern {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    const size = compiled.programSize();
    this.#instructions += size;
    return (text) =>
      size > FEW_INSTRUCTIONS && text.length * size > MAX_TEST
        ? undefined
        : spending.read(() => compiled.test(text));
  }
}

function native(source: string): Pattern {
  const compiled = new RegExp(source, 'u');
  return (text) => spending.read(() => compiled.test(text));
}
