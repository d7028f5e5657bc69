import { describe, expect } from 'vitest';
import { porterStem } from '../src/adapters/stem/porter.ts';
import { createPlanner } from '../src/core/gateway/plan/planner.ts';
import { createRouter } from '../src/core/gateway/route/router.ts';
import { ROUTING_CASES, ROUTING_DOCUMENTS } from './support/routing-fixture.ts';
import type { RoutingCase } from './support/routing-fixture.ts';
import { verifies } from './support/world.ts';

const router = createRouter(porterStem);
router.update(ROUTING_DOCUMENTS);
const planner = createPlanner(router);

const several = (each: RoutingCase): boolean =>
  each.expect === 'parallel' || each.expect === 'sequential' || each.expect === 'mixed';
const answerable = ROUTING_CASES.filter((each) => each.expect === 'single' || several(each));
const casesOf = (expected: RoutingCase['expect']) => ROUTING_CASES.filter((each) => each.expect === expected);

/** Share of the cases that are right, and the others to look at. */
function score(cases: readonly RoutingCase[], isRight: (each: RoutingCase) => boolean) {
  const wrong = cases.filter((each) => !isRight(each)).map(({ query }) => query);
  return { share: 1 - wrong.length / cases.length, wrong: wrong.join('\n') };
}

/** At least so many of these are right; else those that are not are shown. */
function demand(bar: number, { share, wrong }: ReturnType<typeof score>): void {
  expect({ share, wrong: share < bar ? wrong : '' }).toMatchObject({ wrong: '' });
}

const toolsOf = (query: string) => planner.plan(query).plan.calls.map(({ tool }) => tool ?? '');
const decisionOf = (query: string) => router.route(query).decision;

describe('routing over a house of eight servers', () => {
  verifies(['gateway/G1', 'gateway/R1', 'gateway/R5'], 'finds the tool that is meant', () => {
    const singles = casesOf('single');
    const at = (limit: number) =>
      score(singles, ({ query, tools }) =>
        router.route(query, { limit }).candidates.some(({ document: { name } }) => tools.includes(name)),
      );
    demand(0.9, at(1));
    demand(0.97, at(5));
  });

  verifies(['gateway/G2', 'gateway/R3'], 'makes a plan of the structure that the words say', () => {
    demand(
      0.9,
      score(answerable, (each) => planner.plan(each.query).plan.structure === each.expect),
    );
    demand(
      0.8,
      score(answerable.filter(several), ({ query, tools }) => toolsOf(query).join() === tools.join()),
    );
  });

  verifies(
    ['gateway/R2', 'gateway/G11'],
    'refuses seldom what can be answered, and often what cannot',
    () => {
      demand(
        0.96,
        score(answerable, ({ query }) => decisionOf(query) !== 'refuse'),
      );
      demand(
        0.7,
        score(casesOf('refuse'), ({ query }) => decisionOf(query) === 'refuse'),
      );
    },
  );

  verifies(['gateway/R2', 'gateway/G9'], 'asks back where several could be meant', () => {
    demand(
      0.85,
      score(casesOf('ask'), ({ query }) => decisionOf(query) !== 'route'),
    );
  });

  verifies('gateway/R1', 'lets an example of the operator decide', () => {
    const taught = createRouter(porterStem);
    const query = 'Play some jazz in the living room';
    taught.update(
      ROUTING_DOCUMENTS.map((each) =>
        each.name === 'chat__set_presence' ? Object.assign({}, each, { examples: [query] }) : each,
      ),
    );
    const { candidates, decision } = taught.route('please play jazz in the living room');
    expect(candidates[0]?.document.name).toBe('chat__set_presence');
    expect(decision).not.toBe('refuse');
  });
});
