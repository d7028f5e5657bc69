import type { Entry, Instance, Report } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ClientSide } from './sampling.ts';
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
  /** That the run was begun from, if any; read only when a model is asked. */
  readonly session: () => Promise<string | undefined>;
  /** The report answers a pending decision. */
  readonly answers: boolean;
  readonly signal: AbortSignal | undefined;
  /** What whoever reported can do meanwhile. */
  readonly client?: ClientSide | undefined;
}
