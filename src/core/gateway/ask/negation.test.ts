import { describe, expect, it } from 'vitest';
import { READ, numberOf, stage } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Resolution } from './ask.ts';

const text = { type: 'string' };
const object = (properties: JsonObject, ...required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required: [...required],
});
const channels = toTool('list_channels', { ...READ, description: 'List the channels of the workspace.' });
const servers = {
  github: [
    toTool('list_pull_requests', {
      ...READ,
      description: 'List pull requests with their number, title, author and state.',
      inputSchema: object({ state: { ...text, enum: ['open', 'merged', 'closed'] } }),
    }),
    toTool('get_pull_request_changes', {
      ...READ,
      description: 'Get the changes of a pull request: the changed files with their diff.',
      inputSchema: numberOf('number'),
    }),
    toTool('list_review_comments', {
      ...READ,
      description: 'List the review comments that were left on a pull request.',
      inputSchema: numberOf('number'),
    }),
  ],
  slack: [
    channels,
    toTool('post_message', {
      description: 'Post a message to a channel.',
      inputSchema: object({ channel: text, text }, 'channel', 'text'),
    }),
  ],
  teams: [channels],
  tasks: [
    toTool('list_tasks', {
      ...READ,
      description: 'List tasks with their title, state and due date.',
      inputSchema: object({ due_before: { ...text, format: 'date' } }),
    }),
    toTool('close_task', { description: 'Close a task by its number.', inputSchema: numberOf('task') }),
  ],
};

/** What comes of a question, the calls it plans or shows, and what arrived at the servers. */
async function asked(query: string) {
  const here = stage({
    isReal: true,
    policy: { approve: [] },
    servers,
    server: { tasks: {}, teams: {} },
  });
  const came = await here.ask({ query });
  const sent = Object.keys(servers).flatMap((server) =>
    here.w.fakes
      .server(server)
      .sent.map(({ request: { params } }) => [params?.['name'], params?.['arguments']]),
  );
  return { came, sent, planned: plannedIn(came) };
}

function plannedIn(came: Resolution): readonly unknown[] {
  const plan = 'plan' in came ? came.plan : undefined;
  return (plan?.calls ?? []).map(({ tool, arguments: given }) => [tool, given]);
}

describe('what must not happen', () => {
  it.each([
    'nobody should post "secret" to the channel lunch',
    'the text "secret" must never be posted to the channel lunch',
    'what would happen if I post "x" to the channel lunch?',
    'what happens if I close task 1 and close task 2?',
    'the task 1 must never be closed',
    'task 1 should not be closed',
    'you are not allowed to close task 1',
    'close task 1? No!',
    'cancel closing task 1',
    'nobody closes task 1',
    'closing task 1 is not allowed',
    'posting "secret" to the channel lunch is strictly forbidden',
    'close neither',
    'close neither task 1 nor task 2',
    'close none of the tasks',
  ])('is neither planned nor called: %s', async (query) => {
    const { came, sent, planned } = await asked(query);
    expect(came).toMatchObject({
      kind: 'out_of_scope',
      message: expect.stringMatching(/what not to do|was not called/),
    });
    expect({ sent, planned }).toEqual({ sent: [], planned: [] });
  });

  it.each([
    'close task 1. Actually no, close task 2 instead.',
    'close task 1, no wait, close task 2',
    'instead of closing task 1, close task 2',
  ])('is no longer planned where it is taken back for something else: %s', async (query) => {
    const { came, sent, planned } = await asked(query);
    expect(came).toMatchObject({
      kind: 'clarification',
      unanswered: [expect.stringMatching(/^Not done, as you said: .*task 1/)],
    });
    expect({ sent, planned }).toEqual({ sent: [], planned: [['tasks__close_task', { task: 2 }]] });
  });

  it('is not planned beside what is to happen', async () => {
    const { came, sent, planned } = await asked('list tasks without closing task 1; close task 2');
    expect(came).toMatchObject({ unanswered: ['Not done, as you said: "without closing task 1".'] });
    expect(sent).toEqual([]);
    expect(planned).toEqual([
      ['tasks__list_tasks', {}],
      ['tasks__close_task', { task: 2 }],
    ]);
  });

  it('leaves what is asked beside it, without a word that joins the two', async () => {
    const { came, sent } = await asked('Task 1 should not be closed, list tasks');
    expect(came).toMatchObject({
      kind: 'answer',
      partial: [{ error: 'Not done, as you said: "Task 1 should not be closed".' }],
    });
    expect(sent).toEqual([['list_tasks', {}]]);
  });

  it('is asked about where it is only corrected', async () => {
    const { came, sent } = await asked('close task 1. Actually, close task 2 instead.');
    expect(came).toMatchObject({
      kind: 'clarification',
      question: expect.stringContaining('This was not judged'),
    });
    expect(sent).toEqual([]);
  });

  it('is not what is asked for by it, nor what is named like it', async () => {
    expect((await asked('list the tasks that must not be closed')).sent).toEqual([['list_tasks', {}]]);
    expect((await asked('PR #123 is not merged, so list its review comments')).sent).toContainEqual([
      'list_review_comments',
      { number: 123 },
    ]);
    expect((await asked('nobody reviewed PR #123, list its review comments')).sent).toEqual([
      ['list_review_comments', { number: 123 }],
    ]);
  });
});

