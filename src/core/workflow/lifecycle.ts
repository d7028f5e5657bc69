import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import { FINISH } from '../kernel/instance.ts';
import type { Instance } from '../kernel/instance.ts';
import { checkJson } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/json.ts';
import { normalName } from '../kernel/names.ts';
import { beginningFrom, begunFrom } from './begun-from.ts';
import { directiveFor, isEnded } from './directive.ts';
import type { Directive, InstanceView } from './directive.ts';
import type { EngineParts, WorkflowEngine } from './engine.ts';
import { entryOf, lastDecision, nextRevision } from './entry.ts';
import { isSession, refuseOthers, viewOther } from './instance-kind.ts';
import type { Workflow } from './workflow.ts';

export interface StopInput {
  readonly instanceId: string;
  readonly reason?: string;
}

export interface ForkInput {
  readonly instanceId: string;
  /** The current step by default. */
  readonly atStep?: string;
  readonly contextUpdates?: JsonObject;
}

export interface StepChange {
  readonly step: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Text of the step's file before and after; empty where it was not there. */
  readonly before: string;
  readonly after: string;
}

export interface Upgrade {
  /** Content hashes of the definitions. */
  readonly from: string;
  readonly to: string;
  readonly changes: readonly StepChange[];
  /** Absent on a dry run. */
  readonly directive?: Directive;
}

const ATTEMPTS = 6;

/** What happens to instances besides advancing: shown, stopped, copied, moved to another definition. */
export class Lifecycle {
  readonly #engine: WorkflowEngine;
  readonly #parts: EngineParts;

  constructor(engine: WorkflowEngine, parts: EngineParts) {
    this.#engine = engine;
    this.#parts = parts;
  }

  async view(caller: Caller, instanceId: string): Promise<InstanceView> {
    const instance = await this.#engine.load(caller, instanceId);
    const other = viewOther(instance);
    if (other) return other;
    const journal = await this.#parts.store.entries(caller.owner, instanceId, { limit: 20, newest: true });
    const decided = lastDecision(journal);
    const directive = isEnded(instance)
      ? await this.#engine.end(instance, decided)
      : directiveFor(await this.#engine.workflowOf(instance), instance, decided);
    return { instance, directive };
  }

  async stop(caller: Caller, input: StopInput, status: 'CANCELLED' | 'SUSPENDED'): Promise<InstanceView> {
    const { store, clock } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      const instance = await this.#engine.load(caller, input.instanceId);
      // A plan may be given up; a session has no end before it is deleted.
      if (isSession(instance)) refuseOthers(instance);
      if (instance.status === status) return await this.view(caller, input.instanceId);
      if (isEnded(instance)) throw ended(instance, status === 'CANCELLED' ? 'cancelled' : 'suspended');
      if (status === 'SUSPENDED') await this.#engine.workflowOf(instance);
      const stopped: Instance = { ...instance, status, ...nextRevision(instance, clock.now()) };
      const because = input.reason?.slice(0, 1_000) ?? 'On request.';
      const entry = entryOf(stopped, { kind: status, step: instance.step });
      try {
        await store.commit({
          instance: stopped,
          entry: { ...entry, decision: { to: { kind: 'halt' }, by: 'caller', because } },
        });
        return await this.view(caller, input.instanceId);
      } catch (fault) {
        if (attempt >= ATTEMPTS || !isConflict(fault)) throw fault;
      }
    }
  }

  async fork(caller: Caller, input: ForkInput): Promise<Directive> {
    const { store, clock } = this.#parts;
    checkJson(input.contextUpdates ?? {}, 'context_updates');
    const parent = await this.#engine.load(caller, input.instanceId);
    const workflow = await this.#engine.workflowOf(parent);
    const step = forkStep(workflow, parent, input.atStep);
    const at = clock.now();
    const instance: Instance = {
      ...parent,
      id: clock.id(),
      step,
      status: 'RUNNING',
      context: { ...parent.context, ...input.contextUpdates },
      pending: null,
      visits: { [step]: 1 },
      token: clock.id(),
      revision: 1,
      createdAt: at,
      updatedAt: at,
      completedAt: null,
      parent: parent.id,
    };
    checkJson(instance.context, 'The context of the fork');
    const begun = beginningFrom(await begunFrom(store, parent));
    const entry = entryOf(instance, { kind: 'FORKED', step, contextUpdates: instance.context, ...begun });
    await store.create({ instance, entry });
    return directiveFor(workflow, instance, { by: 'caller', because: `Forked from ${parent.id}.` });
  }

