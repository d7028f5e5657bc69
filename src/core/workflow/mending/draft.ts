import type { Fault } from '../../kernel/fault.ts';
import type { Definitions } from '../../ports/definitions.ts';
import { defineWorkflow } from '../define.ts';
import type { Definition, DefineParts } from '../define.ts';
import type { ReadFile } from '../definition/source.ts';
import { lintWorkflow } from '../lint.ts';

export type DraftParts = Pick<DefineParts, 'parse' | 'compile' | 'digest'>;

/** A workflow as an author has it: its files as written, and what is wrong with them. */
export interface Draft {
  readonly definition: Definition;
  readonly faults: readonly Fault[];
  /** Every file that was read, byte for byte. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Looks at the files of a workflow, with some of them replaced by texts that are not written yet. */
export type LookAt = (texts?: ReadonlyMap<string, string>) => Promise<Draft>;

/** How often a workflow is read again when its files change while they are read. */
const ATTEMPTS = 3;

/** Reads files from `read`, each once. `pages` are those that are there, linked or not. */
export function draftsOf(
  name: string,
  {
    read,
    pages,
    parts,
  }: { readonly read: ReadFile; readonly pages: readonly string[]; readonly parts: DraftParts },
): LookAt {
  const known = new Map<string, Promise<string>>();
  return async (texts) => {
    const used = new Map<string, string>();
    const definition = await defineWorkflow(name, {
      ...parts,
      pages,
      read: async (path) => {
        const stored = known.get(path) ?? read(path);
        known.set(path, stored);
        const text = texts?.get(path) ?? (await stored);
        used.set(path, text);
        return text;
      },
    });
    const faults = definition.workflow ? lintWorkflow(definition, pages) : definition.faults;
    return { definition, faults, texts: used };
  };
}

export interface Stored {
  readonly look: LookAt;
  readonly draft: Draft;
}

/** A workflow as it is stored, in one version; `undefined` when there is none of this name. */
export async function storedDraft(
  name: string,
  { definitions, parts }: { readonly definitions: Definitions; readonly parts: DraftParts },
): Promise<Stored | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const stamp = await definitions.stamp(name);
    if (stamp === undefined) return undefined;
    const pages = await definitions.pages(name);
    const look = draftsOf(name, { pages, parts, read: async (path) => await definitions.read(name, path) });
    const draft = await look();
    if ((await definitions.stamp(name)) === stamp || attempt === ATTEMPTS) return { look, draft };
  }
}
