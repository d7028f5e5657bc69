import { resolve } from 'node:path';

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
