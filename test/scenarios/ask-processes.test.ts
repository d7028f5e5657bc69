import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect } from 'vitest';
import { homeIn } from '../support/programs.ts';
import { begun, call, control, house, planOf, recorded, whenReady } from '../support/ask-house.ts';
import type { Resolved } from '../support/ask-house.ts';
import { startHttp } from '../support/http-process.ts';
import { MAIN, verifies } from '../support/world.ts';

// Plans that several processes on one store, and several clients, go on with at once.

const TOKENS = { ada: 'token-of-ada-0123456789', bob: 'token-of-bob-0123456789' };
/** In a process that is started with this, it is a little more than a minute later: longer than a lost process keeps a plan. */
const LATER = `--import=data:text/javascript,${encodeURIComponent('const now = Date.now; Date.now = () => now() + 61_000;')}`;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Process {
  connect(who: keyof typeof TOKENS): Promise<Client>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/** A folder with a store and a configuration, and processes on it. */
async function openHouse() {
  const dir = await mkdtemp(join(tmpdir(), 'tutti-ask-'));
  closing.push(async () => await rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'tutti.config.json');
  const tokens = Object.entries(TOKENS).map(([name, token]) => ({ name, token }));
  const config = {
    store: 'sqlite:./tutti.db',
    http: { auth: { tokens } },
    mcpServers: house(dir, { github: {} }),
  };
  await writeFile(file, JSON.stringify(config));
  const env = homeIn(dir);
  const args = [MAIN, 'serve', '--toolsets', 'gateway', '--http', '--port', '0', '--config', file];
  return {
    dir,
    start: async (options?: string): Promise<Process> => {
      const all = { ...env, ...(options !== undefined && { NODE_OPTIONS: options }) };
      const { child, url } = await startHttp({ env: all, args });
      closing.push(async () => await killed(child));
      return { connect: async (who) => await connected(url, TOKENS[who]), kill: () => killed(child) };
    },
    approve: async (id: string) => {
      const decision = ['approvals', 'approve', id, '--yes', '--config', file];
      await promisify(execFile)(process.execPath, [MAIN, ...decision], { env, cwd: dir });
    },
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function connected(url: string, token: string): Promise<Client> {
  const client = new Client(
    { name: 'scenario', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  const headers = { Authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  closing.push(async () => await client.close().catch(() => undefined));
  await whenReady(client, 1);
  return client;
}

async function send(client: Client, args: Record<string, unknown>): Promise<Resolved> {
  return (await client.callTool({ name: 'ask', arguments: args })).structuredContent as unknown as Resolved;
}

describe('several processes', () => {
  verifies(
    ['gateway/ask-resume', 'trust/21-handles', 'gateway/plan-resource'],
    'make a call once when three clients go on with one plan, and show it to nobody else',
    async () => {
      const { dir, start, approve } = await openHouse();
      const [first, second] = [await start(), await start()];
      // Two processes on one store, two clients at one of them, and somebody else.
      const [one, two, other, bob] = [
        await first.connect('ada'),
        await first.connect('ada'),
        await second.connect('ada'),
        await first.connect('bob'),
      ];
      const held = await send(one, {
        plan: planOf(
          call('say', 'github__add_comment', { arguments: { number: 124, body: 'Merging now.' } }),
          call('merge', 'github__merge_pull_request', { arguments: { number: 124 }, depends_on: ['say'] }),
        ),
      });
      expect(held.kind).toBe('approval');
      const id = held.plan?.id ?? '';
      const foreign = await send(bob, { plan: { id } });
      const unknown = await send(bob, { plan: { id: 'AAAAAAAAAAAAAAAAAAAAAA' } });
      expect([foreign.error_code, unknown.error_code]).toEqual(['PLAN_NOT_FOUND', 'PLAN_NOT_FOUND']);
      await expect(bob.readResource({ uri: `plan://${id}` })).rejects.toThrow();
      await approve(held.approval?.approval_id ?? '');
      const ends = await Promise.all(
        [one, two, other].map(async (each) => await send(each, { plan: { id } })),
      );
      expect(ends.map(({ kind }) => kind)).toContain('answer');
      for (const end of ends) expect(end.kind === 'answer' || end.error_code !== undefined).toBe(true);
      expect(begun(recorded(dir))).toEqual(['github.add_comment', 'github.merge_pull_request']);
    },
  );

  verifies(
    ['gateway/ask-once', 'gateway/ask-resume'],
    'do once what was shown first, however many send it back, also after all of them were killed',
    async () => {
      const { dir, start } = await openHouse();
      const [first, second] = [await start(), await start()];
      const [one, two, other, bob] = [
        await first.connect('ada'),
        await first.connect('ada'),
        await second.connect('ada'),
        await second.connect('bob'),
      ];
      const shown = await send(one, { query: 'Comment "Shipped." on pull request #124' });
      expect(shown.kind).toBe('clarification');
      const { plan } = shown;
      const id = plan?.id ?? '';
      expect(shown.clarification?.question).toContain(`send as plan {"id":"${id}"}`);
      expect((await send(bob, { plan: { id } })).error_code).toBe('PLAN_NOT_FOUND');
      const ends = await Promise.all([
        send(one, { plan }),
        send(two, { plan: { id } }),
        send(other, { plan }),
        send(other, { plan: { id } }),
      ]);
      expect(ends.map(({ kind }) => kind)).toContain('answer');
      for (const { kind, error_code } of ends)
        expect(['answer', 'INSTANCE_CONFLICT']).toContain(kind ?? error_code);
      await first.kill();
      await second.kill();
      const later = await (await start()).connect('ada');
      for (const sent of [{ id }, plan])
        expect(await send(later, { plan: sent })).toMatchObject({
          kind: 'answer',
          sources: [{ server: 'github', tool: 'add_comment' }],
        });
      expect(begun(recorded(dir))).toEqual(['github.add_comment']);
    },
  );

  verifies(
    ['gateway/ask-resume', 'gateway/W2'],
    'leave a plan to the one that carries it out, and hand it over once that was killed',
    async () => {
      const { dir, start, approve } = await openHouse();
      const [first, second] = [await start(), await start()];
      const [one, other] = [await first.connect('ada'), await second.connect('ada')];
      const held = await send(one, {
        plan: planOf(
          call('merge', 'github__merge_pull_request', { arguments: { number: 123 } }),
          call('say', 'github__add_comment', {
            arguments: { number: 123, body: 'Merged.' },
            depends_on: ['merge'],
          }),
          call('look', 'github__list_pull_requests', {
            arguments: { state: 'merged' },
            depends_on: ['merge'],
          }),
        ),
      });
      const id = held.plan?.id ?? '';
      await approve(held.approval?.approval_id ?? '');
      control(dir, 'github', { hangs: ['add_comment', 'list_pull_requests'] });
      const lost = send(one, { plan: { id } }).catch((error: unknown) => error);
      const made = () => begun(recorded(dir)).toSorted();
      const underWay = ['github.add_comment', 'github.list_pull_requests', 'github.merge_pull_request'];
      await expect.poll(made).toEqual(underWay);

      const busy = {
        error_code: 'INSTANCE_CONFLICT',
        message: expect.stringMatching(/can be gone on with in \d+ s/),
      };
      expect(await send(other, { plan: { id } })).toMatchObject(busy);
      await first.kill();
      expect(await lost).toBeInstanceOf(Error);
      expect(await send(other, { plan: { id } })).toMatchObject(busy);
      expect(made()).toEqual(underWay);

      control(dir, 'github');
      const heir = await (await start(LATER)).connect('ada');
      const asked = await send(heir, { plan: { id } });
      expect(asked).toMatchObject({
        kind: 'clarification',
        clarification: { lost: [{ call: 'say', tool: 'github__add_comment' }] },
      });
      // What reads is made again unasked; what may have been said is not.
      expect(made()).toEqual([...underWay, 'github.list_pull_requests'].toSorted());
      const done = await send(heir, { plan: { id, lost: { say: 'repeat' } } });
      expect(done).toMatchObject({ kind: 'answer', sources: [{}, {}, {}] });
      expect(made().filter((each) => each === 'github.merge_pull_request')).toHaveLength(1);
      expect(made().filter((each) => each === 'github.add_comment')).toHaveLength(2);
    },
  );
});
