import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectDownstream } from '../../src/adapters/downstream/connect.ts';
import type {
  Downstream,
  DownstreamEvent,
  DownstreamOptions,
  Launch,
} from '../../src/core/ports/downstream.ts';
import { createFaultProxy } from '../support/fault-proxy.ts';
import { startHostileHttp } from '../support/hostile-server.ts';
import type { HostileScript } from '../support/hostile-server.ts';
import { programOf } from '../support/programs.ts';
import { textOf, toCall } from './downstream.contract.ts';

const HOSTILE = programOf('hostile-server');
const SECRETS = { AWS_SECRET_ACCESS_KEY: 'canary-aws', GITHUB_TOKEN: 'canary-github' };
const open = connectDownstream({
  introduction: { name: 'tutti', version: '0.0.0' },
  variables: { ...process.env, ...SECRETS },
  clock: { now: Date.now, random: Math.random },
});
const dir = mkdtempSync(join(tmpdir(), 'tutti-downstream-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const TOOLS = [
  'echo',
  'big',
  'slow',
  'deep',
  'foreign',
  'twice',
  'crash',
  'hang',
  'delay',
  'flood',
  'garbage',
  'ask',
];
const MIB = 1_048_576;

function start(launch: Launch, more: Partial<DownstreamOptions> = {}): Downstream {
  return open({ server: 'hostile', launch, connectMs: 20_000, maxMemoryBytes: 1_073_741_824, ...more });
}

function program(script: HostileScript, env: Record<string, string> = {}): Launch {
  return { kind: 'stdio', command: process.execPath, args: [HOSTILE, JSON.stringify(script)], env };
}

const over = (url: string): Launch => ({ kind: 'http', url, headers: {}, allowPrivate: true });

/** A busy machine takes its time. */
const eventually = (holds: () => void) => vi.waitFor(holds, { timeout: 60_000 });

const isAlive = (pid: number) => {
  try {
    // What ended but was not yet collected is not alive.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe.each([
  { transport: 'stdio', eras: 'legacy' },
  { transport: 'stdio', eras: 'modern' },
  { transport: 'http', eras: 'legacy' },
  { transport: 'http', eras: 'modern' },
] as const)('a hostile server over $transport, $eras', ({ transport, eras }) => {
  let downstream: Downstream;
  let end = () => Promise.resolve();
  // One for all: whatever it has done before, it is used further.
  beforeAll(async () => {
    const script = { tools: TOOLS, eras };
    if (transport === 'stdio') {
      downstream = start(program(script));
      end = () => downstream.close();
      return;
    }
    const server = await startHostileHttp(script);
    downstream = start(over(server.url));
    end = async () => {
      await downstream.close();
      await server.close();
    };
  });
  afterAll(() => end());

  const stillServes = async () =>
    expect(textOf(await downstream.call(toCall('echo', { text: 'on' })))).toBe('on');

  it('cannot fill our memory with one answer', async () => {
    await stillServes();
    const before = process.memoryUsage().arrayBuffers;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }, 1);
    const cut = downstream.call(toCall('big', { bytes: 100 * MIB }, { maxBytes: 4 * MIB }));
    await expect(cut).rejects.toMatchObject({
      code: 'downstream/result-too-large',
      data: { head: expect.stringContaining('xxxx') },
    });
    // The next one waits until the way is free.
    await stillServes();
    clearInterval(watch);
    // Of a pipe that cannot be cut, 12 MiB are skipped beside what was kept, and are freed when the heap is next collected.
    expect(most - before).toBeLessThan(20 * MIB);
  });

  it('cannot nest us to death', async () => {
    for (const args of [{ depth: 1_000_000 }, { depth: 1_000_000, partial: true }, { depth: 65 }]) {
      const call = downstream.call(toCall('deep', args, { maxBytes: 16 * MIB }));
      await expect(call).rejects.toMatchObject({ code: 'downstream/protocol' });
    }
    await stillServes();
  });

  it('cannot answer for others, nor twice', async () => {
    const other = downstream.call(toCall('delay', { ms: 300 }));
    const forger = downstream.call(toCall('foreign'));
    expect(textOf(await forger)).toBe('own');
    expect(textOf(await other)).toBe('done');
    expect(textOf(await downstream.call(toCall('twice')))).toBe('first');
    await stillServes();
  });

  it('cannot keep a call longer than its deadline, drop by drop', async () => {
    const slow = downstream.call(toCall('slow', { perSecond: 20 }, { timeoutMs: 500 }));
    await expect(slow).rejects.toMatchObject({ code: 'downstream/timeout' });
    await stillServes();
  });

  it('is survived when it crashes, and rejoined', async () => {
    await stillServes();
    for (const args of [{}, { partial: true }]) {
      await expect(downstream.call(toCall('crash', args))).rejects.toMatchObject({
        code: 'downstream/unavailable',
      });
      await stillServes();
    }
  });

  it('cannot make us busy with notifications', async () => {
    await stillServes();
    const events: DownstreamEvent[] = [];
    downstream.on((event) => void events.push(event));
    const args = { method: 'notifications/tools/list_changed', count: 8_000 };
    await downstream.call(toCall('flood', args));
    expect(events.filter((event) => event === 'tools').length).toBeGreaterThan(0);
    expect(events.length).toBeLessThan(10);
    let steps = 0;
    await downstream.call(toCall('flood', { count: 8_000 }, { onProgress: () => void (steps += 1) }));
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(2_000);
  });
});

