import { isJsonObject } from '../../core/kernel/json.ts';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { DownstreamAnswer, DownstreamEvent } from '../../core/ports/downstream.ts';
import type { Greeting } from './wire.ts';

export interface ListenOptions {
  readonly greeting: Greeting;
  /** Addresses of resources that somebody subscribed to. */
  readonly uris: readonly string[];
  /** Asks to hear of changes; answered when there is nothing more to hear. */
  readonly open: (params: JsonObject, signal: AbortSignal) => Promise<DownstreamAnswer>;
  /** There may have been changes that nobody heard of. */
  readonly onMissed: (event: DownstreamEvent) => void;
}

const KINDS = ['tools', 'prompts', 'resources'] as const;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
const MAX_TRIES = 10;

/** Hears of changes, where servers of the newer revisions offer to tell. Those of the older ones tell unasked. Returns how to stop. */
export function listen({ greeting, uris, open, onMissed }: ListenOptions): () => void {
  const kinds = KINDS.filter((kind) => {
    const capability = greeting.capabilities[kind];
    return isJsonObject(capability) && capability['listChanged'] === true;
  });
  if (greeting.era === 'legacy' || kinds.length + uris.length === 0) return () => {};
  const stopping = new AbortController();
  const { signal } = stopping;
  const notifications = {
    ...Object.fromEntries(kinds.map((kind) => [`${kind}ListChanged`, true])),
    ...(uris.length > 0 && { resourceSubscriptions: uris }),
  };
  let timer: NodeJS.Timeout | undefined;

  const begin = (tries: number) => {
    const startedAt = performance.now();
    const ended = (refused: boolean) => {
      if (signal.aborted || refused) return;
      const next = performance.now() - startedAt > MAX_PAUSE_MS ? 0 : tries + 1;
      if (next > MAX_TRIES) return;
      timer = setTimeout(
        () => {
          for (const kind of kinds) onMissed(kind);
          begin(next);
        },
        Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** next),
      ).unref();
    };
    open({ notifications }, signal).then(
      (answer) => ended(answer.kind === 'error'),
      () => ended(false),
    );
  };

  begin(0);
  return () => {
    clearTimeout(timer);
    stopping.abort();
  };
}
