import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Origin } from '../core/gateway/settings.ts';
import type { Launch } from '../core/ports/downstream.ts';
import { expandVariables } from './expansion.ts';
import type { ConfigFile } from './schema.ts';
import { groupFault, nameFault, shownName } from './server-name.ts';
import { serverSchema, type ServerFile } from './server-schema.ts';
import type { ConfigFault, Source } from './source.ts';
import { toSettings, UNTRUSTED, type Servers } from './servers.ts';

/** The server that the custom tools are. */
const NAME = 'tools';
const HOST = 'tool-host';
const DESCRIPTION = 'tools of your own';

interface Surroundings {
  readonly source: Source;
  readonly env: NodeJS.ProcessEnv;
  /** Folder that relative paths begin at. */
  readonly base: string;
  /** The user's own folder. */
  readonly data: string;
  /** Of the file, where it says anything of custom tools. */
  readonly origin: Origin;
  readonly trusted: boolean;
}

/** The servers, and the one that serves the custom tools where there is a folder of them. */
export function withCustomTools(
  all: Servers,
  written: ConfigFile['tools'],
  { source, env, base, data, origin, trusted }: Surroundings,
): Servers {
  if (written !== undefined && !trusted) return withBroken(all, 'held', UNTRUSTED);
  const unset: ConfigFault[] = [];
  const meant = expandVariables(written, env, { path: [NAME], source, faults: unset }) as typeof written;
  const dir = meant?.dir === undefined ? join(data, NAME) : resolve(base, meant.dir);
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return all;
  const others = [...all.servers, ...all.broken].map(({ name }) => name);
  if (nameFault(NAME, others) !== undefined) {
    return warned(
      all,
      `The custom tools of ${dir} are left out: mcpServers has a server of the name "${NAME}", or of one that looks like it. Rename that server.`,
    );
  }
  const entry = { ...serverSchema.parse({ description: DESCRIPTION, trusted: true }), ...meant };
  // What a server that is switched off would need, need not be there.
  const missing = entry.disabled ? [] : unset.map(({ path, message }) => `${path}: ${message}`);
  const fault = [...missing, ...groupFaults(entry.tools)].join('; ');
  if (fault !== '')
    return warned(withBroken(all, 'down', fault), `The server "${NAME}" is left out. ${fault}`);
  const settings = toSettings(NAME, entry, {
    launch: toLaunch(dir, written?.dir, entry),
    origin: written === undefined ? 'operator' : origin,
  });
  return { ...all, servers: [...all.servers, settings] };
}

function withBroken(all: Servers, status: 'down' | 'held', error: string): Servers {
  return { ...all, broken: [...all.broken, { name: NAME, status, error }] };
}

function warned(all: Servers, warning: string): Servers {
  return { ...all, warnings: [...all.warnings, warning] };
}

function groupFaults(tools: ServerFile['tools']): readonly string[] {
  return Object.entries(tools).flatMap(([tool, { group }]) => {
    const fault = group === undefined ? undefined : groupFault(group);
    return fault === undefined ? [] : [`${NAME}.tools.${shownName(tool)}.group: ${fault}`];
  });
}

/** Pinned as it is written: where Node and this package are differs from machine to machine. */
function toLaunch(
  dir: string,
  written: string | undefined,
  { env = {}, connectMs }: Pick<ServerFile, 'env' | 'connectMs'>,
): Launch {
  return {
    kind: 'stdio',
    command: process.execPath,
    args: [hostFile(), dir, String(connectMs)],
    env,
    cwd: dirname(dir),
    isOurs: true,
    pinned: { command: 'tutti', args: [HOST, written ?? NAME], cwd: '.' },
  };
}

/** Beside or above the running file: the bundle keeps the folders of the sources. */
function hostFile(folder = import.meta.dirname): string {
  const found = [`${HOST}.js`, `${HOST}.ts`]
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
  if (found !== undefined) return found;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error(`No ${HOST} above ${import.meta.dirname}: install the package anew.`);
  return hostFile(parent);
}
