import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import { FINISH } from '../kernel/instance.ts';
import type { Decision, Entry, Instance, Report } from '../kernel/instance.ts';
import { canonicalJson, checkJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { normalName } from '../kernel/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { decide } from './decide.ts';
import type { Deciders } from './decide.ts';
import { directiveFor, endDirective, isEnded } from './directive.ts';
import type { Directive } from './directive.ts';
import { refuseOthers } from './instance-kind.ts';
import type { Library } from './library.ts';
import { reconcile } from './reconcile.ts';
import { transition } from './transition.ts';
import { findStep } from './workflow.ts';
import type { Workflow } from './workflow.ts';

export interface EngineParts {
  readonly store: Store;
  readonly library: Library;
  readonly clock: Clock;
  readonly deciders: Deciders;
}

export interface StartInput {
  readonly workflow: string;
  readonly context?: JsonObject;
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

/** What a client sends: a report, and what it adds to the context. */
interface Sent {
  readonly report: Report;
  readonly contextUpdates: JsonObject;
}

/** The same as it counts: merged with what is pending. */
interface Weighed extends Sent {
  readonly sent: Sent;
  /** It answers a pending decision. */
  readonly answers: boolean;
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
    const entry = entryOf(instance, { kind: 'STARTED', step: first.name, contextUpdates: context });
    await store.create({ instance, entry });
    return directiveFor(workflow, instance, { by: 'rule', because: `"${first.name}" is the first step.` });
  }

  async advance(caller: Caller, input: AdvanceInput, signal?: AbortSignal): Promise<Directive> {
    checkJson(input.report, 'report');
    checkJson(input.contextUpdates ?? {}, 'context_updates');
    return await this.#once(caller, input, async () => await this.#advance(caller, input, signal));
  }

  async resume(caller: Caller, input: ResumeInput, signal?: AbortSignal): Promise<Directive> {
    checkJson(input.report ?? {}, 'report');
    checkJson(input.contextUpdates ?? {}, 'context_updates');
    return await this.#once(caller, input, async () => await this.#resume(caller, input, signal));
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
    move: () => Promise<Directive>,
  ): Promise<Directive> {
    if (input.token === undefined) return await move();
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

  async #retry(move: () => Promise<Directive>): Promise<Directive> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await move();
      } catch (fault) {
        const lost = fault instanceof TuttiError && fault.code === 'instance/conflict';
        if (!lost || attempt >= ATTEMPTS) throw fault;
      }
    }
  }

  async #advance(caller: Caller, input: AdvanceInput, signal?: AbortSignal): Promise<Directive> {
    const opened = await this.#open(caller, input);
    if ('answered' in opened) return opened.answered;
    const { instance } = opened;
    if (isEnded(instance)) return await this.end(instance);
    const workflow = await this.workflowOf(instance);
    checkStep(instance, input.report.stepId);

    const { store, deciders } = this.#parts;
    const weighed = weigh(instance, { report: input.report, contextUpdates: input.contextUpdates ?? {} });
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
        answers: weighed.answers,
        signal,
      },
      deciders,
    );
    if (!decision) return await this.#wait({ workflow, instance, weighed, kind: 'PENDING' });
    return await this.#move({ workflow, instance, weighed, decision });
  }

  /** Commits a decision with its answer, or suspends an instance whose loop bound it would break. */
  async #move(move: {
    readonly workflow: Workflow;
    readonly instance: Instance;
    readonly weighed: Weighed;
    readonly decision: Decision;
  }): Promise<Directive> {
    const { store, clock } = this.#parts;
    const { workflow, instance, weighed, decision } = move;
    try {
      const moved = transition({ ...move, ...weighed, at: clock.now(), token: clock.id() });
      const directive = isEnded(moved.instance)
        ? endDirective(workflow, moved.instance, decision)
        : directiveFor(workflow, moved.instance, decision);
      const answer = {
        token: instance.token,
        instance: instance.id,
        body: directive as unknown as JsonObject,
      };
      await store.commit({ ...moved, answer });
      return directive;
    } catch (fault) {
      if (
        fault instanceof TuttiError &&
        fault.code === 'budget/exceeded' &&
        instance.status !== 'SUSPENDED'
      ) {
        await this.#suspend(instance, weighed, fault.message);
      }
      throw fault;
    }
  }

  async #suspend(instance: Instance, weighed: Weighed, because: string): Promise<void> {
    const { store, clock } = this.#parts;
    const suspended: Instance = { ...instance, status: 'SUSPENDED', ...nextRevision(instance, clock.now()) };
    const entry = entryOf(suspended, { kind: 'SUSPENDED', step: instance.step, ...weighed });
    await store.commit({
      instance: suspended,
      entry: { ...entry, decision: { to: { kind: 'halt' }, by: 'rule', because } },
    });
  }

  /** Nothing could decide: the report is kept, the client is asked, the token stays valid. */
  async #wait(wait: {
    readonly workflow: Workflow;
    readonly instance: Instance;
    readonly weighed: Weighed;
    readonly kind: 'PENDING' | 'RESUMING';
  }): Promise<Directive> {
    const { store, clock } = this.#parts;
    const { workflow, instance, weighed, kind } = wait;
    checkJson({ ...instance.context, ...weighed.contextUpdates }, 'The context after this report');
    const pending = { report: weighed.report, contextUpdates: weighed.contextUpdates };
    const known = instance.pending !== null && sameJson(instance.pending, pending);
    if (known && instance.status === 'RUNNING') return directiveFor(workflow, instance);
    const waiting: Instance = {
      ...instance,
      status: 'RUNNING',
      pending,
      ...nextRevision(instance, clock.now()),
    };
    const entry = entryOf(waiting, { kind, step: instance.step, ...weighed.sent });
    const candidates = findStep(workflow, instance.step).guidance.outcomes.map((outcome) => outcome.id);
    await store.commit({ instance: waiting, entry: { ...entry, candidates } });
    return directiveFor(workflow, waiting);
  }

  async #resume(caller: Caller, input: ResumeInput, signal?: AbortSignal): Promise<Directive> {
    const opened = await this.#open(caller, input);
    if ('answered' in opened) return opened.answered;
    const { instance } = opened;
    if (isEnded(instance)) return await this.end(instance);
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
      ? await this.#wait({ workflow, instance, weighed: weigh(instance, sent), kind: 'RESUMING' })
      : await this.#advance(caller, { ...input, report }, signal);
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

