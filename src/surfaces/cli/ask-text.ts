import type {
  Estimate,
  LostCall,
  PartialFailure,
  RouteExplanation,
  Source,
} from '../../core/gateway/ask/ask.ts';
import { uncertaintyOf } from '../../core/gateway/ask/uncertain.ts';
import { planToMermaid } from '../../core/gateway/plan/mermaid.ts';
import type { Approval } from '../../core/kernel/approval.ts';
import type { Plan, PlannedCall } from '../../core/gateway/plan/plan.ts';
import { unsaid } from '../mcp/ask-texts.ts';
import { approveCommand, configOption } from '../mcp/gateway-texts.ts';
import type { Told } from '../mcp/ask-wire.ts';
import { inWireNames } from '../../core/gateway/plan/wire-names.ts';
import { approvalText } from './commands/approvals.ts';
import { toAscii } from './graph.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { clean, cleanLine, wrap } from './text.ts';

const SENT_BACK = 'The plan: --json prints it, --plan-file sends it back.';

export interface Telling {
  /** Also why each tool was chosen. */
  readonly explains: boolean;
  /** Named in commands, where it was named to us. */
  readonly configFile?: string | undefined;
}

/** What came of a question, for whoever reads it at a terminal. */
export function toldText(told: Told, terminal: Terminal, { explains, configFile }: Telling): string {
  switch (told.kind) {
    case 'answer':
      return lines(clean(told.answer), partialText(unsaid(told)), sourcesText(told.sources, terminal));
    case 'clarification': {
      // How to answer a question without options stands in it.
      if (told.options.length === 0)
        return lines(
          wrap(cleanLine(inWireNames(told.question)), terminal.width),
          told.lost ? decisionText(told.lost, told.plan) : sentBackText(told.plan),
          unansweredText(told.unanswered),
        );
      const rows = told.options.map(({ id, server, confidence }) => [id, server, percent(confidence)]);
      return lines(
        cleanLine(told.question),
        table(['tool', 'server', 'sure'], rows, terminal),
        'Nothing was called. Say it more exactly, or name the server: --servers NAME.',
        unansweredText(told.unanswered),
      );
    }
    case 'approval':
      return lines(
        ...told.approvals.map((each) => approvalText(each, terminal)),
        waitingText(told.approvals, told.plan, configFile),
        unansweredText(told.unanswered),
      );
    case 'needs_arguments': {
      const rows = told.missing.map(({ call, missing }) => [
        call,
        toolOf(told.plan, call),
        missing.join(', '),
      ]);
      return lines(
        'Nothing was called: the question does not say all that is needed.',
        table(['call', 'tool', 'missing'], rows, terminal),
        `Say it in the question, or fill in \`arguments\` of the plan. ${SENT_BACK}`,
        unansweredText(told.unanswered),
      );
    }
    case 'out_of_scope': {
      const rows = told.nearest.map(({ name, description }) => [name, description.split('\n', 1)[0] ?? '']);
      return lines(cleanLine(told.message), rows.length > 0 ? table(['nearest', ''], rows, terminal) : '');
    }
    case 'plan':
      return lines(
        toAscii(planToMermaid(told.plan)),
        callsText(told.plan, terminal),
        estimateText(told.plan, told.estimate),
        ...(explains ? told.routes.map((each) => routeText(each, terminal)) : []),
        unansweredText(told.unanswered),
        'Nothing was called.',
      );
  }
}

/** What is shown as it would be done needs but its id. */
function sentBackText(plan: Plan | undefined): string {
  if (plan?.id === undefined || plan.calls.some(({ uncertainOrder }) => uncertainOrder)) return SENT_BACK;
  return `Do it: \`tutti ask --resume ${cleanLine(plan.id)}\`. ${SENT_BACK}`;
}

function unansweredText(unanswered: readonly string[] = []): string {
  return unanswered.map((each) => cleanLine(each)).join('\n');
}

function lines(...parts: readonly string[]): string {
  return parts.filter((each) => each !== '').join('\n\n');
}

