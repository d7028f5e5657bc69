import { TuttiError } from '../../kernel/errors.ts';
import { FINISH } from '../../kernel/instance.ts';
import type { Decision, EntryKind, Instance, Status } from '../../kernel/instance.ts';
import type { Move } from '../../ports/store.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallEnd } from './ask.ts';
import type { Begun, Dispatched, Waiting } from './means.ts';
import { keyOf } from './means.ts';
import type { RunOrigin, RunParts, RunRecord } from './run-record.ts';
import { stepOf, toContext } from './run-record.ts';

/** How long a run is ours without a word of us. */
export const LEASE_MS = 60_000;
const MAX_NOTE = 1_000;

/** A run that is ours. One of {@link HeldRun.wait}, {@link HeldRun.finish}, {@link HeldRun.cancel} and {@link HeldRun.release} ends the holding. */
export interface HeldRun {
  readonly plan: Plan;
  readonly origin: RunOrigin;
  readonly ends: readonly CallEnd[];
  /** What it waited for. */
  readonly waiting: readonly Waiting[];
  /** Lost with their process; nobody decided about them yet. */
  readonly lost: readonly Begun[];
  /** Aborts with the request, and when the run was cancelled or taken by somebody else. */
  readonly signal: AbortSignal;
  /** Before a call that is not to be repeated. @throws TuttiError `instance/conflict` when the run is no longer ours. */
  begin(begun: Begun): Promise<void>;
  end(end: CallEnd): Promise<void>;
  /** A call was answered with something to wait for: it is not lost when the rest is. */
  pause(waiting: Waiting): Promise<void>;
  /** It waits again. */
  wait(dispatched: Dispatched): Promise<void>;
  finish(dispatched: Dispatched): Promise<void>;
  /**
   * Ends it for good: nobody takes it up any more.
   *
   * @param replacedBy id of the plan that goes on in its place
   * @throws TuttiError `instance/conflict` when the run is no longer ours.
   */
  cancel(because: string, replacedBy?: string): Promise<void>;
  /** Gives it back as far as it came, for whoever asks next. Does nothing once the holding has ended. */
  release(): Promise<void>;
}

export interface Holding {
  readonly parts: RunParts;
  readonly plan: Plan;
  /** As it was claimed. */
  readonly instance: Instance;
  readonly record: RunRecord;
  readonly signal: AbortSignal;
  readonly abort: (reason: unknown) => void;
  readonly onOver: () => void;
}

/** An instance moved on by one. */
export function moved(
  instance: Instance,
  after: Pick<Instance, 'status' | 'step' | 'context' | 'updatedAt'>,
  about: { readonly kind: EntryKind; readonly by: Decision['by']; readonly because: string },
): Move {
  const { status, updatedAt: at } = after;
  const revision = instance.revision + 1;
  const to = status === 'COMPLETED' ? 'finish' : status === 'RUNNING' ? 'stay' : 'halt';
  return {
    instance: {
      ...instance,
      ...after,
      revision,
      completedAt: status === 'COMPLETED' ? at : instance.completedAt,
    },
    entry: {
      seq: revision,
      at,
      kind: about.kind,
      step: instance.step,
      report: null,
      contextUpdates: {},
      status,
      next: after.step,
      decision: { to: { kind: to }, by: about.by, because: about.because },
      candidates: [],
    },
  };
}

/** What is kept of a request that ended in waiting. */
export function toWaiting({ ends, waiting }: Dispatched, origin: RunOrigin): RunRecord {
  const begun: Begun[] = [];
  for (const { kind, call, item, name } of waiting)
    if (kind === 'lost') begun.push(item === undefined ? { call, name } : { call, item, name });
  return { ends, waiting: waiting.filter(({ kind }) => kind !== 'lost'), begun, origin };
}

/** Writes down what happens to a claimed run, one commit at a time: what comes meanwhile goes into the next one. */
export function holdRun(holding: Holding): HeldRun {
  return new StoredHeldRun(holding);
}

class StoredHeldRun implements HeldRun {
  readonly plan: Plan;
  readonly origin: RunOrigin;
  readonly ends: readonly CallEnd[];
  readonly waiting: readonly Waiting[];
  readonly lost: readonly Begun[];
  readonly signal: AbortSignal;
  readonly #holding: Holding;
  readonly #came: CallEnd[];
  readonly #begun: Map<string, Begun>;
  /** What this request waits for. */
  readonly #paused = new Map<string, Waiting>();
  #instance: Instance;
  #notes: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined = undefined;
  #over = false;
  #stop: () => void = () => undefined;

  constructor(holding: Holding) {
    const { plan, record, signal, instance } = holding;
    this.#holding = holding;
    this.plan = plan;
    this.origin = record.origin;
    this.ends = record.ends;
    this.waiting = record.waiting;
    this.lost = record.begun;
    this.signal = signal;
    this.#came = [...record.ends];
    this.#begun = new Map(record.begun.map((each) => [keyOf(each), each]));
    this.#instance = instance;
    this.#renewLater();
  }

