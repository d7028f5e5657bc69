import { FINISH } from '../kernel/instance.ts';
import type {
  DecidedBy,
  Decision,
  Entry,
  Instance,
  Pending,
  PersonAsked,
  Status,
} from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Outcome } from './guidance/guidance.ts';
import { renderInstructions } from './placeholders.ts';
import { findStep } from './workflow.ts';
import type { Workflow } from './workflow.ts';

/** What the client should do now. Plain JSON: it is also what a repeated step token gives back. */
export interface Directive {
  readonly instanceId: string;
  readonly workflow: string;
  readonly status: Status;
  readonly context: JsonObject;
  /** Absent once the instance has ended. */
  readonly token?: string;
  readonly next: {
    /** A step's canonical name, or FINISH. */
    readonly step: string;
    readonly instructions: string;
    /** Empty when one way leads on. */
    readonly outcomes: readonly Outcome[];
    readonly expects: readonly string[];
  };
  readonly decided?: { readonly by: DecidedBy; readonly because: string };
  /** Nothing could decide: the client answers with `report.outcome`, or waits while `person` is there. */
  readonly decisionRequired?: {
    readonly candidates: readonly Outcome[];
    readonly guidance: string;
    /** A person is asked, and nobody else's answer counts. */
    readonly person?: Pick<PersonAsked, 'askedAt' | 'expiresAt'>;
  };
  /** On resume: what happened since the step the client believed in. */
  readonly since?: readonly Moved[];
}

export interface Moved {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** An instance together with the directive that stands. */
export interface InstanceView {
  readonly instance: Instance;
  readonly directive: Directive;
}

export interface History {
  readonly entries: readonly Entry[];
  readonly nextCursor?: string;
}

/** The directive for an instance that is at a step. */
export function directiveFor(
  workflow: Workflow,
  instance: Instance,
  decided?: Pick<Decision, 'by' | 'because'>,
): Directive {
  const { guidance, instructions, guidanceText } = findStep(workflow, instance.step);
  const { outcomes, expects } = guidance;
  const standing = outcomes.length > 1 ? outcomes : [];
  return {
    instanceId: instance.id,
    workflow: instance.workflow,
    status: instance.status,
    context: instance.context,
    token: instance.token,
    next: {
      step: instance.step,
      instructions: renderInstructions(instructions, instance.context),
      outcomes: standing,
      expects,
    },
    ...(decided && { decided: { by: decided.by, because: decided.because } }),
    ...(instance.pending && {
      decisionRequired: { candidates: outcomes, guidance: guidanceText, ...personIn(instance.pending) },
    }),
  };
}

function personIn({ person }: Pending): Pick<NonNullable<Directive['decisionRequired']>, 'person'> {
  return person ? { person: { askedAt: person.askedAt, expiresAt: person.expiresAt } } : {};
}

export function isEnded({ status }: Instance): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';
}

/** What an ended instance answers, however often it is asked. */
export function endDirective(
  workflow: Workflow | undefined,
  instance: Instance,
  decided?: Pick<Decision, 'by' | 'because'>,
): Directive {
  const completed = instance.status === 'COMPLETED';
  const last = workflow?.steps.find((step) => step.name === FINISH);
  const parting = {
    COMPLETED: 'Workflow Completed.',
    FAILED: 'Workflow Failed.',
    CANCELLED: 'Workflow Cancelled.',
  };
  const said = completed && last ? renderInstructions(last.instructions, instance.context) : undefined;
  return {
    instanceId: instance.id,
    workflow: instance.workflow,
    status: instance.status,
    context: instance.context,
    next: {
      step: completed ? FINISH : instance.step,
      instructions: said ?? parting[instance.status as keyof typeof parting],
      outcomes: [],
      expects: [],
    },
    ...(decided && { decided: { by: decided.by, because: decided.because } }),
  };
}
