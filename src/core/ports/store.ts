import type { Entry, Instance, Status } from '../kernel/instance.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Approvals } from './approvals.ts';
import type { Audit } from './audit.ts';
import type { Bounds } from './bounds.ts';
import type { Knowledge } from './knowledge.ts';
import type { Pins } from './pins.ts';
import type { Results } from './results.ts';
import type { Transcript } from './transcript.ts';
import type { UsageLog } from './usage.ts';
import type { Vault } from './vault.ts';
import type { Vectors } from './vectors.ts';

/** The answer given for a step token, to be given again whenever the token is. */
export interface Answer {
  readonly token: string;
  readonly instance: string;
  readonly body: JsonObject;
}

/** One move: the instance after it, its journal entry, and the answer it gave, if the move answered a token. */
export interface Move {
  /** At the revision it will have; `entry.seq` equals it. */
  readonly instance: Instance;
  readonly entry: Entry;
  readonly answer?: Answer;
  /** Of a session: what the entry takes is counted for it, and refused with `session/full` beyond these. */
  readonly bounds?: Bounds;
}

export interface InstanceFilter {
  readonly workflow?: string;
  readonly status?: Status;
  /** 1 to 500; what lies outside is brought inside. */
  readonly limit: number;
  /** From a former page's `nextCursor`. It stays good while instances come, change and go, and with another filter. */
  readonly cursor?: string;
}

export interface InstancePage {
  /** Newest first by creation, then by id, descending. */
  readonly instances: readonly Instance[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

export interface EntryFilter {
  /** At least 1. */
  readonly limit: number;
  /** Only entries with a greater seq. */
  readonly after?: number;
  /** Newest first; oldest first by default. */
  readonly newest?: boolean;
}

/**
 * Where instances, journals, answers and definition texts live. A call returns once what it wrote is durable.
 * Implementations pass `test/contracts/store.contract.ts`. Every method that takes an owner treats the rows of others as absent:
 * two owners may use one instance id or one token without noticing each other.
 *
 * Values come back as JSON would carry them: properties that are `undefined` are gone, and nothing is shared with what was given.
 *
 * All methods throw TuttiError `store/unavailable` or `store/full` when the medium fails; then nothing was written. After
 * {@link Store.close} all throw `store/unavailable`.
 */
export interface Store {
  /**
   * Creates an instance at revision 1 with its first entry.
   *
   * @throws TuttiError `definition/unavailable` when the definition was never kept; `instance/conflict` when the owner already has
   * an instance with this id, or an answer to this token.
   */
  create(move: Move): Promise<void>;
  /**
   * Writes instance, entry and answer together. `workflow`, `createdAt` and `parent` stay as they were created.
   *
   * @throws TuttiError `instance/conflict` unless the stored revision is exactly one behind (an absent instance has none), or when
   * the token has an answer already; `definition/unavailable` when it names a definition that was never kept.
   */
  commit(move: Move): Promise<void>;
  load(owner: string, id: string): Promise<Instance | undefined>;
  /** The recorded answer of a token, whichever of the owner's instances it belongs to. */
  answer(owner: string, token: string): Promise<Answer | undefined>;
  /** @throws TuttiError `input/invalid-format` for a cursor that no page gave. */
  list(owner: string, filter: InstanceFilter): Promise<InstancePage>;
  /** Those that run and wait for a person, by the time of their last change, oldest first. `owner` absent: everybody's, for the operator of the process. */
  waiting(filter: { readonly owner?: string; readonly limit: number }): Promise<readonly Instance[]>;
  /** Whoever's has this id, for the operator of the process. */
  find(id: string): Promise<readonly Instance[]>;
  /** Empty when there is no such instance. */
  entries(owner: string, id: string, filter: EntryFilter): Promise<readonly Entry[]>;
  /**
   * Deletes an instance with its journal and answers, and a session with its messages and its own knowledge; `false` when there is none. It is
   * gone at once for whoever reads, and its id is free; what it kept may go from the medium after the call.
   */
  remove(owner: string, id: string): Promise<boolean>;
  /**
   * Writes an instance that lived elsewhere, with its whole journal, at once; `false`, and nothing written, when the owner already
   * has one with this id. `entries` run from 1 to the instance's revision without gaps.
   *
   * @throws TuttiError `definition/unavailable` when the definition was never kept.
   */
  importInstance(instance: Instance, entries: readonly Entry[]): Promise<boolean>;
  /** Keeps the files of a definition under their content hash; a hash already known is left as it is. */
  keepDefinition(hash: string, workflow: string, files: Readonly<Record<string, string>>): Promise<void>;
  definition(hash: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Hashes of all that were kept of a workflow of this name, in no order. */
  definitionHashes(workflow: string): Promise<readonly string[]>;
  readonly approvals: Approvals;
  readonly pins: Pins;
  readonly results: Results;
  readonly audit: Audit;
  readonly usage: UsageLog;
  readonly vault: Vault;
  readonly vectors: Vectors;
  readonly transcript: Transcript;
  readonly knowledge: Knowledge;
  /** Why nothing that is written now would be kept, for people; `undefined` while all is well. Cheap. While there is one, writes throw. */
  problem(): string | undefined;
  /**
   * From now on calls wait for others who hold the medium, all of them together, no longer than this; then whoever meets them throws
   * `store/unavailable` at once. For the end of a process, which must come.
   */
  hurry(ms: number): void;
  /** Finishes what was begun, then releases the medium. May be called again. */
  close(): Promise<void>;
}
