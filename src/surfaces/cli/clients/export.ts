import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { applyEdits, modify, parseTree, type ParseError } from 'jsonc-parser';
import { parse as parseToml, stringify as toToml } from 'smol-toml';
import { isMap, isSeq, parseDocument } from 'yaml';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { Client, Entry } from './client.ts';

export interface Written {
  readonly file: string;
  /** Where the file as it was is kept; absent when there was none. */
  readonly backup?: string;
  readonly changed: boolean;
}

const NAME = 'tutti';
const INDENT = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/** Writes our entry into a client's configuration; whatever else stands there, comments too, stays. */
export function writeClient(client: Client, entry: Entry): Written {
  const { file } = client;
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = edited(before, client, entry);
  if (after === before) return { file, changed: false };
  if (before === '') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, after, { mode: 0o600 });
    return { file, changed: true };
  }
  const backup = freeName(file);
  copyFileSync(file, backup);
  const draft = `${file}.tutti-new`;
  writeFileSync(draft, after, { mode: statSync(file).mode });
  renameSync(draft, file);
  return { file, backup, changed: true };
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
  return applyEdits(source, modify(source, [client.key, NAME], entry, INDENT));
}

function editedYaml(text: string, client: Client, entry: Entry): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    throw unreadable(client);
  if (client.shape === 'map') {
    document.setIn([client.key, NAME], document.createNode(entry));
    return document.toString();
  }
  const list: unknown = document.get(client.key, true);
  const own = document.createNode({ name: NAME, ...entry });
  if (!isSeq(list)) {
    document.set(client.key, document.createNode([own]));
    return document.toString();
  }
  const at = list.items.findIndex((item) => isMap(item) && item.get('name') === NAME);
  if (at === -1) list.add(own);
  else list.items[at] = own;
  return document.toString();
}

/** A table of our own is put at the end, so that every line that stands there stays as it is. */
function editedToml(text: string, client: Client, entry: Entry): string {
  let value: Entry;
  try {
    value = parseToml(text);
  } catch {
    throw unreadable(client);
  }
  const servers = (value[client.key] ?? {}) as Entry;
  const table = `[${client.key}.${NAME}]\n${toToml(entry)}`;
  if (servers[NAME] === undefined) return `${text.trimEnd()}${text.trim() === '' ? '' : '\n\n'}${table}\n`;
  if (JSON.stringify(servers[NAME]) === JSON.stringify(entry)) return text;
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
