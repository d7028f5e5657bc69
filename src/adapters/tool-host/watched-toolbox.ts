import { watch } from 'node:fs';
import { openToolbox } from './toolbox.ts';
import type { Toolbox, ToolboxOptions } from './toolbox.ts';
import { reasonOf } from './thread-messages.ts';

/** What a module may be made of; a tool may well write other files beside itself. */
const SOURCE = /\.m?[jt]s$/;
const DEBOUNCE_MS = 100;

/**
 * The tools of a folder as it is now: when something in the folder changes, all modules are loaded anew. Calls under way finish where they began.
 *
 * @returns The tools of now.
 */
export function watchedToolbox(options: ToolboxOptions, onChange: () => void): () => Promise<Toolbox> {
  let current = openToolbox(options);
  let loading: Promise<unknown> = current;
  let timer: NodeJS.Timeout | undefined;
  const reload = async () => {
    const next = await openToolbox(options);
    const before = await current;
    current = Promise.resolve(next);
    before.close();
    onChange();
  };
  const soon = (_: string, name: string | null) => {
    if (name !== null && !SOURCE.test(name)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      loading = loading.then(reload);
    }, DEBOUNCE_MS);
  };
  const unwatched = (error: unknown) =>
    options.log(`The folder cannot be watched (${reasonOf(error)}): changes count from the next start on.`);
  try {
    watch(options.dir, { persistent: false }, soon).on('error', unwatched);
  } catch (error) {
    unwatched(error);
  }
  return () => current;
}
