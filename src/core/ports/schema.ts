import type { Json, JsonObject } from '../kernel/json.ts';

/** One way in which a value does not fit. */
export interface Misfit {
  /** JSON pointer into the value; empty for the whole. */
  readonly path: string;
  /** What was expected and found there. */
  readonly message: string;
  /** It could not be told in bounded time. */
  readonly unsure?: true;
}

/** Judges a value in bounded time; no misfits: it fits. At most 10 are named. */
export type CheckValue = (value: Json) => readonly Misfit[];

/**
 * JSON Schema, 2020-12 unless `$schema` says draft-07. Patterns run in linear time and nothing is fetched. Bounds: 64 KiB of text, 32 levels,
 * 1,000 subschemas, 10,000 after references are followed. Patterns that linear time does not know pass, and are told of; a value that is too costly as a whole
 * is a misfit, and so is a text too long to be tried, unless it is asked for that such a one pass.
 */
export interface Schemas {
  /** @throws TuttiError `schema/unusable` with the reason, for what lies outside the bounds or is no schema. Slow: not for the path of a call. */
  compile(schema: JsonObject, options?: CompileOptions): CheckValue;
  /** The patterns of a schema that are not tried on anything. @throws TuttiError as `compile` does. Slow as well. */
  unchecked(schema: JsonObject): readonly Unchecked[];
}

/** A pattern that linear time does not know, or one too many. */
export interface Unchecked {
  /** The nearest property or definition around it; empty where there is none. */
  readonly property: string;
  readonly pattern: string;
}

export interface CompileOptions {
  /** What becomes of a text that would take its pattern too long: refused unless said otherwise. */
  readonly whenCostly?: 'refuse' | 'pass';
}
