import { getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { kindOf } from '../../../core/kernel/json.ts';
import { readClientText } from './client-file.ts';
import type { Client, Entry } from './client.ts';
import { startsTutti } from './itself.ts';
import { toTexts } from './texts.ts';
import { createVeil, soundsSecret, veilAddress, veilArguments, veilValues, type Veil } from './veil.ts';

/** A server found in a client's configuration, written as ours would have it. Nothing of it was run. */
export interface Imported {
  readonly name: string;
  /** As it is called there, where that is no name for one of ours. */
  readonly from?: string;
  readonly client: string;
  readonly entry: Entry;
  /** Variables that stand for secrets which were not copied. */
  readonly secrets: readonly string[];
  /** Other variables that it names: what they stand for was never in the file. */
  readonly variables: readonly string[];
  /** What has a say in who is let in, or in what is run or reached, and could not be carried over. */
  readonly lost: readonly string[];
  /** What was no text there and is one now, such as `env.PORT` for a number. */
  readonly asText: readonly string[];
}

/** What stands among the servers and was left out. */
export interface Skipped {
  readonly name: string;
  /** Goes on after "left out: ". */
  readonly reason: string;
}

export interface Found {
  readonly client: Client;
  readonly servers: readonly Imported[];
  readonly skipped: readonly Skipped[];
  /** Why the file could not be read, if so. */
  readonly problem?: string;
}

/** What stands in a client's configuration; `undefined` when it has none. `taken` holds what the variables of other clients stand for. */
export function readClient(client: Client, taken = new Map<string, string>()): Found | undefined {
  try {
    const source = readClientText(client.file);
    if (source === undefined) return undefined;
    const settings = settingsIn(source.text, client);
    if (settings === undefined) return undefined;
    const members = membersOf(memberOf(settings, client.key), client);
    const read = members.map(([name, entry]) => imported(name, { entry, client, taken, settings }));
    return {
      client,
      servers: read.flatMap((each) => ('entry' in each ? each : [])),
      skipped: read.flatMap((each) => ('entry' in each ? [] : each)),
    };
  } catch (error) {
    return { client, servers: [], skipped: [], problem: problemOf(error, client) };
  }
}

function problemOf(error: unknown, { file }: Client): string {
  const [message = ''] = (error instanceof Error ? error.message : 'unknown').split('\n', 1);
  if (error instanceof TuttiError) return message.replace(`${file} `, '').replace(/\. Mend it.*$/, '');
  return `cannot be read (${message})`;
}

/** What the file says; `undefined` where it says nothing of the part that is looked at. */
function settingsIn(text: string, client: Client): Entry | undefined {
  if (text.trim() === '') return client.within === undefined ? {} : undefined;
  if (client.format === 'yaml') return toSettings(parseYaml(text, { maxAliasCount: 100 }));
  if (client.format === 'toml') return parseToml(text);
  return settingsInJson(text, client);
}

/** Of the members on the way, and of the servers, each stands there once. */
function settingsInJson(text: string, { key, within = [] }: Client): Entry | undefined {
  const faults: ParseError[] = [];
  let part = parseTree(text, faults, { allowTrailingComma: true });
  if (faults.length > 0) throw new Error(`the JSON is broken at character ${faults[0]?.offset}`);
  for (const name of within) {
    part = onlyMember(part, name);
    if (part === undefined) return undefined;
  }
  const servers = onlyMember(part, key);
  for (const name of servers?.type === 'object' ? keysOf(servers) : []) onlyMember(servers, name);
  return toSettings(part && getNodeValue(part));
}

function keysOf({ children = [] }: Node): readonly string[] {
  return children.map(({ children: [key] = [] }) => String(key?.value));
}

function onlyMember(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') throw new Error('the JSON is no object');
  const [member, twin] = (node.children ?? []).filter(({ children: [name] = [] }) => name?.value === key);
  if (twin !== undefined) throw new Error(`the key ${JSON.stringify(key)} stands twice in one object`);
  return member?.children?.[1];
}

function toSettings(value: unknown): Entry {
  if (value === null) return {};
  if (!isEntry(value)) throw new Error('expected a map of settings');
  return value;
}

function memberOf(settings: Entry, key: string): unknown {
  return Object.hasOwn(settings, key) ? settings[key] : undefined;
}

function membersOf(servers: unknown, { shape, key }: Client): readonly (readonly [string, unknown])[] {
  if (servers === undefined || servers === null) return [];
  if (shape === 'map') {
    if (isEntry(servers)) return Object.entries(servers);
    throw new Error(`expected names with servers as "${key}", found something else`);
  }
  if (!Array.isArray(servers)) throw new Error(`expected a list as "${key}", found something else`);
  return (servers as readonly unknown[]).map((each, at) => {
    if (!isEntry(each)) return [`entry ${at + 1}`, each];
    const { name, ...entry } = each;
    return [typeof name === 'string' ? name : '', entry];
  });
}

interface Finding {
  readonly entry: unknown;
  readonly client: Client;
  readonly taken: Map<string, string>;
  readonly settings: Entry;
}

function imported(name: string, { entry: raw, client, taken, settings }: Finding): Imported | Skipped {
  if (!isEntry(raw)) return { name, reason: 'it is no object' };
  const read = client.read(raw);
  const { entry: given, asText, noText } = toTexts(read);
  // Tutti behind itself would go round in circles.
  if (name.toLowerCase() === 'tutti' || startsTutti(given)) return { name, reason: 'this is Tutti itself' };
  const called = toServerName(name);
  if (called === undefined) {
    return { name, reason: 'its name cannot be written in letters and digits of ASCII; rename it there' };
  }
  const veil = createVeil(name, taken);
  const launch = launchOf(given, name, veil);
  if (launch === undefined) return { name, reason: 'it names neither a command nor an address' };
  const isOff = isOffIn(given) || client.isOff?.(name, settings) === true;
  const entry = { ...withoutAbsent(launch), ...(isOff && { disabled: true }) };
  return {
    name: called,
    ...(called !== name && { from: name }),
    client: client.id,
    entry,
    ...variablesIn(launch, veil),
    lost: [...withoutPlace(read, entry), ...noText.filter(isIn(entry)), ...lostOf(given, entry)],
    asText: asText.filter(isIn(entry)),
  };
}

/** Variables that the client named must be set for ours, too; which of them are secrets, their names tell, or those of what they are the value of. */
function variablesIn(
  { command, args, env, url, headers, cwd }: Entry,
  veil: Veil,
): Pick<Imported, 'secrets' | 'variables'> {
  const [secrets, plain] = [new Set(veil.names), new Set<string>()];
  const values = Object.entries({ ...toEntry(env), ...toEntry(headers) });
  for (const [key, value] of [['', [command, args, url, cwd]] as const, ...values]) {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/\$\{env:(\w+)\}/g))
      (soundsSecret(key) || soundsSecret(name) ? secrets : plain).add(name);
  }
  return { secrets: [...secrets], variables: [...plain].filter((each) => !secrets.has(each)) };
}

