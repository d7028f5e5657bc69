import { TuttiError } from '../../../core/kernel/errors.ts';
import { knownClients } from '../clients/clients.ts';
import { writeClient } from '../clients/export.ts';
import type { Session } from '../session.ts';

/** Writes Tutti into a client's configuration, a backup of which is kept. */
export function connectClient({ terminal, globals }: Session, id: string): void {
  const clients = knownClients();
  const client = clients.find((each) => each.id === id);
  if (!client) {
    throw new TuttiError(
      'input/invalid-format',
      `There is no client "${id.slice(0, 40)}". Choose from: ${clients.map((each) => each.id).join(', ')}.`,
    );
  }
  const config = globals.config === undefined ? [] : ['--config', globals.config];
  const written = writeClient(client, client.write('npx', ['-y', 'tutti', ...config]));
  terminal.answer({ client: client.id, ...written }, () => {
    if (!written.changed) return `${client.title} starts Tutti already: ${written.file}`;
    return [
      `Wrote Tutti into ${written.file}`,
      ...(written.backup === undefined ? [] : [`  as it was: ${written.backup}`]),
      `Restart ${client.title} to see it.`,
    ].join('\n');
  });
}
