import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectDownstream } from '../../src/adapters/downstream/connect.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type {
  Ask,
  Downstream,
  DownstreamAnswer,
  DownstreamOptions,
  Launch,
} from '../../src/core/ports/downstream.ts';
import { startHostileHttp } from '../support/hostile-server.ts';
import type { HostileScript, Recorded } from '../support/hostile-server.ts';
import { programOf } from '../support/programs.ts';
import { textOf, toCall } from './downstream.contract.ts';

const HOSTILE = programOf('hostile-server');
const dir = mkdtempSync(join(tmpdir(), 'tutti-sharing-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const connect = connectDownstream({
  introduction: { name: 'tutti', version: '0.0.0' },
  variables: process.env,
  clock: { now: Date.now, random: Math.random },
});
const open = (launch: Launch, more: Partial<DownstreamOptions> = {}) =>
  connect({ server: 'shared', launch, connectMs: 20_000, maxMemoryBytes: 1_073_741_824, ...more });

function program(script: HostileScript): Launch {
  return { kind: 'stdio', command: process.execPath, args: [HOSTILE, JSON.stringify(script)], env: {} };
}

const asked = (asker: string, onAsk: () => Promise<JsonObject>) => ({
  asker,
  capabilities: { elicitation: {} },
  onAsk,
});
const countIn = (answer: DownstreamAnswer, tool: string) =>
  (JSON.parse(textOf(answer)) as { readonly calls: Record<string, number> }).calls[tool] ?? 0;
const accept = (who: string) => asked(who, () => Promise.resolve({ action: 'accept', content: { who } }));

