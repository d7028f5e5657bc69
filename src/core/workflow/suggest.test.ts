import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/digest/sha256.ts';
import { memoryDefinitions } from '../../adapters/definitions/memory.ts';
import { parseMarkdown } from '../../adapters/markdown/mdast.ts';
import { createAuthoring } from './authoring.ts';
import type { Mending } from './authoring.ts';
import { defineWorkflow } from './define.ts';
import { readFrom } from './definition/source.ts';
import { compileGuidance } from './guidance/compile.ts';
import { decideByGuidance } from './guidance/decide.ts';
import { suggestionText } from './suggest.ts';
import type { Suggestion } from './suggest.ts';

type Files = Record<string, string>;
const parts = { parse: parseMarkdown, compile: compileGuidance, digest: sha256 };

const page = (guidance: string, instructions = 'Ask.\n\n**Report**\n\n- `status`: `success`'): string =>
  `# Orchestrator Guidance\n\n${guidance}\n\n# Client Instructions\n\n${instructions}\n`;

const filesOf = (text: string): Files => ({
  'index.md': '# W\n\n- [Ask](ask.md)\n- [Revise](revise.md)\n- [Publish](publish.md)\n',
  'ask.md': text,
  'revise.md': page('Proceed to "Ask".'),
  'publish.md': page('Proceed to FINISH.'),
});

const JUDGED = [
  '- If the user seems happy with it, proceed to "Publish".',
  '- If the user asks for changes, go back to "Revise".',
  '- Otherwise, stay on this step.',
].join('\n');

async function suggested(text: string): Promise<readonly Suggestion[]> {
  const authoring = createAuthoring({ definitions: memoryDefinitions(), ...parts });
  return (await authoring.validate({ files: filesOf(text) })).suggestions ?? [];
}

async function written(files: Files): Promise<Mending & { readonly after: Files }> {
  const workflows = { W: { ...files } };
  const authoring = createAuthoring({ definitions: memoryDefinitions(workflows), ...parts });
  const mending = await authoring.mend({ workflow: 'W', contracts: true });
  return { ...mending, after: workflows.W };
}

async function guidanceOf(files: Files) {
  const { workflow } = await defineWorkflow('W', { ...parts, read: readFrom(files) });
  if (!workflow?.steps[0]) throw new Error('It has faults.');
  return workflow.steps[0].guidance;
}

