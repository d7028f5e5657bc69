// A code host with repositories and pull requests: `node test/support/pull-request-server.ts [SEED]`, over stdio.
import { DESTROYS, READS, WRITES, list, record, seedOf, serve } from './stateful-server.ts';
import type { Arguments, StatefulTool } from './stateful-server.ts';

interface Change {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed';
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string;
}

interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly created_at: string;
}

interface PullRequest {
  readonly number: number;
  readonly repository: string;
  readonly title: string;
  readonly author: string;
  readonly ticket: string;
  readonly body: string;
  readonly created_at: string;
  readonly files: readonly Change[];
  state: 'open' | 'merged' | 'closed';
  comments: Comment[];
}

export interface CodeHost {
  readonly repositories: readonly {
    readonly name: string;
    readonly description: string;
    readonly default_branch: string;
  }[];
  readonly pull_requests: PullRequest[];
}

const STATE: CodeHost = {
  repositories: [
    { name: 'orchard/api', description: 'The public HTTP API.', default_branch: 'main' },
    { name: 'orchard/web', description: 'The web shop.', default_branch: 'main' },
  ],
  pull_requests: [
    {
      number: 123,
      repository: 'orchard/api',
      title: 'Retry failed webhook deliveries',
      author: 'maya',
      ticket: 'OPS-41',
      body: 'Deliveries are tried again up to five times, with a growing pause in between.',
      created_at: '2026-03-02T09:15:00Z',
      state: 'open',
      files: [
        {
          path: 'src/webhooks/deliver.ts',
          status: 'modified',
          additions: 48,
          deletions: 9,
          patch:
            '@@ -12,9 +12,48 @@\n-  await post(target, event);\n+  await retry(() => post(target, event));',
        },
        {
          path: 'src/webhooks/retry.ts',
          status: 'added',
          additions: 37,
          deletions: 0,
          patch: '@@ -0,0 +1,37 @@\n+export async function retry(attempt) {',
        },
      ],
      comments: [
        {
          id: 1,
          author: 'jonas',
          body: 'Should the pause have an upper limit?',
          created_at: '2026-03-02T10:40:00Z',
        },
      ],
    },
    {
      number: 124,
      repository: 'orchard/web',
      title: 'Show delivery errors to shop owners',
      author: 'jonas',
      ticket: 'OPS-42',
      body: 'A new page lists the deliveries that failed.',
      created_at: '2026-03-03T08:00:00Z',
      state: 'open',
      files: [
        {
          path: 'pages/deliveries.tsx',
          status: 'added',
          additions: 120,
          deletions: 0,
          patch: '@@ -0,0 +1,120 @@\n+export function Deliveries() {',
        },
      ],
      comments: [],
    },
    {
      number: 119,
      repository: 'orchard/api',
      title: 'Drop the old tax table',
      author: 'priya',
      ticket: 'FIN-7',
      body: 'Nothing reads it since last year.',
      created_at: '2026-02-20T14:30:00Z',
      state: 'merged',
      files: [
        {
          path: 'db/tax.sql',
          status: 'removed',
          additions: 0,
          deletions: 212,
          patch: '@@ -1,212 +0,0 @@\n-create table tax_2019 (',
        },
      ],
      comments: [],
    },
  ],
};

const seed = seedOf(STATE);

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const number = { type: 'integer', minimum: 1, description: 'Number of the pull request, for example 42.' };
const state = { type: 'string', enum: ['open', 'merged', 'closed'] };

const summary = record({
  number: count,
  repository: text,
  title: text,
  author: text,
  ticket: text,
  state,
  created_at: text,
});
const comment = record({ id: count, author: text, body: text, created_at: text });

function found(
  args: Arguments,
  then: (pullRequest: PullRequest) => object | string,
): ReturnType<StatefulTool['run']> {
  const wanted = seed.pull_requests.find((each) => each.number === args['number']);
  return wanted ? then(wanted) : `There is no pull request ${String(args['number'])}.`;
}

function summaryOf(pullRequest: PullRequest): object {
  const { files: _files, comments: _comments, body: _body, ...rest } = pullRequest;
  return rest;
}

const TOOLS: Readonly<Record<string, StatefulTool>> = {
  list_repositories: {
    description: 'List the code repositories that you can see.',
    inputSchema: record({}),
    outputSchema: record({
      repositories: list(record({ name: text, description: text, default_branch: text })),
    }),
    annotations: READS,
    run: () => ({ repositories: seed.repositories }),
  },
  list_pull_requests: {
    description: 'List pull requests with their number, title, author, ticket and state.',
    inputSchema: record({
      'state?': {
        type: 'string',
        enum: ['open', 'merged', 'closed'],
        description: 'Only those in this state.',
      },
      'repository?': { type: 'string', description: 'Only those of this repository, as owner/name.' },
    }),
    outputSchema: record({ pull_requests: list(summary) }),
    annotations: READS,
    run: (args) => ({
      pull_requests: seed.pull_requests
        .filter((each) => args['state'] === undefined || each.state === args['state'])
        .filter((each) => args['repository'] === undefined || each.repository === args['repository'])
        .map(summaryOf),
    }),
  },
  get_pull_request_changes: {
    description:
      'Get the changes of a pull request: the changed files with their diff, and how many lines were added and deleted.',
    inputSchema: record({ number }),
    outputSchema: record({
      number: count,
      title: text,
      author: text,
      body: text,
      additions: count,
      deletions: count,
      files: list(record({ path: text, status: text, additions: count, deletions: count, patch: text })),
    }),
    annotations: READS,
    run: (args) =>
      found(args, ({ number: id, title, author, body, files }) => ({
        number: id,
        title,
        author,
        body,
        additions: files.reduce((sum, file) => sum + file.additions, 0),
        deletions: files.reduce((sum, file) => sum + file.deletions, 0),
        files,
      })),
  },
  list_review_comments: {
    description: 'List the review comments that were left on a pull request.',
    inputSchema: record({ number }),
    outputSchema: record({ comments: list(comment) }),
    annotations: READS,
    run: (args) => found(args, ({ comments }) => ({ comments })),
  },
  add_comment: {
    description: 'Add a review comment to a pull request.',
    inputSchema: record({ number, body: { type: 'string', description: 'Text of the comment.' } }),
    outputSchema: record({ comment }),
    annotations: WRITES,
    run: (args) =>
      found(args, (pullRequest) => {
        const added: Comment = {
          id: pullRequest.comments.length + 1,
          author: 'you',
          body: String(args['body']),
          created_at: new Date().toISOString(),
        };
        pullRequest.comments.push(added);
        return { comment: added };
      }),
  },
  merge_pull_request: {
    description: 'Merge a pull request into its base branch. This cannot be undone.',
    inputSchema: record({
      number,
      'method?': {
        type: 'string',
        enum: ['merge', 'squash', 'rebase'],
        description: 'How the commits are joined.',
      },
    }),
    outputSchema: record({ number: count, merged: { type: 'boolean' }, method: text }),
    annotations: DESTROYS,
    run: (args) =>
      found(args, (pullRequest) => {
        if (pullRequest.state !== 'open') return `Pull request ${pullRequest.number} is not open.`;
        pullRequest.state = 'merged';
        return { number: pullRequest.number, merged: true, method: args['method'] ?? 'merge' };
      }),
  },
};

serve({
  name: 'pull-requests',
  instructions: 'Repositories and pull requests of the code host: changes, review comments, merging.',
  tools: TOOLS,
  watched: seed,
});
