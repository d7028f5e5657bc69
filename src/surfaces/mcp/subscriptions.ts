import type { Server } from '@modelcontextprotocol/server';

const subscriptions = new WeakMap<Server, Set<string>>();

/** The resources that the client of this server wants to hear of. */
export function rememberSubscriptions(server: Server): Set<string> {
  const subscribed = new Set<string>();
  subscriptions.set(server, subscribed);
  return subscribed;
}

export function isSubscribed(server: Server, uri: string): boolean {
  return subscriptions.get(server)?.has(uri) ?? false;
}
