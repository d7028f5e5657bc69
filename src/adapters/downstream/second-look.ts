import { canonicalJson } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import { LEGACY_CAPABILITIES, greetingIn } from './greeting.ts';
import type { Introduction } from './greeting.ts';
import { run } from './running.ts';
import type { Greeting, Link } from './wire.ts';

export interface SecondLookOptions {
  readonly link: Link;
  readonly envelope: string;
  readonly introduction: Introduction;
  readonly timeoutMs: number;
  /** It says something else of itself than what was remembered. */
  readonly onOther: (greeting: Greeting) => void;
}

/** The first call, and the listing before it, have gone by then. */
const PAUSE_MS = 1_000;
const MAX_BYTES = 4 * 1_048_576;

/**
 * Asks a server that was met by what was remembered of it what it says of itself now, beside whatever goes on: its instructions may have
 * changed meanwhile. Whoever does not answer stays as he was. Returns how to stop.
 */
export function lookTwice(options: SecondLookOptions): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Where that fails, the next connection asks again.
  const timer = setTimeout(() => void look(options, signal).catch(() => undefined), PAUSE_MS).unref();
  return () => {
    clearTimeout(timer);
    stopping.abort();
  };
}

async function look(options: SecondLookOptions, signal: AbortSignal): Promise<void> {
  const greeting = await discoverAgain(options, signal);
  if (signal.aborted || greeting === undefined) return;
  if (toText(greeting) !== toText(options.link.greeting)) options.onOther(greeting);
}

async function discoverAgain(
  { link, envelope, introduction, timeoutMs }: SecondLookOptions,
  signal: AbortSignal,
): Promise<Greeting | undefined> {
  const bounds = { idleMs: timeoutMs, timeoutMs, maxBytes: MAX_BYTES };
  const answer = await run({
    id: 'discover-again',
    method: 'server/discover',
    request: { ...bounds, params: {}, capabilities: LEGACY_CAPABILITIES, signal },
    inlineBytes: MAX_BYTES,
    lenient: false,
    link,
    envelope,
  });
  if (answer.kind !== 'result') return undefined;
  const discovered = answer.payload.value;
  const plain = greetingIn(discovered);
  if (plain !== undefined) return plain;
  const { judgeDiscovered } = await import('./handshake.ts');
  return await judgeDiscovered(discovered, { introduction, timeoutMs, signal });
}

/** What others are told of it. */
function toText({ capabilities, serverInfo, instructions = '' }: Greeting): string {
  return canonicalJson({ capabilities, serverInfo: serverInfo as JsonObject, instructions });
}
