import { TuttiError } from '../kernel/errors.ts';
import { canonicalJson, checkJson, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { WireAnswer, WireFailure } from '../ports/model-wire.ts';
import type { CheckValue, Schemas } from '../ports/schema.ts';

const SHOWN = 500;
/** Schemas that are kept compiled. */
const MAX_CHECKS = 200;

/** Checks by schema: each is compiled once, which is slow. */
export function createChecks(schemas: Schemas): (schema: JsonObject) => CheckValue {
  const known = new Map<string, CheckValue>();
  return (schema) => {
    const key = canonicalJson(schema);
    const check = known.get(key) ?? schemas.compile(schema);
    // The one that was used last leaves last.
    known.delete(key);
    known.set(key, check);
    if (known.size > MAX_CHECKS) known.delete(known.keys().next().value as string);
    return check;
  };
}

/** @throws TuttiError `model/invalid-answer` saying what was wrong with it, with what the model wrote in `data`. */
export function toValue(answer: WireAnswer, check: CheckValue): JsonObject {
  const value = parse(answer.text);
  if (!isJsonObject(value))
    throw invalid(answer, value === undefined ? 'text that is no JSON' : 'other JSON');
  try {
    checkJson(value, 'The answer');
  } catch (error) {
    throw invalid(answer, error instanceof Error ? error.message : String(error));
  }
  const [misfit] = check(value);
  if (misfit === undefined) return value;
  throw invalid(answer, `one in which ${misfit.path || 'the whole'} does not fit: ${misfit.message}`);
}

/** Smaller models put the JSON into a fence, or thoughts before it. */
function parse(text: string): Json | undefined {
  return json(text) ?? json(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
}

function json(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function invalid({ text, ...tokens }: WireAnswer, what: string): TuttiError {
  const data: WireFailure = { text: text.slice(0, SHOWN), ...tokens };
  return new TuttiError(
    'model/invalid-answer',
    `Expected a JSON object of the shape that was asked for, found ${what.slice(0, SHOWN)}.`,
    { data },
  );
}
