import { TuttiError } from '../../kernel/errors.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { canonicalJson, isJsonObject } from '../../kernel/json.ts';
import { toPayload } from '../../kernel/payload.ts';
import type { Approval } from '../../kernel/approval.ts';
import type { Call, Stage } from '../call.ts';
import { hasForms } from '../call.ts';
import type { CallOutcome } from '../gateway.ts';
import { cleanText, visibleJson } from '../../policy/clean.ts';
import { toLaunchDefinition } from '../pin.ts';
import { askCaller } from '../question.ts';
import { requestOf } from '../states.ts';
import { renamed } from './arguments.ts';

/** Characters of arguments in a question. What is longer is not shown cut: a person must see all that he agrees to. */
const SHOWN = 8_000;
/** Of the question that a call came of. */
const QUERY_SHOWN = 500;
/** Of what is left out of it. */
const LEFT_SHOWN = 1_000;
const DENIED_LOOKED_AT = 500;
const MAX_PENDING = 100;
const KEY = 'approval';
/** Answers that are neither yes nor no before a question is put no more. */
const MAX_WRONG = 3;
/** Characters of such an answer. */
const FOUND_SHOWN = 200;

/** A person agrees to exactly this call, once. */
export const approval: Stage = {
  name: 'approval',
  admit: (call) => {
    if (call.asks === undefined) return call.skip(() => 'Nobody needs to agree.');
    return { kind: 'ask', because: `A person agrees to exactly these arguments first: ${call.asks}` };
  },
  run: (call, next) => (call.asks === undefined ? next() : agree(call, next)),
};

async function agree(call: Call, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  const digest = digestOf(call);
  // Agreed to on an earlier leg of this same call, which was interrupted by a question of the server's.
  if (call.approved === digest) return await next();
  const asked = call.carried?.kind === 'approval' ? call.carried.of : undefined;
  if (asked !== undefined)
    await answered(call, { id: asked, digest, answer: call.input.inputResponses?.[KEY] });
  if (await used(call, digest)) return await goOn(call, next);
  const pending = await pend(call, digest);
  const how = waysToAsk(call, pending);
  if (how === 'repeat')
    return isCancelled(call) ? { kind: 'approval', approval: pending } : question(call, pending);
  if (how !== undefined) {
    const answer = await askCaller(call, how, { method: 'elicitation/create', params: form(call, pending) });
    await answered(call, { id: pending.id, digest, answer });
    if (await used(call, digest)) return await goOn(call, next);
  }
  return { kind: 'approval', approval: pending };
}

/** Where nothing was sent after all, what a person agreed to still stands. */
async function goOn(call: Call, next: () => Promise<CallOutcome>): Promise<CallOutcome> {
  try {
    return await next();
  } finally {
    const { approval: id } = call;
    if (!call.sent && id !== undefined) {
      call.approved = undefined;
      call.approval = undefined;
      await call.gate.parts.store.approvals.restore(call.caller.owner, id);
      note(call, { approval: id, status: 'approved', because: 'nothing was sent' });
    }
  }
}

async function pend(call: Call, digest: string): Promise<Approval> {
  const now = call.gate.parts.clock.now();
  await refuseDenied(call, digest, now);
  await spareThePerson(call, digest, now);
  return await call.gate.approvals.request(toApproval(call, digest, now), now);
}

/** Everything that a person agrees to. */
function digestOf(call: Call): string {
  const { entry, policy, gate, input } = call;
  return gate.parts.digest(
    canonicalJson({
      owner: call.caller.owner,
      server: entry.server.name,
      tool: entry.tool.name,
      hash: entry.hash,
      launch: canonicalJson(toLaunchDefinition(entry.server.launch)),
      arguments: call.arguments,
      policyVersion: policy.version,
      // What was agreed to for one question serves no other, however alike their calls.
      ...(input.query !== undefined && { query: input.query }),
    }),
  );
}

async function used(call: Call, digest: string): Promise<boolean> {
  const { store, clock } = call.gate.parts;
  const taken = await store.approvals.use(call.caller.owner, digest, clock.now());
  if (taken === undefined) return false;
  call.approved = digest;
  call.approval = taken.id;
  note(call, { approval: taken.id, status: 'used', by: taken.decidedBy });
  return true;
}

async function refuseDenied(call: Call, digest: string, now: number): Promise<void> {
  const filter = { owner: call.caller.owner, status: 'denied', limit: DENIED_LOOKED_AT, now } as const;
  const denied = await call.gate.parts.store.approvals.list(filter);
  const found = denied.find((each) => each.digest === digest && each.expiresAt > now);
  if (found !== undefined) throw refused(found.id);
}

/** Who is asked about everything reads nothing any more. */
async function spareThePerson(call: Call, digest: string, now: number): Promise<void> {
  const { owner } = call.caller;
  const { approvals } = call.gate.parts.store;
  const pending = await approvals.list({ owner, status: 'pending', limit: MAX_PENDING, now });
  if (pending.length < MAX_PENDING || pending.some((each) => each.digest === digest)) return;
  throw new TuttiError(
    'policy/rate-limited',
    `${MAX_PENDING} calls wait for a person already. Have those answered first: list_approvals names them.`,
  );
}

