import { readFileSync, statSync } from 'node:fs';
import { parse as parseJsonc, type ParseError } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { Client, Entry } from './client.ts';
import { createVeil, veilAddress, veilArguments, veilValues, type Veil } from './veil.ts';

/** A server found in a client's configuration, written as ours would have it. Nothing of it was run. */
export interface Imported {
  readonly name: string;
  readonly client: string;
  readonly entry: Entry;
  /** Variables that stand for secrets which were not copied. */
  readonly secrets: readonly string[];
}

export interface Found {
  readonly client: Client;
  readonly servers: readonly Imported[];
  /** Why the file could not be read, if so. */
  readonly problem?: string;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** What stands in a client's configuration; `undefined` when it has none. `taken` holds what the variables of other clients stand for. */
export function readClient(client: Client, taken = new Map<string, string>()): Found | undefined {
  const size = statSync(client.file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return undefined;
  if (size > MAX_BYTES) return { client, servers: [], problem: `is larger than ${MAX_BYTES} bytes` };
  try {
    const servers = memberOf(parseText(readFileSync(client.file, 'utf8'), client.format), client.key);
    return {
      client,
      servers: entriesOf(servers, client).flatMap(([name, entry]) =>
        imported(name, { entry, client, taken }),
      ),
    };
  } catch (error) {
    return {
      client,
      servers: [],
      problem: `cannot be read (${error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown'})`,
    };
  }
}

function parseText(text: string, format: Client['format']): unknown {
  if (format === 'yaml') return parseYaml(text, { maxAliasCount: 100 });
  if (format === 'toml') return parseToml(text);
  const faults: ParseError[] = [];
  const value: unknown = parseJsonc(text.replace(/^\uFEFF/, ''), faults, { allowTrailingComma: true });
  if (faults.length > 0) throw new Error(`the JSON is broken at character ${faults[0]?.offset}`);
  return value;
}

function memberOf(value: unknown, key: string): unknown {
  return isEntry(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function entriesOf(servers: unknown, client: Client): readonly (readonly [string, Entry])[] {
  if (client.shape === 'list') {
    const list: readonly unknown[] = Array.isArray(servers) ? servers : [];
    return list.filter(isEntry).map(({ name, ...entry }) => [typeof name === 'string' ? name : '', entry]);
  }
  return isEntry(servers)
    ? Object.entries(servers).flatMap(([name, entry]) => (isEntry(entry) ? [[name, entry] as const] : []))
    : [];
}

interface Finding {
  readonly entry: Entry;
  readonly client: Client;
  readonly taken: Map<string, string>;
}

function imported(name: string, { entry: raw, client, taken }: Finding): Imported[] {
  const given = client.read(raw);
  const { command, url, cwd, disabled } = given;
  const veil = createVeil(name, taken);
  // Tutti behind itself would go round in circles.
  if (name === 'tutti') return [];
  const launch =
    typeof command === 'string'
      ? { ...localLaunch({ ...given, command }, name, veil), ...(typeof cwd === 'string' && { cwd }) }
      : typeof url === 'string'
        ? remoteLaunch({ ...given, url }, name, veil)
        : undefined;
  if (launch === undefined) return [];
  const entry = { ...withoutAbsent(launch), ...(disabled === true && { disabled }) };
  return [{ name: toServerName(name), client: client.id, entry, secrets: veil.names }];
}

function localLaunch(
  { command, args, env }: Entry & { readonly command: string },
  name: string,
  veil: Veil,
): Entry {
  const [program = command] = veilArguments([command], `${name}_command`, veil);
  return {
    command: program,
    args: Array.isArray(args) ? veilArguments(args.map(String), name, veil) : undefined,
    env: isEntry(env) ? veilValues(env, (key) => key, veil) : undefined,
  };
}

/** User and password of an address are a header: our addresses hold none. */
function remoteLaunch(
  { url, headers, type }: Entry & { readonly url: string },
  name: string,
  veil: Veil,
): Entry {
  const bare = url.replace(/^([^/?#]*\/\/)[^/?#]*@/, '$1');
  const own = isEntry(headers) ? veilValues(headers, (key) => `${name}_${key}`, veil) : undefined;
  const authorization =
    bare === url ? {} : { Authorization: `Basic ${veil.hide(`${name}_user_password_base64`, url)}` };
  return {
    type: type === 'sse' ? type : undefined,
    url: veilAddress(bare, name, veil),
    headers: own === undefined && bare === url ? undefined : { ...authorization, ...own },
  };
}

function withoutAbsent(values: Entry): Entry {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** A name as ours must be: `My Server` becomes `My-Server`. */
function toServerName(name: string): string {
  return (
    name
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replaceAll(/_{2,}/g, '_')
      .replaceAll(/^[-_]+|[-_]+$/g, '')
      .slice(0, 40) || 'server'
  );
}

function isEntry(value: unknown): value is Entry {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
