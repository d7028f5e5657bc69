import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect } from 'vitest';
import type { ToolDefinition } from '../src/core/ports/downstream.ts';
import { ADA, MUTE, world } from './support/gate.ts';
import { NEIGHBOURS } from './support/neighbour-tools.ts';
import { programOf } from './support/programs.ts';
import { verifies } from './support/world.ts';

/** What a server with state offers, as it says so itself. */
async function offeredBy(program: Parameters<typeof programOf>[0]): Promise<readonly ToolDefinition[]> {
  const client = new Client({ name: 'reader', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [programOf(program)] }));
  const { tools } = await client.listTools();
  await client.close();
  return tools as readonly ToolDefinition[];
}

const chat = await offeredBy('chat-server');
const house = { github: await offeredBy('pull-request-server'), slack: chat };
const ABOUT: Readonly<Record<string, string>> = {
  github: 'Repositories and pull requests on GitHub.',
  slack: 'The chat of the team in Slack.',
  teams: 'The chat with customers in Teams.',
};
const CATALOGUES: Readonly<Record<string, Readonly<Record<string, readonly ToolDefinition[]>>>> = {
  'the two alone': house,
  'the two, files and the reference server': { ...house, ...NEIGHBOURS },
  'a second chat, tickets, files and the reference server': {
    ...house,
    teams: chat,
    tickets: await offeredBy('ticket-server'),
    ...NEIGHBOURS,
  },
};

function gatewayOver(servers: Readonly<Record<string, readonly ToolDefinition[]>>) {
  const trusted = (name: string) => ({
    trusted: true,
    cache: { mode: 'off', ttlMs: 0 } as const,
    ...(ABOUT[name] !== undefined && { description: ABOUT[name] }),
  });
  const w = world({
    servers,
    server: Object.fromEntries(Object.keys(servers).map((name) => [name, trusted(name)])),
  });
  /** What is answered, and what was sent for it. */
  return async (query: string) => {
    const before = new Map(Object.keys(servers).map((name) => [name, w.fakes.server(name).sent.length]));
    const came = await w.gateway.ask(ADA, { query }, MUTE);
    const sent = Object.keys(servers).flatMap((name) =>
      w.fakes
        .server(name)
        .sent.slice(before.get(name))
        .map(({ request: { params } }) => [`${name}.${String(params?.['name'])}`, params?.['arguments']]),
    );
    return { came, sent };
  };
}

const WORKED_CASE = [
  'summarize the changes in PR #123 and the discussion in Slack about it',
  'Summarize the changes in PR #123 and the Slack discussion about it',
  "Give me a summary of PR #123's changes and what people said about it in Slack",
  'What changed in pull request #123 and what is being said about it on Slack?',
  'Summarise what PR 123 changes, and the Slack discussion around it.',
  'Show me the diff of PR #123 together with the Slack messages about it',
  "I'd like to see the changes in PR #123 as well as the discussion in Slack about it",
  'Get the changes of PR #123. Also find the discussion about it in Slack.',
  'Can you tell me what changed in PR #123 and what the team discussed about it in Slack?',
  'Look at PR #123: summarize its changes and the Slack conversation about it',
  "Summarize PR #123's changes along with its discussion in Slack",
  'Which files did PR #123 change, and what did people say about it in Slack?',
  'Bring me up to speed on PR #123: the code changes and the Slack discussion about it',
  'How has PR #123 changed the code, and how was it discussed in Slack?',
  'For PR #123, summarize the changes and the discussion in Slack',
  'What are the changes in PR #123, and is anybody discussing it in Slack?',
  'Pull up the changes in pull request 123 and the related discussion in Slack',
  'Compare the changes in PR #123 with the discussion about it in Slack',
  'changes in PR #123 + Slack discussion about it',
  "Fetch PR #123's diff and search Slack for messages about it",
  'Please get me the diff for PR 123 and everything people wrote about it in Slack',
  'I want a summary of the changes in PR #123. I also want the discussion about it in Slack.',
  'Find the Slack discussion about PR #123 and summarize the changes in it',
];

describe.each(Object.entries(CATALOGUES))('questions over %s', (_, servers) => {
  const ask = gatewayOver(servers);

  for (const query of WORKED_CASE)
    verifies(['gateway/G12', 'gateway/G2', 'gateway/R4'], `asks two servers at once: ${query}`, async () => {
      const { came, sent } = await ask(query);
      expect(came).toMatchObject({ kind: 'answer', plan: { structure: 'parallel' }, partial: [] });
      expect(sent).toEqual([
        ['github.get_pull_request_changes', { number: 123 }],
        ['slack.search_messages', { query: expect.stringMatching(/^(?:PR|pull request) #?123$/) }],
      ]);
    });

  const changes = (number: number) => ['github.get_pull_request_changes', { number }];
  const SEVERAL: readonly (readonly [query: string, ...sent: readonly unknown[]])[] = [
    ['What changed in PR 123 and PR 124?', changes(123), changes(124)],
    ['Show the changes of pull requests #119, #123 and #124', changes(119), changes(123), changes(124)],
    ['What changed in PR 123? And what changed in PR 124?', changes(123), changes(124)],
    ['What changed in https://code.example.org/orchard/api/pull/123?', changes(123)],
    [
      'Summarize the changes in https://github.com/orchard/api/pull/123 and the Slack discussion about it',
      changes(123),
      ['slack.search_messages', { query: 'PR #123' }],
    ],
    [
      'List the members of the channels #releases and #lunch in Slack',
      ['slack.list_members', { channel: 'releases' }],
      ['slack.list_members', { channel: 'lunch' }],
    ],
  ];
  for (const [query, ...expected] of SEVERAL)
    verifies(['gateway/G2', 'gateway/R4'], `reads what is named: ${query}`, async () => {
      const { came, sent } = await ask(query);
      expect(came).toMatchObject({ kind: 'answer', partial: [] });
      expect(sent).toEqual(expected);
    });
});

describe('questions to files and the reference server', () => {
  const ask = gatewayOver(CATALOGUES['the two, files and the reference server'] ?? {});
  const CASES: readonly (readonly [query: string, tool: string, args: object])[] = [
    ['What is the sum of 12.5 and 40.25?', 'everything.get-sum', { a: 12.5, b: 40.25 }],
    ['Show the tree of the directory named reports', 'filesystem.directory_tree', { path: 'reports' }],
  ];
  for (const [query, tool, args] of CASES)
    verifies('gateway/R4', `reads what is stated: ${query}`, async () => {
      const { came, sent } = await ask(query);
      expect(came).toMatchObject({ kind: 'answer', partial: [] });
      expect(sent).toEqual([[tool, args]]);
    });

  verifies('gateway/R4', 'asks a tool that takes one thing once for each', async () => {
    const { came, sent } = await ask('Read the files notes.txt and plan.md');
    expect(came).toMatchObject({ kind: 'answer', plan: { structure: 'parallel' }, partial: [] });
    expect(sent).toEqual([
      ['filesystem.read_text_file', { path: 'notes.txt' }],
      ['filesystem.read_text_file', { path: 'plan.md' }],
    ]);
  });
});
