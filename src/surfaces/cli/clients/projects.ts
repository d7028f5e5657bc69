import { join } from 'node:path';
import type { Client, Entry } from './client.ts';

/** Where known clients keep what is for one project only; it is read, and never written. */
export function projectSources(clients: readonly Client[], folder: string): readonly Client[] {
  return clients.flatMap((client): readonly Client[] => {
    switch (client.id) {
      case 'claude-code':
        return [
          ...spellings(folder).map((key) => claudeIn(client, key)),
          shared(client, { file: join(folder, '.mcp.json'), read: named }),
        ];
      case 'gemini-cli': {
        const file = join(folder, '.gemini', 'settings.json');
        return file === client.file ? [] : [shared(client, { file })];
      }
      default:
        return [];
    }
  });
}

function claudeIn(client: Client, key: string): Client {
  return { ...client, title: titleOf(client), within: ['projects', key], isOff: isOffInClaude };
}

/** What comes with the folder. */
function shared(client: Client, own: Pick<Client, 'file'> & Partial<Pick<Client, 'read'>>): Client {
  return { ...client, title: titleOf(client), isShared: true, ...own };
}

/** Claude Code puts the values of variables into that file as `${NAME}`; with a default behind the name they are none of ours. */
function named(entry: Entry): Entry {
  const text = JSON.stringify(entry).replaceAll(/\$\{(\w+)\}/g, '${env:$1}');
  return JSON.parse(text) as Entry;
}

function titleOf({ title }: Client): string {
  return `${title}, this project`;
}

/** Claude Code writes folders of Windows with either slash. */
function spellings(folder: string): readonly string[] {
  return [...new Set([folder, folder.replaceAll('\\', '/')])];
}

function isOffInClaude(name: string, { disabledMcpServers: off }: Entry): boolean {
  return Array.isArray(off) && off.includes(name);
}