describe('definitions', () => {
  const BAD = [
    'no-schema',
    'null-schema',
    'array-schema',
    'number-description',
    'nothing',
    'crlf-name',
    'long-name',
  ];

  it.each(['legacy', 'modern'] as const)(
    'are dropped one by one, never with their siblings (%s)',
    async (eras) => {
      const server = await startHostileHttp({
        tools: ['echo', ...BAD, 'bad-header', 'huge-schema', 'deep-schema', 'add'],
        eras,
      });
      const downstream = start(over(server.url));
      const offer = await downstream.offer();
      expect(offer.tools.map((tool) => tool.name)).toEqual(['echo', 'add']);
      expect(offer.dropped).toHaveLength(BAD.length + 3);
      await downstream.close();
      await server.close();
    },
  );

  it('are gathered from all pages', async () => {
    const server = await startHostileHttp({ tools: ['echo'], fillers: 120, pageSize: 10 });
    const downstream = start(over(server.url));
    expect((await downstream.offer()).tools).toHaveLength(121);
    await downstream.close();
    await server.close();
  });

  it('may want arguments in headers', async () => {
    const server = await startHostileHttp({ tools: ['good-header'], eras: 'modern' });
    const downstream = start(over(server.url));
    await downstream.offer();
    await downstream.call(toCall('good-header', { text: 'Grüße' }));
    const call = server.requests().find(({ method }) => method === 'tools/call');
    const encoded = `=?base64?${Buffer.from('Grüße').toString('base64')}?=`;
    expect(call?.headers?.['mcp-param-region']).toBe(encoded);
    expect(call?.headers).toMatchObject({ 'mcp-method': 'tools/call', 'mcp-name': 'good-header' });
    await downstream.close();
    await server.close();
  });
});

