import { TuttiError } from '../kernel/errors.ts';
import type { Fault } from '../kernel/fault.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Digest } from '../ports/digest.ts';
import { definitionHash } from './definition/hash.ts';
import { isWorkflowName } from './definition/paths.ts';
import { readFrom } from './definition/source.ts';
import type { ReadFile } from './definition/source.ts';

/** What a definition is when nothing is wrong with it. */
interface Usable {
  readonly hash: string;
}

/** A definition as read: what is wrong with it, when something is. */
interface Defined {
  readonly faults?: readonly Fault[] | undefined;
}

export interface ShelfParts<Definition extends Defined, Value extends Usable> {
  readonly definitions: Definitions;
  readonly digest: Digest;
  /** What a definition is called to people. */
  readonly noun: 'workflow' | 'agent';
  readonly define: (name: string, read: ReadFile) => Promise<Definition>;
  /** `undefined` for a definition with errors. */
  readonly valueOf: (definition: Definition) => Value | undefined;
  /** Characters it takes up. */
  readonly lengthOf: (value: Value) => number;
}

/** Definitions of one kind, read once per version: every access looks whether the files have changed. */
export interface Shelf<Definition, Value> {
  /** Sorted; broken ones too. @throws TuttiError `definition/service-error` when the medium fails. */
  names(): Promise<readonly string[]>;
  /** Where they were looked for, as the subject of a sentence. */
  whereabouts(): Promise<string>;
  /** As the files say now; `undefined` when there is none of this name. */
  get(name: string): Promise<Definition | undefined>;
  /**
   * The definition an instance is bound to. `load` gives its stored files and is called only when the definition is not at hand.
   *
   * @throws TuttiError `definition/unavailable` when the files are gone, altered, or no longer a definition.
   */
  pinned(name: string, hash: string, load: LoadFiles): Promise<Value>;
}

export type LoadFiles = () => Promise<Readonly<Record<string, string>> | undefined>;

interface Kept<Definition> {
  readonly stamp: string;
  readonly definition: Promise<Definition>;
}

/** How often a definition is read again when its files change while they are read. */
const ATTEMPTS = 3;
const MAX_PINNED = 256;
/** Characters of all pinned definitions together. */
const MAX_PINNED_LENGTH = 64 * 1_048_576;

export function createShelf<Definition extends Defined, Value extends Usable>(
  parts: ShelfParts<Definition, Value>,
): Shelf<Definition, Value> {
  const { definitions, noun } = parts;
  const current = new Map<string, Kept<Definition>>();
  const pinned = pinnedValues(parts.lengthOf);
  const loading = new Map<string, Promise<Value>>();
  const medium = async <T>(work: () => Promise<T>): Promise<T> => await onMedium(noun, work);

  return {
    names: async () => {
      const names = await medium(async () => await definitions.list());
      for (const name of current.keys()) if (!names.includes(name)) current.delete(name);
      return names;
    },
    whereabouts: async () => await medium(async () => await definitions.whereabouts()),
    get: async (name) => {
      const stamp = isWorkflowName(name)
        ? await medium(async () => await definitions.stamp(name))
        : undefined;
      if (stamp === undefined) {
        current.delete(name);
        return undefined;
      }
      const known = current.get(name);
      if (known?.stamp === stamp) return await known.definition;
      const kept = { stamp, definition: medium(async () => await readStable(parts, name, stamp)) };
      current.set(name, kept);
      try {
        const definition = await kept.definition;
        const value = parts.valueOf(definition);
        if (value) pinned.keep(value);
        return definition;
      } catch (cause) {
        if (current.get(name) === kept) current.delete(name);
        throw cause;
      }
    },
    pinned: async (name, hash, load) => {
      const known = pinned.find(hash);
      if (known) return known;
      const value = loading.get(hash) ?? restore(parts, { name, hash, load });
      loading.set(hash, value);
      try {
        const restored = await value;
        pinned.keep(restored);
        return restored;
      } finally {
        loading.delete(hash);
      }
    },
  };
}

/** The first errors in one line. */
export function faultSummary(faults: readonly Fault[]): string {
  const errors = faults.filter((fault) => fault.severity === 'error');
  const shown = errors.slice(0, 3).map((fault) => `${fault.file}:${fault.line}: ${fault.message}`);
  return [
    ...shown,
    ...(errors.length > shown.length ? [`and ${errors.length - shown.length} more.`] : []),
  ].join(' ');
}

/** Reads again while the files change under the reader, so that no version is mixed from two. */
async function readStable<Definition extends Defined, Value extends Usable>(
  { definitions, define }: ShelfParts<Definition, Value>,
  name: string,
  stamp: string,
): Promise<Definition> {
  const read = async (path: string): Promise<string> => await definitions.read(name, path);
  let before: string | undefined = stamp;
  for (let attempt = 1; ; attempt += 1) {
    const definition = await define(name, read);
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

async function restore<Definition extends Defined, Value extends Usable>(
  parts: ShelfParts<Definition, Value>,
  { name, hash, load }: Restoring,
): Promise<Value> {
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
  const definition = await parts.define(name, readFrom(files));
  const value = parts.valueOf(definition);
  if (value) return { ...value, hash };
  const { faults = [] } = definition;
  throw new TuttiError(
    'definition/unavailable',
    `The stored definition of ${name} (${hash.slice(0, 12)}) is no longer valid: ${faultSummary(faults)}`,
    { data: { faults } },
  );
}

async function onMedium<T>(noun: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    throw new TuttiError(
      'definition/service-error',
      `The ${noun} folder could not be read. Check that it exists and its permissions.`,
      { cause },
    );
  }
}

interface PinnedValues<Value> {
  find(hash: string): Value | undefined;
  keep(value: Value): void;
}

/** Definitions by content, the least recently used given up first. */
function pinnedValues<Value extends Usable>(lengthOf: (value: Value) => number): PinnedValues<Value> {
  const kept = new Map<string, { readonly value: Value; readonly length: number }>();
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
      return found.value;
    },
    keep: (value) => {
      drop(value.hash);
      const length = lengthOf(value);
      kept.set(value.hash, { value, length });
      total += length;
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_PINNED && total <= MAX_PINNED_LENGTH) break;
        if (oldest !== value.hash) drop(oldest);
      }
    },
  };
}
