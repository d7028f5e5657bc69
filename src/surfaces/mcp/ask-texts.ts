import type { MissingArguments, PartialFailure } from '../../core/gateway/ask/ask.ts';
import { uncertaintyOf } from '../../core/gateway/ask/uncertain.ts';
import type { Plan, PlannedCall } from '../../core/gateway/plan/plan.ts';
import type { Told } from './ask-wire.ts';
import { approveCommand, plain } from './gateway-texts.ts';
import { inWireNames } from '../../core/gateway/plan/wire-names.ts';
import { toWirePlan } from './plan-wire.ts';
import { paragraphs } from './texts.ts';

// What `ask` answers, for models and people that read text alone. The structured form beside it has everything.

const NAME = 120;
const LINE = 300;
/** Characters by which an error is known again. */
const SAID = 60;
const QUESTION = 4000;
const ARGUMENTS = 2000;
/** Characters of a plan that stands in a text. */
const PLAN = 16_000;

/** @param configFile Named in commands for people. */
export function resolutionText(resolution: Told, configFile?: string): string {
  switch (resolution.kind) {
    case 'answer':
      return paragraphs([resolution.answer, partialText(unsaid(resolution))]);
    case 'clarification':
      return clarificationText(resolution);
    case 'approval':
      return approvalText(resolution, configFile);
    case 'needs_arguments':
      return missingText(resolution);
    case 'out_of_scope':
      return outOfScopeText(resolution);
    case 'plan':
      return planText(resolution);
  }
}

/** What did not come, as far as the answer does not say so itself. */
export function unsaid({ answer, partial }: Extract<Told, { kind: 'answer' }>): readonly PartialFailure[] {
  return partial.filter(({ error }) => !answer.includes(plain(error, SAID).replace(/…$/, '')));
}

function partialText(partial: readonly PartialFailure[]): string | undefined {
  if (partial.length === 0) return undefined;
  const lines = partial.map(({ server, tool, error }) => `- ${nameOf(server, tool)}: ${plain(error, LINE)}`);
  return `Not answered by all that were asked:\n${lines.join('\n')}`;
}

function clarificationText({
  question,
  options,
  plan,
  lost,
  unanswered,
}: Extract<Told, { kind: 'clarification' }>): string {
  const lines = options.map(
    ({ id, server, tool, intent, confidence }) =>
      `- ${plain(id, NAME)}: ${plain(intent, LINE)} (${nameOf(server, tool)}, ${Math.round(confidence * 100)} %)`,
  );
  const asked = plain(inWireNames(question), QUESTION);
  // How to answer such a question stands in it.
  if (options.length === 0)
    return paragraphs([
      `Nothing more was called. ${asked}`,
      plan && lost === undefined && sentText(plan, asked),
      unansweredText(unanswered),
    ]);
  const next = plan
    ? 'put the id that is meant as tool, with its server, into the call of plan that has no tool, and call ask with plan: that plan.'
    : 'call ask again with the query and servers: ["NAME"], or the tool itself with call_tool.';
  const last = `Nothing was called. Choose, or let your user choose; then ${next}`;
  return paragraphs([asked, lines.join('\n'), last, plan && sentPlanText(plan), unansweredText(unanswered)]);
}

/** What a plan leaves out, for whoever gets it back. */
function unansweredText(unanswered: readonly string[] | undefined): string | undefined {
  return unanswered && `The plan leaves out: ${unanswered.map((each) => plain(each, LINE)).join(' ')}`;
}

function approvalText(
  { approvals, plan: { id: planId }, unanswered }: Extract<Told, { kind: 'approval' }>,
  configFile: string | undefined,
): string {
  const again =
    planId === undefined ? 'ask the same again' : `call ask with plan: ${JSON.stringify({ id: planId })}`;
  const lines = approvals.map(
    ({ id, server, tool, reason }) =>
      `- \`${approveCommand(id, configFile)}\`: ${nameOf(server, tool)}. ${plain(reason, LINE)}`,
  );
  const [what, next] =
    approvals.length === 1
      ? ['this call', 'it is decided']
      : [`each of these ${approvals.length} calls`, 'any of them is decided'];
  return paragraphs([
    `A person must decide on ${what} first. You cannot decide it yourself: tell the person to run this (or deny in place of approve):`,
    lines.join('\n'),
    `Wait until ${next}, then ${again}. The plan waits until then, also over a restart; get_approval tells how each stands.`,
    unansweredText(unanswered),
  ]);
}

