import type { Caller } from '../kernel/caller.ts';
import type { Entry, Instance } from '../kernel/instance.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { cleanText } from '../policy/clean.ts';
import { isEnded } from '../workflow/directive.ts';
import { agentOf } from '../workflow/instance-kind.ts';
import { toTransition } from './conversation.ts';
import { JOURNAL_MAX_LENGTH, lookBack } from './journal-window.ts';
import { checkWhole } from './limits.ts';
import { newestMessages } from './message-window.ts';
import { noted } from './desk.ts';
import type { Desk } from './desk.ts';
import type { Link, Sessions, TimelineItem } from './session.ts';

const ITEMS = 200;
const ITEMS_MAX = 1_000;
/** Journal entries that are looked through at most, for what was linked long ago and goes on. */
const ENTRIES_MAX = 2_000;
/** Linked workflows, the newest ones, whose moves are read. */
const WORKFLOWS_MAX = 50;
const TITLE_MAX_LENGTH = 300;
/** Characters of messages; after so many, older ones are left out with all that is older. */
const TEXT_MAX_LENGTH = 2_097_152;

/** What happened in sessions, and what was begun from them. */
export function createTimeline(desk: Desk): Pick<Sessions, 'timeline' | 'link'> {
  const { clock } = desk.parts;
  return {
    timeline: async (caller, input = {}) => {
      const { limit = ITEMS } = input;
      checkWhole('limit', limit, { from: 1, to: ITEMS_MAX });
      const { instance } = await desk.open(caller, input.session);
      const parts = [
        await said(desk, instance, limit),
        ...(await journalled(desk, caller, { instance, limit })),
      ];
      // Before the oldest that a part gives it may have more, which would be missing among those of the others.
      const since = Math.max(...parts.map(({ items, isCut }) => (isCut ? (items[0]?.at ?? 0) : 0)));
      const all = parts.flatMap(({ items }) => items).toSorted((a, b) => a.at - b.at);
      const items = all.filter(({ at }) => at >= since).slice(-limit);
      const isCut = items.length < all.length || parts.some((part) => part.isCut);
      return { session: instance.id, agent: agentOf(instance), items, isCut };
    },
    link: async (caller, { session, link }) => {
      if (session === undefined) {
        const own = await desk.stored(caller, undefined);
        if (!own || isEnded(own)) return;
      }
      const kept: Link = { ...link, title: cleanText(link.title, TITLE_MAX_LENGTH) };
      await desk.write(caller, session, (opened) => {
        const report = { status: 'linked', result: { ...kept } satisfies JsonObject };
        return noted(opened, { kind: 'LINKED', at: clock.now(), report });
      });
    },
  };
}

interface Part {
  /** In order of time. */
  readonly items: readonly TimelineItem[];
  /** There are older ones. */
  readonly isCut: boolean;
}

async function said({ parts }: Desk, instance: Instance, limit: number): Promise<Part> {
  const window = { limit, maxLength: TEXT_MAX_LENGTH };
  const messages = await newestMessages(parts.store.transcript, instance, window);
  return {
    items: messages.map((message) => ({ kind: 'message', ...message })),
    isCut: (messages[0]?.seq ?? 1) > 1,
  };
}

/** What the session's journal says, and the journals of the workflows that were begun from it. */
async function journalled(
  { parts: { store } }: Desk,
  { owner }: Caller,
  { instance, limit }: { readonly instance: Instance; readonly limit: number },
): Promise<readonly Part[]> {
  const own = await lookBack(store, instance, {
    maxEntries: ENTRIES_MAX,
    maxLength: JOURNAL_MAX_LENGTH,
    keeps: ({ kind }) => kind !== 'STARTED',
  });
  const items = own.entries.flatMap((entry) => toItems(entry));
  const begun = new Set(
    items.flatMap((item) =>
      item.kind === 'link' && item.what === 'workflow' && item.id !== undefined ? [item.id] : [],
    ),
  );
  const parts: Part[] = [
    { items: items.slice(0, limit).toReversed(), isCut: own.isCut || items.length > limit },
  ];
  let left = JOURNAL_MAX_LENGTH;
  for (const id of [...begun].slice(0, WORKFLOWS_MAX)) {
    // One after another: each may hold much.
    const { entries, length, isCut } = await lookBack(
      store,
      { owner, id },
      { maxEntries: limit, maxLength: left, keeps: () => true },
    );
    parts.push({ items: entries.flatMap((entry) => toStep(id, entry)).toReversed(), isCut });
    left -= length;
  }
  return begun.size > WORKFLOWS_MAX ? [...parts, { items: [], isCut: true }] : parts;
}

function toItems(entry: Entry): readonly TimelineItem[] {
  const { kind, at, contextUpdates, report } = entry;
  if (kind === 'ADVANCED') return [toTransition(entry)];
  if (kind === 'NOTED') return [{ kind: 'data', at, keys: Object.keys(contextUpdates) }];
  const link = kind === 'LINKED' ? toLink(report?.result) : undefined;
  return link ? [{ kind: 'link', at, ...link }] : [];
}

function toLink(value: Json | undefined): Link | undefined {
  if (!isJsonObject(value)) return undefined;
  const { what, id, title, outcome } = value;
  if ((what !== 'workflow' && what !== 'ask') || typeof title !== 'string') return undefined;
  return {
    what,
    title,
    ...(typeof id === 'string' && { id }),
    ...(typeof outcome === 'string' && { outcome }),
  };
}

/** Moves and what stopped them; how it began is the link itself. */
function toStep(instance: string, entry: Entry): readonly TimelineItem[] {
  const { at, kind, step, next, status, decision } = entry;
  if (decision === null || kind === 'STARTED') return [];
  return [{ kind: 'step', at, instance, from: step, to: next, status, because: decision.because }];
}
