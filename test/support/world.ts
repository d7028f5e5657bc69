import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { Toolset } from '../../src/config.ts';
import { runCommand, type Ran } from './command.ts';
import { fileModel } from './file-model.ts';
import { startHttp } from './http-process.ts';
import { programOf } from './programs.ts';
import { verifies } from './verifies.ts';
import type { WorkflowFiles } from './workflows.ts';

export { verifies } from './verifies.ts';

export const MAIN: string = resolve('.test-build/surfaces/cli/main.js');
const MODELLED = programOf('modelled-server');
const TOOLSETS: readonly Toolset[] = ['workflows', 'workflows-admin'];

type Medium = 'memory' | 'stdio' | 'http';
type Era = '2025-11-25' | '2026-07-28';

/** JSON of unknown shape, for looking around in. */
export interface Body {
  readonly [key: string]: Body;
}

/** The result of a tool call, as a client sees it. */
export interface Called {
  readonly body: Body;
  readonly text: string;
  /** Each part of it. */
  readonly texts: readonly string[];
  readonly isError: boolean;
}

/** What a person decides. */
interface Settled {
  readonly outcome: string;
  readonly because: string;
  /** However soon it comes, it is meant. */
  readonly confirmed?: boolean;
}

/** A running Tutti with a folder of workflows of its own, and a real client connected to it. */
export interface World {
  readonly medium: Medium;
  readonly client: Client;
  readonly dir: string;
  /** Calls a tool. `body` is its structured content. */
  call(tool: string, args?: Record<string, unknown>): Promise<Called>;
  /** Writes or replaces a workflow in the folder. */
  define(name: string, files: WorkflowFiles): Promise<void>;
  undefine(name: string): Promise<void>;
  /** Runs the command line on the same configuration and store, to its end. */
  run(...args: string[]): Promise<Ran>;
  /** Answers an approval as the person at the terminal would. */
  decide(approvalId: string, verb: 'approve' | 'deny'): Promise<void>;
  /** Decides on an instance as the person at the terminal would. */
  settle(instanceId: string, decision: Settled): Promise<Ran>;
  /** Ends the server as a crash would (where it is a process) and connects to a new one on the same store. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface WorldOptions {
  /** The server has a model, directed through `script()` and `asked()` of `file-model.ts` in the world's `dir`. */
  readonly model?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What the configuration file says. */
  readonly config?: (dir: string) => object | Promise<object>;
  readonly toolsets?: readonly Toolset[];
  /** Answers what servers ask; without it the client declares that it cannot be asked. */
  readonly elicit?: (params: Body) => object | Promise<object>;
  /** Answers for the client's model; without it the client declares none. */
  readonly sample?: (params: Body) => object | Promise<object>;
}

type Place = readonly [Medium, Era];

/** Every medium in both eras: for what each of them tells in its own way. */
export const EVERYWHERE: readonly Place[] = [
  ['memory', '2025-11-25'],
  ['memory', '2026-07-28'],
  ['stdio', '2025-11-25'],
  ['stdio', '2026-07-28'],
  ['http', '2025-11-25'],
  ['http', '2026-07-28'],
];

/** Without a process: for what every medium says in the same way, and each era in its own. */
export const IN_MEMORY: readonly Place[] = [
  ['memory', '2025-11-25'],
  ['memory', '2026-07-28'],
];

/** Where every medium and both eras are seen once: for what is decided behind them, and only told through them. */
const ONE_OF_EACH: readonly Place[] = [
  ['memory', '2026-07-28'],
  ['stdio', '2025-11-25'],
  ['http', '2026-07-28'],
];

interface Served {
  readonly transport: Transport;
  stop(): Promise<void>;
}

export interface Given {
  readonly world: () => World;
  readonly verifies: typeof verifies;
  readonly medium: Medium;
  readonly era: Era;
}

/** Runs the same scenarios in memory, over stdio and over HTTP, and in both protocol eras; in more or fewer `places` where those can differ. */
export function describeWorlds(
  title: string,
  scenarios: (given: Given) => void,
  { places = ONE_OF_EACH, ...options }: WorldOptions & { readonly places?: readonly Place[] } = {},
): void {
  for (const [medium, era] of places) {
    describe(`${title} (${medium}, ${era})`, () => {
      let world: World;
      beforeAll(async () => {
        world = await openWorld({ ...options, medium, era });
      });
      afterAll(async () => {
        await world.close();
      });
      scenarios({ world: () => world, verifies, medium, era });
    });
  }
}

