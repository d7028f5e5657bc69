import { afterAll, beforeAll, describe, expect } from 'vitest';
import { startHostileHttp } from '../support/hostile-server.ts';
import type { HostileHttp } from '../support/hostile-server.ts';
import { build } from '../support/workflows.ts';
import { describeWorlds, openWorld, verifies as prove } from '../support/world.ts';
import type { Called, World } from '../support/world.ts';

let echo: HostileHttp;
beforeAll(async () => {
  echo = await startHostileHttp({ tools: ['echo'] });
});
afterAll(async () => {
  await echo.close();
});

const config = () => ({
  mcpServers: {
    chat: { url: echo.url, budget: { calls: 2, per: 'session' } },
    step: { url: echo.url, budget: { calls: 2, per: 'instance' } },
    first: { url: echo.url, budget: { calls: 1, per: 'session' }, fallback: ['second'] },
    second: { url: echo.url },
  },
});
const options = {
  config,
  toolsets: ['workflows', 'workflows-admin', 'gateway', 'agent', 'agent-admin'],
} as const;

function using(world: () => World) {
  const make = async (server: string, more: object = {}): Promise<Called> =>
    await world().call('call_tool', { name: `${server}__echo`, arguments: { text: 'x' }, ...more });
  const codes = async (server: string, times: number, more: object = {}): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    for (let at = 0; at < times; at += 1) {
      const { isError, body } = await make(server, more);
      found.push(isError ? body['error_code'] : 'made');
    }
    return found;
  };
  const session = async () => {
    const { body } = await world().call('start_session', {});
    return { session_id: String(body['session_id']) };
  };
  const run = async () => {
    await world().define('BUILD', build);
    const { body } = await world().call('start_workflow', { workflow_name: 'BUILD' });
    return { instance_id: String(body['instance_id']) };
  };
  return { make, codes, session, run };
}

describeWorlds(
  'budgets per session and run',
  ({ world, verifies }) => {
    const { make, codes, session, run } = using(world);

    verifies(
      ['gateway/G5', 'gateway/budget-accounts'],
      'give each session an account of its own',
      async () => {
        const [one, other] = [await session(), await session()];
        expect(await codes('chat', 3, one)).toEqual(['made', 'made', 'BUDGET_SPENT']);
        expect((await make('chat', one)).text).toContain(
          `The budget of calls per session of chat is spent: 2 of 2, by this session ("${one.session_id}").`,
        );
        expect(await codes('chat', 3, other)).toEqual(['made', 'made', 'BUDGET_SPENT']);
        expect(await codes('chat', 1, { session_id: 'made-up' })).toEqual(['SESSION_NOT_FOUND']);
        expect(await codes('chat', 3)).toEqual(['made', 'made', 'BUDGET_SPENT']);
        expect((await make('chat')).text).toContain("by today's calls that name no session");
      },
    );

    verifies(['gateway/G5', 'gateway/budget-accounts'], 'give each run of a workflow one', async () => {
      const [one, other] = [await run(), await run()];
      expect(await codes('step', 3, one)).toEqual(['made', 'made', 'BUDGET_SPENT']);
      expect((await make('step', one)).text).toContain(`by this run ("${one.instance_id}").`);
      expect(await codes('step', 1, { instance_id: 'made-up' })).toEqual(['made']);
      expect(await codes('step', 1, await session())).toEqual(['made']);
      expect(await codes('step', 1, { instance_id: 'another' })).toEqual(['BUDGET_SPENT']);
      expect((await make('step')).text).toContain("by today's calls that name no run");
      const asked = await world().call('ask', {
        plan: {
          calls: [{ id: 'a', server: 'step', intent: 'echo', tool: 'step__echo', arguments: { text: 'x' } }],
          structure: 'single',
        },
        ...one,
      });
      expect(JSON.stringify(asked.body['partial'])).toContain('by this run');
      expect(await codes('step', 2, other)).toEqual(['made', 'made']);
    });

    verifies(['gateway/G5', 'gateway/W6'], 'lead to what can answer where they are spent', async () => {
      const [one, other] = [await session(), await session()];
      const answeredBy = async (of: object) => {
        const given = { name: 'first__echo', arguments: { text: 'x' }, ...of };
        const { _meta: meta } = await world().client.callTool({ name: 'call_tool', arguments: given });
        return (meta?.['tutti'] as { readonly server: string } | undefined)?.server;
      };
      expect([await answeredBy(one), await answeredBy(one), await answeredBy(other)]).toEqual([
        'first',
        'second',
        'first',
      ]);
    });
  },
  options,
);

describe('what a session and a run have spent', () => {
  prove(
    ['gateway/budget-accounts', 'gateway/G5'],
    'is there after a crash, and in every process, which says whose it was',
    async () => {
      const world = await openWorld({ ...options, medium: 'stdio', era: '2026-07-28' });
      try {
        const { codes, session, run } = using(() => world);
        const [one, other] = [await session(), await run()];
        await codes('chat', 1, one);
        await codes('step', 1, other);
        const explained = async (server: string, ...more: readonly string[]) => {
          const { stdout } = await world.run('policy', 'explain', `${server}__echo`, '--json', ...more);
          const { effect, stages } = JSON.parse(stdout) as {
            effect: string;
            stages: readonly { stage: string; because: string }[];
          };
          return `${effect}: ${stages.find(({ stage }) => stage === 'budget')?.because}`;
        };
        const named = ['--session', one.session_id] as const;
        expect(await explained('chat', ...named)).toBe(
          `allow: 1 budget has room: 1 of 2 calls per session of chat, spent by this session ("${one.session_id}").`,
        );
        expect(await explained('chat')).toContain("0 of 2 calls per session of chat, spent by today's calls");
        await world.restart();
        expect(await codes('chat', 2, one)).toEqual(['made', 'BUDGET_SPENT']);
        expect(await codes('step', 2, other)).toEqual(['made', 'BUDGET_SPENT']);
        expect(await explained('chat', ...named)).toMatch(/^deny: .* is spent: 2 of 2, by this session/);
        expect(await explained('step', '--instance', other.instance_id)).toMatch(
          /^deny: .* is spent: 2 of 2, by this run/,
        );
      } finally {
        await world.close();
      }
    },
  );
});
