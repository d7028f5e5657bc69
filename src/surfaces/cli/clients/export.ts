import { constants, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { applyEdits, getNodeValue, modify, parseTree, type Node, type ParseError } from 'jsonc-parser';
import { parse as parseToml, stringify as toToml } from 'smol-toml';
import { isMap, isScalar, isSeq, parse as parseYaml, parseDocument, type Document } from 'yaml';
import { realFile, replaceFile } from '../../../config/replace-file.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { readClientText, writing } from './client-file.ts';
import type { Client, Entry } from './client.ts';

export interface Written {
  readonly file: string;
  /** Where the file as it was is kept; absent when there was none. */
  readonly backup?: string;
  readonly changed: boolean;
}

const NAME = 'tutti';
const INDENT = { formattingOptions: { insertSpaces: true, tabSize: 2 } };
const OWNER_ONLY = 0o600;
/** What clients call the variables of a server; ours may have been given some by hand. */
const VARIABLES = ['env', 'envs'];

/** Writes our entry into a client's configuration; whatever else stands there, comments too, stays, and so do our entry's variables. */
export function writeClient(client: Client, entry: Entry): Written {
  const { file } = client;
  const { text: before, mark } = readClientText(file) ?? { text: '', mark: '' };
  const after = edited(before, client, entry);
  if (after === before) return { file, changed: false };
  requireFaithful(before, after, { client, entry });
  return writing(file, () => {
    if (before === '') {
      mkdirSync(dirname(realFile(file)), { recursive: true });
      replaceFile(file, after, existsSync(file) ? undefined : OWNER_ONLY);
      return { file, changed: true };
    }
    const backup = freeName(file);
    copyFileSync(file, backup, constants.COPYFILE_EXCL);
    try {
      replaceFile(file, mark + after);
    } catch (error) {
      rmSync(backup, { force: true });
      throw error;
    }
    return { file, backup, changed: true };
  });
}

interface Change {
  readonly client: Client;
  readonly entry: Entry;
}

/** Whatever a format allows, what is written must be read as what stood there, and our entry besides. */
function requireFaithful(before: string, after: string, { client, entry }: Change): void {
  if (!isFaithful()) throw inextensible(client);

  function isFaithful(): boolean {
    try {
      const old = parted(before, client);
      const named = client.shape === 'list' ? { name: NAME } : {};
      const expected = { ...old, own: { ...named, ...keepingVariables(old.own, entry) } };
      return isDeepStrictEqual(toPlain(parted(after, client)), toPlain(expected));
    } catch {
      return false;
    }
  }
}

/** What a file says, with our entry apart from everything else. */
function parted(
  text: string,
  { format, key, shape }: Client,
): { readonly own: unknown; readonly servers: unknown; readonly others: Entry } {
  const { [key]: servers, ...others } = (text.trim() === '' ? {} : (valueOf(text, format) ?? {})) as Entry;
  if (shape === 'map') {
    const { [NAME]: own, ...rest } = (servers ?? {}) as Entry;
    return { own, servers: rest, others };
  }
  const list = (servers ?? []) as readonly unknown[];
  const at = list.findIndex((each) => isEntry(each) && each['name'] === NAME);
  return { own: list[at], servers: list.filter((_, index) => index !== at), others };
}

function valueOf(text: string, format: Client['format']): unknown {
  switch (format) {
    case 'json': {
      const root = parseTree(text, [], { allowTrailingComma: true });
      return root && getNodeValue(root);
    }
    case 'yaml':
      return parseYaml(text, { maxAliasCount: 100 });
    case 'toml':
      return parseToml(text);
  }
}

/** Without the prototypes that tell parsers apart; dates and numbers of a kind stay what they are. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isEntry(value) || value instanceof Date) return value;
  return new Map(Object.entries(value).map(([key, each]) => [key, toPlain(each)]));
}

function freeName(file: string, count = 0): string {
  const name = count === 0 ? `${file}.before-tutti` : `${file}.before-tutti-${count}`;
  return existsSync(name) ? freeName(file, count + 1) : name;
}

function edited(text: string, client: Client, entry: Entry): string {
  switch (client.format) {
    case 'json':
      return editedJson(text, client, entry);
    case 'yaml':
      return editedYaml(text, client, entry);
    case 'toml':
      return editedToml(text, client, entry);
  }
}

function editedJson(text: string, client: Client, entry: Entry): string {
  const source = text.trim() === '' ? '{}\n' : text;
  const faults: ParseError[] = [];
  const root = parseTree(source, faults, { allowTrailingComma: true });
  if (faults.length > 0 || root?.type !== 'object') throw unreadable(client);
  const servers = only(root, client.key, client);
  if (servers !== undefined && servers.type !== 'object') throw misshapen(client, 'an object');
  const own = servers && only(servers, NAME, client);
  const fresh = keepingVariables(own && getNodeValue(own), entry);
  return applyEdits(source, modify(source, [client.key, NAME], fresh, INDENT));
}

/** The value of a member that may stand there once. */
function only(node: Node, key: string, client: Client): Node | undefined {
  const [member, twin] = (node.children ?? []).filter(({ children: [name] = [] }) => name?.value === key);
  if (twin === undefined) return member?.children?.[1];
  throw new TuttiError(
    'config/invalid',
    `${client.file} has the key "${key}" twice in one object. Keep one, then try again; nothing was changed.`,
  );
}

function keepingVariables(before: unknown, entry: Entry): Entry {
  if (!isEntry(before)) return entry;
  const kept = VARIABLES.filter((key) => {
    const value = before[key];
    return isEntry(value) && Object.keys(value).length > 0;
  });
  return { ...entry, ...Object.fromEntries(kept.map((key) => [key, before[key]])) };
}

function editedYaml(text: string, client: Client, entry: Entry): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw unreadable(client);
  if (client.shape === 'map') editMap(document, client, entry);
  else editList(document, client, entry);
  try {
    return document.toString();
  } catch {
    // An anchor that stood in the entry replaced is needed elsewhere.
    throw inextensible(client);
  }
}

