import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/digest/sha256.ts';
import { memoryDefinitions } from '../../../adapters/definitions/memory.ts';
import { parseMarkdown } from '../../../adapters/markdown/mdast.ts';
import { createAuthoring } from '../authoring.ts';
import type { Authoring, MendInput, Mending } from '../authoring.ts';
import { compileGuidance } from '../guidance/compile.ts';

type Files = Record<string, string>;

const authoringOf = (files: Files): Authoring =>
  createAuthoring({
    definitions: memoryDefinitions({ W: files }),
    parse: parseMarkdown,
    compile: compileGuidance,
    digest: sha256,
  });

const page = (guidance: string, instructions = 'Do it.'): string =>
  `# Orchestrator Guidance\n\n${guidance}\n\n# Client Instructions\n\n${instructions}\n`;

const index = (...names: readonly string[]): string =>
  `# W\n\n## Steps\n\n${names.map((name) => `- [${name}](steps/${name.toLowerCase().replaceAll(' ', '_')}.md)`).join('\n')}\n`;

/** Two sound steps around the one that matters. */
const around = (text: string): Files => ({
  'index.md': index('Write Code', 'Run Tests', 'Publish It'),
  'steps/write_code.md': text,
  'steps/run_tests.md': page('Proceed to "Publish It".'),
  'steps/publish_it.md': page('Proceed to FINISH.'),
});

interface Outcome extends Mending {
  readonly codes: readonly string[];
  readonly gone: readonly string[];
  readonly after: Files;
}

async function mended(files: Files, input: Partial<MendInput> = {}): Promise<Outcome> {
  const definitions = { W: { ...files } };
  const authoring = createAuthoring({
    definitions: memoryDefinitions(definitions),
    parse: parseMarkdown,
    compile: compileGuidance,
    digest: sha256,
  });
  const done = await authoring.mend({ workflow: 'W', ...input });
  return {
    ...done,
    codes: done.faults.map(({ code }) => code),
    gone: done.mended.map(({ code }) => code),
    after: definitions.W,
  };
}

