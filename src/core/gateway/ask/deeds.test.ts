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
    toTool('add_comment', {
      description: 'Add a review comment to a pull request.',
      inputSchema: object({ number: { type: 'integer' }, body: text }, 'number', 'body'),
    }),
    toTool('merge_pull_request', {
      description: 'Merge a pull request into its base branch. This cannot be undone.',
      inputSchema: object(
        { number: { type: 'integer' }, method: { ...text, enum: ['merge', 'squash', 'rebase'] } },
        'number',
      ),
    }),
  ],
  slack: [
    toTool('list_channels', { ...READ, description: 'List the channels of the workspace.' }),
    toTool('read_thread', {
      ...READ,
      description: 'Read one thread: a message and all of its replies.',
      inputSchema: object({ ts: { ...text, description: 'Timestamp of the first message.' } }, 'ts'),
    }),
    toTool('post_message', {
      description: 'Post a message to a channel.',
      inputSchema: object({ channel: text, text }, 'channel', 'text'),
    }),
    toTool('delete_message', {
      description: 'Delete a message for good, with its replies.',
      inputSchema: object({ ts: { ...text, description: 'Timestamp of the message to delete.' } }, 'ts'),
    }),
  ],
};

async function asked(query: string): Promise<Resolution> {
  return await stage({ isReal: true, policy: { approve: [] }, servers }).ask({ query });
}

/** Tools that are planned or offered. */
function meantBy(came: Resolution): readonly (string | undefined)[] {
  const planned = 'plan' in came ? (came.plan?.calls ?? []).map(({ tool }) => tool) : [];
  return [...planned, ...(came.kind === 'clarification' ? came.options.map(({ id }) => id) : [])];
}

const CHANGING: ReadonlySet<string | undefined> = new Set([
  'github__merge_pull_request',
  'github__add_comment',
  'slack__post_message',
  'slack__delete_message',
]);

describe('a tool that changes something', () => {
  it.each([
    'reply "ok" to the message 1772443200.0001',
    'undo the merge of PR #119',
    'roll back the merge of PR #119',
    'unmerge PR #119',
    'close PR #123',
    'reopen PR #123',
    'stop merging PR #123',
    'rename channel lunch',
    'rename the channel lunch to food',
    'could you please tell me how to merge PR #123?',
    'how do I delete the message 1772443200.0001?',
    'PR 123 is ready to merge',
    'PR #123 has been merged',
  ])('is neither planned nor offered for the verb of another: %s', async (query) => {
    const came = await asked(query);
    expect(meantBy(came).filter((tool) => CHANGING.has(tool))).toEqual([]);
    expect(came.kind).toBe('out_of_scope');
  });

  it('says what the tool it comes near does not do', async () => {
    expect(await asked('undo the merge of PR #119')).toMatchObject({
      message:
        'I don\'t have a tool for "undo the merge of PR #119", so nothing was changed: github__merge_pull_request does something else.',
      nearest: [{ name: 'github__merge_pull_request' }],
    });
  });

  it.each([
    ['merge PR #123', 'github__merge_pull_request'],
    ['perform the merge of PR #123', 'github__merge_pull_request'],
    ['I want PR #123 merged', 'github__merge_pull_request'],
    ['PR #123 should be merged', 'github__merge_pull_request'],
    ['PR #123 is ready, merge it', 'github__merge_pull_request'],
    ['comment "nice" on PR #123', 'github__add_comment'],
    ['remove the message 1772443200.0001', 'slack__delete_message'],
    ['write "hi" to the channel lunch', 'slack__post_message'],
    ['tell the channel lunch that PR #123 is merged', 'slack__post_message'],
  ])('is meant by its own verb, and by those that say the same: %s', async (query, tool) => {
    const came = await asked(query);
    expect(meantBy(came).filter((each) => CHANGING.has(each))).toEqual([tool]);
  });

  it('does not stand for what is to be done besides', async () => {
    expect(await asked('merge PR #123 and tell the channel releases "merged"')).toMatchObject({
      plan: { calls: [{ tool: 'github__merge_pull_request' }] },
      unanswered: expect.arrayContaining([
        expect.stringMatching(/^Not done: "tell the channel releases .* does something else\.$/),
      ]),
    });
  });

  it('is asked about where the verb is not known', async () => {
    expect(await asked('zap the message 1772443200.0001')).toMatchObject({
      kind: 'clarification',
      question: expect.stringContaining('did you mean'),
    });
  });

  it.each(['I want PR #123 merged', 'PR #123 should be merged', 'I am ready to merge PR #123'])(
    'is not told how by the verb that asks for it: %s',
    async (query) => {
      const came = await asked(query);
      const calls = 'plan' in came ? (came.plan?.calls ?? []) : [];
      expect(calls.map((call) => call.arguments)).toEqual([{ number: 123 }]);
    },
  );
});