describe('suggested contracts', () => {
  it('names the outcome, the condition and the target of each sentence of judgement', async () => {
    expect(await suggested(page(JUDGED))).toEqual([
      {
        file: 'ask.md',
        line: 3,
        step: 'Ask',
        sentence: 'If the user seems happy with it, proceed to "Publish"',
        id: 'publish',
        when: 'the user seems happy with it',
        to: 'Publish',
        contract: '- `outcome`: `publish` when the user seems happy with it',
        transition: '- `user_seems_happy == true -> Publish`',
        ask: '- `context_updates.user_seems_happy`: `true` when the user seems happy with it, else `false`',
      },
      expect.objectContaining({ line: 4, id: 'revise', to: 'Revise' }),
      expect.objectContaining({
        line: 5,
        id: 'stay',
        to: 'Ask',
        contract: '- `outcome`: `stay` otherwise',
        transition: '- `otherwise -> stay`',
      }),
    ]);
  });

  it('has nothing to say of what is certain, or asked for already', async () => {
    expect(
      await suggested(page('If `x` is 1, proceed to "Publish".\n\nIf the client reports a failure, stay.')),
    ).toEqual([]);
    const asked = 'Ask. Report `outcome`: `publish`, `revise` or `stay`.';
    expect(await suggested(page(JUDGED, asked))).toEqual([]);
  });

  it('names a variable by the words of the condition only where they make a name', async () => {
    const variable = async (condition: string) =>
      (await suggested(page(`If ${condition}, proceed to "Publish".\n\nOtherwise, stay.`)))[0]?.transition;
    expect(await variable('the user seems happy')).toBe('- `user_seems_happy == true -> Publish`');
    for (const condition of [
      'it seems to the user that there are more than three open issues',
      'the user seems to like each of the seven colours and the two fonts',
    ])
      expect(await variable(condition)).toBe('- `publish_applies == true -> Publish`');
  });

  it('shows what to paste on lines of their own', async () => {
    const [suggestion] = await suggested(page(JUDGED));
    const lines = suggestion ? suggestionText(suggestion).split('\n') : [];
    expect(lines).toEqual(
      expect.arrayContaining([suggestion?.contract, suggestion?.transition, suggestion?.ask]),
    );
  });

  it('gives transitions that decide what the sentences left open', async () => {
    const rules = (await suggested(page(JUDGED))).map(({ transition }) => transition);
    const files = filesOf(page(`The rules decide.\n\n# Transitions\n\n${rules.join('\n')}`));
    const guidance = await guidanceOf(files);
    expect(guidance.faults).toEqual([]);
    const decide = (context: Record<string, boolean>) =>
      decideByGuidance(guidance, { context, report: { status: 'success' }, visits: { Ask: 1 } })?.to;
    expect(decide({ user_seems_happy: true })).toEqual({ kind: 'step', step: 'Publish' });
    expect(decide({ user_asks_changes: true })).toEqual({ kind: 'step', step: 'Revise' });
    expect(decide({})).toEqual({ kind: 'stay' });
  });

  it('calls the way to a person HALT, which is no step', async () => {
    const [suggestion] = await suggested(
      page('Proceed to "Publish".\n\nIf it is unclear, hand over to a person.'),
    );
    expect(suggestion).toMatchObject({ id: 'halt', to: 'HALT', transition: '- `unclear == true -> HALT`' });
    const rule = suggestion?.transition ?? '';
    const guidance = await guidanceOf(filesOf(page(`The rules decide.\n\n# Transitions\n\n${rule}`)));
    expect(guidance.faults).toEqual([]);
    expect(guidance.outcomes.map(({ to }) => to)).toContainEqual({ kind: 'halt' });
  });

  it.each([
    ['beside others', 'Proceed to "Publish".'],
    ['as the only one', ''],
  ])('is made no more once the rule has replaced the sentence, %s', async (_where, others) => {
    const sentence = 'If it is unclear, hand over to a person.';
    const [suggestion] = await suggested(page(`${others}\n\n${sentence}`));
    if (!suggestion) throw new Error('There is no suggestion.');
    expect(suggestionText(suggestion)).toMatch(/replace the sentence.*leave: The rules decide\./);
    const guidance = others || 'The rules decide.';
    const authoring = createAuthoring({ definitions: memoryDefinitions(), ...parts });
    const done = await authoring.validate({
      files: filesOf(page(`${guidance}\n\n# Transitions\n\n${suggestion.transition}`, suggestion.ask)),
    });
    expect(done.suggestions).toBeUndefined();
    expect(done.faults.filter(({ file }) => file === 'ask.md')).toEqual([]);
  });

  it('stands in the fix of a sentence that was not understood', async () => {
    const text = page('Proceed to FINISH. Perhaps go to "Revise" when the moon is full or whatever.');
    const authoring = createAuthoring({ definitions: memoryDefinitions(), ...parts });
    const { faults } = await authoring.validate({ files: filesOf(text) });
    const fault = faults.find(({ code }) => code === 'guidance/judgement');
    expect(fault?.fix).toContain('- `outcome`: `revise` when the moon is full or whatever');
    expect(fault?.fix).toContain('== true -> Revise`');
  });

  it('is written into the instructions only on demand, and once', async () => {
    const files = filesOf(page(JUDGED));
    const { after, contracts, suggestions } = await written(files);
    expect(after['ask.md']).toBe(
      `${page(JUDGED).trimEnd()}\n- \`outcome\`: one of\n  - \`publish\` when the user seems happy with it\n  - \`revise\` when the user asks for changes\n  - \`stay\` otherwise\n`,
    );
    expect(contracts).toHaveLength(3);
    expect(suggestions).toBeUndefined();
    expect((await guidanceOf(after)).outcomes).toEqual((await guidanceOf(files)).outcomes);
    expect((await written(after)).changes).toEqual([]);
    const authoring = createAuthoring({ definitions: memoryDefinitions({ W: files }), ...parts });
    expect((await authoring.mend({ workflow: 'W' })).changes).toEqual([]);
  });

  it('finds a place where the instructions ask for no report, with the line ends of the file', async () => {
    const text = page(
      'If the user likes it, proceed to "Publish".\n\nIf `x` is 1, stay.',
      'Ask, and keep `x`.',
    ).replaceAll('\n', '\r\n');
    const { after } = await written(filesOf(text));
    expect(after['ask.md']).toBe(
      `${text.slice(0, -2)}\r\n\r\n**Report**\r\n\r\n- \`outcome\`: \`publish\` when the user likes it\r\n`,
    );
  });
});