function editMap(document: Document, client: Client, entry: Entry): void {
  const servers: unknown = document.get(client.key, true);
  if (isNothing(servers)) document.set(client.key, document.createNode({}));
  else if (!isMap(servers)) throw misshapen(client, 'a map');
  const own: unknown = document.getIn([client.key, NAME]);
  const before: unknown = isMap(own) ? own.toJS(document) : undefined;
  document.setIn([client.key, NAME], document.createNode(keepingVariables(before, entry)));
}

function editList(document: Document, client: Client, entry: Entry): void {
  const list: unknown = document.get(client.key, true);
  if (isNothing(list)) {
    document.set(client.key, document.createNode([{ name: NAME, ...entry }]));
    return;
  }
  if (!isSeq(list)) throw misshapen(client, 'a list');
  const at = list.items.findIndex((item) => isMap(item) && item.get('name') === NAME);
  const item: unknown = list.items[at];
  const before: unknown = isMap(item) ? item.toJS(document) : undefined;
  const own = document.createNode({ name: NAME, ...keepingVariables(before, entry) });
  if (at === -1) list.add(own);
  else list.items[at] = own;
}

function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

/** A table of our own is put at the end, so that every line that stands there stays as it is. */
function editedToml(text: string, client: Client, entry: Entry): string {
  let value: Entry;
  try {
    value = parseToml(text);
  } catch {
    throw unreadable(client);
  }
  const servers = value[client.key] ?? {};
  if (!isEntry(servers)) throw misshapen(client, 'a table');
  const table = `[${client.key}.${NAME}]\n${toToml(entry)}`;
  const own = servers[NAME];
  if (own === undefined) return `${text.trimEnd()}${text.trim() === '' ? '' : '\n\n'}${table}\n`;
  if (JSON.stringify(own) === JSON.stringify(keepingVariables(own, entry))) return text;
  throw new TuttiError(
    'config/invalid',
    `${client.file} has a server "${NAME}" of another form. Take its table out, then try again; nothing was changed.`,
  );
}

function unreadable({ file, format }: Client): TuttiError {
  return new TuttiError(
    'config/invalid',
    `${file} cannot be read as ${format.toUpperCase()}; expected the configuration of the client. Mend it, then try again; nothing was changed.`,
  );
}

function inextensible({ file, key }: Client): TuttiError {
  return new TuttiError(
    'config/invalid',
    `${file} cannot be given another server without a change of what stands there: "${key}" is written in a form that takes none, such as an inline table or an alias. Write it with a table or block for each server, or add Tutti by hand; nothing was changed.`,
  );
}

function misshapen({ file, key }: Client, expected: string): TuttiError {
  return new TuttiError(
    'config/invalid',
    `${file}: expected ${expected} as "${key}", found something else. Mend it, then try again; nothing was changed.`,
  );
}

function isEntry(value: unknown): value is Entry {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
