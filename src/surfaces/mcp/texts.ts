import { FINISH } from '../../core/kernel/instance.ts';
import type { Fault } from '../../core/kernel/fault.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Directive, InstanceView, Moved } from '../../core/workflow/directive.ts';
import type { Outcome } from '../../core/workflow/guidance/guidance.ts';
import { suggestionText } from '../../core/workflow/suggest.ts';
import type { Suggestion } from '../../core/workflow/suggest.ts';
import { toWireTarget } from './wire.ts';

// What a tool answers, for people and for models whose host shows them text alone.

/** A context longer than this is named by its keys; the structured form has it whole. */
const CONTEXT_LENGTH = 4000;

export function directiveText(directive: Directive): string {
  const { next, decided, since } = directive;
  const ended = next.step === FINISH || directive.token === undefined;
  return paragraphs([
    `${directive.workflow} (instance ${directive.instanceId}) is ${directive.status}.`,
    since && since.length > 0 && sinceText(since),
    decided && `Decided by ${decided.by}: ${decided.because}`,
    `# ${ended ? next.step : `Step: ${next.step}`}`,
    next.instructions,
    next.expects.length > 0 && `Report or put into the context: ${next.expects.join(', ')}.`,
    contextText(directive.context),
    ...openTexts(directive),
    !ended && reportText(directive),
  ]);
}

/** What is open: for a person to decide, for the client, or to be reported on. */
function openTexts(directive: Directive): readonly (string | undefined)[] {
  const { next, decisionRequired } = directive;
  if (decisionRequired?.person) return [PERSON_TEXT];
  if (!decisionRequired) return [outcomesText(next.outcomes, next.step)];
  const { candidates, guidance } = decisionRequired;
  return [undecidedText(directive, guidance), outcomesText(candidates, next.step)];
}

const PERSON_TEXT =
  'A person is asked where to go; your report and context updates are kept. Do not decide yourself: report.outcome does not count here.';

export function statusText(view: InstanceView): string {
  const { instance } = view;
  const times = [
    `created ${new Date(instance.createdAt).toISOString()}`,
    `updated ${new Date(instance.updatedAt).toISOString()}`,
    ...(instance.completedAt === null ? [] : [`completed ${new Date(instance.completedAt).toISOString()}`]),
  ];
  return paragraphs([directiveText(view.directive), `${times.join(', ')}.`]);
}

export function faultsText(faults: readonly Fault[]): string {
  return faults
    .map(
      ({ severity, file, line, code, message, fix }) =>
        `- ${severity} ${file}:${line} ${code}: ${message}${fix === undefined ? '' : ` Write instead: ${fix}`}`,
    )
    .join('\n');
}

export function suggestionsText(suggestions: readonly Suggestion[]): string {
  const lines = suggestions.map(
    (suggestion) =>
      `- ${suggestion.file}:${suggestion.line} ${JSON.stringify(suggestion.sentence.slice(0, 120))}: ${suggestionText(suggestion)}`,
  );
  return ['Left to judgement; could be closed or made certain:', ...lines].join('\n');
}

export function paragraphs(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((each) => each !== undefined && each !== false && each !== '').join('\n\n');
}

function sinceText(since: readonly Moved[]): string {
  const moves = since.map(
    ({ at, from, to, because }) => `- ${new Date(at).toISOString()}: ${from} → ${to} (${because})`,
  );
  return `Since the step you named:\n${moves.join('\n')}`;
}

function contextText(context: JsonObject): string | undefined {
  const keys = Object.keys(context);
  if (keys.length === 0) return undefined;
  const text = JSON.stringify(context);
  return text.length <= CONTEXT_LENGTH
    ? `Context: ${text}`
    : `Context keys: ${keys.join(', ').slice(0, CONTEXT_LENGTH)}`;
}

function undecidedText({ context, next }: Directive, guidance: string): string {
  const missing = next.expects.filter((name) => !Object.hasOwn(context, name.split(/[.[]/, 1)[0] ?? name));
  return paragraphs([
    'Nothing could decide where to go. Your report and context updates are kept until you answer.',
    missing.length > 0 &&
      `The context did not have before this report: ${missing.join(', ')}. If you know better, report again with context_updates.`,
    `Guidance of this step:\n\n${guidance}`,
  ]);
}

function outcomesText(outcomes: readonly Outcome[], current: string): string | undefined {
  if (outcomes.length === 0) return undefined;
  const lines = outcomes.map(
    ({ id, when, to }) => `- ${id}: goes to ${toWireTarget(to, current)}${when === '' ? '' : ` (${when})`}`,
  );
  return `Outcomes; where it takes judgement, send the one that fits as report.outcome:\n${lines.join('\n')}`;
}

function reportText({ instanceId, token, decisionRequired }: Directive): string {
  const call = `advance_workflow with instance_id "${instanceId}" and step_token "${token}"`;
  if (decisionRequired?.person)
    return `Tell the user that instance ${instanceId} waits: \`tutti instances waiting\` shows the question, \`tutti instances decide ${instanceId}\` answers it. Then call get_workflow_status to go on.`;
  return decisionRequired
    ? `Now choose: call ${call}, report.status and report.outcome.`
    : `Follow the instructions exactly. Then call ${call} and a report of what happened.`;
}
