import { describe, expect, it } from 'vitest';
import { READ, edited, numberOf, sentTo, stage, unexpected } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';
import type { JsonObject } from '../../kernel/json.ts';

const text = { type: 'string' };
const object = (properties: JsonObject, ...required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required: [...required],
});
const house = () =>
  stage({
    isReal: true,
    policy: { approve: [] },
    servers: {
      github: [
        toTool('list_pull_requests', {
          ...READ,
          description: 'List pull requests with their number, title, author and state.',
          inputSchema: object({ state: { ...text, enum: ['open', 'merged', 'closed'] } }),
        }),
        toTool('list_review_comments', {
          ...READ,
          description: 'List the review comments that were left on a pull request.',
          inputSchema: numberOf('number'),
        }),
      ],
      slack: [
        toTool('search_messages', {
          ...READ,
          description: 'Search the messages and discussions of all channels by words.',
          inputSchema: object({ query: text, channel: text }, 'query'),
        }),
        toTool('post_message', {
          description: 'Post a message to a channel.',
          inputSchema: object({ channel: text, text }, 'channel', 'text'),
        }),
      ],
    },
  });

const FILTERED = 'list open pull requests by ada older than a week';
const LEFT = 'Not taken into account by github__list_pull_requests: "by ada", "older than a week".';

describe('what no argument holds', () => {
  it('is named in the answer', async () => {
    const here = house();
    const came = await here.ask({ query: FILTERED });
    expect(came).toMatchObject({ kind: 'answer', partial: [{ server: 'tutti', error: LEFT }] });
    expect(came.kind === 'answer' && came.answer).toContain(LEFT);
    expect(sentTo(here, 'github')).toMatchObject([{ arguments: { state: 'open' } }]);
  });

  it('is named where a plan is only shown', async () => {
    const came = await house().ask({ query: FILTERED, dryRun: true });
    expect(came).toMatchObject({ kind: 'plan', unanswered: [LEFT] });
  });

  it('is named where the plan goes back to be agreed to, or to be completed', async () => {
    expect(await house().ask({ query: 'post "hi" to the channel lunch by @ada' })).toMatchObject({
      kind: 'clarification',
      unanswered: ['Not taken into account by slack__post_message: "by @ada".'],
    });
    expect(await house().ask({ query: 'list the review comments of the pull request by ada' })).toMatchObject(
      {
        kind: 'needs_arguments',
        unanswered: ['Not taken into account by github__list_review_comments: "by ada".'],
      },
    );
  });

  it('is named in the answer to a plan whose call goes by its words, but not where its arguments are given', async () => {
    const here = house();
    const shown = await here.ask({ query: FILTERED, dryRun: true });
    if (shown.kind !== 'plan') throw unexpected(shown);
    const { calls, ...plan } = shown.plan;
    const wordy = { ...plan, calls: calls.map(({ arguments: _read, ...call }) => call) };
    expect(await here.ask({ plan: wordy })).toMatchObject({ partial: [{ error: LEFT }] });
    expect(await here.ask({ plan: edited(shown.plan, {}) })).toMatchObject({ kind: 'answer', partial: [] });
  });

  it('is nothing where all of it is held, in words or as what the tool is there for', async () => {
    for (const query of [
      'list open pull requests',
      'list the review comments that were left on pull request #7',
      'search messages about builds that do not work',
    ])
      expect(await house().ask({ query })).toMatchObject({ kind: 'answer', partial: [] });
  });

  it('is no verb where it is a state', async () => {
    const here = house();
    expect(await here.ask({ query: 'open pull requests' })).toMatchObject({ kind: 'answer', partial: [] });
    expect(sentTo(here, 'github')).toMatchObject([{ arguments: { state: 'open' } }]);
  });

  it('is no part of what is searched for', async () => {
    const here = house();
    const query = 'search messages about the release from maya in lunch since Monday';
    expect(await here.ask({ query })).toMatchObject({
      kind: 'answer',
      partial: [
        {
          error: 'Not taken into account by slack__search_messages: "from maya", "in lunch", "since Monday".',
        },
      ],
    });
    expect(sentTo(here, 'slack')).toMatchObject([{ arguments: { query: 'the release' } }]);
    expect(await here.ask({ query: 'search messages for "x" in lunch' })).toMatchObject({
      partial: [{ error: 'Not taken into account by slack__search_messages: "in lunch".' }],
    });
  });

  it.each([
    ['every day post "hi" to the channel lunch', 'every day'],
    ['post "hi" to the channel lunch as maya', 'as maya'],
    ['post "hi" twice to the channel lunch', 'twice'],
  ])('is how often and as whom as well: %s', async (query, left) => {
    expect(await house().ask({ query })).toMatchObject({
      kind: 'clarification',
      plan: { calls: [{ arguments: { channel: 'lunch', text: 'hi' } }] },
      unanswered: [`Not taken into account by slack__post_message: ${JSON.stringify(left)}.`],
    });
  });

  it('is what is not wanted, rather than taken for what is', async () => {
    const here = house();
    expect(await here.ask({ query: 'list pull requests that are not merged' })).toMatchObject({
      kind: 'answer',
      partial: [{ error: 'Not taken into account by github__list_pull_requests: "that are not merged".' }],
    });
    expect(sentTo(here, 'github')).toMatchObject([{ arguments: {} }]);
  });
});

