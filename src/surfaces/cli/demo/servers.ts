import { existsSync } from 'node:fs';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

/** The servers of the demonstration: the reference servers where they are installed, else small ones of ours with the same tools. */
export const DEMO_SERVERS = ['filesystem', 'memory', 'everything'] as const;
export type DemoServer = (typeof DEMO_SERVERS)[number];

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a server is started that may work in `folder`; and whether it is the reference server. */
export function demoLaunch(name: DemoServer, folder: string): Launch & { readonly reference: boolean } {
  const installed = referenceServer(name);
  const args = installed === undefined ? [process.argv[1] ?? '', 'demo-server', name] : [installed];
  return {
    command: process.execPath,
    args: name === 'filesystem' ? [...args, folder] : args,
    env: name === 'memory' ? { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') } : {},
    reference: installed !== undefined,
  };
}

function referenceServer(name: DemoServer): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@modelcontextprotocol/server-${name}/package.json`,
    );
    const main = join(dirname(manifest), 'dist', 'index.js');
    return existsSync(main) ? main : undefined;
  } catch {
    return undefined;
  }
}

interface DemoTool {
  readonly description: string;
  readonly properties: Readonly<
    Record<string, { readonly type: string; readonly items?: { readonly type: string } }>
  >;
  readonly run: (input: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** Serves one of the small servers over stdin and stdout. */
export function playServer(name: DemoServer, folder: string): void {
  const tools = toolsOf(name, folder);
  serveStdio(() => {
    const server = new Server({ name, version: '1.0.0' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({
      tools: [...tools].map(([tool, { description, properties }]) => ({
        name: tool,
        description,
        inputSchema: {
          type: 'object' as const,
          properties: { ...properties },
          required: Object.keys(properties),
        },
      })),
    }));
    server.setRequestHandler('tools/call', async ({ params }) => {
      try {
        const tool = tools.get(params.name);
        if (!tool) throw new Error(`There is no tool ${params.name}.`);
        return { content: [{ type: 'text', text: await tool.run(params.arguments ?? {}) }] };
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        return { content: [{ type: 'text', text }], isError: true };
      }
    });
    return server;
  });
}

const TEXT = { type: 'string' } as const;

function toolsOf(name: DemoServer, folder: string): ReadonlyMap<string, DemoTool> {
  switch (name) {
    case 'filesystem':
      return fileTools(folder);
    case 'memory':
      return memoryTools();
    case 'everything':
      return new Map([
        [
          'get-sum',
          {
            description: 'Returns the sum of two numbers.',
            properties: { a: { type: 'number' }, b: { type: 'number' } },
            run: async ({ a, b }) => `The sum of ${String(a)} and ${String(b)} is ${Number(a) + Number(b)}.`,
          },
        ],
      ]);
  }
}

function fileTools(folder: string): ReadonlyMap<string, DemoTool> {
  return new Map([
    [
      'read_text_file',
      {
        description: 'Read the complete contents of a file as text.',
        properties: { path: TEXT },
        run: async ({ path }) => await readFile(await within(folder, path), 'utf8'),
      },
    ],
    [
      'write_file',
      {
        description: 'Create a file or completely overwrite an existing one.',
        properties: { path: TEXT, content: TEXT },
        run: async ({ path, content }) => {
          await writeFile(await within(folder, path), String(content));
          return `Successfully wrote to ${String(path)}`;
        },
      },
    ],
  ]);
}

/** The path, once it is certain that it does not leave the folder. */
async function within(folder: string, path: unknown): Promise<string> {
  const file = String(path);
  const way = relative(
    await realpath(folder),
    join(await realpath(dirname(file)), file.slice(dirname(file).length)),
  );
  if (way === '..' || way.startsWith(`..${sep}`)) throw new Error(`${file} lies outside ${folder}.`);
  return file;
}

interface Entity {
  readonly name: string;
  readonly observations: readonly string[];
}

function memoryTools(): ReadonlyMap<string, DemoTool> {
  const entities: Entity[] = [];
  return new Map([
    [
      'create_entities',
      {
        description: 'Create new entities in the knowledge graph.',
        properties: { entities: { type: 'array', items: { type: 'object' } } },
        run: async ({ entities: given }) => {
          entities.push(...(given as readonly Entity[]));
          return JSON.stringify(given);
        },
      },
    ],
    [
      'search_nodes',
      {
        description: 'Search for nodes in the knowledge graph by a query.',
        properties: { query: TEXT },
        run: async ({ query }) =>
          JSON.stringify({
            entities: entities.filter((each) => JSON.stringify(each).includes(String(query))),
          }),
      },
    ],
  ]);
}
