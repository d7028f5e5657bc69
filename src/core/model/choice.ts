import type { JsonObject } from '../kernel/json.ts';
import type { ModelChoice, ModelQuestion, ShapedAnswer, ShapeQuestion } from '../ports/model.ts';

/** A closed question as a shape: every model that shapes can choose. */
export function toShapeQuestion({ choices, ...request }: ModelQuestion): ShapeQuestion {
  return {
    ...request,
    name: 'choice',
    schema: {
      type: 'object',
      properties: {
        choice: { type: 'string', enum: choices },
        confidence: { type: 'number', minimum: 0, maximum: 1 },
        because: { type: 'string', minLength: 1 },
        context_updates: { type: 'object' },
        status: { type: 'string' },
      },
      required: ['choice', 'confidence', 'because'],
      additionalProperties: false,
    },
  };
}

/** What fits the schema above. */
interface Chosen {
  readonly choice: string;
  readonly confidence: number;
  readonly because: string;
  readonly context_updates?: JsonObject;
  readonly status?: string;
}

export function toChoice({ value, usage }: ShapedAnswer): ModelChoice {
  const { choice, confidence, because, context_updates: updates, status } = value as unknown as Chosen;
  return {
    choice,
    confidence,
    because,
    ...(updates !== undefined && { contextUpdates: updates }),
    ...(status !== undefined && { status }),
    usage,
  };
}
