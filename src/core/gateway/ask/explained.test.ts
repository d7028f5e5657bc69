import { describe, expect, it } from 'vitest';
import { READ, stage, unexpected } from '../../../../test/support/asking-stage.ts';
import type { Stage } from '../../../../test/support/asking-stage.ts';
import { toTool, toToolSettings } from '../../../../test/support/fake-downstream.ts';
import type { RouteExplanation } from './ask.ts';

const text = {
  type: 'object',
  properties: {
    text: {
      type: 'string',
      description:
        'plain words, without any markup, in upper or lower case, at most two hundred letters long, one line each, not quoted',
    },
  },
};
const search = { ...READ, description: 'search messages' };
const servers = {
  slack: [
    toTool('search_messages', search),
    toTool('list_members', { ...READ, description: 'members of a channel' }),
  ],
  teams: [toTool('search_messages', { ...search, inputSchema: text })],
};

async function explained(here: Stage, query: string) {
  const came = await here.ask({ query, dryRun: true });
  if (came.kind !== 'plan') throw unexpected(came);
  return { calls: came.plan.calls, routes: came.routes };
}

const chosenIn = ({ candidates }: RouteExplanation): readonly string[] =>
  candidates.filter(({ isChosen }) => isChosen).map(({ name }) => name);

describe('what explains a plan', () => {
  it('shows for each call what was taken, and what the whole question says for it', async () => {
    const query = 'show the members of the slack channel and then search the messages for "lunch"';
    const { calls, routes } = await explained(stage({ servers, isReal: true }), query);
    const [whole, first, second] = routes;
    if (whole === undefined || first === undefined || second === undefined) throw new Error('too few');
    expect(whole).not.toHaveProperty('call');
    expect(chosenIn(whole)).toEqual([]);
    expect([first, second].map(({ call }) => call)).toEqual(['a', 'b']);
    expect([first, second].map((each) => chosenIn(each))).toEqual(calls.map(({ tool }) => [tool]));
    expect(first).toMatchObject({
      decision: 'route',
      because: expect.stringMatching(/^Its confidence reaches/),
    });

    // By the words of the second call alone, another one would have been taken.
    const [best, taken] = second.candidates;
    expect(best?.name).toBe('teams__search_messages');
    expect(taken).toMatchObject({ name: 'slack__search_messages', isChosen: true });
    expect(taken?.score).toBeLessThan(best?.score ?? 0);
    expect(taken?.whole).toBeGreaterThan(best?.whole ?? 1);
    expect(second.because).toContain(
      'teams__search_messages fits the words of the call best; with the whole question',
    );
  });

  it('says that equivalents are no question, and which of them is taken', async () => {
    const group = { search_messages: toToolSettings({ group: 'search' }) };
    const server = { slack: { tools: group, costMicros: 10 }, teams: { tools: group } };
    const { calls, routes } = await explained(stage({ servers, server }), 'search messages');
    expect(calls).toMatchObject([{ tool: 'teams__search_messages' }]);
    expect(routes).toMatchObject([
      { call: 'a', decision: 'route', because: expect.stringContaining('equivalents') },
    ]);
    expect(routes.map((each) => chosenIn(each))).toEqual([['teams__search_messages']]);
    expect(routes[0]?.candidates[0]).not.toHaveProperty('whole');
  });

  it('says what is asked about, where none is taken', async () => {
    const { routes } = await explained(stage({ servers }), 'search messages');
    expect(routes).toMatchObject([{ decision: 'ask' }]);
    expect(routes.map((each) => chosenIn(each))).toEqual([[]]);
  });
});
