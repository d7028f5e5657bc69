import { resultIdOf } from '../gateway/results.ts';
import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import { canonicalJson } from '../kernel/json.ts';
import type { KnowledgeEntry, Origin, Shelf, Space } from '../ports/knowledge.ts';
import type { Desk } from './desk.ts';
import { checkOpen, checkStored } from './knowledge-input.ts';
import { checkOwn, isForeign, shownTo } from './knowledge-owners.ts';
import { checkKey } from './limits.ts';
import { noSession } from './opened.ts';
import type { Opened } from './opened.ts';
import type { Sessions, StoreKnowledgeInput } from './session.ts';
import { suspicionOf, textsIn } from './suspicion.ts';
import { createTurns } from './turns.ts';

const ENTRIES_MAX = 100_000;
const ATTEMPTS = 200;

export interface KnowledgeWritesOptions {
  readonly desk: Desk;
  readonly shelfOf: (opened: Opened, space: Space) => Shelf;
}

/** Stores and deletes what sessions know. */
export function createKnowledgeWrites({
  desk,
  shelfOf,
}: KnowledgeWritesOptions): Pick<Sessions, 'storeKnowledge' | 'removeKnowledge'> {
  const { store, clock, settings } = desk.parts;
  const { knowledge } = store;
  const takeTurns = createTurns();
  /** One that nobody else is to replace or delete; `undefined` where there is none. */
  const own = async (
    caller: Caller,
    shelf: Shelf,
    { key, at }: { readonly key: string; readonly at: number },
  ) => {
    const entry = await knowledge.get(shelf, key, at);
    checkOwn(caller, shelf, entry);
    return entry;
  };
  /** `undefined` where the session is not there any more. */
  const put = async (caller: Caller, shelf: Shelf, given: KnowledgeEntry) =>
    await unlessGone(
      async () =>
        await insist(async () => {
          const before = await own(caller, shelf, { key: given.key, at: given.updatedAt });
          if (!before) await checkRoom(desk, shelf, given.updatedAt);
          const entry = before ? followed(before, given) : given;
          return (await knowledge.put(shelf, entry, { instead: before ?? null, bounds: settings }))
            ? entry
            : undefined;
        }),
    );

  return {
    storeKnowledge: async (caller, input) => {
      const { session, space = 'session' } = input;
      checkStored(input);
      checkOpen(space, settings.sharedKnowledge);
      const came = await originOf(desk, caller, input);
      const doubt = doubtOf(input, came);
      for (;;) {
        const opened = await (space === 'session' ? desk.begun(caller, session) : desk.open(caller, session));
        const shelf = shelfOf(opened, space);
        const { id, revision } = opened.instance;
        const origin = { ...came, ...(revision > 0 && { session: id }) };
        const entry = toEntry(input, { at: clock.now(), origin, isUntrusted: doubt !== undefined });
        const stored = await takeTurns(JSON.stringify(shelf), async () => await put(caller, shelf, entry));
        if (stored)
          return {
            ...shownTo(caller, { shelf, entry: stored }),
            ...(stored.isUntrusted && { doubt: doubt ?? STILL_UNTRUSTED }),
          };
        // It was deleted at the same moment: a default one begins anew, another is gone.
        if (!desk.isDefault(caller, session)) throw noSession();
      }
    },
    removeKnowledge: async (caller, input) => {
      checkKey(input.key);
      const { key, space = 'session', isForced = false, reason } = input;
      const shelf = shelfOf(await desk.open(caller, input.session), space);
      return await takeTurns(
        JSON.stringify(shelf),
        async () =>
          await insist(async () => {
            const at = clock.now();
            const before = await (isForced ? knowledge.get(shelf, key, at) : own(caller, shelf, { key, at }));
            if (before === undefined) return false;
            if (isForeign(caller, { shelf, entry: before }))
              await auditRemoval(desk, caller, { entry: before, reason });
            return (await knowledge.remove(shelf, key, { instead: before })) || undefined;
          }),
      );
    },
  };
}