describe('a child process', () => {
  it('sees nothing of our environment but what it needs', async () => {
    const downstream = start(program({ tools: ['env'] }, { GIVEN: 'to it' }));
    const env = JSON.parse(textOf(await downstream.call(toCall('env')))) as Record<string, string>;
    expect(env).toMatchObject({ GIVEN: 'to it', PATH: process.env['PATH'], TUTTI_DEPTH: '1' });
    expect(JSON.stringify(env)).not.toContain('canary');
    await downstream.close();
  });

  it('is started by no shell', async () => {
    const marker = join(dir, 'pwned');
    const launch = {
      ...program({ tools: ['echo'] }),
      args: [HOSTILE, '{}', `; touch ${marker}`, `$(touch ${marker})`],
    };
    const downstream = start(launch as Launch);
    await downstream.offer();
    expect(existsSync(marker)).toBe(false);
    await downstream.close();
  });

  it.each([
    { which: 'children', detached: false, ends: 'close' },
    { which: 'children that left its group and lost their parent', detached: true, ends: 'close' },
    { which: 'such children when it crashes', detached: true, ends: 'crash' },
  ])('takes $which with it', async ({ detached, ends }) => {
    const downstream = start(program({ tools: ['fork', 'crash'], stubborn: true }));
    const pid = Number(textOf(await downstream.call(toCall('fork', { detached }))));
    expect(isAlive(pid)).toBe(true);
    if (ends === 'crash') await downstream.call(toCall('crash')).catch(() => {});
    else await downstream.close();
    await eventually(() => expect(isAlive(pid)).toBe(false));
    await downstream.close();
  });

  it('is ended when it has become too many processes', async () => {
    const downstream = start(program({ tools: ['bomb', 'echo'] }));
    await downstream.call(toCall('bomb', { count: 300 })).catch(() => {});
    await eventually(() =>
      expect(downstream.health()).toMatchObject({
        status: 'down',
        error: expect.stringMatching(/had become \d+ processes, more than the 256/),
      }),
    );
    expect(textOf(await downstream.call(toCall('echo', { text: 'back' })))).toBe('back');
    await downstream.close();
  });

  it('is ended when it holds too much memory, and started again', async () => {
    const downstream = start(program({ tools: ['hog', 'echo'] }), { maxMemoryBytes: 300 * MIB });
    // Whoever is quick may answer before it is seen.
    const failed = await downstream.call(toCall('hog', { bytes: 1_024 * MIB })).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed !== undefined) expect(failed).toMatchObject({ code: 'downstream/unavailable' });
    await eventually(() =>
      expect(downstream.health()).toMatchObject({
        status: 'down',
        error: expect.stringContaining('MiB of memory, more than the 300 of maxMemoryMb'),
      }),
    );
    expect(textOf(await downstream.call(toCall('echo', { text: 'back' })))).toBe('back');
    await downstream.close();
  });

  it('that is absent is named, with where it was looked for', async () => {
    const downstream = start({
      kind: 'stdio',
      command: 'no-such-program',
      args: [],
      env: { PATH: '/nowhere' },
    });
    await expect(downstream.offer()).rejects.toMatchObject({
      code: 'downstream/unavailable',
      message: expect.stringMatching(/no-such-program.*PATH: \/nowhere/),
    });
    expect(downstream.health()).toMatchObject({
      status: 'down',
      error: expect.stringContaining('no-such-program'),
    });
    await downstream.close();
  });

  it('that never answers is given up in time, and ended', async () => {
    const file = join(dir, 'mute.pid');
    const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000);`;
    const downstream = start(
      { kind: 'stdio', command: process.execPath, args: ['-e', script], env: {} },
      { connectMs: 3_000 },
    );
    await expect(downstream.offer()).rejects.toMatchObject({ code: 'downstream/timeout' });
    const pid = Number(readFileSync(file, 'utf8'));
    await eventually(() => expect(isAlive(pid)).toBe(false));
    await downstream.close();
  });

  it('may be closed while it is being started', async () => {
    const downstream = start({
      kind: 'stdio',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      env: {},
    });
    const offer = downstream.offer().catch((error: unknown) => error);
    await eventually(() => expect(downstream.health().status).toBe('connecting'));
    await downstream.close();
    expect(await offer).toMatchObject({ code: 'downstream/unavailable' });
    expect(downstream.health().status).toBe('idle');
  });

  it('that exits at once is quoted', async () => {
    const script = 'console.error("\\u001b[31mmissing API_KEY\\u001b[0m"); process.exit(3)';
    const downstream = start({ kind: 'stdio', command: process.execPath, args: ['-e', script], env: {} });
    const failure = {
      code: 'downstream/unavailable',
      message: expect.stringMatching(/code 3.*missing API_KEY/),
    };
    await expect(downstream.offer()).rejects.toMatchObject(failure);
    expect(downstream.logs()).toContain('missing API_KEY');
    await downstream.close();
  });

  it('that leaves at the question for its revision is greeted in the old way', async () => {
    const file = join(dir, 'touchy.mjs');
    writeFileSync(
      file,
      `import { createInterface } from 'node:readline';
      createInterface({ input: process.stdin }).on('line', (line) => {
        const { id, method } = JSON.parse(line);
        if (method === 'server/discover') process.exit(1);
        const result = method === 'initialize'
          ? { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'touchy', version: '1' } }
          : { tools: [{ name: 'only', inputSchema: {} }] };
        if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
      });`,
    );
    const downstream = start({ kind: 'stdio', command: process.execPath, args: [file], env: {} });
    const offer = await downstream.offer();
    expect(offer).toMatchObject({
      era: 'legacy',
      tools: [{ name: 'only', inputSchema: { type: 'object' } }],
    });
    await downstream.close();
  });

  it('that comes back with another definition of a tool is not called', async () => {
    const changed = {
      name: 'echo',
      description: 'Now does something else.',
      inputSchema: { type: 'object' },
    };
    const recordFile = join(dir, 'pulled.jsonl');
    const script = {
      tools: ['echo', 'crash'],
      pull: { when: 'restart', tools: [changed] },
      stateFile: join(dir, 'runs'),
      recordFile,
    } as const;
    const downstream = start(program(script));
    const heard: DownstreamEvent[] = [];
    downstream.on((event) => void heard.push(event));
    await downstream.offer();
    expect(textOf(await downstream.call(toCall('echo', { text: 'first' })))).toBe('first');
    await expect(downstream.call(toCall('crash'))).rejects.toMatchObject({ code: 'downstream/unavailable' });
    const call = downstream.call(toCall('echo', { text: 'never sent' }));
    await expect(call).rejects.toMatchObject({ code: 'tool/changed' });
    expect(readFileSync(recordFile, 'utf8')).not.toContain('never sent');
    expect(heard).toContain('tools');
    await downstream.close();
  });

  it('is let go when nobody used it for a while, and started again', async () => {
    const downstream = start(program({ tools: ['echo'] }), { idleShutdownMs: 50 });
    await downstream.call(toCall('echo'));
    await eventually(() => expect(downstream.health().status).toBe('idle'));
    expect(textOf(await downstream.call(toCall('echo', { text: 'back' })))).toBe('back');
    await downstream.close();
  });
});

describe('a remote server', () => {
  it('may forget our session, or be away for a moment', async () => {
    const server = await startHostileHttp({ tools: ['echo'], eras: 'legacy' });
    const downstream = start(over(server.url));
    await downstream.offer();
    server.restart();
    expect(textOf(await downstream.call(toCall('echo', { text: 'back' })))).toBe('back');
    const sessions = server.requests().filter(({ method }) => method === 'initialize');
    expect(sessions).toHaveLength(2);
    await downstream.close();
    await server.close();
  });

  it('that was met by memory is asked in the background what it says of itself now', async () => {
    const script = { tools: ['echo'], eras: 'modern', instructions: 'Add with care.' } as const;
    const server = await startHostileHttp(script);
    const verdicts: DownstreamOptions['verdict'][] = [];
    const onVerdict = (verdict: DownstreamOptions['verdict']) => void verdicts.push(verdict);
    const first = start(over(server.url), { onVerdict });
    await first.offer();
    await first.close();
    server.setScript({ ...script, instructions: 'Add with joy.' });
    const [verdict] = verdicts;
    const again = start(over(server.url), { ...(verdict && { verdict }), onVerdict });
    const heard: DownstreamEvent[] = [];
    again.on((event) => void heard.push(event));
    const before = server.requests().length;
    expect((await again.offer()).instructions).toBe('Add with care.');
    expect(
      server
        .requests()
        .slice(before)
        .map(({ method }) => method),
    ).toEqual(['tools/list']);
    await eventually(() => expect(heard).toContain('tools'));
    expect((await again.offer()).instructions).toBe('Add with joy.');
    expect(verdicts[1]?.discovered).toMatchObject({ instructions: 'Add with joy.' });
    await again.close();
    await server.close();
  });

  it('that was met by memory is used further when it does not say again what it is', async () => {
    const server = await startHostileHttp({ tools: ['echo'], eras: 'modern', instructions: 'Be kind.' });
    const verdicts: DownstreamOptions['verdict'][] = [];
    const onVerdict = (verdict: DownstreamOptions['verdict']) => void verdicts.push(verdict);
    const first = start(over(server.url), { onVerdict });
    await first.offer();
    await first.close();
    server.setScript({ tools: ['echo'], eras: 'modern', methods: { 'server/discover': { do: 'status' } } });
    const [verdict] = verdicts;
    const again = start(over(server.url), { ...(verdict && { verdict }), onVerdict });
    expect((await again.offer()).instructions).toBe('Be kind.');
    const asked = () => server.requests().filter(({ method }) => method === 'server/discover');
    await eventually(() => expect(asked()).toHaveLength(2));
    expect(textOf(await again.call(toCall('echo', { text: 'still here' })))).toBe('still here');
    expect((await again.offer()).instructions).toBe('Be kind.');
    expect([again.health().status, verdicts.length]).toEqual(['ready', 1]);
    await again.close();
    await server.close();
  });

  it('is asked anew when what was remembered of it is no longer true', async () => {
    const server = await startHostileHttp({ tools: ['echo'], eras: 'modern' });
    const verdicts: DownstreamOptions['verdict'][] = [];
    const first = start(over(server.url), { onVerdict: (verdict) => void verdicts.push(verdict) });
    await first.offer();
    await first.close();
    server.setScript({ tools: ['echo'], eras: 'legacy' });
    const [verdict] = verdicts;
    const again = start(over(server.url), { ...(verdict && { verdict }) });
    expect(await again.offer()).toMatchObject({ era: 'legacy', tools: [{ name: 'echo' }] });
    expect(again.health().era).toBe('legacy');
    await again.close();
    const asProgram = start(program({ tools: ['echo'], eras: 'legacy' }), { ...(verdict && { verdict }) });
    expect(await asProgram.offer()).toMatchObject({ era: 'legacy', tools: [{ name: 'echo' }] });
    await asProgram.close();
    await server.close();
  });

  it.each([
    {
      page: { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Hi</h1>' },
      found: /text\/html/,
    },
    {
      page: { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>No</h1>' },
      found: /HTTP 404/,
    },
    { page: { status: 500, headers: {}, body: 'broken' }, found: /HTTP 500/ },
    {
      page: { status: 200, headers: { 'content-type': 'application/json' }, body: 'nope' },
      found: /Expected an answer of the Model Context Protocol/,
    },
  ])('that is none is described: $found', async ({ page, found }) => {
    const server = createServer((_request, response) => {
      response.writeHead(page.status, page.headers).end(page.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const downstream = start(over(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`));
    const error = await downstream.offer().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: expect.stringMatching(/^downstream\/(protocol|unavailable)$/) });
    expect((error as Error).message).toMatch(found);
    expect((error as Error).message).not.toContain('<h1>');
    await downstream.close();
    server.close();
  });

  it('that is not there is reported, and joined when it comes', async () => {
    const server = await startHostileHttp({ tools: ['echo'] });
    const proxy = await createFaultProxy({ port: Number(new URL(server.url).port) });
    const downstream = start(over(`${proxy.url}/mcp`));
    proxy.set({ refuse: true });
    await expect(downstream.call(toCall('echo'))).rejects.toMatchObject({ code: 'downstream/unavailable' });
    expect(downstream.health().status).toBe('down');
    proxy.set({});
    expect(textOf(await downstream.call(toCall('echo', { text: 'here' })))).toBe('here');
    await downstream.close();
    await proxy.close();
    await server.close();
  });

  it.each([{ blackHole: true }, { halfOpen: true }])(
    'that falls silent fails only its call: %j',
    async (toxics) => {
      const server = await startHostileHttp({ tools: ['echo', 'delay'] });
      const proxy = await createFaultProxy({ port: Number(new URL(server.url).port) });
      const downstream = start(over(`${proxy.url}/mcp`));
      await downstream.call(toCall('echo'));
      proxy.set(toxics);
      const silent = downstream.call(toCall('delay', { ms: 10 }, { timeoutMs: 300 }));
      await expect(silent).rejects.toMatchObject({ code: 'downstream/timeout' });
      proxy.set({});
      expect(textOf(await downstream.call(toCall('echo', { text: 'on' })))).toBe('on');
      await downstream.close();
      await proxy.close();
      await server.close();
    },
  );

  it('that accepts and says nothing is given up in time', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const launch = over(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
    const downstream = start(launch, { connectMs: 300 });
    await expect(downstream.offer()).rejects.toMatchObject({ code: 'downstream/timeout' });
    await downstream.close();
    server.closeAllConnections();
    server.close();
  });

  it('does not lead us to private addresses by redirecting a call', async () => {
    const server = await startHostileHttp({ tools: ['echo', 'redirect'], eras: 'modern' });
    const downstream = start(over(server.url));
    await downstream.offer();
    const call = downstream.call(
      toCall('redirect', { status: 307, text: 'https://169.254.169.254/latest/' }),
    );
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining('private') });
    const other = downstream.call(toCall('redirect', { status: 302, text: 'https://example.com/' }));
    await expect(other).rejects.toMatchObject({ code: 'downstream/protocol' });
    expect(textOf(await downstream.call(toCall('echo', { text: 'on' })))).toBe('on');
    await downstream.close();
    await server.close();
  });

  it('hears that a call was given up', async () => {
    const server = await startHostileHttp({ tools: ['hang'], eras: 'modern' });
    const downstream = start(over(server.url));
    const gone = new AbortController();
    const call = downstream.call(toCall('hang', {}, { signal: gone.signal }));
    await eventually(() =>
      expect(server.requests().some(({ method }) => method === 'tools/call')).toBe(true),
    );
    gone.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await eventually(() => expect(server.abandoned()).toBe(1));
    await downstream.close();
    await server.close();
  });

  it('that wants a login fails at once when we have none', async () => {
    const server = await startHostileHttp({ tools: ['echo'], methods: { '*': { do: 'unauthorized' } } });
    const downstream = start(over(server.url));
    await expect(downstream.offer()).rejects.toMatchObject({
      code: expect.stringMatching(/^downstream\/(unavailable|protocol)$/),
      message: expect.stringMatching(/credentials/),
    });
    await downstream.close();
    await server.close();
  });

  it('of the old kind is found where only that answers', async () => {
    const server = await startHostileHttp({ tools: ['echo'], eras: 'legacy' });
    const downstream = start({
      kind: 'sse',
      url: server.url.replace(/mcp$/, 'sse'),
      headers: {},
      allowPrivate: true,
    });
    expect((await downstream.offer()).tools.map((tool) => tool.name)).toEqual(['echo']);
    expect(textOf(await downstream.call(toCall('echo', { text: 'old' })))).toBe('old');
    await downstream.close();
    await server.close();
  });

  it('of the old kind cannot make us busy either, and loses no answer and no last word', async () => {
    const server = await startHostileHttp({ tools: ['echo', 'flood', 'big'], eras: 'legacy' });
    const url = server.url.replace(/mcp$/, 'sse');
    const downstream = start({ kind: 'sse', url, headers: {}, allowPrivate: true });
    const steps: number[] = [];
    const onProgress = ({ progress }: { readonly progress?: unknown }) => void steps.push(Number(progress));
    const answer = await downstream.call(toCall('flood', { count: 20_000 }, { onProgress }));
    expect(textOf(answer)).toBe('after the flood');
    expect(steps.at(-1)).toBe(20_000);
    expect(steps.length).toBeLessThan(10_000);
    const big = await downstream.call(
      toCall('big', { bytes: 3 * MIB }, { maxBytes: 4 * MIB, inlineBytes: 4 * MIB }),
    );
    expect(textOf(big)).toHaveLength(3 * MIB);
    await downstream.close();
    await server.close();
  });
});

describe('a process of ours', () => {
  it.each([false, true])(
    'that ends takes the servers it started with it (detached: %s)',
    async (detached) => {
      const connect = new URL('../../src/adapters/downstream/connect.ts', import.meta.url).href;
      const launch = JSON.stringify(program({ tools: ['fork'], stubborn: true }));
      const script = `
      const { connectDownstream } = await import(${JSON.stringify(connect)});
      const open = connectDownstream({
        introduction: { name: 'tutti', version: '0' }, variables: process.env,
        clock: { now: Date.now, random: Math.random },
      });
      const downstream = open({ server: 's', launch: ${launch}, connectMs: 20000, maxMemoryBytes: 1e12 });
      const answer = await downstream.call({
        params: { name: 'fork', arguments: { detached: ${detached} } }, idleMs: 20000, timeoutMs: 20000, maxBytes: 1e6, inlineBytes: 1e6,
      });
      console.log(answer.payload.value.content[0].text);
      process.exit(0);`;
      const ours = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      ours.stdout.on('data', (chunk) => (said += String(chunk)));
      await once(ours, 'close');
      expect(Number(said)).toBeGreaterThan(0);
      await eventually(() => expect(isAlive(Number(said))).toBe(false));
    },
  );
});
