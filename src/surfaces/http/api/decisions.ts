import { TuttiError } from '../../../core/kernel/errors.ts';
import type { People, PersonsDecision } from '../../../core/workflow/people.ts';
import { askedAtIn, toWireQuestion } from '../../mcp/question-wire.ts';
import { toWireDirective } from '../../mcp/wire.ts';
import type { ApiRequest, ApiRoute } from './api.ts';
import { limitIn } from './api.ts';

const EXPECTED =
  'Expected a JSON object with "outcome", "because" and "asked_at", all texts, and where it was asked for "confirm": true. "asked_at" is that of the question that was read: GET shows it.';

/** What waits for a person: `GET /api/decisions`, `GET /api/decisions/ID`, `POST /api/decisions/ID`. */
export function decisionsApi(people: Pick<People, 'waiting' | 'question' | 'decide'>): ApiRoute {
  return {
    name: 'decisions',
    list: async (query) => {
      const waiting = await people.waiting({ limit: limitIn(query) });
      return { decisions: waiting.map(toWireQuestion) };
    },
    show: async (id) => toWireQuestion(await people.question(id)),
    decide: async ({ id, body, by }) => {
      const directive = await people.decide({ instanceId: id, ...decisionIn(body), by });
      const { step_token: _, ...told } = toWireDirective(directive);
      return told;
    },
  };
}

type Word = Pick<PersonsDecision, 'outcome' | 'because' | 'askedAt' | 'confirmed'>;

function decisionIn(body: ApiRequest['body']): Word {
  const { outcome, because, asked_at: asked, confirm = false, ...rest } = body;
  if (
    typeof outcome !== 'string' ||
    typeof because !== 'string' ||
    typeof asked !== 'string' ||
    typeof confirm !== 'boolean' ||
    Object.keys(rest).length > 0
  )
    throw new TuttiError('input/invalid-format', `${EXPECTED} Found something else.`);
  return { outcome, because, askedAt: askedAtIn(asked), confirmed: confirm };
}
