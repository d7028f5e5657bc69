import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { knownClients } from '../clients/clients.ts';
import { readClient, type Found, type Imported } from '../clients/import.ts';
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
  const found = knownClients().flatMap((client) => readClient(client, taken) ?? []);
  const servers = unique(found.flatMap((each) => each.servers));
  const file = targetOf(globals.config, here);
  if (!dryRun) write(file, servers);
  const answer = {
    file,
    written: !dryRun,
    clients: found.map(({ client, servers: own, problem }) => ({
      client: client.id,
      file: client.file,
      servers: own.length,
      ...(problem !== undefined && { problem }),
    })),
    servers: servers.map(({ name, client, entry, secrets }) => ({ name, client, entry, secrets })),
  };
  terminal.answer(answer, () => toText({ found, servers, file, dryRun }, terminal));
}

function targetOf(named: string | undefined, here: boolean): string {
  if (named !== undefined) return resolve(named);
  return join(here ? process.cwd() : envPaths('tutti', { suffix: '' }).config, 'tutti.config.jsonc');
}

/** The same server in two clients is taken once; another one of the same name gets the client's name behind it. */
function unique(servers: readonly Imported[]): readonly Imported[] {
  const taken = new Map<string, Imported>();
  for (const server of servers) {
    const same = taken.get(server.name);
    if (same === undefined) taken.set(server.name, server);
    else if (JSON.stringify(same.entry) !== JSON.stringify(server.entry)) {
      const name = `${server.name}-${server.client}`.slice(0, 40);
      if (!taken.has(name)) taken.set(name, { ...server, name });
    }
  }
  return [...taken.values()];
}

function write(file: string, servers: readonly Imported[]): void {
  if (existsSync(file)) {
    throw new TuttiError(
      'input/invalid-format',
      `${file} exists already and is left as it is. \`tutti init --dry-run\` shows what would be written; \`tutti servers add\` adds to it.`,
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  const config = { mcpServers: Object.fromEntries(servers.map(({ name, entry }) => [name, entry])) };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
}

interface Report {
  readonly found: readonly Found[];
  readonly servers: readonly Imported[];
  readonly file: string;
  readonly dryRun: boolean;
}

function toText({ found, servers, file, dryRun }: Report, { colors }: Terminal): string {
  const clients = found.map(({ client, servers: own, problem }) =>
    problem === undefined
      ? `${client.title}: ${own.length} server(s) in ${client.file}`
      : colors.yellow(cleanLine(`${client.title}: ${client.file} ${problem}`)),
  );
  const secrets = [...new Set(servers.flatMap((each) => each.secrets))];
  return [
    ...(clients.length > 0 ? clients : ['No known client has a configuration on this machine.']),
    '',
    ...servers.map(
      ({ name, entry }) => `  ${colors.bold(cleanLine(name))}  ${colors.dim(launchText(entry))}`,
    ),
    dryRun ? `\nWould write ${file}` : `\nWrote ${file}. Nothing of it was run.`,
    ...(secrets.length > 0
      ? [`Secrets were not copied. Set in the environment: ${secrets.map(cleanLine).join(', ')}`]
      : []),
    ...(dryRun ? [] : ['Next: tutti servers test · tutti connect CLIENT']),
  ].join('\n');
}

/** The whole command, uncut: a person should see what will be run. */
function launchText({ command, args, url }: Imported['entry']): string {
  const parts = typeof url === 'string' ? [url] : [command, ...(Array.isArray(args) ? args : [])];
  return cleanLine(parts.map(String).join(' '));
}
