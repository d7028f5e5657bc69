import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigFile } from './schema.ts';
import type { ConfigFault } from './source.ts';

/** What is named as the folder of agents and is none: without them nobody knows what a state lets be called, and every call would be refused. */
export function folderFaults({ agents: { dir } }: ConfigFile, base: string): ConfigFault[] {
  if (dir === undefined || !isOther(resolve(base, dir))) return [];
  return [
    {
      path: 'agents.dir',
      message: `expected the path of a folder, found ${JSON.stringify(dir)}, which is a file. Name a folder, which need not exist, or leave it out`,
    },
  ];
}

/** What cannot be looked at may be a folder. */
function isOther(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return false;
  }
}
