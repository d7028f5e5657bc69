import type { Json, JsonObject } from '../kernel/json.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { Digest } from '../ports/digest.ts';
import type { Launch } from '../ports/downstream.ts';
import { veiledArg, veiledUrl } from './veil.ts';

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

/**
 * How a server is reached, without anything secret: names of variables and headers only, references in the place of what they stand for,
 * and nothing but its place of what looks like a key. `credentials` are the names that callers may set.
 */
export function toLaunchDefinition(launch: Launch, credentials: readonly string[] = []): JsonObject {
  const definition = launch.kind === 'stdio' ? toProgram(launch) : toPlace(launch);
  return credentials.length === 0 ? definition : { ...definition, users: credentials };
}

function toProgram(launch: Extract<Launch, { kind: 'stdio' }>): JsonObject {
  const { command, args, cwd, env } = { ...launch, ...launch.pinned };
  return {
    kind: launch.kind,
    command,
    args: args.map((arg, at) => veiledArg(arg, args[at - 1])),
    ...(cwd === undefined ? {} : { cwd }),
    env: Object.keys(env).toSorted(),
  };
}

function toPlace({
  kind,
  url,
  headers,
  allowPrivate,
  oauth,
  pinned,
}: Exclude<Launch, { kind: 'stdio' }>): JsonObject {
  const clientId = pinned?.clientId ?? oauth?.clientId;
  return {
    kind,
    url: veiledUrl(pinned?.url ?? url),
    headers: [...new Set(Object.keys(headers).map((name) => name.toLowerCase()))].toSorted(),
    ...(allowPrivate ? { allowPrivate } : {}),
    ...(oauth === undefined
      ? {}
      : { oauth: { ...(clientId === undefined ? {} : { clientId }), scopes: oauth.scopes } }),
  };
}
