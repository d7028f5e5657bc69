import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import { TuttiError } from '../kernel/errors.ts';
import { defineWorkflow } from './define.ts';
import type { Definition } from './define.ts';
import { readFrom } from './definition/source.ts';
import type { CompileGuidance, Guidance, GuidanceSource } from './guidance/guidance.ts';
import type { Step, Workflow } from './workflow.ts';
import { definitionText } from './workflow.ts';

type Files = Record<string, string>;

const guidance: Guidance = {
  rules: [],
  outcomes: [{ id: 'finish', when: '', to: { kind: 'finish' } }],
  expects: [],
  namesTarget: true,
  faults: [],
};
const compile: CompileGuidance = () => guidance;
const parts = { parse: parseMarkdown, compile, digest: sha256 };

async function define(files: Files): Promise<Definition> {
  return await defineWorkflow('W', { ...parts, read: readFrom(files) });
}

async function workflowOf(files: Files): Promise<Workflow> {
  const { workflow, faults } = await define(files);
  if (!workflow) throw new Error(JSON.stringify(faults));
  return workflow;
}

async function stepOf(text: string, more: Files = {}): Promise<Step> {
  const { steps } = await workflowOf({
    'index.md': '- [One](steps/one.md)\n',
    'steps/one.md': text,
    ...more,
  });
  const [step] = steps;
  if (!step) throw new Error('no step');
  return step;
}

/** Faults as `file:line code`, errors first. */
async function faultsOf(files: Files): Promise<string[]> {
  const { workflow, faults } = await define(files);
  return (workflow?.warnings ?? faults ?? []).map((fault) => `${fault.file}:${fault.line} ${fault.code}`);
}

const step = (instructions = 'Do it.', rules = 'Proceed to FINISH.'): string =>
  `# Orchestrator Guidance\n\n${rules}\n\n# Client Instructions\n\n${instructions}\n`;
const names = async (index: string, files: Files = {}): Promise<string[]> => {
  const all = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`${name}.md`, step(name)]));
  return (await workflowOf({ 'index.md': index, ...all, ...files })).steps.map(
    (each) => `${each.name}:${each.file}`,
  );
};

