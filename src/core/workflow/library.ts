import { TuttiError } from '../kernel/errors.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Digest } from '../ports/digest.ts';
import type { ParseMarkdown } from '../ports/markdown.ts';
import { defineWorkflow } from './define.ts';
import type { Definition } from './define.ts';
import { MAX_NAME_LENGTH } from './definition/paths.ts';
import type { CompileGuidance } from './guidance/guidance.ts';
import { createShelf, faultSummary } from './shelf.ts';
import type { LoadFiles } from './shelf.ts';
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

export function createLibrary(parts: LibraryParts): Library {
  const shelf = createShelf<Definition, Workflow>({
    definitions: parts.definitions,
    digest: parts.digest,
    noun: 'workflow',
    define: async (name, read) => await defineWorkflow(name, { ...parts, read }),
    valueOf: ({ workflow }) => workflow,
    lengthOf: ({ steps }) => steps.reduce((sum, step) => sum + step.text.length, 0),
  });
  return {
    ...shelf,
    emptiness: async () =>
      `No workflow was found in ${await shelf.whereabouts()}. Add a folder with an index.md there, or use save_workflow.`,
    startable: async (name) => {
      const definition = await shelf.get(name);
      if (definition?.workflow) return definition.workflow;
      throw notStartable(name, definition?.faults);
    },
  };
}

function notStartable(name: string, faults: readonly Fault[] | undefined): TuttiError {
  if (faults)
    return new TuttiError(
      'definition/not-found',
      `The workflow ${name} has faults and cannot be started: ${faultSummary(faults)}`,
      { data: { faults } },
    );
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  return new TuttiError(
    'definition/not-found',
    `There is no workflow ${JSON.stringify(shown)}. list_workflows names those there are.`,
  );
}