export async function openWorld(
  options: WorldOptions & { readonly medium: Medium; readonly era: Era },
): Promise<World> {
  const { medium, era } = options;
  const dir = await mkdtemp(join(tmpdir(), 'tutti-world-'));
  const definitions = join(dir, 'workflows');
  await mkdir(definitions);
  const env = {
    WORKFLOW_DEFINITIONS_DIR: definitions,
    TUTTI_STORE: medium === 'memory' ? 'sqlite::memory:' : `sqlite:${join(dir, 'state', 'tutti.db')}`,
    LOG_LEVEL: 'error',
    HOME: dir,
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_DATA_HOME: join(dir, 'share'),
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    ...options.env,
  };
  const modelled = options.model ? [MODELLED, dir] : undefined;
  const configFile = await writeConfig(dir, options.config);
  const toolsets = options.toolsets ?? TOOLSETS;
  const started = [
    MAIN,
    'serve',
    '--toolsets',
    toolsets.join(','),
    ...(configFile ? ['--config', configFile] : []),
  ];
  let app: App | undefined;
  const serve = async (): Promise<Served> => {
    if (medium === 'stdio') return overStdio(env, modelled ?? [...started, '--stdio']);
    if (medium === 'http')
      return await overHttp(env, modelled ? [...modelled, 'http'] : [...started, '--http', '--port', '0']);
    app ??= await createApp(
      loadConfig({ env, cwd: dir, ...(configFile !== undefined && { file: configFile }) }),
      options.model ? { model: fileModel(dir) } : {},
    );
    return await inMemory(app, toolsets);
  };
  let served = await serve();
  let client = await connect(served.transport, era, options);
  const world: World = {
    medium,
    dir,
    get client() {
      return client;
    },
    async call(tool, args = {}) {
      const result = await client.callTool({ name: tool, arguments: args });
      const texts = result.content.map((part) => (part.type === 'text' ? part.text : ''));
      return {
        body: (result.structuredContent ?? {}) as unknown as Body,
        text: texts.join('\n'),
        texts,
        isError: result.isError === true,
      };
    },
    async define(name, files) {
      await Promise.all(
        Object.entries(files).map(async ([path, text]) => {
          const file = join(definitions, name, path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, text);
        }),
      );
    },
    async undefine(name) {
      await rm(join(definitions, name), { recursive: true });
    },
    async decide(id, verb) {
      if (app) {
        await app.orchestrator.gateway.operator.decide(
          id,
          verb === 'approve' ? 'approved' : 'denied',
          'test',
        );
        return;
      }
      const { status, stderr } = await world.run(
        'approvals',
        verb,
        id,
        ...(verb === 'approve' ? ['--yes'] : []),
      );
      if (status !== 0) throw new Error(stderr);
    },
    async settle(id, { outcome, because, confirmed = false }) {
      const words = ['--outcome', outcome, '--because', because, ...(confirmed ? ['--yes'] : [])];
      if (!app) {
        const read = await world.run('instances', 'decide', id, '--json');
        if (read.status !== 0) return { ...read, stderr: read.stdout };
        const { question } = JSON.parse(read.stdout) as { question: { asked_at: string } };
        return await world.run('instances', 'decide', id, ...words, '--asked', question.asked_at);
      }
      const decision = { instanceId: id, outcome, because, by: 'cli:test', confirmed };
      return await app.orchestrator.people.decide(decision).then(
        () => ({ status: 0, stdout: '', stderr: '' }),
        (fault: Error) => ({ status: 1, stdout: '', stderr: fault.message }),
      );
    },
    run: async (...args) =>
      await runCommand([...args, ...(configFile ? ['--config', configFile] : [])], { env, cwd: dir }),
    async restart() {
      await served.stop();
      await client.close().catch(() => {});
      served = await serve();
      client = await connect(served.transport, era, options);
    },
    async close() {
      await client.close().catch(() => {});
      await served.stop();
      await app?.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

async function writeConfig(dir: string, config: WorldOptions['config']): Promise<string | undefined> {
  if (!config) return undefined;
  const file = join(dir, 'tutti.config.json');
  await writeFile(file, JSON.stringify(await config(dir), null, 2));
  return file;
}

async function connect(
  transport: Transport,
  era: Era,
  { elicit, sample }: Pick<WorldOptions, 'elicit' | 'sample'>,
): Promise<Client> {
  const client = new Client(
    { name: 'scenario', version: '1.0.0' },
    {
      versionNegotiation: { mode: era === '2025-11-25' ? 'legacy' : { pin: '2026-07-28' } },
      capabilities: { ...(elicit && { elicitation: { form: {} } }), ...(sample && { sampling: {} }) },
    },
  );
  if (elicit) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      return (await elicit(params as unknown as Body)) as { action: 'accept' };
    });
  }
  if (sample) {
    client.setRequestHandler('sampling/createMessage', async ({ params }) => {
      return (await sample(params as unknown as Body)) as never;
    });
  }
  await client.connect(transport);
  return client;
}

/** The same lines as over stdio, without a process. */
async function inMemory(app: App, toolsets: readonly Toolset[]): Promise<Served> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const connection = await app.serveStdio({ input, output, toolsets });
  const transport: Transport = {
    start: async () => {
      createInterface({ input: output }).on('line', (line) =>
        transport.onmessage?.(JSON.parse(line) as JSONRPCMessage),
      );
    },
    send: async (message) => {
      input.write(`${JSON.stringify(message)}\n`);
    },
    close: async () => {
      input.end();
      transport.onclose?.();
    },
  };
  return { transport, stop: async () => await connection.close() };
}

function overStdio(env: Record<string, string>, args: readonly string[]): Served {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...args],
    env,
    stderr: 'inherit',
  });
  return {
    transport,
    async stop() {
      const pid = transport.pid;
      if (pid !== null) kill(pid);
    },
  };
}

async function overHttp(env: Record<string, string>, args: readonly string[]): Promise<Served> {
  const { child, url } = await startHttp({ env, args });
  return {
    transport: new StreamableHTTPClientTransport(new URL(url)),
    async stop() {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
