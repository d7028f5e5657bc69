import type { Entry, Instance } from '../../core/kernel/instance.ts';
import type { Answer, Move, Store } from '../../core/ports/store.ts';
import { entryBytes } from './footprint.ts';
import { memoryFootprints } from './memory-footprints.ts';
import { memoryKnowledge } from './memory-knowledge.ts';
import { memoryParts } from './memory-parts.ts';
import { memoryTranscript } from './memory-transcript.ts';
import { toEntryRow } from './rows.ts';
import {
  checkFirstMove,
  checkJournal,
  checkMove,
  closed,
  conflict,
  pageSize,
  parseCursor,
  taken,
  toCursor,
  unknownDefinition,
} from './rules.ts';

/** Values are kept as JSON texts, so that nothing is shared and everything comes back as from a database. */
interface Kept {
  readonly revision: number;
  readonly createdAt: number;
  readonly id: string;
  readonly workflow: string;
  readonly status: string;
  readonly parent: string | null;
  readonly text: string;
  readonly journal: string[];
  readonly tokens: string[];
}

interface Rows {
  readonly instances: Map<string, Kept>;
  readonly answers: Map<string, string>;
}

/** A store in plain maps, for simulations and for runs that nobody needs to keep. */
export function memoryStore(): Store {
  const shelf = new Shelf();
  const checkOpen = () => void shelf.opened();
  const { footprints } = shelf;
  const has = (owner: string, id: string) => shelf.rowsOf(owner).instances.has(id);
  const sessions = { checkOpen, has, footprints };
  const { transcript, forget: forgetMessages } = memoryTranscript(sessions);
  const { knowledge, forget: forgetKnowledge } = memoryKnowledge(sessions);
  shelf.forget = (owner, id) => {
    forgetMessages(owner, id);
    forgetKnowledge(owner, id);
    footprints.drop({ owner, session: id });
  };
  return {
    transcript,
    knowledge,
    ...moves(shelf),
    ...reads(shelf),
    ...memoryParts(checkOpen),
    async keepDefinition(hash, workflow, files) {
      const { definitions } = shelf.opened();
      if (!definitions.has(hash)) definitions.set(hash, { workflow, files: JSON.stringify(files) });
    },
    async definition(hash) {
      const text = shelf.opened().definitions.get(hash)?.files;
      return text === undefined ? undefined : (JSON.parse(text) as Readonly<Record<string, string>>);
    },
    async definitionHashes(workflow) {
      const all = [...shelf.opened().definitions];
      return all.filter(([, kept]) => kept.workflow === workflow).map(([hash]) => hash);
    },
    problem: () => undefined,
    hurry: () => undefined,
    async close() {
      shelf.open = false;
    },
  };
}

class Shelf {
  readonly owners = new Map<string, Rows>();
  readonly definitions = new Map<string, { readonly workflow: string; readonly files: string }>();
  readonly footprints = memoryFootprints();
  open = true;
  /** Takes out what parts of the store keep of an instance that goes. */
  forget: (owner: string, id: string) => void = () => {};

  opened(): this {
    if (!this.open) throw closed();
    return this;
  }

  rowsOf(owner: string): Rows {
    const { owners } = this.opened();
    const rows = owners.get(owner) ?? { instances: new Map(), answers: new Map() };
    owners.set(owner, rows);
    return rows;
  }

  /** @throws TuttiError `session/full`. */
  count({ instance, entry, bounds }: Move): void {
    if (bounds === undefined) return;
    const keeper = { owner: instance.owner, session: instance.id };
    this.footprints.add(keeper, entryBytes(toEntryRow(instance, entry)), bounds);
  }

  needDefinition(instance: Instance): void {
    if (!this.definitions.has(instance.definition)) throw unknownDefinition(instance);
  }
}

