import { TuttiError } from '../../core/kernel/errors.ts';
import { isFilePath } from '../../core/workflow/definition/paths.ts';

export const MAX_FILE_BYTES = 1_048_576;
/** Workflows that are listed, and files that one workflow may be written with. */
export const MAX_WORKFLOWS = 1_000;
const MAX_FILES = 1_000;
/** Of Markdown files that are listed of one workflow. */
export const MAX_PAGES = 1_000;
const MAX_TOTAL_BYTES = 8 * 1_048_576;

export function checkPath(path: string): void {
  if (isFilePath(path)) return;
  throw new TuttiError(
    'definition/outside',
    `${shown(path)} is no path inside the folder of the workflow. Use relative paths with forward slashes, such as steps/build.md.`,
  );
}

/** What a workflow may be written with: an index, sound paths that no system confuses, bounded texts. */
export function checkFiles(files: Readonly<Record<string, string>>): void {
  if (!Object.hasOwn(files, 'index.md')) {
    throw new TuttiError('definition/invalid', 'The files have no index.md. Add it; it lists the steps.');
  }
  checkTexts(files);
}

/** Sound paths, bounded texts. */
export function checkTexts(files: Readonly<Record<string, string>>): void {
  const paths = Object.keys(files);
  if (paths.length > MAX_FILES) {
    throw new TuttiError(
      'input/too-large',
      `${paths.length} files are too many; a workflow has at most ${MAX_FILES}.`,
    );
  }
  let total = 0;
  for (const [path, text] of Object.entries(files)) {
    checkPath(path);
    const bytes = Buffer.byteLength(text);
    total += bytes;
    if (bytes > MAX_FILE_BYTES || total > MAX_TOTAL_BYTES) {
      throw new TuttiError(
        'input/too-large',
        `${path} is too large. A file has at most ${MAX_FILE_BYTES} bytes, a workflow ${MAX_TOTAL_BYTES}.`,
      );
    }
  }
  checkSpellings(paths);
}

/** Whether a path is that of a Markdown file as it may be read. */
export function isPage(path: string): boolean {
  return isFilePath(path) && /\.md$/i.test(path);
}

/** Only what is there is amended. */
export function notThere(workflow: string, path: string): TuttiError {
  return new TuttiError(
    'definition/outside',
    `${workflow} has no file ${shown(path)} of its own to change. Save the whole workflow instead.`,
  );
}

/** The form in which names are the same file on a system that ignores case or composes characters. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Folded names at the top of a workflow's folder that a save replaces; what else stands there is kept. */
export function replacedNames(files: Readonly<Record<string, string>>): Set<string> {
  const tops = Object.keys(files).map((path) => foldName(path.split('/', 1)[0] ?? path));
  return new Set(['index.md', 'steps', ...tops]);
}

function checkSpellings(paths: readonly string[]): void {
  const spellings = new Map<string, string>();
  for (const path of paths) {
    const segments = path.split('/');
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const part = segments.slice(0, depth).join('/');
      const kind = depth === segments.length ? 'file' : 'folder';
      const key = foldName(part);
      const known = spellings.get(key);
      if (known !== undefined && known !== `${kind} ${part}`) {
        throw new TuttiError(
          'definition/outside',
          `The ${kind} ${part} and the ${known} are one on some systems. Rename one of them.`,
        );
      }
      spellings.set(key, `${kind} ${part}`);
    }
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
