import type { Command } from 'commander';
import { loadConfig, type Config } from '../../config.ts';
import type { App } from '../../app.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** What every command understands. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** One run of one command. */
export interface Session {
  readonly globals: GlobalOptions;
  readonly terminal: Terminal;
}

/** The session of a command, from the options around it. */
export function sessionOf(command: Command): Session {
  return createSession(command.optsWithGlobals<GlobalOptions>());
}

export function createSession(globals: GlobalOptions): Session {
  return { globals, terminal: createTerminal(globals.json ?? false) };
}

/** Reads the configuration and says its warnings on stderr. A command that answers once is quiet unless told otherwise. */
export function sessionConfig({ globals, terminal }: Session, logLevel: 'info' | 'warn' = 'warn'): Config {
  const config = readConfig(globals, logLevel);
  for (const warning of config.warnings) terminal.note(`tutti: ${warning}`);
  return config;
}

export function readConfig({ config }: GlobalOptions, logLevel: 'info' | 'warn'): Config {
  return loadConfig({ ...(config !== undefined && { file: config }), logLevel });
}

/** Opens the product for one piece of work and closes it again, whatever happens. */
export async function withApp<T>(
  session: Session,
  work: (app: App, config: Config) => Promise<T>,
): Promise<T> {
  const config = sessionConfig(session);
  const { createApp } = await import('../../app.ts');
  const app = await createApp(config);
  try {
    return await work(app, config);
  } finally {
    await app.close();
  }
}
