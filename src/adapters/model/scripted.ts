import { TuttiError } from '../../core/kernel/errors.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type {
  Model,
  ModelChoice,
  ModelQuestion,
  ShapedAnswer,
  ShapeQuestion,
} from '../../core/ports/model.ts';

type Asked = ModelQuestion | ShapeQuestion;
/** An answer, or what it is made of where the rest does not matter. */
type Answer = Partial<ModelChoice> & { readonly value?: JsonObject };

/** One scripted reaction: an answer, a failure, or a function of the question. */
export type ScriptedTurn = Answer | Error | ((question: Asked) => Answer | Error);

/** A model that plays a script, turn by turn, and keeps the questions it was asked. */
export function scriptedModel(turns: Iterable<ScriptedTurn>): Model & { readonly asked: readonly Asked[] } {
  const script = turns[Symbol.iterator]();
  const asked: Asked[] = [];
  const play = (question: Asked): Answer => {
    question.signal?.throwIfAborted();
    asked.push(question);
    const turn = script.next();
    if (turn.done) throw new TuttiError('model/failed', 'The script has no turn left for another question.');
    const answer = typeof turn.value === 'function' ? turn.value(question) : turn.value;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return {
    asked,
    choose: async (question) => toChoice(play(question), question),
    shape: async (question) => toShaped(play(question)),
  };
}

/** Answers every closed question with its first choice: what `USE_STUB_AI_CLIENT=true` asks for. Deterministic; it shapes nothing. */
export function firstChoiceModel(): Model {
  return {
    async choose(question) {
      question.signal?.throwIfAborted();
      return toChoice({ because: 'the first candidate, as the stub client always answers' }, question);
    },
    async shape(question) {
      question.signal?.throwIfAborted();
      throw new TuttiError('model/failed', 'The stub client answers closed questions alone.');
    },
  };
}

const USAGE = { name: 'scripted', latencyMs: 0 };

function toChoice(turn: Answer, { choices }: ModelQuestion): ModelChoice {
  const { value: _, ...answer } = turn;
  return { choice: choices[0] ?? '', confidence: 1, because: 'scripted', usage: USAGE, ...answer };
}

function toShaped({ value, usage = USAGE }: Answer): ShapedAnswer {
  if (value === undefined) throw new TuttiError('model/failed', 'The turn of the script holds no value.');
  return { value, usage };
}
