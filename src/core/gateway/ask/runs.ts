import type { Caller } from '../../kernel/caller.ts';
import { TuttiError } from '../../kernel/errors.ts';
import { PLAN_WORKFLOW } from '../../kernel/instance.ts';
import type { Instance } from '../../kernel/instance.ts';
import type { Move } from '../../ports/store.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallEnd, LostDecision, PlanView } from './ask.ts';
import type { HeldRun } from './held-run.ts';
import { LEASE_MS, holdRun, isConflict, moved, toWaiting } from './held-run.ts';
import type { Begun, Dispatched } from './means.ts';
import { keyOf } from './means.ts';
import type { RunOrigin, RunParts, RunRecord } from './run-record.ts';
import { SHOWN, keepPlan, keptPlan, leaseOf, stepOf, toContext, toRecord, viewOf } from './run-record.ts';

const ATTEMPTS = 6;
/** Plans that were shown and never sent: so many of an owner are kept, and so long. */
export const MAX_SHOWN = 200;
export const SHOWN_KEPT_MS = 7 * 24 * 3_600_000;
/** They are looked through once for so many. */
const SHOWN_BETWEEN = 20;
const PAGE = 500;
/** Of so many owners it is counted at a time. */
const MAX_OWNERS = 1_000;
const MAX_REASON = 1_000;

/** Plans that must wait, kept over restarts: each is an instance in the store. */
export interface Runs {
  /** Keeps a plan that waits, or is only shown so far. Returns it with its id. */
  open(caller: Caller, plan: Plan, about: OpenInput): Promise<Plan>;
  /** @throws TuttiError `plan/not-found`, the same for the plans of others as for those that never were. */
  load(caller: Caller, id: string): Promise<PlanView>;
  /**
   * Takes a plan up: nobody else runs it meanwhile. One whose process was lost may be taken up once its lease is over.
   *
   * @throws TuttiError `plan/not-found`; `instance/conflict` while somebody else runs it; `instance/finished`.
   */
  claim(caller: Caller, id: string, about?: ClaimInput): Promise<HeldRun>;
  /** Ends it; what is under way is called off. @throws TuttiError `plan/not-found`, `instance/finished`. */
  cancel(caller: Caller, id: string, reason?: string): Promise<PlanView>;
}

export interface OpenInput extends Dispatched {
  readonly origin?: RunOrigin;
  readonly isShown?: boolean;
}

export interface ClaimInput {
  /** What to do about lost calls, by {@link keyOf}: made again, or left as failed. */
  readonly decisions?: Readonly<Record<string, LostDecision>>;
  /** Of the request. */
  readonly signal?: AbortSignal;
}

export function createRuns(parts: RunParts): Runs {
  return new StoredRuns(parts);
}

