import { Client, InMemoryTransport, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import type { DiscoverResult, PriorDiscovery, Transport } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { EraVerdict } from '../../core/ports/downstream.ts';
import { LEGACY_CAPABILITIES, toInstructions, toServerInfo } from './greeting.ts';
import type { HandshakeOptions } from './greeting.ts';
import type { Greeting } from './wire.ts';

const MAX_PROBE_MS = 5_000;

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

/** What the SDK makes of an answer of `server/discover`: nobody is asked. */
export async function judgeDiscovered(
  discovered: JsonObject,
  options: Omit<HandshakeOptions, 'verdict'>,
): Promise<Greeting> {
  const [nowhere] = InMemoryTransport.createLinkedPair();
  return await shakeHands(nowhere, { ...options, verdict: { era: 'modern', at: 0, discovered } });
}

function toGreeting(client: Client): Greeting {
  const discovered = client.getDiscoverResult();
  return {
    era: client.getProtocolEra() ?? 'legacy',
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    capabilities: (client.getServerCapabilities() ?? {}) as JsonObject,
    serverInfo: toServerInfo(client.getServerVersion() ?? {}),
    instructions: toInstructions(client.getInstructions()),
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
