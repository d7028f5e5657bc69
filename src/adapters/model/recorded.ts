import { createHash } from 'node:crypto';
import { TuttiError } from '../../core/kernel/errors.ts';
import { aroundFence } from '../../core/kernel/fence.ts';
import type { ModelUsage } from '../../core/kernel/instance.ts';
import type { Model, ModelQuestion, ShapeQuestion } from '../../core/ports/model.ts';
import type { Tape, TapedCall } from '../../core/workflow/rehearsal/tape.ts';

type Asked = ModelQuestion | ShapeQuestion;

/** Passes questions on, and keeps every question with its answer. Failures are not kept. */
export function recordingModel(inner: Model, tape: Tape): Model {
  return {
    choose: async (question) => {
      const answer = await inner.choose(question);
      tape.keep({ ...toCall(question), answer: { ...answer, usage: lasting(answer.usage) } });
      return answer;
    },
    shape: async (question) => {
      const answer = await inner.shape(question);
      tape.keep({ ...toCall(question), answer: { ...answer, usage: lasting(answer.usage) } });
      return answer;
    },
  };
}

/**
 * Answers from a tape, and asks nobody. A question that was asked several times is answered in the order of the recording, and
 * from then on with its last answer. Fails with `model/failed` for a question that is not on the tape.
 */
export function replayingModel(tape: Tape): Model {
  const played = new Map<string, number>();
  const play = (question: Asked): TapedCall['answer'] => {
    question.signal?.throwIfAborted();
    const key = questionKey(question);
    const takes = tape.calls.filter((call) => call.key === key);
    const take = played.get(key) ?? 0;
    played.set(key, take + 1);
    const call = takes[Math.min(take, takes.length - 1)];
    if (call) return call.answer;
    throw new TuttiError('model/failed', notRecorded(question, tape));
  };
  return {
    choose: async (question) => {
      const answer = play(question);
      if ('choice' in answer) return answer;
      throw new TuttiError(
        'model/failed',
        'The tape holds a shape where a choice was asked for. Record again.',
      );
    },
    shape: async (question) => {
      const answer = play(question);
      if ('value' in answer) return answer;
      throw new TuttiError(
        'model/failed',
        'The tape holds a choice where a shape was asked for. Record again.',
      );
    },
  };
}

/** Equal for equal questions, whatever fence the text of others was quoted behind. */
export function questionKey(question: Asked): string {
  const { purpose } = question;
  const asked = 'choices' in question ? [question.choices] : [question.name, question.schema];
  return createHash('sha256')
    .update(JSON.stringify([purpose, unfenced(question), ...asked]))
    .digest('hex')
    .slice(0, KEY_LENGTH);
}

const KEY_LENGTH = 32;

function toCall(question: Asked): Omit<TapedCall, 'answer'> {
  return { key: questionKey(question), purpose: question.purpose, prompt: unfenced(question) };
}

/** With a dot for the fence. */
function unfenced(question: Asked): string {
  return aroundFence(question).join('·');
}

/** How long it took is true once only. */
function lasting(usage: ModelUsage): ModelUsage {
  return { ...usage, latencyMs: 0 };
}

function notRecorded({ prompt }: Asked, { calls }: Tape): string {
  const [first = ''] = prompt.split('\n');
  const kept = calls.length === 0 ? 'nothing is' : `${calls.length} other(s) are`;
  return `This question to the model is not recorded (${kept}): ${first.slice(0, 200)} Run \`tutti workflows test --record\` with a model configured.`;
}