describe('mending', () => {
  it.each([
    ['a fuzzy target', 'Proceed to "the tests".', 'Proceed to "Run Tests".', 'target/fuzzy'],
    ['a fuzzy target in code', 'Proceed to `tests`.', 'Proceed to `Run Tests`.', 'target/fuzzy'],
    ['a misspelt target', 'Proceed to "Run Tetss".', 'Proceed to "Run Tests".', 'target/dangling'],
    [
      'a misspelt end',
      'Proceed to "Run Tests".\n\nIf `x` is 1, proceed to "FINSH".',
      'Proceed to "Run Tests".\n\nIf `x` is 1, proceed to "FINISH".',
      'target/dangling',
    ],
  ])('%s becomes the name of the step', async (...[, before, after, code]) => {
    const files = around(page(before, 'Report `x`.'));
    const done = await mended(files);
    expect(done.gone).toEqual([code]);
    expect(done.faults).toEqual([]);
    expect(done.after).toEqual(around(page(after, 'Report `x`.')));
  });

  it('a misspelt target of a rule becomes the name of the step', async () => {
    const text = page('The rules decide.').replace(
      '# Client',
      '# Transitions\n\n- `x == 1 -> Run Testz`\n- `otherwise -> Publish It`\n\n# Client',
    );
    const done = await mended(around(text));
    expect(done.gone).toEqual(['transitions/target']);
    expect(done.valid).toBe(true);
    expect(done.after['steps/write_code.md']).toBe(text.replace('Run Testz', 'Run Tests'));
  });

  it('edits the place of the fault, and not a word beside it that is spelled alike', async () => {
    const text = page(
      'If the tests are green, proceed to "tests".\n\nIf the tests are red, stay on this step.',
    );
    const done = await mended(around(text));
    expect(done.after['steps/write_code.md']).toBe(
      text.replace('proceed to "tests"', 'proceed to "Run Tests"'),
    );
  });

  it('keeps byte order marks, line ends and white space', async () => {
    const text = `\uFEFF${page('Proceed to "the tests".  ', '  indented\t').replaceAll('\n', '\r\n')}`;
    const done = await mended(around(text));
    expect(done.after['steps/write_code.md']).toBe(text.replace('"the tests"', '"Run Tests"'));
  });

  it('leaves alone what could be several names, or another number', async () => {
    const files = {
      'index.md': index('Start', 'Review 1', 'Review 2', 'Reset', 'Reses', 'Text'),
      'steps/start.md': page(
        'If `a` is 1, proceed to "Review 3".\n\nIf `a` is 2, proceed to "Resex".\n\nIf `a` is 3, proceed to "Test".',
      ),
      'steps/text.md': page('Proceed to FINISH.'),
      'steps/review_1.md': page('Proceed to "Review 2".'),
      'steps/review_2.md': page('Proceed to "Reset".'),
      'steps/reset.md': page('Proceed to "Reses".'),
      'steps/reses.md': page('Proceed to FINISH.'),
    };
    const done = await mended(files);
    expect(done.changes).toEqual([]);
    expect(done.codes.filter((code) => code === 'target/dangling')).toHaveLength(3);
  });

  it('writes variables that the workflow knows as placeholders that are filled in, and no other word', async () => {
    const text = page(
      'Proceed to "Run Tests".',
      'Ask for `context_updates.branch` and `user`. Take {branch}, ${branch}, <branch>, {{ branch }} and `{branch}`; leave <remote> and {{ context["user"]["name"] }}.',
    );
    const done = await mended(around(text));
    expect(done.after['steps/write_code.md']).toContain(
      'Take {{ context.branch }}, {{ context.branch }}, {{ context.branch }}, {{ context.branch }} and `{branch}`; leave <remote>',
    );
    expect(done.after['steps/write_code.md']).not.toContain('["user"]');
    expect(done.codes).toContain('placeholder/style');
  });

  it.each(['{context.branch}', '${context.branch}', '<context.branch>', '{{ctx.branch}}'])(
    'writes %s as what it says of the context',
    async (written) => {
      const text = page('Proceed to "Run Tests".', `Ask for \`context_updates.branch\`. Take ${written}.`);
      const authoring = authoringOf(around(text));
      const { faults } = await authoring.validate({ workflow: 'W' });
      expect(faults[0]?.fix).toContain('Write {{ context.branch }} to show');
      const done = await mended(around(text));
      expect(done.faults).toEqual([]);
      expect(done.after['steps/write_code.md']).toBe(text.replace(written, '{{ context.branch }}'));
    },
  );

  it('leaves indented code and elements alone', async () => {
    const text = page(
      'Proceed to "Run Tests".',
      'Ask for `context_updates.branch`.\n\n    git switch ${branch}\n\n- Then\n\n      git push ${branch}\n\n<branch>html</branch>',
    );
    const done = await mended(around(text));
    expect(done).toMatchObject({ changes: [], faults: [] });
    const listed = page(
      'Proceed to "Run Tests".',
      'Ask for `context_updates.branch`.\n\n- First\n\n    take ${branch}.',
    );
    expect((await mended(around(listed))).after['steps/write_code.md']).toContain(
      'take {{ context.branch }}.',
    );
  });

  it.each([
    ['of another level', '## Client Instructions'],
    ['with a slip', '# Client Instuctions'],
    ['named in part', '# Instructions'],
    ['underlined', 'Client Instructions\n---'],
    ['of another level and with a slip', '## Client Instuctions'],
    ['that is bold', '# **Client Instuctions**'],
    ['that is a bold line', '**Client Instructions**'],
    ['that is a bold line with a slip', '__Client Instuctions__:'],
  ])('a heading %s becomes the heading of the section', async (_what, heading) => {
    const sound = page('Proceed to "Run Tests".');
    const done = await mended(around(sound.replace('# Client Instructions', heading)));
    expect(done.gone).toEqual(['section/missing']);
    expect(done.valid).toBe(true);
    expect(done.after['steps/write_code.md']).toBe(sound);
  });

  it.each(['## Orchestrator Guidence', '**Orchestrator Guidence**', '### **Orchestrator Guidance:**'])(
    'writes "# Orchestrator Guidance" for %s, and says so at its line',
    async (heading) => {
      const sound = page('Proceed to "Run Tests".');
      const files = around(`\n${sound.replace('# Orchestrator Guidance', heading)}`);
      const { faults } = await authoringOf(files).validate({ files });
      expect(faults).toMatchObject([{ code: 'section/missing', line: 2 }]);
      expect((await mended(files)).after['steps/write_code.md']).toBe(`\n${sound}`);
    },
  );

  it('takes no heading inside a section for one of its own that says but a part of its name', async () => {
    const done = await mended(around('# Client Instructions\n\nDo it.\n\n## Guidance\n\nWith care.\n'));
    expect(done.after['steps/write_code.md']).toContain('\n## Guidance\n');
  });

  it('a step without guidance says what its silence meant', async () => {
    const done = await mended(around('# Client Instructions\n\nDo it.\n'));
    expect(done.valid).toBe(true);
    expect(done.after['steps/write_code.md']).toBe(page('Proceed to "Run Tests".'));
    const emptied = await mended(around('# Orchestrator Guidance\n\n# Client Instructions\n\nDo it.\n'));
    expect(emptied.after['steps/write_code.md']).toBe(page('Proceed to "Run Tests".'));
  });

  it('a page without sections is the instructions of its step; front matter stays in front', async () => {
    const done = await mended(around('---\nmax_visits: 3\n---\n\nDo it.\n'));
    expect(done.faults).toEqual([]);
    expect(done.after['steps/write_code.md']).toBe(
      `---\nmax_visits: 3\n---\n\n${page('Proceed to "Run Tests".')}`,
    );
  });

  it('does not make up instructions', async () => {
    const done = await mended(around('# Orchestrator Guidance\n\nProceed to "Run Tests".\n'));
    expect(done).toMatchObject({ valid: false, changes: [], codes: ['section/missing'] });
  });

  it('links to the page that is there, for a link that leads nowhere and for an item that is none', async () => {
    const sound = around(page('Proceed to "Run Tests".'));
    const moved = {
      ...sound,
      'index.md': (sound['index.md'] ?? '').replace('steps/run_tests.md', 'run-tests.md'),
    };
    expect((await mended(moved)).after).toEqual(sound);
    const bare = {
      ...sound,
      'index.md': (sound['index.md'] ?? '').replace('[Run Tests](steps/run_tests.md)', 'Run Tests'),
    };
    const done = await mended(bare);
    expect(done.gone).toContain('step/unlinked');
    expect(done.after).toEqual(sound);
    expect(done.faults).toEqual([]);
  });

  it('mends a page that only a mended link leads to, and shows what it was', async () => {
    const files = around(page('Proceed to "Run Tests".'));
    const linked = files['steps/run_tests.md'] ?? '';
    const before = linked.replace('# Client', '## Client');
    const done = await mended({
      ...files,
      'index.md': (files['index.md'] ?? '').replace('steps/run_tests.md', 'run-tests.md'),
      'steps/run_tests.md': before,
    });
    expect(done.gone).toEqual(['step/missing', 'section/missing']);
    expect(done.changes).toContainEqual({ file: 'steps/run_tests.md', before, after: linked });
    expect(done.after).toEqual(files);
  });

  it('reports a page that nothing links to', async () => {
    const files = { ...around(page('Proceed to "Run Tests".')), 'steps/stray.md': 'x', 'notes.md': 'x' };
    const done = await mended(files);
    expect(done.faults).toMatchObject([{ code: 'step/unlinked', file: 'index.md', severity: 'warning' }]);
    expect(done.changes).toEqual([]);
  });

  it('never makes the end of a step called Finish, whose report would be awaited no more', async () => {
    const files = {
      'index.md': index('Work', 'Finish'),
      'steps/work.md': page('Proceed to "Finish".'),
      'steps/finish.md': page(
        'If the client reports success, proceed to "FINISH".',
        'Run deploy. Report `context_updates.url`.',
      ),
    };
    const done = await mended(files);
    expect(done).toMatchObject({ changes: [], mended: [] });
    expect(done.after).toEqual(files);
    const fault = done.faults.find(({ code }) => code === 'step/reserved-name');
    expect(fault?.fix).toMatch(/another name.*Call it FINISH if the workflow is over on arrival/);
  });

  it('keeps what was looked at and cannot be mended in the report, with nothing written', async () => {
    const files = around(page('Proceed to "Somewhere Else".'));
    const done = await mended(files);
    expect(done).toMatchObject({ changes: [], mended: [] });
    expect(done.codes).toContain('target/dangling');
    expect(done.after).toEqual(files);
  });

  it('mends errors before warnings, and no warning of a workflow that is not understood as a whole', async () => {
    const fuzzy = page('Proceed to "the tests".');
    const broken = {
      ...around(fuzzy),
      'steps/publish_it.md': '# Orchestrator Guidance\n\nProceed to FINISH.\n',
    };
    expect(await mended(broken)).toMatchObject({ changes: [], valid: false });
    const mendable = {
      ...broken,
      'steps/publish_it.md': page('Proceed to FINISH.').replace('# Client', '## Client'),
    };
    const done = await mended(mendable);
    expect(done.gone).toEqual(['section/missing', 'target/fuzzy']);
    expect(done.faults).toEqual([]);
  });

  it('writes nothing where somebody else changed a file meanwhile', async () => {
    const files = around(page('Proceed to "the tests".'));
    const workflows = { W: { ...files } };
    const medium = memoryDefinitions(workflows);
    let reads = 0;
    const definitions = {
      ...medium,
      read: async (workflow: string, path: string) => {
        const text = await medium.read(workflow, path);
        if (path === 'steps/write_code.md') reads += 1;
        return reads > 1 && path === 'steps/write_code.md' ? `${text}\n` : text;
      },
    };
    const authoring = createAuthoring({
      definitions,
      parse: parseMarkdown,
      compile: compileGuidance,
      digest: sha256,
    });
    await expect(authoring.mend({ workflow: 'W' })).rejects.toMatchObject({
      code: 'definition/service-error',
    });
    expect(workflows.W).toEqual(files);
  });

  it('writes nothing in a dry run', async () => {
    const files = around(page('Proceed to "the tests".'));
    const done = await mended(files, { dryRun: true });
    expect(done.changes).toMatchObject([{ file: 'steps/write_code.md' }]);
    expect(done.after).toEqual(files);
  });
});

