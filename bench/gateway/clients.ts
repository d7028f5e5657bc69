import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export type Era = 'legacy' | 'modern';
export type Transport = 'stdio' | 'http';

/** A client that checks every reply. The same one speaks to every subject. */
export interface Client {
  /** When the handshake, or what stands for it, was answered; on the clock of `performance.now()`. */
  readonly answeredAt: number;
  /** A call whose answer must hold `n` and text of so many bytes. */
  call(n: number, bytes: number): Promise<void>;
  /** Calls with arguments of one's own; the whole reply. */
  raw(args: object, name?: string): Promise<Reply>;
  /** How many tools there are. */
  list(): Promise<number>;
  close(): void;
}

export interface Reply {
  readonly id?: unknown;
  readonly result?: {
    readonly tools?: readonly { readonly name: string }[];
    readonly content?: readonly { readonly text?: string }[];
    readonly isError?: boolean;
    readonly nextCursor?: string;
  };
  readonly error?: { readonly code: number; readonly message: string };
}

interface Wire {
  request(method: string, params: object): Promise<Reply>;
  notify(method: string): Promise<void>;
  close(): void;
}

const LEGACY = '2025-11-25';
const READY_MS = 10_000;
const MODERN = '2026-07-28';
const clientInfo = { name: 'bench', version: '1.0.0' };
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};

async function open(wire: Wire, era: Era): Promise<Client> {
  const more = era === 'modern' ? { _meta: modernMeta } : {};
  if (era === 'modern') ok(await wire.request('server/discover', more));
  else {
    ok(await wire.request('initialize', { protocolVersion: LEGACY, capabilities: {}, clientInfo }));
    await wire.notify('notifications/initialized');
  }
  const answeredAt = performance.now();
  const tools = async () => {
    const all: { readonly name: string }[] = [];
    let cursor: string | undefined;
    do {
      const { tools: page = [], nextCursor } = ok(
        await wire.request('tools/list', { ...more, ...(cursor !== undefined && { cursor }) }),
      );
      all.push(...page);
      cursor = nextCursor;
    } while (cursor !== undefined);
    return all;
  };
  // A gateway may list before it has heard from every server behind it.
  const echo = await eventually(async () => {
    const found = (await tools()).find(({ name }) => /(?:^|_)echo$/.test(name));
    if (!found) throw new Error('The subject lists no tool that ends in "echo".');
    return found.name;
  });
  return {
    answeredAt,
    async call(n, bytes) {
      const { content, isError } = ok(
        await wire.request('tools/call', { name: echo, arguments: { n, bytes }, ...more }),
      );
      const text = content?.[0]?.text ?? '';
      const start = `${n} `;
      if (isError || !text.startsWith(start) || text.length !== start.length + bytes)
        throw new Error(`Expected ${bytes} bytes for call ${n}, found: ${text.slice(0, 200)}`);
    },
    raw: async (args, name = echo) => await wire.request('tools/call', { name, arguments: args, ...more }),
    list: async () => (await tools()).length,
    close: () => wire.close(),
  };
}

/** What works once every server is connected. */
export async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const last = performance.now() + READY_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > last) throw error;
      await sleep(10);
    }
  }
}

/** The result; an error, or a tool that failed, is thrown. */
export function succeeded(reply: Reply): void {
  if (ok(reply).isError) throw new Error(`The call failed: ${JSON.stringify(reply).slice(0, 500)}`);
}

function ok({ result, error }: Reply): NonNullable<Reply['result']> {
  if (!result) throw new Error(`Expected a result, found the error ${error?.code}: ${error?.message}`);
  return result;
}

