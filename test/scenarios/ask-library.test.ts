import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createApp, loadConfig } from '../../src/index.ts';
import type { App, CallChannel, Resolution } from '../../src/index.ts';
import { begun, house, recorded } from '../support/ask-house.ts';
import { verifies } from '../support/world.ts';

// Whoever uses Tutti as a library asks on behalf of the instance at hand.

const CHANNEL: CallChannel = { capabilities: {}, repeats: false };
const LOOK = 'What are the changes of pull request #123?';

describe('an instance asks', () => {
  let dir: string;
  let app: App;
  let instance: string;

  const open = async (): Promise<void> => {
    const folders = { config: join(dir, 'config'), data: join(dir, 'data') };
    const env = { ...process.env, TUTTI_STORE: `sqlite:${join(dir, 'tutti.db')}`, LOG_LEVEL: 'error' };
    app = await createApp(loadConfig({ file: join(dir, 'tutti.config.json'), cwd: dir, env, folders }));
    // A server that takes its time to start is not waited for.
    await app.orchestrator.gateway.operator.testServer('github');
  };
  const asks = async (input: Parameters<App['orchestrator']['gateway']['ask']>[1]): Promise<Resolution> =>
    await app.orchestrator.gateway.ask(app.caller, input, CHANNEL);
  const audited = async () => await app.orchestrator.gateway.operator.auditTail({ limit: 100 });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tutti-library-'));
    await writeFile(
      join(dir, 'tutti.config.json'),
      JSON.stringify({
        mcpServers: house(dir, { github: {} }),
        policy: { budgets: [{ calls: 3, per: 'instance' }] },
      }),
    );
    await open();
    const started = await app.orchestrator.start(app.caller, { workflow: 'JOKE_GENERATOR' });
    instance = started.instanceId;
  });
  afterAll(async () => {
    await app.close();
    await rm(dir, { recursive: true, force: true });
  });

  verifies(
    ['gateway/ask-instance', 'gateway/G5', 'gateway/ask-resume'],
    'in words and by a plan, also one that waits; it is said for whom, and its budget counts',
    async () => {
      expect(await asks({ query: LOOK, instance })).toMatchObject({
        kind: 'answer',
        sources: [{ server: 'github' }],
      });
      const call = { id: 'a', server: 'github', intent: 'merge it', dependsOn: [] };
      const merge = { ...call, tool: 'github__merge_pull_request', arguments: { number: 124 } };
      const held = await asks({ plan: { calls: [merge], structure: 'single' }, instance });
      if (held.kind !== 'approval') throw new Error(`unexpected: ${JSON.stringify(held)}`);
      const id = held.plan.id ?? '';
      expect(held.approval.instance).toBe(instance);
      expect(await app.orchestrator.status(app.caller, id)).toMatchObject({
        instance: { context: { instance } },
      });
      const { entries } = await app.orchestrator.history(app.caller, { instanceId: id });
      expect(JSON.stringify(entries)).toContain(`asked for the instance ${instance}`);

      // Another process, in which nobody says again for whom it is.
      await app.close();
      await open();
      await app.orchestrator.gateway.operator.decide(held.approval.id, 'approved', 'test:ada');
      expect(await asks({ plan: { id } })).toMatchObject({ kind: 'answer', partial: [] });
      expect(begun(recorded(dir))).toEqual(['github.get_pull_request_changes', 'github.merge_pull_request']);

      const made = async (tool: string) =>
        (await audited()).filter(({ kind, fields }) => kind === 'call' && fields['tool'] === tool);
      for (const tool of ['get_pull_request_changes', 'merge_pull_request']) {
        await expect.poll(async () => (await made(tool)).length).toBeGreaterThan(0);
        for (const { fields } of await made(tool)) expect(fields['instance']).toBe(instance);
      }
      const questions = (await audited()).filter(({ kind }) => kind === 'ask');
      expect(questions.filter(({ fields }) => fields['instance'] === instance)).toHaveLength(2);

      // Of the three calls that a run may make, this one has made two.
      expect((await asks({ query: LOOK.replace('123', '124'), instance })).kind).toBe('answer');
      expect(await asks({ query: LOOK, instance })).toMatchObject({
        kind: 'answer',
        sources: [],
        partial: [{ error: expect.stringContaining(`by this run ("${instance}")`) }],
      });
      const other = await app.orchestrator.start(app.caller, { workflow: 'JOKE_GENERATOR' });
      expect(await asks({ query: LOOK, instance: other.instanceId })).toMatchObject({ partial: [] });
    },
  );
});
