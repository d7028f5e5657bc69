import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import { TuttiError } from '../kernel/errors.ts';
import { readFrom } from '../workflow/definition/source.ts';
import type { Agent } from './agent.ts';
import { defineAgent } from './define-agent.ts';
import type { AgentDefinition } from './define-agent.ts';

type Files = Readonly<Record<string, string>>;

const define = async (files: Files): Promise<AgentDefinition> =>
  await defineAgent('A', { read: readFrom(files), parse: parseMarkdown, digest: sha256 });

const agentOf = async (files: Files): Promise<Agent> => {
  const { agent, faults } = await define(files);
  if (agent) return agent;
  throw new Error(JSON.stringify(faults, undefined, 2));
};

const faultsOf = async (files: Files) => {
  const { agent, faults } = await define(files);
  return agent ? agent.warnings : faults;
};

/** Code and place of each fault. */
const said = async (files: Files): Promise<string[]> =>
  (await faultsOf(files)).map(({ file, line, code }) => `${file}:${line} ${code}`);

const page = (transitions: readonly string[], more = ''): string =>
  `# Description\n\nWhat it is.\n\n# Prompt\n\nWhat to do.\n\n# Transitions\n\n${transitions.map((each) => `- ${each}`).join('\n')}\n${more}`;

/** An agent of states that are named by their files. */
const agent = (states: Readonly<Record<string, string>>): Files => ({
  'index.md': `# Mind\n\nThinks.\n\n${Object.keys(states)
    .map((name) => `- [${name}](${name}.md)`)
    .join('\n')}\n`,
  ...Object.fromEntries(Object.entries(states).map(([name, text]) => [`${name}.md`, text])),
});

describe('an agent', () => {
  it('is read with everything that its pages say', async () => {
    const files = {
      'index.md':
        '---\ntransitions: off\n---\n# Mind\n\nThinks about\nthings.\n\n## States\n\n1. [IDLE](states/idle.md)\n2. [BUSY](states/busy.md) when there is work\n\n## Notes\n\n- [no state](other.md)\n',
      'states/idle.md':
        '# Description\n\nWaits.\n\n# Prompt\n\nWait, {{file:../tone.md}}.\n\n# Transitions\n\n- busy\n\n# Tools\n',
      'states/busy.md':
        '---\narguments:\n  - name: topic\n    description: What about.\n    default: anything\n  - name: depth\n---\n# Prompt\n\nLook into {{ topic }} to {{depth}}, with {{ data.notes }} and {{ knowledge.house rules }}.\n\n## Details\n\nMore.\n\n# Tools:\n\n- github__get_*\n- `files__read`\n* *\n\n# description\n\nWorks.\n\n# Transitions\n\n- IDLE\n- BUSY when visits.BUSY < 3 (once more)\n',
      'tone.md': 'kindly\n',
    };
    const read = await agentOf(files);
    expect(read).toMatchObject({
      name: 'A',
      files,
      description: 'Thinks about\nthings.',
      transitions: 'off',
      warnings: [],
    });
    expect(read.hash).toMatch(/^[0-9a-f]{64}$/);
    const [idle, busy] = read.states;
    expect(idle).toMatchObject({
      name: 'IDLE',
      file: 'states/idle.md',
      description: 'Waits.',
      prompt: { text: 'Wait, kindly.', arguments: [] },
      transitions: [{ to: 'BUSY' }],
      tools: [],
    });
    expect(busy).toMatchObject({
      name: 'BUSY',
      description: 'Works.',
      prompt: {
        text: 'Look into {{ topic }} to {{depth}}, with {{ data.notes }} and {{ knowledge.house rules }}.\n\n## Details\n\nMore.',
        arguments: [{ name: 'topic', description: 'What about.', default: 'anything' }, { name: 'depth' }],
      },
      transitions: [{ to: 'IDLE' }, { to: 'BUSY', when: { text: 'visits.BUSY < 3' }, note: 'once more' }],
      tools: ['github__get_*', 'files__read', '*'],
    });
    expect(read.states.map(({ tools }) => tools !== undefined)).toEqual([true, true]);
  });

  it('lets everything be called in a state that has no section for tools', async () => {
    const { states } = await agentOf(agent({ A: page(['B']), B: page(['A'], '\n# Tools\n') }));
    expect(states.map(({ tools }) => tools)).toEqual([undefined, []]);
  });

  it('is another one when any file, or its name, is another', async () => {
    const files = agent({ A: page(['B']), B: page(['A']) });
    const one = await agentOf(files);
    const two = await agentOf({ ...files, 'B.md': page(['A'], '\n') });
    const other = await defineAgent('O', { read: readFrom(files), parse: parseMarkdown, digest: sha256 });
    expect(new Set([one.hash, two.hash, other.agent?.hash]).size).toBe(3);
    expect((await agentOf(files)).hash).toBe(one.hash);
  });
});

