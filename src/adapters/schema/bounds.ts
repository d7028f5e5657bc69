import { TuttiError } from '../../core/kernel/errors.ts';
import { checkJson, isJsonObject, type Json, type JsonObject } from '../../core/kernel/json.ts';
import { childrenOf, costOf } from './keywords.ts';
import type { Unchecked } from '../../core/ports/schema.ts';
import type { Patterns } from './patterns.ts';
import { References, type Resource } from './references.ts';

const MAX_BYTES = 65_536;
const MAX_DEPTH = 32;
const MAX_SUBSCHEMAS = 1000;
const MAX_EXPANDED = 10_000;

/** Our own keyword, which makes a check count its steps. Its value is the cost of the schema that it stands in. */
export const COST = '$cost';

type Mutable = { [key: string]: Json };

interface Reference {
  readonly from: Mutable;
  readonly ref: string;
  readonly resource: Resource;
  readonly property: string;
}

export interface Bounded {
  readonly schema: JsonObject;
  readonly subschemas: number;
  /** Whether one writes a list of schemas as `items`. */
  readonly hasTuples: boolean;
  readonly unchecked: readonly Unchecked[];
}

/**
 * A copy of a schema, found to be within bounds, whose every subschema counts its steps.
 *
 * @throws TuttiError `schema/unusable`.
 */
export function bound(schema: JsonObject, patterns: Patterns): Bounded {
  const root = copyOf(schema);
  const walk = new Walk(patterns);
  walk.visit(root, undefined);
  walk.followReferences();
  walk.checkExpansion(root);
  for (const each of walk.seen.keys()) setOwn(each, COST, { ...costOf(each) });
  const hasTuples = [...walk.seen.keys()].some(({ items }) => Array.isArray(items));
  return { schema: root, subschemas: walk.seen.size, hasTuples, unchecked: walk.unchecked };
}

export function unusable(found: string, cause?: unknown): TuttiError {
  return new TuttiError(
    'schema/unusable',
    `Expected a JSON Schema of at most 64 KiB, ${MAX_DEPTH} levels and ${MAX_SUBSCHEMAS} subschemas, found ${found}. ` +
      'The server has to correct it.',
    { cause },
  );
}

function copyOf(schema: JsonObject): Mutable {
  try {
    checkJson(schema, 'The schema', { maxDepth: MAX_DEPTH, maxLength: MAX_BYTES * 8 });
  } catch (error) {
    throw unusable(`one that is too large or too deep (${(error as Error).message})`, error);
  }
  const text = JSON.stringify(schema);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) throw unusable(`one of ${bytes} bytes`);
  const copy = JSON.parse(text) as Mutable;
  delete copy['$schema'];
  return copy;
}

class Walk {
  /** Schemas with what they refer to. */
  readonly seen = new Map<Mutable, Mutable[]>();
  /** Patterns that say nothing. */
  readonly unchecked: Unchecked[] = [];
  readonly #references = new References();
  readonly #pending: Reference[] = [];
  readonly #patterns: Patterns;
  #count = 0;

  constructor(patterns: Patterns) {
    this.#patterns = patterns;
  }

  /** Goes through a schema, and says of a pattern in it that it stands at `property`, the nearest one around it. */
  visit(schema: Json, within: Resource | undefined, property = ''): void {
    if (isJsonObject(schema) && this.seen.has(schema)) return;
    this.#count += 1;
    if (this.#count > MAX_SUBSCHEMAS) throw unusable(`more than ${MAX_SUBSCHEMAS} subschemas`);
    if (typeof schema === 'boolean') return;
    if (!isJsonObject(schema))
      throw unusable(`${JSON.stringify(schema).slice(0, 60)} where a schema should stand`);
    this.seen.set(schema, []);
    const resource = this.#references.enter(schema, within);
    this.#dropPatterns(schema, property);
    for (const keyword of ['$ref', '$dynamicRef']) {
      const ref = schema[keyword];
      if (typeof ref === 'string') this.#pending.push({ from: schema, ref, resource, property });
    }
    for (const { value, property: own = property } of childrenOf(schema)) this.visit(value, resource, own);
  }

  followReferences(): void {
    // What is found may refer to more, which then waits at the end.
    for (const { from, ref, resource, property } of this.#pending) {
      const found = this.#references.find(ref, resource);
      if (found === undefined) {
        throw unusable(
          `a reference to ${JSON.stringify(ref).slice(0, 200)}, which does not stand in it; nothing is fetched`,
        );
      }
      this.visit(found.schema, found.resource, property);
      if (isJsonObject(found.schema)) this.seen.get(from)?.push(found.schema);
    }
  }

  /** Counts what one look could at most come to when every reference is followed, a circle once. */
  checkExpansion(root: Mutable): void {
    const known = new Map<JsonObject, number>();
    const count = (schema: Json): number => {
      if (!isJsonObject(schema)) return 1;
      const before = known.get(schema);
      if (before !== undefined) return before;
      known.set(schema, 1);
      let sum = 1;
      for (const { value, onShelf } of childrenOf(schema)) if (!onShelf) sum += count(value);
      for (const target of this.seen.get(schema) ?? []) sum += count(target);
      if (sum > MAX_EXPANDED)
        throw unusable(`more than ${MAX_EXPANDED} subschemas when its references are followed`);
      known.set(schema, sum);
      return sum;
    };
    count(root);
  }

  /** What RE2 does not know says nothing: the server itself will look. It is told of. */
  #dropPatterns(schema: Mutable, property: string): void {
    const { pattern, patternProperties } = schema;
    if (typeof pattern === 'string' && this.#patterns.get(pattern) === undefined) {
      this.unchecked.push({ property, pattern });
      delete schema['pattern'];
    }
    if (patternProperties === undefined || !isJsonObject(patternProperties)) return;
    const unknown = Object.keys(patternProperties).filter((each) => this.#patterns.get(each) === undefined);
    if (unknown.length === 0) return;
    this.unchecked.push(...unknown.map((each) => ({ property, pattern: each })));
    setOwn(
      schema,
      'patternProperties',
      Object.fromEntries(Object.entries(patternProperties).filter(([each]) => !unknown.includes(each))),
    );
    // Which properties are left over cannot be told.
    delete schema['additionalProperties'];
    delete schema['unevaluatedProperties'];
  }
}

function setOwn(schema: JsonObject, key: string, value: Json): void {
  Object.defineProperty(schema, key, { value, enumerable: true, configurable: true, writable: true });
}