describe('the index', () => {
  it('lists steps as items that begin with a link to a Markdown file', async () => {
    const index =
      '# T\n\n- [A](a.md)\n- see [B](b.md)\n- no link\n- [C](c.txt)\n- [D](https://example.org/)\n\n1. [B](./b.md) and words [C](c.md)\n\n* **[C](c.md#part)**\n+ [D d](<d.md> "title")\n';
    expect(await names(index)).toEqual(['A:a.md', 'B:b.md', 'C:c.md', 'D d:d.md']);
  });

  it('counts nested items in the order of the text', async () => {
    expect(await names('- [A](a.md)\n  - [B](b.md)\n    1. [C](c.md)\n- [D](d.md)\n')).toEqual([
      'A:a.md',
      'B:b.md',
      'C:c.md',
      'D:d.md',
    ]);
  });

  it.each([
    '# Steps',
    '## Steps',
    '### STEPS :',
    '## High-Level Plan:',
    '## high-level plan',
    'Steps\n=====',
  ])('lets the list under %j win', async (heading) => {
    const index = `# T\n\n- [A](a.md)\n\n${heading}\n\nIn order:\n\n- [B](b.md)\n\n#### Later\n\n- [C](c.md)\n\n# Related\n\n- [D](d.md)\n`;
    const expected = /^#{1,3} /.test(heading) || heading.includes('=') ? ['B:b.md', 'C:c.md'] : ['B:b.md'];
    const found = await names(index);
    expect(found.slice(0, 2)).toEqual(expected);
    expect(found).not.toContain('A:a.md');
    expect(found).not.toContain('D:d.md');
  });

  it('takes every list when the section for steps lists none', async () => {
    expect(await names('# T\n\n- [A](a.md)\n\n## Steps\n\nSee above.\n')).toEqual(['A:a.md']);
  });

  it('ignores lists in fences and quotes', async () => {
    expect(await names('```\n- [B](b.md)\n```\n\n> - [C](c.md)\n\n- [A](a.md)\n')).toEqual(['A:a.md']);
  });

  it('reads links with blanks, percent signs and references', async () => {
    const files = { 'my steps/a 1.md': step(), 'steps/é.md': step(), 'steps/50%.md': step() };
    const index =
      '- [A](<my steps/a 1.md>)\n- [A2](my%20steps/a%201.md)\n- [E](steps/%C3%A9.md)\n- [F](steps/50%.md)\n- [G][g]\n\n[g]: a.md\n';
    expect((await names(index, files)).slice(0, 4)).toEqual([
      'A:my steps/a 1.md',
      'A2:my steps/a 1.md',
      'E:steps/é.md',
      'F:steps/50%.md',
    ]);
  });

  it.each([
    ['# T\n\n## Overall Goal:\n\nDo *it*.\n\nWell.\n\n## Steps\n\n- [A](a.md)\n', 'Do *it*.\n\nWell.'],
    ['# T\n\nIntro.\n\n# goal\n\nDo it.\n- [A](a.md)\n', 'Do it.'],
    ['# T\n\nIntro.\n\n## Notes\n\nMore.\n\n- [A](a.md)\n', 'Intro.'],
    ['# T\n\n## About\n\n<!-- no -->\n\nAbout it.\n\n## Steps\n\n- [A](a.md)\n', 'About it.'],
    ['# T\n\n## Goal\n\n## Steps\n\n- [A](a.md)\n', ''],
    ['Just words.\n\n- [A](a.md)\n', 'Just words.'],
    ['# T\n\n- [A](a.md)\n\nAfter.\n', ''],
    ['---\ndescription: From the front\n---\n# Goal\n\nNot this.\n\n- [A](a.md)\n', 'From the front'],
  ])('describes itself: %j', async (index, description) => {
    expect((await workflowOf({ 'index.md': index, 'a.md': step() })).description).toBe(description);
  });

  it('has settings', async () => {
    const index =
      '---\nmax_visits: 3\ndeciders: [model, caller]\nmodel_updates: [grade]\n---\n- [A](a.md)\n- [B](b.md)\n';
    const workflow = await workflowOf({
      'index.md': index,
      'a.md': step(),
      'b.md': `---\nmax_visits: 7\n---\n${step()}`,
    });
    expect(workflow.deciders).toEqual(['model', 'caller']);
    expect(workflow.modelUpdates).toEqual(['grade']);
    expect(workflow.steps.map((each) => each.maxVisits)).toEqual([3, 7]);
    const plain = await defineWorkflow('W', {
      ...parts,
      deciders: ['human'],
      read: readFrom({ 'index.md': '- [A](a.md)', 'a.md': step() }),
    });
    expect(plain.workflow?.deciders).toEqual(['human']);
    expect(plain.workflow).not.toHaveProperty('modelUpdates');
    expect(plain.workflow?.steps[0]).not.toHaveProperty('maxVisits');
  });
});

