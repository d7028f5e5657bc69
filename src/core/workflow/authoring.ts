import { TuttiError } from '../kernel/errors.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Definitions } from '../ports/definitions.ts';
import { checkDefinitionName, isWorkflowName } from './definition/paths.ts';
import { readFrom } from './definition/source.ts';
import { writeContracts } from './mending/contracts.ts';
import { draftsOf, storedDraft } from './mending/draft.ts';
import type { Draft, DraftParts, LookAt, Stored } from './mending/draft.ts';
import { mend } from './mending/mend.ts';
import { outlinedFiles } from './outline.ts';
import type { Outline } from './outline.ts';
import { suggestContracts } from './suggest.ts';
import type { Suggestion } from './suggest.ts';
import type { Workflow } from './workflow.ts';

export interface Verification {
  /** No errors; warnings may remain. */
  readonly valid: boolean;
  readonly faults: readonly Fault[];
  /** How sentences that are left to judgement could be closed or made certain; absent when there is none. */
  readonly suggestions?: readonly Suggestion[];
}

/** What was saved, and what its author should still look at. */
export interface Saved {
  readonly path: string;
  readonly warnings: readonly Fault[];
}

export interface MendInput {
  readonly workflow: string;
  /** Write nothing, only say what would be written. */
  readonly dryRun?: boolean;
  /** Write the outcome contracts that are suggested, too. */
  readonly contracts?: boolean;
}

/** One file, before and after. */
export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** What mending came to, and what is still to be mended. */
export interface Mending extends Verification {
  readonly changes: readonly FileChange[];
  /** Faults that are gone by an edit of their own. */
  readonly mended: readonly Fault[];
  /** Contracts that were written. */
  readonly contracts: readonly Suggestion[];
}

/** An outlined workflow as files, and what is wrong with them. One with a way that leads to none of its steps is not valid. */
export interface Sketch extends Verification {
  readonly files: Readonly<Record<string, string>>;
  /** Absent when it cannot be started. */
  readonly definition?: Workflow;
}

/** What authors do with definitions. */
export interface Authoring {
  /**
   * Faults of a workflow in the folder, or of files that are not saved yet.
   *
   * @throws TuttiError `definition/not-found`.
   */
  validate(
    input: { readonly workflow: string } | { readonly files: Readonly<Record<string, string>> },
  ): Promise<Verification>;
  /** Lints, then writes. @throws TuttiError `definition/invalid` with the faults; nothing is written then. */
  save(input: {
    readonly workflow: string;
    readonly files: Readonly<Record<string, string>>;
  }): Promise<Saved>;
  /** Writes an outline out as files, which are saved nowhere. */
  sketch(input: { readonly workflow: string; readonly outline: Outline }): Promise<Sketch>;
  /**
   * Mends in the files of a workflow what there is one way only to mend; everything else stays byte for byte.
   *
   * @throws TuttiError `definition/not-found`; `definition/outside` for a workflow that is not in the folder that is written to;
   *   `definition/service-error` when the files changed meanwhile.
   */
  mend(input: MendInput): Promise<Mending>;
}

export interface AuthoringParts extends DraftParts {
  readonly definitions: Definitions;
}

export function createAuthoring({ definitions, ...parts }: AuthoringParts): Authoring {
  const stored = async (workflow: string): Promise<Stored> => {
    const found = isWorkflowName(workflow) ? await storedDraft(workflow, { definitions, parts }) : undefined;
    if (found) return found;
    throw new TuttiError(
      'definition/not-found',
      `There is no workflow "${workflow.slice(0, 100)}". list_workflows names those there are.`,
    );
  };
  return {
    validate: async (input) =>
      verificationOf(
        'files' in input ? await draftOf('DRAFT', input.files, parts) : (await stored(input.workflow)).draft,
      ),
    save: async ({ workflow, files }) => {
      checkDefinitionName(workflow);
      const { valid, faults } = verificationOf(await draftOf(workflow, files, parts));
      if (!valid) {
        const first = faults.find((fault) => fault.severity === 'error');
        throw new TuttiError(
          'definition/invalid',
          `Nothing was saved: ${first?.file}:${first?.line}: ${first?.message} Mend the faults and save again.`,
          { data: { faults } },
        );
      }
      return { path: await definitions.write(workflow, files), warnings: faults };
    },
    sketch: async ({ workflow, outline }) => {
      const files = outlinedFiles(workflow, outline);
      const look = draftsOf(workflow, { read: readFrom(files), pages: Object.keys(files), parts });
      const { draft, texts } = await writeContracts(await look(), look);
      const definition = draft.definition.workflow;
      const faults = draft.faults.map((each) => (each.code === DANGLING ? asError(each) : each));
      return {
        ...verificationOf({ ...draft, faults }),
        files: { ...files, ...Object.fromEntries(texts) },
        ...(definition && { definition }),
      };
    },
    mend: async ({ workflow, dryRun = false, contracts = false }) => {
      const { look, draft } = await stored(workflow);
      const mending = await mendingOf(draft, look, contracts);
      const { changes } = mending;
      if (changes.length > 0 && !dryRun) {
        for (const { file, before } of changes)
          if ((await definitions.read(workflow, file)) !== before) throw changedMeanwhile(workflow, file);
        const texts = changes.map(({ file, after }) => [file, after] as const);
        await definitions.amend(workflow, Object.fromEntries(texts));
      }
      return mending;
    },
  };
}

const DANGLING = 'target/dangling';

/** In a page, a way to no step may be prose; an outline says that it is a way. */
function asError(fault: Fault): Fault {
  return { ...fault, severity: 'error' };
}

/** First what there is one way to mend, then the contracts, if they are wanted. */
async function mendingOf(draft: Draft, look: LookAt, contracts: boolean): Promise<Mending> {
  const mended = await mend(draft, look);
  const over: LookAt = async (texts) => await look(new Map([...mended.texts, ...(texts ?? [])]));
  const written = contracts ? await writeContracts(mended.draft, over) : undefined;
  return {
    ...verificationOf(written?.draft ?? mended.draft),
    changes: await changesOf(look, new Map([...mended.texts, ...(written?.texts ?? [])])),
    mended: mended.faults,
    contracts: written?.applied ?? [],
  };
}

async function draftOf(
  name: string,
  files: Readonly<Record<string, string>>,
  parts: DraftParts,
): Promise<Draft> {
  return await draftsOf(name, { read: readFrom(files), pages: Object.keys(files), parts })();
}

function verificationOf({ definition, faults }: Draft): Verification {
  const suggestions = definition.workflow ? suggestContracts(definition) : [];
  return {
    valid: faults.every((fault) => fault.severity !== 'error'),
    faults,
    ...(suggestions.length > 0 && { suggestions }),
  };
}

/** Beside the texts as they are stored: a page may be read only because another file was changed to link to it. */
async function changesOf(look: LookAt, changed: ReadonlyMap<string, string>): Promise<readonly FileChange[]> {
  const changes: FileChange[] = [];
  for (const [file, after] of changed) {
    const others = [...changed].filter(([other]) => other !== file);
    const before = (await look(new Map(others))).texts.get(file) ?? '';
    if (before !== after) changes.push({ file, before, after });
  }
  return changes;
}

function changedMeanwhile(workflow: string, file: string): TuttiError {
  return new TuttiError(
    'definition/service-error',
    `${file} of ${workflow} was changed by somebody else just now, so nothing was written. Try again.`,
  );
}
