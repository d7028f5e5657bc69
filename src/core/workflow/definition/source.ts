import { TuttiError } from '../../kernel/errors.ts';

/** The text of one file of the workflow, or a TuttiError, as `Definitions.read` raises it. */
export type ReadFile = (path: string) => Promise<string>;

type SourceText = { readonly text: string } | { readonly unreadable: string };

/** The files of one definition while it is read: each is read once, and what was read is recorded. */
export interface Source {
  /** Byte order mark taken off, line ends as `\n`. */
  text(path: string): Promise<SourceText>;
  readonly files: ReadonlyMap<string, string>;
}

export function createSource(read: ReadFile): Source {
  const files = new Map<string, string>();
  const known = new Map<string, Promise<SourceText>>();
  const load = async (path: string): Promise<SourceText> => {
    try {
      const text = normalLines(await read(path));
      files.set(path, text);
      return { text };
    } catch (cause) {
      if (cause instanceof TuttiError && cause.code !== 'definition/service-error')
        return { unreadable: cause.message };
      throw cause;
    }
  };
  return {
    files,
    text: async (path) => {
      const text = known.get(path) ?? load(path);
      known.set(path, text);
      return await text;
    },
  };
}

/** Reads from texts that are already at hand: stored with an instance, or sent by a client. */
export function readFrom(files: Readonly<Record<string, string>>): ReadFile {
  return async (path) => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    if (text === undefined) throw new TuttiError('definition/not-found', `There is no file ${path}.`);
    return await Promise.resolve(text);
  };
}

/** One text for every checkout, so that line ends do not change the hash of a definition. */
function normalLines(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
}
