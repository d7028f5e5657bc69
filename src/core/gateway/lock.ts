import { TuttiError } from '../kernel/errors.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { canonicalJson, isJsonObject } from '../kernel/json.ts';
import type { Digest } from '../ports/digest.ts';
import type { PinKind } from '../ports/pins.ts';

const VERSION = 1;
const HASH = /^[0-9a-f]{64}$/;

export interface LockedServer {
  readonly launch: JsonObject;
  readonly launchHash: string;
  readonly tools: Readonly<Record<string, string>>;
  readonly prompts: Readonly<Record<string, string>>;
  readonly instructions?: string;
}

/** What a lock file says, checked. */
export interface Lock {
  readonly servers: Readonly<Record<string, LockedServer>>;
  readonly workflows: Readonly<Record<string, string>>;
}

/**
 * Reads a parsed lock file.
 *
 * @throws TuttiError `lock/invalid` with the place, what was expected and what was found.
 */
export function parseLock(lock: JsonObject, digest: Digest): Lock {
  if (lock['version'] !== VERSION)
    throw fault('version', `${VERSION}, the only version this Tutti knows`, lock['version']);
  const servers = objectAt(lock['servers'], 'servers');
  return {
    servers: mapped(servers, (each, name) => parseServer(each, `servers.${name}`, digest)),
    workflows: hashesAt(lock['workflows'] ?? {}, 'workflows'),
  };
}

function parseServer(value: Json, path: string, digest: Digest): LockedServer {
  const server = objectAt(value, path);
  const launch = objectAt(server['launch'], `${path}.launch`);
  const launchHash = hashAt(server['launchHash'], `${path}.launchHash`);
  const found = digest(canonicalJson(launch));
  if (found !== launchHash)
    throw fault(`${path}.launchHash`, `${found}, the hash of the launch beside it`, launchHash);
  const instructions = server['instructions'];
  return {
    launch,
    launchHash,
    tools: hashesAt(server['tools'] ?? {}, `${path}.tools`),
    prompts: hashesAt(server['prompts'] ?? {}, `${path}.prompts`),
    ...(instructions === undefined ? {} : { instructions: hashAt(instructions, `${path}.instructions`) }),
  };
}

function objectAt(value: Json | undefined, path: string): JsonObject {
  if (value === undefined || !isJsonObject(value)) throw fault(path, 'an object', value);
  return value;
}

function hashesAt(value: Json, path: string): Readonly<Record<string, string>> {
  return mapped(objectAt(value, path), (each, name) => hashAt(each, `${path}.${name}`));
}

function hashAt(value: Json | undefined, path: string): string {
  if (typeof value !== 'string' || !HASH.test(value))
    throw fault(path, 'a SHA-256 hash of 64 hexadecimal digits', value);
  return value;
}

function mapped<V, T>(
  object: Readonly<Record<string, V>>,
  map: (value: V, name: string) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}

function fault(path: string, expected: string, found: Json | undefined): TuttiError {
  const text = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 80);
  return new TuttiError(
    'lock/invalid',
    `The lock file should hold at ${path} ${expected}; found ${text}. Nothing was changed. Restore the file, or delete it and write it anew with \`tutti lock\`.`,
  );
}

/** The hashes that a lock holds for things of one kind, by name. */
export function lockedHashes(
  server: LockedServer | undefined,
  kind: PinKind,
): Readonly<Record<string, string>> {
  if (server === undefined) return {};
  const { instructions, launchHash, tools, prompts } = server;
  switch (kind) {
    case 'server':
      return { '': launchHash };
    case 'instructions':
      return instructions === undefined ? {} : { '': instructions };
    case 'tool':
      return tools;
    case 'prompt':
      return prompts;
  }
}

/** A lock as it is written: everything in the order of its names, so that two of them compare line by line. */
export function toLockFile({ servers, workflows }: Lock): JsonObject {
  return JSON.parse(
    canonicalJson({ version: VERSION, servers: mapped(servers, toJson), workflows }),
  ) as JsonObject;
}

function toJson({ instructions, ...server }: LockedServer): JsonObject {
  return { ...server, ...(instructions === undefined ? {} : { instructions }) };
}