/** Clients that repeat requests by themselves would be asked for ever. */
function misanswered({ id }: Approval, answer: Json | undefined): TuttiError {
  const found = (JSON.stringify(answer) ?? 'nothing').slice(0, FOUND_SHOWN);
  return new TuttiError(
    'input/invalid-format',
    `The question for an approval was answered three times with neither yes nor no: expected {"action":"accept","content":{"approve":true}} (or false), or {"action":"decline"}, found ${found}. Nothing was sent. The approval ${id} still waits: have it decided by a person elsewhere, or make the call again without requestState, to be asked anew.`,
    { data: { approval_id: id } },
  );
}

function refused(id: string): TuttiError {
  return new TuttiError(
    'approval/denied',
    'A person refused this call. Do not repeat it; ask what to do instead.',
    { data: { approval_id: id } },
  );
}

function toApproval(call: Call, digest: string, now: number): Approval {
  const { caller, entry, gate, policy, input } = call;
  return {
    id: gate.parts.clock.id(),
    owner: caller.owner,
    server: entry.server.name,
    tool: entry.tool.name,
    arguments: renamed(call, input.arguments),
    digest,
    risk: call.risk,
    reason: call.asks ?? '',
    requestedBy: caller.person ?? caller.name ?? caller.owner,
    ...(input.query !== undefined && { query: cleanText(input.query, QUERY_SHOWN) }),
    instance: input.instance ?? input.session ?? null,
    status: 'pending',
    decidedBy: null,
    createdAt: now,
    decidedAt: null,
    expiresAt: now + policy.settings.approvalTtlMs,
  };
}

/** The caller is asked himself only where he may agree to his own calls, can be shown a form, and can be shown everything. */
function waysToAsk(call: Call, pending: Approval) {
  const { channel, policy } = call;
  if (policy.settings.fourEyes || !hasForms(channel.capabilities)) return undefined;
  if (visibleJson(canonicalJson(pending.arguments)).length > SHOWN) return undefined;
  return channel.repeats ? 'repeat' : channel.ask;
}

/** Whoever comes here with an answer has said neither yes nor no, or was asked about something else meanwhile. */
function question(call: Call, pending: Approval): CallOutcome {
  const { carried } = call;
  const wrong = carried?.kind === 'approval' && carried.of === pending.id ? (carried.wrong ?? 0) + 1 : 0;
  if (wrong === MAX_WRONG) throw misanswered(pending, call.input.inputResponses?.[KEY]);
  const requestState = call.gate.states.seal(
    { kind: 'approval', of: pending.id, asks: [KEY], wrong },
    requestOf(call),
  );
  const inputRequests = { [KEY]: { method: 'elicitation/create', params: form(call, pending) } };
  return {
    kind: 'input-required',
    payload: toPayload({ resultType: 'input_required', inputRequests, requestState }),
  };
}

function form(
  { input: { unanswered = [] } }: Call,
  { server, tool, risk, reason, query, arguments: sent }: Approval,
): JsonObject {
  const left =
    unanswered.length === 0 ? '' : ` Of it is left out: ${cleanText(unanswered.join(' '), LEFT_SHOWN)}`;
  const asked =
    query === undefined ? '' : ` It came of the question ${visibleJson(JSON.stringify(query))}.${left}`;
  return {
    mode: 'form',
    message: cleanText(
      `Allow the call of ${tool} at ${server}? Risk: ${risk}. Asked because: ${reason}.${asked} Arguments, exactly: ${visibleJson(canonicalJson(sent))}`,
      2 * SHOWN,
    ),
    requestedSchema: {
      type: 'object',
      properties: {
        approve: { type: 'boolean', title: 'Allow it', description: 'Once, with exactly these arguments.' },
      },
      required: ['approve'],
    },
  };
}

/** Takes a person's word: only an explicit yes is one, and what is neither yes nor no leaves the question open. */
async function answered(
  call: Call,
  about: { readonly id: string; readonly digest: string; readonly answer: Json | undefined },
): Promise<void> {
  const { store, clock } = call.gate.parts;
  const { owner } = call.caller;
  const verdict = call.policy.settings.fourEyes ? undefined : verdictOf(about.answer);
  if (verdict === undefined) return;
  const now = clock.now();
  const found = await store.approvals.find(owner, about.id, now);
  if (found?.digest !== about.digest) return;
  const by = `elicitation:${call.caller.name ?? owner}`;
  const decided = await store.approvals.decide({ owner, id: about.id, status: verdict, by, now });
  if (decided !== undefined) note(call, { approval: decided.id, status: decided.status, by });
  if (verdict === 'denied') throw refused(about.id);
}

/** Who closed the question is not asked it again at once. */
function isCancelled({ carried, input }: Call): boolean {
  const answer = input.inputResponses?.[KEY];
  return carried?.kind === 'approval' && isJsonObject(answer) && answer['action'] === 'cancel';
}

function verdictOf(answer: Json | undefined): 'approved' | 'denied' | undefined {
  if (!isJsonObject(answer)) return undefined;
  if (answer['action'] === 'decline') return 'denied';
  if (answer['action'] !== 'accept' || !isJsonObject(answer['content'])) return undefined;
  const { approve } = answer['content'];
  if (approve === true) return 'approved';
  return approve === false ? 'denied' : undefined;
}

function note(call: Call, fields: JsonObject): void {
  call.gate.journal.add({
    owner: call.caller.owner,
    kind: 'approval',
    fields: () => ({ call: call.id, ...fields }),
  });
}
