import type { Risk } from '../../kernel/approval.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { visibleJson } from '../../policy/clean.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { referencesIn } from '../plan/references.ts';
import { beyondWords, toldOfModel } from './beyond-words.ts';
import type { AskContext } from './context.ts';
import { askForm, ofRequest } from './context.ts';
import type { Draft } from './draft.ts';
import { unansweredBy } from './left-out.ts';
import type { Step } from './settle.ts';
import { underItsId } from './shown.ts';

const ARGUMENTS_SHOWN = 500;
const DEEDS = { write: 'write', destructive: 'destroy', unknown: 'do anything', read: 'read' } as const;

/**
 * Words are easily misread: "don't post it", "did anyone post it?", "post it only if …". So what does more than read is shown before it is done,
 * unless a person chose the tool, is to approve of this very call anyhow, or it was sent in a plan exactly as it would be made. So is what a model
 * would pass on or read by itself.
 */
export async function asMeant(drafted: Draft, context: AskContext): Promise<Step> {
  const draft = { ...drafted, unanswered: [...drafted.unanswered, ...toldOfModel(drafted, context)] };
  const changing = await changesIn(drafted, context);
  const beyond = beyondWords(drafted, context).filter((call) => !changing.includes(call));
  if (changing.length + beyond.length === 0) return { draft };
  const told = [...changing, ...beyond].map((call) => sentenceFor(call, draft.plan, context)).join('; ');
  const why =
    beyond.length > 0 ? 'A model planned what words alone do not lead to' : 'Words are easily misread';
  const question = `${why}, so nothing was done yet. This would ${told}. Is that what is meant?`;
  const said = await askForm(context, 'meant', {
    form: formFor(question),
    carried: JSON.stringify(drafted),
    unanswered: unansweredBy(drafted, context),
  });
  if (said?.kind === 'input-required') return { resolution: said };
  if (said?.kind === 'accepted' && said.content['meant'] === true) return { draft };
  const plan = await underItsId(draft, context);
  const advice = `If so, send as plan ${JSON.stringify({ id: plan.id })}: it is done once, however often that is sent. If not, send the plan mended, or ask in other words.`;
  return { resolution: { kind: 'clarification', question: `${question} ${advice}`, options: [], plan } };
}

async function changesIn({ chosen, plan }: Draft, context: AskContext): Promise<readonly PlannedCall[]> {
  const isChosen = ({ intent, tool }: PlannedCall) =>
    chosen.some((each) => each.query === intent && each.tool === tool);
  const sent = await sentCalls(context);
  const isSent = (call: PlannedCall) => sent.some((each) => each.id === call.id && isSame(each, call));
  const changing = plan.calls.filter(
    (call) => riskOf(call, context) !== 'read' && !isChosen(call) && !isSent(call),
  );
  const isHeld = await Promise.all(changing.map(async (call) => await isApprovedAnyhow(call, context)));
  return changing.filter((_, at) => isHeld[at] !== true);
}

/** Who sends the id of a plan sends what is kept under it. */
async function sentCalls({ input: { plan }, desk, caller }: AskContext): Promise<readonly PlannedCall[]> {
  if (plan === undefined) return [];
  return 'calls' in plan ? plan.calls : (await desk.runs.load(caller, plan.id)).plan.calls;
}

/** Asked of the gate itself, since a rule may let pass what is otherwise approved. What arguments are still to come may fall under another rule. */
async function isApprovedAnyhow(call: PlannedCall, context: AskContext): Promise<boolean> {
  const { tool: name, arguments: given = {} } = call;
  if (name === undefined || referencesIn(call).length > 0) return false;
  const asked = { name, arguments: given, ...ofRequest(context) };
  const { effect } = await context.desk.path.explain(context.caller, asked);
  return effect === 'ask';
}

/** Whether nothing was read into it since. */
function isSame(sent: PlannedCall, call: PlannedCall): boolean {
  return toldOf(sent) === toldOf(call);
}

function toldOf({ tool = '', arguments: given = {}, bind = {}, forEach = '' }: PlannedCall): string {
  return canonicalJson({ tool, given, bind, forEach });
}

function riskOf({ tool }: PlannedCall, { tools }: AskContext): Risk {
  return (tool === undefined ? undefined : tools.find(tool)?.risk) ?? 'unknown';
}

function sentenceFor(call: PlannedCall, plan: Plan, context: AskContext): string {
  const { tool = '', arguments: given = {} } = call;
  const text = visibleJson(JSON.stringify(given));
  const shown = text.length > ARGUMENTS_SHOWN ? `${text.slice(0, ARGUMENTS_SHOWN)}…` : text;
  return `${DEEDS[riskOf(call, context)]} by ${tool} ${shown}${boundOf(call, plan)}`;
}

/** What is not known before other calls have answered is shown by where it comes from. */
function boundOf(call: PlannedCall, { calls }: Plan): string {
  const { bind = {}, forEach } = call;
  const places = Object.entries(bind).map(([pointer, reference]) => `${pointer} from ${reference}`);
  const all = [...(forEach === undefined ? [] : [`for each of ${forEach}`]), ...places];
  const froms = referencesIn(call).map(
    (each) => `$${each} is what ${calls.find(({ id }) => id === each)?.tool ?? 'nobody'} answers`,
  );
  const shown = visibleJson(all.join(', ')).slice(0, ARGUMENTS_SHOWN);
  return all.length === 0 ? '' : `, ${[shown, ...froms].join(', ')}`;
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
