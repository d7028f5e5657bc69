// The tiny MCP server behind every subject: both eras, no SDK, answers made in advance.
//   node bench/gateway/downstream.ts stdio 3        node bench/gateway/downstream.ts http 300
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly arguments?: { readonly n?: number; readonly bytes?: number; readonly ms?: number };
    readonly protocolVersion?: string;
    readonly _meta?: Readonly<Record<string, unknown>>;
  };
}

const MODERN = '2026-07-28';
const serverInfo = { name: 'bench', version: '1.0.0' };
const capabilities = { tools: {} };
const inputSchema = {
  type: 'object',
  properties: { n: { type: 'integer' }, bytes: { type: 'integer' }, ms: { type: 'integer' } },
  required: ['n'],
};
const annotations = { readOnlyHint: true, openWorldHint: false };
const tools = Array.from({ length: Number(process.argv[3] ?? 3) }, (_, n) => ({
  name: n === 0 ? 'echo' : `tool_${n}`,
  description:
    n === 0
      ? 'Answers with text of the length asked for.'
      : `Tool number ${n} of many, looks up record ${n}.`,
  inputSchema,
  annotations,
}));

/** Plain prose, so that nothing about it is special: no escapes, one byte a letter. */
const SENTENCE = 'The quick brown fox jumps over the lazy dog, and nobody minds. ';
const texts = new Map<number, string>();
function prose(bytes: number): string {
  let text = texts.get(bytes);
  if (text === undefined) {
    text = SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length)).slice(0, bytes);
    texts.set(bytes, text);
  }
  return text;
}

function answer(message: Message): string | undefined {
  const { id, method, params } = message;
  if (id === undefined || method === undefined) return undefined;
  const modern = params?.['_meta']?.['io.modelcontextprotocol/protocolVersion'] !== undefined;
  const start = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},`;
  const done = modern ? '"resultType":"complete",' : '';
  const hints = modern ? { ttlMs: 60_000, cacheScope: 'public' } : {};
  const result = (value: object) =>
    `${start}"result":${JSON.stringify({ ...(modern && { resultType: 'complete' }), ...value })}}`;
  switch (method) {
    case 'tools/call': {
      const { n = 0, bytes = 0 } = params?.arguments ?? {};
      return `${start}"result":{${done}"content":[{"type":"text","text":"${n} ${prose(bytes)}"}]}}`;
    }
    case 'tools/list':
      return result({ tools, ...hints });
    case 'initialize':
      return result({
        protocolVersion:
          params?.protocolVersion === MODERN ? '2025-11-25' : (params?.protocolVersion ?? '2025-11-25'),
        capabilities,
        serverInfo,
      });
    case 'server/discover':
      if (modern) return result({ supportedVersions: [MODERN], capabilities, serverInfo, ...hints });
      break;
    case 'ping':
      return result({});
    default:
  }
  return `${start}"error":{"code":-32601,"message":"Method not found"}}`;
}

function overStdio(): void {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    let out = '';
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      const said = answer(message);
      if (said === undefined) continue;
      const { ms } = message.params?.arguments ?? {};
      if (ms === undefined) out += `${said}\n`;
      else if (ms >= 0) setTimeout(() => process.stdout.write(`${said}\n`), ms);
    }
    if (out !== '') process.stdout.write(out);
  });
  process.stdin.on('end', () => process.exit(0));
}

function overHttp(): void {
  const server = createServer(exchange);
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`);
  });
}

function exchange(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'POST') {
    request.resume();
    response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const message = JSON.parse(Buffer.concat(chunks).toString()) as Message;
    const said = answer(message);
    if (said === undefined) return void response.writeHead(202).end();
    const { ms } = message.params?.arguments ?? {};
    const send = () => {
      const body = Buffer.from(said);
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
        .end(body);
    };
    if (ms === undefined) send();
    else if (ms >= 0) setTimeout(send, ms);
  });
}

if (process.argv[2] === 'http') overHttp();
else overStdio();
