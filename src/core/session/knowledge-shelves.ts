import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { KnowledgeEntry, Shelf, Space } from '../ports/knowledge.ts';
import type { Desk } from './desk.ts';
import { checkOpen, checkTags, SPACES } from './knowledge-input.ts';
import { isForeign, shownTo } from './knowledge-owners.ts';
import type { Placed } from './knowledge-owners.ts';
import { createKnowledgeWrites } from './knowledge-writes.ts';
import { checkKey, checkText, checkWhole } from './limits.ts';
import type { Opened } from './opened.ts';
import type { Sessions } from './session.ts';

const KEYS_MAX = 10_000;
const QUERY_MAX_LENGTH = 8_000;
const FOUND = 10;
const FOUND_MAX = 100;
const EXPORTED = 100;
/** Characters of a page that is exported. */
const EXPORTED_LENGTH = 4 * 1_048_576;

type KnowledgeMethods = Pick<
  Sessions,
  | 'storeKnowledge'
  | 'knowledge'
  | 'knowledgeKeys'
  | 'knownKeys'
  | 'searchKnowledge'
  | 'removeKnowledge'
  | 'exportKnowledge'
>;

/** What a session reads under a key. */
export interface Known {
  readonly entry: KnowledgeEntry;
  /** Somebody else stored it, for everybody. */
  readonly isForeign: boolean;
}

/** What sessions know, on the shelves they may read. */
export interface KnowledgeShelves extends KnowledgeMethods {
  readonly find: (opened: Opened, key: string) => Promise<Known | undefined>;
}

export function createKnowledgeShelves(desk: Desk): KnowledgeShelves {
  const { store, clock, settings } = desk.parts;
  const { knowledge } = store;

  const shelfOf = ({ instance: { owner, id } }: Opened, space: Space): Shelf => {
    checkOpen(space, settings.sharedKnowledge);
    if (space === 'shared') return { space };
    return space === 'user' ? { space, owner } : { space, owner, session: id };
  };
  const shelvesOf = (opened: Opened, space?: Space): readonly Shelf[] => {
    if (space !== undefined) return [shelfOf(opened, space)];
    return SPACES.filter((each) => each !== 'shared' || settings.sharedKnowledge).map((each) =>
      shelfOf(opened, each),
    );
  };
  const findOn = async (shelves: readonly Shelf[], key: string): Promise<Placed | undefined> => {
    for (const shelf of shelves) {
      const entry = await knowledge.get(shelf, key, clock.now());
      if (entry) return { shelf, entry };
    }
    return undefined;
  };
  const openShelves = async (caller: Caller, about: { readonly session?: string; readonly space?: Space }) =>
    shelvesOf(await desk.open(caller, about.session), about.space);

  const knownKeys: Sessions['knownKeys'] = async (caller, input) => {
    const shelves = await openShelves(caller, input);
    const now = clock.now();
    const keys = await Promise.all(
      shelves.map(async (shelf) => await knowledge.keys(shelf, { limit: KEYS_MAX }, now)),
    );
    const marks = new Map<string, boolean>();
    for (const { key, isUntrusted } of keys.flat()) marks.set(key, isUntrusted || (marks.get(key) ?? false));
    const known = Array.from(marks, ([key, isUntrusted]) => ({ key, isUntrusted }));
    return known.toSorted((a, b) => inOrder(a.key, b.key)).slice(0, KEYS_MAX);
  };

  return {
    ...createKnowledgeWrites({ desk, shelfOf }),
    find: async (opened, key) => {
      const found = await findOn(shelvesOf(opened), key);
      return found && { entry: found.entry, isForeign: isForeign(opened.instance, found) };
    },
    knowledge: async (caller, input) => {
      checkKey(input.key);
      const found = await findOn(await openShelves(caller, input), input.key);
      if (found) return shownTo(caller, found);
      throw new TuttiError('knowledge/not-found', `No knowledge found for key: ${input.key}`);
    },
    knowledgeKeys: async (caller, input) => (await knownKeys(caller, input)).map(({ key }) => key),
    knownKeys,
    searchKnowledge: async (caller, input) => {
      const { text, limit = FOUND, tags } = input;
      checkText('query', text, QUERY_MAX_LENGTH);
      checkWhole('limit', limit, { from: 1, to: FOUND_MAX });
      checkTags(tags);
      const shelves = await openShelves(caller, input);
      const found = await knowledge.search(shelves, { text, limit, ...(tags && { tags }) }, clock.now());
      return found.map((each) => {
        const { shelf, score } = each;
        return { shelf, score, entry: shownTo(caller, each) };
      });
    },
    exportKnowledge: async (caller, input) => {
      const { after } = input;
      const shelf = shelfOf(await desk.open(caller, input.session), input.space);
      const filter = { limit: EXPORTED, ...(after !== undefined && { after }) };
      const entries = fitting(await knowledge.list(shelf, filter, clock.now()));
      return entries.map((entry) => shownTo(caller, { shelf, entry }));
    },
  };
}

/** As many as can be taken at once, and at least one. */
function fitting(entries: readonly KnowledgeEntry[]): readonly KnowledgeEntry[] {
  let length = 0;
  const end = entries.findIndex((entry) => (length += JSON.stringify(entry.value).length) > EXPORTED_LENGTH);
  return end === -1 ? entries : entries.slice(0, Math.max(end, 1));
}

function inOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