const TARGETS = [
  'Run Tests',
  'the tests',
  'Run Tetss',
  'Publish It',
  'FINSH',
  'Nowhere',
  'publish',
  'FINISH',
];
const guidance = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'If `x` is 1, ',
        'If the client reports a failure, ',
        'Otherwise, ',
        'If it looks fine, ',
        '',
      ),
      fc.constantFrom('"', '`', ''),
      fc.constantFrom(...TARGETS),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((sentences) =>
    sentences.map(([lead, mark, to]) => `- ${lead}proceed to ${mark}${to}${mark}.`).join('\n'),
  );
const instructions = fc
  .array(
    fc.constantFrom(
      'Ask for `context_updates.x`.',
      'Say {x}.',
      'Say {{ x }}.',
      '<y>',
      '{{ context["x"] }}',
      'Do it.',
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(' '));
const heading = fc.constantFrom('# Client Instructions', '# Instructions', '## Client Instructions');
const ending = fc.constantFrom('\n', '\r\n');
const anyFiles = fc
  .record({ guidance, instructions, heading, ending })
  .map((parts) =>
    around(
      page(parts.guidance, parts.instructions)
        .replace('# Client Instructions', parts.heading)
        .replaceAll('\n', parts.ending),
    ),
  );

describe('mending any workflow', () => {
  it('makes no new fault, reports no more what it mended, and changes nothing the second time', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, async (files) => {
        const before = await authoringOf(files).validate({ workflow: 'W' });
        const done = await mended(files);
        const after = await authoringOf(done.after).validate({ workflow: 'W' });
        expect(done.faults).toEqual(after.faults);
        const errors = (faults: typeof after.faults): number =>
          faults.filter(({ severity }) => severity === 'error').length;
        expect(errors(after.faults)).toBeLessThanOrEqual(errors(before.faults));
        if (before.valid)
          expect(after.faults.length).toBe(before.faults.length - countGone(before.faults, after.faults));
        expect(await mended(done.after)).toMatchObject({ changes: [], mended: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('leaves a clean workflow as it is, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, async (files) => {
        const { after, faults } = await mended(files);
        if (faults.length > 0) return;
        const again = await mended(after);
        expect(again.after).toEqual(after);
        expect(again.changes).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

type Faults = Awaited<ReturnType<Authoring['validate']>>['faults'];

/** How many of the faults are gone, when none may come. */
function countGone(before: Faults, after: Faults): number {
  const count = (faults: Faults, code: string): number => faults.filter((each) => each.code === code).length;
  return [...new Set([...before, ...after].map(({ code }) => code))].reduce((sum, code) => {
    expect(count(after, code)).toBeLessThanOrEqual(count(before, code));
    return sum + count(before, code) - count(after, code);
  }, 0);
}
