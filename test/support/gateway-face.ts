import { onTestFinished } from 'vitest';
import { silentTelemetry } from '../../src/adapters/telemetry/pino.ts';
import type { CallOutcome, ServerView, ToolView } from '../../src/core/gateway/gateway.ts';
import type { Grants } from '../../src/core/kernel/caller.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import { toPayload } from '../../src/core/kernel/payload.ts';
import { createMcpFace } from '../../src/surfaces/mcp/face.ts';
import type { Toolset } from '../../src/surfaces/mcp/toolsets.ts';
import { toApproval } from './ask-fixtures.ts';
import { fakeGateway } from './fake-gateway.ts';
import type { FakeGateway, GatewayScript } from './fake-gateway.ts';
import { fakeOrchestrator } from './fake-orchestrator.ts';
import { httpWire } from './raw-wires.ts';
import type { RawWire } from './raw-wires.ts';

// Our MCP face over HTTP, in front of a gateway with one of everything.

export const me = { owner: 'local' };
const AT = Date.UTC(2026, 10, 20, 8);
export const FACTS = {
  callId: 'c1',
  server: 'files',
  tool: 'read',
  cached: true,
  durationMs: 3,
  attempts: 1,
};
const approval = toApproval({
  server: 'files',
  tool: 'delete_file',
  arguments: { path: '/tmp/\u001b[31mx' },
  createdAt: AT,
  expiresAt: AT + 60_000,
});
const view = (name: string, risk: ToolView['risk']): ToolView => ({
  name,
  server: 'files',
  title: 'T',
  description: `does ${risk}\u202e things`,
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
  risk,
  costMicros: 1_500_000,
  available: risk !== 'unknown',
});
const servers: readonly ServerView[] = [
  {
    name: 'files',
    description: 'local files',
    status: 'ready',
    tools: 3,
    held: [],
    dropped: [],
    budget: [{ per: 'day', kind: 'cost', spent: 500_000, of: 2_000_000 }],
  },
  {
    name: 'git',
    description: '',
    status: 'down',
    tools: 0,
    held: [{ kind: 'tool', name: 'push', reason: 'changed', findings: [], diff: [] }],
    dropped: [{ name: 'bad', reason: 'no schema' }],
    error: 'it\u0007 left',
    loginUrl: 'https://login',
  },
];
export const views: readonly ToolView[] = [
  view('files__read', 'read'),
  view('files__write', 'write'),
  view('files__rm', 'destructive'),
  view('files__odd', 'unknown'),
];
const result = (value: JsonObject): CallOutcome => ({
  kind: 'result',
  payload: toPayload(value),
  facts: FACTS,
});

export const script: GatewayScript = {
  views,
  servers,
  approvals: [approval],
  tools: [
    { name: 'files__read', description: 'Reads.', inputSchema: { type: 'object' } },
    { name: 'call_tool', inputSchema: { type: 'object' } },
  ],
  prompts: [{ name: 'files__summary' }],
  resources: [{ uri: 'file:///a', name: 'a' }],
  resourceTemplates: [{ uriTemplate: 'file:///{path}', name: 'any file' }],
  results: { r1: 'abcdefghijklmnopqrstuvwxyz' },
  call: async ({ name, arguments: given }) => {
    if (name === 'files__rm') return { kind: 'approval', approval };
    if (name === 'files__odd') throw new TuttiError('policy/denied', 'A rule forbids it.');
    if (name === 'files__write')
      return {
        kind: 'error',
        error: { code: -32_021, message: 'you cannot elicit', data: { requiredCapabilities: {} } },
        facts: FACTS,
      };
    return result({ content: [{ type: 'text', text: JSON.stringify(given) }] });
  },
  forward: async (method, params) => {
    if (method === 'resources/read' && params['uri'] !== 'file:///a')
      throw new TuttiError('tool/not-found', 'no such resource');
    if (method === 'resources/read')
      return result({
        contents: [{ uri: 'file:///a', text: 'A' }],
        ttlMs: 9,
        cacheScope: 'public',
        resultType: 'complete',
      });
    return result({});
  },
};

/** Called when the test is over. A hook of this file would be that of one test file only: workers keep their modules. */
export function closeAfterwards(close: () => Promise<unknown>): void {
  onTestFinished(async () => void (await close()));
}

export interface OpenedFace {
  readonly wire: RawWire & { readonly url: string };
  readonly fake: FakeGateway;
  readonly call: (name: string, args?: JsonObject) => Promise<JsonObject>;
}

export async function openFace(
  toolsets: readonly Toolset[],
  options: {
    readonly script?: GatewayScript;
    readonly era?: 'legacy' | 'modern';
    readonly shortPath?: boolean;
    readonly grants?: Grants;
    readonly configFile?: string;
  } = {},
): Promise<OpenedFace> {
  const fake = fakeGateway(options.script ?? script);
  const { orchestrator } = fakeOrchestrator(fake.gateway);
  const { build, short, watch } = createMcpFace({
    orchestrator,
    telemetry: silentTelemetry(),
    version: '1',
    toolsets,
    shortPath: options.shortPath ?? true,
    configFile: options.configFile,
  });
  const caller = { owner: 'local', ...(options.grants && { grants: options.grants }) };
  const wire = await httpWire(
    { build: () => build(caller), caller, ...(short && { short }), watch, gateway: fake.gateway },
    { era: options.era ?? 'modern' },
  );
  closeAfterwards(async () => await wire.close());
  const call = async (name: string, args: JsonObject = {}): Promise<JsonObject> => {
    const { messages } = await wire.request('tools/call', { name, arguments: args });
    const said = messages.at(-1);
    if (said?.error) throw Object.assign(new Error(String(said.error['message'])), said.error);
    return said?.result ?? {};
  };
  return { wire, fake, call };
}

export const textOf = (value: JsonObject): string =>
  String((value['content'] as unknown as { text: string }[])[0]?.text);
