// A team chat with channels, messages and threads: `node test/support/chat-server.ts [SEED]`, over stdio.
import { DESTROYS, READS, WRITES, list, record, seedOf, serve } from './stateful-server.ts';
import type { StatefulTool } from './stateful-server.ts';

interface Message {
  readonly ts: string;
  readonly channel: string;
  readonly author: string;
  readonly text: string;
  readonly sent_at: string;
  /** `ts` of the message that it answers; empty for the first of a thread. */
  readonly thread: string;
}

export interface Chat {
  readonly channels: readonly {
    readonly name: string;
    readonly topic: string;
    readonly members: number;
  }[];
  messages: Message[];
}

const STATE: Chat = {
  channels: [
    { name: 'backend', topic: 'API and workers', members: 14 },
    { name: 'releases', topic: 'What goes out, and when', members: 31 },
    { name: 'lunch', topic: 'Where and what', members: 52 },
    { name: 'everybody', topic: 'News of the house', members: 10_000 },
  ],
  messages: [
    {
      ts: '1772443200.0001',
      channel: 'backend',
      author: 'maya',
      text: 'PR #123 is ready: failed webhook deliveries are tried again.',
      sent_at: '2026-03-02T09:20:00Z',
      thread: '',
    },
    {
      ts: '1772444100.0002',
      channel: 'backend',
      author: 'jonas',
      text: 'I would cap the pause at ten minutes.',
      sent_at: '2026-03-02T09:35:00Z',
      thread: '1772443200.0001',
    },
    {
      ts: '1772529600.0003',
      channel: 'releases',
      author: 'priya',
      text: 'PR #123 should wait for the freeze to end on Thursday.',
      sent_at: '2026-03-03T09:20:00Z',
      thread: '',
    },
    {
      ts: '1772533200.0004',
      channel: 'lunch',
      author: 'jonas',
      text: 'Noodles today?',
      sent_at: '2026-03-03T10:20:00Z',
      thread: '',
    },
  ],
};

const seed = seedOf(STATE);

const text = { type: 'string' };
const channel = { type: 'string', description: 'Name of the channel, without the hash sign.' };
const message = record({ ts: text, channel: text, author: text, text, sent_at: text, thread: text });
const messages = record({ messages: list(message) });
const known = (name: unknown) => seed.channels.some((each) => each.name === name);

/** Matches where every word that says something is found. */
function matches(said: string, query: string): boolean {
  const small = said.toLowerCase();
  const words = query.toLowerCase().match(/[#\w-]+/g) ?? [];
  return words.every((word) => small.includes(word));
}

/** The messages found, and whole threads: who finds a question wants its answers. */
function search(query: string, within: unknown): readonly Message[] {
  const found = seed.messages.filter(
    (each) => (within === undefined || each.channel === within) && matches(each.text, query),
  );
  const threads = new Set(found.map((each) => each.thread || each.ts));
  return seed.messages.filter((each) => threads.has(each.thread || each.ts));
}

const TOOLS: Readonly<Record<string, StatefulTool>> = {
  list_channels: {
    description: 'List the channels of the workspace with their topic and number of members.',
    inputSchema: record({}),
    outputSchema: record({
      channels: list(record({ name: text, topic: text, members: { type: 'integer' } })),
    }),
    annotations: READS,
    run: () => ({ channels: seed.channels }),
  },
  search_messages: {
    description: 'Search the messages and discussions of all channels by words, and return whole threads.',
    inputSchema: record({
      query: { type: 'string', description: 'Words to look for.' },
      'channel?': { ...channel, description: 'Only in this channel.' },
    }),
    outputSchema: messages,
    annotations: READS,
    run: (args) => ({ messages: search(String(args['query']), args['channel']) }),
  },
  list_members: {
    description: 'List the names of the members of a channel.',
    inputSchema: record({ channel }),
    outputSchema: record({ members: list(text) }),
    annotations: READS,
    run: ({ channel: name }) => {
      const members = seed.channels.find((each) => each.name === name)?.members;
      if (members === undefined) return `There is no channel ${String(name)}.`;
      return { members: Array.from({ length: members }, (_, at) => `member-${at + 1}`) };
    },
  },
  read_thread: {
    description: 'Read one thread: a message and all of its replies.',
    inputSchema: record({ ts: { type: 'string', description: 'Timestamp of the first message.' } }),
    outputSchema: messages,
    annotations: READS,
    run: ({ ts }) => ({ messages: seed.messages.filter((each) => each.ts === ts || each.thread === ts) }),
  },
  post_message: {
    description: 'Post a message to a channel.',
    inputSchema: record({ channel, text: { type: 'string', description: 'What to say.' } }),
    outputSchema: record({ message }),
    annotations: WRITES,
    run: (args) => {
      if (!known(args['channel'])) return `There is no channel ${String(args['channel'])}.`;
      const posted: Message = {
        ts: `${Math.floor(Date.now() / 1000)}.${String(seed.messages.length + 1).padStart(4, '0')}`,
        channel: String(args['channel']),
        author: 'you',
        text: String(args['text']),
        sent_at: new Date().toISOString(),
        thread: '',
      };
      seed.messages.push(posted);
      return { message: posted };
    },
  },
  delete_message: {
    description: 'Delete a message for good, with its replies.',
    inputSchema: record({
      ts: { type: 'string', description: 'Timestamp of the message to delete.' },
    }),
    outputSchema: record({ deleted: { type: 'integer' } }),
    annotations: DESTROYS,
    run: ({ ts }) => {
      const kept = seed.messages.filter((each) => each.ts !== ts && each.thread !== ts);
      const deleted = seed.messages.length - kept.length;
      seed.messages = kept;
      return deleted > 0 ? { deleted } : `There is no message ${String(ts)}.`;
    },
  },
};

serve({
  name: 'chat',
  instructions: 'The chat of the team: channels, messages and threads.',
  tools: TOOLS,
  watched: seed,
});
