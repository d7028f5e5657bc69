import type { Plan, PlannedCall } from '../../src/core/gateway/plan/plan.ts';
import type { Planning } from '../../src/core/gateway/plan/planning.ts';
import type { Route, RouteDocument, Routing } from '../../src/core/gateway/route/route.ts';

const REFUSE_BELOW = 0.4;
const ROUTE_FROM = 0.6;

/** Routes by the share of a query's words that a tool has; two that fit equally are a question. For tests of what comes after. */
export function plainRouting(): Routing {
  let documents: readonly RouteDocument[] = [];
  return {
    update: (given) => void (documents = given),
    route: (query, { isVisible = () => true, limit = 10, learned = [] } = {}): Route => {
      const known = learned.findLast((example) => example.query === query)?.tool;
      const words = wordsOf(query);
      const candidates = documents
        .filter((document) => isVisible(document))
        .map((document) => ({
          document,
          own: wordsOf(`${document.server} ${document.tool} ${document.description}`),
        }))
        .map(({ document, own }) => ({
          document,
          score:
            (document.name === known ? 1 : 0) +
            words.filter((word) => own.includes(word)).length / Math.max(words.length, 1),
          terms: () =>
            words.filter((word) => own.includes(word)).map((term) => ({ term, field: 'name', weight: 1 })),
        }))
        .toSorted((a, b) => b.score - a.score || (a.document.name < b.document.name ? -1 : 1));
      const [best, second] = candidates;
      const confidence = best?.score ?? 0;
      const isClear = confidence >= ROUTE_FROM && second?.score !== best?.score;
      const decision = confidence < REFUSE_BELOW ? 'refuse' : isClear ? 'route' : 'ask';
      return {
        candidates: candidates.slice(0, limit),
        servers: [],
        confidence,
        decision,
        because: { measure: 'words', value: confidence, refuseBelow: REFUSE_BELOW, routeFrom: ROUTE_FROM },
      };
    },
  };
}

/** `and` splits, `then` puts in order, `maybe then` guesses the order. */
export function plainPlanning(routing: Routing): Planning {
  return {
    plan: (query, options) => {
      const routes = [{ call: '', query, route: routing.route(query, options) }];
      const calls: PlannedCall[] = [];
      for (const piece of query.split(/\band\b/)) {
        const isGuess = /\bmaybe then\b/.test(piece);
        const isAfter = /\bthen\b/.test(piece);
        const intent = piece.replace(/\b(?:maybe )?then\b/, '').trim();
        const route = routing.route(intent, options);
        const id = 'abcdef'.charAt(calls.length);
        const best = route.candidates[0]?.document;
        if (best === undefined) continue;
        routes.push({ call: id, query: intent, route });
        const before = isAfter ? calls.slice(-1).map((call) => call.id) : [];
        const call = { id, server: best.server, tool: best.name, intent, dependsOn: before };
        calls.push(isGuess ? { ...call, uncertainOrder: true } : call);
      }
      const plan: Plan = { query, calls, structure: calls.length === 1 ? 'single' : 'mixed' };
      return { plan, routes };
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}
