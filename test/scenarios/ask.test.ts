import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  ask,
  begun,
  call,
  callsDuring,
  completed,
  control,
  house,
  planOf,
  recorded,
  whenReady,
} from '../support/ask-house.ts';
import type { Answered, WirePlan } from '../support/ask-house.ts';
import { openWorld, verifies } from '../support/world.ts';
import type { World } from '../support/world.ts';

// Whether something is a control character that a terminal or a log would obey.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

describe.each([
  ['memory', '2025-11-25'],
  ['http', '2026-07-28'],
] as const)('ask (%s, %s)', (medium, era) => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      medium,
      era,
      toolsets: ['gateway'],
      config: (dir) => ({
        mcpServers: house(dir, { github: {}, slack: {}, teams: { fallback: ['slack'] }, tickets: {} }),
      }),
    });
    await whenReady(world.client, 4);
  });
  afterAll(async () => await world.close());

  const asks = async (query: string, more: object = {}): Promise<Answered> =>
    await ask(world, { query, ...more });
  const sends = async (plan: WirePlan | { readonly id: string }, more: object = {}): Promise<Answered> =>
    await ask(world, { plan, ...more });

  verifies(
    ['gateway/ask', 'gateway/R4', 'gateway/R5', 'gateway/G3'],
    'answers a question that one server can answer, and names the source',
    async () => {
      const since = recorded(world.dir).length;
      const { said, text, isError } = await asks('What are the changes of pull request #123?');
      expect({ kind: said.kind, isError }).toEqual({ kind: 'answer', isError: false });
      expect(said.sources).toMatchObject([
        { server: 'github', tool: expect.stringContaining('get_pull_request_changes') },
      ]);
      expect(said.sources?.[0]?.call_id).toMatch(/\S/);
      expect(said.answer).toContain('src/webhooks/retry.ts');
      expect(text).toContain('src/webhooks/retry.ts');
      expect(said.partial).toBeUndefined();
      expect(recorded(world.dir, since)[0]).toMatchObject({ server: 'github', arguments: { number: 123 } });
    },
  );

  verifies(
    ['gateway/G12', 'gateway/G2', 'gateway/G3', 'gateway/R3', 'gateway/ask-dispatch'],
    'brings changes and discussion from two servers at once as one answer',
    async () => {
      const question = 'summarize the changes in PR #123 and the discussion in Slack about it';
      const { said: shown } = await asks(question, { dry_run: true });
      expect(shown.plan?.structure).toBe('parallel');
      expect(shown.plan?.calls.map(({ tool }) => tool)).toEqual([
        'github__get_pull_request_changes',
        'slack__search_messages',
      ]);
      const before = begun(recorded(world.dir)).length;
      // Each call is answered only once both have begun.
      control(world.dir, 'github', { togetherAt: before + 2 });
      control(world.dir, 'slack', { togetherAt: before + 2 });
      const { said } = await asks(question).finally(() => {
        control(world.dir, 'github');
        control(world.dir, 'slack');
      });
      expect(said.kind).toBe('answer');
      expect(said.sources?.map(({ server }) => server)).toEqual(['github', 'slack']);
      expect(said.partial).toBeUndefined();
      expect(said.answer).toContain('src/webhooks/deliver.ts');
      expect(said.answer).toContain('cap the pause at ten minutes');
      expect(begun(recorded(world.dir)).slice(before).toSorted()).toEqual([
        'github.get_pull_request_changes',
        'slack.search_messages',
      ]);
    },
  );

  verifies(
    ['gateway/G2', 'gateway/R3', 'gateway/R4'],
    'keeps an order that is said in words, writes included',
    async () => {
      const since = recorded(world.dir).length;
      const { said: shown } = await asks(
        'First list the open pull requests on GitHub, then post the message "review time" to the channel releases in Slack',
      );
      // Words are easily misread: what writes is shown first, and done once the plan comes back.
      expect(shown.kind).toBe('clarification');
      expect(begun(recorded(world.dir, since))).toEqual([]);
      const { said } = await sends(shown.plan as WirePlan);
      expect(said.kind).toBe('answer');
      expect(
        recorded(world.dir, since).map(({ server, tool, event }) => `${event} ${server}.${tool}`),
      ).toEqual([
        'began github.list_pull_requests',
        'ended github.list_pull_requests',
        'began slack.post_message',
        'ended slack.post_message',
      ]);
      expect(recorded(world.dir, since)[0]?.arguments).toEqual({ state: 'open' });
      expect(recorded(world.dir, since)[2]?.arguments).toEqual({ channel: 'releases', text: 'review time' });
      expect(said.sources?.map(({ server }) => server)).toEqual(['github', 'slack']);
    },
  );

  verifies(
    ['gateway/G2', 'gateway/R4'],
    'looks something up for each item of a list, asked in words',
    async () => {
      const { said } = await asks(
        'List the open pull requests, and for each pull request look up its ticket',
        { dry_run: true },
      );
      expect(said.kind).toBe('plan');
      const [first, second] = said.plan?.calls ?? [];
      expect(first?.tool).toBe('github__list_pull_requests');
      expect(second).toMatchObject({ tool: 'tickets__get_ticket', depends_on: [first?.id] });
      expect(second?.for_each).toContain(`$${first?.id}`);
    },
  );

  verifies(
    ['gateway/G2', 'gateway/R4', 'gateway/ask-dispatch'],
    'makes a call for each item of a list, asked in words',
    async () => {
      const since = recorded(world.dir).length;
      const { said } = await asks('List the open pull requests and look up the ticket for each of them');
      expect(said.kind).toBe('answer');
      expect(said.partial).toBeUndefined();
      expect(said.sources?.map(({ server, tool }) => `${server}.${tool}`)).toEqual([
        'github.list_pull_requests',
        'tickets.get_ticket',
        'tickets.get_ticket',
      ]);
      expect(said.answer).toContain('Webhooks are lost when a shop is down');
      expect(said.answer).toContain('Owners cannot see failed deliveries');
      const [list, ...tickets] = recorded(world.dir, since).filter(({ event }) => event === 'began');
      expect(list).toMatchObject({ tool: 'list_pull_requests', arguments: { state: 'open' } });
      expect(tickets.map(({ arguments: { key } }) => String(key)).toSorted()).toEqual(['OPS-41', 'OPS-42']);
    },
  );

  verifies(
    ['gateway/G2', 'gateway/G3'],
    'answers that there was nothing to do it for, where the list is empty',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const { said } = await asks('List the closed pull requests and look up the ticket for each of them');
        expect(said.kind).toBe('answer');
        expect(said.partial).toBeUndefined();
        expect(said.answer).toContain('nothing to do');
      });
      expect(calls).toEqual(['github.list_pull_requests']);
    },
  );

  verifies(
    ['gateway/G3', 'gateway/R2', 'gateway/ask'],
    'names the part of a question that no server answers',
    async () => {
      const { said, text } = await asks(
        'What are the changes of pull request #123, and who won the world cup?',
      );
      expect(said.kind).toBe('answer');
      expect(said.sources?.map(({ server }) => server)).toEqual(['github']);
      expect(said.partial).toMatchObject([
        { server: 'tutti', error: expect.stringContaining('who won the world cup') },
      ]);
      expect(text).toContain('who won the world cup');
    },
  );

  verifies(
    ['gateway/G2', 'gateway/ask-dispatch'],
    'takes a plan with a call for each item, bound to what came before',
    async () => {
      const since = recorded(world.dir).length;
      const { said } = await sends(
        planOf(
          call('prs', 'github__list_pull_requests', { arguments: { state: 'open' } }),
          call('t', 'tickets__get_ticket', {
            for_each: '$prs.pull_requests[*]',
            bind: { '/key': '$item.ticket' },
            depends_on: ['prs'],
          }),
        ),
      );
      expect(said.kind).toBe('answer');
      expect(said.answer).toContain('Webhooks are lost when a shop is down');
      expect(said.answer).toContain('Owners cannot see failed deliveries');
      const asked = recorded(world.dir, since).filter(
        ({ event, server }) => event === 'began' && server === 'tickets',
      );
      expect(asked.map(({ arguments: args }) => String(args['key'])).toSorted()).toEqual([
        'OPS-41',
        'OPS-42',
      ]);
    },
  );

  verifies(
    ['gateway/R4', 'gateway/ask', 'gateway/W1'],
    'gives back what it cannot fill, and goes on with the plan when it is completed',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const { said, isError } = await asks('Show the changes of a pull request');
        expect({ kind: said.kind, isError }).toEqual({ kind: 'needs_arguments', isError: false });
        const { plan, missing } = said.needs_arguments ?? {};
        expect(missing).toMatchObject([
          {
            call: plan?.calls[0]?.id,
            missing: ['number'],
            schema: { properties: { number: { type: 'integer' } } },
          },
        ]);
        const refused = await sends(completed(plan, { number: 'many' }));
        expect(refused.said.kind).not.toBe('answer');
        expect(refused.text).toContain('number');
        const done = await sends(completed(plan, { number: 124 }));
        expect(done.said).toMatchObject({ kind: 'answer', sources: [{ server: 'github' }] });
        expect(done.said.answer).toContain('pages/deliveries.tsx');
      });
      expect(calls).toEqual(['github.get_pull_request_changes']);
    },
  );

  verifies(
    ['gateway/G9', 'gateway/G1', 'gateway/R2'],
    'asks back where several are meant equally, and takes the words or the choice of a server',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const { said, isError } = await asks('Search the messages for "webhook"');
        expect({ kind: said.kind, isError }).toEqual({ kind: 'clarification', isError: false });
        const options = said.clarification?.options ?? [];
        expect(options.length).toBeGreaterThanOrEqual(2);
        expect(options.length).toBeLessThanOrEqual(3);
        expect(options.map(({ server }) => server)).toEqual(expect.arrayContaining(['slack', 'teams']));
        expect(said.clarification?.question).toContain('?');
      });
      expect(calls).toEqual([]);
      const words = await callsDuring(world.dir, async () => {
        expect((await asks('Search the messages in Teams for "webhook"')).said.kind).toBe('answer');
      });
      expect(words).toEqual(['teams.search_messages']);
      const choice = await callsDuring(world.dir, async () => {
        const chosen = await asks('Search the messages for "webhook"', { servers: ['slack'] });
        expect(chosen.said.kind).toBe('answer');
      });
      expect(choice).toEqual(['slack.search_messages']);
    },
  );

  verifies(
    ['gateway/G11', 'gateway/R2'],
    'says that it has no tool for what is foreign, and names the nearest',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const { said, isError } = await asks('Play some jazz in the living room');
        expect({ kind: said.kind, isError }).toEqual({ kind: 'out_of_scope', isError: false });
        expect(said.out_of_scope?.message).toMatch(/tool/i);
        const nearest = said.out_of_scope?.nearest ?? [];
        expect(nearest.length).toBeGreaterThan(0);
        const names = nearest.map(({ name }) => name);
        const described = await world.call('describe_tool', { names });
        expect(described.isError).toBe(false);
      });
      expect(calls).toEqual([]);
    },
  );

  verifies(
    ['gateway/W1', 'gateway/W9', 'gateway/ask'],
    'shows plan, estimate and reasons, and calls nothing',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const { said } = await asks('Merge the pull request #124', { dry_run: true });
        expect(said.kind).toBe('plan');
        expect(said.plan).toMatchObject({
          structure: 'single',
          calls: [{ server: 'github', tool: 'github__merge_pull_request', arguments: { number: 124 } }],
        });
        expect(said.estimate).toMatchObject({ calls: 1, risk: 'destructive' });
        const [route] = said.explain ?? [];
        expect(route?.candidates[0]?.name).toBe('github__merge_pull_request');
        expect(route?.candidates[0]?.terms.length).toBeGreaterThan(0);
        for (const { terms } of route?.candidates ?? []) expect(terms.length).toBeLessThanOrEqual(3);
        expect(route?.refuse_below).toBeLessThan(route?.route_from ?? 0);
        const { body } = await world.call('list_approvals', {});
        expect(body['approvals']).toEqual([]);
      });
      expect(calls).toEqual([]);
    },
  );

  verifies(
    ['gateway/W1', 'gateway/R4'],
    'takes a shown plan edited, and checks it like any other input',
    async () => {
      const shown = await asks('What are the changes of pull request #123?', { dry_run: true });
      const edited = completed(shown.said.plan, { number: 119 });
      expect((await sends(edited)).said.answer).toContain('db/tax.sql');
    },
  );

  verifies(
    ['gateway/G3', 'gateway/ask-dispatch'],
    'keeps what came when one of two servers fails, and says what is missing',
    async () => {
      control(world.dir, 'github', { dies: ['get_pull_request_changes'] });
      const { said, text, isError } = await sends(
        planOf(
          call('changes', 'github__get_pull_request_changes', { arguments: { number: 123 } }),
          call('talk', 'slack__search_messages', { arguments: { query: 'PR #123' } }),
        ),
      ).finally(() => control(world.dir, 'github'));
      expect({ kind: said.kind, isError }).toEqual({ kind: 'answer', isError: false });
      expect(said.sources?.map(({ server }) => server)).toEqual(['slack']);
      expect(said.answer).toContain('cap the pause at ten minutes');
      expect(said.partial).toMatchObject([{ server: 'github', error: expect.stringMatching(/\S/) }]);
      expect(text).toContain('github');
    },
  );

  verifies(
    ['gateway/ask-dispatch', 'gateway/W6'],
    'tries another server where the first one is lost, and says who answered',
    async () => {
      control(world.dir, 'teams', { dies: ['search_messages'] });
      const { said } = await sends(
        planOf(call('talk', 'teams__search_messages', { arguments: { query: 'freeze' } })),
      ).finally(() => control(world.dir, 'teams'));
      expect(said.kind).toBe('answer');
      expect(said.sources?.map(({ server }) => server)).toEqual(['slack']);
      expect(said.answer).toContain('wait for the freeze');
    },
  );

  verifies(
    ['gateway/ask-dispatch', 'gateway/both-hops'],
    'tells how far it is, and calls everything off when the caller does',
    async () => {
      control(world.dir, 'github', { hangs: ['get_pull_request_changes'] });
      control(world.dir, 'slack', { hangs: ['search_messages'] });
      const since = recorded(world.dir).length;
      const plan = planOf(
        call('list', 'slack__list_channels'),
        call('changes', 'github__get_pull_request_changes', {
          arguments: { number: 123 },
          depends_on: ['list'],
        }),
        call('talk', 'slack__search_messages', { arguments: { query: 'PR' }, depends_on: ['list'] }),
        call('after', 'slack__list_channels', { depends_on: ['talk'] }),
      );
      const off = new AbortController();
      const heard: unknown[] = [];
      const asked = world.client
        .callTool(
          { name: 'ask', arguments: { plan } },
          { signal: off.signal, onprogress: (progress) => void heard.push(progress) },
        )
        .catch((error: unknown) => error);
      const events = (event: string) => recorded(world.dir, since).filter((line) => line.event === event);
      await expect.poll(() => events('began')).toHaveLength(3);
      await expect.poll(() => heard).not.toEqual([]);
      off.abort();
      expect(await asked).toBeInstanceOf(Error);
      await expect.poll(() => events('cancelled')).toHaveLength(2);
      control(world.dir, 'github');
      control(world.dir, 'slack');
      expect(begun(recorded(world.dir, since)).filter((each) => each.endsWith('list_channels'))).toHaveLength(
        1,
      );
    },
  );

  verifies(
    ['gateway/ask-faults', 'trust/bounds'],
    'refuses questions that are none, and says why',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const both = { query: 'anything', plan: planOf(call('a', 'slack__list_channels')) };
        const bad = [
          {},
          { query: '' },
          { query: ' \n\t ' },
          { query: 'x'.repeat(1_000_000) },
          both,
          { plan: 7 },
        ];
        for (const args of bad) {
          const { said, isError, text } = await ask(world, args);
          expect({ args: JSON.stringify(args).slice(0, 80), isError }).toMatchObject({ isError: true });
          expect(said.error_code).toMatch(/^(?:INVALID|MISSING|PLAN)_/);
          expect(text.length).toBeLessThan(4000);
        }
      });
      expect(calls).toEqual([]);
    },
  );

  verifies(
    ['gateway/ask-faults', 'trust/29-terminal'],
    'lets no control character of a question reach a person or a server',
    async () => {
      const since = recorded(world.dir).length;
      const { text } = await asks(
        'What are the \u0000changes of \u001b[31mpull request\u001b[0m #123?\u0007',
      );
      expect(text).not.toMatch(CONTROL);
      const { text: foreign } = await asks(
        'Play \u001b]8;;http://example.com\u0007some jazz\u009b in the living room',
      );
      expect(foreign).not.toMatch(CONTROL);
      for (const { arguments: args } of recorded(world.dir, since))
        expect(Object.values(args).join(' ')).not.toMatch(CONTROL);
    },
  );

  verifies(
    ['gateway/ask-faults', 'gateway/W1', 'trust/11-smuggled-arguments'],
    'refuses a plan that cannot be carried out, before anything is called',
    async () => {
      const changes = { arguments: { number: 123 } };
      const bad: Readonly<Record<string, WirePlan>> = {
        'a cycle': planOf(
          call('a', 'github__get_pull_request_changes', { ...changes, depends_on: ['b'] }),
          call('b', 'github__list_review_comments', { ...changes, depends_on: ['a'] }),
        ),
        'a call that needs itself': planOf(
          call('a', 'github__get_pull_request_changes', { bind: { '/number': '$a.number' } }),
        ),
        'an unknown tool': planOf(call('a', 'github__paint_the_fence', changes)),
        'an unknown server': planOf(call('a', 'nowhere__list_channels')),
        'another server than that of the tool': planOf({
          ...call('a', 'slack__list_channels'),
          server: 'github',
        }),
        'a dependency on nothing': planOf(call('a', 'slack__list_channels', { depends_on: ['zzz'] })),
        'a binding to nothing': planOf(
          call('a', 'github__get_pull_request_changes', { bind: { '/number': '$zzz.items[0].number' } }),
        ),
        'a binding that is no place': planOf(
          call('b', 'github__list_pull_requests'),
          call('a', 'github__get_pull_request_changes', {
            bind: { '/__proto__/number': '$b.pull_requests[0].number' },
            depends_on: ['b'],
          }),
        ),
        'two calls of one id': planOf(call('a', 'slack__list_channels'), call('a', 'slack__list_channels')),
        'no calls': planOf(),
        'too many calls': planOf(
          ...Array.from({ length: 33 }, (_, at) => call(`c${at}`, 'slack__list_channels')),
        ),
        'arguments that the tool does not know': planOf(
          call('a', 'github__get_pull_request_changes', { arguments: { number: 123, force: true } }),
        ),
      };
      const calls = await callsDuring(world.dir, async () => {
        for (const [what, plan] of Object.entries(bad)) {
          const { said, isError, text } = await sends(plan);
          expect({ what, isError, kind: said.kind }).toEqual({ what, isError: true, kind: undefined });
          expect({ what, code: said.error_code }).toMatchObject({
            code: expect.stringMatching(/^(?:PLAN_INVALID|TOOL_NOT_FOUND|INVALID_|MISSING_)/),
          });
          expect(text).toMatch(/\S{3}/);
        }
      });
      expect(calls).toEqual([]);
    },
  );

  verifies(
    ['gateway/ask-faults', 'trust/34-runaway'],
    'bounds a list of 10,000 items, and says so',
    async () => {
      const since = recorded(world.dir).length;
      const { text } = await sends(
        planOf(
          call('who', 'slack__list_members', { arguments: { channel: 'everybody' } }),
          call('each', 'slack__search_messages', {
            for_each: '$who.members',
            bind: { '/query': '$item' },
            depends_on: ['who'],
          }),
        ),
      );
      const searched = begun(recorded(world.dir, since)).filter((each) => each === 'slack.search_messages');
      expect(searched.length).toBeLessThanOrEqual(50);
      expect(text).toMatch(/10,?000/);
    },
  );

  verifies(
    ['gateway/ask-faults', 'gateway/G3'],
    'says it when a reference leads nowhere in what came, and keeps the rest',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const { said, text } = await sends(
          planOf(
            call('list', 'github__list_pull_requests'),
            call('lost', 'github__get_pull_request_changes', {
              bind: { '/number': '$list.pull_requests[0].no_such_member' },
              depends_on: ['list'],
            }),
          ),
        );
        expect(said.kind).toBe('answer');
        expect(said.partial).toMatchObject([{ server: 'github' }]);
        expect(text).toContain('no_such_member');
      });
      expect(calls).toEqual(['github.list_pull_requests']);
    },
  );

  verifies(
    ['gateway/plan-resource', 'gateway/ask-resume', 'trust/21-handles', 'gateway/G10'],
    'keeps a plan that waits for a person as a resource, and refuses it when the person does',
    async () => {
      const calls = await callsDuring(world.dir, async () => {
        const held = await asks('Merge the pull request #124');
        expect(held.said.kind).toBe('approval');
        expect(held.said.approval).toMatchObject({ server: 'github' });
        const id = held.said.plan?.id ?? '';
        const { contents } = await world.client.readResource({ uri: `plan://${id}` });
        const view = JSON.parse((contents[0] as { readonly text: string }).text) as Record<string, unknown>;
        expect(view).toMatchObject({
          status: 'waiting',
          approval_ids: [held.said.approval?.approval_id],
          plan: { calls: [{ tool: 'github__merge_pull_request' }] },
        });
        // Still nobody has decided.
        expect((await sends({ id })).said).toMatchObject({
          kind: 'approval',
          approval: { approval_id: held.said.approval?.approval_id },
        });
        await world.decide(held.said.approval?.approval_id ?? '', 'deny');
        const refused = await sends({ id });
        expect(refused.text).toMatch(/refused|denied/i);
        const unknown = await sends({ id: 'AAAAAAAAAAAAAAAAAAAAAA' });
        expect(unknown.said.error_code).toBe('PLAN_NOT_FOUND');
        await expect(world.client.readResource({ uri: 'plan://AAAAAAAAAAAAAAAAAAAAAA' })).rejects.toThrow();
      });
      expect(calls).toEqual([]);
    },
  );
});
