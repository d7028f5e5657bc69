import type { Caller } from '../kernel/caller.ts';
import { TuttiError } from '../kernel/errors.ts';
import type { Entry, Instance } from '../kernel/instance.ts';
import { ROLES } from '../kernel/role.ts';
import type { Message } from '../ports/transcript.ts';
import { firstSince, JOURNAL_MAX_LENGTH, lookBack } from './journal-window.ts';
import { checkText, checkWhole } from './limits.ts';
import { newestMessages } from './message-window.ts';
import { noSession } from './opened.ts';
import type { Desk } from './desk.ts';
import type { Conversation, Line, Sessions, TranscriptInput } from './session.ts';

const MESSAGE_MAX_LENGTH = 1_048_576;
const MESSAGES = 10;
const MESSAGES_MAX = 10_000;
/** As many as a budget of tokens may be looked for in. */
const MESSAGES_IN_TOKENS = 1_000;
const TOKENS_MAX = 100_000_000;
const TOKEN_LENGTH = 4;
/** Characters of the messages of one answer where nothing else is said: a client is given them twice, as text and for programs. */
const TEXT_MAX_LENGTH = 1_835_008;
/** Journal entries that are looked through for moves. */
const ENTRIES_MAX = 10_000;
/** The newest of them that are told. */
const MOVES_MAX = 1_000;
/** Characters of their reasons. */
const MOVES_MAX_LENGTH = 262_144;

/** What was said in sessions. */
export function createConversation(desk: Desk): Pick<Sessions, 'say' | 'transcript'> {
  const { store, clock, settings: bounds } = desk.parts;
  return {
    say: async (caller, { session, role, content }) => {
      if (!ROLES.includes(role))
        throw new TuttiError('input/invalid-type', `role must be one of ${ROLES.join(', ')}.`);
      checkText('message', content, MESSAGE_MAX_LENGTH);
      for (;;) {
        const { instance } = await desk.begun(caller, session);
        const message = { id: clock.id(), role, content, at: clock.now(), bounds };
        const said = await store.transcript.append(caller.owner, instance.id, message);
        if (said) return said;
        // It was deleted at the same moment: a default one begins anew, another is gone.
        if (!desk.isDefault(caller, session)) throw noSession();
      }
    },
    transcript: async (caller, input = {}) => await transcript(desk, caller, input),
  };
}

async function transcript(desk: Desk, caller: Caller, input: TranscriptInput): Promise<Conversation> {
  const limit = limitOf(input);
  const { instance } = await desk.open(caller, input.session);
  if (limit === 0 || input.maxTokens === 0) return { lines: [], isCut: false, lacksMoves: false };
  const { messages, isCut, since } = await messagesOf(desk, instance, { ...input, limit });
  const lines = messages.map((message) => toLine(message));
  if (input.withTransitions !== true) return { lines, isCut, lacksMoves: false };
  const to = await momentOf(desk, instance, input.before);
  const { moves, lacksMoves } = await movesBetween(desk, instance, { from: since, to });
  return { lines: merge(lines, moves), isCut, lacksMoves };
}

interface Said {
  readonly messages: readonly Message[];
  readonly isCut: boolean;
  /** Moves from then on belong to them. */
  readonly since: number;
}

async function messagesOf(
  { parts }: Desk,
  instance: Instance,
  { limit, maxTokens = Infinity, maxLength = TEXT_MAX_LENGTH, before }: TranscriptInput & { limit: number },
): Promise<Said> {
  const read = await newestMessages(parts.store.transcript, instance, {
    limit,
    maxLength: Math.min(maxLength, maxTokens * TOKEN_LENGTH),
    ...(before !== undefined && { before }),
  });
  const messages = fitting(read, maxTokens);
  const isShort = messages.length < limit && (messages[0]?.seq ?? 1) > 1;
  return {
    messages,
    // What a budget of tokens leaves out is left out on request.
    isCut: isShort && maxTokens * TOKEN_LENGTH > maxLength,
    since: messages.length > 0 ? sinceOf(messages) : (read.at(-1)?.at ?? 0),
  };
}

/** When the message came that a page ends before; `undefined` where there is none of this seq. */
async function momentOf(
  { parts }: Desk,
  { owner, id }: Instance,
  seq: number | undefined,
): Promise<number | undefined> {
  if (seq === undefined) return undefined;
  const [message] = await parts.store.transcript.read(owner, id, { limit: 1, before: seq + 1 });
  return message?.seq === seq ? message.at : undefined;
}

/** @throws TuttiError `input/invalid-type`, naming the range. */
function limitOf({ maxMessages, maxTokens, before }: TranscriptInput): number {
  if (maxMessages !== undefined) checkWhole('max_messages', maxMessages, { from: 0, to: MESSAGES_MAX });
  if (maxTokens !== undefined) checkWhole('max_tokens', maxTokens, { from: 0, to: TOKENS_MAX });
  if (before !== undefined) checkWhole('before', before, { from: 1, to: Number.MAX_SAFE_INTEGER });
  return maxMessages ?? (maxTokens === undefined ? MESSAGES : MESSAGES_IN_TOKENS);
}

/** The first message has everything that came before it. */
function sinceOf([first]: readonly Message[]): number {
  return first === undefined || first.seq === 1 ? 0 : first.at;
}

/** The newest that fit, none left out between. */
function fitting(messages: readonly Message[], maxTokens: number): readonly Message[] {
  let left = maxTokens;
  const tooMuch = messages.findLastIndex(({ content }) => {
    left -= Math.ceil(content.length / TOKEN_LENGTH);
    return left < 0;
  });
  return messages.slice(tooMuch + 1);
}

async function movesBetween(
  { parts: { store } }: Desk,
  instance: Instance,
  { from, to }: { readonly from: number; readonly to: number | undefined },
): Promise<{ readonly moves: readonly Line[]; readonly lacksMoves: boolean }> {
  const { entries, isCut } = await lookBack(store, instance, {
    maxEntries: ENTRIES_MAX,
    maxLength: JOURNAL_MAX_LENGTH,
    since: from,
    keeps: ({ kind, at }) => kind === 'ADVANCED' && at >= from && at < (to ?? Infinity),
    ...(to !== undefined && { before: await firstSince(store, instance, to) }),
  });
  let left = MOVES_MAX_LENGTH;
  const tooMuch = entries.findIndex(({ decision }) => (left -= decision?.because.length ?? 0) < 0);
  const shown = entries.slice(0, Math.min(tooMuch === -1 ? Infinity : tooMuch, MOVES_MAX));
  return {
    moves: shown.map((entry) => toTransition(entry)).toReversed(),
    lacksMoves: isCut || shown.length < entries.length,
  };
}

function toLine(message: Message): Line {
  return { kind: 'message', ...message };
}

/** A journalled move as a line of the conversation. */
export function toTransition({ seq, step, next, decision, at }: Entry): Line {
  return {
    kind: 'transition',
    id: `move-${seq}`,
    from: step,
    to: next,
    because: decision?.because ?? '',
    at,
  };
}

/** Both in order of time; of one moment, messages first. */
function merge(messages: readonly Line[], moves: readonly Line[]): readonly Line[] {
  return [...messages, ...moves].toSorted((a, b) => a.at - b.at);
}