describe('faults', () => {
  it('are reported all at once, each with file, line and what to write', async () => {
    const files = {
      ...agent({
        IDLE: page(['BUSZ', 'BUSY when data. == 1', 'BUSY whenever', 'GONE (note)']),
        BUSY: '---\nargumens: []\n---\n# Prompt\n\nDo\n{{ topik }}.\n\n# Tool\n\n- x\n\n# Transitions\n\n- IDLE\n',
        idle: page([]),
      }),
    };
    const faults = await faultsOf(files);
    expect(faults.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
      'index.md:7 state/duplicate',
      'IDLE.md:11 transition/unknown-state',
      'IDLE.md:12 transition/guard',
      'IDLE.md:13 transition/unreadable',
      'IDLE.md:14 transition/unknown-state',
      'BUSY.md:9 section/unknown',
      'BUSY.md:1 section/missing',
      'BUSY.md:7 prompt/placeholder',
      'BUSY.md:2 front-matter/unknown-key',
    ]);
    expect(faults.every(({ fix, code }) => fix !== undefined || code === 'front-matter/unknown-key')).toBe(
      true,
    );
    expect(faults.find(({ message }) => message.includes('"BUSZ"'))?.fix).toBe('Did you mean "BUSY"?');
    expect(faults.find(({ code }) => code === 'section/unknown')?.fix).toMatch(/^Did you mean "# Tools"\?/);
  });

  it('are one for an include that is refused, and for each placeholder beside it', async () => {
    const text =
      '# Description\n\nX.\n\n# Prompt\n\n{{file:../../secret.md}} {{ file:gone.md }} {{ topic }}\n\n# Transitions\n\n- A\n';
    const found = await said(agent({ A: text }));
    expect(found).toEqual(['A.md:7 include/outside', 'A.md:7 include/missing', 'A.md:7 prompt/placeholder']);
  });

  it('name the nearest argument for a placeholder nobody declared', async () => {
    const text =
      '---\narguments:\n  - name: topic\n---\n# Description\n\nX.\n\n# Prompt\n\n{{ topc }} {{ topc }} {{ topic }}\n\n# Transitions\n\n- A\n';
    const [fault, ...more] = await faultsOf(agent({ A: text }));
    expect(fault).toMatchObject({ file: 'A.md', line: 11, code: 'prompt/placeholder' });
    expect(fault?.fix).toMatch(/^Did you mean \{\{ topic \}\}\?/);
    expect(more).toEqual([]);
  });

  it.each([
    ['no index', {}, ['index.md:1 index/missing']],
    ['no states', { 'index.md': '# Nothing\n\n- [a](https://x.test/)\n' }, ['index.md:1 index/no-states']],
    [
      'links out of the folder',
      { 'index.md': '- [A](../../etc/passwd.md)\n- [B](/b.md)\n- [C](c%00.md)\n' },
      ['index.md:1 state/outside', 'index.md:2 state/outside', 'index.md:3 state/outside'],
    ],
    ['a state that is not there', { 'index.md': '- [A](a.md)\n' }, ['index.md:1 state/missing']],
    [
      'the name of the end',
      { 'index.md': '- [finish](a.md)\n', 'a.md': page(['FINISH']) },
      ['index.md:1 state/name'],
    ],
    [
      'names with control characters, blanks and signs',
      {
        'index.md': '- [A\u0007](a.md)\n- [B C](b.md)\n- [{x}](c.md)\n',
        'a.md': page([]),
        'b.md': page([]),
        'c.md': page([]),
      },
      ['index.md:1 state/name', 'index.md:2 state/name', 'index.md:3 state/name'],
    ],
    [
      'one file for two states',
      { 'index.md': '- [A](a.md)\n- [B](a.md)\n', 'a.md': page(['A', 'B']) },
      ['index.md:2 state/shared-file'],
    ],
    [
      'unknown settings',
      {
        'index.md': '---\ntransitions: strict\ndescription: 3\ncolour: red\n---\n- [A](a.md)\n- [B](b.md)\n',
        'a.md': page(['B']),
        'b.md': page(['A']),
      },
      [
        'index.md:3 front-matter/value',
        'index.md:2 front-matter/value',
        'index.md:4 front-matter/unknown-key',
      ],
    ],
    [
      'arguments that are none',
      agent({
        A: `---\narguments:\n  - topic\n  - name: 7\n  - name: a\n    default: 1\n  - name: b\n    kind: x\n---\n${page(['A'])}`,
      }),
      [...Array.from({ length: 4 }, () => 'A.md:2 prompt/argument'), 'A.md:2 prompt/unused-argument'],
    ],
    [
      'an argument twice, and one that is never shown',
      agent({
        A: `---\narguments: [{ name: a }, { name: a }]\n---\n${page(['A'])}`,
      }),
      ['A.md:2 prompt/argument', 'A.md:2 prompt/unused-argument'],
    ],
    [
      'empty sections, and two of one kind',
      agent({ A: '# Description\n\n# Prompt\n\n# Transitions\n\n- A\n\n# Transitions\n\n- A\n' }),
      ['A.md:1 section/empty', 'A.md:3 section/empty', 'A.md:9 section/duplicate'],
    ],
    [
      'text where a list belongs',
      agent({
        A: '# Description\n\nX.\n\n# Prompt\n\nX.\n\n# Transitions\n\nA, B\n\n# Tools\n\ngithub__*\n',
      }),
      ['A.md:15 tools/pattern', 'A.md:11 transition/unreadable'],
    ],
    [
      'patterns with blanks',
      agent({ A: page(['A'], '\n# Tools\n\n- get all\n- a\n  - b\n') }),
      ['A.md:15 tools/pattern', 'A.md:16 tools/pattern'],
    ],
    ['a circle of includes', agent({ A: page(['A'], '\n{{file:B.md}}\n'), B: `x {{file:A.md}}` }), undefined],
  ] as const)('%s', async (_what, files, expected) => {
    const found = await said(files);
    if (expected) expect(found.filter((each) => !each.includes('no-way-out'))).toEqual(expected);
    else expect(found).toEqual(expect.arrayContaining([expect.stringContaining('include/circular')]));
  });

  it('tell of states that nothing leads to or out of, unless ERROR does', async () => {
    expect(
      await said(
        agent({
          A: page(['B']),
          B: page(['B']),
          C: page(['A']),
          ERROR: page(['D']),
          D: page(['A', 'ERROR']),
        }),
      ),
    ).toEqual(['index.md:6 state/no-way-out', 'index.md:7 state/unreachable']);
  });

  it('tell of guards that are passed by way of ERROR', async () => {
    const guarded = (fall: readonly string[], more: readonly string[] = []) => ({
      A: page(['B when data.ok == true', ...more]),
      B: page(['A']),
      ERROR: page(fall),
    });
    const passed = await faultsOf(agent(guarded(['A', 'B'])));
    expect(passed).toMatchObject([{ code: 'state/guard-passed', severity: 'warning', line: 6 }]);
    expect(passed[0]?.message).toContain('"B"');
    for (const files of [
      guarded(['A']),
      guarded(['A', 'B when data.ok == true']),
      { ...guarded(['A', 'B']), C: page(['B']), A: page(['C', 'B when data.ok == true']) },
      { A: page(['B']), B: page(['A when data.ok == true']), ERROR: page(['A']) },
    ])
      expect(await said(agent(files))).toEqual([]);
  });

  it('tell of moves that stand twice, or with a guard that means nothing', async () => {
    const guarded = page(['B when data.x', 'B when data.x', 'B', 'A when data.y', 'A when data.z']);
    expect(await said(agent({ A: guarded, B: page(['A']) }))).toEqual([
      'A.md:12 transition/duplicate',
      'A.md:13 transition/duplicate',
    ]);
  });

  it('stay few however many states and moves there are', async () => {
    const names = Array.from({ length: 1_000 }, (_, at) => `S${at}`);
    const files = agent(Object.fromEntries(names.map((name) => [name, page(['NOWHERE', name])])));
    const faults = await faultsOf(files);
    expect(faults[0]).toMatchObject({ code: 'index/too-many-states', line: 105 });
    expect(faults.length).toBeLessThanOrEqual(500);
    const moves = Array.from({ length: 3_900 }, (_, at) => `NOWHERE_${at}`);
    expect((await faultsOf(agent({ A: page(moves) }))).length).toBe(500);
  });

  it('refuse pages that are too large or too intricate', async () => {
    const large = 'x'.repeat(1_048_576);
    const codes = async (text: string) => (await faultsOf(agent({ A: text }))).map(({ code }) => code);
    expect(await codes(page(['A'], large))).toContain('include/too-large');
    expect(await codes(page([`${'*'.repeat(200_000)}a`]))).toContain('page/too-intricate');
    expect(await codes(page([`A when ${'('.repeat(5_000)}`]))).toContain('transition/unreadable');
    expect(await codes(page([`A when ${'not '.repeat(800)}data.x`]))).toContain('transition/guard');
    expect(await codes(page([`A (${'('.repeat(900)}`]))).toContain('transition/unreadable');
    const heavy = Object.fromEntries(
      ['A', 'B', 'C', 'D', 'E'].map((name) => [name, page(['A'], `\n<!-- ${'x'.repeat(220_000)} -->\n`)]),
    );
    expect(await said(agent(heavy))).toEqual(['index.md:9 include/too-large']);
  });

  it('leave a medium that fails to its own error', async () => {
    const read = async (): Promise<string> => {
      await Promise.resolve();
      throw new TuttiError('definition/service-error', 'gone');
    };
    await expect(defineAgent('A', { read, parse: parseMarkdown, digest: sha256 })).rejects.toMatchObject({
      code: 'definition/service-error',
    });
  });
});

describe('any text', () => {
  it('is an agent or faults, never an exception', async () => {
    const word = fc.constantFrom(
      '# Description\n',
      '# Prompt\n',
      '# Transitions\n',
      '# Tools\n',
      '- A',
      ' when ',
      'data.x',
      '{{ a }}',
      '{{file:A.md}}',
      '(',
      ')',
      '"',
      '\n',
      '---\n',
      'arguments:\n',
      '  - name: a\n',
      '`',
      '[A](A.md)',
      '\u0000',
      '\u202E',
      'visits',
      '==',
    );
    const text = fc.array(word, { maxLength: 30 }).map((words) => words.join(''));
    await fc.assert(
      fc.asyncProperty(text, text, async (index, state) => {
        const files = { 'index.md': `- [A](A.md)\n${index}`, 'A.md': state };
        const { agent: read, faults } = await define(files);
        expect(read?.states.length ?? faults?.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