function missingText({ plan, missing, unanswered }: Extract<Told, { kind: 'needs_arguments' }>): string {
  const isBound = missing.some(({ bind }) => bind !== undefined);
  const where = isBound
    ? 'Put each into arguments of that call in the plan (schema says what fits), or into its bind where that is said: it differs from item to item, and is no argument. Change nothing else.'
    : 'Put each into arguments of that call in the plan (schema says what fits), change nothing else.';
  return paragraphs([
    'Nothing was called: the question does not say all that the tools need.',
    `Missing, by call:\n${missing.map((each) => missingLine(each)).join('\n')}`,
    `${where} Then call ask with plan: that plan. Ask your user for what you do not know; do not guess.`,
    sentPlanText(plan),
    unansweredText(unanswered),
  ]);
}

function missingLine({ call, missing, bind }: MissingArguments): string {
  const names = missing.map((each) => plain(each, NAME)).join(', ');
  if (bind === undefined) return `- ${plain(call, NAME)}: ${names}`;
  if (Object.keys(bind).length === 0)
    return `- ${plain(call, NAME)}: nothing of the items; leave for_each out, and it is made once`;
  const example = plain(JSON.stringify({ bind }), LINE);
  return `- ${plain(call, NAME)}: ${names === 'bind' ? '' : `${names}, `}by bind, such as ${example}`;
}

/** What is to be sent for a plan that may stay as it is: its id, where it has one. */
function sentText(plan: Plan, asked: string): string | undefined {
  const { id, calls } = plan;
  if (id === undefined || calls.some(({ uncertainOrder }) => uncertainOrder === true))
    return sentPlanText(plan);
  const sent = JSON.stringify({ id });
  return asked.includes(sent) ? undefined : `To have it done, call ask with plan: ${sent}.`;
}

/** For whoever reads text alone: without an id, and where it must be completed, only the plan itself can be sent back. */
function sentPlanText(plan: Plan): string {
  const json = JSON.stringify(toWirePlan(plan));
  return json.length > PLAN
    ? 'The plan is too large for this text: it stands in the structured content.'
    : `The plan: ${json}`;
}

function outOfScopeText({ message, nearest }: Extract<Told, { kind: 'out_of_scope' }>): string {
  const lines = nearest.map(({ name, description }) => `- ${plain(name, NAME)}: ${plain(description, LINE)}`);
  return paragraphs([plain(message, LINE), lines.length > 0 && `Nearest:\n${lines.join('\n')}`]);
}

function planText({ plan, estimate, unanswered }: Extract<Told, { kind: 'plan' }>): string {
  const { calls, ms, costMicros, risk } = estimate;
  const numbers = [
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    ms === undefined ? '' : `about ${ms} ms`,
    costMicros > 0 ? `cost ${costMicros / 1_000_000}` : '',
    `risk ${risk}`,
  ];
  return paragraphs([
    `Nothing was called. ${plan.structure}: ${numbers.filter((each) => each !== '').join(', ')}.`,
    plan.calls.map((each) => callLine(each, plan)).join('\n'),
    'To carry it out, as it is or edited, call ask with plan: the plan.',
    sentPlanText(plan),
    unansweredText(unanswered),
  ]);
}

/** One call of a plan on one line: what, with what, after what. */
function callLine(call: PlannedCall, plan: Plan): string {
  const uncertainty = uncertaintyOf(call, plan);
  const given = Object.keys(call.arguments ?? {}).length > 0 ? JSON.stringify(call.arguments) : '';
  const bound = Object.entries(call.bind ?? {}).map(([pointer, reference]) => `${pointer} = ${reference}`);
  const notes = [
    ...bound,
    ...(call.forEach === undefined ? [] : [`for each of ${call.forEach}`]),
    ...(call.dependsOn.length > 0 ? [`after ${call.dependsOn.join(', ')}`] : []),
    ...(uncertainty === undefined ? [] : [uncertainty]),
  ];
  const tool = call.tool ?? 'no tool chosen';
  const what = `- ${call.id}: ${nameOf(call.server, tool)} ${given}`.trimEnd();
  return plain(notes.length > 0 ? `${what} (${notes.join('; ')})` : what, ARGUMENTS);
}

function nameOf(server: string, tool: string | undefined): string {
  return plain(
    tool === undefined || tool.startsWith(`${server}__`) ? (tool ?? server) : `${tool} of ${server}`,
    NAME,
  );
}