/** On a connection that does not tell which call a question belongs to. */
describe('callers that can be asked', () => {
  const script: HostileScript = {
    tools: ['echo', 'late', 'release', 'ask', 'crash', 'counts', 'zombie', 'slow-echo'],
    calls: { zombie: { do: 'zombie' }, 'slow-echo': { do: 'delay', ms: 300 } },
    eras: 'legacy',
  };
  let downstream: Downstream;
  let end = () => Promise.resolve();
  beforeEach(() => {
    downstream = open(program(script));
  });
  afterEach(async () => {
    await downstream.close();
    await end();
  });

  it('do not wait for one another', async () => {
    const slow = downstream.call(toCall('late', {}, accept('ada')));
    expect(textOf(await downstream.call(toCall('echo', { text: 'quick' }, accept('bob'))))).toBe('quick');
    await downstream.call(toCall('release', {}, accept('cleo')));
    expect(textOf(await slow)).toBe('late');
  });

  it.each(['stdio', 'sse'])('answer what nobody waits for but themselves, over %s', async (transport) => {
    if (transport === 'sse') {
      const server = await startHostileHttp(script);
      const url = server.url.replace(/mcp$/, 'sse');
      downstream = open({ kind: 'sse', url, headers: {}, allowPrivate: true });
      end = () => server.close();
    }
    const person = Promise.withResolvers<JsonObject>();
    const reached = Promise.withResolvers<void>();
    const think = () => {
      reached.resolve();
      return person.promise;
    };
    const question = downstream.call(toCall('ask', {}, asked('ada', think)));
    await reached.promise;
    expect(textOf(await downstream.call(toCall('echo', { text: 'on' }, { asker: 'bob' })))).toBe('on');
    expect(textOf(await downstream.call(toCall('echo', { text: 'too' }, accept('ada'))))).toBe('too');
    person.resolve({ action: 'accept', content: { who: 'ada' } });
    expect(textOf(await question)).toContain('ada');
  });

  it.each(['stdio', 'sse', 'http'])(
    'take turns once the server has asked without saying whom, over %s',
    async (transport) => {
      let heardAside = () => Promise.resolve();
      if (transport !== 'stdio') {
        const server = await startHostileHttp({ ...script, asksAside: true });
        const url = transport === 'sse' ? server.url.replace(/mcp$/, 'sse') : server.url;
        downstream = open({ kind: transport as 'sse', url, headers: {}, allowPrivate: true });
        end = () => server.close();
        const isStream = ({ path, body }: Recorded) => body === '' && path?.startsWith('/mcp') === true;
        if (transport === 'http')
          heardAside = () => vi.waitFor(() => expect(server.requests().some(isStream)).toBe(true));
      }
      await downstream.offer();
      await heardAside();
      await downstream.call(toCall('ask', {}, accept('ada')));
      const heard: string[] = [];
      const asking = (who: string) => {
        const params = { message: `Is it ${who}?`, requestedSchema: { type: 'object', properties: {} } };
        const onAsk = async ({ params: shown }: Ask) => {
          heard.push(`${who}: ${String(shown['message'])}`);
          return { action: 'accept', content: { who } };
        };
        return downstream.call(toCall('ask', { params }, { ...asked(who, accept(who).onAsk), onAsk }));
      };
      const people = ['ada', 'bob', 'cleo', 'ada', 'bob', 'cleo'];
      const answers = await Promise.all(people.map(asking));
      expect(answers.map(textOf)).toEqual(people.map((who) => expect.stringContaining(`"${who}"`)));
      expect(heard.toSorted()).toEqual(people.map((who) => `${who}: Is it ${who}?`).toSorted());
    },
  );

  describe('and wait for their turn', () => {
    const person = () => {
      const answer = Promise.withResolvers<JsonObject>();
      const reached = Promise.withResolvers<void>();
      const think = () => {
        reached.resolve();
        return answer.promise;
      };
      return { think, reached: reached.promise, done: () => answer.resolve({ action: 'accept' }) };
    };
    const thinking = async () => {
      const { think, reached, done } = person();
      const question = downstream.call(toCall('ask', {}, asked('ada', think)));
      await reached;
      return { done, question };
    };

    it('wait no longer than they have, and say that nothing was sent', async () => {
      const { done, question } = await thinking();
      const late = downstream.call(toCall('echo', {}, { ...accept('bob'), timeoutMs: 200 }));
      await expect(late).rejects.toMatchObject({ code: 'downstream/overloaded', data: { sent: false } });
      const gone = new AbortController();
      const left = downstream.call(toCall('echo', {}, { ...accept('bob'), signal: gone.signal }));
      const other = downstream.call(toCall('echo', { text: 'still' }, accept('cleo')));
      gone.abort(new Error('Bob left.'));
      await expect(left).rejects.toThrow('Bob left.');
      done();
      await question;
      expect(textOf(await other)).toBe('still');
      expect(countIn(await downstream.call(toCall('counts')), 'echo')).toBe(1);
    });

    it('come in the order in which they were made', async () => {
      const { done, question } = await thinking();
      const order: string[] = [];
      const others = ['bob', 'cleo', 'dora'].map(async (who) => {
        await downstream.call(toCall('echo', {}, accept(who)));
        order.push(who);
      });
      expect(countIn(await downstream.call(toCall('counts')), 'echo')).toBe(0);
      done();
      await Promise.all([question, ...others]);
      expect(order).toEqual(['bob', 'cleo', 'dora']);
    });

    it('wait behind others only while nobody needs them to answer', async () => {
      const { done, question } = await thinking();
      const bob = downstream.call(toCall('late', {}, accept('bob')));
      expect(textOf(await downstream.call(toCall('echo', { text: 'looked up' }, accept('ada'))))).toBe(
        'looked up',
      );
      done();
      await question;
      const order: string[] = [];
      const others = ['cleo', 'bob'].map(async (who) => {
        await downstream.call(toCall('echo', {}, accept(who)));
        order.push(who);
      });
      await downstream.call(toCall('release'));
      await Promise.all([bob, ...others]);
      expect(order).toEqual(['cleo', 'bob']);
    });

    it('wait for those who cannot be asked, and these for them, while nobody thinks', async () => {
      const { done, question } = await thinking();
      done();
      await question;
      const onAsk = vi.fn<() => Promise<JsonObject>>(() => Promise.resolve({ action: 'accept' }));
      const slow = downstream.call(toCall('late', {}, { asker: 'bob' }));
      const asking = downstream.call(toCall('ask', {}, asked('ada', onAsk)));
      expect(countIn(await downstream.call(toCall('counts')), 'ask')).toBe(1);
      await downstream.call(toCall('release'));
      await Promise.all([slow, asking]);
      expect(onAsk).toHaveBeenCalledOnce();
      const ada = person();
      const later = downstream.call(toCall('zombie', {}, asked('ada', ada.think)));
      const other = downstream.call(toCall('echo', { text: 'on' }, { asker: 'bob' }));
      expect(countIn(await downstream.call(toCall('counts')), 'echo')).toBe(0);
      await downstream.call(toCall('release'));
      await ada.reached;
      expect(textOf(await other)).toBe('on');
      ada.done();
      await later;
    });

    it('are made on the next connection when the server leaves', async () => {
      const { question } = await thinking();
      const waiting = downstream.call(toCall('echo', { text: 'on' }, accept('bob')));
      await downstream.call(toCall('crash')).catch(() => undefined);
      await expect(question).rejects.toMatchObject({ code: 'downstream/unavailable' });
      expect(textOf(await waiting)).toBe('on');
    });
  });

  it('are not asked what a call asks that was given up before', async () => {
    const gone = new AbortController();
    const onAsk = vi.fn<() => Promise<JsonObject>>(() => Promise.resolve({ action: 'accept' }));
    // Asks only once it is told to stop.
    const left = downstream.call(toCall('zombie', {}, { ...accept('bob'), signal: gone.signal }));
    await downstream.call(toCall('echo', {}, { asker: 'bob' }));
    gone.abort(new Error('Bob left.'));
    await expect(left).rejects.toThrow('Bob left.');
    expect(textOf(await downstream.call(toCall('slow-echo', {}, asked('ada', onAsk))))).toBe('done');
    expect(onAsk).not.toHaveBeenCalled();
  });

  it('are not asked what may be the question of somebody else', async () => {
    const other = downstream.call(toCall('late', {}, accept('bob')));
    const text = textOf(await downstream.call(toCall('ask', {}, accept('ada'))));
    expect(text).toContain('Several people');
    expect(text).not.toContain('accept');
    await downstream.call(toCall('release'));
    await other;
  });
});

