import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { silentTelemetry } from '../src/adapters/telemetry/pino.ts';
import { LineTransport } from '../src/surfaces/mcp/line-transport.ts';
import { createMcpServer } from '../src/surfaces/mcp/server.ts';
import { serveStdio } from '../src/surfaces/mcp/stdio.ts';
import { FAKE_STDIO_SERVER } from './support/faces.ts';
import { fakeOrchestrator } from './support/fake-orchestrator.ts';

interface Line {
  readonly [key: string]: unknown;
  readonly id?: string | number | null;
  readonly result?: { readonly structuredContent?: { readonly instance_id?: string } };
  readonly error?: { readonly code: number; readonly message: string };
}

/** A server process, spoken to by the line. Every line on its stdout must be JSON. */
interface Raw {
  readonly child: ChildProcessWithoutNullStreams;
  send(line: string | object): void;
  /** The next line of the protocol. */
  next(): Promise<Line>;
  /** Waits for a line on stderr that holds all this. */
  told(...parts: readonly string[]): Promise<string>;
  readonly exited: Promise<number | null>;
}

const running = new Set<ChildProcessWithoutNullStreams>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

function spawnServer(): Raw {
  const child = spawn(process.execPath, [FAKE_STDIO_SERVER]);
  running.add(child);
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said: string[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    for (const each of listeners) each();
  });
  return {
    child,
    send: (line) => void child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    next: async () => JSON.parse(String((await lines.next()).value)) as Line,
    told: async (...parts) =>
      await new Promise((resolve) => {
        const look = (): void => {
          const found = said.find((line) => parts.every((part) => line.includes(part)));
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    exited: once(child, 'exit').then(([code]) => code as number | null),
  };
}

const initialize = {
  jsonrpc: '2.0',
  id: 'hello',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const call = (id: number, name: string, args: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

async function shakeHands(raw: Raw): Promise<void> {
  raw.send(initialize);
  expect(await raw.next()).toMatchObject({
    id: 'hello',
    result: { serverInfo: { name: 'tutti', version: '1.2.3' } },
  });
  raw.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
}

/** Still there, and answers as ever. */
async function expectAlive(raw: Raw): Promise<void> {
  raw.send({ jsonrpc: '2.0', id: 99, method: 'ping' });
  expect(await raw.next()).toMatchObject({ id: 99, result: {} });
}

async function startWaiting(raw: Raw): Promise<void> {
  raw.send(call(1, 'start_workflow', { workflow_name: 'DEMO' }));
  const { result } = await raw.next();
  raw.send(
    call(2, 'advance_workflow', {
      instance_id: result?.structuredContent?.instance_id,
      report: { status: 'wait' },
    }),
  );
  await raw.told('"advance"', 'wait');
}

describe('a server on standard input and output', () => {
  it('refuses a line of 300 MB, names the limit, keeps none of it, and goes on', async () => {
    const raw = spawnServer();
    await shakeHands(raw);
    const rssKb = (): number =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${raw.child.pid}/status`, 'utf8'))?.[1]);
    const before = rssKb();
    const piece = 'x'.repeat(1024 * 1024);
    raw.child.stdin.write('{"method":"ping","params":{"a":"');
    for (let mb = 0; mb < 300; mb += 1) {
      if (!raw.child.stdin.write(piece)) await once(raw.child.stdin, 'drain');
    }
    raw.send('"},"jsonrpc":"2.0","id":1}');
    const { id, error } = await raw.next();
    expect(id).toBe(1);
    expect(error).toMatchObject({
      code: -32_600,
      message: expect.stringContaining('limit of 4194304 bytes') as string,
    });
    await expectAlive(raw);
    // What was read and let go waits for the collector; all of it would be twice as much.
    expect(rssKb() - before).toBeLessThan(150 * 1024);
    await raw.told('stdio/refused', 'limit');
  });

  it('writes nothing but the protocol to stdout, whoever else tries', async () => {
    const raw = spawnServer();
    await raw.told('this must not reach the protocol');
    await shakeHands(raw);
  });

  it('answers what it has taken, then exits 0, once its input ends', async () => {
    const raw = spawnServer();
    await shakeHands(raw);
    await startWaiting(raw);
    raw.child.stdin.end();
    raw.child.kill('SIGUSR2');
    expect(await raw.next()).toMatchObject({ id: 2, result: { structuredContent: { status: 'RUNNING' } } });
    expect(await raw.exited).toBe(0);
  });

  it('answers what it has taken, refuses the rest, then exits 0, once it is told to end', async () => {
    const raw = spawnServer();
    await shakeHands(raw);
    await startWaiting(raw);
    raw.child.kill('SIGTERM');
    await raw.told('closing');
    raw.send({ jsonrpc: '2.0', id: 3, method: 'ping' });
    expect(await raw.next()).toMatchObject({ id: 3, error: { code: -32_000 } });
    raw.child.kill('SIGUSR2');
    expect(await raw.next()).toMatchObject({ id: 2, result: { structuredContent: { status: 'RUNNING' } } });
    expect(await raw.exited).toBe(0);
  });

  it('exits 0 at once when nothing was asked, or only what was cancelled', async () => {
    const idle = spawnServer();
    idle.child.stdin.end();
    expect(await idle.exited).toBe(0);
    const raw = spawnServer();
    await shakeHands(raw);
    await startWaiting(raw);
    raw.send({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 2, reason: 'enough' },
    });
    raw.child.stdin.end();
    expect(await raw.exited).toBe(0);
  });

  it('reads a last line that has no end', async () => {
    const raw = spawnServer();
    raw.child.stdin.end(JSON.stringify(initialize));
    expect(await raw.next()).toMatchObject({ id: 'hello' });
    expect(await raw.exited).toBe(0);
  });

  it('leaves quietly when nobody reads its output any more', async () => {
    const raw = spawnServer();
    await shakeHands(raw);
    raw.child.stdout.destroy();
    raw.send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    raw.send({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    expect(await raw.exited).toBe(0);
  });
});

describe('a connection over streams', () => {
  const connect = (maxLineBytes?: number) => {
    const input = new PassThrough();
    const output = new PassThrough();
    const fake = fakeOrchestrator();
    const telemetry = silentTelemetry();
    const { orchestrator } = fake;
    const connection = serveStdio({
      build: () => createMcpServer({ orchestrator, caller: { owner: 'me' }, version: '1', telemetry }),
      telemetry,
      input,
      output,
      onDefinitionsChanged: (callback) => orchestrator.onWorkflowsChanged(callback),
      ...(maxLineBytes !== undefined && { maxLineBytes }),
    });
    const lines = createInterface({ input: output })[Symbol.asyncIterator]();
    const next = async (): Promise<Line> => JSON.parse(String((await lines.next()).value)) as Line;
    const send = (message: object) => input.write(`${JSON.stringify(message)}\n`);
    return { connection, input, fake, next, send };
  };

  it.each<[string, string, object]>([
    ['no JSON', 'Content-Length: 12', { id: null, error: { code: -32_700 } }],
    ['half a message', '{"jsonrpc":"2.0","id":1', { id: null, error: { code: -32_700 } }],
    ['JSON of another kind', '42', { id: null, error: { code: -32_600 } }],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', { id: null, error: { code: -32_600 } }],
    ['a message of no version', '{"id":5,"method":"ping"}', { id: 5, error: { code: -32_600 } }],
    [
      'keys of another case',
      '{"jsonrpc":"2.0","id":6,"Method":"tools/list"}',
      { id: 6, error: { code: -32_600 } },
    ],
    [
      'two methods by case',
      '{"jsonrpc":"2.0","id":7,"method":"ping","Method":"tools/call"}',
      { error: { code: -32_600 } },
    ],
    [
      'a doubled key',
      '{"jsonrpc":"2.0","id":8,"method":"ping","method":"tools/list"}',
      { id: 8, error: { code: -32_600 } },
    ],
    [
      'deep nesting',
      `{"jsonrpc":"2.0","method":"ping","params":${'['.repeat(10_000)}${']'.repeat(10_000)},"id":9}`,
      { id: 9, error: { code: -32_600 } },
    ],
    ['a NUL', '\u0000', { id: null, error: { code: -32_700 } }],
  ])('answers %s with an error and goes on', async (_title, line, answer) => {
    const { connection, input, next, send } = connect();
    input.write(`${line}\n`);
    expect(await next()).toMatchObject(answer);
    send(initialize);
    expect(await next()).toMatchObject({ id: 'hello', result: {} });
    input.write(`${line}\n`);
    expect(await next()).toMatchObject(answer);
    send({ jsonrpc: '2.0', id: 99, method: 'ping' });
    expect(await next()).toMatchObject({ id: 99, result: {} });
    await connection.close();
  });

  it('tells an old client that workflows changed once it is ready, and nobody after it left', async () => {
    const { connection, fake, next, send } = connect();
    send(initialize);
    await next();
    fake.change();
    send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    send({ jsonrpc: '2.0', id: 1, method: 'ping' });
    expect(await next()).toMatchObject({ id: 1 });
    fake.change();
    expect(await next()).toMatchObject({ method: 'notifications/resources/list_changed' });
    expect(await next()).toMatchObject({ method: 'notifications/prompts/list_changed' });
    expect(fake.watchers).toBe(1);
    await connection.close();
    expect(fake.watchers).toBe(0);
  });

  it('takes lines in any pieces, with either end, and skips blank ones', async () => {
    const { input, next, connection } = connect();
    const text = Buffer.from(`\r\n\n${JSON.stringify({ ...initialize, id: 'é–𝄞' })}\r\n`);
    for (const byte of text) input.write(Buffer.from([byte]));
    expect(await next()).toMatchObject({ id: 'é–𝄞' });
    await connection.close();
  });

  it('reads a line of exactly its limit and refuses one byte more', async () => {
    const line = JSON.stringify(initialize);
    const { input, next, connection } = connect(line.length);
    input.write(`${line} \n${line}\n`);
    expect(await next()).toMatchObject({ id: 'hello', error: { code: -32_600 } });
    expect(await next()).toMatchObject({ id: 'hello', result: {} });
    await connection.close();
  });

  it('finishes what is under way once its end is asked for, and refuses what still comes', async () => {
    const { connection, fake, next, send } = connect();
    send(initialize);
    await next();
    send(call(1, 'start_workflow', { workflow_name: 'DEMO' }));
    const { result } = await next();
    send(
      call(2, 'advance_workflow', {
        instance_id: result?.structuredContent?.instance_id,
        report: { status: 'wait' },
      }),
    );
    send({ jsonrpc: '2.0', id: 3, method: 'ping' });
    expect(await next()).toMatchObject({ id: 3, result: {} });
    const closed = connection.close();
    send({ jsonrpc: '2.0', id: 4, method: 'ping' });
    const refused = { code: -32_000, message: expect.stringContaining('Shutting down') as string };
    expect(await next()).toMatchObject({ id: 4, error: refused });
    fake.release();
    expect(await next()).toMatchObject({ id: 2, result: { structuredContent: { status: 'RUNNING' } } });
    await closed;
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    send(call(5, 'list_workflows', {}));
    expect(await next()).toMatchObject({ id: 5, error: refused });
  });

  it('gives up on what is never answered when its time is over, and says so', async () => {
    const input = new PassThrough();
    const said: Line[] = [];
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        for (const line of String(chunk).trim().split('\n')) said.push(JSON.parse(line) as Line);
        done();
      },
    });
    const transport = new LineTransport({ input, output, drainMs: 1 });
    await transport.start();
    input.end('{"jsonrpc":"2.0","id":1,"method":"never"}\n{"jsonrpc":"2.0","id":"b","method":"never"}\n');
    await transport.closed;
    expect(said).toMatchObject([
      { id: 1, error: { code: -32_000, message: expect.stringContaining('cut off') as string } },
      { id: 'b', error: { code: -32_000 } },
    ]);
    await expect(transport.send({ jsonrpc: '2.0', id: 1, result: {} })).rejects.toThrow('closed');
  });

  it('does not wait long when it is told to end after the client has left', async () => {
    const input = new PassThrough();
    const transport = new LineTransport({ input, output: new PassThrough(), drainMs: 3_600_000 });
    await transport.start();
    input.end('{"jsonrpc":"2.0","id":1,"method":"never"}\n');
    await once(input, 'end');
    transport.end();
    await transport.closed;
  });

  it('passes on that a client cancelled', async () => {
    const { connection, fake, next, send } = connect();
    send(initialize);
    await next();
    send(call(1, 'start_workflow', { workflow_name: 'DEMO' }));
    const { result } = await next();
    send(
      call(2, 'advance_workflow', {
        instance_id: result?.structuredContent?.instance_id,
        report: { status: 'wait' },
      }),
    );
    send({ jsonrpc: '2.0', id: 3, method: 'ping' });
    expect(await next()).toMatchObject({ id: 3 });
    expect(fake.signals[0]?.aborted).toBe(false);
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    send({ jsonrpc: '2.0', id: 4, method: 'ping' });
    expect(await next()).toMatchObject({ id: 4 });
    expect(fake.signals[0]?.aborted).toBe(true);
    fake.release();
    await connection.close();
  });
});
