import { describe, expect, it } from 'vitest';
import { sentTo, stage, unexpected } from '../../../../test/support/asking-stage.ts';
import type { Caller } from '../../kernel/caller.ts';

const about = (description: string) => ({ description });
const house = () =>
  stage({
    isReal: true,
    server: { github: about('Repositories and pull\nrequests.'), slack: about('The chat of the team.') },
  });

async function told(query: string, caller?: Caller): Promise<string> {
  const here = house();
  const came = await here.ask({ query }, caller && { caller });
  if (came.kind !== 'answer') throw unexpected(came);
  expect([came.sources, came.partial, sentTo(here, 'github')]).toEqual([[], [], []]);
  return came.answer;
}

describe('who asks what can be asked', () => {
  it.each(['help', 'Help!', 'what can you do?', 'hi, what can I ask you?', 'show me what you can do', '?'])(
    'is told the servers, and what they are for: %s',
    async (query) => {
      const lines = (await told(query)).split('\n');
      expect(lines).toContain('- github (2 tools): Repositories and pull requests.');
      expect(lines).toContain('- slack (2 tools): The chat of the team.');
      expect(lines).toContain('- teams (1 tool): search_messages');
      expect(lines.length).toBeLessThan(8);
    },
  );

  it('is told of no server that he may not see', async () => {
    const answer = await told('help', { owner: 'ada', grants: { tools: ['slack__*'] } });
    expect(answer).toContain('- slack');
    expect(answer).not.toContain('github');
  });

  it('is not taken for one who asks for something', async () => {
    const came = await house().ask({ query: 'help me find the changes of pull request #7' });
    expect(JSON.stringify(came)).not.toContain('what these servers can do');
  });
});