  async begin(begun: Begun): Promise<void> {
    this.#begun.set(keyOf(begun), begun);
    this.#paused.delete(keyOf(begun));
    await this.#save(`${keyOf(begun)} is made.`);
  }

  async end(end: CallEnd): Promise<void> {
    this.#came.push(end);
    this.#begun.delete(keyOf(end));
    await this.#save(`${keyOf(end)} is ${end.kind}.`);
  }

  async pause(waiting: Waiting): Promise<void> {
    if (waiting.kind === 'lost') return;
    this.#paused.set(keyOf(waiting), waiting);
    this.#begun.delete(keyOf(waiting));
    await this.#save(`${keyOf(waiting)} waits for ${waiting.kind}.`);
  }

  async wait(dispatched: Dispatched): Promise<void> {
    const what = dispatched.waiting.map((each) => `${keyOf(each)} for ${each.kind}`).join(', ');
    const because = `Waits: ${what}.`.slice(0, MAX_NOTE);
    await this.#leave('SUSPENDED', { record: toWaiting(dispatched, this.origin), because });
  }

  async finish({ ends }: Dispatched): Promise<void> {
    const record = { ends, waiting: [], begun: [], origin: this.origin };
    await this.#leave('COMPLETED', { record, because: 'Every call has ended.' });
  }

  async cancel(because: string, replacedBy?: string): Promise<void> {
    const record = { ...this.#record(), ...(replacedBy !== undefined && { replacedBy }) };
    await this.#leave('CANCELLED', { record, because: because.slice(0, MAX_NOTE) });
  }

  async release(): Promise<void> {
    if (this.#over) return;
    try {
      await this.#leave('SUSPENDED', { record: this.#record(), because: 'It was interrupted.' });
    } catch (fault) {
      if (!isConflict(fault)) throw fault;
    }
  }

  #record(): RunRecord {
    const ended = new Set(this.#came.map((each) => keyOf(each)));
    const before = this.waiting.filter((each) => !this.#paused.has(keyOf(each)));
    const waiting = [...before, ...this.#paused.values()].filter((each) => !ended.has(keyOf(each)));
    const begun = [...this.#begun.values()];
    const isUntouched = this.#came.length === 0 && waiting.length === 0 && begun.length === 0;
    const isShown = isUntouched && this.#holding.record.isShown === true;
    return { ends: this.#came, waiting, begun, origin: this.origin, ...(isShown && { isShown }) };
  }

  async #leave(
    status: Status,
    about: { readonly record: RunRecord; readonly because: string },
  ): Promise<void> {
    this.#end();
    await this.#writing.catch(() => undefined);
    await this.#commit(status, about);
  }

  /** Durable once it returns, together with all that came before. */
  async #save(note: string): Promise<void> {
    if (this.#over) throw taken();
    this.#notes.push(note);
    this.#queued ??= this.#writing
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        if (this.#over) throw taken();
        const because = this.#notes.join(' ').slice(0, MAX_NOTE);
        this.#notes = [];
        this.#writing = this.#commit('RUNNING', { record: this.#record(), because });
        return this.#writing;
      });
    await this.#queued;
  }

  async #commit(
    status: Status,
    { record, because }: { readonly record: RunRecord; readonly because: string },
  ): Promise<void> {
    const { parts, abort } = this.#holding;
    const at = parts.clock.now();
    const leaseUntil = status === 'RUNNING' ? at + LEASE_MS : 0;
    const context = toContext(parts, this.#instance, { record, leaseUntil });
    const step = status === 'COMPLETED' ? FINISH : stepOf(record);
    const move = moved(
      this.#instance,
      { status, step, context, updatedAt: at },
      { kind: kindOf(status), by: status === 'CANCELLED' ? 'caller' : 'rule', because },
    );
    try {
      await parts.store.commit(move);
    } catch (fault) {
      if (!isConflict(fault)) throw fault;
      this.#end();
      const lost = taken();
      abort(lost);
      throw lost;
    }
    this.#instance = move.instance;
  }

  #end(): void {
    this.#over = true;
    this.#stop();
    this.#holding.onOver();
  }

  #renewLater(): void {
    this.#stop = this.#holding.parts.after(LEASE_MS / 3, () => {
      if (this.#over) return;
      this.#renewLater();
      // A store that fails now is asked again in a moment; a run that is no longer ours was called off.
      this.#save('It is still under way.').catch(() => undefined);
    });
  }
}

function kindOf(status: Status): EntryKind {
  return status === 'SUSPENDED' || status === 'CANCELLED' ? status : 'ADVANCED';
}

function taken(): TuttiError {
  return new TuttiError(
    'instance/conflict',
    'The plan was cancelled, or somebody else took it up. Nothing more is called for this request. Look at it again.',
  );
}

export function isConflict(fault: unknown): boolean {
  return fault instanceof TuttiError && fault.code === 'instance/conflict';
}
