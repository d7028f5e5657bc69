// The floor: bytes in, bytes out, nothing looked at but what the transport needs.
//   node bench/gateway/raw.ts http|stdio URL|COMMAND …        the face upstream, then what is behind
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

const [face, ...behind] = process.argv.slice(2);
const [target = ''] = behind;
const HEADERS = [
  'content-type',
  'accept',
  'mcp-protocol-version',
  'mcp-method',
  'mcp-name',
  'mcp-session-id',
];

type Forward = (body: string | Buffer, headers: Record<string, string>) => Promise<string | Buffer>;

function toHttp(): Forward {
  const { origin, pathname } = new URL(target);
  const pool = new Pool(origin, { connections: 64 });
  return async (body, headers) => {
    const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
    return Buffer.from(await answer.body.arrayBuffer());
  };
}

function toStdio(): Forward {
  const child = spawn(target, behind.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, { readonly id: unknown; readonly done: (answer: string) => void }>();
  let last = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as { id: number };
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    asked?.done(JSON.stringify({ ...message, id: asked.id }));
  });
  return async (body) => {
    const message = JSON.parse(String(body)) as { id?: unknown };
    if (message.id === undefined) {
      child.stdin.write(`${String(body)}\n`);
      return '';
    }
    const id = (last += 1);
    const answered = new Promise<string>((done) => waiting.set(id, { id: message.id, done }));
    child.stdin.write(`${JSON.stringify({ ...message, id })}\n`);
    return await answered;
  };
}

const forward = target.startsWith('http') ? toHttp() : toStdio();

/** What the HTTP downstream wants to see in headers, from the body that holds it too. */
function headersOf(line: string): Record<string, string> {
  const { method = '', params } = JSON.parse(line) as {
    readonly method?: string;
    readonly params?: { readonly name?: string; readonly _meta?: Readonly<Record<string, string>> };
  };
  const version = params?.['_meta']?.['io.modelcontextprotocol/protocolVersion'];
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(version !== undefined && { 'mcp-protocol-version': version, 'mcp-method': method }),
    ...(version !== undefined && params?.name !== undefined && { 'mcp-name': params.name }),
  };
}

async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers: Record<string, string> = {};
  for (const name of HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const answer = request.method === 'POST' ? await forward(Buffer.concat(chunks), headers) : '';
  if (answer.length === 0) response.writeHead(202).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
}

if (face === 'http') {
  const server = createServer((request, response) => void exchange(request, response));
  server.listen(0, '127.0.0.1', () =>
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`),
  );
} else {
  const pass = async (line: string) => {
    const answer = await forward(line, target.startsWith('http') ? headersOf(line) : {});
    if (answer.length > 0) process.stdout.write(`${String(answer)}\n`);
  };
  createInterface({ input: process.stdin })
    .on('line', (line) => void pass(line))
    .on('close', () => process.exit(0));
}