describe('what certainly was not sent', () => {
  it('is said to be so', async () => {
    const absent = open({ kind: 'stdio', command: 'no-such-program', args: [], env: {} });
    const away = open({ kind: 'http', url: 'http://127.0.0.1:9/mcp', headers: {}, allowPrivate: true });
    const slow = open(
      { kind: 'stdio', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], env: {} },
      { connectMs: 300 },
    );
    for (const downstream of [absent, away, slow]) {
      const call = downstream.call(toCall('echo'));
      await expect(call).rejects.toMatchObject({ data: { sent: false } });
      await downstream.close();
      await expect(downstream.call(toCall('echo'))).rejects.toMatchObject({ data: { sent: false } });
    }
  });

  it('is not said of what may have been', async () => {
    const downstream = open(program({ tools: ['crash', 'hang'], eras: 'legacy' }));
    await downstream.offer();
    const faults = [
      await downstream.call(toCall('hang', {}, { timeoutMs: 200 })).catch((error: unknown) => error),
      await downstream.call(toCall('crash')).catch((error: unknown) => error),
    ];
    expect(faults).toMatchObject([{ code: 'downstream/timeout' }, { code: 'downstream/unavailable' }]);
    for (const fault of faults) expect((fault as { data?: object }).data ?? {}).not.toHaveProperty('sent');
    await downstream.close();
  });
});

describe('a subscription to a resource', () => {
  it('is made again when the server was started again', async () => {
    const recordFile = join(dir, 'subscriptions.jsonl');
    const downstream = open(
      program({
        tools: ['crash', 'echo'],
        eras: 'legacy',
        methods: {
          'resources/subscribe': { do: 'result', result: {} },
          'resources/unsubscribe': { do: 'result', result: {} },
        },
        recordFile,
      }),
    );
    const bounds = { idleMs: 20_000, timeoutMs: 20_000, maxBytes: 1_048_576 };
    const [kept, left] = ['file:///kept', 'file:///left'];
    for (const uri of [kept, left])
      await downstream.request('resources/subscribe', { ...bounds, params: { uri } });
    await downstream.request('resources/unsubscribe', { ...bounds, params: { uri: left } });
    const updated: unknown[] = [];
    downstream.on((event, detail) => {
      if (event === 'resources') updated.push(detail);
    });
    await expect(downstream.call(toCall('crash'))).rejects.toMatchObject({ code: 'downstream/unavailable' });
    await downstream.call(toCall('echo'));
    // What happened to it meanwhile is unknown, so that it counts as changed.
    await vi.waitFor(() => expect(updated).toEqual([{ uri: kept }]), { timeout: 60_000 });
    const requests = readFileSync(recordFile, 'utf8').split('\n');
    const made = (uri: string) =>
      requests.filter((each) => each.includes('resources/subscribe') && each.includes(uri)).length;
    expect([made(kept), made(left)]).toEqual([2, 1]);
    await downstream.close();
  });
});