describe('a step', () => {
  it('has its sections, whatever their order and spelling', async () => {
    const found = await stepOf(
      'preamble\n\n#   client INSTRUCTIONS:  \n\n\n   Do it.  \n\n## A part\n\n- x\n\n   \n# Goal\n\nNOT-THIS\n\nOrchestrator Guidance\n=====================\n\nGo on.\n# Next Steps #\n\nNOR-THIS\n',
    );
    expect(found.instructions).toBe('   Do it.  \n\n## A part\n\n- x');
    expect(found.guidanceText).toBe('Go on.');
  });

  it('takes headings in fences, quotes and HTML for text', async () => {
    const text =
      '```md\n# Goal\n```\n~~~\n# Orchestrator Guidance\n~~~\n\n> # Goal\n\n<pre>\n# Goal\n</pre>\n\n    # Goal\n\n- x\n\n  # Goal';
    expect((await stepOf(step(text))).instructions).toBe(text);
  });

  it('reads BOM and CRLF as if they were not there', async () => {
    const text = step('One.  \n\n```md\n# Goal\n```\n\nTwo.');
    const plain = await workflowOf({ 'index.md': '- [One](one.md)\n', 'one.md': text });
    const dos = await workflowOf({
      'index.md': '\uFEFF- [One](one.md)\r\n',
      'one.md': `\uFEFF${text.replaceAll('\n', '\r\n')}`,
    });
    expect(dos).toEqual(plain);
  });

  it('gives the compiler its blocks with their lines', async () => {
    const seen: GuidanceSource[] = [];
    const text = `---\ntransitions: [x]\n---\n# Transitions\n\n- a -> b\n\n${step()}`;
    await defineWorkflow('W', {
      ...parts,
      compile: (source) => {
        seen.push(source);
        return guidance;
      },
      read: readFrom({
        'index.md': '- [One](one.md)\n- [FINISH](end.md)',
        'one.md': text,
        'end.md': '# Client Instructions\n\nBye.',
      }),
    });
    expect(seen[0]).toMatchObject({
      steps: [
        { name: 'One', file: 'one.md' },
        { name: 'FINISH', file: 'end.md' },
      ],
      step: 'One',
      file: 'one.md',
      guidance: [{ kind: 'paragraph', text: 'Proceed to FINISH.', line: 10 }],
      transitions: [{ kind: 'list', line: 6 }],
      frontMatter: ['x'],
      instructions: 'Do it.',
    });
    expect(seen[1]).toMatchObject({ step: 'FINISH', guidance: [] });
    expect(seen[1]).not.toHaveProperty('transitions');
  });

  it('is bound to every file that was read', async () => {
    const files = {
      'index.md': '- [A](steps/a.md)\n\n{{file:more.md}}',
      'more.md': 'more',
      'steps/a.md': step('{{file:../x.md}}'),
      'x.md': 'x',
      'unused.md': 'u',
    };
    const workflow = await workflowOf(files);
    expect(Object.keys(workflow.files).toSorted()).toEqual(['index.md', 'more.md', 'steps/a.md', 'x.md']);
    expect(workflow.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await workflowOf(workflow.files)).toEqual(workflow);
    expect((await workflowOf({ ...files, 'unused.md': 'other' })).hash).toBe(workflow.hash);
    expect((await workflowOf({ ...files, 'x.md': 'y' })).hash).not.toBe(workflow.hash);
    expect((await defineWorkflow('V', { ...parts, read: readFrom(files) })).workflow?.hash).not.toBe(
      workflow.hash,
    );
    expect(definitionText(workflow)).toBe(`- [A](steps/a.md)\n\nmore\n\n---\n\n## Step: A\n\n${step('x')}`);
  });
});