  /** @throws TuttiError `instance/unfinished` for a run that has not ended, unless forced. */
  async remove(caller: Caller, instanceId: string, force: boolean): Promise<void> {
    const instance = await this.#engine.load(caller, instanceId);
    if (!force && !isEnded(instance)) {
      throw new TuttiError(
        'instance/unfinished',
        isSession(instance)
          ? 'This is an agent session, which has no end. Delete it with end_session (toolset agent-admin), or send force: true.'
          : `The instance is ${instance.status} at "${instance.step}". Only ended ones are deleted: cancel it first, or send force: true.`,
      );
    }
    await this.#parts.store.remove(caller.owner, instanceId);
  }

  /** Binds an instance to its workflow as the files are now. */
  async upgrade(caller: Caller, instanceId: string, dryRun: boolean): Promise<Upgrade> {
    const { store, clock, library } = this.#parts;
    const instance = await this.#engine.load(caller, instanceId);
    if (isEnded(instance)) throw ended(instance, 'upgraded');
    const before = await this.#engine.workflowOf(instance);
    const after = await library.startable(instance.workflow);
    const changes = stepChanges(before, after);
    const upgrade: Upgrade = { from: before.hash, to: after.hash, changes };
    if (!after.steps.some((step) => step.name === instance.step)) {
      throw new TuttiError(
        'definition/invalid',
        `The instance is at "${instance.step}", which ${after.name} no longer has. Advance it first, or fork it at another step.`,
        { data: { changes: changes.map(({ step, change }) => ({ step, change })) } },
      );
    }
    if (dryRun || before.hash === after.hash) return upgrade;
    await this.#engine.keep(after);
    const moved: Instance = { ...instance, definition: after.hash, ...nextRevision(instance, clock.now()) };
    await store.commit({ instance: moved, entry: entryOf(moved, { kind: 'UPGRADED', step: instance.step }) });
    return { ...upgrade, directive: directiveFor(after, moved) };
  }
}

function forkStep(workflow: Workflow, parent: Instance, wanted: string | undefined): string {
  const name = wanted ?? parent.step;
  const step = workflow.steps.find((each) => normalName(each.name) === normalName(name));
  if (step && step.name !== FINISH) return step.name;
  const names = workflow.steps
    .map((each) => each.name)
    .filter((each) => each !== FINISH)
    .join(', ');
  throw new TuttiError(
    'input/invalid-format',
    name === FINISH
      ? `A fork cannot begin at ${FINISH}: at_step must name a step. Steps: ${names}.`
      : `at_step "${name.slice(0, 100)}" is not a step of ${workflow.name}. Steps: ${names}.`,
  );
}

function stepChanges(before: Workflow, after: Workflow): readonly StepChange[] {
  const old = new Map(before.steps.map((step) => [step.name, step.text]));
  const now = new Map(after.steps.map((step) => [step.name, step.text]));
  const removed = [...old].filter(([step]) => !now.has(step));
  return [
    ...[...now].flatMap(([step, text]): StepChange[] => {
      const was = old.get(step);
      if (was === undefined) return [{ step, change: 'added', before: '', after: text }];
      return was === text ? [] : [{ step, change: 'changed', before: was, after: text }];
    }),
    ...removed.map(([step, text]): StepChange => ({ step, change: 'removed', before: text, after: '' })),
  ];
}

function ended(instance: Instance, what: string): TuttiError {
  return new TuttiError(
    'instance/finished',
    `The instance is ${instance.status} and cannot be ${what}. Fork it to go on from one of its steps.`,
  );
}

function isConflict(fault: unknown): boolean {
  return fault instanceof TuttiError && fault.code === 'instance/conflict';
}
