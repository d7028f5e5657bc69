import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Config } from './config/config.ts';
import { confinementFaults, referenceFaults } from './config/confinement.ts';
import { environmentSettings, type EnvironmentSettings } from './config/environment.ts';
import { expandVariables } from './config/expansion.ts';
import { toFaults } from './config/fault.ts';
import { folderFaults } from './config/folders.ts';
import { toGateway } from './config/gateway.ts';
import { toHttp } from './config/http.ts';
import { heldKeys, heldWarnings, withoutHeld } from './config/held.ts';
import { lockFileOf } from './config/lock-file.ts';
import { modelFaults, modelWarnings, toModelConfig, type ModelConfig } from './config/model.ts';
import { ruleFaults, ruleWarnings } from './config/rule-faults.ts';
import { configSchema, DEFAULTS, type ConfigFile } from './config/schema.ts';
import { heldServers, toServers, type Servers } from './config/servers.ts';
import {
  configsIn,
  foldersUp,
  isRecord,
  readSource,
  type ConfigFault,
  type Source,
} from './config/source.ts';
import { withCustomTools } from './config/tools.ts';
import { isTrusted, realFile, trustFile } from './config/trust.ts';
import { TuttiError } from './core/kernel/errors.ts';
import type { LogLevel } from './core/ports/telemetry.ts';

export type { Config } from './config/config.ts';
export type { Toolset } from './config/toolset-names.ts';
export type { Approver, BearerToken, HttpSettings, OAuthSettings } from './config/http.ts';

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
  /** Where it was come by, which may be a link. */
  readonly written: string;
  readonly origin: Origin;
  readonly ignored: readonly string[];
}

/**
 * Reads file and environment into a configuration. The environment outranks the file.
 *
 * @throws TuttiError `config/invalid` with every fault in its message, and as `ConfigFault[]` in `data`.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const { cwd, env, folders, logLevel, file } = { ...surroundings(), ...options };
  const found = find(file, cwd, folders);
  const faults: ConfigFault[] = [];
  const written = checkSource(found.source, env, faults);
  const settings = environmentSettings(env, cwd, faults);
  if (!found.trusted) {
    faults.push(...referenceFaults(found.source), ...confinementFaults(written, settings, found.base));
  }
  faults.push(...folderFaults(written, found.base));
  if (faults.length > 0) throw invalid(found.file, faults);
  const servers = withCustomTools(serversOf(found, env), written.tools, {
    ...found,
    env,
    data: folders.data,
    origin: originOf(found),
  });
  const held = found.trusted ? [] : heldKeys(found.source, written, settings);
  const acting = found.trusted ? written : withoutHeld(written);
  const config = compose(acting, { env: settings, base: found.base, data: folders.data, logLevel, servers });
  return deepFreeze({
    ...config,
    file: found.file,
    isNamed: found.origin === 'named',
    trusted: found.trusted,
    sources: found.sources,
    lockFile: found.file === undefined ? undefined : lockFileOf(found.file),
    warnings: [
      ...heldWarnings(found.file, held, config.store.path),
      ...warningsOf(config, settings),
      ...servers.warnings,
      ...ruleWarnings(
        acting.policy,
        [...servers.servers, ...servers.broken].map(({ name }) => name),
      ),
      ...found.ignored.map(ignoredWarning),
    ],
  });
}

/** A configuration as it was come by; without a file there is nothing in it. */
interface Found {
  readonly file: string | undefined;
  readonly source: Source;
  readonly trusted: boolean;
  readonly origin: Origin;
  readonly sources: readonly string[];
  /** Folder that relative paths begin at. */
  readonly base: string;
  readonly ignored: readonly string[];
}

function find(named: string | undefined, cwd: string, folders: Required<LoadOptions>['folders']): Found {
  const located = locate(named, cwd, folders.config);
  if (!located)
    return {
      file: undefined,
      source: NOTHING,
      trusted: true,
      origin: 'own',
      sources: [],
      base: cwd,
      ignored: [],
    };
  const { written, origin, ignored } = located;
  // What was found is read, trusted and acts where it really is: a link would lend the trust in it to the folder that the link is in.
  const file = origin === 'found' ? realFile(written) : written;
  const source = readSource(file);
  // The text that is trusted is the text that acts: the file is read once.
  const trusted = origin !== 'found' || isTrusted(file, source.text, folders.data);
  const sources = origin === 'found' ? [written, trustFile(folders.data)] : [written];
  return { file, source, trusted, origin, sources, base: dirname(file), ignored };
}

function serversOf(found: Found, env: NodeJS.ProcessEnv): Servers {
  const { source, trusted, base } = found;
  // As written: what the schema gives has lost a key such as `__proto__`, of which nobody would hear.
  const entries = isRecord(source.value) ? source.value['mcpServers'] : undefined;
  const named = isRecord(entries) ? entries : {};
  return trusted ? toServers(named, { source, env, base, origin: originOf(found) }) : heldServers(named);
}

/** Whose word the file is. */
function originOf({ origin }: Found): 'stranger' | 'operator' {
  return origin === 'found' ? 'stranger' : 'operator';
}

const NOTHING: Source = { value: {}, text: '', faults: [], lineOf: () => undefined };
const MIB = 1_048_576;

