import { TuttiError } from '../kernel/errors.ts';
import type { Decision, Entry, Instance, Pending } from '../kernel/instance.ts';
import { canonicalJson, checkJson } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Undecided } from './decide.ts';
import { directiveFor, endDirective, isEnded } from './directive.ts';
import type { Directive } from './directive.ts';
import { entryOf, nextRevision } from './entry.ts';
import { transition } from './transition.ts';
import type { Weighed } from './weigh.ts';
import { findStep } from './workflow.ts';
import type { Workflow } from './workflow.ts';

export interface MovingParts {
  readonly store: Store;
  readonly clock: Clock;
}

interface Move {
  readonly workflow: Workflow;
  readonly instance: Instance;
  readonly weighed: Weighed;
  readonly decision: Decision;
}

/**
 * Commits a decision with its answer, or suspends an instance whose loop bound it would break.
 *
 * @throws TuttiError `instance/conflict` when somebody else moved it; as {@link transition} does.
 */
export async function moveOn({ store, clock }: MovingParts, move: Move): Promise<Directive> {
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
    if (fault instanceof TuttiError && fault.code === 'budget/exceeded' && instance.status !== 'SUSPENDED') {
      await suspend({ store, clock }, move, fault.message);
    }
    throw fault;
  }
}

async function suspend(
  { store, clock }: MovingParts,
  { instance, weighed }: Move,
  because: string,
): Promise<void> {
  const suspended: Instance = { ...instance, status: 'SUSPENDED', ...nextRevision(instance, clock.now()) };
  const entry = entryOf(suspended, { kind: 'SUSPENDED', step: instance.step, ...weighed });
  await store.commit({
    instance: suspended,
    entry: { ...entry, decision: { to: { kind: 'halt' }, by: 'rule', because } },
  });
}

export interface Waiting {
  readonly workflow: Workflow;
  readonly instance: Instance;
  readonly weighed: Weighed;
  readonly kind: 'PENDING' | 'RESUMING';
  /** Nobody was asked yet when absent: the caller is. */
  readonly undecided?: Undecided;
  /** Where a person is asked: whose report it came of, and how long the question stands. */
  readonly person?: { readonly requestedBy: string; readonly ttlMs: number };
}

/** Nothing could decide: the report is kept, the client or a person is asked, the token stays valid. */
export async function waitFor({ store, clock }: MovingParts, waiting: Waiting): Promise<Directive> {
  const { workflow, instance, weighed, kind, undecided } = waiting;
  checkJson({ ...instance.context, ...weighed.contextUpdates }, 'The context after this report');
  const isNews = waiting.person !== undefined || (undecided?.passed.length ?? 0) > 0;
  if (!isNews && isPending(instance, weighed)) return directiveFor(workflow, instance);
  const at = Math.max(clock.now(), waiting.person ? notBefore(instance) : 0);
  const person = personFor(waiting, at);
  const pending: Pending = {
    report: weighed.report,
    contextUpdates: weighed.contextUpdates,
    ...(person && { person }),
  };
  const next: Instance = { ...instance, status: 'RUNNING', pending, ...nextRevision(instance, at) };
  const entry = entryOf(next, { kind, step: instance.step, ...weighed.sent });
  const candidates = findStep(workflow, instance.step).guidance.outcomes.map((outcome) => outcome.id);
  const decision = undecided ? openDecision(undecided) : null;
  await store.commit({ instance: next, entry: { ...entry, candidates, decision } });
  return directiveFor(workflow, next);
}

/** Who is asked from now on, or still, where the report says no more than before. */
function personFor({ person, instance: { pending }, weighed }: Waiting, at: number): Pending['person'] {
  if (!person) return weighed.keeps ? pending?.person : undefined;
  const { requestedBy, ttlMs } = person;
  return { askedAt: at, expiresAt: at + ttlMs, requestedBy };
}

/** Two questions of one instance never bear one instant: by it a person says which one he looked at. */
function notBefore({ revision, updatedAt }: Instance): number {
  return revision === 1 ? 0 : updatedAt + 1;
}

/** Whether a report says nothing but what is pending already, in a run that goes on. */
export function isPending({ pending, status }: Instance, { report, contextUpdates }: Weighed): boolean {
  if (pending === null || status !== 'RUNNING') return false;
  const known = [pending.report, pending.contextUpdates] as unknown as Json;
  return canonicalJson(known) === canonicalJson([report, contextUpdates] as unknown as Json);
}

/** What the journal says of a question that stays open: whom it waits for, and whose answers were not followed. */
function openDecision({ waitsFor, passed }: Undecided): Entry['decision'] {
  if (waitsFor === 'caller' && passed.length === 0) return null;
  return {
    to: { kind: 'stay' },
    by: waitsFor,
    because: waitsFor === 'human' ? 'A person is asked.' : 'The client is asked.',
    ...(passed.length > 0 && { passed }),
  };
}
