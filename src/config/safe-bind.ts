import { isIP } from 'node:net';
import { TuttiError } from '../core/kernel/errors.ts';
import type { HttpSettings } from './http.ts';

/** Whether a name or an address is this machine's own, and reached from nowhere else. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** @throws TuttiError `server/unsafe-bind` for an address that others reach and that lets everybody in. */
export function requireSafeBind({
  host,
  tokens,
  oauth,
}: Pick<HttpSettings, 'host' | 'tokens' | 'oauth'>): void {
  if (tokens.length > 0 || oauth || isLoopback(host)) return;
  throw new TuttiError(
    'server/unsafe-bind',
    `Listening on ${host} without http.auth would open every workflow and every server to the network. Configure http.auth, or bind 127.0.0.1.`,
  );
}
