import { ROLES, type Role } from '../../core/kernel/role.ts';
import type { Message, Transcript } from '../../core/ports/transcript.ts';
import { messageBytes } from './footprint.ts';
import type { MemoryFootprints } from './memory-footprints.ts';
import { toPlain } from './plain.ts';

/** Whether the store is open, and which instances it has. */
export interface MemorySessions {
  readonly checkOpen: () => void;
  readonly has: (owner: string, session: string) => boolean;
  readonly footprints: MemoryFootprints;
}

/** Conversations in arrays. `forget` takes out those of an instance that goes. */
export function memoryTranscript({ checkOpen, has, footprints }: MemorySessions) {
  const conversations = new Map<string, Message[]>();
  const messagesOf = (owner: string, session: string): readonly Message[] => {
    checkOpen();
    return conversations.get(keyOf(owner, session)) ?? [];
  };
  const transcript: Transcript = {
    async append(owner, session, message) {
      const before = messagesOf(owner, session);
      if (!has(owner, session)) return undefined;
      const { id, role, content, at, bounds } = message;
      footprints.add({ owner, session }, messageBytes(JSON.stringify(content)), bounds);
      const added = toPlain<Message>({ id, seq: before.length + 1, role, content, at });
      const conversation = conversations.get(keyOf(owner, session));
      if (conversation === undefined) conversations.set(keyOf(owner, session), [added]);
      else conversation.push(added);
      return toPlain(added);
    },
    async read(owner, session, { limit, before = Number.MAX_SAFE_INTEGER }) {
      const messages = messagesOf(owner, session);
      const end = Math.max(Math.min(before - 1, messages.length), 0);
      return toPlain(messages.slice(Math.max(end - limit, 0), end));
    },
    async count(owner, session) {
      const counts = Object.fromEntries(ROLES.map((role) => [role, 0])) as Record<Role, number>;
      for (const { role } of messagesOf(owner, session)) counts[role] += 1;
      return counts;
    },
  };
  const forget = (owner: string, session: string) => {
    conversations.delete(keyOf(owner, session));
  };
  return { transcript, forget };
}

function keyOf(owner: string, session: string): string {
  return JSON.stringify([owner, session]);
}
