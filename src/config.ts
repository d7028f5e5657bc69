import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { confinementFaults } from './config/confinement.ts';
import { environmentSettings, type EnvironmentSettings, type ModelSettings } from './config/environment.ts';
import { expandVariables } from './config/expansion.ts';
import { toFaults } from './config/fault.ts';
import { configSchema, type ConfigFile, type DECIDERS, type TOOLSETS } from './config/schema.ts';
import { configsIn, foldersUp, readSource, type ConfigFault } from './config/source.ts';
import { TuttiError } from './core/kernel/errors.ts';
import type { LogLevel } from './core/ports/telemetry.ts';

export type Toolset = (typeof TOOLSETS)[number];

/** Everything that can be set, resolved: no path is relative, no default is open. Frozen. */
export interface Config {
  /** The file it came from, if any. */
  readonly file: string | undefined;
  readonly store: { readonly kind: 'sqlite'; readonly path: string };
  readonly workflows: {
    /** The user's folder: read first, and written by save_workflow. It need not exist. */
    readonly dir: string;
    /** Whether the workflows that ship are served below it. */
    readonly shipped: boolean;
    readonly deciders: readonly (typeof DECIDERS)[number][];
  };
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Empty: no authentication. */
    readonly tokens: readonly string[];
    /** Besides the names of loopback. */
    readonly allowedHosts: readonly string[];
    readonly allowedOrigins: readonly string[];
  };
  readonly toolsets: readonly Toolset[];
  readonly log: {
    readonly level: LogLevel;
    /** A second copy of the log. */
    readonly file?: { readonly dir: string; readonly name: string };
    /** Where exchanges with a model are kept. */
    readonly modelFile?: string;
  };
  /** Absent: no model is asked. */
  readonly model?: ModelSettings;
  /** What the user should hear once. */
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  /** A file named by the user: it must exist, and may point anywhere. */
  readonly file?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Level where neither file nor environment names one; `info` by default. */
  readonly logLevel?: LogLevel;
  /** The user's own folders; those of the operating system by default. */
  readonly folders?: { readonly config: string; readonly data: string };
}

/** How a file was come by. One that was `found` by walking up may be somebody else's repository. */
type Origin = 'named' | 'found' | 'own';

interface Located {
  readonly file: string;
  readonly origin: Origin;
  readonly ignored: readonly string[];
}