/** Over the pipes of a process. */
export async function stdioClient(child: ChildProcess, era: Era): Promise<Client> {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('The process has no pipes.');
  const asked = waiting();
  stdin.on('error', () => {});
  child.once('exit', () => asked.fail(new Error('The process ended.')));
  let rest = '';
  stdout.setEncoding('utf8');
  stdout.on('data', (chunk: string) => {
    if (!chunk.includes('\n')) {
      rest += chunk;
      return;
    }
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') asked.answered(JSON.parse(line) as Reply);
  });
  return await open(
    {
      request: async (method, params) => {
        const { id, reply } = asked.next();
        stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
        return await reply;
      },
      notify: async (method) => void stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`),
      close: () => stdin.end(),
    },
    era,
  );
}

/** Over HTTP connections that are kept. */
export async function httpClient(url: string, era: Era): Promise<Client> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 64, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(era === 'modern' && { 'mcp-protocol-version': MODERN }),
  };
  let id = 0;
  const post = async (message: object, more: object = {}) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const answer = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { ...headers, ...more },
      body,
    });
    const session = answer.headers['mcp-session-id'];
    if (typeof session === 'string') headers['mcp-session-id'] = session;
    return {
      stream: String(answer.headers['content-type']).startsWith('text/event-stream'),
      status: answer.statusCode,
      text: await answer.body.text(),
    };
  };
  return await open(
    {
      request: async (method, params) => {
        id += 1;
        const own = id;
        const { name } = params as { readonly name?: string };
        const more =
          era === 'modern' ? { 'mcp-method': method, ...(name !== undefined && { 'mcp-name': name }) } : {};
        const { stream, status, text } = await post({ id: own, method, params }, more);
        const reply = stream ? fromEvents(text, own) : (JSON.parse(text) as Reply);
        if (reply?.id !== own)
          throw new Error(`Expected the answer to ${own}, found (${status}): ${text.slice(0, 200)}`);
        if (method === 'initialize') headers['mcp-protocol-version'] = LEGACY;
        return reply;
      },
      notify: async (method) => void (await post({ method })),
      close: () => void pool.destroy(),
    },
    era,
  );
}

function fromEvents(text: string, id: number): Reply | undefined {
  for (const line of text.split('\n')) {
    if (!line.startsWith('data:') || line.length < 7) continue;
    const message = JSON.parse(line.slice(5)) as Reply;
    if (message.id === id) return message;
  }
  return undefined;
}

/** Over the transport before Streamable HTTP, which some peers still speak. */
export async function sseClient(url: string): Promise<Client> {
  const stream = await fetch(url, { headers: { accept: 'text/event-stream' } });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { origin } = new URL(url);
  const pool = new Pool(origin, { connections: 64 });
  const asked = waiting();
  let path = '';
  let rest = '';
  const opened = new Promise<void>((done) => {
    void (async () => {
      for (;;) {
        const { value, done: over } = await reader.read();
        if (over) return asked.fail(new Error('The stream ended.'));
        const lines = (rest + value).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (!line.startsWith('data:')) continue;
          const data = line.slice(5).trim();
          if (path === '') {
            const at = new URL(data, url);
            path = at.pathname + at.search;
            done();
          } else asked.answered(JSON.parse(data) as Reply);
        }
      }
    })().catch((error: unknown) => asked.fail(error as Error));
  });
  await opened;
  const post = async (message: object) => {
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
    await answer.body.dump();
  };
  return await open(
    {
      request: async (method, params) => {
        const { id, reply } = asked.next();
        await post({ id, method, params });
        return await reply;
      },
      notify: async (method) => await post({ method }),
      close: () => {
        void reader.cancel().catch(() => {});
        void pool.destroy();
      },
    },
    'legacy',
  );
}

/** Requests that wait for their answer, by id. */
function waiting() {
  const unanswered = new Map<
    unknown,
    { readonly resolve: (reply: Reply) => void; readonly reject: (fault: Error) => void }
  >();
  let last = 0;
  return {
    next(): { readonly id: number; readonly reply: Promise<Reply> } {
      last += 1;
      const id = last;
      return { id, reply: new Promise((resolve, reject) => unanswered.set(id, { resolve, reject })) };
    },
    answered(reply: Reply): void {
      unanswered.get(reply.id)?.resolve(reply);
      unanswered.delete(reply.id);
    },
    fail(fault: Error): void {
      for (const { reject } of unanswered.values()) reject(fault);
      unanswered.clear();
    },
  };
}
