import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { lruCache } from './adapters/cache/lru.ts';
import { cockatielCircuit } from './adapters/circuit/cockatiel.ts';
import { createAbort } from './adapters/clock/abort.ts';
import { systemOffset } from './adapters/clock/offset.ts';
import { systemClock } from './adapters/clock/system.ts';
import { folderDefinitions } from './adapters/definitions/folder.ts';
import { sha256 } from './adapters/digest/sha256.ts';
import { connectDownstream } from './adapters/downstream/connect.ts';
import type { DownstreamEnvironment } from './adapters/downstream/connect.ts';
import { memoryLimits } from './adapters/limits/memory.ts';
import { parseMarkdown } from './adapters/markdown/mdast.ts';
import { checkModels } from './adapters/model/connect.ts';
import { atFirstUse } from './adapters/pattern/first-use.ts';
import { compileRe2 } from './adapters/pattern/re2.ts';
import { ajvSchemas } from './adapters/schema/ajv.ts';
import { aesSeal } from './adapters/seal/aes.ts';
import { porterStem } from './adapters/stem/porter.ts';
import { memoryStore } from './adapters/store/memory.ts';
import { importPublished } from './adapters/store/published.ts';
import type { ImportReport } from './adapters/store/published.ts';
import { isThere } from './adapters/store/sqlite-file.ts';
import { sqliteStore } from './adapters/store/sqlite.ts';
import { pinoTelemetry } from './adapters/telemetry/pino.ts';
import { after } from './adapters/timer/system.ts';
import type { Config, HttpSettings, Toolset } from './config.ts';
import { readLock, writeLock } from './config/lock-file.ts';
import { agreedWorkflows, changedWorkflows } from './config/locked-workflows.ts';
import type { ChangedWorkflow, WorkflowHashes } from './config/locked-workflows.ts';
import { personHere } from './config/person.ts';
import { PACKAGE_ROOT, VERSION } from './config/package-root.ts';
import { applyLock, followConfig } from './config/take.ts';
import { requireTrust } from './config/trust.ts';
import { createGateway } from './core/gateway/create-gateway.ts';
import type { Routing } from './core/gateway/route/route.ts';
import { createRouter as createRouterOver } from './core/gateway/route/router.ts';
import type { Caller } from './core/kernel/caller.ts';
import { TuttiError } from './core/kernel/errors.ts';
import { scanOffer } from './core/policy/poison.ts';
import type { Definitions } from './core/ports/definitions.ts';
import type { DownstreamOptions, Offer, OpenDownstream } from './core/ports/downstream.ts';
import type { Embedder } from './core/ports/embedder.ts';
import type { Model } from './core/ports/model.ts';
import type { ModelCheck } from './core/ports/model-wire.ts';
import type { Store } from './core/ports/store.ts';
import type { Telemetry } from './core/ports/telemetry.ts';
import { createOrchestrator } from './core/orchestrator.ts';
import type { AgentSettings, Orchestrator } from './core/orchestrator.ts';
import type { Deciders } from './core/workflow/decide.ts';
import { modelsOf } from './models.ts';
import type { HttpSurface } from './surfaces/http/serve.ts';
import type { StdioConnection } from './surfaces/mcp/stdio.ts';

export { parseMarkdown };

/** A router by itself, over no documents yet: from words to tools, without a gateway. */
export function createRouter(): Routing {
  return createRouterOver(porterStem);
}

/** Tutti, put together and ready to be spoken to. */
export interface App {
  readonly orchestrator: Orchestrator;
  /** The owner of this process: who speaks on stdio, at the terminal, and on a loopback address without tokens. */
  readonly caller: Caller;
  /** Speaks MCP over the process's stdin and stdout, or over other streams. */
  serveStdio(options?: StdioServing): Promise<StdioConnection>;
  /**
   * Listens as `config.http` says, or as `options` do.
   *
   * @throws TuttiError `server/port-in-use`, `server/unsafe-bind`.
   */
  serveHttp(options?: HttpServing): Promise<HttpSurface>;
  /**
   * From now on takes every change of the configuration that `load` reads: servers, policy, who is let in over HTTP, lock file. Calls under
   * way finish under the old one; a configuration with faults changes nothing; what takes effect only at the next start is warned of.
   */
  follow(load: () => Config): void;
  /**
   * Writes everything that is pinned into the lock file. Returns where it stands.
   *
   * @throws TuttiError `config/invalid` without a configuration file to put it beside, `tool/held` when nobody trusted that one yet,
   *   `lock/invalid` when it cannot be written.
   */
  writeLock(): Promise<string>;
  /** {@link App.writeLock} where there is a lock file already; of workflows that changed since, those `agreed` to. */
  refreshLock(agreed: readonly ChangedWorkflow[]): Promise<void>;
  /** Workflows that read otherwise than when the lock file was written; none without one. */
  changedWorkflows(): Promise<readonly ChangedWorkflow[]>;
  /** What is asked where rules and words leave something open; `undefined`: nothing is. */
  readonly model: Model | undefined;
  readonly embedder: Embedder | undefined;
  /** Looks whether what is configured to be asked is there, without paying for an answer. */
  checkModels(): Promise<readonly ModelCheck[]>;
  /** How a person logs in at a downstream that wants it. */
  readonly login: ServerLogin;
  /** Takes over instances and journals from a database in the published schema. */
  importDatabase(path: string): Promise<ImportReport>;
  /** Lets what is under way finish, ends every surface, then the store. */
  close(): Promise<void>;
}