/**
 * Reads file and environment into a configuration. The environment outranks the file.
 *
 * @throws TuttiError `config/invalid` with every fault in its message, and as `ConfigFault[]` in `data`.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const { cwd, env, folders, ...rest } = { ...surroundings(), ...options };
  const located = locate(rest.file, cwd, folders.config);
  const faults: ConfigFault[] = [];
  const written = located ? readConfigFile(located, env, faults) : configSchema.parse({});
  const settings = environmentSettings(env, cwd, faults);
  const base = located ? dirname(located.file) : cwd;
  if (located?.origin === 'found') faults.push(...confinementFaults(written, settings, base));
  if (faults.length > 0) throw invalid(located?.file, faults);
  const config = compose(written, settings, { base, data: folders.data, logLevel: rest.logLevel });
  const warnings = [...warningsOf(written, config), ...(located?.ignored.map(ignoredWarning) ?? [])];
  return deepFreeze({ ...config, file: located?.file, warnings });
}

function surroundings(): Required<Omit<LoadOptions, 'file'>> {
  return {
    cwd: process.cwd(),
    env: process.env,
    folders: envPaths('tutti', { suffix: '' }),
    logLevel: 'info',
  };
}

function locate(named: string | undefined, cwd: string, ownFolder: string): Located | undefined {
  if (named !== undefined) return { file: resolve(cwd, named), origin: 'named', ignored: [] };
  for (const folder of [...foldersUp(resolve(cwd)), ownFolder]) {
    const [file, ...ignored] = configsIn(folder);
    if (file) return { file, origin: folder === ownFolder ? 'own' : 'found', ignored };
  }
  return undefined;
}

function readConfigFile({ file }: Located, env: NodeJS.ProcessEnv, faults: ConfigFault[]): ConfigFile {
  const source = readSource(file);
  const found = [...source.faults];
  if (source.value !== undefined) {
    const value = expandVariables(source.value, env, { path: [], source, faults: found });
    const parsed = configSchema.safeParse(value);
    if (parsed.success && found.length === 0) return parsed.data;
    const known = new Set(found.map(({ path }) => path));
    const wrong = parsed.error?.issues.flatMap((issue) => toFaults(issue, source)) ?? [];
    found.push(...wrong.filter(({ path }) => !known.has(path)));
  }
  faults.push(...found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  return configSchema.parse({});
}

interface Bases {
  readonly base: string;
  readonly data: string;
  readonly logLevel: LogLevel;
}

type Settings = Omit<Config, 'file' | 'warnings'>;

function compose(file: ConfigFile, env: EnvironmentSettings, { base, data, logLevel }: Bases): Settings {
  return {
    store: { kind: 'sqlite', path: env.storePath ?? sqlitePath(file.store, base) ?? join(data, 'tutti.db') },
    workflows: toWorkflows(file.workflows, env, { base, data }),
    http: toHttp(file.http),
    toolsets: file.toolsets,
    log: { level: env.logLevel ?? file.logLevel ?? logLevel, ...env.logFiles },
    ...(env.model && { model: env.model }),
  };
}

function toWorkflows(
  { dir, shipped, deciders }: ConfigFile['workflows'],
  env: EnvironmentSettings,
  { base, data }: Omit<Bases, 'logLevel'>,
): Config['workflows'] {
  const configured = dir === undefined ? join(data, 'workflows') : resolve(base, dir);
  return {
    dir: env.workflowsDir ?? configured,
    shipped: env.workflowsDir === undefined && shipped,
    deciders: deciders ?? (env.model?.kind === 'stub' ? ['model', 'caller'] : ['caller']),
  };
}

function toHttp({ auth, ...http }: ConfigFile['http']): Config['http'] {
  return { ...http, tokens: auth?.tokens ?? [] };
}

function sqlitePath(store: string | undefined, base: string): string | undefined {
  const path = store?.slice('sqlite:'.length);
  return path === undefined || path === ':memory:' ? path : resolve(base, path);
}

function warningsOf(file: ConfigFile, config: Settings): readonly string[] {
  const servers = Object.keys(file.mcpServers).length;
  return [
    ...(servers > 0 ? [`mcpServers names ${servers} server(s): this version does not use them yet.`] : []),
    ...(config.workflows.deciders.includes('model') && !config.model
      ? ['workflows.deciders names "model", but no model is configured: it is passed over.']
      : []),
    ...(config.model?.kind === 'endpoint'
      ? ['The environment names a model, but this version asks none: rules, outcomes and the caller decide.']
      : []),
    ...(config.http.tokens.some((token) => token.length < 16)
      ? ['http.auth.tokens holds a token shorter than 16 characters: such a token can be guessed.']
      : []),
  ];
}

function ignoredWarning(file: string): string {
  return `${file} is not read: another configuration beside it comes first.`;
}

function invalid(file: string | undefined, faults: readonly ConfigFault[]): TuttiError {
  const lines = faults.map(({ path, line, message }) => {
    const place = [path, line === undefined ? '' : `(line ${line})`].filter(Boolean).join(' ');
    return place ? `  ${place}: ${message}` : `  ${message}`;
  });
  const where = file ? `The configuration ${file}` : 'The environment';
  const count = faults.length === 1 ? 'has a fault' : `has ${faults.length} faults`;
  return new TuttiError('config/invalid', `${where} ${count}:\n${lines.join('\n')}`, { data: faults });
}

function deepFreeze<T extends object>(value: T): T {
  const parts: readonly unknown[] = Object.values(value as object);
  for (const each of parts) if (each !== null && typeof each === 'object') deepFreeze(each);
  return Object.freeze(value);
}
