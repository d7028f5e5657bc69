import { MAX_QUERY_LENGTH } from '../../core/gateway/ask/request.ts';
import { nearestNames } from '../../core/gateway/nearest.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import { checkJson, isJsonObject, kindOf } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';

/** Names, ids, tokens and cursors are short; anything longer is a mistake or an attack. */
const NAME_LENGTH = 512;
/** Of questions, reasons and the like. */
const PROSE_LENGTH = MAX_QUERY_LENGTH;
const FILES = 1000;

/**
 * The arguments of one call. Only own properties are read, by their exact names; what nobody asks for is ignored, unless {@link Arguments.refuseMisspelt} was asked.
 * `null` counts as absent where a value is optional. Every reader throws TuttiError `input/*` naming the path.
 */
export class Arguments {
  readonly #values: object;
  readonly #path: string;

  constructor(values: object, path = '') {
    this.#values = values;
    this.#path = path;
  }

  /**
   * For a tool where a misspelt option would do harm: what is meant for one of these, and is none that may stand here, is refused. What
   * resembles none of them is a client's own, and ignored.
   */
  refuseMisspelt(known: readonly string[], here = known): void {
    const others = Object.keys(this.#values).filter((key) => !here.includes(key));
    for (const strange of others.slice(0, MAX_JUDGED)) {
      const meant = meantBy(strange, known);
      if (meant === undefined) continue;
      const hint = meant === strange ? '' : ` Did you mean ${meant}?`;
      throw new TuttiError(
        'input/invalid-format',
        `${this.#at(strange.slice(0, NAME_LENGTH))} is not known here.${hint} Expected ${here.join(', ')}. Nothing was done.`,
      );
    }
  }

  /** A required short text. */
  name(key: string): string {
    const value = this.#required(key);
    if (typeof value !== 'string') throw this.#wrongType(key, value, 'a string');
    return this.#bounded(key, value, NAME_LENGTH);
  }

  /** A required short text that may be empty. */
  word(key: string): string {
    return this.#own(key) === '' ? '' : this.name(key);
  }

  optionalName(key: string): string | undefined {
    return this.has(key) ? this.name(key) : undefined;
  }

  /** Up to `max` short texts, none by default. */
  optionalNames(key: string, max: number): readonly string[] {
    const value = this.#own(key);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw this.#wrongType(key, value, 'an array of strings');
    if (value.length > max) {
      throw new TuttiError(
        'input/too-large',
        `${this.#at(key)} has ${value.length} entries; expected at most ${max}.`,
      );
    }
    const entries = new Arguments(value, this.#at(key));
    return value.map((_, at) => entries.name(String(at)));
  }

  /** A required text of some sentences. */
  prose(key: string): string {
    const value = this.#required(key);
    if (typeof value !== 'string') throw this.#wrongType(key, value, 'a string');
    return this.#bounded(key, value, PROSE_LENGTH);
  }

  /** A required text, empty or not, whose length others judge. */
  text(key: string): string {
    const value = this.#required(key);
    if (typeof value !== 'string') throw this.#wrongType(key, value, 'a string');
    return value;
  }

  /** An optional text of some sentences. */
  optionalProse(key: string): string | undefined {
    const value = this.#own(key);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw this.#wrongType(key, value, 'a string');
    return this.#bounded(key, value, PROSE_LENGTH);
  }

  /** An optional JSON object within the bounds of a value. */
  optionalObject(key: string): JsonObject | undefined {
    const value = this.#own(key);
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value)) throw this.#wrongType(key, value, 'an object');
    return checkJson(value, this.#at(key)) as JsonObject;
  }

  /** Any JSON value, or `undefined` when absent; `null` is a value here. */
  json(key: string): Json | undefined {
    const value = this.#own(key);
    return value === undefined ? undefined : checkJson(value, this.#at(key));
  }

  /** Any JSON value; `null` is one. */
  requiredJson(key: string): Json {
    this.#required(key);
    return this.json(key) ?? null;
  }

  optionalFlag(key: string): boolean | undefined {
    const value = this.#own(key);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'boolean') throw this.#wrongType(key, value, 'true or false');
    return value;
  }

  optionalCount(key: string, bounds: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.#own(key);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number') throw this.#wrongType(key, value, 'an integer');
    if (!Number.isInteger(value))
      throw new TuttiError('input/invalid-type', `${this.#at(key)} is ${value}; expected an integer.`);
    if (value >= bounds.min && value <= bounds.max) return value;
    throw new TuttiError(
      'input/invalid-format',
      `${this.#at(key)} is ${value}; expected ${bounds.min} to ${bounds.max}.`,
    );
  }

  optionalChoice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    const value = this.optionalName(key);
    const choice = choices.find((each) => each === value);
    if (value === undefined || choice !== undefined) return choice;
    throw new TuttiError(
      'input/invalid-format',
      `${this.#at(key)} is "${value}"; expected one of ${choices.join(', ')}.`,
    );
  }

  /** What else there is besides these keys, or `undefined` when there is nothing. */
  rest(known: readonly string[]): JsonObject | undefined {
    const others = Object.entries(this.#values).filter(([key]) => !known.includes(key));
    if (others.length === 0) return undefined;
    return checkJson(Object.fromEntries(others), this.#path) as JsonObject;
  }

  /** A required object, to be read in turn. */
  group(key: string): Arguments {
    const value = this.#required(key);
    if (!isJsonObject(value)) throw this.#wrongType(key, value, 'an object');
    return new Arguments(value, this.#at(key));
  }

  optionalGroup(key: string): Arguments | undefined {
    return this.has(key) ? this.group(key) : undefined;
  }

  /** A required object of texts by path. */
  files(key: string): Readonly<Record<string, string>> {
    const value = this.#required(key);
    if (!isJsonObject(value)) throw this.#wrongType(key, value, 'an object of texts by path');
    const files = Object.entries(value);
    if (files.length > FILES) {
      throw new TuttiError(
        'input/too-large',
        `${this.#at(key)} has ${files.length} files; expected at most ${FILES}.`,
      );
    }
    for (const [path, text] of files) {
      if (typeof text === 'string') continue;
      throw typeFault(`${this.#at(key)}[${JSON.stringify(path.slice(0, NAME_LENGTH))}]`, text, 'a string');
    }
    return Object.fromEntries(files) as Record<string, string>;
  }

  has(key: string): boolean {
    const value = this.#own(key);
    return value !== undefined && value !== null;
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#values, key) ? (this.#values as Record<string, unknown>)[key] : undefined;
  }

  #required(key: string): unknown {
    const value = this.#own(key);
    if (value !== undefined) return value;
    throw new TuttiError('input/missing-field', `${this.#at(key)} is missing. Add it and call again.`);
  }

  #bounded(key: string, value: string, maxLength: number): string {
    if (value === '') {
      throw new TuttiError('input/invalid-format', `${this.#at(key)} is empty; expected a text.`);
    }
    if (value.length <= maxLength) return value;
    throw new TuttiError(
      'input/too-large',
      `${this.#at(key)} has ${value.length} characters; expected at most ${maxLength}.`,
    );
  }

  #wrongType(key: string, found: unknown, expected: string): TuttiError {
    return typeFault(this.#at(key), found, expected);
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}

/** Names that resemble one of ours, and yet are published clients' own, which they add to every call: n8n's session, not one of ours. */
const OF_CLIENTS: ReadonlySet<string> = new Set(['sessionId']);
/** Said for one of ours, though no letters tell. */
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['args', 'arguments'],
  ['params', 'arguments'],
  ['parameters', 'arguments'],
]);
/** Nobody adds more by mistake, and judging a name takes its time. */
const MAX_JUDGED = 64;
/** Below it, `user_id` would be taken for `session_id`. */
const MISSPELT = 0.5;

/** The known name that a member was meant to be. With a line below in front, as `_meta`, it is meant for nobody here. */
function meantBy(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return name;
  if (name.startsWith('_') || OF_CLIENTS.has(name)) return undefined;
  const other = OTHER_WORDS.get(name);
  if (other !== undefined && known.includes(other)) return other;
  return nearestNames(name, known, MISSPELT)[0];
}

const WRAPPER = 'input_data';

/**
 * Reads arguments flat or wrapped in `{"input_data": {…}}`, as some published clients send them.
 *
 * @param known Names of which a misspelt one is refused; absent: what nobody asks for is ignored.
 */
export function parseArguments(raw: object, known?: readonly string[]): Arguments {
  const outer = new Arguments(raw);
  const inner = outer.optionalGroup(WRAPPER);
  if (known && inner) outer.refuseMisspelt(known, [WRAPPER]);
  const read = inner ?? outer;
  if (known) read.refuseMisspelt(known);
  return read;
}

function typeFault(path: string, found: unknown, expected: string): TuttiError {
  return new TuttiError('input/invalid-type', `${path} is ${kindOf(found)}; expected ${expected}.`);
}
