import { Client, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import type { DiscoverResult, PriorDiscovery, Transport } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { EraVerdict } from '../../core/ports/downstream.ts';
import { toPlain } from './wire.ts';
import type { Greeting } from './wire.ts';

/** Who we say we are. */
export interface Introduction {
  readonly name: string;
  readonly version: string;
}

export interface HandshakeOptions {
  readonly introduction: Introduction;
  /** What is known of this server already. */
  readonly verdict?: EraVerdict | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What servers of the revisions with a handshake may ask us, on behalf of whoever calls. */
export const LEGACY_CAPABILITIES = { elicitation: { form: {}, url: {} }, sampling: {} } as const;

const MAX_PROBE_MS = 5_000;
const MAX_INSTRUCTIONS = 65_536;

/** Agrees with a server on a revision, over a transport that the SDK may start and send on. */
export async function shakeHands(transport: Transport, options: HandshakeOptions): Promise<Greeting> {
  const { introduction, verdict, timeoutMs, signal } = options;
  // A child that does not know the question may leave it unanswered, and is greeted in the old way then.
  const probeMs = 'pid' in transport ? Math.max(1, Math.min(MAX_PROBE_MS, timeoutMs / 2)) : timeoutMs;
  const client = new Client(introduction, {
    capabilities: LEGACY_CAPABILITIES,
    versionNegotiation: { mode: 'auto', probe: { timeoutMs: probeMs } },
  });
  Object.assign(client, { onerror: () => {} });
  const prior = toPrior(verdict);
  await client.connect(transport, { timeout: timeoutMs, signal, ...(prior && { prior }) });
  return toGreeting(client);
}

function toGreeting(client: Client): Greeting {
  const discovered = client.getDiscoverResult();
  const { name = 'unknown', version = '0', title } = client.getServerVersion() ?? {};
  return {
    era: client.getProtocolEra() ?? 'legacy',
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    capabilities: (client.getServerCapabilities() ?? {}) as JsonObject,
    serverInfo: {
      name: toPlain(name, 128),
      version: toPlain(version, 64),
      ...(title !== undefined && { title: toPlain(title, 128) }),
    },
    instructions: client.getInstructions()?.slice(0, MAX_INSTRUCTIONS),
    discovered: discovered as JsonObject | undefined,
  };
}

function toPrior(verdict: EraVerdict | undefined): PriorDiscovery | undefined {
  if (verdict?.era === 'legacy') return { kind: 'legacy' };
  if (verdict?.discovered === undefined) return undefined;
  return { kind: 'modern', discover: verdict.discovered as unknown as DiscoverResult };
}

/** The server left when it was asked for its revision: some old ones do. */
export function leftWhenProbed(error: unknown): boolean {
  return error instanceof SdkError && error.code === SdkErrorCode.EraNegotiationFailed;
}
