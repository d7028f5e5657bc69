import { TuttiError } from '../kernel/errors.ts';
import { FINISH } from '../kernel/instance.ts';
import type { Decision, Instance, PassedOver } from '../kernel/instance.ts';
import { normalName } from '../kernel/names.ts';
import { cleanText } from '../policy/clean.ts';
import type { Clock } from '../ports/clock.ts';
import type { Model } from '../ports/model.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { byModel } from './by-model.ts';
import { decideByGuidance } from './guidance/decide.ts';
import type { Guidance, Outcome } from './guidance/guidance.ts';
import { resolveOutcome } from './guidance/outcomes.ts';
import type { Question } from './question.ts';
import { InputNeeded, samplingModel } from './sampling.ts';
import type { AskOver } from './sampling.ts';
import { sameTarget, targetName } from './transition.ts';

export interface Deciders {
  readonly model?: Model;
  /** How the model of the client is asked where there is no other; absent: it is not. */
  readonly sampling?: AskOver;
  /** A model's answer below this is passed on to the next decider. */
  readonly minConfidence: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Nothing could decide: who is to, and whose answers were not followed. */
export interface Undecided {
  readonly waitsFor: 'caller' | 'human';
  readonly passed: readonly PassedOver[];
}

/**
 * The decision for a report, or for whom it waits: certain rules first, then the outcome the client sent where it may decide, then the
 * deciders of the workflow in order.
 *
 * @throws TuttiError `outcome/not-allowed`, `outcome/conflict`; `decision/person` for an outcome while a person is asked; `model/*` when a model
 *   was the last resort.
 */
export async function decide(question: Question, deciders: Deciders): Promise<Decision | Undecided> {
  const { step, report, context, instance } = question;
  const { guidance } = step;
  const certain = decideByGuidance(guidance, { context, report, visits: instance.visits });
  const sent =
    report.outcome === undefined ? undefined : byOutcome(question, report.outcome, { certain, deciders });
  return sent ?? certain ?? byOrder(question) ?? (await byChain(question, deciders));
}

/** `undefined` where it is for a person to say, whatever the client proposes. */
function byOutcome(
  question: Question,
  sent: string,
  { certain, deciders }: { readonly certain: Decision | undefined; readonly deciders: Deciders },
): Decision | undefined {
  const { guidance, name } = question.step;
  const outcome = resolveOutcome(guidance, normalName(sent) === normalName(name) ? 'stay' : sent);
  if (!outcome) {
    throw new TuttiError(
      'outcome/not-allowed',
      `report.outcome "${clip(sent)}" is not an outcome of "${name}". Expected one of: ${ids(guidance)}.`,
      { data: { outcomes: guidance.outcomes.map((each) => each.id) } },
    );
  }
  if (certain && !sameTarget(certain.to, outcome.to)) {
    throw new TuttiError(
      'outcome/conflict',
      `report.outcome "${outcome.id}" leads to "${targetName(outcome.to, name)}", but a certain rule leads to ` +
        `"${targetName(certain.to, name)}": ${certain.because} Nothing was changed; send the outcome the rule names, or a report for which it does not hold.`,
    );
  }
  if (certain || callerMay(question, deciders)) return certain ?? chosen(outcome, question.answers);
  if (isAsked(question.instance, deciders)) {
    throw new TuttiError(
      'decision/person',
      `A person is asked where to go from "${name}", and report.outcome does not stand for his decision. Nothing was changed. Wait, then read get_workflow_status.`,
    );
  }
  return undefined;
}

/** A client's choice is none where the workflow wants a person's, unless the client comes before the person, or after one who did not answer. */
function callerMay({ workflow, instance }: Question, deciders: Deciders): boolean {
  const [human, caller] = [workflow.deciders.indexOf('human'), workflow.deciders.indexOf('caller')];
  if (human === -1 || (caller !== -1 && caller < human)) return true;
  return caller !== -1 && isOver(instance, deciders);
}

/** Whether a person is asked now. */
export function isAsked({ pending }: Instance, { clock }: Pick<Deciders, 'clock'>): boolean {
  return pending?.person !== undefined && clock.now() < pending.person.expiresAt;
}

/** Whether a person was asked and gave no answer in time. */
function isOver(instance: Instance, deciders: Deciders): boolean {
  return instance.pending?.person !== undefined && !isAsked(instance, deciders);
}

function chosen(outcome: Outcome, answers: boolean): Decision {
  return {
    to: outcome.to,
    by: answers ? 'caller' : 'outcome',
    because: `The client chose ${outcome.id}${outcome.when ? `: ${outcome.when}` : ''}.`,
  };
}

/** A step that names no way on leads to the next one in order once it succeeded. */
function byOrder({ workflow, step, report }: Question): Decision | undefined {
  if (step.guidance.namesTarget || report.status.toLowerCase() !== 'success') return undefined;
  const next = workflow.steps[workflow.steps.indexOf(step) + 1];
  return {
    to: next && next.name !== FINISH ? { kind: 'step', step: next.name } : { kind: 'finish' },
    by: 'rule',
    because: 'The guidance names no way on, so the next step in order follows a success.',
  };
}

/** What came of asking a model; `fault` where no answer came. */
interface Tried {
  readonly passed: PassedOver;
  readonly fault?: unknown;
}

async function byChain(question: Question, deciders: Deciders): Promise<Decision | Undecided> {
  const tried: Tried[] = [];
  const waits = (waitsFor: Undecided['waitsFor']): Undecided => ({
    waitsFor,
    passed: tried.map(({ passed }) => passed),
  });
  const order = question.workflow.deciders;
  for (const [at, decider] of order.entries()) {
    if (decider === 'caller') return waits(decider);
    // Who did not answer in time is asked again, unless somebody comes after him.
    const isSkipped = at < order.length - 1 && isOver(question.instance, deciders);
    if (decider === 'human' && !isSkipped) return waits(decider);
    const answer = decider === 'model' ? await tryModel(question, deciders) : undefined;
    if (answer && 'to' in answer) return answer;
    if (answer) tried.push(answer);
  }
  const failed = tried.find((each) => 'fault' in each);
  if (!failed) return waits('caller');
  if (failed.fault instanceof TuttiError) throw failed.fault;
  throw new TuttiError(
    'model/failed',
    'The model gave no answer and no other decider is configured. Report again, or send report.outcome.',
    { cause: failed.fault },
  );
}

/** `undefined` where there is no model. */
async function tryModel(question: Question, deciders: Deciders): Promise<Decision | Tried | undefined> {
  const { telemetry, sampling } = deciders;
  const model = deciders.model ?? (sampling && samplingModel(question.client, sampling));
  if (!model) return undefined;
  const instanceId = question.instance.id;
  try {
    const decision = await byModel(question, { ...deciders, model });
    if ('to' in decision) return decision;
    telemetry.log('info', 'decider/model-unsure', { instanceId, because: decision.because });
    return { passed: decision };
  } catch (fault) {
    question.signal?.throwIfAborted();
    if (fault instanceof InputNeeded) throw fault;
    const reason = clip(fault instanceof Error ? fault.message : String(fault));
    telemetry.log('warn', 'decider/model-failed', { instanceId, reason });
    return { passed: { by: 'model', because: `No answer: ${reason}` }, fault };
  }
}

function ids(guidance: Guidance): string {
  return guidance.outcomes.map((outcome) => outcome.id).join(', ');
}

/** Long enough to recognise, short enough to print. */
function clip(text: string): string {
  return cleanText(text, 300).toWellFormed();
}
