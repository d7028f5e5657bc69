import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock } from './adapters/clock/system.ts';
import { folderDefinitions } from './adapters/definitions/folder.ts';
import { sha256 } from './adapters/digest/sha256.ts';
import { parseMarkdown } from './adapters/markdown/mdast.ts';
import { firstChoiceModel } from './adapters/model/scripted.ts';
import { memoryStore } from './adapters/store/memory.ts';
import { importPublished } from './adapters/store/published.ts';
import type { ImportReport } from './adapters/store/published.ts';
import { sqliteStore } from './adapters/store/sqlite.ts';
import { pinoTelemetry } from './adapters/telemetry/pino.ts';
import type { Config, Toolset } from './config.ts';
import type { Caller } from './core/kernel/caller.ts';
import { TuttiError } from './core/kernel/errors.ts';
import type { Model } from './core/ports/model.ts';
import type { Telemetry } from './core/ports/telemetry.ts';
import { createOrchestrator } from './core/orchestrator.ts';
import type { Orchestrator } from './core/orchestrator.ts';
import type { HttpSurface } from './surfaces/http/serve.ts';
import type { StdioConnection } from './surfaces/mcp/stdio.ts';

export { parseMarkdown };

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
  /** Takes over instances and journals from a database in the published schema. */
  importDatabase(path: string): Promise<ImportReport>;
  /** Lets what is under way finish, ends every surface, then the store. */
  close(): Promise<void>;
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
  readonly telemetry?: Telemetry;
}

const SHIPPED = fileURLToPath(new URL('../workflows', import.meta.url));
const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
const MIN_CONFIDENCE = 0.7;
const IN_MEMORY = ':memory:';
/** Whoever may read the database file is this owner. */
const LOCAL = 'local';

/** The composition root: the only place that knows which adapter stands behind which port. */
export async function createApp(config: Config, parts: AppParts = {}): Promise<App> {
  const clock = systemClock();
  const telemetry = parts.telemetry ?? pinoTelemetry(config.log);
  const store =
    config.store.path === IN_MEMORY
      ? memoryStore()
      : await sqliteStore({
          path: config.store.path,
          onWarning: (message) => telemetry.log('warn', 'store/warning', { message }),
        });
  const { dir, shipped, deciders } = config.workflows;
  const model = parts.model ?? (config.model?.kind === 'stub' ? firstChoiceModel() : undefined);
  const orchestrator = createOrchestrator({
    store,
    definitions: folderDefinitions({
      dirs: shipped ? [dir, SHIPPED] : [dir],
      writeDir: dir,
      onAbsent: (absent) => telemetry.log('debug', 'workflows/no-folder', { dir: absent }),
    }),
    clock,
    digest: sha256,
    parse: parseMarkdown,
    deciders: { minConfidence: MIN_CONFIDENCE, clock, telemetry, ...(model && { model }) },
    defaultDeciders: deciders,
    authoringGuide: async () => await readFile(`${SHIPPED}/authoring-guide.md`, 'utf8'),
  });
  const caller: Caller = { owner: LOCAL };
  const surfaces = new Set<{ close(): Promise<void> }>();
  const opened = <S extends { close(): Promise<void> }>(surface: S): S => {
    surfaces.add(surface);
    return surface;
  };
  // Loaded when a surface opens: a command that answers once needs neither.
  const speaking = async ({ toolsets = config.toolsets }: Serving) => {
    const { createMcpServer } = await import('./surfaces/mcp/server.ts');
    return (who: Caller) =>
      createMcpServer({ orchestrator, telemetry, version: VERSION, toolsets, caller: who });
  };
  const onWorkflowsChanged = (callback: () => void) => orchestrator.onWorkflowsChanged(callback);

  return {
    orchestrator,
    caller,
    serveStdio: async (options = {}) => {
      const [build, { serveStdio }] = await Promise.all([
        speaking(options),
        import('./surfaces/mcp/stdio.ts'),
      ]);
      return opened(serveStdio({ ...options, build: () => build(caller), telemetry, onWorkflowsChanged }));
    },
    serveHttp: async (options = {}) => {
      const [build, { serveHttp }] = await Promise.all([
        speaking(options),
        import('./surfaces/http/serve.ts'),
      ]);
      return opened(
        await serveHttp({ ...config.http, ...options, build, caller, telemetry, onWorkflowsChanged }),
      );
    },
    importDatabase: async (path) =>
      await importPublished(path, store, {
        owner: LOCAL,
        clock,
        definitionOf: async (name) => {
          const workflow = await orchestrator.workflow(name).catch(asAbsent);
          return workflow && { ...workflow, steps: workflow.steps.map((step) => step.name) };
        },
      }),
    close: async () => {
      await Promise.all([...surfaces].map(async (surface) => await surface.close()));
      await store.close();
    },
  };
}

/** A workflow that is not there is an answer; a folder that cannot be read is not. */
function asAbsent(fault: unknown): undefined {
  if (!(fault instanceof TuttiError && fault.code === 'definition/not-found')) throw fault;
}
