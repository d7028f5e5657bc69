import { TuttiError } from '../kernel/errors.ts';
import type { States } from '../gateway/states.ts';
import type { Entry, Instance, PersonAsked, Report } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import { cleanText } from '../policy/clean.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { askPerson } from './ask-person.ts';
import type { Asked, AskingClient } from './ask-person.ts';
import type { Directive } from './directive.ts';
import type { Outcome } from './guidance/guidance.ts';
import { resolveOutcome } from './guidance/outcomes.ts';
import { moveOn } from './moving.ts';
import { targetName } from './transition.ts';
import { findStep } from './workflow.ts';
import type { Step, Workflow } from './workflow.ts';

export interface PeopleSettings {
  /** A decision that comes sooner after the question must be confirmed. */
  readonly thinkingMs: number;
  /** How long a question stands. */
  readonly ttlMs: number;
  /** Whether whoever reported may not decide it himself. */
  readonly fourEyes: () => boolean;
}

/** A question that waits for a person, with all that is needed to answer it. */
export interface OpenQuestion extends PersonAsked {
  readonly instanceId: string;
  readonly owner: string;
  readonly workflow: string;
  readonly step: string;
  readonly guidance: string;
  readonly outcomes: readonly Outcome[];
  readonly report: Report;
  readonly context: JsonObject;
}

export interface PersonsDecision {
  readonly instanceId: string;
  /** Whose instance; anybody's when absent, for the operator of the process. */
  readonly owner?: string;
  /** Id of an outcome, or its target's name. */
  readonly outcome: string;
  readonly because: string;
  /** Who, and by which way: `cli:ada`. */
  readonly by: string;
  /** The question that was looked at; any when absent. */
  readonly askedAt?: number;
  /** However soon it comes, it is meant. */
  readonly confirmed?: boolean;
}

/** Decisions that wait for people. Never for the model or the client: surfaces offer it to persons alone. */
export interface People {
  /** Oldest first; everybody's without an owner. What cannot be shown, as its definition is gone, is left out. */
  waiting(filter: { readonly owner?: string; readonly limit?: number }): Promise<readonly OpenQuestion[]>;
  /** @throws TuttiError `instance/not-found`, `decision/closed`. */
  question(instanceId: string, owner?: string): Promise<OpenQuestion>;
  /**
   * Decides once: of two persons exactly one.
   *
   * @throws TuttiError `instance/not-found`; `decision/closed`, `decision/person`, `decision/too-soon`; `outcome/not-allowed`; `input/*`;
   *   `budget/exceeded`.
   */
  decide(decision: PersonsDecision): Promise<Directive>;
  /** Whether a client may put the question to the person it speaks for. */
  mayAskCaller(): boolean;
  /** Puts it to that person, where the client can. @throws TuttiError as {@link People.decide}, `call/stale-state`. */
  askThrough(client: AskingClient): Promise<Asked>;
}

export interface PeopleParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: PeopleSettings;
  readonly states: States;
  readonly workflowOf: (instance: Instance) => Promise<Workflow>;
}

const PAGE = 100;
const BECAUSE_LENGTH = 2_000;
const LOOK_BACK = 20;

type Waiting = Instance & {
  readonly pending: NonNullable<Instance['pending']> & { readonly person: PersonAsked };
};