export interface ServerLogin {
  /** Where the browser has to come back to. */
  readonly redirectUrl: string;
  /** The address to open; `undefined` when the server lets us in as we are. @throws TuttiError `tool/not-found`, `downstream/*`. */
  begin(server: string): Promise<string | undefined>;
  /** Ends the login with the address that the browser came back to. */
  complete(server: string, callbackUrl: string): Promise<void>;
}

interface Serving {
  /** `config.toolsets` by default. */
  readonly toolsets?: readonly Toolset[];
}

export interface StdioServing extends Serving {
  readonly input?: Readable;
  readonly output?: Writable;
}

export interface HttpServing extends Serving {
  readonly host?: string;
  readonly port?: number;
}

/** Parts to use instead of the configured ones. */
export interface AppParts {
  readonly model?: Model;
  readonly embedder?: Embedder;
  readonly telemetry?: Telemetry;
  /** `false`: the SDK answers every request. */
  readonly shortPath?: boolean;
  /** How long its end waits, in all, for other programs that hold the store; 5,000 by default. */
  readonly lastWaitMs?: number;
}

const SHIPPED = join(PACKAGE_ROOT, 'workflows');
const SHIPPED_AGENTS = join(PACKAGE_ROOT, 'agents');
const IN_MEMORY = ':memory:';
/** Whoever may read the database file is this owner. */
const LOCAL = 'local';
/** A port nobody else is known for: an authorization server may insist on the address it was told. */
const REDIRECT_URL = 'http://127.0.0.1:7421/callback';
const KEY_BYTES = 32;
const LAST_WAIT_MS = 5_000;
/** Says nothing wrong, in enough ways that all patterns are asked. */
const PLAIN_OFFER: Offer = {
  era: 'modern',
  capabilities: {},
  dropped: [],
  serverInfo: { name: 'plain', version: '1' },
  tools: ['record', 'folder'].map((name) => ({
    name,
    description: 'Looks it up by its number. Use it, say, for this. It is plain: a-b, "c".',
    inputSchema: { type: 'object' },
  })),
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

/** The composition root: the only place that knows which adapter stands behind which port. */
export async function createApp(config: Config, parts: AppParts = {}): Promise<App> {
  const clock = systemClock();
  const telemetry = parts.telemetry ?? pinoTelemetry(config.log);
  const store = await openStore(config, telemetry);
  const { model, embedder, ...asking } = modelsOf(config, parts, { store, clock, telemetry });
  // The stub answers with the first candidate: that is no help with a question.
  const helper = parts.model ?? (config.model?.kind === 'stub' ? undefined : model);
  const environment: DownstreamEnvironment = {
    introduction: { name: 'tutti', version: VERSION },
    variables: process.env,
    maxDepth: config.gateway.policy.maxHops,
    clock,
    login: { tokens: store.vault, redirectUrl: REDIRECT_URL, clientName: 'Tutti' },
  };
  const seal = aesSeal(await store.vault.secret('seal', randomBytes(KEY_BYTES).toString('base64')));
  const gateway = createGateway({
    settings: config.gateway,
    open: readied(connectDownstream(environment)),
    store,
    clock,
    after,
    createAbort,
    digest: sha256,
    schemas: ajvSchemas(),
    limits: memoryLimits(),
    createCache: lruCache,
    createCircuit: cockatielCircuit,
    seal,
    compilePattern: compileRe2,
    stem: porterStem,
    offsetOf: systemOffset,
    telemetry,
    toolGateOf: (caller, session) => orchestrator.sessions.gateOf(caller, session),
    workflowHashes: async () => await workflowHashes(orchestrator),
    ...(helper && { model: helper }),
    ...(embedder && { embedder }),
  });
  const orchestrator = createOrchestrator({
    store,
    definitions: workflowsOf(config, telemetry),
    clock,
    digest: sha256,
    parse: parseMarkdown,
    ...decidingOf(config, { clock, telemetry, sampling: asking.over, ...(model && { model }) }),
    authoringGuide: async () => await readFile(`${SHIPPED}/authoring-guide.md`, 'utf8'),
    gateway,
    seal,
    agents: agentsOf(config, telemetry),
  });
  await applyLock(gateway, config);
  const caller: Caller = { owner: LOCAL, ...personHere() };
  const serving = servingOf(config, { orchestrator, telemetry, caller, ...parts });
  let stopFollowing: (() => void) | undefined;
  return {
    orchestrator,
    caller,
    serveStdio: serving.serveStdio,
    serveHttp: serving.serveHttp,
    follow: (load) => {
      stopFollowing?.();
      stopFollowing = followConfig(config, load, { gateway, telemetry, serving });
    },
    ...lockingOf(config, orchestrator),
    model,
    embedder,
    checkModels: async () => await checkModels(config),
    login: loginOf(config, environment),
    importDatabase: async (path) =>
      await importPublished(path, store, { owner: LOCAL, clock, definitionOf: definitionsOf(orchestrator) }),
    close: async () => {
      stopFollowing?.();
      store.hurry(parts.lastWaitMs ?? LAST_WAIT_MS);
      await serving.close();
      await gateway.close();
      asking.close();
      await store.close();
    },
  };
}

function decidingOf({ workflows }: Config, { sampling, ...parts }: Omit<Deciders, 'minConfidence'>) {
  const { deciders: defaultDeciders, minConfidence, thinkingMs, decisionTtlMs: ttlMs } = workflows;
  const deciders = { minConfidence, ...(workflows.sampling && sampling && { sampling }), ...parts };
  return { deciders, defaultDeciders, people: { thinkingMs, ttlMs } };
}

function workflowsOf({ workflows: { dir, shipped } }: Config, telemetry: Telemetry): Definitions {
  return folderDefinitions({
    dirs: shipped ? [dir, SHIPPED] : [dir],
    writeDir: dir,
    onAbsent: (absent) => telemetry.log('debug', 'workflows/no-folder', { dir: absent }),
  });
}

/** What a run from elsewhere is bound to: the workflow of its name, where there is one. */
function definitionsOf(orchestrator: Orchestrator): Parameters<typeof importPublished>[2]['definitionOf'] {
  return async (name) => {
    const workflow = await orchestrator.workflow(name).catch(asAbsent);
    return workflow && { ...workflow, steps: workflow.steps.map((step) => step.name) };
  };
}

function agentsOf({ agents }: Config, telemetry: Telemetry): AgentSettings {
  const { dir, default: defaultAgent, ...settings } = agents;
  const own = folderDefinitions({ dirs: [dir], writeDir: dir, noun: 'agent' });
  const definitions = folderDefinitions({
    dirs: [dir, SHIPPED_AGENTS],
    writeDir: dir,
    noun: 'agent',
    onAbsent: (absent) => telemetry.log('debug', 'agents/no-folder', { dir: absent }),
  });
  // What is not the operator's own comes with us, and narrows nothing.
  const isOpen = async (name: string): Promise<boolean> => (await own.stamp(name)) === undefined;
  return { definitions, defaultAgent, isOpen, ...settings };
}

/** While the first server is being reached, the patterns that its descriptions are looked through with are made ready. */
function readied(open: OpenDownstream): OpenDownstream {
  let isReady = false;
  return (options) => {
    if (!isReady)
      setImmediate(() => atFirstUse(() => void scanOffer(PLAIN_OFFER.serverInfo, PLAIN_OFFER, [])));
    isReady = true;
    return open(options);
  };
}

/**
 * The same configuration with a store that leaves nothing behind where there is none yet: for who only looks. A file made in passing would
 * take the place of one that a Tutti that runs has lost.
 *
 * @throws TuttiError `store/unusable` where no store could be made.
 */
export function forLooking(config: Config): Config {
  const { store } = config;
  if (store.path === IN_MEMORY || isThere(store.path)) return config;
  return { ...config, store: { ...store, path: IN_MEMORY } };
}

async function openStore({ store }: Config, telemetry: Telemetry): Promise<Store> {
  if (store.path === IN_MEMORY) return memoryStore();
  return await sqliteStore({
    path: store.path,
    onWarning: (message) => telemetry.log('warn', 'store/warning', { message }),
    onLost: (message) => telemetry.log('error', 'store/lost', { path: store.path, message }),
  });
}

interface Surfaces extends Pick<App, 'serveStdio' | 'serveHttp' | 'close'> {
  /** Makes ready to let in over HTTP whom these settings name. Returns how to do so. */
  prepare(http: HttpSettings): Promise<() => void>;
}

interface ServingParts extends AppParts {
  readonly orchestrator: Orchestrator;
  readonly telemetry: Telemetry;
  readonly caller: Caller;
}

/** The surfaces, loaded when one opens: a command that answers once needs none. */
function servingOf(config: Config, { orchestrator, telemetry, caller, shortPath }: ServingParts): Surfaces {
  let { http } = config;
  const listening = new Set<HttpSurface>();
  const surfaces = new Set<{ close(): Promise<void> }>();
  const opened = <S extends { close(): Promise<void> }>(surface: S): S => {
    surfaces.add(surface);
    orchestrator.gateway.operator.expectQuestions();
    return surface;
  };
  const speaking = async ({ toolsets = config.toolsets }: Serving) => {
    const { createMcpFace } = await import('./surfaces/mcp/face.ts');
    return createMcpFace({
      orchestrator,
      telemetry,
      version: VERSION,
      toolsets,
      ...(config.isNamed && { configFile: config.file }),
      ...(shortPath !== undefined && { shortPath }),
    });
  };
  const changes = {
    onDefinitionsChanged: (callback: () => void) => {
      const { sessions } = orchestrator;
      const stops = [orchestrator.onWorkflowsChanged(callback), sessions.onAgentsChanged(callback)];
      return () => stops.forEach((stop) => stop());
    },
    gateway: orchestrator.gateway,
  };
  return {
    serveStdio: async (options: StdioServing = {}) => {
      const [{ build, short, watch }, { serveStdio }] = await Promise.all([
        speaking(options),
        import('./surfaces/mcp/stdio.ts'),
      ]);
      const shortly = short && { short: { path: short, caller, watch } };
      return opened(
        serveStdio({ ...options, build: () => build(caller), telemetry, ...changes, ...shortly }),
      );
    },
    serveHttp: async (options: HttpServing = {}) => {
      const [face, { serveHttp }] = await Promise.all([
        speaking(options),
        import('./surfaces/http/serve.ts'),
      ]);
      const surface = await serveHttp({
        ...http,
        ...options,
        ...face,
        caller,
        telemetry,
        ...changes,
        problem: () => orchestrator.storeProblem(),
        inboxes: { approvals: orchestrator.gateway.operator, decisions: orchestrator.people },
      });
      listening.add(surface);
      return opened(surface);
    },
    prepare: async (next) => {
      const uses = await Promise.all([...listening].map(async (surface) => await surface.prepare(next)));
      return () => {
        http = { ...next, host: http.host, port: http.port };
        for (const use of uses) use();
      };
    },
    close: async () => {
      await Promise.all([...surfaces].map(async (surface) => await surface.close()));
    },
  };
}

function lockingOf(
  config: Config,
  orchestrator: Orchestrator,
): Pick<App, 'writeLock' | 'refreshLock' | 'changedWorkflows'> {
  const { lockFile } = config;
  const { operator } = orchestrator.gateway;
  const before = () => (lockFile === undefined ? undefined : readLock(lockFile));
  return {
    writeLock: async () => {
      if (lockFile === undefined) {
        throw new TuttiError(
          'config/invalid',
          'A lock file stands beside a configuration file, and there is none. Write one with `tutti init` or `tutti servers add`.',
        );
      }
      requireTrust(config);
      writeLock(lockFile, await operator.lock());
      return lockFile;
    },
    refreshLock: async (agreed) => {
      const lock = before();
      if (lockFile === undefined || lock === undefined) return;
      requireTrust(config);
      const now = await operator.lock();
      const workflows = agreedWorkflows(lock, now['workflows'] as WorkflowHashes, agreed);
      writeLock(lockFile, { ...now, workflows });
    },
    changedWorkflows: async () => {
      const lock = before();
      return lock === undefined ? [] : changedWorkflows(lock, await workflowHashes(orchestrator));
    },
  };
}

function loginOf({ gateway }: Config, environment: DownstreamEnvironment): ServerLogin {
  const login = async () => {
    const { downstreamLogin } = await import('./adapters/downstream/login-flow.ts');
    return downstreamLogin(environment);
  };
  const target = (name: string): DownstreamOptions => {
    const server = gateway.servers.find((each) => each.name === name);
    if (server) return { ...server, server: name };
    throw new TuttiError(
      'tool/not-found',
      `There is no server "${name.slice(0, 100)}". \`tutti servers list\` names those there are.`,
    );
  };
  return {
    redirectUrl: REDIRECT_URL,
    begin: async (name) => await (await login()).begin(target(name)),
    complete: async (name, callbackUrl) => {
      await (await login()).complete(target(name), callbackUrl);
    },
  };
}

async function workflowHashes(orchestrator: Orchestrator): Promise<WorkflowHashes> {
  const known = (await orchestrator.listWorkflows()).filter(({ faults }) => !faults);
  const hashes = await Promise.all(
    known.map(async ({ name }) => [name, (await orchestrator.workflow(name)).hash] as const),
  );
  return Object.fromEntries(hashes);
}

/** A workflow that is not there is an answer; a folder that cannot be read is not. */
function asAbsent(fault: unknown): undefined {
  if (!(fault instanceof TuttiError && fault.code === 'definition/not-found')) throw fault;
}
