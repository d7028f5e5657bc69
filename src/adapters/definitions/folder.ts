import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { Definitions } from '../../core/ports/definitions.ts';
import { checkDefinitionName, isWorkflowName } from '../../core/workflow/definition/paths.ts';
import { checkFiles, checkPath, checkTexts, MAX_WORKFLOWS } from './bounds.ts';
import { errorCode, isAbsent, readContained, workflowFolder } from './contained.ts';
import type { Folder } from './contained.ts';
import { listPages } from './pages.ts';
import { stampFolder } from './stamp.ts';
import { amendFolder, settleSwaps, swapFolder } from './swap.ts';
import { watchFolders } from './watch.ts';

export interface FolderOptions {
  /** Absolute. Of two folders that hold a workflow of one name, the earlier wins. */
  readonly dirs: readonly string[];
  /** Where workflows are written to, one of `dirs`; made when absent. */
  readonly writeDir: string;
  /** What the folders hold, for messages; `workflow` by default. */
  readonly noun?: 'workflow' | 'agent';
  /** Told, once each, which of `dirs` are not there. */
  readonly onAbsent?: (dir: string) => void;
}

/** How often a reader starts again because the folder was replaced under it. */
const ATTEMPTS = 10;

/** Workflows as folders on disk. Every name and path is contained by the real path of the workflow's own folder. */
export function folderDefinitions(options: FolderOptions): Definitions {
  const { dirs, writeDir, noun = 'workflow' } = options;
  const medium = async <T>(work: () => Promise<T>): Promise<T> => await onMedium(noun, work);
  const absent = new Set<string>();
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = async (work: () => Promise<string>): Promise<string> => {
    const written = writing.then(async () => await medium(work));
    writing = written.catch(() => undefined);
    return await written;
  };
  const onAbsent = (dir: string): void => {
    if (absent.has(dir)) return;
    absent.add(dir);
    options.onAbsent?.(dir);
  };
  return {
    list: async () =>
      await medium(async () => {
        const names = new Set<string>();
        for (const dir of dirs) for (const name of await namesIn(dir, { noun, onAbsent })) names.add(name);
        return [...names].toSorted().slice(0, MAX_WORKFLOWS);
      }),
    whereabouts: async () =>
      (await Promise.all(dirs.map(async (dir) => `${dir}, ${await stateOf(dir)}`))).join('; nor in '),
    stamp: async (workflow) =>
      isWorkflowName(workflow)
        ? await medium(async () => await inFolder({ dirs, workflow, links: 'skip' }, stampFolder))
        : undefined,
    read: async (workflow, path) => {
      checkDefinitionName(workflow);
      checkPath(path);
      const text = await medium(
        async () =>
          await inFolder(
            { dirs, workflow, links: 'refuse' },
            async (folder) => await readContained(folder, path),
          ),
      );
      if (text !== undefined) return text;
      throw new TuttiError('definition/not-found', `There is no file ${path} in ${workflow}.`);
    },
    pages: async (workflow) => {
      checkDefinitionName(workflow);
      return await medium(async () => (await inFolder({ dirs, workflow, links: 'skip' }, listPages)) ?? []);
    },
    amend: async (workflow, files) => {
      checkDefinitionName(workflow);
      checkTexts(files);
      return await inTurn(async () => {
        await checkOwn(options, workflow);
        return await amendFolder({ dir: writeDir, workflow, files });
      });
    },
    write: async (workflow, files) => {
      checkDefinitionName(workflow);
      checkFiles(files);
      return await inTurn(async () => {
        await checkShadow(options, workflow);
        return await swapFolder({ dir: writeDir, workflow, files });
      });
    },
    watch: (onChange) => watchFolders(dirs, onChange),
  };
}

interface Naming {
  readonly noun: string;
  readonly onAbsent: (dir: string) => void;
}

async function namesIn(dir: string, { noun, onAbsent }: Naming): Promise<string[]> {
  try {
    const before = await readdir(dir);
    const swapping = await settleSwaps(dir, before);
    // What is there at one of two looks may have been between two renames at the other.
    const seen = [...swapping, ...before, ...(await readdir(dir))];
    const candidates = [...new Set(seen)].filter((name) => isWorkflowName(name)).slice(0, 4 * MAX_WORKFLOWS);
    const found = await Promise.all(
      candidates.map(async (name) => await settled({ dirs: [dir], workflow: name, links: 'skip' })),
    );
    return candidates.filter((_name, at) => found[at] !== undefined);
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
    await checkFolder(dir, noun);
    onAbsent(dir);
    return [];
  }
}

