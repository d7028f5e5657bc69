import type { Server } from '@modelcontextprotocol/server';
import { choiceOf } from './request-params.ts';

/** Least first, as the protocol orders them. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
/** What clients of the older revisions hear of while they have not said anything. */
const DEFAULT_LEVEL = 'info';

const levels = new WeakMap<Server, string>();

/** Remembers from which level on the client of this server, which speaks an older revision, wants to hear of log messages. */
export function serveLogLevel(server: Server): void {
  server.setRequestHandler('logging/setLevel', { params: choiceOf('level', LEVELS) }, (level) => {
    levels.set(server, level);
    return {};
  });
}

export function logLevelOf(server: Server): string {
  return levels.get(server) ?? DEFAULT_LEVEL;
}

export function hears(server: Server, level: unknown): boolean {
  return LEVELS.indexOf(String(level)) >= LEVELS.indexOf(logLevelOf(server));
}
