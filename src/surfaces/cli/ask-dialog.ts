import type {
  AskInput,
  ClarificationOption,
  LostCall,
  LostDecision,
  PlanReference,
  Resolution,
} from '../../core/gateway/ask/ask.ts';
import type { GatewayOperator } from '../../core/gateway/gateway.ts';
import type { Plan } from '../../core/gateway/plan/plan.ts';
import { isJsonObject } from '../../core/kernel/json.ts';
import type { Json, JsonObject } from '../../core/kernel/json.ts';
import { inWireNames } from '../../core/gateway/plan/wire-names.ts';
import { approvalText, operatorName } from './commands/approvals.ts';
import type { Terminal } from './terminal.ts';
import { cleanLine } from './text.ts';

/** Who is asked, and how. */
interface Desk {
  readonly terminal: Terminal;
  /** The trimmed answer; `undefined` once nobody answers any more. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly operator: Pick<GatewayOperator, 'decide'>;
}

type Again = (plan?: AskInput['plan']) => AskInput;

/** What to ask next, after whoever sits at the terminal was asked what is missing; `undefined` when nothing is, or he leaves it. */
export async function answerTo(
  resolution: Resolution,
  input: AskInput,
  desk: Desk,
): Promise<AskInput | undefined> {
  const again: Again = (plan = input.plan) => ({
    ...(plan ? { plan } : { query: input.query ?? '' }),
    ...(input.servers && { servers: input.servers }),
  });
  noteUnanswered(resolution, desk);
  switch (resolution.kind) {
    case 'approval':
      return await decide(resolution, desk, again);
    case 'clarification': {
      if (resolution.lost) {
        const decided = await decideLost(resolution, resolution.lost, desk);
        return decided && again(decided);
      }
      if (resolution.options.length === 0) {
        const confirmed = await confirm(resolution, desk);
        return confirmed && again(confirmed);
      }
      const chosen = await choose(resolution, desk);
      if (!chosen) return undefined;
      const plan = resolution.plan && withChoice(resolution.plan, chosen);
      return plan ? again(plan) : { ...again(), servers: [chosen.server] };
    }
    case 'needs_arguments': {
      const plan = await complete(resolution, desk);
      return plan && again(plan);
    }
    default:
      return undefined;
  }
}

/** Whoever sends a plan back is not told again; of one that waits, the answer tells it. */
function noteUnanswered(resolution: Resolution, { terminal }: Desk): void {
  if (resolution.kind !== 'clarification' && resolution.kind !== 'needs_arguments') return;
  for (const each of resolution.unanswered ?? []) terminal.note(cleanLine(each));
}

type Of<K extends Resolution['kind']> = Extract<Resolution, { kind: K }>;

/** A plan that waits is gone on with whatever was said: without a call that was refused, the rest may still answer. */
async function decide(
  { approvals, plan: { id } }: Of<'approval'>,
  { terminal, ask, operator }: Desk,
  again: Again,
): Promise<AskInput | undefined> {
  let agreed = false;
  for (const approval of approvals) {
    terminal.note(approvalText(approval, terminal));
    agreed = (await ask('Make this call? Type yes to approve it: ')) === 'yes';
    await operator.decide(approval.id, agreed ? 'approved' : 'denied', operatorName());
  }
  if (id !== undefined) return again({ id });
  return agreed ? again() : undefined;
}

/** About calls that may have been made: who has looked says for each whether it is made again. */
async function decideLost(
  { question, plan }: Of<'clarification'>,
  calls: readonly LostCall[],
  { terminal, ask }: Desk,
): Promise<PlanReference | undefined> {
  if (plan?.id === undefined) return undefined;
  terminal.note(cleanLine(question));
  const lost: [string, LostDecision][] = [];
  for (const { key, tool } of calls) {
    const answer = await ask(`${cleanLine(`${key} (${tool})`)}: repeat or leave (empty: decide later): `);
    if (answer !== 'repeat' && answer !== 'leave') return undefined;
    lost.push([key, answer]);
  }
  return { id: plan.id, lost: Object.fromEntries(lost) };
}

async function choose(
  { question, options }: Of<'clarification'>,
  { terminal, ask }: Desk,
): Promise<ClarificationOption | undefined> {
  terminal.note(cleanLine(question));
  for (const [at, { id, server }] of options.entries())
    terminal.note(cleanLine(`  ${at + 1}. ${id} (${server})`));
  return options[Number(await ask(`1-${options.length}, empty: none of these: `)) - 1];
}

/** A plan that only has to be agreed to: an order that was guessed is certain then. */
async function confirm(
  { question, plan }: Of<'clarification'>,
  { terminal, ask }: Desk,
): Promise<Plan | undefined> {
  if (plan === undefined) return undefined;
  terminal.note(cleanLine(inWireNames(question)));
  const isGuessed = plan.calls.some(({ uncertainOrder }) => uncertainOrder);
  if ((await ask(isGuessed ? 'Is this right? Type yes: ' : 'Do it? Type yes: ')) !== 'yes') return undefined;
  return { ...plan, calls: plan.calls.map(({ uncertainOrder: _guessed, ...call }) => call) };
}

/** The plan with the tool that was chosen, where there is a call that it was asked for. */
function withChoice(plan: Plan, { id, server, tool = id, intent }: ClarificationOption): Plan | undefined {
  const open = plan.calls.find((call) => call.tool === undefined && call.intent === intent);
  if (!open) return undefined;
  return { ...plan, calls: plan.calls.map((call) => (call === open ? { ...call, server, tool } : call)) };
}

/** Asks for one argument after the other; an empty answer leaves it all. */
async function complete(
  { plan, missing }: Of<'needs_arguments'>,
  { terminal, ask }: Desk,
): Promise<Plan | undefined> {
  const given = new Map<string, JsonObject>();
  for (const { call: id, schema, missing: names } of missing) {
    const call = plan.calls.find((each) => each.id === id);
    terminal.note(cleanLine(`${call?.tool ?? id} needs more (empty: leave it):`));
    const values: [string, Json][] = [];
    for (const name of names) {
      const property = propertyOf(schema, name);
      const answer = await ask(`  ${cleanLine(name)}${hintOf(property)}: `);
      if (!answer) return undefined;
      values.push([name, toValue(answer, property)]);
    }
    given.set(id, Object.fromEntries(values));
  }
  const calls = plan.calls.map((call) => ({
    ...call,
    arguments: { ...call.arguments, ...given.get(call.id) },
  }));
  return { ...plan, calls };
}

function propertyOf({ properties }: JsonObject, name: string): JsonObject {
  const property = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) ? property : {};
}

function hintOf({ description, type, enum: choices }: JsonObject): string {
  const words = [
    typeof description === 'string' ? description : '',
    Array.isArray(choices)
      ? choices.map((each: Json) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' | ')
      : '',
    typeof type === 'string' && type !== 'string' ? type : '',
  ].filter((each) => each !== '');
  return words.length > 0 ? ` (${cleanLine(words.join('; ')).slice(0, 300)})` : '';
}

/** What is typed for a text stays one; else JSON where it is JSON. */
function toValue(text: string, { type }: JsonObject): Json {
  if (type === 'string') return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
