import { toPayload } from '../../core/kernel/payload.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { InputNeeded } from '../../core/workflow/sampling.ts';
import type { Directive } from '../../core/workflow/directive.ts';
import { directiveAnswer } from './results.ts';
import type { PassedOn, ToolAnswer, ToolContext } from './tool.ts';

/**
 * The answer of a tool that reports on a step. Where a person is asked, and the client can ask the one it speaks for, it is asked to. A request
 * that brings his answer reports nothing anew: the report stands in the instance.
 */
export async function decidedAnswer(
  instanceId: string,
  report: () => Promise<Directive>,
  { orchestrator, caller, channel, carried, signal }: ToolContext,
): Promise<ToolAnswer | PassedOn> {
  // What a person was asked about carries a state; what a model was asked does not.
  const isRepeat = carried?.requestState !== undefined;
  const directive = isRepeat
    ? (await orchestrator.status(caller, instanceId)).directive
    : await reported(report);
  if (directive instanceof InputNeeded) return passedOn({ inputRequests: directive.inputRequests });
  if (!directive.decisionRequired?.person || !channel) return directiveAnswer(directive);
  const client = { caller, instanceId, channel: { ...channel, signal }, carried };
  const asked = await orchestrator.people.askThrough(client);
  if (asked === undefined) return directiveAnswer(directive);
  if ('inputRequired' in asked) return passedOn(asked.inputRequired);
  return directiveAnswer(asked.directive);
}

async function reported(report: () => Promise<Directive>): Promise<Directive | InputNeeded> {
  try {
    return await report();
  } catch (fault) {
    if (fault instanceof InputNeeded) return fault;
    throw fault;
  }
}

function passedOn(asked: JsonObject): PassedOn {
  const value = { resultType: 'input_required', ...asked };
  return { outcome: { kind: 'input-required', payload: toPayload(value) } };
}
