import { describe, expect, it } from 'vitest';
import { memoryDefinitions } from '../../adapters/definitions/memory.ts';
import type { WorkflowFiles } from '../../adapters/definitions/memory.ts';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import { createAgents } from './agents.ts';
import type { AgentSource } from './session-parts.ts';

const page = (to: string, more = ''): string =>
  `# Description\n\nX.\n\n# Prompt\n\nX.\n\n# Transitions\n\n- ${to}\n${more}`;
const mind = (more = ''): Record<string, string> => ({
  'index.md': '# Mind\n\nThinks.\n\n- [A](a.md)\n- [B](b.md)\n',
  'a.md': page('B', more),
  'b.md': page('A'),
});
const BROKEN = { 'index.md': '# Mind\n\n- [A](a.md)\n- [B](b.md)\n', 'a.md': page('C'), 'b.md': page('A') };

const open = (agents: WorkflowFiles): AgentSource =>
  createAgents({
    definitions: memoryDefinitions(agents),
    parse: parseMarkdown,
    digest: sha256,
    defaultAgent: 'MIND',
  });

describe('agents', () => {
  it('are listed, broken ones with their faults', async () => {
    expect(await open({ MIND: mind(), OTHER: BROKEN }).list()).toEqual([
      { name: 'MIND', description: 'Thinks.', states: ['A', 'B'], isDefault: true },
      {
        name: 'OTHER',
        description: '',
        states: [],
        isDefault: false,
        faults: [expect.objectContaining({ code: 'transition/unknown-state', file: 'a.md', line: 11 })],
      },
    ]);
  });

  it('are what their files say now', async () => {
    const folder: WorkflowFiles = { MIND: mind() };
    const agents = open(folder);
    const before = await agents.usable('MIND');
    expect(await agents.usable('MIND')).toBe(before);
    folder['MIND'] = mind('\n# Tools\n\n- github__get_*\n');
    const after = await agents.usable('MIND');
    expect(after.states[0]?.tools).toEqual(['github__get_*']);
    expect(after.hash).not.toBe(before.hash);
  });

  it('stay what they were for sessions that are bound to them', async () => {
    const folder: WorkflowFiles = { MIND: mind() };
    const { hash, files } = await open(folder).usable('MIND');
    const agents = open({});
    const bound = await agents.pinned('MIND', hash, async () => await Promise.resolve(files));
    expect(bound).toMatchObject({ name: 'MIND', hash, files });
    const untouched = async () => await Promise.reject(new Error('asked again'));
    expect(await agents.pinned('MIND', hash, untouched)).toBe(bound);
    const altered = { ...files, 'a.md': page('A') };
    await expect(
      open({}).pinned('MIND', hash, async () => await Promise.resolve(altered)),
    ).rejects.toMatchObject({ code: 'definition/unavailable', message: expect.stringContaining('altered') });
  });

  it('say why one cannot be used', async () => {
    const agents = open({ MIND: mind(), OTHER: BROKEN });
    await expect(agents.usable('MINDE')).rejects.toMatchObject({
      code: 'agent/not-found',
      message: 'There is no agent "MINDE". There are: MIND, OTHER.',
    });
    await expect(agents.usable('OTHER')).rejects.toMatchObject({
      code: 'agent/not-found',
      message: expect.stringContaining('a.md:11: The agent has no state "C". Its states: A, B.'),
      data: { faults: [expect.objectContaining({ code: 'transition/unknown-state' })] },
    });
    await expect(agents.usable('../MIND')).rejects.toMatchObject({ code: 'agent/not-found' });
    await expect(open({}).usable('MIND')).rejects.toMatchObject({
      message:
        'There is no agent "MIND". It is the default agent of the configuration (agents.default). None was found in memory, which is empty.',
    });
    expect(await agents.lint('OTHER')).toHaveLength(1);
    expect(await agents.lint('MIND')).toEqual([]);
    await expect(agents.lint('x')).rejects.toMatchObject({ code: 'agent/not-found' });
  });

  it('narrow tools once one that does was read, from its folder or as it is bound', async () => {
    const tools = mind('\n# Tools\n');
    const { hash, files } = await open({ MIND: tools }).usable('MIND');
    const agents = open({ MIND: mind() });
    await agents.list();
    expect(agents.narrows()).toBe(false);
    await agents.pinned('MIND', hash, async () => await Promise.resolve(files));
    expect(agents.narrows()).toBe(true);
    const others = open({ MIND: tools });
    await others.list();
    expect(others.narrows()).toBe(true);
  });

  it('are written when they are new and sound', async () => {
    const folder: WorkflowFiles = { MIND: mind() };
    const agents = open(folder);
    await agents.create('NEW', mind());
    expect((await agents.usable('NEW')).states).toHaveLength(2);
    await expect(agents.create('mind', mind())).rejects.toMatchObject({ code: 'input/invalid-format' });
    await expect(agents.create('OTHER', BROKEN)).rejects.toMatchObject({ code: 'definition/invalid' });
    await expect(agents.create('../x', mind())).rejects.toMatchObject({ code: 'definition/outside' });
    expect(Object.keys(folder)).toEqual(['MIND', 'NEW']);
  });
});
