import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { silentTelemetry } from '../../src/adapters/telemetry/pino.ts';
import { serveHttp } from '../../src/surfaces/http/serve.ts';
import type { HttpOptions, HttpSurface } from '../../src/surfaces/http/serve.ts';
import { createMcpFace } from '../../src/surfaces/mcp/face.ts';
import type { Toolset } from '../../src/surfaces/mcp/toolsets.ts';
import { fakeOrchestrator } from './fake-orchestrator.ts';
import type { FakeOrchestrator } from './fake-orchestrator.ts';
import { programOf } from './programs.ts';

export const FAKE_STDIO_SERVER = programOf('fake-stdio-server');

/** What tests do with a client, whichever SDK it comes from. */
export type AnyClient = Pick<
  Client,
  | 'listTools'
  | 'listResources'
  | 'listResourceTemplates'
  | 'listPrompts'
  | 'readResource'
  | 'getPrompt'
  | 'complete'
  | 'close'
> & {
  callTool(call: { name: string; arguments?: unknown }): Promise<ToolResult>;
  getInstructions(): string | undefined;
};

export interface ToolResult {
  readonly isError?: boolean;
  readonly structuredContent?: Record<string, unknown>;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
}

export interface Face {
  readonly name: string;
  open(): Promise<OpenFace>;
}

export interface OpenFace {
  readonly client: AnyClient;
  close(): Promise<void>;
}

const info = { name: 'test', version: '1.0.0' };
const stdio = { command: process.execPath, args: [FAKE_STDIO_SERVER], stderr: 'ignore' as const };

/** Both eras of the new client and the old client, over both transports. */
export const faces: readonly Face[] = [
  { name: 'HTTP, modern', open: async () => await overHttp(newClient('modern')) },
  { name: 'HTTP, legacy', open: async () => await overHttp(newClient('legacy')) },
  { name: 'HTTP, v1 client', open: async () => await overHttp(oldClient(), true) },
  { name: 'stdio, modern', open: async () => await overStdio(newClient('modern')) },
  { name: 'stdio, legacy', open: async () => await overStdio(newClient('legacy')) },
  { name: 'stdio, v1 client', open: async () => await overStdio(oldClient(), true) },
];

export function newClient(era: 'legacy' | 'modern'): Client {
  return new Client(info, {
    versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' },
  });
}

export function oldClient(): OldClient {
  return new OldClient(info);
}

export interface Served extends HttpSurface {
  readonly fake: FakeOrchestrator;
}

export async function serveFake(
  options: Partial<HttpOptions> & { readonly toolsets?: readonly Toolset[] } = {},
): Promise<Served> {
  const fake = fakeOrchestrator();
  const { orchestrator } = fake;
  const telemetry = options.telemetry ?? silentTelemetry();
  const surface = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    tokens: [],
    approvers: [],
    allowedHosts: [],
    allowedOrigins: [],
    caller: { owner: 'local' },
    ...createMcpFace({
      orchestrator,
      version: '1.2.3',
      telemetry,
      ...(options.toolsets && { toolsets: options.toolsets }),
    }),
    onDefinitionsChanged: (callback) => orchestrator.onWorkflowsChanged(callback),
    ...options,
    telemetry,
  });
  return { ...surface, fake };
}

async function overHttp(client: Client | OldClient, old = false): Promise<OpenFace> {
  const served = await serveFake();
  const Transport = old ? OldHttp : StreamableHTTPClientTransport;
  await client.connect(new Transport(new URL(served.url)));
  const close = async (): Promise<void> => {
    await client.close();
    await served.close();
  };
  return { client: client as unknown as AnyClient, close };
}

async function overStdio(client: Client | OldClient, old = false): Promise<OpenFace> {
  await client.connect(old ? new OldStdio(stdio) : new StdioClientTransport(stdio));
  return { client: client as unknown as AnyClient, close: async () => await client.close() };
}
