import { TuttiError } from '../../kernel/errors.ts';
import type { Instance } from '../../kernel/instance.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { canonicalJson, isJsonObject } from '../../kernel/json.ts';
import type { GatewayParts } from '../parts.ts';
import { PLAN_WORKFLOW } from '../../kernel/instance.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallEnd, CallName, PlanView } from './ask.ts';
import type { Begun, Waiting } from './means.ts';
import { keyOf } from './means.ts';

const SEALED = '$sealed';
const FILE = 'plan.json';
const MAX_STEP = 200;
/** The step of a plan that was only shown. */
export const SHOWN = 'shown';

export type RunParts = Pick<GatewayParts, 'store' | 'clock' | 'after' | 'createAbort' | 'digest' | 'seal'>;

/** How far a run came. It lies sealed in the store: arguments and answers may hold secrets. */
export interface RunRecord {
  readonly ends: readonly CallEnd[];
  readonly waiting: readonly Waiting[];
  /** Under way, and not to be repeated without being told to. */
  readonly begun: readonly Begun[];
  readonly origin: RunOrigin;
  /** It was only shown: nothing of it was begun yet. */
  readonly isShown?: boolean;
  /** Id of the edited plan that took its place. */
  readonly replacedBy?: string;
}

/** What a run has from the question it came from, for every request that goes on with it. */
export interface RunOrigin {
  /** What of the question is left out, and why: sentences. */
  readonly unanswered?: readonly string[];
  /** On whose behalf it was asked. */
  readonly session?: string;
  readonly instance?: string;
}

/** What the context of an instance holds of a run. `leaseUntil`: until when nobody else takes it up. */
export function toContext(
  parts: Pick<RunParts, 'seal'>,
  { owner, id }: Pick<Instance, 'owner' | 'id'>,
  about: { readonly record: RunRecord; readonly leaseUntil: number },
): JsonObject {
  const { record, leaseUntil } = about;
  const waits = record.waiting.map((each) => ({
    call: keyOf(each),
    tool: each.name,
    for: each.kind,
    ...(each.kind === 'approval' && { approval: each.approval.id }),
  }));
  const { session, instance } = record.origin;
  return {
    waits,
    leaseUntil,
    ...(session !== undefined && { session }),
    ...(instance !== undefined && { instance }),
    [SEALED]: parts.seal.seal(record as unknown as Json, contextOf(owner, id)),
  };
}

/** @throws TuttiError `plan/not-found` when it cannot be opened any more. */
export function toRecord(parts: Pick<RunParts, 'seal'>, { owner, id, context }: Instance): RunRecord {
  return opened(parts, context[SEALED], contextOf(owner, id)) as unknown as RunRecord;
}

export function leaseOf({ context }: Instance): number {
  const { leaseUntil } = context;
  return typeof leaseUntil === 'number' ? leaseUntil : 0;
}

/** Keeps a plan where instances find it. Returns under which hash. */
export async function keepPlan(parts: RunParts, owner: string, plan: Plan): Promise<string> {
  const { store, digest, seal } = parts;
  const value = { ...plan, id: undefined } as unknown as JsonObject;
  const hash = digest(canonicalJson([PLAN_WORKFLOW, owner, value]));
  const keep = async (under: string): Promise<void> => {
    const text = JSON.stringify({ [SEALED]: seal.seal(value, contextOf(owner, under)) });
    await store.keepDefinition(under, PLAN_WORKFLOW, { [FILE]: text });
  };
  await keep(hash);
  if (isReadable(parts, contextOf(owner, hash), await store.definition(hash))) return hash;
  // The same plan was kept under another key, and what is kept stays as it is.
  const other = digest(`${hash}\n${parts.clock.id()}`);
  await keep(other);
  return other;
}

/** @throws TuttiError `plan/not-found` when it is gone, or cannot be opened any more. */
export async function keptPlan(parts: RunParts, { owner, id, definition }: Instance): Promise<Plan> {
  const files = await parts.store.definition(definition);
  const plan = opened(parts, sealedIn(files), contextOf(owner, definition));
  return { ...(plan as unknown as Plan), id };
}

export function viewOf(
  instance: Instance,
  about: { readonly plan: Plan; readonly record: RunRecord; readonly now: number },
): PlanView {
  const { plan, record, now } = about;
  const known = statusOf(instance, now);
  const status = known === 'waiting' && record.isShown === true ? 'shown' : known;
  const isOver = status === 'done' || status === 'cancelled';
  const approvals = isOver ? [] : record.waiting.filter((each) => each.kind === 'approval');
  return {
    plan,
    status,
    ends: record.ends,
    approvalIds: approvals.map(({ approval }) => approval.id),
    // What is begun is lost only where nobody does it.
    lost: status === 'waiting' ? record.begun.map((each) => toCallName(each)) : [],
    held: isOver ? [] : record.waiting.filter(({ kind }) => kind === 'held').map((each) => toCallName(each)),
    unanswered: record.origin.unanswered ?? [],
    ...(status === 'cancelled' && record.replacedBy !== undefined && { replacedBy: record.replacedBy }),
  };
}

export function toCallName(begun: Begun): CallName {
  return { key: keyOf(begun), tool: begun.name };
}

/** Where a run is, for people who list instances. */
export function stepOf({ waiting, begun, isShown }: RunRecord): string {
  if (isShown === true) return SHOWN;
  const keys = [...waiting, ...begun].map((each) => keyOf(each));
  return keys.length === 0 ? 'dispatch' : [...new Set(keys)].join(', ').slice(0, MAX_STEP);
}

function statusOf(instance: Instance, now: number): PlanView['status'] {
  switch (instance.status) {
    case 'COMPLETED':
      return 'done';
    case 'SUSPENDED':
      return 'waiting';
    case 'RUNNING':
      return leaseOf(instance) > now ? 'running' : 'waiting';
    case 'CANCELLED':
    case 'FAILED':
      return 'cancelled';
  }
}

function contextOf(owner: string, of: string): string {
  return `plan\n${owner}\n${of}`;
}

function sealedIn(files: Readonly<Record<string, string>> | undefined): Json | undefined {
  const text = files?.[FILE];
  const value = text === undefined ? undefined : (JSON.parse(text) as Json);
  return isJsonObject(value) ? value[SEALED] : undefined;
}

function isReadable(
  { seal }: Pick<RunParts, 'seal'>,
  context: string,
  files: Readonly<Record<string, string>> | undefined,
): boolean {
  const sealed = sealedIn(files);
  return typeof sealed === 'string' && seal.open(sealed, context) !== undefined;
}

function opened({ seal }: Pick<RunParts, 'seal'>, sealed: Json | undefined, context: string): JsonObject {
  const value = typeof sealed === 'string' ? seal.open(sealed, context) : undefined;
  if (isJsonObject(value)) return value;
  throw new TuttiError(
    'plan/not-found',
    'What was kept of this plan cannot be read any more: it was sealed with a key that is no longer here. Ask again.',
  );
}
