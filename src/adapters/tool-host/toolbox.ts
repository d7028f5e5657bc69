import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../core/kernel/json.ts';
import type { Schemas } from '../../core/ports/schema.ts';
import { toListed } from './definition.ts';
import { ModuleThread } from './module-thread.ts';
import type { Loaded } from './module-thread.ts';
import { toErrorResult } from './result.ts';
import { reasonOf } from './thread-messages.ts';
import type { LeftOut } from './thread-messages.ts';

export interface ToolboxOptions {
  /** The folder of the modules. */
  readonly dir: string;
  /** The program that the thread of a module runs. */
  readonly program: string;
  /** After so long no further module is begun: whoever connects has a deadline, too. */
  readonly loadingMs: number;
  /** What one module may take of it. */
  readonly loadMs: number;
  readonly schemas: Schemas;
  readonly log: (message: string) => void;
}

/** The tools of a folder, loaded once. */
export interface Toolbox {
  readonly tools: readonly JsonObject[];
  readonly leftOut: readonly LeftOut[];
  /** The text of the result; `undefined` when it was cancelled. */
  call(name: string, args: JsonObject, signal: AbortSignal): Promise<string | undefined>;
  /** Lets calls under way finish. */
  close(): void;
}

const MODULE = /^[^._].*\.(?:ts|mts|js|mjs)$/;
const NO_MODULE = /\.(?:d|test|spec)\.m?[jt]s$/;
/** A thread takes some ten megabytes before it does anything. */
const MAX_MODULES = 32;
const GRACE_MS = 500;
/** Threads that are started at once: each has its deadline. */
const AT_ONCE = 4;

/** Loads every module of a folder, each for itself: what is wrong with one is told, and its siblings work. */
export async function openToolbox({
  dir,
  program,
  loadingMs,
  loadMs,
  schemas,
  log,
}: ToolboxOptions): Promise<Toolbox> {
  const leftOut: LeftOut[] = [];
  const leave = (name: string, reason: string) => {
    leftOut.push({ name, reason });
    log(`${name} is left out: ${reason}`);
  };
  const found = await modulesOf(dir, log);
  for (const file of found.slice(MAX_MODULES)) leave(file, `there are more than ${MAX_MODULES} modules`);
  const modules: readonly Module[] = found.slice(0, MAX_MODULES).map((file) => ({
    file,
    thread: new ModuleThread({
      file: join(dir, file),
      program,
      loadMs,
      graceMs: GRACE_MS,
      log: (message) => log(`${file}: ${message}`),
    }),
  }));
  const until = performance.now() + loadingMs;
  const loaded = await inTurn(modules, async ({ thread }) => {
    if (performance.now() > until) throw new Error('the modules before it took too long to load');
    return await thread.load();
  });
  const tools = gather(modules, loaded, { schemas, leave });
  return {
    tools: [...tools.values()].map(({ listed }) => listed),
    leftOut,
    call: async (name, args, signal) => {
      const tool = tools.get(name);
      if (tool === undefined) return toErrorResult(`There is no tool ${JSON.stringify(name.slice(0, 100))}.`);
      return await tool.module.thread.call(name, args, signal);
    },
    close: () => {
      for (const { thread } of modules) thread.close();
    },
  };
}

interface Module {
  readonly file: string;
  readonly thread: ModuleThread;
}

interface Gathering {
  readonly schemas: Schemas;
  readonly leave: (name: string, reason: string) => void;
}

/** By name; of two that have the same one, the first by file name keeps it. */
function gather(
  modules: readonly Module[],
  loaded: readonly (PromiseSettledResult<Loaded> | undefined)[],
  { schemas, leave }: Gathering,
) {
  const tools = new Map<string, { readonly listed: JsonObject; readonly module: Module }>();
  for (const [at, module] of modules.entries()) {
    const { file } = module;
    const outcome = loaded[at];
    if (outcome?.status !== 'fulfilled') {
      leave(file, reasonOf(outcome?.reason));
      continue;
    }
    for (const { name, reason } of outcome.value.leftOut) leave(`${name} (${file})`, reason);
    for (const text of outcome.value.tools) {
      const declared = JSON.parse(text) as JsonObject;
      const name = typeof declared['name'] === 'string' ? declared['name'] : 'a tool without a name';
      const listed = toListed(declared, schemas);
      const other = tools.get(name);
      if (typeof listed === 'string') leave(`${name} (${file})`, listed);
      else if (other) leave(`${name} (${file})`, `${other.module.file} has a tool of this name already`);
      else tools.set(name, { listed, module });
    }
  }
  return tools;
}

/** By file name. A folder that is not there has none. */
async function modulesOf(dir: string, log: (message: string) => void): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && MODULE.test(entry.name) && !NO_MODULE.test(entry.name))
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    log(`The folder cannot be read: ${reasonOf(error)}`);
    return [];
  }
}

async function inTurn<T, U>(
  items: readonly T[],
  work: (item: T) => Promise<U>,
): Promise<readonly (PromiseSettledResult<U> | undefined)[]> {
  const settled: (PromiseSettledResult<U> | undefined)[] = items.map(() => undefined);
  const left = items.entries();
  const worker = async () => {
    for (const [at, item] of left) [settled[at]] = await Promise.allSettled([work(item)]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return settled;
}
