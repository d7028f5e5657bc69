import type { Client } from '@modelcontextprotocol/client';

/** Closes a client once, on interruption or in the end: whoever asks again waits until its server is gone as well. */
export function closing(
  client: Client,
  signal: AbortSignal,
): { readonly close: () => Promise<void>; readonly release: () => void } {
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => await (closed ??= client.close());
  const onAbort = (): void => void close().catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  const release = (): void => {
    signal.removeEventListener('abort', onAbort);
  };
  return { close, release };
}
