import { configPlace, type ConfigPlace } from '../../../config.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { knownClients } from '../clients/clients.ts';
import type { Client } from '../clients/client.ts';
import { writeClient } from '../clients/export.ts';
import { readClient } from '../clients/import.ts';
import type { GlobalOptions, Session } from '../session.ts';
import { cleanLine, commandWord } from '../text.ts';

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
  const config = configOf(globals, client);
  const args = config === undefined ? [] : ['--config', config.file];
  const written = writeClient(client, client.write('npx', ['-y', 'tutti', ...args]));
  const beside = namesBeside(client);
  terminal.answer({ client: client.id, ...written, ...(config && { config: config.file }), beside }, () => {
    const about = [...(config === undefined ? [] : [configText(config)]), ...besideText(beside, client)];
    if (!written.changed)
      return [`${client.title} starts Tutti already: ${written.file}`, ...about].join('\n');
    return [
      `Wrote Tutti into ${written.file}`,
      ...(written.backup === undefined ? [] : [`  as it was: ${written.backup}`]),
      ...about,
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

/** What a client must be told: it starts Tutti in a folder of its own choice. The user's own configuration is found from everywhere. */
function configOf({ config }: GlobalOptions, { id }: Client): ConfigPlace | undefined {
  const place = configPlace(config === undefined ? {} : { file: config });
  if (config !== undefined || place === undefined) return place;
  if (!place.found) return undefined;
  if (place.trusted) return place;
  const otherwise =
    place.own === undefined
      ? `connect without it: run \`tutti connect ${id}\` in a folder that has none, nor any above it`
      : `connect with your own configuration: \`tutti connect ${id} --config ${commandWord(place.own)}\``;
  throw new TuttiError(
    'tool/held',
    `${place.file} was found by walking up, and nobody trusted it yet: written into a client it would act there. Nothing was written. Read it and run \`tutti trust\`, or ${otherwise}.`,
  );
}

function configText({ file, found }: ConfigPlace): string {
  return found
    ? `  with the configuration found here: ${file}. From now on it is named: what changes in it acts there without \`tutti trust\`.`
    : `  with the configuration ${file}`;
}
