import type { JsonObject } from '../../kernel/json.ts';
import { visibleJson } from '../../policy/clean.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { AskContext } from './context.ts';
import { askForm } from './context.ts';
import type { Draft } from './draft.ts';
import type { Step } from './settle.ts';

const ARGUMENTS_SHOWN = 500;
const RISK = { write: 'write', destructive: 'destroy', unknown: 'do anything', read: 'read' } as const;

/**
 * Words are easily misread: "don't post it", "did anyone post it?", "post it only if …". So what does more than read is shown before it is done,
 * unless a person chose the tool, approves of the call anyhow, or the plan was sent as a plan.
 */
export async function asMeant(draft: Draft, context: AskContext): Promise<Step> {
  const changing = context.input.query === undefined ? [] : draft.plan.calls.filter(isOpen(draft, context));
  if (changing.length === 0) return { draft };
  const told = changing.map((call) => sentenceFor(call, context)).join('; ');
  const question = `Words are easily misread, so nothing was done yet. This would ${told}. Is that what is meant?`;
  const said = await askForm(context, 'meant', { form: formFor(question), carried: JSON.stringify(draft) });
  if (said?.kind === 'input-required') return { resolution: said };
  if (said?.kind === 'accepted' && said.content['meant'] === true) return { draft };
  const advice = 'If so, send the plan back as it is; if not, mend it, or ask in other words.';
  return {
    resolution: { kind: 'clarification', question: `${question} ${advice}`, options: [], plan: draft.plan },
  };
}

function isOpen({ chosen }: Draft, { tools, desk }: AskContext): (call: PlannedCall) => boolean {
  const { approve } = desk.gate.policy().settings;
  return ({ intent, tool }) => {
    const risk = tool === undefined ? 'unknown' : (tools.find(tool)?.risk ?? 'unknown');
    const isChosen = chosen.some((each) => each.query === intent && each.tool === tool);
    return risk !== 'read' && !approve.includes(risk) && !isChosen;
  };
}

function sentenceFor({ tool = '', arguments: given = {} }: PlannedCall, { tools }: AskContext): string {
  const risk = tools.find(tool)?.risk ?? 'unknown';
  const text = visibleJson(JSON.stringify(given));
  const shown = text.length > ARGUMENTS_SHOWN ? `${text.slice(0, ARGUMENTS_SHOWN)}…` : text;
  return `${RISK[risk]} by ${tool} ${shown}`;
}

function formFor(message: string): JsonObject {
  return {
    mode: 'form',
    message,
    requestedSchema: {
      type: 'object',
      properties: { meant: { type: 'boolean', title: 'Do it' } },
      required: ['meant'],
    },
  };
}
