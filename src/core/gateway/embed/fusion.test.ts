import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route, RouteDecision, RouteDocument, Routing } from '../route/route.ts';
import { fused } from './fusion.ts';

const BARS = { measure: 'words', refuseBelow: 0.1, routeFrom: 0.4 };

const documentOf = (name: string): RouteDocument => ({
  name,
  server: 's',
  tool: name,
  title: '',
  description: '',
  serverDescription: '',
  parameters: [],
  examples: [],
});

function routeOf(scores: readonly number[], confidence: number): Route {
  const decision: RouteDecision =
    confidence < BARS.refuseBelow ? 'refuse' : confidence < BARS.routeFrom ? 'ask' : 'route';
  return {
    candidates: scores.map((score, at) => ({
      document: documentOf(`t${String(at).padStart(3, '0')}`),
      score,
      terms: () => [],
    })),
    servers: [],
    confidence,
    decision,
    because: { ...BARS, value: confidence },
  };
}

/** Each tool at an angle to the question. */
function fusedOver(route: Route, angles: readonly (number | undefined)[]): Routing {
  const routing: Routing = {
    update: () => undefined,
    route: (_query, { limit = 10 } = {}) => ({ ...route, candidates: route.candidates.slice(0, limit) }),
  };
  const vectors = new Map(route.candidates.map(({ document }, at) => [document, angles[at]] as const));
  return fused(routing, {
    queries: new Map([['q', Float32Array.of(1, 0)]]),
    vectorOf: (document) => {
      const angle = vectors.get(document);
      return angle === undefined ? undefined : Float32Array.of(Math.cos(angle), Math.sin(angle));
    },
  });
}

const namesIn = ({ candidates }: Route) => candidates.map(({ document }) => document.name);

describe('words and what they mean', () => {
  it('decide together', () => {
    const over = fusedOver(routeOf([0.8, 0.75, 0.1], 0.9), [1.2, 0, 0.1]);
    const route = over.route('q');
    expect(namesIn(route)).toEqual(['t001', 't000', 't002']);
    expect(route.confidence).toBeCloseTo((0.9 * 0.75) / 0.8);
    expect(route.because.value).toBe(route.confidence);
    expect(namesIn(over.route('another'))).toEqual(['t000', 't001', 't002']);
  });

  it('leave to words what was confirmed for these very words, and what not every tool is known of', () => {
    const route = routeOf([0.8, 0.75], 0.9);
    const learned = [{ query: 'q', tool: 't000' }];
    expect(namesIn(fusedOver(route, [1.2, 0]).route('q', { learned }))).toEqual(['t000', 't001']);
    expect(fusedOver(route, [1.2, undefined]).route('q')).toEqual(route);
  });

  it('ask where the words were sure of another tool, and refuse nothing that words would ask about', () => {
    const surely = fusedOver(routeOf([0.8, 0.6], 0.45), [1.2, 0]).route('q');
    expect([surely.decision, surely.confidence]).toEqual(['ask', 0.45 * (0.6 / 0.8)]);
    const hardly = fusedOver(routeOf([0.8, 0.6], 0.11), [1.2, 0]).route('q');
    expect([hardly.decision, hardly.confidence]).toEqual(['ask', 0.1]);
    const refused = fusedOver(routeOf([0.8, 0.6], 0.05), [1.2, 0]).route('q');
    expect([refused.decision, refused.confidence]).toEqual(['refuse', 0.05]);
  });

  it('bring nothing forward from behind the fiftieth', () => {
    const scores = Array.from({ length: 64 }, (_, at) => 1 - at / 100);
    const angles = scores.map((_, at) => (at < 50 ? 1.5 : 0));
    const route = fusedOver(routeOf(scores, 0.9), angles).route('q', { limit: 64 });
    expect(namesIn(route).slice(50)).toEqual(
      scores.slice(50).map((_, at) => `t${String(at + 50).padStart(3, '0')}`),
    );
  });

  it('never make a route surer, lose or add a tool, or leave the bounds of the scores', () => {
    const angle = fc.double({ min: 0, max: Math.PI, noNaN: true });
    const tool = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), angle);
    fc.assert(
      fc.property(
        fc.array(tool, { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tools, sure) => {
          const ordered = tools.toSorted(([a], [b]) => b - a);
          const route = routeOf(
            ordered.map(([score]) => score),
            sure,
          );
          const found = fusedOver(
            route,
            ordered.map(([, at]) => at),
          ).route('q', { limit: 64 });
          expect(found.confidence).toBeLessThanOrEqual(route.confidence);
          expect(namesIn(found).toSorted()).toEqual(namesIn(route).toSorted());
          const most = ordered[0]?.[0] ?? 0;
          const scores = found.candidates.map(({ score }) => score);
          expect(scores.every((score) => score >= 0 && score <= most + 1e-9)).toBe(true);
          expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        },
      ),
    );
  });
});