/** Keys of clients that hold credentials or say where they come from. */
const CREDENTIALS = [
  'apiKey',
  'auth',
  'authProviderType',
  'bearer_token',
  'envFile',
  'headersHelper',
  'oauth',
  'requestOptions',
];
const FOREIGN_REFERENCE = /\$\{\{[^}]*\}\}|\$\{(?!env:)[^}]*\}/g;

function lostOf(given: Entry, { command, args, env, url, headers, cwd }: Entry): readonly string[] {
  const keys = CREDENTIALS.filter((key) => given[key] !== undefined && given[key] !== null);
  const references = JSON.stringify({ command, args, env, url, headers, cwd }).match(FOREIGN_REFERENCE) ?? [];
  return [...new Set([...keys, ...references])];
}

/** What says how a server is run or reached. */
const LAUNCH = ['command', 'args', 'env', 'cwd', 'url', 'headers'];

/** What is of another kind than ours may be, or belongs to the other way to reach a server. */
function withoutPlace(given: Entry, entry: Entry): readonly string[] {
  return LAUNCH.filter((key) => !isNothing(given[key]) && kindOf(given[key]) !== kindOf(entry[key]));
}

/** Whether the part around a member was taken; where it was not, it is named itself. */
function isIn(entry: Entry): (place: string) => boolean {
  return (place) => entry[place.slice(0, place.indexOf('.'))] !== undefined;
}

/** As clients write what they leave open. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** As clients say it, in one of two ways. */
function isOffIn({ disabled, enabled }: Entry): boolean {
  return disabled === true || enabled === false;
}

function launchOf(given: Entry, name: string, veil: Veil): Entry | undefined {
  const { command, url, cwd } = given;
  if (typeof command === 'string' && command !== '')
    return { ...localLaunch({ ...given, command }, name, veil), ...(typeof cwd === 'string' && { cwd }) };
  return typeof url === 'string' && url !== '' ? remoteLaunch({ ...given, url }, name, veil) : undefined;
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

/** Letters that are no other letter with a mark. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** A name as ours must be: `My Sërver` becomes `My-Server`; `undefined` where letters would be lost. */
function toServerName(name: string): string | undefined {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => {
      const spelled = SPELLED[letter.toLowerCase()];
      if (spelled === undefined) return letter;
      return letter === letter.toLowerCase() ? spelled : spelled.charAt(0).toUpperCase() + spelled.slice(1);
    });
  if (/(?!\p{ASCII})[\p{L}\p{N}]/u.test(plain) || name === '__proto__') return undefined;
  const called = plain
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/_{2,}/g, '_')
    .replaceAll(/^[-_]+/g, '')
    .slice(0, 40)
    .replaceAll(/[-_]+$/g, '');
  return called === '' ? undefined : called;
}

function toEntry(value: unknown): Entry {
  return isEntry(value) ? value : {};
}

function isEntry(value: unknown): value is Entry {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
