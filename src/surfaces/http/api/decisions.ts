import { TuttiError } from '../../../core/kernel/errors.ts';
import type { People } from '../../../core/workflow/people.ts';
import { toWireQuestion } from '../../mcp/question-wire.ts';
import { toWireDirective } from '../../mcp/wire.ts';
import type { ApiRequest, ApiRoute } from './api.ts';
import { limitIn } from './api.ts';

const EXPECTED =
  'Expected a JSON object with "outcome" and "because", both texts, and where it was asked for "confirm": true.';

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

function decisionIn(body: ApiRequest['body']): { outcome: string; because: string; confirmed: boolean } {
  const { outcome, because, confirm = false, ...rest } = body;
  if (
    typeof outcome !== 'string' ||
    typeof because !== 'string' ||
    typeof confirm !== 'boolean' ||
    Object.keys(rest).length > 0
  )
    throw new TuttiError('input/invalid-format', `${EXPECTED} Found something else.`);
  return { outcome, because, confirmed: confirm };
}
