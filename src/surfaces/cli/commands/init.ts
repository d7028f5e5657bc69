import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { nameFault } from '../../../config/server-name.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { visibleJson } from '../../../core/policy/clean.ts';
import { knownClients } from '../clients/clients.ts';
import { writing } from '../clients/client-file.ts';
import { projectSources } from '../clients/projects.ts';
import { readClient, type Found, type Imported, type Skipped } from '../clients/import.ts';
import { EXIT } from '../failure.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { cleanLine } from '../text.ts';

export interface InitOptions {
  readonly dryRun?: boolean;
  /** Write into this folder instead of the user's own. */
  readonly here?: boolean;
}

/** Finds the configurations of known clients and writes one of ours from them. Nothing that they name is run. */
export function init({ terminal, globals }: Session, { dryRun = false, here = false }: InitOptions): void {
  const taken = new Map<string, string>();
  const clients = knownClients();
  const isProjects = here && globals.config === undefined;
  const found = [...clients, ...projectSources(clients, process.cwd())]
    .flatMap((client) => readClient(client, taken) ?? [])
    .filter((each, at, all) => each.problem === undefined || !all.slice(0, at).some(isOfFile(each)))
    .map((each) => (each.client.isShared === true && !isProjects ? leftOut(each) : each));
  const { servers, skipped } = unique(found.flatMap((each) => each.servers));
  const file = targetOf(globals.config, here);
  if (!dryRun) requireNone(file);
  const outcome = outcomeOf(found, servers, dryRun);
  if (outcome === 'unreadable') process.exitCode = EXIT.unusable;
  if (outcome === 'written') write(file, servers);
  const answer = {
    file,
    written: outcome === 'written',
    clients: found.map(({ client, servers: own, skipped: left, problem }) => ({
      client: client.id,
      file: client.file,
      servers: own.length,
      skipped: [...left, ...skipped.filter((each) => own.includes(each)).map(toSkipped)],
      ...(problem !== undefined && { problem }),
    })),
    servers,
  };
  terminal.answer(answer, () => toText({ found, servers, skipped, file, outcome }, terminal));
}

/** `unreadable`: the servers may stand in what could not be read, and a configuration without any would be in the way of the next attempt. */
type Outcome = 'written' | 'shown' | 'unreadable';

function outcomeOf(found: readonly Found[], servers: readonly Imported[], dryRun: boolean): Outcome {
  if (servers.length === 0 && found.some(({ problem }) => problem !== undefined)) return 'unreadable';
  return dryRun ? 'shown' : 'written';
}

/** A file that holds the settings of several is broken for all of them, and told of once. */
function isOfFile({ client: { file } }: Found): (other: Found) => boolean {
  return ({ client, problem }) => client.file === file && problem !== undefined;
}

/** What a project's own files say is not the user's word: it goes into the configuration of the project alone, which acts once it is trusted. */
function leftOut(found: Found): Found {
  const reason =
    "a file of this folder names it, and whoever wrote the folder wrote that; `tutti init --here` takes it into the folder's own configuration";
  const names = found.servers.map(({ name, from = name }) => ({ name: from, reason }));
  return { ...found, servers: [], skipped: [...found.skipped, ...names] };
}

function targetOf(named: string | undefined, here: boolean): string {
  if (named !== undefined) return resolve(named);
  return join(here ? process.cwd() : envPaths('tutti', { suffix: '' }).config, 'tutti.config.jsonc');
}

interface Unique {
  readonly servers: readonly Imported[];
  /** No name was left for them. */
  readonly skipped: readonly Imported[];
}

/** The same server in two clients is taken once; one whose name is taken, or looks like one that is, gets the client's name behind it. */
function unique(found: readonly Imported[]): Unique {
  const taken = new Map<string, Imported>();
  const skipped: Imported[] = [];
  for (const server of found) {
    const { name, from = name, client, entry } = server;
    if (JSON.stringify(taken.get(name)?.entry) === JSON.stringify(entry)) continue;
    const others = [...taken.keys()];
    const free = [name, `${name.slice(0, 39 - client.length)}-${client}`].find(
      (each) => nameFault(each, others) === undefined && !taken.has(each),
    );
    if (free === undefined) skipped.push(server);
    else taken.set(free, { ...server, name: free, ...(free !== from && { from }) });
  }
  return { servers: [...taken.values()], skipped };
}

