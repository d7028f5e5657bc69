import { TuttiError } from '../../core/kernel/errors.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { WireFailure, WireTokens } from '../../core/ports/model-wire.ts';

const SHOWN = 500;

/** What a reply is read with: members that are not there, or of another type, are empty. */
export function member(value: Json | undefined, name: string): JsonObject {
  const found = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(found) ? found : {};
}

export function items(value: Json | undefined, name: string): readonly JsonObject[] {
  const found = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(found) ? found.filter((each: Json) => isJsonObject(each)) : [];
}

/** A count of tokens, where it is one. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** More than any model reads or writes at once: what a service says beyond it would fill the budgets for ever. */
const MAX_TOKENS = 10_000_000;

export function tokensOf(input: number | undefined, output: number | undefined): WireTokens {
  return {
    ...(input !== undefined && { inputTokens: Math.min(input, MAX_TOKENS) }),
    ...(output !== undefined && { outputTokens: Math.min(output, MAX_TOKENS) }),
  };
}

/** The model declined, or its provider did for it. */
export function refused(text: string, tokens: WireTokens): TuttiError {
  const said = text.trim().slice(0, SHOWN);
  const why = said === '' ? 'its provider held the answer back' : `it said: ${said}`;
  return new TuttiError('model/refused', `The model declined to answer: ${why}.`, {
    data: { text: said, ...tokens } satisfies WireFailure,
  });
}

/** The reply holds no answer, or one that ends too early. */
export function unusable(found: string, text: string, tokens: WireTokens): TuttiError {
  return new TuttiError('model/invalid-answer', `Expected an answer in the reply, found ${found}.`, {
    data: { text: text.slice(0, SHOWN), ...tokens } satisfies WireFailure,
  });
}
