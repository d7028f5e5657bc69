import { TuttiError } from '../../../core/kernel/errors.ts';
import { knownClients } from '../clients/clients.ts';
import type { Client } from '../clients/client.ts';
import { writeClient } from '../clients/export.ts';
import { readClient } from '../clients/import.ts';
import type { Session } from '../session.ts';
import { cleanLine } from '../text.ts';

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
  const beside = namesBeside(client);
  terminal.answer({ client: client.id, ...written, beside }, () => {
    const still = besideText(beside, client);
    if (!written.changed)
      return [`${client.title} starts Tutti already: ${written.file}`, ...still].join('\n');
    return [
      `Wrote Tutti into ${written.file}`,
      ...(written.backup === undefined ? [] : [`  as it was: ${written.backup}`]),
      ...still,
      `Restart ${client.title} to see it.`,
    ].join('\n');
  });
}

/** Servers that the client starts by itself, past the gate, as it calls them. */
function namesBeside(client: Client): readonly string[] {
  const servers = readClient(client)?.servers ?? [];
  return servers.filter(({ entry }) => entry['disabled'] !== true).map(({ name, from = name }) => from);
}

function besideText(names: readonly string[], { title }: Client): readonly string[] {
  if (names.length === 0) return [];
  return [
    `Still in it, past the gate: ${names.map((name) => cleanLine(name)).join(', ')}`,
    `  Once \`tutti servers test\` shows them as ready, take them out of ${title}: else their tools are there twice, once ungated.`,
  ];
}