function toSkipped({ name, from = name }: Imported): Skipped {
  return {
    name: from,
    reason: 'its name looks like that of another server, or is reserved; rename it there',
  };
}

function requireNone(file: string): void {
  if (!existsSync(file)) return;
  throw new TuttiError(
    'input/invalid-format',
    `${file} exists already and is left as it is. \`tutti init --dry-run\` shows what would be written; \`tutti servers add\` adds to it.`,
  );
}

function write(file: string, servers: readonly Imported[]): void {
  const config = { mcpServers: Object.fromEntries(servers.map(({ name, entry }) => [name, entry])) };
  writing(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  });
}

interface Report {
  readonly found: readonly Found[];
  readonly servers: readonly Imported[];
  readonly skipped: readonly Imported[];
  readonly file: string;
  readonly outcome: Outcome;
}

function toText({ found, servers, skipped, file, outcome }: Report, { colors }: Terminal): string {
  const clients = found.map(({ client, servers: own, problem }) =>
    problem === undefined
      ? `${client.title}: ${own.length} server(s) in ${client.file}`
      : colors.yellow(cleanLine(`${client.title}: ${client.file} ${problem}`)),
  );
  const left = [...found.flatMap((each) => each.skipped), ...skipped.map(toSkipped)];
  const secrets = new Set(servers.flatMap((each) => each.secrets));
  const variables = new Set(servers.flatMap((each) => each.variables).filter((each) => !secrets.has(each)));
  return [
    ...(clients.length > 0 ? clients : ['No known client has a configuration on this machine.']),
    '',
    ...servers.map(
      ({ name, from, entry }) =>
        `  ${colors.bold(cleanLine(name))}${from === undefined ? '' : ` (${quoted(from)})`}  ${colors.dim(launchText(entry))}`,
    ),
    ...servers
      .filter(({ lost }) => lost.length > 0)
      .map(({ name, lost }) =>
        colors.yellow(
          `  ${cleanLine(name)}: ${lost.map(quoted).join(', ')} cannot be carried over; write what the server needs yourself, secrets as \${env:NAME}`,
        ),
      ),
    ...servers
      .filter(({ asText }) => asText.length > 0)
      .map(({ name, asText }) =>
        colors.yellow(
          `  ${cleanLine(name)}: ${asText.map(quoted).join(', ')} expected to be text, found numbers or booleans; written as text, so look whether the server reads them so`,
        ),
      ),
    ...left.map(({ name, reason }) => colors.yellow(`  ${quoted(name)} was left out: ${reason}`)),
    `\n${outcomeText(outcome, file)}`,
    ...listed('Secrets were not copied. Set in the environment', secrets),
    ...listed('Variables that these servers name, to be set as well', variables),
    ...(outcome === 'written'
      ? ['Next: tutti servers test · tutti connect CLIENT · take these servers out of the client']
      : []),
  ].join('\n');
}

function outcomeText(outcome: Outcome, file: string): string {
  switch (outcome) {
    case 'written':
      return `Wrote ${file}. Nothing of it was run.`;
    case 'shown':
      return `Would write ${file}`;
    case 'unreadable':
      return 'No server could be taken, so nothing is written. Mend what is named above, then run `tutti init` again.';
  }
}

function listed(title: string, names: ReadonlySet<string>): readonly string[] {
  return names.size > 0 ? [`${title}: ${[...names].map(cleanLine).join(', ')}`] : [];
}

/** A name as a client has it: anything may stand there. */
function quoted(name: string): string {
  return visibleJson(JSON.stringify(name.slice(0, 64)));
}

/** The whole command, uncut: a person should see what will be run. */
function launchText({ command, args, url }: Imported['entry']): string {
  const parts = typeof url === 'string' ? [url] : [command, ...(Array.isArray(args) ? args : [])];
  return cleanLine(parts.map(String).join(' '));
}
