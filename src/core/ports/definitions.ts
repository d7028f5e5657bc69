/**
 * Where definitions come from: folders of text files, one folder a workflow. Agents are read through it alike.
 * Implementations pass `test/contracts/definitions.contract.ts`.
 */
export interface Definitions {
  /** Names of the workflow folders, sorted, each once, at most 1,000. A folder counts when its name is valid and it holds an `index.md`, readable or not. */
  list(): Promise<readonly string[]>;
  /**
   * Where workflows are looked for and what was found of that place, for people, as the subject of a sentence:
   * `/x, which does not exist`. Asked when `list` found nothing; cheap.
   */
  whereabouts(): Promise<string>;
  /**
   * Changes whenever a file of the workflow changes, appears or goes; `undefined` when there is no such folder.
   * Cheap: it looks at sizes and times, not at contents.
   */
  stamp(workflow: string): Promise<string | undefined>;
  /**
   * The text of one file of a workflow. `path` is relative to the workflow's folder, with forward slashes.
   *
   * @throws TuttiError `definition/outside` for a name or path that leaves the workflow's folder by `..`, an absolute path, a
   * symbolic link, a NUL byte or another spelling; `definition/not-found` for a file that is not there or is no regular file of
   * readable UTF-8 text; `input/too-large` beyond 1 MiB; `definition/service-error` when the medium fails.
   */
  read(workflow: string, path: string): Promise<string>;
  /**
   * Paths of the Markdown files in the workflow's folder, sorted, at most 1,000: regular files under names that {@link read} takes. None
   * when there is no such folder.
   *
   * @throws TuttiError `definition/outside` for a name that is none; `definition/service-error`.
   */
  pages(workflow: string): Promise<readonly string[]>;
  /**
   * Replaces the texts of some files that are there, all at once; every other file stays byte for byte. Only where {@link write} writes.
   *
   * @returns where the workflow stands, for people.
   * @throws TuttiError `definition/outside` for a workflow that is served from elsewhere, or a file that is not there or is reached by a
   * link; `input/too-large`; `definition/service-error`.
   */
  amend(workflow: string, files: Readonly<Record<string, string>>): Promise<string>;
  /**
   * Replaces or creates a whole workflow at once: a reader sees the old one or the new one, never a mixture. `index.md`, `steps/` and
   * every file or folder at the top that `files` bring are replaced; what else stands in the folder, such as `tests/`, is kept.
   *
   * @returns where it now stands, for people.
   * @throws TuttiError `definition/outside`, `definition/invalid` without an `index.md`, `input/too-large` beyond 1 MiB a file,
   * 8 MiB or 1,000 files, `definition/service-error`.
   */
  write(workflow: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Calls back after something changed, at some later time. Returns how to stop. */
  watch(onChange: () => void): () => void;
}
