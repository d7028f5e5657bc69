import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import envPaths from 'env-paths';
import { applyEdits, modify } from 'jsonc-parser';
import { parseDocument } from 'yaml';
import { loadConfig } from '../../../config.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
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

/** Writes a server into the configuration that is in force, or into a new one of the user's own. Starts nothing. */
export function addServer(session: Session, options: AddOptions): void {
  const entry = toEntry(options);
  const { file, servers } = configured(session);
  if (servers.includes(options.name)) {
    throw new TuttiError(
      'input/invalid-format',
      `${file} has a server "${options.name}" already. Remove it first, or choose another name.`,
    );
  }
  edit(file, options.name, entry);
  session.terminal.answer({ file, name: options.name, entry }, () =>
    [`Wrote ${options.name} into ${file}.`, `  tutti servers test ${options.name}`].join('\n'),
  );
}

export function removeServer(session: Session, name: string): void {
  const { file, servers } = configured(session);
  if (!servers.includes(name)) throw unknownServer(name);
  edit(file, name, undefined);
  session.terminal.answer({ file, name }, () => `Took ${name} out of ${file}.`);
}

function configured(session: Session): { readonly file: string; readonly servers: readonly string[] } {
  const { file, gateway } = sessionConfig(session);
  return {
    file: file ?? join(envPaths('tutti', { suffix: '' }).config, 'tutti.config.jsonc'),
    servers: [...gateway.servers, ...gateway.broken].map(({ name }) => name),
  };
}

function toEntry({ launch, url, env = [], header = [], description }: AddOptions): object {
  const [command, ...args] = launch;
  if ((command === undefined) === (url === undefined)) {
    throw new TuttiError(
      'input/invalid-format',
      `Expected either --url or a command after --, found ${command === undefined ? 'neither' : 'both'}.`,
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
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '{}\n';
  const draft = join(dirname(file), `.tutti-new${extname(file)}`);
  mkdirSync(dirname(file), { recursive: true });
  const mode = existsSync(file) ? statSync(file).mode : 0o600;
  writeFileSync(draft, edited(text, { yaml: ['.yaml', '.yml'].includes(extname(file)), name, entry }), {
    mode,
  });
  try {
    const broken = loadConfig({ file: draft }).gateway.broken.find((each) => each.name === name);
    if (broken) throw new TuttiError('config/invalid', `${broken.error} Nothing was written.`);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

interface Change {
  readonly yaml: boolean;
  readonly name: string;
  readonly entry: object | undefined;
}

function edited(text: string, { yaml, name, entry }: Change): string {
  if (yaml) {
    const document = parseDocument(text);
    if (entry === undefined) document.deleteIn([KEY, name]);
    else document.setIn([KEY, name], document.createNode(entry));
    return document.toString();
  }
  return applyEdits(
    text,
    modify(text, [KEY, name], entry, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
  );
}
