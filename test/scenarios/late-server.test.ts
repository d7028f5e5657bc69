import { afterAll, beforeAll, expect } from 'vitest';
import { startHostileHttp } from '../support/hostile-server.ts';
import type { HostileHttp } from '../support/hostile-server.ts';
import { describeWorlds, EVERYWHERE, openWorld, verifies } from '../support/world.ts';

let quick: HostileHttp;
let late: HostileHttp;
beforeAll(async () => {
  quick = await startHostileHttp({ tools: ['echo'] });
  late = await startHostileHttp({
    tools: ['echo'],
    prompts: [{ name: 'greet' }],
    resources: [{ uri: 'note://one', name: 'one' }],
    methods: { 'tools/list': { do: 'withhold' } },
  });
});
verifies(
  'gateway/late-server',
  'a call from the command line waits for it once, and says for what',
  async () => {
    const deaf = await startHostileHttp({ methods: { 'tools/list': { do: 'hang' } } });
    const world = await openWorld({
      medium: 'memory',
      era: '2026-07-28',
      config: () => ({ mcpServers: { deaf: { url: deaf.url, connectMs: 500 } } }),
    });
    const listings = () => deaf.requests().filter(({ method }) => method === 'tools/list').length;
    for (const more of [[], ['--arg', 'text=5']]) {
      const before = listings();
      const { status, stderr } = await world.run('call', 'deaf__echo', ...more);
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/tools\/list.* within 500 ms\..*`connectMs`/);
      expect(listings() - before).toBe(1);
    }
    await world.close();
    await deaf.close();
  },
);

afterAll(async () => {
  await Promise.all([quick.close(), late.close()]);
});

describeWorlds(
  'beside a server that hangs',
  ({ world, era, medium }) => {
    verifies('gateway/late-server', 'lists answer without it, say so, and tell when it comes', async () => {
      const { client } = world();
      const heard = new Set<string>();
      for (const what of ['tools', 'prompts', 'resources'] as const)
        client.setNotificationHandler(`notifications/${what}/list_changed`, () => void heard.add(what));
      if (era === '2026-07-28')
        await client.listen({
          toolsListChanged: true,
          promptsListChanged: true,
          resourcesListChanged: true,
        });
      const lists = async () => {
        const told = await Promise.all([
          client.listTools(),
          client.listPrompts(),
          client.listResources(),
          client.listResourceTemplates(),
        ]);
        const [{ tools }, { prompts }, { resources }] = told;
        return {
          names: [...tools, ...prompts, ...resources].map(({ name }) => name),
          missing: told.map(({ _meta: meta }) => meta?.['tutti']),
        };
      };
      const missing = { connecting: ['late'] };
      // It holds back what it offers until these are answered.
      await expect.poll(lists).toEqual({
        names: ['quick__echo'],
        missing: [missing, missing, missing, missing],
      });
      if (medium === 'http') {
        const { stdout, stderr } = await world().run('tools', '--json');
        expect(JSON.parse(stdout)).toMatchObject({ tools: [{ name: 'quick__echo' }], ...missing });
        expect(stderr).toContain('missing here: late. `tutti servers test` waits');
      }
      late.release();
      await expect.poll(() => [...heard].toSorted()).toEqual(['prompts', 'resources', 'tools']);
      await expect.poll(lists).toEqual({
        names: ['late__echo', 'quick__echo', 'late__greet', 'one'],
        missing: [undefined, undefined, undefined, undefined],
      });
    });
  },
  {
    config: () => ({
      mcpServers: { quick: { url: quick.url }, late: { url: late.url, connectMs: 60_000 } },
    }),
    places: EVERYWHERE,
    toolsets: ['gateway-all'],
  },
);