/** What is there but is no folder was configured by mistake. */
async function checkFolder(dir: string, noun: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  throw new TuttiError(
    'definition/service-error',
    `${dir}: expected a folder of ${noun}s, found ${found.isFile() ? 'a file' : 'a device'}. Name a folder, or remove what stands there.`,
  );
}

async function stateOf(dir: string): Promise<string> {
  try {
    return (await readdir(dir)).length === 0
      ? 'which is empty'
      : 'which holds no folder with an index.md under a valid name';
  } catch (cause) {
    return isAbsent(cause) ? 'which does not exist' : 'which cannot be read';
  }
}

interface Sought {
  readonly dirs: readonly string[];
  readonly workflow: string;
  readonly links: Links;
}

/** What to do about a workflow's folder that is a link out of its parent: pass it by, or say so when there is no other. */
type Links = 'skip' | 'refuse';

/**
 * Works in the folder of a workflow; again when something was not there, since the folder may have been away just then, and the same one
 * may have come back. `undefined` when the folder is not there, or lacks what is looked for twice in a row.
 */
async function inFolder<T>(sought: Sought, work: (folder: string) => Promise<T>): Promise<T | undefined> {
  let lacking: string | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const folder = await settled(sought);
    if (folder === undefined) return undefined;
    try {
      return await work(folder.path);
    } catch (cause) {
      if (!isAbsent(cause)) throw cause;
      if (folder.identity === lacking) return undefined;
      lacking = folder.identity;
    }
  }
  return undefined;
}

/** Where the folder is, once no swap hides it. Two looks without a swap in sight, and it is not there. */
async function settled({ dirs, workflow, links }: Sought): Promise<Folder | undefined> {
  let quiet = 0;
  for (let attempt = 1; attempt <= ATTEMPTS && quiet < 2; attempt += 1) {
    const found = await locate(dirs, workflow, links);
    if (found) return found;
    const swapping = await Promise.all(dirs.map(async (dir) => await settleIn(dir)));
    quiet = swapping.flat().includes(workflow) ? 0 : quiet + 1;
  }
  return undefined;
}

async function settleIn(dir: string): Promise<string[]> {
  try {
    return await settleSwaps(dir);
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw cause;
  }
}

async function locate(dirs: readonly string[], workflow: string, links: Links): Promise<Folder | undefined> {
  let refused: unknown;
  for (const dir of dirs) {
    try {
      const folder = await workflowFolder(dir, workflow);
      if (folder) return folder;
    } catch (cause) {
      if (!(cause instanceof TuttiError)) throw cause;
      refused ??= cause;
    }
  }
  if (refused !== undefined && links === 'refuse') throw refused;
  return undefined;
}

/** A workflow that is written must be the one that is then read. */
async function checkShadow({ dirs, writeDir }: FolderOptions, workflow: string): Promise<void> {
  const target = await realpath(writeDir).catch(() => writeDir);
  for (const dir of dirs) {
    if ((await realpath(dir).catch(() => dir)) === target) return;
    if (await locate([dir], workflow, 'skip')) {
      throw new TuttiError(
        'definition/service-error',
        `${workflow} is served from a folder that comes before the one that is written to, and would hide what is written. Choose another name.`,
      );
    }
  }
}

/** What comes with us, or from another folder, is not ours to change in its place. */
async function checkOwn({ dirs, writeDir }: FolderOptions, workflow: string): Promise<void> {
  const folder = await locate(dirs, workflow, 'refuse');
  if (folder && dirname(folder.path) === (await realpath(writeDir).catch(() => writeDir))) return;
  throw new TuttiError(
    'definition/outside',
    folder
      ? `${workflow} is not in ${writeDir}, and is not changed where it is. Copy its folder there first; the copy wins.`
      : `There is no folder ${workflow} in ${writeDir}.`,
  );
}

/** What the system reports becomes an error of ours; its paths stay in the cause. */
async function onMedium<T>(noun: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    const code = errorCode(cause);
    throw new TuttiError(
      'definition/service-error',
      `The ${noun} folder could not be read or written (${code || 'unknown error'}). Check that it exists, its permissions, and free space.`,
      { cause },
    );
  }
}
