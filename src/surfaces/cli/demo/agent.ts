import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { closing } from './closing.ts';
import type { Stage } from './demonstration.ts';

type Score = Stage['score'];
type Say = readonly [role: 'user' | 'assistant' | 'system', message: string];

/** One state of the play: what is done in it, once it was moved to. */
interface Scene {
  /** Absent for the first, where every session begins. */
  readonly state?: string;
  readonly reason?: string;
  readonly says: readonly Say[];
  readonly stores?: Readonly<Record<string, unknown>>;
  readonly learns?: Readonly<Record<string, unknown>>;
}

const TASK = 'Plan the posts of a bakery for December: one a week, each with a day and a subject.';
const DAYS = ['2026-12-03', '2026-12-10', '2026-12-17', '2026-12-24'];
const SUBJECTS = ['Stollen is here', 'Gingerbread to decorate', 'Gift boxes', 'Our hours over the holidays'];

const BEFORE: readonly Scene[] = [
  { says: [['user', TASK]], stores: { task_description: TASK } },
  {
    state: 'PLANNING',
    reason: 'the task takes several steps',
    says: [['assistant', 'First I find out what sells in December, then I write the four posts.']],
    stores: {
      action_plan: ['Find out what sells in December', 'Write four posts', 'Look them over'],
      research_topic: 'What customers of a bakery look for in December',
    },
  },
  {
    state: 'RESEARCHING',
    reason: 'what sells is not known yet',
    says: [['assistant', 'Stollen, gingerbread and gift boxes; Thursday is the day.']],
    learns: {
      december_sellers: ['stollen', 'gingerbread', 'gift boxes'],
      best_day: 'Thursday: orders for the weekend are made then.',
    },
  },
];

const AFTER: readonly Scene[] = [
  {
    state: 'EXECUTING',
    reason: 'everything needed is known',
    says: [['assistant', `Four posts are written: ${SUBJECTS.join('; ')}.`]],
    stores: { calendar: SUBJECTS.map((subject, week) => ({ day: DAYS[week], subject })) },
  },
  {
    state: 'REVIEWING',
    reason: 'the posts are written',
    says: [['system', 'The last post names hours that nobody has confirmed.']],
  },
  {
    state: 'RESEARCHING',
    reason: 'the hours have to be looked up',
    says: [['assistant', 'Closed on the 25th and 26th. The calendar stands.']],
    learns: { opening_hours: 'Closed on 25 and 26 December.' },
  },
  { state: 'IDLE', reason: 'the task is done', says: [] },
];

const linesSchema = z.array(z.object({ role: z.string(), content: z.string() }));
const movedSchema = z.object({ prompt: z.string() });

/** What came of the act about agents, as a server of its own read it. */
export interface AgentResult {
  readonly state: string;
  readonly messages: ReadonlyMap<string, number>;
}

/** A whole task in one session: planned and looked into with one server, carried out with another that was started since. */
export async function playAgent({ folder, score, signal }: Stage): Promise<AgentResult> {
  const config = join(folder, 'agent.config.json');
  writeFileSync(config, JSON.stringify({ store: 'sqlite:./agent.db' }));
  score.say('An agent with a mind that is kept for it: states, a conversation, task data, knowledge.');
  await withServer({ config, score, signal }, async (client) => {
    for (const scene of BEFORE) await play(client, scene, score);
  });
  score.say('That server has ended, and the model has forgotten everything. Another one is started.');
  return await withServer({ config, score, signal }, async (client) => {
    const state = await call(client, 'get_current_state', {});
    score.show({ kind: 'did', text: `get_current_state → ${state.text}, as it was left` });
    const found = await call(client, 'search_knowledge', { query: 'on which day are orders made' });
    score.show({ kind: 'did', text: `search_knowledge "on which day are orders made" → ${found.text}` });
    for (const scene of AFTER) await play(client, scene, score);
    return await conclude(client, score);
  });
}

async function withServer<T>(
  { config, score, signal }: { readonly config: string } & Pick<Stage, 'score' | 'signal'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: 'tutti-demo', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [process.argv[1] ?? '', 'serve', '--stdio', '--toolsets', 'agent', '--config', config],
    stderr: 'ignore',
  });
  const { close, release } = closing(client, signal);
  try {
    await client.connect(transport);
    const { name = '', version = '' } = client.getServerVersion() ?? {};
    score.show({ kind: 'connected', serverPid: transport.pid ?? 0, server: `${name} ${version}` });
    return await work(client);
  } finally {
    release();
    await close();
  }
}

async function play(
  client: Client,
  { state, reason, says, stores, learns }: Scene,
  score: Score,
): Promise<void> {
  if (state !== undefined) {
    const moved = await call(client, 'transition_state', { new_state: state, reason });
    const { prompt } = movedSchema.parse(moved.structured);
    score.show({ kind: 'did', text: `${moved.text}: ${reason}` });
    score.show({ kind: 'did', text: `told: ${prompt.split('\n', 1)[0]}` });
  }
  for (const [role, message] of says) {
    await call(client, `add_${role}_message`, { message });
    score.show({ kind: 'did', text: `${role}: ${message}` });
  }
  for (const [key, value] of Object.entries(stores ?? {}))
    await call(client, 'store_task_data', { key, value });
  for (const [key, value] of Object.entries(learns ?? {}))
    await call(client, 'store_knowledge', { key, value, tags: ['bakery'] });
  const kept = [...Object.keys(stores ?? {}), ...Object.keys(learns ?? {})];
  if (kept.length > 0) score.show({ kind: 'did', text: `kept: ${kept.join(', ')}` });
}

async function conclude(client: Client, score: Score): Promise<AgentResult> {
  const calendar = await call(client, 'get_task_data', { key: 'calendar' });
  score.show({ kind: 'did', text: `get_task_data calendar → ${calendar.text}` });
  const history = await call(client, 'get_conversation_history', { max_messages: 100 });
  const messages = new Map<string, number>();
  for (const { role } of linesSchema.parse(JSON.parse(history.text)))
    messages.set(role, (messages.get(role) ?? 0) + 1);
  const { text: state } = await call(client, 'get_current_state', {});
  const counts = [...messages].map(([role, count]) => `${role} ${count}`).join(', ');
  score.say(`The task is done, in ${state}. Messages by role: ${counts}.`);
  return { state, messages };
}

async function call(client: Client, name: string, input: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: input });
  // The first text is the answer itself; the prompt of a state comes after it.
  const [part] = result.content;
  const text = part?.type === 'text' ? part.text : '';
  if (result.isError === true) throw new Error(`${name} failed: ${text}`);
  return { text, structured: result.structuredContent };
}