describe('includes', () => {
  it('are put in everywhere, relative to their file, without their last line end', async () => {
    const found = await stepOf(
      step('{{file:../parts/a.md}}|{{ file: ../parts/a.md }}\n\n```\n{{file:../parts/a.md}}\n```'),
      {
        'parts/a.md': 'A{{file:b.md}}\n',
        'parts/b.md': 'B\n\n',
      },
    );
    expect(found.instructions).toBe('AB\n|AB\n\n\n```\nAB\n\n```');
  });

  it('may hold sections and lists of steps, whose links are relative to the index', async () => {
    expect(await names('{{file:parts/list.md}}', { 'parts/list.md': '- [A](a.md)\n- [B](b.md)\n' })).toEqual([
      'A:a.md',
      'B:b.md',
    ]);
    expect((await stepOf('{{file:../all.md}}', { 'all.md': step('Here.') })).instructions).toBe('Here.');
  });

  it('may be ten deep', async () => {
    const chain = (depth: number): Files =>
      Object.fromEntries(
        Array.from({ length: depth }, (_each, at) => [
          `${at + 1}.md`,
          at + 1 === depth ? 'end' : `{{file:${at + 2}.md}}`,
        ]),
      );
    const index = { 'index.md': '- [A](a.md)\n', 'a.md': step('{{file:1.md}}') };
    expect((await workflowOf({ ...index, ...chain(10) })).steps[0]?.instructions).toBe('end');
    expect(await faultsOf({ ...index, ...chain(11) })).toEqual(['10.md:1 include/too-deep']);
  });

  it('are faults where they lead nowhere, and stay as written', async () => {
    const bad = [
      '{{file:gone.md}}',
      '{{file:../../x.md}}',
      '{{file:/etc/passwd}}',
      '{{file:..\\x.md}}',
      '{{file:C:/x.md}}',
      '{{file:}}',
      '{{file:https://x.org/a.md}}',
      '{{file:.env}}',
    ];
    const files = {
      'index.md': '- [A](steps/a.md)\n',
      'steps/a.md': `# Client Instructions\n\n${bad.join('\n')}\n\n# Orchestrator Guidance\n\nGo.\n`,
    };
    expect(await faultsOf(files)).toEqual([
      'steps/a.md:3 include/missing',
      ...[4, 5, 6, 7, 8, 9, 10].map((line) => `steps/a.md:${line} include/outside`),
    ]);
  });

  it('name the circle', async () => {
    const files = {
      'index.md': '- [A](a.md)\n',
      'a.md': step('\n{{file:b.md}}'),
      'b.md': 'x\n\n{{file:c.md}}',
      'c.md': '{{file:b.md}}',
    };
    const { faults } = await define(files);
    expect(faults).toHaveLength(1);
    expect(faults?.[0]).toMatchObject({
      file: 'c.md',
      line: 1,
      code: 'include/circular',
      message: expect.stringContaining('b.md -> c.md -> b.md') as string,
    });
  });

  it('stay within the bound of a page', async () => {
    const page = (length: number): string => `${step('')}${'x'.repeat(length - step('').length)}`;
    expect(await faultsOf({ 'index.md': '- [A](a.md)\n', 'a.md': page(262_144) })).toEqual([]);
    const { faults } = await define({ 'index.md': '- [A](a.md)\n', 'a.md': page(262_145) });
    expect(faults?.[0]).toMatchObject({
      code: 'include/too-large',
      message: 'a.md is larger than expected: at most 262144 characters with its includes.',
      fix: 'Split it into several files, or include less.',
    });
  });

  it('cannot explode', async () => {
    const bomb = Object.fromEntries(
      Array.from({ length: 10 }, (_each, at) => [`${at}.md`, `{{file:${at + 1}.md}}`.repeat(40)]),
    );
    const files = { 'index.md': '- [A](a.md)\n', 'a.md': step('{{file:0.md}}'), ...bomb };
    expect(await faultsOf({ ...files, '10.md': '' })).toContainEqual(
      expect.stringMatching(/include\/too-large$/),
    );
    expect(await faultsOf({ ...files, '10.md': 'x'.repeat(10_000) })).toContainEqual(
      expect.stringMatching(/include\/too-large$/),
    );
    const large = {
      ...files,
      'a.md': step('{{file:b.md}}{{file:b.md}}{{file:b.md}}'),
      'b.md': 'x\n'.repeat(200_000),
    };
    expect(await faultsOf(large)).toEqual(['b.md:1 include/too-large']);
  });

  it('keep faults in the file they come from', async () => {
    const files = {
      'index.md': 'x\n\n{{file:head.md}}\n\n- [A](a.md)\n{{file:list.md}}\n- [A](a.md)\n',
      'head.md': '1\n2\n3\n',
      'list.md': '- [B](b.md)\n- [A](a.md)\n- [C](gone.md)',
      'a.md': `{{file:head.md}}\n\n${step()}\n\n{{file:twice.md}}`,
      'b.md': step(),
      'twice.md': 'x\n\n# Client Instructions\n\nAgain.',
    };
    expect(await faultsOf(files)).toEqual([
      'list.md:2 step/duplicate',
      'index.md:7 step/duplicate',
      'list.md:3 step/missing',
      'twice.md:3 section/duplicate',
    ]);
    const compiled = await defineWorkflow('W', {
      ...parts,
      compile: (source) => ({
        ...guidance,
        faults: [
          {
            file: source.file,
            line: source.guidance[1]?.line ?? 0,
            code: 'x',
            message: 'm',
            severity: 'warning',
          },
        ],
      }),
      read: readFrom({
        'index.md': '- [A](a.md)',
        'a.md': step('Do.', 'One.\n\n{{file:more.md}}\n\nThree.'),
        'more.md': '\n\nTwo.\n',
      }),
    });
    expect(compiled.workflow?.warnings).toEqual([
      { file: 'more.md', line: 3, code: 'x', message: 'm', severity: 'warning' },
    ]);
  });
});

