import { resultIdOf } from '../gateway/results.ts';
import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import { checkJson } from '../kernel/json.ts';
import type { Json } from '../kernel/json.ts';
import { MAX_TEXT, scanText } from '../policy/scan.ts';
import type { KnowledgeEntry, Origin, Shelf, Space } from '../ports/knowledge.ts';
import { checkKey, checkText, checkWhole, isFit } from './limits.ts';
import type { Desk } from './desk.ts';
import type { Opened } from './opened.ts';
import type { Sessions, StoreKnowledgeInput } from './session.ts';
import { createTurns } from './turns.ts';

const SPACES: readonly Space[] = ['session', 'user', 'shared'];
const ENTRIES_MAX = 100_000;
const KEYS_MAX = 10_000;
const TAGS_MAX = 32;
const TAG_MAX_LENGTH = 64;
const TTL_MAX_MS = 100 * 365 * 86_400_000;
const QUERY_MAX_LENGTH = 8_000;
const FOUND = 10;
const FOUND_MAX = 100;
const EXPORTED = 100;
/** Characters of a page that is exported. */
const EXPORTED_LENGTH = 4 * 1_048_576;

type KnowledgeMethods = Pick<
  Sessions,
  'storeKnowledge' | 'knowledge' | 'knowledgeKeys' | 'searchKnowledge' | 'removeKnowledge' | 'exportKnowledge'
>;

/** What sessions know, on the shelves they may read. */
export interface KnowledgeShelves extends KnowledgeMethods {
  readonly find: (opened: Opened, key: string) => Promise<KnowledgeEntry | undefined>;
}

export function createKnowledgeShelves(desk: Desk): KnowledgeShelves {
  const { store, clock, settings } = desk.parts;
  const { knowledge } = store;
  const takeTurns = createTurns();

  const shelvesOf = ({ instance: { owner, id } }: Opened, space?: Space): readonly Shelf[] => {
    if (space !== undefined) checkOpen(space, settings.sharedKnowledge);
    const all: readonly Shelf[] = [
      { space: 'session', owner, session: id },
      { space: 'user', owner },
      ...(settings.sharedKnowledge ? [{ space: 'shared' } as const] : []),
    ];
    return space === undefined ? all : all.filter((shelf) => shelf.space === space);
  };
  const findOn = async (shelves: readonly Shelf[], key: string) => {
    for (const shelf of shelves) {
      const entry = await knowledge.get(shelf, key, clock.now());
      if (entry) return { shelf, entry };
    }
    return undefined;
  };
  const openShelves = async (caller: Caller, about: { readonly session?: string; readonly space?: Space }) =>
    shelvesOf(await desk.open(caller, about.session), about.space);

  return {
    find: async (opened, key) => (await findOn(shelvesOf(opened), key))?.entry,
    storeKnowledge: async (caller, input) => {
      const { session, space = 'session' } = input;
      checkStored(input);
      checkOpen(space, settings.sharedKnowledge);
      const came = await originOf(desk, caller, input);
      const opened = await (space === 'session' ? desk.begun(caller, session) : desk.open(caller, session));
      const [shelf] = shelvesOf(opened, space);
      if (shelf === undefined) throw closedSpace();
      const { id, revision } = opened.instance;
      const entry = toEntry(input, clock.now(), { ...came, ...(revision > 0 && { session: id }) });
      return await takeTurns(JSON.stringify(shelf), async () => {
        const before = await knowledge.get(shelf, entry.key, entry.updatedAt);
        if (!before) await checkRoom(desk, shelf, entry.updatedAt);
        await knowledge.put(shelf, entry);
        return { ...entry, createdAt: before?.createdAt ?? entry.createdAt };
      });
    },
    knowledge: async (caller, input) => {
      checkKey(input.key);
      const found = await findOn(await openShelves(caller, input), input.key);
      if (found) return found.entry;
      throw new TuttiError('knowledge/not-found', `No knowledge found for key: ${input.key}`);
    },
    knowledgeKeys: async (caller, input) => {
      const shelves = await openShelves(caller, input);
      const now = clock.now();
      const keys = await Promise.all(
        shelves.map(async (shelf) => await knowledge.keys(shelf, { limit: KEYS_MAX }, now)),
      );
      return [...new Set(keys.flat())].toSorted(inOrder).slice(0, KEYS_MAX);
    },
    searchKnowledge: async (caller, input) => {
      const { text, limit = FOUND, tags } = input;
      checkText('query', text, QUERY_MAX_LENGTH);
      checkWhole('limit', limit, { from: 1, to: FOUND_MAX });
      checkTags(tags);
      const shelves = await openShelves(caller, input);
      return await knowledge.search(shelves, { text, limit, ...(tags && { tags }) }, clock.now());
    },
    removeKnowledge: async (caller, input) => {
      checkKey(input.key);
      const found = await findOn(await openShelves(caller, input), input.key);
      return found !== undefined && (await knowledge.remove(found.shelf, input.key));
    },
    exportKnowledge: async (caller, input) => {
      const { after } = input;
      const [shelf] = await openShelves(caller, input);
      if (shelf === undefined) throw closedSpace();
      const filter = { limit: EXPORTED, ...(after !== undefined && { after }) };
      return fitting(await knowledge.list(shelf, filter, clock.now()));
    },
  };
}

