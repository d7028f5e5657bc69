import { join, resolve } from 'node:path';

/** The servers of this folder that tests start as processes, many times over. */
export const PROGRAMS = [
  'chat-server',
  'fake-stdio-server',
  'hostile-server',
  'modelled-server',
  'pull-request-server',
  'sdk-server',
  'ticket-server',
] as const;

/** Where one of them stands, bundled by the global set-up. */
export function programOf(name: (typeof PROGRAMS)[number]): string {
  return resolve('.test-build/support', name, `${name}.js`);
}

/** The environment of a process whose user has `dir` for a home, and nothing else. */
export function homeIn(dir: string): Record<string, string> {
  return {
    HOME: dir,
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_DATA_HOME: join(dir, 'share'),
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    LOG_LEVEL: 'error',
  };
}
