import { join } from 'node:path';
import type { Client, Entry } from './client.ts';

/** Where known clients keep what is for one project only; it is read, and never written. */
export function projectSources(clients: readonly Client[], folder: string): readonly Client[] {
  return clients.flatMap((client): readonly Client[] => {
    switch (client.id) {
      case 'claude-code':
        return spellings(folder).map((key) => claudeIn(client, key));
      case 'gemini-cli': {
        const file = join(folder, '.gemini', 'settings.json');
        return file === client.file ? [] : [geminiIn(client, file)];
      }
      default:
        return [];
    }
  });
}

function claudeIn(client: Client, key: string): Client {
  return { ...client, title: titleOf(client), within: ['projects', key], isOff: isOffInClaude };
}

function geminiIn(client: Client, file: string): Client {
  return { ...client, title: titleOf(client), file, isShared: true };
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