describe('faults', () => {
  it.each(['some', '[1]', '{a: 1}', 'true'])('are found in what a model may set: %s', async (value) => {
    const files = { 'index.md': `---\nmodel_updates: ${value}\n---\n# T\n\n- [A](a.md)\n`, 'a.md': step() };
    expect(await faultsOf(files)).toEqual(['index.md:2 front-matter/value']);
  });

  it('are reported all at once, with file and line', async () => {
    const files = {
      'index.md':
        '---\nmax_visits: 0\ndeciders: [caller, caller]\ndescription: 5\nmaxvisits: 3\n---\n# T\n\n- [A](a.md)\n- [A](a.md)\n- [a ](b.md)\n- [ ](b.md)\n- [C](gone.md)\n- [D](../d.md)\n- [E](/e.md)\n- [F](https://example.org/f.md)\n- [G](steps\\g.md)\n- [H](b.md)\n',
      'a.md':
        '---\nmax_visits: many\nfoo: 1\n---\n# Client Instructions\n\n## Orchestrator Guidance\n\nGo.\n',
      'b.md': '# Orchestrator Guidance\n\n  \n\n# Client Instructions\n\nDo.\n',
    };
    expect((await faultsOf(files)).toSorted()).toEqual(
      [
        'a.md:2 front-matter/value',
        'a.md:3 front-matter/unknown-key',
        'a.md:7 section/missing',
        'b.md:1 section/empty',
        'index.md:2 front-matter/value',
        'index.md:3 front-matter/value',
        'index.md:4 front-matter/value',
        'index.md:5 front-matter/unknown-key',
        'index.md:10 step/duplicate',
        'index.md:11 step/near-duplicate',
        'index.md:12 step/name',
        'index.md:13 step/missing',
        'index.md:14 step/outside',
        'index.md:15 step/outside',
        'index.md:16 step/outside',
        'index.md:17 step/outside',
        'index.md:18 step/shared-file',
      ].toSorted(),
    );
  });

  it.each([
    [{}, 'index.md:1 index/missing'],
    [{ 'index.md': '' }, 'index.md:1 index/no-steps'],
    [{ 'index.md': '# T\n\n[A](a.md)\n' }, 'index.md:1 index/no-steps'],
    [{ 'index.md': '- [A](a.md)', 'a.md': '' }, 'a.md:1 section/missing'],
    [{ 'index.md': '- [A](a.md)', 'a.md': `---\na: [\n---\n${step()}` }, 'a.md:2 front-matter/invalid'],
    [{ 'index.md': '- [A](a.md)', 'a.md': `---\n- x\n---\n${step()}` }, 'a.md:1 front-matter/invalid'],
    [{ 'index.md': '- [A\u001B\\[31m](a.md)', 'a.md': step() }, 'index.md:1 step/name'],
    [{ 'index.md': '- [A\u202Eb](a.md)', 'a.md': step() }, 'index.md:1 step/name'],
  ])('name the first thing wrong: %j', async (files, fault) => {
    expect(await faultsOf(files)).toContain(fault);
  });

  it('are bounded in number', async () => {
    const index = Array.from({ length: 2_000 }, (_each, at) => `- [S${at}](gone${at}.md)`).join('\n');
    const { faults } = await define({ 'index.md': index });
    expect(faults?.length).toBe(500);
    expect(faults?.[0]?.code).toBe('index/too-many-steps');
  });

  it('of the compiler keep a workflow from starting when they are errors', async () => {
    const fault = { file: 'a.md', line: 3, code: 'rule/bad', message: 'm', severity: 'error' } as const;
    const read = readFrom({ 'index.md': '- [A](a.md)', 'a.md': step() });
    const { workflow, faults } = await defineWorkflow('W', {
      ...parts,
      compile: () => ({ ...guidance, faults: [fault] }),
      read,
    });
    expect(workflow).toBeUndefined();
    expect(faults).toEqual([fault]);
  });

  it('are none of a medium that fails', async () => {
    const failing = async (): Promise<string> =>
      await Promise.reject(new TuttiError('definition/service-error', 'EIO'));
    await expect(defineWorkflow('W', { ...parts, read: failing })).rejects.toMatchObject({
      code: 'definition/service-error',
    });
  });

  it.each([
    ['*a_'.repeat(20_000), 1],
    ['x\n\n> '.concat('> '.repeat(5_000)), 3],
    [Array.from({ length: 400 }, (_each, at) => `${'  '.repeat(at)}- a`).join('\n'), 66],
    ['- '.repeat(500), 1],
    ['[a](<b'.repeat(20_000), 1],
    [`x\n\n${'`a `` '.repeat(20_000)}`, 3],
    ['a\n-\n'.repeat(5_000), 1_602],
    [`> a\n${'a\n'.repeat(5_000)}`, 4_001],
    [`| a |\n|---|\n${'| a |\n'.repeat(5_000)}`, 4_001],
    ['# a\n'.repeat(5_000), 4_001],
    [`<!--\n\`\`\`\n-->\n\n${'*a_'.repeat(20_000)}`, 5],
    [`- x\n  \`\`\`\n\n${'*a_'.repeat(20_000)}`, 4],
    [`a\n2. ${'*a_ '.repeat(200)}`.repeat(9), 4],
  ])('refuse what no parser reads in good time', async (text, line) => {
    const files = { 'index.md': '- [A](a.md)', 'a.md': text };
    expect(await faultsOf(files)).toEqual([`a.md:${line} page/too-intricate`]);
    expect(await faultsOf({ 'index.md': text })).toEqual([`index.md:${line} page/too-intricate`]);
    expect((await stepOf(step(`~~~~\n${text}\n~~~~`))).instructions).toBe(`~~~~\n${text}\n~~~~`);
  });

  it('resist an alias bomb', async () => {
    const aliases = Array.from(
      { length: 30 },
      (_each, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}, *a${at}]`,
    ).join('\n');
    const files = { 'index.md': `---\na0: &a0 x\n${aliases}\n---\n- [A](a.md)`, 'a.md': step() };
    expect(await faultsOf(files)).toEqual(['index.md:1 front-matter/invalid']);
  });
});

describe('any text', () => {
  const line = fc.oneof(
    fc.constantFrom(
      '# Client Instructions',
      '# Orchestrator Guidance',
      '# Transitions',
      '# Steps',
      '- [A](a.md)',
      '- [B](steps/b.md)',
      '{{file:a.md}}',
      '{{file:../x.md}}',
      '{{ context.a }}',
      '```',
      '---',
      'max_visits: 2',
      'deciders: [model]',
      '> - [C](c.md)',
      '  - x',
      '| a | b |',
      '|---|---|',
      '\uFEFF',
      '<!--',
      '[a]: b.md',
      '\u0000',
      '',
    ),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: 'binary', maxLength: 10 }),
  );
  const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.join('\n'));

  it('is a workflow or has faults in files that were read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ 'index.md': text, 'a.md': text, 'steps/b.md': text, 'x.md': text }),
        async (files) => {
          const { workflow, faults } = await define(files);
          const found = workflow?.warnings ?? faults ?? [];
          for (const fault of found) {
            const lines = (files as Files)[fault.file]?.replaceAll(/\r\n?/g, '\n').split('\n').length ?? 0;
            expect(fault.line).toBeGreaterThanOrEqual(1);
            expect(fault.line).toBeLessThanOrEqual(lines);
          }
          if (workflow) expect(await workflowOf(workflow.files)).toEqual(workflow);
          else expect(found.some((fault) => fault.severity === 'error')).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives instructions back word for word', async () => {
    const prose = fc.array(
      fc.constantFrom(
        'word',
        '*x*',
        '  indented',
        'trailing  ',
        '',
        '\t',
        '1. a',
        '## h',
        '<b>',
        '{{x}}',
        '\\',
        '$&',
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(prose, async (lines) => {
        const body = `start\n${lines.join('\n')}\nend`;
        expect((await stepOf(step(body))).instructions).toBe(body);
      }),
    );
  });
});