function partialText(partial: readonly PartialFailure[]): string {
  if (partial.length === 0) return '';
  const failed = partial.map(({ server, tool, error }) => cleanLine(`- ${tool ?? server}: ${error}`));
  return ['Not answered by all that were asked:', ...failed].join('\n');
}

function sourcesText(sources: readonly Source[], { colors }: Terminal): string {
  if (sources.length === 0) return '';
  const names = new Set(sources.map(({ server, tool }) => cleanLine(`${server} ${tool}`)));
  return colors.dim(`From: ${[...names].join(', ')}`);
}

function waitingText(
  approvals: readonly Approval[],
  { id: planId }: Plan,
  configFile: string | undefined,
): string {
  const resumed = `tutti ask --resume ${cleanLine(planId ?? '')}${configOption(configFile)}`;
  const then = planId === undefined ? 'ask again' : `\`${resumed}\``;
  const commands = approvals.map(({ id }) => `\`${approveCommand(cleanLine(id), configFile)}\``);
  return `A person must agree first: ${commands.join(', ')}, then ${then}.`;
}

/** Not wrapped: it is to be copied. */
function decisionText(lost: readonly LostCall[], plan: Plan | undefined): string {
  const sent = { id: plan?.id, lost: Object.fromEntries(lost.map(({ key }) => [key, 'repeat'])) };
  return cleanLine(`echo '${JSON.stringify(sent)}' | tutti ask --plan-file -`);
}

function toolOf({ calls }: Plan, id: string): string {
  const call = calls.find((each) => each.id === id);
  return call?.tool ?? call?.server ?? '';
}

function callsText(plan: Plan, terminal: Terminal): string {
  return plan.calls.map((call) => callText(call, plan, terminal)).join('\n');
}

/** All that would be sent, and where the rest of it comes from. */
function callText(call: PlannedCall, plan: Plan, { colors, width }: Terminal): string {
  const uncertainty = uncertaintyOf(call, plan);
  const given = Object.entries(call.arguments ?? {}).map(
    ([key, value]) => `${key} = ${JSON.stringify(value)}`,
  );
  const bound = Object.entries(call.bind ?? {}).map(([pointer, reference]) => `${pointer} = ${reference}`);
  const order = [
    ...(call.forEach === undefined ? [] : [`for each of ${call.forEach}`]),
    ...(call.dependsOn.length > 0 ? [`after ${call.dependsOn.join(', ')}`] : []),
    ...(uncertainty === undefined ? [] : [uncertainty]),
  ];
  const name = `${colors.bold(cleanLine(call.id))} ${cleanLine(call.tool ?? `${call.server}, no tool chosen`)}`;
  const head = order.length > 0 ? `${name} ${colors.dim(cleanLine(`(${order.join('; ')})`))}` : name;
  return [head, ...[...given, ...bound].map((each) => wrap(cleanLine(each), width, '  '))].join('\n');
}

function estimateText({ structure }: Plan, { calls, ms, costMicros, risk }: Estimate): string {
  return [
    structure,
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    ...(ms === undefined ? [] : [`about ${ms} ms`]),
    ...(costMicros > 0 ? [`cost ${costMicros / 1_000_000}`] : []),
    `risk ${risk}`,
  ].join(', ');
}

function routeText(route: RouteExplanation, terminal: Terminal): string {
  const rows = route.candidates.map(({ name, score, whole, isChosen, terms }) => [
    isChosen ? `${name} (taken)` : name,
    score.toFixed(2),
    whole?.toFixed(2) ?? '',
    terms.map(({ term, field, weight }) => `${term} in ${field} ${weight.toFixed(2)}`).join(', '),
  ]);
  const { query, decision, because, confidence, refuseBelow, routeFrom } = route;
  return [
    cleanLine(
      `"${query}": ${decision}, since ${confidence.toFixed(2)} is held against ${refuseBelow.toFixed(2)} (refuse below) and ${routeFrom.toFixed(2)} (call from)`,
    ),
    wrap(cleanLine(because), terminal.width),
    ...(rows.length > 0 ? [table(['tool', 'score', 'whole', 'because of'], rows, terminal)] : []),
  ].join('\n');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
