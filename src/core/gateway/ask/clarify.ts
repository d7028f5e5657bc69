import type { Json, JsonObject } from '../../kernel/json.ts';
import { cleanText } from '../../policy/clean.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import type { ClarificationOption } from './ask.ts';
import type { Doubt } from './doubt.ts';
import { quoted } from './request.ts';
import { unjudged } from './uncertain.ts';

const LABEL_LENGTH = 120;
const INTENT_LENGTH = 300;
/** What stands for none of them, in a form. */
export const NONE = 'none of these';

export interface Naming {
  readonly find: (tool: string) => CatalogEntry | undefined;
  /** Its server can be reached, as far as is known. */
  readonly isAvailable: (entry: CatalogEntry) => boolean;
}

/** `Did you mean Search files (files) or Search issues (github)?` */
export function questionFor({ call, options }: Doubt, naming: Naming): string {
  const labels = options.map((each) => labelOf(each, naming));
  const last = labels.at(-1) ?? '';
  const all = labels.length > 1 ? `${labels.slice(0, -1).join(', ')} or ${last}` : last;
  return `For ${quoted(call.intent, INTENT_LENGTH)}: did you mean ${all}?`;
}

/** One choice for each doubt, as a form: the names of tools are the choices, so that nothing else can be chosen. */
export function formFor(doubts: readonly Doubt[], naming: Naming): JsonObject {
  const properties = doubts.map(({ call, options }): [string, Json] => [
    call.id,
    {
      type: 'string',
      title: cleanText(call.intent, LABEL_LENGTH),
      description: 'Which tool is meant?',
      enum: [...options.map(({ id }) => id), NONE],
      enumNames: [...options.map((each) => labelOf(each, naming)), 'None of these'],
    },
  ]);
  return {
    mode: 'form',
    message: doubts.map((doubt) => questionFor(doubt, naming)).join('\n'),
    requestedSchema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: doubts.map(({ call }) => call.id),
    },
  };
}

/** `This was not judged: "if it is late". Is this right: "refund order 7", by shop__refund {"order":7}?` */
export function leaveFor(open: readonly PlannedCall[], plan: Plan): string {
  const { calls } = plan;
  const sentences = open.map((call) => {
    const { intent, dependsOn } = call;
    const before = calls.filter(({ id }) => dependsOn.includes(id)).map((each) => each.intent);
    const after = before.map((each) => quoted(each, INTENT_LENGTH)).join(' and ');
    return `${quoted(intent, INTENT_LENGTH)}${after === '' ? '' : ` after ${after}`}${deedOf(call)}`;
  });
  const reserve = unjudged(open, plan);
  const why =
    reserve === undefined
      ? 'The order is not certain.'
      : `This was not judged: ${quoted(reserve, INTENT_LENGTH)}.`;
  return `${why} Nothing was called. Is this right: ${sentences.join('; ')}?`;
}

/** The tool that will be called, and with what: words alone do not show how they were read. */
function deedOf({ tool, arguments: given }: PlannedCall): string {
  if (tool === undefined) return '';
  return `, by ${tool}${given === undefined ? '' : ` ${cleanText(JSON.stringify(given), INTENT_LENGTH)}`}`;
}

export function leaveForm(message: string): JsonObject {
  return {
    mode: 'form',
    message,
    requestedSchema: {
      type: 'object',
      properties: { right: { type: 'boolean', title: 'This is right: do it' } },
      required: ['right'],
    },
  };
}

/** Names only: descriptions of tools are not shown to whoever decides. */
function labelOf({ id, server }: ClarificationOption, { find, isAvailable }: Naming): string {
  const entry = find(id);
  const name = cleanText(entry?.tool.title ?? entry?.tool.name ?? id, LABEL_LENGTH);
  const away = entry !== undefined && !isAvailable(entry) ? ', not reachable now' : '';
  return `${name} (${server}${away})`;
}
