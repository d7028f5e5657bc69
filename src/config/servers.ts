import type { BrokenServer, Budget, Origin, ServerSettings, ToolSettings } from '../core/gateway/settings.ts';
import { defined } from './defined.ts';
import { expandVariables } from './expansion.ts';
import { faultAt, toFaults } from './fault.ts';
import { isExposed, toLaunch } from './launch.ts';
import { nearest } from './nearest.ts';
import { groupFault, nameFault, shownName } from './server-name.ts';
import { PASSED_OVER, serverSchema, type ServerFile } from './server-schema.ts';
import { isRecord, type ConfigFault, type Source } from './source.ts';

export interface Servers {
  readonly servers: readonly ServerSettings[];
  readonly broken: readonly BrokenServer[];
  readonly warnings: readonly string[];
}

interface Surroundings {
  readonly source: Source;
  readonly env: NodeJS.ProcessEnv;
  /** Folder that relative paths begin at. */
  readonly base: string;
  readonly origin: Origin;
}

type Entries = Readonly<Record<string, unknown>>;

const MICROS = 1_000_000;
const MIB = 1_048_576;
const MAX_PATH = 200;

/** The servers of a file, each judged by itself: one with faults is broken, and its siblings are not. */
export function toServers(entries: Entries, surroundings: Surroundings): Servers {
  const servers: ServerSettings[] = [];
  const broken: BrokenServer[] = [];
  const warnings: string[] = [];
  const named: string[] = [];
  for (const [name, written] of Object.entries(entries)) {
    const faults = surroundings.source.faults.filter(({ path }) => isWithin(path, name));
    const problem = nameFault(name, named);
    if (problem === undefined) named.push(name);
    else faults.push(faultAt(['mcpServers', name], surroundings.source, problem));
    const settings = readServer(name, written, { ...surroundings, entries, faults });
    if (settings && faults.length === 0) {
      servers.push(settings);
      warnings.push(...warningsOf(settings, written));
    } else {
      broken.push({ name: shownName(name), status: 'down', error: faultText(faults) });
    }
  }
  const usable = new Set(servers.map(({ name }) => name));
  return {
    servers: servers.map((each) =>
      Object.assign(each, { fallback: each.fallback.filter((other) => usable.has(other)) }),
    ),
    broken,
    warnings: [...broken.map(({ name, error }) => `The server "${name}" is left out. ${error}`), ...warnings],
  };
}

export const UNTRUSTED =
  'Nobody trusted the configuration yet that it stands in: read it, then run `tutti trust` in its folder.';

/** The servers of a file that nobody trusted: nothing in them is read but their names. */
export function heldServers(entries: Entries): Servers {
  const broken = Object.keys(entries).map((name) => ({
    name: shownName(name),
    status: 'held' as const,
    error: UNTRUSTED,
  }));
  return { servers: [], broken, warnings: [] };
}

/** Whether a fault of the text is the business of one server. */
function isWithin(path: string, name: string): boolean {
  return path === `mcpServers.${name}` || path.startsWith(`mcpServers.${name}.`);
}

interface Reading extends Surroundings {
  readonly entries: Entries;
  readonly faults: ConfigFault[];
}

function readServer(name: string, written: unknown, reading: Reading): ServerSettings | undefined {
  const { source, env, base, origin, faults } = reading;
  const path = ['mcpServers', name];
  const unset: ConfigFault[] = [];
  const value = expandVariables(written, env, { path, source, faults: unset });
  const parsed = serverSchema.safeParse(value);
  // What a server that is switched off would need, need not be there.
  if (!(isRecord(written) && written['disabled'] === true)) faults.push(...unset);
  faults.push(...fallbackFaults(name, written, reading));
  if (!parsed.success) {
    const known = new Set(faults.map((each) => each.path));
    const wrong = parsed.error.issues.flatMap((issue) => toFaults(issue, source, path));
    faults.push(...wrong.filter((each) => !known.has(each.path)));
    return undefined;
  }
  for (const [tool, { group }] of Object.entries(parsed.data.tools)) {
    const wrong = group === undefined ? undefined : groupFault(group);
    if (wrong !== undefined) faults.push(faultAt([...path, 'tools', tool, 'group'], source, wrong));
  }
  const launch = toLaunch(parsed.data, base, written);
  if ('kind' in launch) return toSettings(name, parsed.data, { launch, origin });
  for (const { key, message } of launch)
    faults.push(faultAt(key === undefined ? path : [...path, key], source, message));
  return undefined;
}

