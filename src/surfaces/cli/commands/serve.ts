import { fstatSync } from 'node:fs';
import type { Config, Toolset } from '../../../config.ts';
import { TOOLSETS } from '../../../config/schema.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { readConfig, sessionConfig, type Session } from '../session.ts';

export interface ServeOptions {
  readonly stdio?: boolean;
  readonly http?: boolean;
  readonly host?: string;
  readonly port?: number;
  readonly toolsets?: readonly string[];
}

/** Serves until the client leaves (stdio) or the process is told to stop; what was begun is finished first. */
export async function serve(
  session: Session,
  options: ServeOptions,
  stopRequested: Promise<void>,
): Promise<void> {
  const { terminal } = session;
  const config = sessionConfig(session, 'info');
  const toolsets = options.toolsets?.map(toToolset) ?? config.toolsets;
  const { createApp } = await import('../../../app.ts');
  const app = await createApp(config);
  app.follow(() => readConfig(session.globals, 'info'));
  try {
    if (speaksStdio(options)) {
      if (process.stdin.isTTY) terminal.note(STDIO_AT_TERMINAL);
      const connection = await app.serveStdio({ toolsets });
      await Promise.race([connection.closed, stopRequested]);
    } else {
      if (process.stdin.isTTY) terminal.note(introduction(config));
      const { host = config.http.host, port = config.http.port } = options;
      const server = await app.serveHttp({ host, port, toolsets });
      terminal.note(`tutti: ${server.url}`);
      await stopRequested;
    }
  } finally {
    await app.close();
    // A client that does not read keeps its answers unwritten, and would keep the process alive with them.
    setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
  }
}

const LAST_WORDS_MS = 2000;

const STDIO_AT_TERMINAL =
  'tutti: an MCP server over stdio, reading JSON-RPC lines from this terminal. Ctrl-C ends it.';

function toToolset(name: string): Toolset {
  const toolset = TOOLSETS.find((each) => each === name);
  if (toolset) return toolset;
  throw new TuttiError(
    'input/invalid-format',
    `There is no toolset "${name}". Choose from: ${TOOLSETS.join(', ')}.`,
  );
}

/** An MCP client starts us with a pipe (on some systems a socket); a terminal or a service manager does not. */
function speaksStdio({ stdio, http, host, port }: ServeOptions): boolean {
  if (stdio) return true;
  if (http || host !== undefined || port !== undefined) return false;
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isSocket() || stdin.isFile();
  } catch {
    return false;
  }
}

function introduction(config: Config): string {
  return [
    'Tutti conducts durable workflows, written in Markdown, for any MCP client.',
    `  workflows  ${config.workflows.dir}${config.workflows.shipped ? ', over those that ship' : ''}`,
    `  store      ${config.store.path}`,
    '  try        tutti demo · tutti workflows list · tutti --help',
    'Give an MCP client the command `npx -y tutti`, or this address (Ctrl-C stops it):',
  ].join('\n');
}