export function createPeople({ store, clock, settings, states, workflowOf }: PeopleParts): People {
  const find = async (id: string, owner: string | undefined): Promise<Waiting> => {
    const found = owner === undefined ? await store.find(id) : [await store.load(owner, id)];
    const known = found.filter((each) => each !== undefined);
    const asked = known.find((each) => isOpen(each));
    if (asked && clock.now() < asked.pending.person.expiresAt) return asked;
    throw asked ? expired(asked) : await closed(known[0]);
  };
  /** Why nobody is asked there. */
  const closed = async (instance: Instance | undefined): Promise<TuttiError> => {
    if (!instance) return absent();
    const filter = { limit: LOOK_BACK, newest: true };
    const journal = await store.entries(instance.owner, instance.id, filter);
    return closedError(instance, journal);
  };
  const attempt = async (decision: PersonsDecision): Promise<Directive> => {
    const instance = await find(decision.instanceId, decision.owner);
    const { person } = instance.pending;
    if (decision.askedAt !== undefined && decision.askedAt !== person.askedAt) throw changed();
    if (settings.fourEyes()) refuseSelf(instance, decision.by);
    const workflow = await workflowOf(instance);
    const outcome = outcomeOf(findStep(workflow, instance.step), decision.outcome);
    checkThought(decision, Math.max(0, clock.now() - person.askedAt), settings.thinkingMs);
    const { report, contextUpdates } = instance.pending;
    const weighed = { report, contextUpdates, sent: { report, contextUpdates }, answers: true, keeps: true };
    const { by: name, because } = decision;
    return await moveOn(
      { store, clock },
      {
        workflow,
        instance,
        weighed,
        decision: { to: outcome.to, by: 'human', because, person: { name, askedAt: person.askedAt } },
      },
    );
  };
  const people: People = {
    mayAskCaller: () => !settings.fourEyes(),
    askThrough: async (client) => await askPerson({ people, states }, client),
    waiting: async ({ owner, limit = PAGE }) => {
      const found = await store.waiting({ limit, ...(owner !== undefined && { owner }) });
      const open = found.filter((each): each is Waiting => isOpen(each));
      const questions = await Promise.all(
        open.map(
          async (each) => await workflowOf(each).then((workflow) => toQuestion(workflow, each), unknown),
        ),
      );
      return questions.filter((each) => each !== undefined && clock.now() < each.expiresAt) as OpenQuestion[];
    },
    question: async (id, owner) => {
      const instance = await find(id, owner);
      return toQuestion(await workflowOf(instance), instance);
    },
    decide: async (given) => {
      const because = cleanText(given.because, BECAUSE_LENGTH).trim();
      if (because === '') {
        throw new TuttiError('input/missing-field', 'because is missing. Say why: it stands in the journal.');
      }
      const { pending } = await find(given.instanceId, given.owner);
      const decision = { askedAt: pending.person.askedAt, ...given, because };
      try {
        return await attempt(decision);
      } catch (fault) {
        if (!(fault instanceof TuttiError && fault.code === 'instance/conflict')) throw fault;
        // Somebody was first. Where that was not a decision, the question still stands as it was asked.
        return await attempt(decision);
      }
    },
  };
  return people;
}

function isOpen(instance: Instance): instance is Waiting {
  return instance.status === 'RUNNING' && instance.pending?.person !== undefined;
}

/** A definition that is gone hides no other question. */
function unknown(fault: unknown): undefined {
  if (!(fault instanceof TuttiError)) throw fault;
}

function toQuestion(workflow: Workflow, instance: Waiting): OpenQuestion {
  const { guidance, guidanceText } = findStep(workflow, instance.step);
  const { person, report, contextUpdates } = instance.pending;
  return {
    ...person,
    instanceId: instance.id,
    owner: instance.owner,
    workflow: instance.workflow,
    step: instance.step,
    guidance: guidanceText,
    outcomes: guidance.outcomes,
    report,
    context: { ...instance.context, ...contextUpdates },
  };
}

function outcomeOf({ guidance, name }: Step, wanted: string): Outcome {
  const outcome = resolveOutcome(guidance, wanted);
  if (outcome) return outcome;
  const ids = guidance.outcomes.map(({ id }) => id);
  throw new TuttiError(
    'outcome/not-allowed',
    `"${cleanText(wanted, 100)}" is not an outcome of "${name}". Expected one of: ${ids.join(', ')}.`,
    { data: { outcomes: ids } },
  );
}

function checkThought({ confirmed }: PersonsDecision, thoughtMs: number, thinkingMs: number): void {
  if (confirmed === true || thoughtMs >= thinkingMs) return;
  throw new TuttiError(
    'decision/too-soon',
    `This was decided ${thoughtMs} ms after the question; workflows.thinkingMs asks for ${thinkingMs}. Nothing was changed: look again, then confirm it.`,
  );
}

/** `by` is written as `cli:ada`. */
function refuseSelf({ owner, pending }: Waiting, by: string): void {
  const name = by.slice(by.indexOf(':') + 1);
  if (name !== pending.person.requestedBy && name !== owner) return;
  throw new TuttiError(
    'decision/person',
    `${by} made the report, and policy.fourEyes wants somebody else to decide on it. It still waits for another person.`,
  );
}

function absent(): TuttiError {
  return new TuttiError(
    'instance/not-found',
    'There is no instance with this id. `tutti instances waiting` names those that wait for a person.',
  );
}

function changed(): TuttiError {
  return new TuttiError(
    'decision/closed',
    'The question was asked anew since you looked, with another report. Nothing was changed: look again.',
  );
}

function expired({ step }: Waiting): TuttiError {
  return new TuttiError(
    'decision/closed',
    `The time to decide on "${step}" was over. Nothing was changed; the next report asks anew.`,
  );
}

function closedError({ status, step }: Instance, newestFirst: readonly Entry[]): TuttiError {
  const last = newestFirst.find(({ decision }) => decision?.by === 'human' && decision.person !== undefined);
  const said = last?.decision?.person
    ? `${last.decision.person.name} decided already at "${last.step}": ${targetName(last.decision.to, last.step)}.`
    : 'Nobody is asked there.';
  return new TuttiError(
    'decision/closed',
    `This instance waits for no person. ${said} It is ${status} at "${step}". Nothing was changed.`,
  );
}
