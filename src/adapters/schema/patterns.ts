import { RE2JS } from 're2js';
import { Spent, spending } from './spending.ts';

/** Instructions of all patterns of a schema together: compiling them takes time as well. */
const MAX_INSTRUCTIONS = 10_000;
const MAX_SOURCE = 4000;
/** Plain letters and one class of characters from end to end, with what base64 ends in: every engine matches it in linear time. */
const ONE_CLASS = /^\^[\w:;/, -]*\[[^\\[\]]+\][+*]?(?:=\{0,2\})?\$$/;

/** Measured against a character read in a state that is known: a text as such, an instruction of a new state. */
const STEPS_A_TEXT = 20;
const STEPS_AN_INSTRUCTION = 2;
/** The engine of the platform reads many characters in the time that ours takes for one. */
const NATIVE_SPEED = 50;
/** States that a pattern keeps, so that it need not find them again. */
const MAX_STATES_BYTES = 2_097_152;

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
    this.#instructions += compiled.programSize();
    countStates(compiled);
    return (text) => attempt(text.length + STEPS_A_TEXT, () => compiled.test(text));
  }
}

function native(source: string): Pattern {
  const compiled = new RegExp(source, 'u');
  return (text) => attempt(text.length / NATIVE_SPEED + STEPS_A_TEXT, () => compiled.test(text));
}

function attempt(steps: number, test: () => boolean): boolean | undefined {
  try {
    spending.spendOnText(steps);
    return test();
  } catch (error) {
    if (error instanceof Spent) return undefined;
    throw error;
  }
}

/**
 * Makes the engine count what it does. It goes from state to state, one character at a time, and makes a state when it first comes to it: only
 * that is slow. Where there would be too many states to keep, it would fall back on a slower way, which is not gone.
 */
function countStates(compiled: RE2JS): void {
  const engine: Engine = compiled.re2().dfa;
  const step = engine.step.bind(engine);
  const match = engine.match.bind(engine);
  engine.stateBudget = MAX_STATES_BYTES;
  engine.memBudget = MAX_STATES_BYTES;
  engine.step = (...args) => {
    const next = step(...args);
    const size = args[0].nfaStates.length + (next?.nfaStates.length ?? 0);
    spending.spendOnText(size * STEPS_AN_INSTRUCTION);
    return next;
  };
  engine.match = (...args) => {
    const found = match(...args);
    if (found === null) throw new Spent();
    return found;
  };
}

interface State {
  readonly nfaStates: readonly number[];
}

/** What is used of the engine behind a pattern, which says of itself no more than `any`. */
interface Engine {
  stateBudget: number;
  memBudget: number;
  step: (state: State, ...more: readonly unknown[]) => State | null;
  match: (...args: readonly unknown[]) => boolean | null;
}
