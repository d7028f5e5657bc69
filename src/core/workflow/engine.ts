import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Decision, Instance, Report } from '../kernel/instance.ts';
import { canonicalJson, checkJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { normalName } from '../kernel/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { beginningFrom, begunFrom } from './begun-from.ts';
import { decide, isAsked } from './decide.ts';
import type { Deciders } from './decide.ts';
import { directiveFor, endDirective, isEnded } from './directive.ts';
import type { Directive } from './directive.ts';
import { entryOf, lastDecision, nextRevision } from './entry.ts';
import { refuseOthers } from './instance-kind.ts';
import type { Library } from './library.ts';
import { isPending, moveOn, waitFor } from './moving.ts';
import type { PeopleSettings } from './people.ts';
import { reconcile } from './reconcile.ts';
import type { ClientSide } from './sampling.ts';
import { weigh } from './weigh.ts';
import type { Sent } from './weigh.ts';
import { findStep } from './workflow.ts';
import type { Workflow } from './workflow.ts';

export interface EngineParts {
  readonly store: Store;
  readonly library: Library;
  readonly clock: Clock;
  readonly deciders: Deciders;
  readonly people: Pick<PeopleSettings, 'ttlMs'>;
}

export interface StartInput {
  readonly workflow: string;
  readonly context?: JsonObject;
  /** The session that it is begun from. */
  readonly session?: string;
}

export interface AdvanceInput {
  readonly instanceId: string;
  readonly token?: string;
  readonly report: Report;
  readonly contextUpdates?: JsonObject;
}

export interface ResumeInput {
  readonly instanceId: string;
  readonly token?: string;
  readonly assumedStep: string;
  /** `{ status: 'resuming' }` by default. */
  readonly report?: Report;
  readonly contextUpdates?: JsonObject;
}

interface Attempt<Input> {
  readonly caller: Caller;
  readonly input: Input;
  readonly client: ClientSide | undefined;
  /** Somebody else was first before: who suspended the run meanwhile is not overridden. */
  readonly isAgain: boolean;
}

/** How often a call with a step token tries again when another writer was first. */
const ATTEMPTS = 6;
/** Journal entries a resume looks back on. */
const LOOK_BACK = 500;

/** Moves instances: load, decide, transition, commit. Holds no state of its own but what it is doing right now. */
export class WorkflowEngine {
  readonly #parts: EngineParts;
  /** Equal calls under one token at the same moment share one decision. */
  readonly #underWay = new Map<string, Promise<Directive>>();
  readonly #kept = new Set<string>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  async start(caller: Caller, input: StartInput): Promise<Directive> {
    const { store, clock, library } = this.#parts;
    const context = checkJson(input.context ?? {}, 'context') as JsonObject;
    const workflow = await library.startable(input.workflow);
    const [first] = workflow.steps;
    if (!first) throw new TuttiError('definition/not-found', `${workflow.name} has no steps.`);
    await this.keep(workflow);
    const at = clock.now();
    const instance: Instance = {
      id: clock.id(),
      owner: caller.owner,
      workflow: workflow.name,
      definition: workflow.hash,
      step: first.name,
      status: 'RUNNING',
      context,
      pending: null,
      visits: { [first.name]: 1 },
      token: clock.id(),
      revision: 1,
      createdAt: at,
      updatedAt: at,
      completedAt: null,
      parent: null,
    };
    const begun = beginningFrom(input.session);
    const entry = entryOf(instance, {
      kind: 'STARTED',
      step: first.name,
      contextUpdates: context,
      ...begun,
    });
    await store.create({ instance, entry });
    return directiveFor(workflow, instance, { by: 'rule', because: `"${first.name}" is the first step.` });
  }

  async advance(caller: Caller, input: AdvanceInput, client?: ClientSide): Promise<Directive> {
    checkJson(input.report, 'report');
    checkJson(input.contextUpdates ?? {}, 'context_updates');
    return await this.#once(
      caller,
      input,
      async (isAgain) => await this.#advance({ caller, input, client, isAgain }),
    );
  }

  async resume(caller: Caller, input: ResumeInput, client?: ClientSide): Promise<Directive> {
    checkJson(input.report ?? {}, 'report');
    checkJson(input.contextUpdates ?? {}, 'context_updates');
    return await this.#once(
      caller,
      input,
      async (isAgain) => await this.#resume({ caller, input, client, isAgain }),
    );
  }

  /** The recorded answer of a step token. */
  async answered(
    caller: Caller,
    { token, instanceId }: { readonly token: string; readonly instanceId: string },
  ): Promise<Directive | undefined> {
    const answer = await this.#parts.store.answer(caller.owner, token);
    return answer?.instance === instanceId ? (answer.body as unknown as Directive) : undefined;
  }

  /** @throws TuttiError `instance/not-found`, the same for foreign and unknown ids. */
  async load(caller: Caller, instanceId: string): Promise<Instance> {
    const instance = await this.#parts.store.load(caller.owner, instanceId);
    if (instance) return instance;
    throw new TuttiError(
      'instance/not-found',
      'There is no instance with this id. Check instance_id, or start the workflow with start_workflow.',
    );
  }

  /** The definition an instance is bound to, whatever the files say now. @throws TuttiError `input/invalid-format` for what is no run of a workflow. */
  async workflowOf(instance: Instance): Promise<Workflow> {
    refuseOthers(instance);
    const { library, store } = this.#parts;
    return await library.pinned(
      instance.workflow,
      instance.definition,
      async () => await store.definition(instance.definition),
    );
  }

  /** An ended run says so also when its definition is gone. */
  async end(instance: Instance, decided?: Decision): Promise<Directive> {
    try {
      return endDirective(await this.workflowOf(instance), instance, decided);
    } catch (fault) {
      if (!(fault instanceof TuttiError && fault.code === 'definition/unavailable')) throw fault;
      return endDirective(undefined, instance, decided);
    }
  }

  /** Keeps the definition's text before the first instance refers to it. */
  async keep(workflow: Workflow): Promise<void> {
    if (this.#kept.has(workflow.hash)) return;
    await this.#parts.store.keepDefinition(workflow.hash, workflow.name, workflow.files);
    this.#kept.add(workflow.hash);
  }

  /** Shares equal calls under one token; tries again where the token makes that safe. */
  async #once(
    caller: Caller,
    input: AdvanceInput | ResumeInput,
    move: (isAgain: boolean) => Promise<Directive>,
  ): Promise<Directive> {
    if (input.token === undefined) return await move(false);
    const key = canonicalJson([caller.owner, input as unknown as Json]);
    const running = this.#underWay.get(key);
    if (running) {
      try {
        return await running;
      } catch (fault) {
        // Whoever was first may have gone away and aborted; that is not our call.
        if (fault instanceof TuttiError) throw fault;
        return await this.#retry(move);
      }
    }
    const attempt = this.#retry(move);
    this.#underWay.set(key, attempt);
    try {
      return await attempt;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #retry(move: (isAgain: boolean) => Promise<Directive>): Promise<Directive> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await move(attempt > 1);
      } catch (fault) {
        const lost = fault instanceof TuttiError && fault.code === 'instance/conflict';
        if (!lost || attempt >= ATTEMPTS) throw fault;
      }
    }
  }

  async #advance({ caller, input, client, isAgain }: Attempt<AdvanceInput>): Promise<Directive> {
    const opened = await this.#open(caller, input);
    if ('answered' in opened) return opened.answered;
    const { instance } = opened;
    if (isEnded(instance)) return await this.end(instance);
    if (isAgain) refuseSuspended(instance);
    const workflow = await this.workflowOf(instance);
    checkStep(instance, input.report.stepId);

    const { store, deciders } = this.#parts;
    const weighed = weigh(instance, { report: input.report, contextUpdates: input.contextUpdates ?? {} });
    // Whoever asks again while a person is asked has nobody else asked meanwhile.
    if (isAsked(instance, deciders) && isPending(instance, weighed)) return directiveFor(workflow, instance);
    const context = { ...instance.context, ...weighed.contextUpdates };
    const decision = await decide(
      {
        workflow,
        step: findStep(workflow, instance.step),
        instance,
        report: weighed.report,
        context,
        recent: async () =>
          (await store.entries(caller.owner, instance.id, { limit: 10, newest: true })).toReversed(),
        session: async () => await begunFrom(store, instance),
        answers: weighed.answers,
        signal: client?.signal,
        client,
      },
      deciders,
    );
    if ('to' in decision) return await moveOn(this.#parts, { workflow, instance, weighed, decision });
    const { people } = this.#parts;
    const person = { requestedBy: caller.person ?? caller.name ?? caller.owner, ttlMs: people.ttlMs };
    return await waitFor(this.#parts, {
      workflow,
      instance,
      weighed,
      kind: 'PENDING',
      undecided: decision,
      ...(decision.waitsFor === 'human' && { person }),
    });
  }

  async #resume(given: Attempt<ResumeInput>): Promise<Directive> {
    const { caller, input, isAgain } = given;
    const opened = await this.#open(caller, input);
    if ('answered' in opened) return opened.answered;
    const { instance } = opened;
    if (isEnded(instance)) return await this.end(instance);
    if (isAgain) refuseSuspended(instance);
    const workflow = await this.workflowOf(instance);

    const { store } = this.#parts;
    const journal = await store.entries(caller.owner, instance.id, { limit: LOOK_BACK, newest: true });
    const report = input.report ?? { status: 'resuming' };
    const sent: Sent = { report, contextUpdates: input.contextUpdates ?? {} };
    const found = reconcile(instance, input.assumedStep, journal.toReversed());
    if (found.kind !== 'conflict') {
      const resumed = await this.#resumed(instance, sent);
      const directive = directiveFor(workflow, resumed, lastDecision(journal));
      return found.kind === 'ahead' ? { ...directive, since: found.since } : directive;
    }
    const reachable = findStep(workflow, instance.step).guidance.outcomes.find(
      (outcome) =>
        outcome.to.kind === 'step' && normalName(outcome.to.step) === normalName(input.assumedStep),
    );
    if (!reachable)
      throw staleStep(instance, `No run of this instance was ever at "${input.assumedStep.slice(0, 100)}"`);
    const bare = report.outcome === undefined && report.status.toLowerCase() === 'resuming';
    return bare
      ? await waitFor(this.#parts, { workflow, instance, weighed: weigh(instance, sent), kind: 'RESUMING' })
      : await this.#advance({ ...given, input: { ...input, report } });
  }

  async #resumed(instance: Instance, sent: Sent): Promise<Instance> {
    const { store, clock } = this.#parts;
    const context = { ...instance.context, ...sent.contextUpdates };
    checkJson(context, 'The context after this report');
    const resumed: Instance = {
      ...instance,
      status: 'RUNNING',
      context,
      ...nextRevision(instance, clock.now()),
    };
    await store.commit({
      instance: resumed,
      entry: entryOf(resumed, { kind: 'RESUMING', step: instance.step, ...sent }),
    });
    return resumed;
  }

  /**
   * The recorded answer of the token, or the instance it is for. The instance is read first: while its token is this one, nothing
   * was answered; once it is another, the answer stands in the store, for both are written together.
   */
  async #open(
    caller: Caller,
    { token, instanceId }: { readonly token?: string; readonly instanceId: string },
  ): Promise<{ readonly answered: Directive } | { readonly instance: Instance }> {
    const instance = await this.load(caller, instanceId);
    refuseOthers(instance);
    if (token === undefined || instance.token === token) return { instance };
    const answered = await this.answered(caller, { token, instanceId });
    if (answered) return { answered };
    throw staleStep(instance, 'This step_token was replaced or never issued');
  }
}

/** Called again after a conflict: what was suspended while the report was judged stays so until somebody resumes it. */
function refuseSuspended({ status, step }: Instance): void {
  if (status !== 'SUSPENDED') return;
  throw new TuttiError(
    'instance/conflict',
    `The instance was suspended at "${step}" while this was judged. Nothing was changed; resume it with resume_workflow once it is to go on.`,
  );
}

function checkStep(instance: Instance, stepId: string | undefined): void {
  if (stepId === undefined || normalName(stepId) === normalName(instance.step)) return;
  throw staleStep(instance, `The report is for "${stepId.slice(0, 100)}"`);
}

function staleStep(instance: Instance, found: string): TuttiError {
  return new TuttiError(
    'step/stale',
    `${found}, but the current step is "${instance.step}". Nothing was changed. Read get_workflow_status, then report on that step.`,
    { data: { currentStep: instance.step } },
  );
}
