import type { Caller } from '../../kernel/caller.ts';
import { TuttiError, wireCode } from '../../kernel/errors.ts';
import type { DecidedBy, Decision, Entry, Instance, Status } from '../../kernel/instance.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Model, ModelQuestion } from '../../ports/model.ts';
import type { Store } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { Directive } from '../directive.ts';
import { WorkflowEngine } from '../engine.ts';
import type { Library } from '../library.ts';
import { findStep } from '../workflow.ts';
import type { DeciderName, Workflow } from '../workflow.ts';
import { rehearsalClock } from './clock.ts';
import { outcomesTaken } from './coverage.ts';
import { HALT, UNDECIDED, withoutPeople } from './golden.ts';
import type { GoldenStep } from './golden.ts';
import { listened } from './listened.ts';
import type { Listened } from './listened.ts';

export interface StageParts {
  readonly library: Library;
  /** Empty, and of nobody else: what is rehearsed leaves nothing behind. */
  readonly store: Store;
  readonly minConfidence: number;
}

/** How one run is rehearsed. */
export interface StageOptions {
  /** Instead of those of the workflow. */
  readonly deciders?: readonly DeciderName[];
  readonly model?: Model;
}

/** What a client sends. */
export type Said = Pick<GoldenStep, 'report' | 'contextUpdates'>;

/** What came of one report. */
export interface Move {
  readonly from: string;
  /** A step, FINISH, {@link HALT}, {@link UNDECIDED}, or an error code of the wire. */
  readonly to: string;
  readonly by: DecidedBy | undefined;
  /** The sentence, rule or reason; of a refusal its message; empty where nothing was decided. */
  readonly because: string;
  /** Ids of the outcomes that were taken: several where nothing tells them apart. */
  readonly outcomes: readonly string[];
  /** What a model was asked. */
  readonly asked: ModelQuestion | undefined;
  /** Why a model that was asked gave no answer. */
  readonly unanswered: string | undefined;
  readonly status: Status;
  readonly context: JsonObject;
  /** What stands to be done now. */
  readonly directive: Directive;
}

type Told = Pick<Move, 'to' | 'by' | 'because' | 'outcomes'>;

const UNTOLD = { by: undefined, because: '', outcomes: [] } as const;
const CALLER: Caller = { owner: 'rehearsal' };
const QUIET: Telemetry = { log: () => {} };

/** Readies a run of a workflow. @throws TuttiError `definition/not-found`, with the faults in `data` when there are any. */
export async function openStage(
  name: string,
  parts: StageParts,
  { deciders, model }: StageOptions = {},
): Promise<Stage> {
  const workflow = await parts.library.startable(name);
  return new Stage({ ...workflow, deciders: withoutPeople(deciders ?? workflow.deciders) }, parts, model);
}

/** One run of a workflow through the engine itself, over a store that is thrown away. */
export class Stage {
  readonly workflow: Workflow;
  readonly #store: Store;
  readonly #clock = rehearsalClock();
  readonly #engine: WorkflowEngine;
  readonly #listened: Listened | undefined;
  #id = '';
  #directive: Directive | undefined;

  constructor(workflow: Workflow, parts: StageParts, model: Model | undefined) {
    const { store, minConfidence } = parts;
    const clock = this.#clock;
    this.workflow = workflow;
    this.#store = store;
    this.#listened = model && listened(model);
    this.#engine = new WorkflowEngine({
      store,
      clock,
      // Whatever happens to the files meanwhile: one run is a run of one definition.
      library: { ...parts.library, startable: async () => workflow, pinned: async () => workflow },
      // No person is ever asked.
      people: { ttlMs: 1 },
      deciders: {
        minConfidence,
        clock,
        telemetry: QUIET,
        ...(this.#listened && { model: this.#listened.model }),
      },
    });
  }

  async start(context: JsonObject = {}): Promise<Directive> {
    const directive = await this.#engine.start(CALLER, { workflow: this.workflow.name, context });
    this.#id = directive.instanceId;
    this.#directive = directive;
    return directive;
  }

  /** As a client would: with the token of the directive that stands. A refusal is a move too. */
  async advance(said: Said): Promise<Move> {
    const before = await this.instance();
    this.#listened?.forget();
    try {
      const directive = await this.#engine.advance(CALLER, {
        instanceId: before.id,
        ...(this.#directive?.token !== undefined && { token: this.#directive.token }),
        ...said,
      });
      this.#directive = directive;
      const decision = await this.#decisionSince(before.revision);
      const told = decision ? this.#decided(before.step, decision, said) : UNTOLD;
      return await this.#move(before.step, directive, { to: arrival(directive), ...told });
    } catch (fault) {
      if (!(fault instanceof TuttiError && this.#directive)) throw fault;
      const to = wireCode(fault.code);
      return await this.#move(before.step, this.#directive, { ...UNTOLD, to, because: fault.message });
    }
  }

  #decided(step: string, decision: Decision, { report }: Said): Omit<Told, 'to'> {
    const choice = decision.by === 'model' ? this.#listened?.choice() : report.outcome;
    const { guidance } = findStep(this.workflow, step);
    const { by, because } = decision;
    return { by, because, outcomes: outcomesTaken(guidance, decision, choice) };
  }

  /** The run as it stands. */
  async instance(): Promise<Instance> {
    return await this.#engine.load(CALLER, this.#id);
  }

  /** Goes on from another place than the run came to, as if it had come there. */
  async seat(place: Pick<Instance, 'step' | 'status' | 'context' | 'pending' | 'visits'>): Promise<void> {
    const last = await this.instance();
    const ids = { id: this.#clock.id(), token: this.#clock.id() };
    const instance: Instance = { ...last, ...place, ...ids, revision: 1, completedAt: null };
    await this.#store.create({ instance, entry: seated(instance, last.step) });
    this.#id = ids.id;
    if (this.#directive) this.#directive = { ...this.#directive, token: ids.token };
  }

  async #decisionSince(revision: number): Promise<Decision | undefined> {
    const [entry] = await this.#store.entries(CALLER.owner, this.#id, { limit: 1, newest: true });
    return entry?.kind === 'ADVANCED' && entry.seq > revision ? (entry.decision ?? undefined) : undefined;
  }

  async #move(from: string, directive: Directive, told: Told): Promise<Move> {
    const { status, context } = await this.instance();
    const [asked, unanswered] = [this.#listened?.question(), this.#listened?.failure()];
    return { from, ...told, asked, unanswered, status, context, directive };
  }
}

function seated({ revision, updatedAt, status, step }: Instance, from: string): Entry {
  return {
    seq: revision,
    at: updatedAt,
    kind: 'FORKED',
    step: from,
    report: null,
    contextUpdates: {},
    status,
    next: step,
    decision: null,
    candidates: [],
  };
}

function arrival(directive: Directive): string {
  if (directive.decisionRequired) return UNDECIDED;
  return directive.status === 'SUSPENDED' ? HALT : directive.next.step;
}