function fallbackFaults(name: string, written: unknown, { entries, source }: Reading): ConfigFault[] {
  const fallback: unknown = isRecord(written) ? written['fallback'] : undefined;
  if (!Array.isArray(fallback)) return [];
  const others = Object.keys(entries).filter((each) => each !== name);
  return fallback.flatMap((other: unknown, at) => {
    if (typeof other !== 'string' || others.includes(other)) return [];
    const message =
      other === name
        ? 'expected another server, found this one'
        : `expected the name of a server, found ${JSON.stringify(shownName(other))}; ${suggestion(other, others)}`;
    return [faultAt(['mcpServers', name, 'fallback', at], source, message)];
  });
}

function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? 'mcpServers has no such entry' : `did you mean "${shownName(meant)}"?`;
}

export function toSettings(
  name: string,
  entry: ServerFile,
  { launch, origin }: Pick<ServerSettings, 'launch' | 'origin'>,
): ServerSettings {
  return {
    name,
    ...(entry.description !== undefined && { description: entry.description }),
    launch,
    origin,
    enabled: !entry.disabled,
    trusted: entry.trusted,
    prefix: entry.prefix,
    costMicros: toMicros(entry.cost),
    connectMs: entry.connectMs,
    idleMs: entry.idleMs,
    timeoutMs: entry.timeoutMs,
    ...(entry.idleShutdownMs !== undefined && { idleShutdownMs: entry.idleShutdownMs }),
    concurrency: entry.concurrency,
    maxMemoryBytes: entry.maxMemoryMb * MIB,
    cache: entry.cache,
    budgets: entry.budget.map((each) => toBudget(each)),
    fallback: [...new Set(entry.fallback)],
    tools: mapValues(entry.tools, toTool),
    users: entry.users,
  };
}

function toTool({ cost, ...tool }: ServerFile['tools'][string]): ToolSettings {
  return { ...defined(tool), ...(cost !== undefined && { costMicros: toMicros(cost) }) };
}

/** A budget as it counts. */
export function toBudget({ cost, ...budget }: ServerFile['budget'][number]): Budget {
  return { ...defined(budget), ...(cost !== undefined && { costMicros: toMicros(cost) }) };
}

export function toMicros(cost: number): number {
  return Math.round(cost * MICROS);
}

/** Keys are whatever servers call their tools, so the record has no prototype. */
function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Readonly<Record<string, U>> {
  const mapped: Record<string, U> = { __proto__: null } as never;
  for (const [key, value] of Object.entries(record)) mapped[key] = map(value);
  return mapped;
}

function warningsOf({ name, launch }: ServerSettings, written: unknown): string[] {
  const foreign = PASSED_OVER.filter((key) => isRecord(written) && key in written);
  return [
    ...(foreign.length > 0
      ? [
          `mcpServers.${name}: ${foreign.join(', ')} of another client ${foreign.length === 1 ? 'is' : 'are'} passed over.`,
        ]
      : []),
    ...(isExposed(launch)
      ? [`mcpServers.${name}.url: what is sent over http can be read on the way; use https.`]
      : []),
  ];
}

function faultText(faults: readonly ConfigFault[]): string {
  return faults
    .map(
      ({ path, line, message }) =>
        `${shownName(path, MAX_PATH)}${line === undefined ? '' : ` (line ${line})`}: ${message}`,
    )
    .join('; ');
}
