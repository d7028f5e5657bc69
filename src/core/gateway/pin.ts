import type { Json, JsonObject } from '../kernel/json.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { Digest } from '../ports/digest.ts';
import type { Launch } from '../ports/downstream.ts';

/** SHA-256 of the canonical form of a definition. */
export function pinHash(definition: JsonObject, digest: Digest): string {
  return digest(canonicalJson(definition));
}

/** Everything a model can see of a tool or a prompt: the whole definition, whatever members it has. */
export function toDefinition(listed: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(listed).filter((member): member is [string, Json] => member[1] !== undefined),
  );
}

/** The instructions of a server as something that can be pinned. */
export function toInstructionsDefinition(instructions: string): JsonObject {
  return { instructions };
}

/** How a server is reached, without anything secret: names of variables and headers only, and hashes in the place of what looks like a key. */
export function toLaunchDefinition(launch: Launch, digest: Digest): JsonObject {
  if (launch.kind === 'stdio') {
    return {
      kind: launch.kind,
      command: launch.command,
      args: launch.args.map((arg, at) => veiledArg(arg, launch.args[at - 1], digest)),
      ...(launch.cwd === undefined ? {} : { cwd: launch.cwd }),
      env: Object.keys(launch.env).toSorted(),
    };
  }
  return {
    kind: launch.kind,
    url: veiledUrl(launch.url, digest),
    headers: [...new Set(Object.keys(launch.headers).map((name) => name.toLowerCase()))].toSorted(),
    ...(launch.allowPrivate ? { allowPrivate: true } : {}),
    ...(launch.oauth === undefined
      ? {}
      : {
          oauth: {
            ...(launch.oauth.clientId === undefined ? {} : { clientId: launch.oauth.clientId }),
            scopes: launch.oauth.scopes,
          },
        }),
  };
}

const SECRET_FLAG =
  /^--?[\w-]*(?:token|secret|passw|pwd|api-?_?key|apikey|auth|credential|private-?_?key)[\w-]*$/i;
/** Narrow on purpose: whoever approves a command must be able to read all of it that is no key. */
const SECRET_VALUE =
  /^(?:(?=.*\d)(?:sk-|[sp]k_|gh[opsu]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|eyJ)[\w.-]{16,}|Bearer\s.+|[0-9a-f]{32,}|(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+_=-]{32,})$/;
const VEIL_LENGTH = 16;

/** A change of it still shows, but nobody can read it back. */
function veil(secret: string, digest: Digest): string {
  return `sha256:${digest(secret).slice(0, VEIL_LENGTH)}`;
}

function veiledArg(arg: string, before: string | undefined, digest: Digest): string {
  const equals = arg.indexOf('=');
  if (equals > 0) {
    const [flag, value] = [arg.slice(0, equals), arg.slice(equals + 1)];
    if (SECRET_FLAG.test(flag) || SECRET_VALUE.test(value)) return `${flag}=${veil(value, digest)}`;
  }
  if (before !== undefined && SECRET_FLAG.test(before) && !arg.startsWith('-')) return veil(arg, digest);
  if (SECRET_VALUE.test(arg)) return veil(arg, digest);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(arg) ? veiledUrl(arg, digest) : arg;
}

/** Scheme, host and path stay readable; what people put keys into does not: user information, query values, long random segments. */
function veiledUrl(url: string, digest: Digest): string {
  const [, scheme = '', authority = '', path = '', query = '', fragment = ''] =
    /^([^:]*:\/\/)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url) ?? [];
  if (scheme === '') return SECRET_VALUE.test(url) ? veil(url, digest) : url;
  const at = authority.lastIndexOf('@');
  const host = at < 0 ? authority : `${veil(authority.slice(0, at), digest)}@${authority.slice(at + 1)}`;
  const segments = path.split('/').map((each) => (SECRET_VALUE.test(each) ? veil(each, digest) : each));
  const pairs = query
    .slice(1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return SECRET_VALUE.test(pair) ? veil(pair, digest) : pair;
      return `${pair.slice(0, equals)}=${veil(pair.slice(equals + 1), digest)}`;
    });
  const veiledFragment = fragment === '' ? '' : `#${veil(fragment.slice(1), digest)}`;
  return `${scheme}${host}${segments.join('/')}${query === '' ? '' : `?${pairs.join('&')}`}${veiledFragment}`;
}
