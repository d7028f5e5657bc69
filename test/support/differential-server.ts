// The fixture as a server of one era and transport.
//   node test/support/differential-server.ts legacy|modern     over stdio
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { WebStandardStreamableHTTPServerTransport, createMcpHandler } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { fixtureServer } from './differential-fixture.ts';
import { relay } from './sdk-server.ts';

export interface Behind {
  readonly transport: 'HTTP' | 'stdio';
  readonly era: 'legacy' | 'modern';
}

/** What a configuration says of it, once it is there. */
export async function startBehind({ transport, era }: Behind): Promise<{
  readonly entry: object;
  readonly close: () => Promise<void>;
}> {
  if (transport === 'stdio') {
    const entry = { command: process.execPath, args: [import.meta.filename, era] };
    return { entry, close: () => Promise.resolve() };
  }
  const handler =
    era === 'legacy'
      ? { fetch: legacySessions() }
      : createMcpHandler(() => fixtureServer(), { legacy: 'reject' });
  const server = createServer((request, response) => {
    void relay(handler, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    entry: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function legacySessions(): (request: Request) => Promise<Response> {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  return async (request) => {
    const id = request.headers.get('mcp-session-id');
    const known = sessions.get(id ?? '');
    if (known) return await known.handleRequest(request);
    if (id !== null) return new Response(null, { status: 404 });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (given) => void sessions.set(given, transport),
    });
    await fixtureServer().connect(transport);
    return await transport.handleRequest(request);
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'legacy') await fixtureServer().connect(new StdioServerTransport());
  else serveStdio(() => fixtureServer(), { legacy: 'reject' });
}
