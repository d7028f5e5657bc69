import type { Server } from '@modelcontextprotocol/server';

interface Kept {
  readonly uris: Set<string>;
  readonly leave: (uris: readonly string[]) => void;
}

const subscriptions = new WeakMap<Server, Kept>();

/** The resources that the client of this server wants to hear of; `leave` ends what it leaves behind when it goes. */
export function rememberSubscriptions(server: Server, leave: Kept['leave']): Set<string> {
  const uris = new Set<string>();
  subscriptions.set(server, { uris, leave });
  return uris;
}

export function isSubscribed(server: Server, uri: string): boolean {
  return subscriptions.get(server)?.uris.has(uri) ?? false;
}

/** The client of this server is gone. */
export function dropSubscriptions(server: Server): void {
  const kept = subscriptions.get(server);
  if (kept === undefined || kept.uris.size === 0) return;
  const uris = [...kept.uris];
  kept.uris.clear();
  kept.leave(uris);
}
