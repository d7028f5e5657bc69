import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { closing } from './closing.ts';
import type { Stage } from './demonstration.ts';
import { DEMO_SERVERS, demoLaunch } from './servers.ts';

const serversSchema = z.object({
  servers: z.array(z.object({ name: z.string(), status: z.string(), tools: z.number() })),
});
const foundSchema = z.object({ tools: z.array(z.object({ name: z.string(), risk: z.string() })) });
const approvalSchema = z.object({
  kind: z.literal('approval'),
  approval: z.object({ approval_id: z.string() }),
});

const answerSchema = z.object({
  kind: z.string(),
  sources: z.array(z.object({ server: z.string(), tool: z.string() })).optional(),
});

/** What came of the act about servers, read from the disk afterwards. */
export interface GateResult {
  readonly servers: number;
  readonly reference: boolean;
  /** Servers that one question was answered by. */
  readonly answeredBy: number;
  readonly written: boolean;
}

/** Three servers behind one: two are asked at once, and a change waits for a person. */
export async function playGate({ folder, score, signal }: Stage): Promise<GateResult> {
  const notes = join(folder, 'notes.md');
  writeFileSync(notes, '# Notes\n\nThe basket total is computed in src/totals.js.\n');
  const launches = DEMO_SERVERS.map((name) => ({ name, ...demoLaunch(name, folder) }));
  const config = join(folder, 'gate.config.json');
  const mcpServers = Object.fromEntries(
    launches.map(({ name, command, args, env }) => [name, { command, args, env }]),
  );
  writeFileSync(config, JSON.stringify({ store: 'sqlite:./gate.db', mcpServers }));
  const reference = launches.every((each) => each.reference);
  score.say(
    `Three MCP servers behind one: ${DEMO_SERVERS.join(', ')}${reference ? '' : ' (small ones that ship with Tutti; the reference servers are not installed)'}.`,
  );
  const client = new Client({ name: 'tutti-demo', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [process.argv[1] ?? '', 'serve', '--stdio', '--toolsets', 'gateway', '--config', config],
    stderr: 'ignore',
  });
  const { close, release } = closing(client, signal);
  try {
    await client.connect(transport);
    const servers = await introduce(client, score);
    await callTwo(client, notes, score);
    const answeredBy = await askBoth(client, notes, score);
    await changeWithApproval({ client, notes, config, score });
    return { servers, reference, answeredBy, written: readFileSync(notes, 'utf8').includes('tests') };
  } finally {
    release();
    await close();
  }
}

type Score = Stage['score'];

async function call(client: Client, name: string, input: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: input });
  const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  if (result.isError === true) throw new Error(`${name} failed: ${text}`);
  return { text, structured: result.structuredContent };
}

async function introduce(client: Client, score: Score): Promise<number> {
  const { servers } = serversSchema.parse((await call(client, 'list_servers', {})).structured);
  const lines = servers.map(({ name, status, tools }) => `${name}: ${status}, ${tools} tools`);
  score.show({ kind: 'did', text: `list_servers → ${lines.join('; ')}` });
  const found = foundSchema.parse(
    (await call(client, 'find_tools', { query: 'read a text file', limit: 3 })).structured,
  );
  const names = found.tools.map(({ name, risk }) => `${name} (${risk})`);
  score.show({ kind: 'did', text: `find_tools "read a text file" → ${names.join(', ')}` });
  return servers.filter(({ status }) => status === 'ready').length;
}

async function callTwo(client: Client, notes: string, score: Score): Promise<void> {
  const entity = { name: 'basketTotal', entityType: 'function', observations: ['was cartTotal until today'] };
  await call(client, 'call_tool', { name: 'memory__create_entities', arguments: { entities: [entity] } });
  score.show({ kind: 'did', text: 'call_tool memory__create_entities: remembers what was renamed' });
  const [file, memory] = await Promise.all([
    call(client, 'call_tool', { name: 'filesystem__read_text_file', arguments: { path: notes } }),
    call(client, 'call_tool', { name: 'memory__search_nodes', arguments: { query: 'basketTotal' } }),
  ]);
  score.show({ kind: 'did', text: `two servers at once: the file says "${lastLine(file.text)}"` });
  score.show({
    kind: 'did',
    text: `and the memory: "${/was cartTotal[^"]*/.exec(memory.text)?.[0] ?? memory.text}"`,
  });
}

/** The same in words: which servers, which tools and with what is found out of the question. */
async function askBoth(client: Client, notes: string, score: Score): Promise<number> {
  const query = `Read the text file "${notes}". Search the nodes of the knowledge graph for "basketTotal".`;
  const { structured, text } = await call(client, 'ask', { query });
  const { kind, sources = [] } = answerSchema.parse(structured);
  const from = sources.map(({ server, tool }) => `${tool} of ${server}`).join(' and ');
  score.show({ kind: 'did', text: `ask: ${query.replace(notes, basename(notes))}` });
  const told = kind === 'answer' ? `one answer, from ${from}` : `${kind}: ${text.split('\n', 1)[0] ?? ''}`;
  score.show({ kind: 'did', text: `→ ${told}` });
  return new Set(sources.map(({ server }) => server)).size;
}

interface Change {
  readonly client: Client;
  readonly notes: string;
  readonly config: string;
  readonly score: Score;
}

/** Overwriting a file is destructive: it waits until a person, here the terminal, agrees to exactly this. */
async function changeWithApproval({ client, notes, config, score }: Change): Promise<void> {
  const input = {
    name: 'filesystem__write_file',
    arguments: { path: notes, content: '# Notes\n\nRenamed; the tests are green.\n' },
  };
  const held = approvalSchema.parse((await call(client, 'call_tool', input)).structured);
  const id = held.approval.approval_id;
  score.show({
    kind: 'did',
    text: `call_tool filesystem__write_file → nothing sent: a person must approve ${id}`,
  });
  const approve = [process.argv[1] ?? '', 'approvals', 'approve', id, '--yes', '--config', config];
  // As little of our environment as the server got, so that both mean the same store.
  const env = getDefaultEnvironment();
  const { status, stderr } = spawnSync(process.execPath, approve, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`The approval failed: ${stderr.trim()}`);
  score.show({ kind: 'did', text: `tutti approvals approve ${id} --yes, in another process` });
  const done = await call(client, 'call_tool', input);
  score.show({ kind: 'did', text: `the same call again → ${lastLine(done.text)}` });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
