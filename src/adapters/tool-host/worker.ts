// The thread of one module: what it does here, to itself or to the time of others, ends here.
import { enableCompileCache, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { CUSTOM_TOOL, defineTool } from '../../core/kernel/custom-tool.ts';
import type { CustomTool } from '../../core/kernel/custom-tool.ts';
import { toErrorResult, toResult } from './result.ts';
import { reasonOf } from './thread-messages.ts';
import type { FromThread, LeftOut, ToThread } from './thread-messages.ts';

const OURS = 'tutti:custom-tools';
const DEFINE = Symbol.for('tutti.define-tool');

const tools = new Map<string, CustomTool>();
const running = new Map<number, AbortController>();

/** `tutti` is found although it need not be installed where the module is; there it has what modules need. */
function provideTutti(): void {
  Object.defineProperty(globalThis, DEFINE, { value: defineTool });
  const source = `export const defineTool = globalThis[Symbol.for('tutti.define-tool')];`;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'tutti' ? { url: OURS, format: 'module', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === OURS ? { format: 'module', source, shortCircuit: true } : next(url, context),
  });
}

async function load(file: string): Promise<FromThread> {
  provideTutti();
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    // Whoever writes the module wants to know where.
    console.error(error);
    return { kind: 'unloadable', reason: reasonOf(error) };
  }
  const leftOut: LeftOut[] = [];
  const listed: string[] = [];
  // One that is exported under two names is one.
  for (const tool of new Set(Object.values(exported))) {
    if (!isTool(tool)) continue;
    const described = describe(tool);
    if (described.fault !== undefined) leftOut.push({ name: described.name, reason: described.fault });
    else if (tools.has(tool.name))
      leftOut.push({ name: tool.name, reason: 'another tool of the same module has this name' });
    else {
      tools.set(tool.name, tool);
      listed.push(described.text);
    }
  }
  if (listed.length + leftOut.length === 0)
    return { kind: 'unloadable', reason: 'it exports nothing that defineTool made' };
  return { kind: 'loaded', tools: listed, leftOut };
}

function isTool(value: unknown): value is CustomTool {
  return value !== null && typeof value === 'object' && CUSTOM_TOOL in value;
}

type Described =
  | { readonly text: string; readonly fault?: undefined }
  | { readonly name: string; readonly fault: string };

/** A tool as JSON, for those who judge it, or why it cannot be written so. */
function describe(tool: CustomTool): Described {
  const { name, title, description, input, output, risk, annotations } = tool;
  const known = typeof name === 'string' ? name : 'a tool without a name';
  if (typeof tool.run !== 'function') return { name: known, fault: 'its `run` is no function' };
  try {
    return { text: JSON.stringify({ name, title, description, input, output, risk, annotations }) };
  } catch (error) {
    return { name: known, fault: `it cannot be written as JSON: ${reasonOf(error)}` };
  }
}

async function call(id: number, name: string, args: Parameters<CustomTool['run']>[0]): Promise<string> {
  const tool = tools.get(name);
  if (tool === undefined) return toErrorResult(`The module does not offer ${name} any more.`);
  const cancelled = new AbortController();
  running.set(id, cancelled);
  const log = (message: string) => console.error(`${name}: ${message}`);
  try {
    return toResult(await tool.run(args, { signal: cancelled.signal, log }));
  } catch (error) {
    console.error(error);
    return toErrorResult(reasonOf(error));
  } finally {
    running.delete(id);
  }
}

function say(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}

function hear(message: ToThread): void {
  if (message.kind === 'cancel') {
    running.get(message.id)?.abort();
    say({ kind: 'heard', id: message.id });
    return;
  }
  const { id, name, args } = message;
  void call(id, name, args).then((result) => say({ kind: 'answer', id, result }));
}

// The second start of a machine need not strip the same types again.
enableCompileCache();
parentPort?.on('message', hear);
say(await load((workerData as { readonly file: string }).file));
