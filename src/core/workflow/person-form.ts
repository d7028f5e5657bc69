import { isJsonObject } from '../kernel/json.ts';
import type { JsonObject } from '../kernel/json.ts';
import { cleanText, visibleJson } from '../policy/clean.ts';
import type { OpenQuestion } from './people.ts';
import { clipMiddle } from './prompt-room.ts';
import { reportedText } from './prompt.ts';
import { targetName } from './transition.ts';

const GUIDANCE_LENGTH = 1_500;
const CONTEXT_LENGTH = 1_500;
const MESSAGE_LENGTH = 12_000;

/** What a person chose, in the words of the form. */
export interface PersonsWord {
  readonly outcome: string;
  readonly because: string;
}

/** The question as a client puts it to its person: parameters of `elicitation/create`. */
export function formOf(question: OpenQuestion, note?: string): JsonObject {
  return {
    mode: 'form',
    message: cleanText(
      note === undefined ? questionText(question) : `${note}\n\n${questionText(question)}`,
      MESSAGE_LENGTH,
    ),
    requestedSchema: {
      type: 'object',
      properties: {
        outcome: {
          type: 'string',
          title: 'Where to go',
          enum: question.outcomes.map(({ id }) => id),
        },
        because: { type: 'string', title: 'Why', description: 'Stands in the journal.' },
      },
      required: ['outcome', 'because'],
    },
  };
}

/** All that a person needs to decide, in plain text. */
export function questionText(question: OpenQuestion): string {
  const { workflow, step, requestedBy, guidance, report, context } = question;
  const outcomes = question.outcomes.map(
    ({ id, when, to }) =>
      `- ${id}: goes to ${to.kind === 'halt' ? 'HALT' : targetName(to, step)}${when === '' ? '' : ` (${when})`}`,
  );
  return [
    `Where does ${workflow} go from the step "${step}"? Reported by ${requestedBy}:`,
    visibleJson(reportedText(report)),
    `Guidance of this step:\n${clipMiddle(guidance, GUIDANCE_LENGTH)}`,
    `Context: ${visibleJson(clipMiddle(JSON.stringify(context), CONTEXT_LENGTH))}`,
    `Outcomes:\n${outcomes.join('\n')}`,
  ].join('\n\n');
}

/** Only what was chosen and explained counts: who declines, or closes the form, leaves the question open. */
export function wordIn(answer: unknown): PersonsWord | undefined {
  if (!isJsonObject(answer) || answer['action'] !== 'accept' || !isJsonObject(answer['content']))
    return undefined;
  const { outcome, because } = answer['content'];
  return typeof outcome === 'string' && typeof because === 'string' && because.trim() !== ''
    ? { outcome, because }
    : undefined;
}