function surroundings(): Required<Omit<LoadOptions, 'file'>> {
  return {
    cwd: process.cwd(),
    env: process.env,
    folders: envPaths('tutti', { suffix: '' }),
    logLevel: 'info',
  };
}

/** A configuration that somebody else may start Tutti with. */
export interface ConfigPlace {
  /** Absolute. */
  readonly file: string;
  /** Found by walking up: it acts in its folders alone, unless it is named. */
  readonly found: boolean;
  /** A file that is named is trusted by its being named. */
  readonly trusted: boolean;
  /** The user's own, which acts where none is found. */
  readonly own: string | undefined;
}

/** Where the configuration stands that acts here, without a judgement of what it says. */
export function configPlace(
  options: Pick<LoadOptions, 'file' | 'cwd' | 'folders'> = {},
): ConfigPlace | undefined {
  const { cwd, folders, file: named } = { ...surroundings(), ...options };
  const { file, origin, trusted } = find(named, cwd, folders);
  const [own] = configsIn(folders.config);
  return file === undefined ? undefined : { file, found: origin === 'found', trusted, own };
}

function locate(named: string | undefined, cwd: string, ownFolder: string): Located | undefined {
  if (named !== undefined) return { written: resolve(cwd, named), origin: 'named', ignored: [] };
  for (const folder of [...foldersUp(resolve(cwd)), ownFolder]) {
    const [written, ...ignored] = configsIn(folder);
    if (written) return { written, origin: folder === ownFolder ? 'own' : 'found', ignored };
  }
  return undefined;
}

/** What the file says. Faults of single servers are left to these. */
function checkSource(source: Source, env: NodeJS.ProcessEnv, faults: ConfigFault[]): ConfigFile {
  const found = source.faults.filter(({ path }) => !path.startsWith('mcpServers.'));
  if (source.value !== undefined) {
    const value = expandVariables(source.value, env, { path: [], source, faults: found });
    const parsed = configSchema.safeParse(value);
    if (parsed.success) {
      found.push(...ruleFaults(parsed.data.policy, source), ...modelFaults(parsed.data.model, source));
    }
    if (parsed.success && found.length === 0) return parsed.data;
    const known = new Set(found.map(({ path }) => path));
    const wrong = parsed.error?.issues.flatMap((issue) => toFaults(issue, source)) ?? [];
    found.push(...wrong.filter(({ path }) => !known.has(path)));
  }
  faults.push(...found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  return DEFAULTS;
}

interface Composition {
  readonly env: EnvironmentSettings;
  readonly base: string;
  readonly data: string;
  readonly logLevel: LogLevel;
  readonly servers: Servers;
}

type Settings = Omit<Config, 'file' | 'isNamed' | 'trusted' | 'sources' | 'lockFile' | 'warnings'>;

function compose(file: ConfigFile, { env, base, data, logLevel, servers }: Composition): Settings {
  const asked = toModelConfig(file.model, env.model);
  return {
    store: { kind: 'sqlite', path: env.storePath ?? sqlitePath(file.store, base) ?? join(data, 'tutti.db') },
    workflows: toWorkflows(file.workflows, env, { base, data, asked }),
    agents: toAgents(file.agents, { base, data }),
    http: toHttp(file.http),
    toolsets: file.toolsets,
    gateway: toGateway(file, servers),
    log: { level: env.logLevel ?? file.logLevel ?? logLevel, ...env.logFiles },
    ...asked,
  };
}

function toWorkflows(
  { dir, shipped, deciders, ...rest }: ConfigFile['workflows'],
  env: EnvironmentSettings,
  { base, data, asked }: Pick<Composition, 'base' | 'data'> & { readonly asked: ModelConfig },
): Config['workflows'] {
  const configured = dir === undefined ? join(data, 'workflows') : resolve(base, dir);
  return {
    dir: env.workflowsDir ?? configured,
    shipped: env.workflowsDir === undefined && shipped,
    ...rest,
    deciders: deciders ?? (asked.model || rest.sampling ? ['model', 'caller'] : ['caller']),
  };
}

function toAgents(
  { dir, maxSessionMb, maxOwnerMb, ...rest }: ConfigFile['agents'],
  { base, data }: Pick<Composition, 'base' | 'data'>,
): Config['agents'] {
  return {
    dir: dir === undefined ? join(data, 'agents') : resolve(base, dir),
    ...rest,
    maxSessionBytes: maxSessionMb * MIB,
    maxOwnerBytes: maxOwnerMb * MIB,
  };
}

function sqlitePath(store: string | undefined, base: string): string | undefined {
  const path = store?.slice('sqlite:'.length);
  return path === undefined || path === ':memory:' ? path : resolve(base, path);
}

function warningsOf(config: Settings, env: EnvironmentSettings): readonly string[] {
  const { tokens } = config.http;
  return [
    ...(config.workflows.deciders.includes('model') && !config.model && !config.workflows.sampling
      ? ['workflows.deciders names "model", but no model is configured: it is passed over.']
      : []),
    ...modelWarnings(config, env.model),
    ...(tokens.some((each) => (typeof each === 'string' ? each : each.token).length < 16)
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
