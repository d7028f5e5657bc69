import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, callsDuring, completed, control, house, whenReady } from '../support/ask-house.ts';
import type { WirePlan } from '../support/ask-house.ts';
import { openWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

describe('what words leave open', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      medium: 'memory',
      era: '2025-11-25',
      toolsets: ['gateway'],
      config: (dir) => ({ mcpServers: house(dir, { github: {}, slack: {}, tickets: {} }) }),
    });
    await whenReady(world.client, 3);
  });
  afterAll(async () => await world.close());

  it('is said in one way of a call for each item, and is never an empty list', async () => {
    const first = await ask(world, { query: 'for each open pull request add a comment "ping"' });
    const bind = { '/number': '$item.number' };
    expect(first.said.needs_arguments?.missing).toMatchObject([{ call: 'b', missing: ['number'], bind }]);
    expect(first.text).toContain('- b: number, by bind, such as {"bind":{"/number":"$item.number"}}');
    expect(first.text).toContain('or into its bind where that is said');
    const second = await ask(world, { plan: completed(first.said.needs_arguments?.plan, { number: 5 }) });
    expect(second.said.needs_arguments?.missing).toMatchObject([{ call: 'b', missing: ['bind'] }]);
    expect(second.text).toContain('- b: by bind, such as {"bind":{"/');
  });

  it('can be gone on with by whoever reads the text alone', async () => {
    const calls = await callsDuring(world.dir, async () => {
      const open = await ask(world, { query: 'what are the changes of PR 2,5' });
      expect(open.text).toContain('- a: number');
      const [, json = ''] = /^The plan: (.*)$/m.exec(open.text) ?? [];
      const plan = JSON.parse(json) as WirePlan;
      expect(plan).toEqual(open.said.needs_arguments?.plan);
      expect((await ask(world, { plan: completed(plan, { number: 124 }) })).said.kind).toBe('answer');
    });
    expect(calls).toEqual(['github.get_pull_request_changes']);
    const shown = await ask(world, { query: 'post "x" to the channel lunch' });
    expect(shown.text).toContain(`send as plan {"id":"${shown.said.plan?.id}"}`);
    const dry = await ask(world, { query: 'list the channels', dry_run: true });
    expect(dry.text).toContain(`The plan: ${JSON.stringify(dry.said.plan)}`);
  });

  it.each([
    ['post "x" to the channel lunch or backend', 'lunch or backend', 'needs_arguments'],
    ['Merge PR #123 with squash or rebase', 'squash or rebase', 'approval'],
    ['merge PR #123 or PR #124', 'PR #123 or PR #124', 'needs_arguments'],
  ])('is which of several a change is for: %s', async (query, either, kind) => {
    const calls = await callsDuring(world.dir, async () => {
      const { said, text } = await ask(world, { query, servers: ['github', 'slack'] });
      expect(said.kind).toBe(kind);
      expect(text).toContain(`Which one is meant is not said, so none was taken: ${JSON.stringify(either)}.`);
    });
    expect(calls).toEqual([]);
  });

  it('does not keep reads from both, and is told with them', async () => {
    const calls = await callsDuring(world.dir, async () => {
      const { said } = await ask(world, { query: 'what are the changes of PR #123 or PR #124' });
      expect(said.answer).toContain(
        'Which one is meant is not said, so all were read: "PR #123 or PR #124".',
      );
    });
    expect(calls).toHaveLength(2);
  });

  it.each([
    ['what are the changes of PR #-5', '#-5'],
    ['what are the changes of PRs 1 to 1000', 'PRs 1 to 1000'],
    ['what are the changes of PR 90071992547409931234', '90071992547409931234'],
    ['what are the changes of PR 2,5', '2,5'],
    ['search the messages for "webhook" in #backend since 2026-02-30', '2026-02-30'],
  ])('is a value that could not be read: %s', async (query, value) => {
    const { text } = await ask(world, { query, servers: ['github', 'slack'] });
    expect(text).toContain(`Could not read: ${JSON.stringify(value)}.`);
  });

  it('is whether a write took effect whose server died in it', async () => {
    control(world.dir, 'slack', { dies: ['post_message'] });
    const shown = await ask(world, { query: 'post "x" to the channel lunch' });
    const done = await ask(world, { plan: { id: shown.said.plan?.id } });
    expect(done.said.partial).toMatchObject([{ error: expect.stringContaining('exited with code 1') }]);
    expect(done.text).toContain('Whether it took effect is unknown: look before you try it again.');
    control(world.dir, 'slack');
  });
});
