import type { PartialFailure } from '../../core/gateway/ask/ask.ts';
import { uncertaintyOf } from '../../core/gateway/ask/uncertain.ts';
import type { Plan, PlannedCall } from '../../core/gateway/plan/plan.ts';
import type { Told } from './ask-wire.ts';
import { plain } from './gateway-texts.ts';
import { inWireNames } from './plan-wire.ts';
import { paragraphs } from './texts.ts';

// What `ask` answers, for models and people that read text alone. The structured form beside it has everything.

const NAME = 120;
const LINE = 300;
/** Characters by which an error is known again. */
const SAID = 60;
const QUESTION = 4000;
const ARGUMENTS = 2000;

export function resolutionText(resolution: Told): string {
  switch (resolution.kind) {
    case 'answer':
      return paragraphs([resolution.answer, partialText(unsaid(resolution))]);
    case 'clarification':
      return clarificationText(resolution);
    case 'approval':
      return approvalText(resolution);
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
  unanswered,
}: Extract<Told, { kind: 'clarification' }>): string {
  const lines = options.map(
    ({ id, server, tool, intent, confidence }) =>
      `- ${plain(id, NAME)}: ${plain(intent, LINE)} (${nameOf(server, tool)}, ${Math.round(confidence * 100)} %)`,
  );
  const asked = plain(inWireNames(question), QUESTION);
  // How to answer such a question stands in it.
  if (options.length === 0)
    return paragraphs([`Nothing more was called. ${asked}`, unansweredText(unanswered)]);
  const next = plan
    ? 'put the id that is meant as tool, with its server, into the call of plan that has no tool, and call ask with plan: that plan.'
    : 'call ask again with the query and servers: ["NAME"], or the tool itself with call_tool.';
  const last = `Nothing was called. Choose, or let your user choose; then ${next}`;
  return paragraphs([asked, lines.join('\n'), last, unansweredText(unanswered)]);
}

/** What a plan leaves out, for whoever gets it back. */
function unansweredText(unanswered: readonly string[] | undefined): string | undefined {
  return unanswered && `The plan leaves out: ${unanswered.map((each) => plain(each, LINE)).join(' ')}`;
}

function approvalText({
  approvals,
  plan: { id: planId },
  unanswered,
}: Extract<Told, { kind: 'approval' }>): string {
  const again =
    planId === undefined ? 'ask the same again' : `call ask with plan: ${JSON.stringify({ id: planId })}`;
  const lines = approvals.map(
    ({ id, server, tool, reason }) =>
      `- \`tutti approvals approve ${id}\`: ${nameOf(server, tool)}. ${plain(reason, LINE)}`,
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

function missingText({ missing, unanswered }: Extract<Told, { kind: 'needs_arguments' }>): string {
  const lines = missing.map(
    ({ call, missing: names }) =>
      `- ${plain(call, NAME)}: ${names.map((each) => plain(each, NAME)).join(', ')}`,
  );
  return paragraphs([
    'Nothing was called: the question does not say all that the tools need.',
    `Missing, by call:\n${lines.join('\n')}`,
    'Put each into arguments of that call in needs_arguments.plan (schema says what fits), change nothing else, and call ask with plan: that plan. Ask your user for what you do not know; do not guess.',
    unansweredText(unanswered),
  ]);
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