class StoredRuns implements Runs {
  readonly #parts: RunParts;
  /** Those of this process, to be called off at once. */
  readonly #held = new Map<string, (reason: unknown) => void>();
  /** By owner, how many were shown here. */
  readonly #shown = new Map<string, number>();

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  async open({ owner }: Caller, plan: Plan, about: OpenInput): Promise<Plan> {
    const { origin = {}, isShown = false, ...dispatched } = about;
    if (isShown) await this.#makeRoom(owner);
    const definition = await keepPlan(this.#parts, owner, plan);
    const record = { ...toWaiting(dispatched, origin), ...(isShown && { isShown }) };
    const move = firstMove(this.#parts, { owner, definition, record });
    await this.#parts.store.create(move);
    return { ...plan, id: move.instance.id };
  }

  async load(caller: Caller, id: string): Promise<PlanView> {
    return await this.#view(await this.#found(caller, id));
  }

  async claim(caller: Caller, id: string, about: ClaimInput = {}): Promise<HeldRun> {
    about.signal?.throwIfAborted();
    return await this.#retry(async () => {
      const { clock } = this.#parts;
      const instance = await this.#found(caller, id);
      const at = clock.now();
      checkFree(instance, { now: at, isOurs: this.#held.has(keyIn(instance)) });
      const plan = await keptPlan(this.#parts, instance);
      const record = takenUp(plan, toRecord(this.#parts, instance), about.decisions ?? {});
      const context = toContext(this.#parts, instance, { record, leaseUntil: at + LEASE_MS });
      const after = { status: 'RUNNING', step: stepOf(record), context, updatedAt: at } as const;
      const because = instance.status === 'RUNNING' ? 'Its process was lost.' : 'Somebody asked for it.';
      const move = moved(instance, after, { kind: 'RESUMING', by: 'caller', because });
      if (!(await this.#committed(move))) return undefined;
      return this.#hold(move.instance, { plan, record, request: about.signal });
    });
  }

  async cancel(caller: Caller, id: string, reason = 'On request.'): Promise<PlanView> {
    return await this.#retry(async () => {
      const { clock } = this.#parts;
      const instance = await this.#found(caller, id);
      if (instance.status === 'CANCELLED') return await this.#view(instance);
      checkUnfinished(instance);
      const { step, context } = instance;
      const after = { status: 'CANCELLED', step, context, updatedAt: clock.now() } as const;
      const because = reason.slice(0, MAX_REASON);
      const move = moved(instance, after, { kind: 'CANCELLED', by: 'caller', because });
      if (!(await this.#committed(move))) return undefined;
      this.#held.get(keyIn(instance))?.(new TuttiError('instance/finished', 'The plan was cancelled.'));
      return await this.#view(move.instance);
    });
  }

  async #makeRoom(owner: string): Promise<void> {
    const count = this.#shown.get(owner) ?? 0;
    if (this.#shown.size >= MAX_OWNERS) this.#shown.clear();
    this.#shown.set(owner, count + 1);
    if (count % SHOWN_BETWEEN === 0) await this.#dropShown(owner);
  }

  /** What nobody sent is of no use for ever; who sends one that is gone is told to ask again. */
  async #dropShown(owner: string): Promise<void> {
    const { store, clock } = this.#parts;
    const shown: Instance[] = [];
    const filter = { workflow: PLAN_WORKFLOW, status: 'SUSPENDED', limit: PAGE } as const;
    let cursor: string | undefined;
    do {
      const page = await store.list(owner, { ...filter, ...(cursor !== undefined && { cursor }) });
      shown.push(...page.instances.filter((each) => isShownOnly(this.#parts, each)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    for (const [at, instance] of shown.entries()) {
      if (at < MAX_SHOWN && !isExpired(instance, clock.now())) continue;
      const { step, context } = instance;
      const after = { status: 'CANCELLED', step, context, updatedAt: clock.now() } as const;
      const move = moved(instance, after, { kind: 'CANCELLED', by: 'rule', because: 'Nobody sent it.' });
      // Whoever takes it up meanwhile is first.
      if (await this.#committed(move)) await store.remove(owner, instance.id);
    }
  }

  async #found({ owner }: Caller, id: string): Promise<Instance> {
    const instance = await this.#parts.store.load(owner, id);
    const isThere = instance?.workflow === PLAN_WORKFLOW;
    if (isThere && !(isExpired(instance, this.#parts.clock.now()) && isShownOnly(this.#parts, instance)))
      return instance;
    throw new TuttiError(
      'plan/not-found',
      `There is no plan ${JSON.stringify(id.slice(0, 64))}, or it was removed. Ask again.`,
    );
  }

  async #view(instance: Instance): Promise<PlanView> {
    const plan = await keptPlan(this.#parts, instance);
    const record = toRecord(this.#parts, instance);
    return viewOf(instance, { plan, record, now: this.#parts.clock.now() });
  }

  /** Looks again while somebody else is first: `move` gives nothing then. */
  async #retry<T>(move: () => Promise<T | undefined>): Promise<T> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const made = await move();
      if (made !== undefined) return made;
    }
    throw busy('Others took this plan up at the same moment, again and again. Look at it in a moment.');
  }

  async #committed(move: Move): Promise<boolean> {
    try {
      await this.#parts.store.commit(move);
      return true;
    } catch (fault) {
      if (isConflict(fault)) return false;
      throw fault;
    }
  }

  #hold(
    instance: Instance,
    about: { readonly plan: Plan; readonly record: RunRecord; readonly request: AbortSignal | undefined },
  ): HeldRun {
    const { plan, record, request } = about;
    const { signal, abort } = this.#parts.createAbort();
    const key = keyIn(instance);
    const leave = (): void => {
      abort(request?.reason);
    };
    const onOver = (): void => {
      if (this.#held.get(key) === abort) this.#held.delete(key);
      request?.removeEventListener('abort', leave);
    };
    this.#held.set(key, abort);
    const run = holdRun({ parts: this.#parts, plan, instance, record, signal, abort, onOver });
    if (request?.aborted === true) leave();
    else request?.addEventListener('abort', leave, { once: true });
    return run;
  }
}

function isExpired({ step, status, updatedAt }: Instance, now: number): boolean {
  return step === SHOWN && status === 'SUSPENDED' && updatedAt < now - SHOWN_KEPT_MS;
}

/** A call may be named as the step of a plan that was only shown; one that cannot be read any more is of no use either. */
function isShownOnly(parts: RunParts, instance: Instance): boolean {
  if (instance.step !== SHOWN) return false;
  try {
    return toRecord(parts, instance).isShown === true;
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'plan/not-found') return true;
    throw fault;
  }
}

function firstMove(
  parts: RunParts,
  about: { readonly owner: string; readonly definition: string; readonly record: RunRecord },
) {
  const { owner, definition, record } = about;
  const { clock } = parts;
  const at = clock.now();
  const id = clock.id();
  const step = stepOf(record);
  const context = toContext(parts, { owner, id }, { record, leaseUntil: 0 });
  const unborn: Instance = {
    id,
    owner,
    workflow: PLAN_WORKFLOW,
    definition,
    step,
    status: 'SUSPENDED',
    context,
    pending: null,
    visits: {},
    token: clock.id(),
    revision: 0,
    createdAt: at,
    updatedAt: at,
    completedAt: null,
    parent: null,
  };
  const after = { status: 'SUSPENDED', step, context, updatedAt: at } as const;
  const { instance } = record.origin;
  const what = record.isShown === true ? 'is shown before it is carried out' : 'must wait';
  const because =
    instance === undefined ? `The plan ${what}.` : `The plan, asked for the instance ${instance}, ${what}.`;
  return moved(unborn, after, { kind: 'STARTED', by: 'rule', because });
}

function keyIn({ owner, id }: Instance): string {
  return JSON.stringify([owner, id]);
}

/** What is to be done after what was lost is decided about: what may have been sent is not made again without being told to. */
function takenUp(
  plan: Plan,
  record: RunRecord,
  decisions: Readonly<Record<string, LostDecision>>,
): RunRecord {
  const decided = (begun: Begun): string | undefined =>
    Object.hasOwn(decisions, keyOf(begun)) ? decisions[keyOf(begun)] : undefined;
  const left = record.begun.filter((each) => decided(each) === 'leave');
  return {
    ends: [...record.ends, ...left.map((each) => lostEnd(plan, each))],
    waiting: record.waiting,
    begun: record.begun.filter((each) => decided(each) === undefined),
    origin: record.origin,
    ...(record.isShown === true && { isShown: true }),
  };
}

function lostEnd({ calls }: Plan, { call, item, name }: Begun): CallEnd {
  return {
    kind: 'failed',
    call,
    ...(item !== undefined && { item }),
    server: calls.find(({ id }) => id === call)?.server ?? '',
    tool: name,
    error:
      'It was under way when its process was lost: whether it took effect is unknown. It was not made again.',
  };
}

/** Only of what this process does itself is it known whether somebody does it. */
function checkFree(instance: Instance, { now, isOurs }: { now: number; isOurs: boolean }): void {
  checkUnfinished(instance);
  const leftMs = leaseOf(instance) - now;
  if (instance.status !== 'RUNNING' || leftMs <= 0) return;
  if (isOurs)
    throw busy('This plan is being carried out already, by another request. Look at it in a moment.');
  const seconds = Math.ceil(leftMs / 1_000);
  throw busy(
    `Another process took this plan up and may be carrying it out, or is gone. If it is gone, the plan can be gone on with in ${seconds} s: ask for it again then.`,
  );
}

function busy(message: string): TuttiError {
  return new TuttiError('instance/conflict', message);
}

function checkUnfinished({ status }: Instance): void {
  if (status === 'RUNNING' || status === 'SUSPENDED') return;
  throw new TuttiError(
    'instance/finished',
    status === 'COMPLETED'
      ? 'This plan was carried out already, and nothing in it is done twice. To do something like it, send its calls without the id.'
      : 'This plan was cancelled. Ask again for a new one.',
  );
}
