import { TuttiError } from '../../core/kernel/errors.ts';
import type { Model, ModelChoice, ModelQuestion } from '../../core/ports/model.ts';

/** One scripted reaction: an answer, a failure, or a function of the question. */
export type ScriptedTurn =
  | Partial<ModelChoice>
  | Error
  | ((question: ModelQuestion) => Partial<ModelChoice> | Error);

/** A model that plays a script, turn by turn, and keeps the questions it was asked. */
export function scriptedModel(
  turns: Iterable<ScriptedTurn>,
): Model & { readonly asked: readonly ModelQuestion[] } {
  const script = turns[Symbol.iterator]();
  const asked: ModelQuestion[] = [];
  return {
    asked,
    async choose(question) {
      question.signal?.throwIfAborted();
      asked.push(question);
      const turn = script.next();
      if (turn.done)
        throw new TuttiError('model/failed', 'The script has no turn left for another question.');
      const answer = typeof turn.value === 'function' ? turn.value(question) : turn.value;
      if (answer instanceof Error) throw answer;
      return complete(answer, question);
    },
  };
}

/** Answers every question with its first choice: what `USE_STUB_AI_CLIENT=true` asks for. Deterministic. */
export function firstChoiceModel(): Model {
  return {
    async choose(question) {
      question.signal?.throwIfAborted();
      return complete({ because: 'the first candidate, as the stub client always answers' }, question);
    },
  };
}

function complete(answer: Partial<ModelChoice>, question: ModelQuestion): ModelChoice {
  return {
    choice: question.choices[0] ?? '',
    confidence: 1,
    because: 'scripted',
    usage: { name: 'scripted', latencyMs: 0 },
    ...answer,
  };
}
