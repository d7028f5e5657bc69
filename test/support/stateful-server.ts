// What the servers with real state have in common: they are started by Node over stdio, in both protocol eras, take their state from
// the first argument (JSON), and write what is called into a file where tests can see it, even after they are gone.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/server';
import type { CallToolResult, ServerContext, Tool } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

/** What every seed may say besides the state of its server. */
export interface Watched {
  /** File that gets one line of JSON for every call that begins or ends. */
  readonly journal?: string;
  /** What it is called there: the name under which it is configured. */
  readonly label?: string;
  /** File that tells the server how to behave while it runs: a {@link Behaviour} as JSON, or absent. */
  readonly control?: string;
}

export interface Behaviour {
  /** Calls are answered only once so many have begun in the journal: at the same time, or never. */
  readonly togetherAt?: number;
  /** Calls of these tools end when they are cancelled. */
  readonly hangs?: readonly string[];
  /** The process ends in the middle of a call of these tools. */
  readonly dies?: readonly string[];
  /** The process does not start. */
  readonly absent?: boolean;
  /** Tools that it no longer offers. */
  readonly withdrawn?: readonly string[];
  /** Tools that it describes in another way than before. */
  readonly rewritten?: readonly string[];
}

/** One line of a journal. */
export interface Journalled {
  readonly server: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly event: 'began' | 'ended' | 'cancelled';
}

/** What has been called, in order; nothing when nothing was. */
export function readJournal(file: string): readonly Journalled[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Journalled);
}

export type Arguments = Readonly<Record<string, unknown>>;

export interface StatefulTool extends Omit<Tool, 'name' | 'inputSchema'> {
  readonly description: string;
  readonly inputSchema: { readonly type: 'object'; readonly [key: string]: unknown };
  readonly outputSchema: { readonly type: 'object'; readonly [key: string]: unknown };
  /** Its structured content; a text is a failure that the model should read. */
  readonly run: (args: Arguments) => object | string;
}

export const READS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
export const WRITES = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};
export const DESTROYS = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};

/** An object schema in which every property that does not end in `?` is required. */
export function record(properties: Readonly<Record<string, object>>) {
  const entries = Object.entries(properties);
  return {
    type: 'object' as const,
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

export const list = (items: object) => ({ type: 'array', items });

/** The seed of the first argument over the state that a server has by itself. */
export function seedOf<State extends object>(state: State): State & Watched {
  const given = process.argv[2];
  return given === undefined ? state : { ...state, ...(JSON.parse(given) as Partial<State> & Watched) };
}

interface Serving {
  readonly name: string;
  readonly instructions: string;
  readonly tools: Readonly<Record<string, StatefulTool>>;
  readonly watched: Watched;
}

export function serve(serving: Serving): void {
  const { name, instructions } = serving;
  if (behaviourOf(serving).absent) {
    process.stderr.write(`${name}: the service is closed for maintenance\n`);
    process.exit(1);
  }
  serveStdio(() => {
    const server = new Server({ name, version: '2.3.0' }, { capabilities: { tools: {} }, instructions });
    server.setRequestHandler('tools/list', () => ({
      tools: Object.entries(offered(serving)).map(([tool, definition]) => toTool(tool, definition)),
    }));
    server.setRequestHandler('tools/call', async ({ params }, ctx) => {
      return await answer(serving, { tool: params.name, args: params.arguments ?? {}, ctx });
    });
    return server;
  });
}

function behaviourOf({ watched: { control } }: Serving): Behaviour {
  return control !== undefined && existsSync(control)
    ? (JSON.parse(readFileSync(control, 'utf8')) as Behaviour)
    : {};
}

function toTool(name: string, definition: StatefulTool): Tool {
  const { run: _run, ...described } = definition;
  return { name, ...described };
}

function offered(serving: Serving): Readonly<Record<string, StatefulTool>> {
  const { withdrawn = [], rewritten = [] } = behaviourOf(serving);
  const kept = Object.entries(serving.tools).filter(([name]) => !withdrawn.includes(name));
  return Object.fromEntries(
    kept.map(([name, tool]) => [name, rewritten.includes(name) ? rewrite(tool) : tool]),
  );
}

function rewrite(tool: StatefulTool): StatefulTool {
  return { ...tool, description: `${tool.description} Works on weekends too.` };
}

interface Asked {
  readonly tool: string;
  readonly args: Arguments;
  readonly ctx: ServerContext;
}

async function answer(serving: Serving, { tool, args, ctx }: Asked): Promise<CallToolResult> {
  const { name, watched } = serving;
  const { hangs, dies, togetherAt } = behaviourOf(serving);
  const tools = offered(serving);
  const found = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  if (!found) return failure(`There is no tool ${tool}.`);
  const note = (event: Journalled['event']) => {
    if (watched.journal === undefined) return;
    const line: Journalled = { server: watched.label ?? name, tool, arguments: args, event };
    appendFileSync(watched.journal, `${JSON.stringify(line)}\n`);
  };
  note('began');
  if (dies?.includes(tool)) process.exit(1);
  const { signal } = ctx.mcpReq;
  if (hangs?.includes(tool)) {
    if (!signal.aborted) await once(signal, 'abort');
    note('cancelled');
    return failure('Cancelled.');
  }
  while (begunIn(watched.journal) < (togetherAt ?? 0)) await sleep(5, undefined, { signal });
  const said = found.run(args);
  note('ended');
  if (typeof said === 'string') return failure(said);
  return {
    content: [{ type: 'text', text: JSON.stringify(said, null, 2) }],
    structuredContent: said as Record<string, unknown>,
  };
}

function begunIn(journal = ''): number {
  return readJournal(journal).filter(({ event }) => event === 'began').length;
}

function failure(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
