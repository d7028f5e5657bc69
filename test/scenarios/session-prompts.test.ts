import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Toolset } from '../../src/config.ts';
import type { HostileScript } from '../support/hostile-server.ts';
import { programOf } from '../support/programs.ts';
import { workflow } from '../support/workflows.ts';
import { describeWorlds, openWorld, verifies } from '../support/world.ts';

const SECRET = 'what the user has in mind';

const ending = workflow({ Only: 'Proceed to "FINISH".' });

const toScript = (dir: string): HostileScript => ({
  recordFile: join(dir, 'heard.jsonl'),
  prompts: [
    { name: 'planning_prompt', description: 'Of a server.' },
    { name: 'Error_Prompt', description: 'Of a server.' },
    { name: 'summary', description: 'Of a server.' },
  ],
});

const toolsets: readonly Toolset[] = ['workflows', 'agent', 'gateway-all'];
const options = {
  toolsets,
  config: (dir: string) => ({
    toolsets,
    mcpServers: {
      plain: {
        command: process.execPath,
        args: [programOf('hostile-server'), JSON.stringify(toScript(dir))],
        prefix: false,
        trusted: true,
      },
    },
  }),
};

describeWorlds(
  'prompts of states',
  ({ world }) => {
    const get = async (name: string, args: Record<string, string> = {}): Promise<string> =>
      JSON.stringify(await world().client.getPrompt({ name, arguments: args }));

    verifies(
      ['agent/A2', 'trust/6-look-alikes'],
      'keep their names against servers without a prefix and against workflows, and are told to no server',
      async () => {
        await world().define('reviewing_prompt', ending);
        // A server that takes its time to start is not waited for.
        await expect.poll(async () => await get('summary', { of: 'nothing' })).toContain('nothing');
        const { prompts } = await world().client.listPrompts();
        const of = (name: string) => prompts.filter((each) => each.name === name);
        expect(of('planning_prompt')).toMatchObject([{ title: 'PLANNING of agent' }]);
        expect(of('reviewing_prompt')).toMatchObject([{ title: 'REVIEWING of agent' }]);
        expect(of('Error_Prompt')).toEqual([]);
        expect(of('summary')).toMatchObject([{ description: 'Of a server.' }]);
        expect(await get('planning_prompt', { task_description: SECRET })).toContain(SECRET);
        expect(await get('reviewing_prompt')).not.toContain('start_workflow');
        await expect(get('Error_Prompt', { error_description: SECRET })).rejects.toThrow('no such prompt');
        const ref = { type: 'ref/prompt', name: 'planning_prompt' } as const;
        const argument = { name: 'task_description', value: SECRET };
        expect((await world().client.complete({ ref, argument })).completion.values).toEqual([]);
        expect(await get('summary', { of: 'everything' })).toContain('everything');
        const heard = join(world().dir, 'heard.jsonl');
        expect(existsSync(heard)).toBe(true);
        expect(readFileSync(heard, 'utf8')).toContain('everything');
        expect(readFileSync(heard, 'utf8')).not.toContain(SECRET);
        expect((await world().call('start_workflow', { workflow_name: 'reviewing_prompt' })).isError).toBe(
          false,
        );
      },
    );
  },
  options,
);

verifies('agent/A2', 'doctor says which prompts give way to those of states', async () => {
  const world = await openWorld({ ...options, medium: 'stdio', era: '2026-07-28' });
  try {
    await world.define('reviewing_prompt', ending);
    const { findings } = JSON.parse((await world.run('doctor', '--json')).stdout) as {
      readonly findings: readonly { readonly code: string; readonly found: string }[];
    };
    const hidden = findings.filter(({ code }) => code === 'prompts/hidden').map(({ found }) => found);
    expect(hidden).toEqual([
      expect.stringContaining('the workflow reviewing_prompt'),
      expect.stringContaining('Error_Prompt of a server'),
      expect.stringContaining('planning_prompt of a server'),
    ]);
  } finally {
    await world.close();
  }
});