/** Merges a report with a pending one: an outcome alone answers it, one that says no more keeps it, a fuller one replaces it. */
function weigh(instance: Instance, sent: Sent): Weighed {
  const { pending } = instance;
  if (!pending) return { ...sent, sent, answers: false };
  const { status, outcome, result, details, message, error, more } = sent.report;
  const bare = [result, details, message, error, more].every((part) => part === undefined);
  const keeps =
    bare &&
    (outcome !== undefined || status === pending.report.status || status.toLowerCase() === 'resuming');
  return {
    sent,
    report: keeps ? { ...pending.report, ...(outcome !== undefined && { outcome }) } : sent.report,
    contextUpdates: { ...pending.contextUpdates, ...sent.contextUpdates },
    answers: outcome !== undefined,
  };
}

/** Why an instance is at its step; `journal` is newest first. What stopped or resumed it there is another matter. */
export function lastDecision(journal: readonly Entry[]): Decision | undefined {
  return journal.find((entry) => entry.kind === 'ADVANCED')?.decision ?? undefined;
}

export function nextRevision(instance: Instance, at: number): Pick<Instance, 'revision' | 'updatedAt'> {
  return { revision: instance.revision + 1, updatedAt: at };
}

function sameJson(a: object, b: object): boolean {
  return canonicalJson(a as Json) === canonicalJson(b as Json);
}

/** The entry for an instance as it is after a move that no decision made. */
export function entryOf(
  after: Instance,
  what: Pick<Entry, 'kind' | 'step'> & Partial<Pick<Entry, 'report' | 'contextUpdates'>>,
): Entry {
  return {
    seq: after.revision,
    at: after.updatedAt,
    kind: what.kind,
    step: what.step,
    report: what.report ?? null,
    contextUpdates: what.contextUpdates ?? {},
    status: after.status,
    next: after.status === 'COMPLETED' ? FINISH : after.step,
    decision: null,
    candidates: [],
  };
}
