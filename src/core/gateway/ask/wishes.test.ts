import { describe, expect, it } from 'vitest';
import { READ, numberOf, sentTo, stage } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Resolution } from './ask.ts';

const textOf = (...names: readonly string[]): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: [...names],
});

const get = toTool('get_ticket', {
  ...READ,
  description: 'Look up a ticket of the tracker by its key: title, status and assignee.',
  inputSchema: textOf('key'),
});
const close = toTool('close_ticket', {
  description: 'Close a ticket of the tracker.',
  inputSchema: textOf('key'),
});
const list = toTool('list_pull_requests', {
  ...READ,
  description: 'List pull requests with their number, title, author and state.',
  inputSchema: {
    type: 'object',
    properties: { state: { type: 'string', enum: ['open', 'merged', 'closed'] } },
  },
});
const changes = toTool('get_pull_request_changes', {
  ...READ,
  description: 'Get the changes of a pull request: the changed files with their diff.',
  inputSchema: numberOf('number'),
});
const merge = toTool('merge_pull_request', {
  description: 'Merge a pull request into its base branch.',
  inputSchema: numberOf('number'),
});
const post = toTool('post_message', {
  description: 'Post a message to a channel.',
  inputSchema: textOf('channel', 'text'),
});
const channels = toTool('list_channels', { ...READ, description: 'List the channels of the workspace.' });

const house = (servers: Parameters<typeof stage>[0] = {}) =>
  stage({
    isReal: true,
    servers: { github: [list, changes, merge], slack: [post, channels], tickets: [get] },
    server: { tickets: {} },
    ...servers,
  });

const namesIn = (came: Resolution): readonly string[] => {
  if (came.kind === 'out_of_scope') return came.nearest.map(({ name }) => name);
  return came.kind === 'clarification' ? came.options.map(({ id }) => id) : [];
};

describe('a wish to change something', () => {
  it.each([
    'close ticket OPS-41',
    'can you close the ticket OPS-41 for me?',
    'I want to close ticket OPS-41',
  ])('is not answered by a read as if it were done: %s', async (query) => {
    const here = house();
    const came = await here.ask({ query });
    expect(came).toMatchObject({
      kind: 'out_of_scope',
      message: `I don't have a tool for ${JSON.stringify(query)}, so nothing was changed: tickets__get_ticket only reads.`,
    });
    expect(namesIn(came)).toContain('tickets__get_ticket');
    expect(sentTo(here, 'tickets')).toEqual([]);
  });

  it('leads to the tool that changes, however near a read comes', async () => {
    const here = house({ servers: { tickets: [get, close] }, policy: { approve: [] } });
    const came = await here.ask({ query: 'close ticket OPS-41' });
    expect(came).toMatchObject({
      kind: 'clarification',
      options: [],
      plan: { calls: [{ tool: 'tickets__close_ticket', arguments: { key: 'OPS-41' } }] },
    });
  });

  it('is asked about among tools that change something alone', async () => {
    const here = house();
    const came = await here.ask({ query: 'send the changes of #123 to the channel lunch' });
    expect(came.kind).not.toBe('answer');
    expect(namesIn(came)).not.toContain('github__get_pull_request_changes');
    expect(sentTo(here, 'github')).toEqual([]);
  });

  it('is told by a verb of which only the tools speak that change something', async () => {
    const alerts = [
      toTool('get_alert', { ...READ, description: 'the alert' }),
      toTool('snooze_alert', { description: 'quiet' }),
    ];
    const here = stage({ servers: { alerts }, server: { alerts: {} }, policy: { approve: [] } });
    // Both have two of its three words.
    const came = await here.ask({ query: 'snooze the alert' });
    expect(came).toMatchObject({
      kind: 'clarification',
      options: [],
      plan: { calls: [{ tool: 'alerts__snooze_alert' }] },
    });
    expect(sentTo(here, 'alerts')).toEqual([]);
  });

  it('is shown as left out, where the rest is read', async () => {
    const here = house();
    const came = await here.ask({ query: 'Close ticket OPS-41. List the channels of the workspace.' });
    expect(came).toMatchObject({
      kind: 'answer',
      sources: [{ server: 'slack' }],
      partial: [{ server: 'tutti', error: expect.stringContaining('so nothing was changed') }],
    });
    expect(sentTo(here, 'tickets')).toEqual([]);
  });

  it('is none where something is only to be put into words, or the verb names a thing', async () => {
    for (const query of ["write a summary of PR #123's changes", 'create a list of open pull requests'])
      expect(await house().ask({ query })).toMatchObject({ kind: 'answer', partial: [] });
    const requests = toTool('list_merge_requests', { ...READ, description: 'List merge requests.' });
    const here = house({ servers: { forge: [requests] }, server: { forge: {} } });
    expect(await here.ask({ query: 'merge requests' })).toMatchObject({ kind: 'answer' });
  });

  it('is served by a tool that reads and says that it does so', async () => {
    const sum = toTool('get_sum', { ...READ, description: 'Adds two numbers and returns the sum.' });
    const here = house({ servers: { maths: [sum] }, server: { maths: {} } });
    expect(await here.ask({ query: 'add two numbers' })).toMatchObject({ kind: 'answer' });
  });

  it('is one as well in a plan whose call names no tool', async () => {
    const here = house();
    const call = { id: 'a', server: 'tickets', intent: 'close ticket OPS-41', dependsOn: [] };
    await expect(here.ask({ plan: { calls: [call], structure: 'single' } })).rejects.toThrow(
      /there is none for "close ticket OPS-41"/,
    );
    expect(sentTo(here, 'tickets')).toEqual([]);
  });
});

describe('a question about how something is', () => {
  it.each(['Has pull request #124 been merged?', 'was pull request #124 merged?'])(
    'reads and changes nothing: %s',
    async (query) => {
      const here = house();
      const came = await here.ask({ query });
      expect(came).toMatchObject({ kind: 'answer', sources: [{ tool: 'list_pull_requests' }] });
      expect(sentTo(here, 'github').map((sent) => sent?.['name'])).toEqual(['list_pull_requests']);
    },
  );

  it('is asked about among tools that read alone', async () => {
    const came = await house().ask({ query: 'who merged #124?' });
    expect(came.kind).not.toBe('approval');
    expect(namesIn(came)).not.toContain('github__merge_pull_request');
  });

  it('says where nothing tells', async () => {
    const here = house({ servers: { slack: [post] } });
    const came = await here.ask({ query: 'did somebody post a message to the channel lunch today?' });
    expect(came).toMatchObject({
      kind: 'out_of_scope',
      message: expect.stringContaining("I don't have a tool that tells"),
    });
    expect(sentTo(here, 'slack')).toEqual([]);
  });

  it('is none where somebody is asked to do it', async () => {
    const came = await house().ask({ query: 'could you merge pull request #124?' });
    expect(came).toMatchObject({ kind: 'approval' });
  });
});
