import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect } from 'vitest';
import type { ToolDefinition } from '../src/core/ports/downstream.ts';
import { toTool } from './support/fake-downstream.ts';
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
const tickets = await offeredBy('ticket-server');
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
    tickets,
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

describe('every part of a question', () => {
  const path = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
  const disk: readonly ToolDefinition[] = [
    toTool('read_file', {
      description: 'Read the content of a file.',
      inputSchema: path,
      annotations: { readOnlyHint: true },
    }),
    toTool('delete_file', {
      description: 'Delete a file for good.',
      inputSchema: path,
      annotations: { destructiveHint: true },
    }),
    toTool('move_file', {
      description: 'Move a file to another place, or rename it.',
      inputSchema: {
        type: 'object',
        properties: { source: { type: 'string' }, destination: { type: 'string' } },
        required: ['source', 'destination'],
      },
    }),
  ];
  const ask = gatewayOver({ ...house, tickets, disk });
  type Asked = Awaited<ReturnType<typeof ask>>;

  /** What is planned, each call as `tool arguments`, and what is told beside it. */
  const toldOf = ({ came }: Asked) => ({
    calls: planOf(came).map(({ tool = '?', arguments: given = {} }) => `${tool} ${JSON.stringify(given)}`),
    told: [
      ...('partial' in came ? came.partial.map(({ error }) => error) : []),
      ...('unanswered' in came ? (came.unanswered ?? []) : []),
    ],
  });
  const planOf = (came: Asked['came']) => ('plan' in came ? (came.plan?.calls ?? []) : []);

  const READ_PARTS: readonly (readonly [query: string, ...sent: readonly unknown[]])[] = [
    [
      'get ticket OPS-41 and list pull requests',
      ['github.list_pull_requests', {}],
      ['tickets.get_ticket', { key: 'OPS-41' }],
    ],
    [
      'list pull requests, list channels and list repositories',
      ['github.list_pull_requests', {}],
      ['github.list_repositories', {}],
      ['slack.list_channels', {}],
    ],
    [
      'list channels & get ticket OPS-41',
      ['slack.list_channels', {}],
      ['tickets.get_ticket', { key: 'OPS-41' }],
    ],
    [
      'get tickets OPS-41 and ops-42',
      ['tickets.get_ticket', { key: 'OPS-41' }],
      ['tickets.get_ticket', { key: 'OPS-42' }],
    ],
    [
      'list review comments of PRs 123 to 125',
      ['github.list_review_comments', { number: 123 }],
      ['github.list_review_comments', { number: 124 }],
      ['github.list_review_comments', { number: 125 }],
    ],
    [
      'list repositories, pull requests and channels',
      ['github.list_repositories', {}],
      ['github.list_pull_requests', {}],
      ['slack.list_channels', {}],
    ],
    ['list channels / pull requests', ['github.list_pull_requests', {}], ['slack.list_channels', {}]],
    ['list pull requests and channels', ['github.list_pull_requests', {}], ['slack.list_channels', {}]],
    [
      'list open and merged pull requests',
      ['github.list_pull_requests', { state: 'open' }],
      ['github.list_pull_requests', { state: 'merged' }],
    ],
    [
      'list members of the channels lunch and backend',
      ['slack.list_members', { channel: 'lunch' }],
      ['slack.list_members', { channel: 'backend' }],
    ],
  ];
  for (const [query, ...expected] of READ_PARTS)
    verifies(['gateway/G2', 'gateway/R4'], `is read: ${query}`, async () => {
      const { came, sent } = await ask(query);
      expect(came).toMatchObject({ kind: 'answer', plan: { structure: 'parallel' }, partial: [] });
      expect(sent).toEqual(expected);
    });

  verifies(['gateway/G2', 'gateway/R4'], 'is a call or a question back, of three reads', async () => {
    const query = 'list pull requests, list channels and list tickets';
    // No tool lists tickets, but the requests come with theirs.
    expect(toldOf(await ask(query))).toEqual({
      calls: ['github__list_pull_requests {}', 'slack__list_channels {}'],
      told: ['No call was planned for "list tickets". Ask for it on its own.'],
    });
    // Where only one that needs a key is near, it is asked for.
    const other = gatewayOver({ ...house, tickets, ...NEIGHBOURS });
    expect(await other(query)).toMatchObject({
      came: { kind: 'needs_arguments', missing: [{ missing: ['key'] }] },
      sent: [],
    });
  });

  /** Nothing is done of these before somebody said so: all of them change something. */
  const SHOWN: readonly (readonly [query: string, ...calls: readonly string[]])[] = [
    [
      'post "hi" to the channels lunch and backend',
      'slack__post_message {"channel":"lunch","text":"hi"}',
      'slack__post_message {"channel":"backend","text":"hi"}',
    ],
    [
      'comment "ok" on PRs 123 to 125',
      'github__add_comment {"number":123,"body":"ok"}',
      'github__add_comment {"number":124,"body":"ok"}',
      'github__add_comment {"number":125,"body":"ok"}',
    ],
    [
      'move notes.txt to old/notes.txt',
      'disk__move_file {"source":"notes.txt","destination":"old/notes.txt"}',
    ],
    ['post hello to the channel lunch', 'slack__post_message {"channel":"lunch","text":"hello"}'],
    ['delete the message 1772443200.0001', 'slack__delete_message {"ts":"1772443200.0001"}'],
    [
      'get the changes of PR #123, then merge it',
      'github__get_pull_request_changes {"number":123}',
      'github__merge_pull_request {"number":123}',
    ],
  ];
  for (const [query, ...expected] of SHOWN)
    verifies(['gateway/G2', 'gateway/R4'], `is shown first: ${query}`, async () => {
      const asked = await ask(query);
      expect(asked.came.kind).toBe('clarification');
      expect(toldOf(asked)).toEqual({ calls: expected, told: [] });
      expect(asked.sent).toEqual([]);
    });

  verifies(['gateway/G2', 'gateway/R4'], 'is done to what was named before, once it was shown', async () => {
    const alone = gatewayOver({ github: house.github, tickets, disk });
    const asked = await alone('read file notes.txt, then delete it');
    expect(asked.came).toMatchObject({ kind: 'clarification', plan: { structure: 'sequential' } });
    expect(toldOf(asked)).toEqual({
      calls: ['disk__read_file {"path":"notes.txt"}', 'disk__delete_file {"path":"notes.txt"}'],
      told: [],
    });
    expect(asked.sent).toEqual([]);
    // Where messages can be deleted as well, it is asked which of the two is meant.
    expect(await ask('read file notes.txt, then delete it')).toMatchObject({
      came: { kind: 'clarification', question: expect.stringContaining('delete_file') },
      sent: [],
    });
  });

  verifies('gateway/R4', 'is asked about where its values cannot be told apart', async () => {
    for (const query of [
      'list review comments of #12.5',
      'list review comments of PRs 1 to 500',
      'get tickets OPS-41 to OPS-45',
    ])
      expect(await ask(query)).toMatchObject({
        came: { kind: 'needs_arguments', missing: [{ missing: [expect.any(String)] }] },
        sent: [],
      });
  });

  verifies(['gateway/G2', 'gateway/G9'], 'is asked about where no tool is plain', async () => {
    const asked = await ask('list channels; delete the channel lunch');
    expect(asked.came).toMatchObject({
      kind: 'clarification',
      question: expect.stringContaining('delete the channel lunch'),
    });
    expect(asked.sent).toEqual([]);
  });

  const NAMED: readonly (readonly [query: string, call: string, told: string])[] = [
    [
      'list open pull requests and close them',
      'github__list_pull_requests {"state":"open"}',
      'No call was planned for "close them". Ask for it on its own.',
    ],
    [
      'get ticket OPS-41, otherwise list channels',
      'tickets__get_ticket {"key":"OPS-41"}',
      'Not done, since alternatives are not judged: "otherwise list channels".',
    ],
    [
      'list open pull requests. Otherwise, list the channels and the members of #lunch',
      'github__list_pull_requests {"state":"open"}',
      'Not done, since alternatives are not judged: "Otherwise list the channels and the members of #lunch".',
    ],
    [
      'list channels and play some jazz',
      'slack__list_channels {}',
      `I don't have a tool for "play some jazz".`,
    ],
  ];
  for (const [query, call, told] of NAMED)
    verifies(['gateway/G2', 'gateway/G11'], `is named where it is not planned: ${query}`, async () => {
      const asked = await ask(query);
      expect(asked.came.kind).toBe('answer');
      expect(toldOf(asked)).toEqual({ calls: [call], told: [told] });
    });

  verifies(['gateway/G2', 'gateway/G11'], 'is no missing tool where there is one', async () => {
    const asked = await ask('list channels, get ticket OPS-41 and list review comments of #123');
    expect(toldOf(asked)).toEqual({
      calls: [
        'slack__list_channels {}',
        'tickets__get_ticket {"key":"OPS-41"}',
        'github__list_review_comments {"number":123}',
      ],
      told: [],
    });
  });

  verifies(
    'gateway/G2',
    'of something for each is bound where it reads, with what the list is of',
    async () => {
      for (const query of [
        'for each open pull request list its review comments',
        'list the open pull requests and for each list its review comments',
      ]) {
        const { came } = await ask(query);
        expect(planOf(came)).toMatchObject([
          { tool: 'github__list_pull_requests', arguments: { state: 'open' } },
          {
            tool: 'github__list_review_comments',
            forEach: '$a',
            bind: { '/number': '$item.number' },
            dependsOn: ['a'],
          },
        ]);
      }
    },
  );

  verifies('gateway/G2', 'of a change for each says how it is bound', async () => {
    const { came, sent } = await ask('for each open pull request merge it');
    expect(came).toMatchObject({
      kind: 'needs_arguments',
      missing: [{ call: 'b', missing: ['number'] }],
      unanswered: [expect.stringContaining('{"/number":"$item.number"}')],
    });
    expect(sent).toEqual([]);
  });
});
