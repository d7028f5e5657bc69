import type { Decision, PassedOver, Status } from '../kernel/instance.ts';
import type { Clock } from '../ports/clock.ts';
import { stripControls } from '../policy/clean.ts';
import type { Model, ModelChoice } from '../ports/model.ts';
import { resolveOutcome } from './guidance/outcomes.ts';
import { takeUpdates } from './model-updates.ts';
import { distinctOutcomes, modelPrompt } from './prompt.ts';
import type { Question } from './question.ts';

export interface ModelDecider {
  readonly model: Model;
  /** An answer below this is passed on to the next decider. */
  readonly minConfidence: number;
  readonly clock: Clock;
}

/** What a model may say of a run besides where it goes. Off the end a run goes on or waits; only FINISH ends it. */
const SUGGESTIBLE = ['RUNNING', 'SUSPENDED'] as const satisfies readonly Status[];
/** Long enough to recognise, short enough to print. */
const SHOWN = 300;
/** Enough that nobody guesses it; each letter costs tokens. */
const FENCE_LENGTH = 10;

/** A model's decision, or why its answer is not followed. What it says is checked here, whichever model it is. */
export async function byModel(question: Question, decider: ModelDecider): Promise<Decision | PassedOver> {
  const { guidance } = question.step;
  const { id: instance, owner } = question.instance;
  const session = await question.session();
  const fence = decider.clock.id().slice(-FENCE_LENGTH);
  const answer = await decider.model.choose({
    prompt: modelPrompt({ ...question, recent: await question.recent(), fence }),
    fence,
    choices: distinctOutcomes(guidance.outcomes).map(({ id }) => id),
    purpose: 'decide',
    account: { owner, instance, ...(session !== undefined && { session }) },
    ...(question.signal && { signal: question.signal }),
  });
  const choice = shown(answer.choice);
  const outcome = choice === '' ? undefined : resolveOutcome(guidance, answer.choice);
  if (!outcome) {
    const ids = guidance.outcomes.map(({ id }) => id).join(', ');
    return passed(answer, `It chose "${choice}", which is none of: ${shown(ids)}.`);
  }
  const { confidence } = answer;
  if (!(confidence >= decider.minConfidence && confidence <= 1)) {
    return passed(
      answer,
      `It chose ${outcome.id}, but was not sure: ${confidence} is not between ${decider.minConfidence} and 1.`,
    );
  }
  const status = SUGGESTIBLE.find((known) => known === answer.status);
  const { updates, dropped } = takeUpdates(answer.contextUpdates, question);
  return {
    to: outcome.to,
    by: 'model',
    because: shown(answer.because) || `It chose ${outcome.id}.`,
    confidence,
    model: answer.usage,
    ...(Object.keys(updates).length > 0 && { contextUpdates: updates }),
    ...(dropped.length > 0 && { dropped }),
    ...(status && { status }),
  };
}

function passed({ usage, confidence }: ModelChoice, because: string): PassedOver {
  // NaN cannot be written into a record.
  return { by: 'model', because, ...(Number.isFinite(confidence) && { confidence }), model: usage };
}

function shown(text: unknown): string {
  const line =
    typeof text === 'string'
      ? stripControls(text.slice(0, SHOWN * 2))
          .toWellFormed()
          .replaceAll(/\s+/g, ' ')
          .trim()
      : '';
  return line.length > SHOWN ? `${line.slice(0, SHOWN).toWellFormed()}…` : line;
}
