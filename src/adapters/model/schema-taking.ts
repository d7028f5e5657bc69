import { TuttiError } from '../../core/kernel/errors.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import type { ModelWire, WireAnswer, WireFailure, WireQuestion } from '../../core/ports/model-wire.ts';

type Ask = (question: WireQuestion, isPlain: boolean) => Promise<WireAnswer>;

/** Sends the schema along; where the service does not take it, writes it into the prompt, from then on. */
export function schemaOrPlain(ask: Ask): ModelWire['send'] {
  /** Names of schemas that the service does not take, as some take none. */
  const untaken = new Set<string>();
  return async (question) => {
    if (untaken.has(question.name)) return await ask(question, true);
    try {
      return await ask(question, false);
    } catch (error) {
      if (!isBadRequest(error)) throw error;
      await payFor(question, error);
      // Only an answer shows that it was the schema: a wrong name of the model is answered in the same way.
      const answer = await ask(question, true).catch((second: unknown) => {
        throw isBadRequest(second) ? error : second;
      });
      untaken.add(question.name);
      return answer;
    }
  };
}

/** One more request, which is not made where nothing is left to pay for it. */
export async function payFor({ another }: WireQuestion, error: unknown): Promise<void> {
  await another?.().catch(() => {
    throw error;
  });
}

export function plainPrompt({ prompt, schema }: WireQuestion): string {
  return `${prompt}\n\nAnswer with a JSON object that fits this JSON Schema, and nothing else:\n${JSON.stringify(schema)}`;
}

/** Whether every object in it names all of its members and needs them all: only such a schema may be called strict. */
export function isClosed(schema: JsonObject): boolean {
  const { type, properties, required, additionalProperties } = schema;
  const parts = Object.values(schema).flatMap((each): readonly Json[] =>
    Array.isArray(each) ? each : [each],
  );
  const isWhole = parts.every(
    (each) => each === null || typeof each !== 'object' || isClosed(each as JsonObject),
  );
  if (type !== 'object') return isWhole;
  const names = Object.keys((properties ?? {}) as JsonObject);
  const needed = Array.isArray(required) ? required : [];
  return isWhole && additionalProperties === false && names.every((each) => needed.includes(each));
}

export function isBadRequest(error: unknown): error is TuttiError {
  if (!(error instanceof TuttiError) || error.code !== 'model/api') return false;
  // Services that check requests by a schema of their own answer 422.
  return [400, 422].includes((error.data as WireFailure).status ?? 0);
}
