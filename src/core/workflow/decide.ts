import { TuttiError } from '../kernel/errors.ts';
import { FINISH } from '../kernel/instance.ts';
import type { Decision, Entry, Instance, Report, Status } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import { normalName } from '../kernel/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Model } from '../ports/model.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { decideByGuidance } from './guidance/decide.ts';
import type { Guidance, Outcome } from './guidance/guidance.ts';
import { resolveOutcome } from './guidance/outcomes.ts';
import { modelPrompt } from './prompt.ts';
import { sameTarget, targetName } from './transition.ts';
import type { Step, Workflow } from './workflow.ts';

/** What a decider sees: frozen after the context updates were merged, so that it never judges by an older context. */
export interface Question {
  readonly workflow: Workflow;
  readonly step: Step;
  readonly instance: Instance;
  readonly report: Report;
  readonly context: JsonObject;
  /** Newest last; read only when a model is asked. */
  readonly recent: () => Promise<readonly Entry[]>;
  /** The report answers a pending decision. */
  readonly answers: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface Deciders {
  readonly model?: Model;
  /** A model's answer below this is passed on to the next decider. */
  readonly minConfidence: number;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** What a model may say of a run besides where it goes. */
const SUGGESTIBLE = ['RUNNING', 'SUSPENDED'] as const satisfies readonly Status[];

/**
 * The decision for a report, or `undefined` when it is for the client to decide: certain rules first, then the outcome the
 * client sent, then the deciders of the workflow in order.
 *
 * @throws TuttiError `outcome/not-allowed`, `outcome/conflict`, `model/failed` when a model was the last resort.
 */
export async function decide(question: Question, deciders: Deciders): Promise<Decision | undefined> {
  const { step, report, context, instance } = question;
  const { guidance } = step;
  const certain = decideByGuidance(guidance, { context, report, visits: instance.visits });
  if (report.outcome !== undefined) return byOutcome(question, report.outcome, certain);
  return certain ?? byOrder(question) ?? (await byChain(question, deciders));
}

function byOutcome(question: Question, sent: string, certain: Decision | undefined): Decision {
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
  return certain ?? chosen(outcome, question.answers);
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

async function byChain(question: Question, deciders: Deciders): Promise<Decision | undefined> {
  let failure: unknown;
  for (const decider of question.workflow.deciders) {
    if (decider === 'caller') return undefined;
    if (decider === 'model' && deciders.model) {
      try {
        const decision = await byModel(question, deciders.model, deciders);
        if (decision) return decision;
      } catch (fault) {
        question.signal?.throwIfAborted();
        failure = fault;
        deciders.telemetry.log('warn', 'decider/model-failed', {
          instanceId: question.instance.id,
          reason: fault instanceof Error ? fault.message : String(fault),
        });
      }
    }
  }
  if (failure === undefined) return undefined;
  if (failure instanceof TuttiError) throw failure;
  throw new TuttiError(
    'model/failed',
    'The model gave no answer and no other decider is configured. Report again, or send report.outcome.',
    { cause: failure },
  );
}

async function byModel(question: Question, model: Model, deciders: Deciders): Promise<Decision | undefined> {
  const { guidance } = question.step;
  const answer = await model.choose({
    prompt: modelPrompt({ ...question, recent: await question.recent(), fence: deciders.clock.id() }),
    choices: guidance.outcomes.map((outcome) => outcome.id),
    purpose: 'decide',
    account: { owner: question.instance.owner, instance: question.instance.id },
    ...(question.signal && { signal: question.signal }),
  });
  const outcome = resolveOutcome(guidance, answer.choice);
  if (!outcome || !(answer.confidence >= deciders.minConfidence)) {
    deciders.telemetry.log('info', 'decider/model-unsure', {
      instanceId: question.instance.id,
      choice: clip(answer.choice),
      confidence: answer.confidence,
    });
    return undefined;
  }
  // Off the end a run goes on or waits; only FINISH ends it.
  const status = SUGGESTIBLE.find((known) => known === answer.status);
  return {
    to: outcome.to,
    by: 'model',
    because: clip(answer.because),
    confidence: answer.confidence,
    model: answer.usage,
    ...(answer.contextUpdates && { contextUpdates: answer.contextUpdates }),
    ...(status && { status }),
  };
}

function ids(guidance: Guidance): string {
  return guidance.outcomes.map((outcome) => outcome.id).join(', ');
}

/** Long enough to recognise, short enough to print. */
function clip(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
