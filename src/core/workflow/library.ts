import { TuttiError } from '../kernel/errors.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Digest } from '../ports/digest.ts';
import type { ParseMarkdown } from '../ports/markdown.ts';
import { defineWorkflow, definitionHash } from './define.ts';
import type { Definition } from './define.ts';
import { isWorkflowName, MAX_NAME_LENGTH } from './definition/paths.ts';
import { readFrom } from './definition/source.ts';
import type { CompileGuidance } from './guidance/guidance.ts';
import type { DeciderName, Workflow } from './workflow.ts';

export interface LibraryParts {
  readonly definitions: Definitions;
  readonly parse: ParseMarkdown;
  readonly compile: CompileGuidance;
  readonly digest: Digest;
  /** For workflows that name none themselves; `['caller']` by default. */
  readonly deciders?: readonly DeciderName[];
}

/** All workflows, compiled once per version: every access looks whether the files have changed. */
export interface Library {
  /** Sorted; broken workflows too. @throws TuttiError `definition/service-error` when the medium fails. */
  names(): Promise<readonly string[]>;
  /** Why there are none: where they were looked for, and what to do. */
  emptiness(): Promise<string>;
  /** As the files say now: a workflow or its faults; `undefined` when there is none of this name. */
  get(name: string): Promise<Definition | undefined>;
  /** @throws TuttiError `definition/not-found`, with the faults in `data` when there are any. */
  startable(name: string): Promise<Workflow>;
  /**
   * The definition an instance is bound to. `load` gives its stored files and is called only when the definition is not at hand.
   *
   * @throws TuttiError `definition/unavailable` when the files are gone, altered, or no longer a definition.
   */
  pinned(name: string, hash: string, load: LoadFiles): Promise<Workflow>;
}

type LoadFiles = () => Promise<Readonly<Record<string, string>> | undefined>;

interface Kept {
  readonly stamp: string;
  readonly definition: Promise<Definition>;
}

/** How often a definition is read again when its files change while they are read. */
const ATTEMPTS = 3;
const MAX_PINNED = 256;
/** Characters of all pinned definitions together. */
const MAX_PINNED_LENGTH = 64 * 1_048_576;

export function createLibrary(parts: LibraryParts): Library {
  const { definitions } = parts;
  const current = new Map<string, Kept>();
  const pinned = pinnedWorkflows();
  const loading = new Map<string, Promise<Workflow>>();

  const get = async (name: string): Promise<Definition | undefined> => {
    const stamp = isWorkflowName(name) ? await medium(async () => await definitions.stamp(name)) : undefined;
    if (stamp === undefined) {
      current.delete(name);
      return undefined;
    }
    const known = current.get(name);
    if (known?.stamp === stamp) return await known.definition;
    const kept: Kept = { stamp, definition: medium(async () => await readStable(parts, name, stamp)) };
    current.set(name, kept);
    try {
      const definition = await kept.definition;
      if (definition.workflow) pinned.keep(definition.workflow);
      return definition;
    } catch (cause) {
      if (current.get(name) === kept) current.delete(name);
      throw cause;
    }
  };

  return {
    names: async () => {
      const names = await medium(async () => await definitions.list());
      for (const name of current.keys()) if (!names.includes(name)) current.delete(name);
      return names;
    },
    emptiness: async () => {
      const where = await medium(async () => await definitions.whereabouts());
      return `No workflow was found in ${where}. Add a folder with an index.md there, or use save_workflow.`;
    },
    get,
    startable: async (name) => {
      const definition = await get(name);
      if (definition?.workflow) return definition.workflow;
      throw notStartable(name, definition?.faults);
    },
    pinned: async (name, hash, load) => {
      const known = pinned.find(hash);
      if (known) return known;
      const workflow = loading.get(hash) ?? restore(parts, { name, hash, load });
      loading.set(hash, workflow);
      try {
        const restored = await workflow;
        pinned.keep(restored);
        return restored;
      } finally {
        loading.delete(hash);
      }
    },
  };
}

/** Reads again while the files change under the reader, so that no version is mixed from two. */
async function readStable(parts: LibraryParts, name: string, stamp: string): Promise<Definition> {
  const { definitions } = parts;
  const read = async (path: string): Promise<string> => await definitions.read(name, path);
  let before: string | undefined = stamp;
  for (let attempt = 1; ; attempt += 1) {
    const definition = await defineWorkflow(name, { ...parts, read });
    const after = await definitions.stamp(name);
    if (after === before || attempt === ATTEMPTS) return definition;
    before = after;
  }
}

interface Restoring {
  readonly name: string;
  readonly hash: string;
  readonly load: LoadFiles;
}

async function restore(parts: LibraryParts, { name, hash, load }: Restoring): Promise<Workflow> {
  const files = await load();
  if (!files) {
    throw new TuttiError(
      'definition/unavailable',
      `The stored definition of ${name} (${hash.slice(0, 12)}) is gone from the store.`,
    );
  }
  if (definitionHash(name, files, parts.digest) !== hash) {
    throw new TuttiError(
      'definition/unavailable',
      `The stored definition of ${name} does not match its hash ${hash.slice(0, 12)}; the store was altered.`,
    );
  }
  const { workflow, faults } = await defineWorkflow(name, { ...parts, read: readFrom(files) });
  if (workflow) return { ...workflow, hash };
  throw new TuttiError(
    'definition/unavailable',
    `The stored definition of ${name} (${hash.slice(0, 12)}) is no longer valid: ${summary(faults)}`,
    { data: { faults } },
  );
}

function notStartable(name: string, faults: readonly Fault[] | undefined): TuttiError {
  if (faults)
    return new TuttiError(
      'definition/not-found',
      `The workflow ${name} has faults and cannot be started: ${summary(faults)}`,
      { data: { faults } },
    );
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  return new TuttiError(
    'definition/not-found',
    `There is no workflow ${JSON.stringify(shown)}. list_workflows names those there are.`,
  );
}

/** The first errors in one line; `data` has them all. */
function summary(faults: readonly Fault[]): string {
  const errors = faults.filter((fault) => fault.severity === 'error');
  const shown = errors.slice(0, 3).map((fault) => `${fault.file}:${fault.line}: ${fault.message}`);
  return [
    ...shown,
    ...(errors.length > shown.length ? [`and ${errors.length - shown.length} more.`] : []),
  ].join(' ');
}

async function medium<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    throw new TuttiError(
      'definition/service-error',
      'The workflow folder could not be read. Check that it exists and its permissions.',
      { cause },
    );
  }
}

interface PinnedWorkflows {
  find(hash: string): Workflow | undefined;
  keep(workflow: Workflow): void;
}

/** Definitions by content, the least recently used given up first. */
function pinnedWorkflows(): PinnedWorkflows {
  const kept = new Map<string, { readonly workflow: Workflow; readonly length: number }>();
  let total = 0;
  const drop = (hash: string): void => {
    total -= kept.get(hash)?.length ?? 0;
    kept.delete(hash);
  };
  return {
    find: (hash) => {
      const found = kept.get(hash);
      if (!found) return undefined;
      kept.delete(hash);
      kept.set(hash, found);
      return found.workflow;
    },
    keep: (workflow) => {
      drop(workflow.hash);
      const length = workflow.steps.reduce((sum, step) => sum + step.text.length, 0);
      kept.set(workflow.hash, { workflow, length });
      total += length;
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_PINNED && total <= MAX_PINNED_LENGTH) break;
        if (oldest !== workflow.hash) drop(oldest);
      }
    },
  };
}
