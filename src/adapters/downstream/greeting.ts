import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { MODERN_VERSION, SERVER_INFO_KEY } from '../../core/kernel/protocol-names.ts';
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

/** What a server may be able to do, and what each may hold. */
const CAPABILITIES: ReadonlyMap<string, (name: string, value: unknown) => boolean> = new Map([
  ['experimental', (_name, value) => isJsonObject(value)],
  ['extensions', (_name, value) => isJsonObject(value)],
  ['logging', () => true],
  ['completions', () => true],
  ['prompts', flags('listChanged')],
  ['resources', flags('listChanged', 'subscribe')],
  ['tools', flags('listChanged')],
]);
const MAX_INSTRUCTIONS = 65_536;

interface SelfName {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly title?: string | undefined;
}

/** What a server calls itself, in words for people. */
export function toServerInfo({ name, version, title }: SelfName): Greeting['serverInfo'] {
  return {
    name: toPlain(name ?? 'unknown', 128),
    version: toPlain(version ?? '0', 64),
    ...(title !== undefined && { title: toPlain(title, 128) }),
  };
}

export function toInstructions(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_INSTRUCTIONS);
}

/** What an answer of `server/discover` says, if nothing about it is unusual; what is unusual is left to the SDK to judge. */
export function greetingIn(discovered: unknown): Greeting | undefined {
  if (!isJsonObject(discovered) || !isAnswer(discovered)) return undefined;
  const { instructions, _meta: meta = {} } = discovered;
  const capabilities = readCapabilities(discovered['capabilities']);
  const serverInfo = isJsonObject(meta) ? readServerInfo(meta[SERVER_INFO_KEY] ?? {}) : undefined;
  if (capabilities === undefined || serverInfo === undefined || !isTextOrNothing(instructions))
    return undefined;
  return {
    era: 'modern',
    protocolVersion: MODERN_VERSION,
    capabilities,
    serverInfo,
    instructions: toInstructions(instructions),
    discovered,
  };
}

function isAnswer({ resultType = 'complete', supportedVersions }: JsonObject): boolean {
  if (resultType !== 'complete' || !Array.isArray(supportedVersions)) return false;
  return (
    supportedVersions.includes(MODERN_VERSION) && supportedVersions.every((each) => typeof each === 'string')
  );
}

function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function readCapabilities(value: unknown): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const known = Object.entries(value).filter(([name]) => CAPABILITIES.has(name));
  const isPlain = known.every(([name, each]) => {
    const holds = CAPABILITIES.get(name) ?? (() => false);
    return isJsonObject(each) && Object.entries(each).every((entry) => holds(...entry));
  });
  return isPlain ? Object.fromEntries(known) : undefined;
}

function flags(...names: readonly string[]) {
  return (name: string, value: unknown): boolean => names.includes(name) && typeof value === 'boolean';
}

function readServerInfo(value: unknown): Greeting['serverInfo'] | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, version, title } = value;
  const isNameless = Object.keys(value).length === 0;
  if (!isNameless && (typeof name !== 'string' || typeof version !== 'string')) return undefined;
  if (!isTextOrNothing(name) || !isTextOrNothing(version) || !isTextOrNothing(title)) return undefined;
  return toServerInfo({ name, version, title });
}
