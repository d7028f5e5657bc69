import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import envPaths from 'env-paths';
import { applyEdits, createScanner, findNodeAtLocation, modify, parseTree, type Node } from 'jsonc-parser';
import { isAlias, parseDocument } from 'yaml';
import { loadConfig } from '../../../config.ts';
import { realFile, replaceFile } from '../../../config/replace-file.ts';
import { isTrusted, trustFile } from '../../../config/trust.ts';
import { shownName } from '../../../config/server-name.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { writing } from '../clients/client-file.ts';
import { sessionConfig, type Session } from '../session.ts';
import { unknownServer } from './servers.ts';

export interface AddOptions {
  readonly name: string;
  readonly launch: readonly string[];
  readonly url?: string;
  readonly env?: readonly string[];
  readonly header?: readonly string[];
  readonly description?: string;
}

const KEY = 'mcpServers';
const OWNER_ONLY = 0o600;
const ADDRESS = /^https?:\/\//i;

/** Writes a server into the configuration that is in force, or into a new one of the user's own. Starts nothing. */
export function addServer(session: Session, options: AddOptions): void {
  const entry = toEntry(options);
  const { file, servers, needsTrust } = configured(session);
  if (servers.includes(options.name)) {
    throw new TuttiError(
      'input/invalid-format',
      `${file} has a server "${options.name}" already. Remove it first, or choose another name.`,
    );
  }
  edit(file, options.name, entry);
  const trusted = !needsTrust || isTrusted(file, readFileSync(file, 'utf8'));
  session.terminal.answer({ file, name: options.name, entry, trusted }, () =>
    [
      `Wrote ${options.name} into ${file}.`,
      ...(trusted ? [] : [UNTRUSTED]),
      `  tutti servers test ${options.name}`,
    ].join('\n'),
  );
}

export function removeServer(session: Session, name: string): void {
  const { file, servers, needsTrust } = configured(session);
  if (!servers.includes(name)) throw unknownServer(name);
  edit(file, name, undefined);
  const trusted = !needsTrust || isTrusted(file, readFileSync(file, 'utf8'));
  session.terminal.answer({ file, name, trusted }, () =>
    [`Took ${name} out of ${file}.`, ...(trusted ? [] : [UNTRUSTED])].join('\n'),
  );
}

const UNTRUSTED =
  'Nobody trusted the file as it reads now, so all of its servers are held. Read it, then run here:\n  tutti trust';

interface Configured {
  readonly file: string;
  readonly servers: readonly string[];
  /** It was found by walking up: a change of it takes the trust in it away. */
  readonly needsTrust: boolean;
}

function configured(session: Session): Configured {
  const { file, gateway, sources } = sessionConfig(session);
  return {
    needsTrust: sources.includes(trustFile()),
    file: file ?? join(envPaths('tutti', { suffix: '' }).config, 'tutti.config.jsonc'),
    servers: [...gateway.servers, ...gateway.broken].map(({ name }) => name),
  };
}

function toEntry({ name, launch, url, env = [], header = [], description }: AddOptions): object {
  const [command, ...args] = launch;
  if ((command === undefined) === (url === undefined)) {
    throw new TuttiError(
      'input/invalid-format',
      `Expected either --url or a command after --, found ${command === undefined ? 'neither' : 'both'}.`,
    );
  }
  if (command !== undefined && ADDRESS.test(command)) {
    throw new TuttiError(
      'input/invalid-format',
      `Expected a command, found an address. Name a remote server with --url: \`tutti servers add ${name} --url ADDRESS\`.`,
    );
  }
  const about = description === undefined ? {} : { description };
  if (command !== undefined) {
    return { command, args, ...(env.length > 0 && { env: pairs(env, '--env') }), ...about };
  }
  return { url, ...(header.length > 0 && { headers: pairs(header, '--header') }), ...about };
}

function pairs(list: readonly string[], option: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((each): [string, string] => {
      const at = each.indexOf('=');
      if (at > 0) return [each.slice(0, at), each.slice(at + 1)];
      throw new TuttiError(
        'input/invalid-format',
        `${option}: expected NAME=value, found no name before "=".`,
      );
    }),
  );
}