/** Where it came from, and whether that is a tool. @throws TuttiError `input/invalid-format`, `result/not-found`. */
async function originOf(
  { parts }: Desk,
  caller: Caller,
  { fromResult }: StoreKnowledgeInput,
): Promise<Origin> {
  const { owner, name: by = owner } = caller;
  if (fromResult === undefined) return { by, owner };
  const id = resultIdOf(fromResult);
  if (id === '')
    throw new TuttiError(
      'input/invalid-format',
      'from_result must be the address of a result, tutti://result/ID.',
    );
  const result = await parts.store.results.find(owner, id, parts.clock.now());
  if (result) return { by, owner, tool: `${result.server}__${result.tool}`, result: fromResult };
  throw new TuttiError(
    'result/not-found',
    `There is no stored result ${JSON.stringify(id.slice(0, 64))}, or it has expired. Make the call again, or say untrusted: true instead.`,
  );
}

const STILL_UNTRUSTED =
  'The same value was untrusted under this key before. Delete the entry to take the mark away.';

/** Why it is kept as data alone; `undefined` where nothing speaks against it. */
function doubtOf(
  { key, value, tags = [], isUntrusted = false }: StoreKnowledgeInput,
  { tool }: Origin,
): string | undefined {
  if (tool !== undefined) return `It came from a result of ${tool}.`;
  return isUntrusted ? 'It was stored as untrusted.' : suspicionOf([key, ...tags, ...textsIn(value)]);
}

function toEntry(
  { key, value, tags = [], ttlMs }: StoreKnowledgeInput,
  { at, ...known }: Pick<KnowledgeEntry, 'origin' | 'isUntrusted'> & { readonly at: number },
): KnowledgeEntry {
  return {
    key,
    value,
    tags: [...new Set(tags)],
    ...known,
    createdAt: at,
    updatedAt: at,
    expiresAt: ttlMs === undefined ? null : at + ttlMs,
  };
}

/** What stood there keeps when it was created, and its mark: the same value is no more trusted for being stored again. */
function followed(before: KnowledgeEntry, given: KnowledgeEntry): KnowledgeEntry {
  const entry = { ...given, createdAt: before.createdAt };
  if (!before.isUntrusted || canonicalJson(before.value) !== canonicalJson(given.value)) return entry;
  const { tool, result } = before.origin;
  const came = { ...(tool !== undefined && { tool }), ...(result !== undefined && { result }) };
  return { ...entry, isUntrusted: true, origin: { ...came, ...given.origin } };
}

/** Before it is done: what is done is in the audit, whatever comes between. */
async function auditRemoval(
  { parts }: Desk,
  { owner, name, person }: Caller,
  { entry, reason }: { readonly entry: KnowledgeEntry; readonly reason: string | undefined },
): Promise<void> {
  const { key, origin } = entry;
  const by = person ?? name ?? owner;
  const fields = { deleted: key, namespace: 'shared', storedBy: origin.by, by };
  await parts.store.audit.append([
    {
      at: parts.clock.now(),
      owner,
      kind: 'knowledge',
      fields: { ...fields, ...(reason !== undefined && { reason }) },
    },
  ]);
}

/** Again while other processes change what stands under the key between looking and writing: in this one, writers of a shelf take turns. */
async function insist<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw new TuttiError(
    'instance/conflict',
    'Others write under this key all the time. Nothing was written; try again.',
  );
}

/** `undefined`: the session it was for is not there any more. */
async function unlessGone<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (fault) {
    if (fault instanceof TuttiError && fault.code === 'session/not-found') return undefined;
    throw fault;
  }
}

async function checkRoom({ parts }: Desk, shelf: Shelf, now: number): Promise<void> {
  if ((await parts.store.knowledge.count(shelf, now)) < ENTRIES_MAX) return;
  throw new TuttiError(
    'input/too-large',
    `The namespace ${shelf.space} holds ${ENTRIES_MAX} entries, and no more fit. Delete some with delete_knowledge.`,
  );
}
