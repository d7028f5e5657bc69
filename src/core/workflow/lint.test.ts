import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import { defineWorkflow } from './define.ts';
import { readFrom } from './definition/source.ts';
import { compileGuidance } from './guidance/compile.ts';
import { lintWorkflow } from './lint.ts';

const step = (guidance: string, instructions = 'Do it.'): string =>
  `# Orchestrator Guidance\n\n${guidance}\n\n# Client Instructions\n\n${instructions}\n`;

/** Steps by name; each has a file of its number. The index ends with `more`. */
async function lint(
  steps: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const names = Object.keys(steps);
  const files = {
    'index.md': `# T\n\n${names.map((name, at) => `- [${name}](${at}.md)`).join('\n')}\n`,
    ...Object.fromEntries(names.map((name, at) => [`${at}.md`, steps[name] ?? ''])),
    ...more,
  };
  const definition = await defineWorkflow('W', {
    parse: parseMarkdown,
    compile: compileGuidance,
    digest: sha256,
    read: readFrom(files),
  });
  if (!definition.workflow) throw new Error(JSON.stringify(definition.faults));
  return lintWorkflow(definition).map((fault) => `${fault.file}:${fault.line} ${fault.code}`);
}

describe('lint', () => {
  it('finds nothing wrong with a sound workflow', async () => {
    const found = await lint({
      Write: step(
        'Proceed to "Test".',
        'Write `{x}` and ask for the `branch`.\n\n```sh\necho ${HOME} <file>\n```\n\n<b>Bold</b> {"json": 1} a < b > c <https://x.org> <!-- note -->',
      ),
      Test: step(
        'If the client reports success, proceed to "Commit".\nIf the client reports a failure, proceed to "Write".',
      ),
      Commit: step('Proceed to FINISH.', 'Commit to {{ context.branch }}.'),
      FINISH: '# Client Instructions\n\nThank the user.\n',
    });
    expect(found).toEqual([]);
  });

  it('passes on what reading and compiling found', async () => {
    const found = await lint({
      'Run it': step('Proceed to "Repair".'),
      'run-it': step('Proceed to FINISH.'),
    });
    expect(found).toContain('index.md:4 step/near-duplicate');
    expect(found).toContain('0.md:3 target/dangling');
  });

  it('finds steps that no way leads to', async () => {
    const found = await lint({
      One: step('Proceed to "Two".'),
      Two: step('Proceed to FINISH.'),
      Island: step('Proceed to "Islet".'),
      Islet: step('Proceed to "Island".'),
    });
    expect(found).toEqual(['index.md:5 step/unreachable', 'index.md:6 step/unreachable']);
  });

  it('takes the next step in order for reached when the guidance names no way', async () => {
    const found = await lint({ One: step('Think.'), Two: step('Proceed to FINISH.') });
    expect(found.some((fault) => fault.includes('unreachable'))).toBe(false);
  });

  it('finds steps from which no way leads to the end', async () => {
    const trap = { Loop: step('Proceed to "Round".'), Round: step('Proceed to "Loop".') };
    expect(
      await lint({
        One: step(
          'If the client reports success, proceed to FINISH.\nIf the client reports a failure, proceed to "Loop".',
        ),
        ...trap,
      }),
    ).toEqual(['1.md:3 step/no-finish', '2.md:3 step/no-finish']);
    expect(await lint(trap)).toEqual(['0.md:3 step/no-finish']);
  });

  it.each(['Finish', 'finish', 'Stay', 'HALT'])('finds the name %j easily mistaken', async (name) => {
    expect(await lint({ One: step(`Proceed to "${name}".`), [name]: step('Proceed to FINISH.') })).toContain(
      'index.md:4 step/reserved-name',
    );
  });

  it('finds placeholders that are never filled in, at their line', async () => {
    const instructions =
      'Use {name}.\n\nAnd ${env.x}, {{ user }}, <your name>, {name} again.\n\n`{fine}` and ``<fine>``\n{{ context.a b }} {{ context }}';
    const found = await lint({ One: step('Proceed to FINISH.', instructions) });
    expect(found).toEqual([
      '0.md:7 placeholder/style',
      '0.md:9 placeholder/style',
      '0.md:9 placeholder/style',
      '0.md:9 placeholder/style',
      '0.md:12 placeholder/syntax',
      '0.md:12 placeholder/syntax',
    ]);
  });

  it('finds variables that nothing sets, in code too, and in the file they stand in', async () => {
    const one = step(
      'Proceed to FINISH.',
      'Show {{ context.ticket.id }} of {{ context.project }}.\n\n{{file:part.md}}',
    );
    const part = { 'part.md': 'x\n\n`{{ context.gone }}` {{ context.ticket }}' };
    expect(await lint({ One: one }, part)).toEqual([
      '0.md:7 placeholder/unset',
      '0.md:7 placeholder/unset',
      'part.md:3 placeholder/unset',
      'part.md:3 placeholder/unset',
    ]);
    const index = { 'index.md': '# T\n\nStart it with `ticket` and project.\n\n- [One](0.md)\n' };
    expect(await lint({ One: one }, { ...part, ...index })).toEqual(['part.md:3 placeholder/unset']);
  });

  it('reads an unclosed fence and unmatched backticks as a Markdown reader does', async () => {
    expect(await lint({ One: step('Proceed to FINISH.', '`a {x} ``b` {y}``\n\n~~~\n{z}') })).toEqual([
      '0.md:7 placeholder/style',
    ]);
  });
});