describe('the question before a change', () => {
  it('shows what would be called, and with what', async () => {
    const { came } = await asked('close task 1 unless it is open');
    expect(came).toMatchObject({
      kind: 'clarification',
      question: expect.stringContaining(
        'Is this right: "close task 1 unless it is open", by tasks__close_task {"task":1}?',
      ),
    });
  });
});

describe('what is left out by words', () => {
  it.each([
    ['list pull requests except the merged ones', 'except the merged ones', 'list_pull_requests'],
    ['list pull requests other than merged ones', 'other than merged ones', 'list_pull_requests'],
    ['list pull requests that are no longer open', 'that are no longer open', 'list_pull_requests'],
    ['list tasks not due before 2026-03-01', 'not due before 2026-03-01', 'list_tasks'],
  ])('fills no argument, and is named: %s', async (query, lost, tool) => {
    const { came, sent } = await asked(query);
    expect(sent).toEqual([[tool, {}]]);
    expect(came).toMatchObject({
      partial: [{ error: expect.stringContaining(`: ${JSON.stringify(lost)}.`) }],
    });
  });

  it.each([
    ['review comments of every PR except #123', 'except #123'],
    ['changes of every PR other than #123', 'other than #123'],
  ])('is not what a call is made for: %s', async (query, lost) => {
    const { came, sent } = await asked(query);
    expect(sent).toEqual([]);
    expect(came).toMatchObject({
      kind: 'needs_arguments',
      missing: [{ missing: ['number'] }],
      unanswered: [expect.stringContaining(`: ${JSON.stringify(lost)}.`)],
    });
  });

  it('is none of several', async () => {
    const { sent } = await asked('list the review comments of PRs 3 to 5 except 4');
    expect(sent).toEqual([
      ['list_review_comments', { number: 3 }],
      ['list_review_comments', { number: 5 }],
    ]);
  });
});

describe('what the rest is preferred to', () => {
  it.each([
    ['show the changes of PR #123 rather than its review comments', 'rather than its review comments'],
    ['show changes of PR #123, not the review comments', 'not the review comments'],
  ])('is not called: %s', async (query, passed) => {
    const { came, sent } = await asked(query);
    expect(sent).toEqual([['get_pull_request_changes', { number: 123 }]]);
    expect(came).toMatchObject({
      partial: [{ error: `Nothing was called for "${passed}"; what was called may hold it all the same.` }],
    });
  });

  it('is no server that is asked', async () => {
    const { came } = await asked('list the channels, but not in teams');
    expect(came).toMatchObject({ kind: 'answer', sources: [{ server: 'slack', tool: 'list_channels' }] });
  });
});