function moves(shelf: Shelf): Pick<Store, 'create' | 'commit' | 'importInstance' | 'remove'> {
  return {
    async create(move) {
      checkFirstMove(move);
      const { instance, answer } = move;
      const { instances, answers } = shelf.rowsOf(instance.owner);
      shelf.needDefinition(instance);
      if (instances.has(instance.id) || isAnswered(answers, answer)) throw taken(instance);
      shelf.count(move);
      const kept = keep(instance, [JSON.stringify(move.entry)], answer === undefined ? [] : [answer.token]);
      if (answer !== undefined) answers.set(answer.token, JSON.stringify(answer));
      instances.set(kept.id, kept);
    },

    async commit(move) {
      checkMove(move);
      const { instance, answer } = move;
      const { instances, answers } = shelf.rowsOf(instance.owner);
      shelf.needDefinition(instance);
      const before = instances.get(instance.id);
      if (before?.revision !== instance.revision - 1 || isAnswered(answers, answer)) throw conflict(instance);
      shelf.count(move);
      const { workflow, createdAt, parent, journal, tokens } = before;
      const kept = keep({ ...instance, workflow, createdAt, parent }, journal, tokens);
      const entry = JSON.stringify(move.entry);
      if (answer !== undefined) {
        answers.set(answer.token, JSON.stringify(answer));
        tokens.push(answer.token);
      }
      journal.push(entry);
      instances.set(kept.id, kept);
    },

    async importInstance(instance, entries) {
      checkJournal(instance, entries);
      const { instances } = shelf.rowsOf(instance.owner);
      shelf.needDefinition(instance);
      if (instances.has(instance.id)) return false;
      const journal = entries.map((entry) => JSON.stringify(entry));
      instances.set(instance.id, keep(instance, journal, []));
      return true;
    },

    async remove(owner, id) {
      const { instances, answers } = shelf.rowsOf(owner);
      for (const token of instances.get(id)?.tokens ?? []) answers.delete(token);
      shelf.forget(owner, id);
      return instances.delete(id);
    },
  };
}

function reads(shelf: Shelf): Pick<Store, 'load' | 'answer' | 'list' | 'waiting' | 'find' | 'entries'> {
  return {
    async waiting({ owner, limit }) {
      const rows = owner === undefined ? [...shelf.opened().owners.values()] : [shelf.rowsOf(owner)];
      return rows
        .flatMap(({ instances }) => Array.from(instances.values()))
        .filter((kept) => kept.status === 'RUNNING')
        .map(toInstance)
        .filter(({ pending }) => pending?.person !== undefined)
        .toSorted((a, b) => a.updatedAt - b.updatedAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },

    async find(id) {
      const rows = [...shelf.opened().owners.values()];
      return rows.flatMap(({ instances }) => instances.get(id) ?? []).map(toInstance);
    },

    async load(owner, id) {
      const kept = shelf.rowsOf(owner).instances.get(id);
      return kept && toInstance(kept);
    },

    async answer(owner, token) {
      const text = shelf.rowsOf(owner).answers.get(token);
      return text === undefined ? undefined : (JSON.parse(text) as Answer);
    },

    async list(owner, { workflow, status, limit, cursor }) {
      const place = cursor === undefined ? undefined : parseCursor(cursor);
      const size = pageSize(limit);
      const found = [...shelf.rowsOf(owner).instances.values()]
        .filter((kept) => workflow === undefined || kept.workflow === workflow)
        .filter((kept) => status === undefined || kept.status === status)
        .filter((kept) => place === undefined || newestFirst(place, kept) < 0)
        .toSorted(newestFirst);
      const instances = found.slice(0, size).map(toInstance);
      const last = instances.at(-1);
      return found.length > size && last !== undefined
        ? { instances, nextCursor: toCursor(last) }
        : { instances };
    },

    async entries(owner, id, { limit, after = 0, newest = false }) {
      const journal = shelf.rowsOf(owner).instances.get(id)?.journal.slice(after) ?? [];
      const page = newest ? journal.toReversed().slice(0, limit) : journal.slice(0, limit);
      return page.map((text) => JSON.parse(text) as Entry);
    },
  };
}

function isAnswered(answers: ReadonlyMap<string, string>, answer: Answer | undefined): boolean {
  return answer !== undefined && answers.has(answer.token);
}

function keep(instance: Instance, journal: string[], tokens: string[]): Kept {
  const { revision, createdAt, id, workflow, status, parent } = instance;
  return {
    revision,
    createdAt,
    id,
    workflow,
    status,
    parent,
    text: JSON.stringify(instance),
    journal,
    tokens,
  };
}

function toInstance(kept: Kept): Instance {
  return JSON.parse(kept.text) as Instance;
}

function newestFirst(a: Pick<Kept, 'createdAt' | 'id'>, b: Pick<Kept, 'createdAt' | 'id'>): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}
