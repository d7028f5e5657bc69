import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TuttiError } from '../core/kernel/errors.ts';
import { expandVariables } from './expansion.ts';
import { storeSchema } from './schema.ts';
import { isRecord, parseSource, type ConfigFault } from './source.ts';
import { trustedStore } from './trust.ts';

/**
 * A store that came with a configuration holds whatever its author put there: pins and approvals that nobody here gave. Trust in the text
 * of the file says nothing of it.
 *
 * @param path Of the store that the file names.
 * @throws TuttiError `config/invalid` when a store is there already that the file did not name when it was trusted last.
 */
export function refuseForeignStore(file: string, path: string | undefined): void {
  if (path === undefined || path === trustedStore(file)) return;
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new TuttiError(
    'config/invalid',
    `${file} was never trusted here with this store, but the file of it is there already: ${path}. What that holds of approvals would count as yours, whoever wrote it. Nothing was trusted. Remove it or name another store, then try again. If it is your own, name the configuration by --config instead, which needs no trust.`,
  );
}

/**
 * Where the file itself says that its store is, whatever the environment says instead.
 *
 * @throws TuttiError `config/invalid` when that cannot be told.
 */
export function ownStore(file: string, text: string, env: NodeJS.ProcessEnv): string | undefined {
  const source = parseSource(file, text);
  const written = isRecord(source.value) ? source.value['store'] : undefined;
  const faults: ConfigFault[] = [];
  const store = storeSchema.safeParse(expandVariables(written, env, { path: ['store'], source, faults }));
  const [fault] = faults;
  if (fault !== undefined) {
    throw new TuttiError(
      'config/invalid',
      `${file}: it cannot be told where its store is, so nothing was trusted: ${fault.message}.`,
    );
  }
  // With anything else the configuration never acts.
  const path = store.success ? store.data.slice('sqlite:'.length) : ':memory:';
  return path === ':memory:' ? undefined : resolve(dirname(file), path);
}