describe('a condition of a read', () => {
  const query = 'if #123 is open, list its review comments';
  const said = 'Not judged: "if #123 is open". What reads is called whatever it comes to.';

  it('is named, in the answer and where the plan is only shown', async () => {
    const here = house();
    const came = await here.ask({ query });
    expect(came).toMatchObject({ kind: 'answer', partial: [{ server: 'tutti', error: said }] });
    expect(sentTo(here, 'github')).toMatchObject([{ arguments: { number: 123 } }]);
    expect(await here.ask({ query, dryRun: true })).toMatchObject({ kind: 'plan', unanswered: [said] });
  });
});

describe('a value that can be read in several ways, or is one of several', () => {
  const number = { type: 'number' };
  const bank = () =>
    stage({
      isReal: true,
      policy: { approve: [] },
      servers: {
        github: [
          toTool('transfer_money', {
            description: 'Transfer an amount of money from one account to another.',
            inputSchema: object({ amount: number }, 'amount'),
          }),
          toTool('close_task', { description: 'Close a task.', inputSchema: numberOf('number') }),
        ],
        slack: [
          toTool('get_task', {
            ...READ,
            description: 'Get a task by its number.',
            inputSchema: numberOf('number'),
          }),
        ],
      },
    });

  it.each([
    ['transfer 1.250,50 from "a" to "b"', '1.250,50'],
    ['transfer 2,5 from "a" to "b"', '2,5'],
    ['transfer 1.000 from "a" to "b"', '1.000'],
  ])('is asked for and named: %s', async (query, value) => {
    const here = bank();
    const came = await here.ask({ query });
    expect(came).toMatchObject({ kind: 'needs_arguments', missing: [{ missing: ['amount'] }] });
    expect(came).toMatchObject({
      unanswered: expect.arrayContaining([`Could not read: ${JSON.stringify(value)}.`]),
    });
    expect(sentTo(here, 'github')).toEqual([]);
  });

  it('is a thousand where it is written so', async () => {
    const here = bank();
    expect((await here.ask({ query: 'get task 1,000', servers: ['slack'] })).kind).toBe('answer');
    expect(sentTo(here, 'slack')).toMatchObject([{ arguments: { number: 1000 } }]);
    const amount = await here.ask({ query: 'transfer 1,250 from "a" to "b"' });
    expect(amount).toMatchObject({ plan: { calls: [{ arguments: { amount: 1250 } }] } });
    const closing = await here.ask({ query: 'close task 1,000' });
    expect(closing).toMatchObject({ plan: { calls: [{ arguments: { number: 1000 } }] } });
  });

  it('is asked for where a change is for one or the other', async () => {
    const here = bank();
    const came = await here.ask({ query: 'close task 1 or task 2' });
    expect(came).toMatchObject({
      kind: 'needs_arguments',
      missing: [{ missing: ['number'] }],
      unanswered: ['Which one is meant is not said, so none was taken: "task 1 or task 2".'],
    });
    expect(sentTo(here, 'github')).toEqual([]);
  });
});
