import type { Server } from '@modelcontextprotocol/server';
import type { Gateway } from '../../core/gateway/gateway.ts';
import { dropSubscriptions, isSubscribed } from './subscriptions.ts';

/** Calls back after workflows or agents came, changed or went; returns how to stop. */
export type Subscribe = (callback: () => void) => () => void;

/** What clients are told of without having asked. */
export interface Changes {
  readonly onDefinitionsChanged?: Subscribe;
  /** What passes through from the servers. */
  readonly gateway?: Pick<Gateway, 'onChange' | 'onResourceUpdated'>;
}

export interface Announcing extends Changes {
  readonly era: 'legacy' | 'modern';
  readonly onError: (error: unknown) => void;
}

interface Ears {
  readonly tools: () => void;
  readonly prompts: () => void;
  readonly resources: () => void;
  readonly updated: (uri: string) => void;
}

/** Listens to everything that clients are told of. Returns how to stop. */
export function listen({ onDefinitionsChanged, gateway }: Changes, ears: Ears): () => void {
  const stops = [
    onDefinitionsChanged?.(() => {
      ears.resources();
      ears.prompts();
    }),
    gateway?.onChange((what) => ears[what]()),
    gateway?.onResourceUpdated((uri) => ears.updated(uri)),
  ];
  return () => stops.forEach((stop) => stop?.());
}

/** While the server is connected, tells its client whenever its lists changed, and of the resources it subscribed to. */
export function announceChanges(server: Server, { era, onError, ...changes }: Announcing): void {
  let stop: (() => void) | undefined;
  const begin = (): void => {
    stop ??= listen(changes, {
      tools: () => void server.sendToolListChanged().catch(onError),
      prompts: () => void server.sendPromptListChanged().catch(onError),
      resources: () => void server.sendResourceListChanged().catch(onError),
      updated: (uri) => {
        // A new client's subscriptions are known where the connection is kept; what it did not ask for is left out there.
        if (era === 'modern' || isSubscribed(server, uri)) server.sendResourceUpdated({ uri }).catch(onError);
      },
    });
  };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a server of the SDK is no EventTarget
  server.onclose = () => {
    stop?.();
    dropSubscriptions(server);
  };
  // An old client hears nothing before it has said that it is ready; a new one asks for what it wants to hear.
  if (era === 'legacy') server.oninitialized = begin;
  else begin();
}
