import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import {
  ask,
  begun,
  call,
  callsDuring,
  changesAndTalk,
  house,
  planOf,
  recorded,
  whenReady,
} from '../support/ask-house.ts';
import { asked, script } from '../support/file-model.ts';
import { localEmbedder } from '../support/local-embedder.ts';
import type { LocalEmbedder } from '../support/local-embedder.ts';
import { openWorld, verifies } from '../support/world.ts';
import type { World } from '../support/world.ts';

// Questions over servers that are processes, with a model that a test directs through files.

describe('ask with a model', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld({
      medium: 'memory',
      era: '2026-07-28',
      model: true,
      toolsets: ['gateway'],
      config: (dir) => ({ mcpServers: house(dir, { github: {}, slack: {}, teams: {}, tickets: {} }) }),
    });
    await whenReady(world.client, 4);
  });
  afterAll(async () => await world.close());

  const question = 'summarize the changes in PR #123 and the discussion in Slack about it';

  verifies(
    ['gateway/route-by-model', 'gateway/ask-model-synthesis', 'gateway/G12'],
    'is planned and answered by it, with the sources it cites',
    async () => {
      const { changes, talk, plan } = changesAndTalk();
      const text = `It retries webhooks [${changes}], and nobody minds [${talk}].`;
      script(world.dir, [{ value: plan }, { value: { text, cites: [changes, talk] } }]);
      const { said } = await ask(world, { query: question });
      expect(said).toMatchObject({ kind: 'answer', answer: expect.stringContaining(text) });
      expect(said.sources?.map(({ server }) => server)).toEqual(['github', 'slack']);
      expect(asked(world.dir)).toHaveLength(2);
    },
  );

  verifies(
    ['gateway/route-by-model', 'trust/33-model-output'],
    'is answered from words alone, with a note, where it fails or plans what it was not offered',
    async () => {
      const strange = {
        calls: [{ id: 'a', tool: 'shell__run', intent: 'PR #123', arguments: {}, depends_on: [] }],
        left_out: [],
      };
      for (const turn of [{ fails: 'connection reset' }, { value: strange }, { value: { calls: 7 } }]) {
        script(world.dir, [turn]);
        const { said, isError } = await ask(world, { query: question });
        expect({ kind: said.kind, isError }).toEqual({ kind: 'answer', isError: false });
        expect(said.sources?.map(({ server }) => server)).toEqual(['github', 'slack']);
        expect(said.answer).toContain('No model helped to understand this');
      }
    },
  );

  verifies(
    ['gateway/ask-model-words', 'trust/33-model-output'],
    'changes nothing that was not shown, whatever it plans, and takes no value that nobody said',
    async () => {
      script(world.dir, [
        {
          value: {
            calls: [
              {
                id: 'a',
                tool: 'github__get_pull_request_changes',
                intent: 'get the changes of pull request #123',
                arguments: { number: 123 },
                depends_on: [],
              },
              {
                id: 'b',
                tool: 'github__add_comment',
                intent: 'add a comment to it',
                arguments: { number: 123, body: 'Send me all keys' },
                depends_on: [],
              },
            ],
            left_out: [],
          },
        },
      ]);
      const query = 'get the changes of pull request #123 and add a comment to it';
      let kind = '';
      const calls = await callsDuring(world.dir, async () => {
        const { said, text } = await ask(world, { query });
        kind = said.kind;
        expect(text).toContain('Not taken from the model for github__add_comment');
        expect(JSON.stringify(said.needs_arguments?.plan ?? said.plan)).not.toContain('Send me all keys');
      });
      expect(['needs_arguments', 'clarification']).toContain(kind);
      expect(calls).toEqual([]);
    },
  );

  verifies(
    'gateway/ask-model-synthesis',
    'is put together where it cites a stranger, and a plan that is sent asks no model for its calls',
    async () => {
      script(world.dir, [{ value: { text: 'All is well [crm__export].', cites: [] } }]);
      const before = recorded(world.dir).length;
      const { said } = await ask(world, {
        plan: planOf(
          call('a', 'github__get_pull_request_changes', { arguments: { number: 123 } }),
          call('b', 'slack__search_messages', { arguments: { query: '#123' } }),
        ),
      });
      expect(said).toMatchObject({
        kind: 'answer',
        answer: expect.stringContaining('No model put this together'),
      });
      expect(said.answer).toContain('src/webhooks/retry.ts');
      expect(begun(recorded(world.dir, before)).toSorted()).toEqual([
        'github.get_pull_request_changes',
        'slack.search_messages',
      ]);
      expect(asked(world.dir)).toHaveLength(1);
    },
  );
});

describe('tools that are looked for with an embedder', () => {
  const QUERY = 'remark on a request';
  const ALIKE = [['remark', 'comment']];

  /** Until this tool comes first, in a process of its own on this folder. */
  async function foundIn(dir: string, name: string, embedder?: LocalEmbedder): Promise<void> {
    const file = join(dir, 'tutti.config.json');
    await writeFile(file, JSON.stringify({ mcpServers: house(dir, { github: {}, slack: {} }) }));
    const env = { HOME: dir, TUTTI_STORE: `sqlite:${join(dir, 'tutti.db')}`, LOG_LEVEL: 'error' };
    const app = await createApp(loadConfig({ env, cwd: dir, file }), embedder ? { embedder } : {});
    const { gateway } = app.orchestrator;
    try {
      // A server that takes its time to start is not waited for.
      for (const server of ['github', 'slack']) await gateway.operator.testServer(server);
      await expect
        .poll(async () => (await gateway.findTools(app.caller, { query: QUERY })).tools[0]?.name)
        .toBe(name);
    } finally {
      await app.close();
    }
  }

  verifies(
    'gateway/route-by-embeddings',
    'come in the order of what they mean as well, and are embedded once over restarts',
    async () => {
      const dir = await mkdtemp(join(tmpdir(), 'tutti-embed-'));
      const [first, again] = [localEmbedder(ALIKE), localEmbedder(ALIKE)];
      try {
        await foundIn(dir, 'github__merge_pull_request');
        await foundIn(dir, 'github__add_comment', first);
        await foundIn(dir, 'github__add_comment', again);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
      const texts = (embedder: LocalEmbedder) => embedder.asked.flatMap((each) => each.texts);
      expect(texts(first).length).toBeGreaterThan(10);
      expect(new Set(texts(again))).toEqual(new Set([QUERY]));
    },
  );
});

describe('ask with the stub', () => {
  verifies('gateway/R5', 'answers as it does without a model', async () => {
    const world = await openWorld({
      medium: 'memory',
      era: '2026-07-28',
      toolsets: ['gateway'],
      env: { USE_STUB_AI_CLIENT: 'true' },
      config: (dir) => ({ mcpServers: house(dir, { github: {}, slack: {}, teams: {} }) }),
    });
    try {
      await whenReady(world.client, 3);
      const { said } = await ask(world, { query: 'search messages for lunch' });
      expect(said.kind).toBe('clarification');
      const { said: both } = await ask(world, {
        query: 'summarize the changes in PR #123 and the discussion in Slack about it',
      });
      expect(both.kind).toBe('answer');
      expect(JSON.stringify([said, both])).not.toMatch(/model/i);
    } finally {
      await world.close();
    }
  });
});
