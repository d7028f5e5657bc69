import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { skeleton } from '../../src/config/server-name.ts';

/** A tool of a data set. */
export interface SetTool {
  readonly server: string;
  readonly tool: string;
  readonly description?: string;
  readonly serverDescription?: string;
  readonly inputSchema?: { readonly type?: string };
}

/** Tools of a data set, each behind the server it belongs to, as MCP servers of one process. */
export interface Catalogue {
  /** For the key `mcpServers` of a configuration. */
  readonly servers: Readonly<Record<string, { readonly url: string; readonly description?: string }>>;
  /** `server tool` as the product calls them, by `server tool` as the set does. */
  readonly names: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

interface Served {
  readonly name: string;
  readonly description: string;
  readonly tools: readonly object[];
}

const REVISION = '2025-11-25';
const MAX_NAME = 34;
const MAX_TOOL_NAME = 60;

export function keyOf(server: string, tool: string): string {
  return JSON.stringify([server, tool]);
}

/** Serves the tools over HTTP on this machine: an address for each server. Nothing can be called. */
export async function serveCatalogue(tools: readonly SetTool[]): Promise<Catalogue> {
  const { served, names } = arranged(tools);
  const http = createServer((request, response) => void answer(request, response, served));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const servers = [...served].map(([path, { name, description }]) => [
    name,
    { url: `http://127.0.0.1:${port}/${path}`, ...(description !== '' && { description }) },
  ]);
  return {
    servers: Object.fromEntries(servers) as Catalogue['servers'],
    names,
    close: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

/** Servers by their path, under names that the product takes. */
function arranged(tools: readonly SetTool[]) {
  const served = new Map<string, Served>();
  const names = new Map<string, string>();
  const takenServers = new Set<string>();
  for (const [server, own] of Object.entries(Object.groupBy(tools, (each) => each.server))) {
    const name = named(server, takenServers, MAX_NAME);
    const takenTools = new Set<string>();
    const listed = (own ?? []).map((each) => {
      const tool = named(each.tool, takenTools, MAX_TOOL_NAME);
      names.set(keyOf(server, each.tool), keyOf(name, tool));
      const { description = '', inputSchema } = each;
      const schema = inputSchema?.type === 'object' ? inputSchema : { type: 'object', properties: {} };
      // Asked for alone: what a set does not say to read is shown as a plan.
      return { name: tool, description, inputSchema: schema };
    });
    served.set(String(served.size), { name, description: own?.[0]?.serverDescription ?? '', tools: listed });
  }
  return { served, names };
}

/** The name in letters, digits, `_` and `-`, and unlike every other. */
function named(text: string, taken: Set<string>, length: number): string {
  const plain = text
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, length)
    .replace(/_+$/, '');
  const base = plain === '' || plain.toLowerCase() === 'tutti' ? 'x' : plain;
  let name = base;
  for (let count = 2; taken.has(skeleton(name)); count += 1) name = `${base}_n${count}`;
  taken.add(skeleton(name));
  return name;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  served: ReadonlyMap<string, Served>,
): Promise<void> {
  const server = served.get(request.url?.slice(1) ?? '');
  if (request.method !== 'POST' || !server) {
    response.writeHead(request.method === 'POST' ? 404 : 405).end();
    return;
  }
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { id, method } = JSON.parse(Buffer.concat(parts).toString()) as { id?: unknown; method?: string };
  if (id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const said = { jsonrpc: '2.0', id, ...resultOf(method ?? '', server) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
}

function resultOf(method: string, { name, tools }: Served): object {
  if (method === 'tools/list') return { result: { tools } };
  if (method === 'ping') return { result: {} };
  if (method !== 'initialize')
    return { error: { code: -32601, message: `There is no method ${method} here.` } };
  const serverInfo = { name, version: '1' };
  return { result: { protocolVersion: REVISION, capabilities: { tools: {} }, serverInfo } };
}
