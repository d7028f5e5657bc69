import type { IncomingMessage } from 'node:http';
import type { OAuthSettings } from '../../config.ts';
import type { Refusal } from './authenticate.ts';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** What tells clients where to get a token (RFC 9728). */
export interface ResourceMetadata {
  /** The document, where `path` is one of its places. */
  at(path: string, request: IncomingMessage): object | undefined;
  /** The `WWW-Authenticate` header of a refusal. */
  challenge(refusal: Refusal, request: IncomingMessage): string;
}

export function resourceMetadata(oauth: OAuthSettings | undefined): ResourceMetadata {
  // An audience that is an address is our own as clients know it, proxies before us included.
  const known = oauth?.audience.find((each) => /^https?:\/\//.test(each) && URL.canParse(each));
  const resourceOf = ({ headers }: IncomingMessage) => known ?? `http://${headers.host ?? 'localhost'}/mcp`;
  const places = new Set([WELL_KNOWN, `${WELL_KNOWN}/mcp`, ...(known === undefined ? [] : [placeOf(known)])]);
  const scopes = Object.keys(oauth?.scopes ?? {});
  return {
    at: (path, request) =>
      oauth && places.has(path)
        ? {
            resource: resourceOf(request),
            authorization_servers: [oauth.issuer],
            ...(scopes.length > 0 && { scopes_supported: scopes }),
            bearer_methods_supported: ['header'],
            resource_name: 'Tutti',
          }
        : undefined,
    challenge: ({ error }, request) => {
      if (!oauth) return 'Bearer realm="tutti"';
      const resource = resourceOf(request);
      const parts = {
        realm: 'tutti',
        ...(error && { error }),
        ...(scopes.length > 0 && { scope: scopes.join(' ') }),
        resource_metadata: `${new URL(resource).origin}${placeOf(resource)}`,
      };
      return `Bearer ${Object.entries(parts)
        .map(([name, value]) => `${name}="${value}"`)
        .join(', ')}`;
    },
  };
}

function placeOf(resource: string): string {
  const { pathname } = new URL(resource);
  return pathname === '/' ? WELL_KNOWN : `${WELL_KNOWN}${pathname}`;
}
