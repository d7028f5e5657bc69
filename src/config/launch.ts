import { isAbsolute, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import type { Launch, LaunchReferences } from '../core/ports/downstream.ts';
import { defined } from './defined.ts';
import { holdsReference } from './expansion.ts';
import type { ServerFile } from './server-schema.ts';
import { isRecord } from './source.ts';

/** A part of an entry that is wrong, and what is said of it. */
export interface Objection {
  readonly key: keyof ServerFile | undefined;
  readonly message: string;
}

/** How the server is reached, or everything that is wrong with how it is written. `written` is the entry before variables were replaced. */
export function toLaunch(
  entry: ServerFile,
  base: string,
  written: unknown = entry,
): Launch | readonly Objection[] {
  const url = entry.url ?? entry.httpUrl ?? entry.serverUrl;
  const objections = launchObjections(entry, url);
  if (objections.length > 0) return objections;
  const launch = url === undefined ? localLaunch(entry, base) : remoteLaunch(entry, url);
  const pinned = referencesIn(written);
  return pinned ? { ...launch, pinned } : launch;
}

function localLaunch({ command = '', args = [], env = {}, cwd }: ServerFile, base: string): Launch {
  return {
    kind: 'stdio',
    command: /[\\/]/.test(command) && !isAbsolute(command) ? resolve(base, command) : command,
    args,
    env,
    ...(cwd !== undefined && { cwd: resolve(base, cwd) }),
  };
}

/** What differs from machine to machine, or is secret, as it was written. */
function referencesIn(written: unknown): LaunchReferences | undefined {
  if (!isRecord(written)) return undefined;
  const { command, args, cwd, oauth } = written;
  const url = written['url'] ?? written['httpUrl'] ?? written['serverUrl'];
  const clientId = isRecord(oauth) ? oauth['clientId'] : undefined;
  const references: LaunchReferences = {
    ...(holdsReference(command) && { command }),
    ...(isTexts(args) && args.some(holdsReference) && { args }),
    ...(holdsReference(cwd) && { cwd }),
    ...(holdsReference(url) && { url }),
    ...(holdsReference(clientId) && { clientId }),
  };
  return Object.keys(references).length > 0 ? references : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

const LOCAL_KEYS = ['args', 'env', 'cwd'] as const;
const REMOTE_KEYS = ['headers', 'allowPrivate', 'oauth'] as const;

function launchObjections(entry: ServerFile, url: string | undefined): readonly Objection[] {
  const { command, type } = entry;
  if (command === undefined && url === undefined) {
    return [{ key: undefined, message: 'expected "command" or "url", found neither' }];
  }
  if (command !== undefined && url !== undefined) {
    return [{ key: undefined, message: 'expected either "command" or "url", found both; keep one' }];
  }
  const [kind, foreign] =
    url === undefined ? (['command', REMOTE_KEYS] as const) : (['url', LOCAL_KEYS] as const);
  const objections: Objection[] = foreign
    .filter((key) => entry[key] !== undefined)
    .map((key) => ({ key, message: `does not go with "${kind}"; remove one of the two` }));
  if (type !== undefined && (type === 'stdio') !== (url === undefined)) {
    objections.push({ key: 'type', message: `"${type}" does not go with "${kind}"; remove it` });
  }
  const wrong = url === undefined ? undefined : addressObjection(url);
  if (wrong !== undefined) objections.push({ key: 'url', message: wrong });
  return objections;
}

function addressObjection(url: string): string | undefined {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !['http:', 'https:'].includes(address.protocol)) {
    return 'expected an http or https address, found something else';
  }
  if (address.username !== '' || address.password !== '') {
    return 'expected an address without user and password, found one with them; send them in "headers"';
  }
  return undefined;
}

function remoteLaunch({ type, headers = {}, allowPrivate, oauth }: ServerFile, url: string): Launch {
  const { hostname, pathname } = new URL(url);
  const isOld = type === 'sse' || (type === undefined && pathname.endsWith('/sse'));
  return {
    kind: isOld ? 'sse' : 'http',
    url,
    headers,
    allowPrivate: allowPrivate ?? isPrivate(hostname),
    ...(allowPrivate === true && { allowPrivatePorts: true }),
    ...(oauth && { oauth: defined(oauth) }),
  };
}

/** Whether this is a name or an address of this machine or of a private network, written out. */
function isPrivate(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() !== 'unicast';
}

/** Whether what is sent there can be read on the way. */
export function isExposed(launch: Launch): boolean {
  return launch.kind !== 'stdio' && launch.url.startsWith('http:') && !launch.allowPrivate;
}
