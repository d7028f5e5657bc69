import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: () => Record<string, never>;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | readonly string[];
  /** Keeps connections; absent: each request has one of its own. */
  readonly agent?: Agent | false;
}

export const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

/** A request as written here: no header is added but what Node needs to send it. */
export async function ask(
  url: string,
  { method = 'POST', path = '/mcp', headers = JSON_HEADERS, body, agent = false }: Asked = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const request = httpRequest({ hostname, port, method, path, headers, agent });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  for (const chunk of typeof body === 'string' ? [body] : (body ?? [])) {
    if (!request.write(chunk)) await Promise.race([once(request, 'drain'), answered]);
  }
  request.end();
  const [response] = await answered;
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: () =>
      JSON.parse(
        text.startsWith('event:') || text.startsWith('data:') ? text.replace(/^[^{]*/, '') : text,
      ) as Record<string, never>,
  };
}

export const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});
export const ping = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' });

const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
export const modern: (name: string, args?: object) => { headers: Record<string, string>; body: string } = (
  name: string,
  args: object = {},
) => ({
  headers: {
    ...JSON_HEADERS,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name, arguments: args, _meta: modernMeta },
  }),
});