/** Changes one entry and leaves everything else, comments too, as it stands. A fault of the new entry is found before the file is touched. */
function edit(file: string, name: string, entry: object | undefined): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '{}\n';
  const after = edited(before, { file, name, entry });
  writing(file, () => {
    mkdirSync(dirname(realFile(file)), { recursive: true });
    requireSound(after, { file, name, entry });
    replaceFile(file, after, existsSync(file) ? undefined : OWNER_ONLY);
  });
}

/** Reads what is to be written from a draft beside the file, from where paths in it lead to the same. */
function requireSound(text: string, { file, name, entry }: Change): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = join(dirname(file), `.tutti-${randomUUID()}${extname(file)}`);
  try {
    writeFileSync(draft, text, { mode: OWNER_ONLY, flag: 'wx' });
    const { servers, broken } = loadConfig({ file: draft }).gateway;
    if (entry === undefined || servers.some((each) => each.name === name)) return;
    // The list of those left out shows names as a person may see them.
    const why = broken.find((each) => each.name === shownName(name))?.error ?? 'It would be left out.';
    throw new TuttiError('config/invalid', `${why.replace(/[^.!?]$/, '$&.')} Nothing was written.`);
  } catch (error) {
    if (!(error instanceof TuttiError)) throw error;
    throw new TuttiError(error.code, error.message.replaceAll(draft, file), {
      cause: error,
      data: error.data,
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

interface Change {
  readonly file: string;
  readonly name: string;
  readonly entry: object | undefined;
}

function edited(text: string, change: Change): string {
  const isYaml = ['.yaml', '.yml'].includes(extname(change.file));
  try {
    if (isYaml) return editedYaml(text, change);
    const [mark = '', bare = ''] = text.startsWith('\uFEFF') ? ['\uFEFF', text.slice(1)] : ['', text];
    return mark + editedJson(bare, change);
  } catch (cause) {
    const what = change.entry === undefined ? `Take ${KEY}.${change.name} out` : `Add ${KEY}.${change.name}`;
    throw new TuttiError(
      'config/invalid',
      `${change.file} cannot be changed without touching more than this server (${cause instanceof Error ? cause.message.split('\n', 1)[0] : 'unknown'}). ${what} by hand; nothing was written.`,
      { cause },
    );
  }
}

function editedYaml(text: string, { name, entry }: Change): string {
  const document = parseDocument(text);
  if (isAlias(document.get(KEY, true))) throw new Error(`${KEY} is an alias`);
  if (entry === undefined) document.deleteIn([KEY, name]);
  else document.setIn([KEY, name], document.createNode(entry));
  return document.toString();
}

function editedJson(text: string, { name, entry }: Change): string {
  if (entry === undefined) return withoutMember(text, name);
  return applyEdits(
    text,
    modify(text, [KEY, name], entry, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
  );
}

/** Takes a server out together with one comma beside it, and the lines that are empty then. */
function withoutMember(text: string, name: string): string {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const members = (root && findNodeAtLocation(root, [KEY]))?.children ?? [];
  const at = members.findIndex(({ children: [key] = [] }) => key?.value === name);
  const member = members[at];
  if (member === undefined) throw new Error('it stands in no object of that name');
  const before = members[at - 1];
  const comma = commaAfter(text, member) ?? (before && commaAfter(text, before));
  const parts = [{ offset: member.offset, length: member.length }];
  if (comma !== undefined) parts.push({ offset: comma, length: 1 });
  return parts
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((left, { offset, length }) => cut(left, offset, offset + length), text);
}

function commaAfter(text: string, { offset, length }: Node): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset + length);
  scanner.scan();
  return text[scanner.getTokenOffset()] === ',' ? scanner.getTokenOffset() : undefined;
}

function cut(text: string, from: number, to: number): string {
  const head = text.slice(0, from);
  const tail = text.slice(to);
  const isLine = /(?:^|\n)[\t ]*$/.test(head) && /^[\t ]*\r?\n/.test(tail);
  return isLine ? head.replace(/[\t ]*$/, '') + tail.replace(/^[\t ]*\r?\n/, '') : head + tail;
}