function checkStored({ key, value, tags, ttlMs }: StoreKnowledgeInput): void {
  checkKey(key);
  checkJson(value, 'value');
  checkTags(tags);
  if (ttlMs !== undefined) checkWhole('ttl in milliseconds', ttlMs, { from: 1, to: TTL_MAX_MS });
}

function checkTags(tags: readonly string[] | undefined): void {
  if (tags === undefined) return;
  const isTag = (tag: unknown) =>
    typeof tag === 'string' && tag.length >= 1 && tag.length <= TAG_MAX_LENGTH && isFit(tag);
  if (Array.isArray(tags) && tags.length <= TAGS_MAX && tags.every((tag) => isTag(tag))) return;
  throw new TuttiError(
    'input/invalid-type',
    `tags must be a list of at most ${TAGS_MAX} texts of 1 to ${TAG_MAX_LENGTH} characters without control characters.`,
  );
}

function checkOpen(space: Space, isSharedOpen: boolean): void {
  if (!SPACES.includes(space))
    throw new TuttiError('input/invalid-type', `namespace must be one of ${SPACES.join(', ')}.`);
  if (space === 'shared' && !isSharedOpen) throw closedSpace();
}

function closedSpace(): TuttiError {
  return new TuttiError(
    'policy/denied',
    'Shared knowledge is closed here. Use the namespace "user" or "session"; the operator opens it with agents.sharedKnowledge: true.',
  );
}

/** Where it came from, and whether that is a tool. @throws TuttiError `input/invalid-format`, `result/not-found`. */
async function originOf(
  { parts }: Desk,
  caller: Caller,
  { fromResult }: StoreKnowledgeInput,
): Promise<Origin> {
  const by = caller.name ?? caller.owner;
  if (fromResult === undefined) return { by };
  const id = resultIdOf(fromResult);
  if (id === '')
    throw new TuttiError(
      'input/invalid-format',
      'from_result must be the address of a result, tutti://result/ID.',
    );
  const result = await parts.store.results.find(caller.owner, id, parts.clock.now());
  if (result) return { by, tool: `${result.server}__${result.tool}`, result: fromResult };
  throw new TuttiError(
    'result/not-found',
    `There is no stored result ${JSON.stringify(id.slice(0, 64))}, or it has expired. Make the call again, or say untrusted: true instead.`,
  );
}

function toEntry(input: StoreKnowledgeInput, at: number, origin: Origin): KnowledgeEntry {
  const { key, value, tags = [], ttlMs, isUntrusted = false } = input;
  return {
    key,
    value,
    tags: [...new Set(tags)],
    origin,
    isUntrusted:
      isUntrusted || origin.result !== undefined || isSuspicious([key, ...tags, ...textsIn(value)]),
    createdAt: at,
    updatedAt: at,
    expiresAt: ttlMs === undefined ? null : at + ttlMs,
  };
}

/** It reads like an instruction, or is too long to be looked through. */
function isSuspicious(texts: readonly string[]): boolean {
  const whole = texts.join('\n');
  return whole.length > MAX_TEXT || scanText(whole).findings.length > 0;
}

/** Every text and every name in a value, in order. */
function textsIn(value: Json): readonly string[] {
  const texts: string[] = [];
  const open: Json[] = [value];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (typeof each === 'string') texts.push(each);
    if (each === null || typeof each !== 'object') continue;
    const members = Object.entries(each);
    // The last one in is looked at first: each name right before what it names.
    for (const [key, inner] of members.toReversed()) open.push(inner, ...(Array.isArray(each) ? [] : [key]));
  }
  return texts;
}

async function checkRoom({ parts }: Desk, shelf: Shelf, now: number): Promise<void> {
  if ((await parts.store.knowledge.count(shelf, now)) < ENTRIES_MAX) return;
  throw new TuttiError(
    'input/too-large',
    `The namespace ${shelf.space} holds ${ENTRIES_MAX} entries, and no more fit. Delete some with delete_knowledge.`,
  );
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
