import { describe, expect, it } from 'vitest';
import { READ, sentTo, stage } from '../../../../test/support/asking-stage.ts';
import { toTool } from '../../../../test/support/fake-downstream.ts';

const channels = toTool('list_channels', { ...READ, description: 'List the channels of the workspace.' });
const search = toTool('search_messages', {
  ...READ,
  description: 'Search the messages and discussions of all channels by words.',
  inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
});
const pulls = toTool('list_pull_requests', { ...READ, description: 'List pull requests.' });

const house = () =>
  stage({
    isReal: true,
    servers: { github: [pulls], slack: [channels, search], teams: [channels, search] },
    server: {
      slack: { description: 'The chat of the team in Slack.' },
      teams: { description: 'The chat with customers in Teams.' },
    },
  });

describe('servers that are named in a row', () => {
  it.each(['list the channels in slack and in teams', 'list the channels of Slack, Teams'])(
    'are each asked: %s',
    async (query) => {
      const here = house();
      expect(await here.ask({ query })).toMatchObject({
        kind: 'answer',
        sources: [{ server: 'slack' }, { server: 'teams' }],
        partial: [],
      });
    },
  );

  it('say nothing of what is looked for', async () => {
    const here = house();
    await here.ask({ query: 'search messages for "release" in slack and teams' });
    for (const server of ['slack', 'teams'])
      expect(sentTo(here, server)).toMatchObject([{ arguments: { query: 'release' } }]);
  });

  it('are named where one of them has no tool for it', async () => {
    const here = house();
    expect(await here.ask({ query: 'list the channels in slack and github' })).toMatchObject({
      kind: 'answer',
      sources: [{ server: 'slack' }],
      partial: [{ error: 'I don\'t have a tool for "list the channels in github".' }],
    });
    expect(sentTo(here, 'teams')).toEqual([]);
  });
});
