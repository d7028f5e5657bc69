import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryDefinitions } from '../src/adapters/definitions/memory.ts';
import { sha256 } from '../src/adapters/digest/sha256.ts';
import { parseMarkdown } from '../src/adapters/markdown/mdast.ts';
import { scriptedModel } from '../src/adapters/model/scripted.ts';
import type { ScriptedTurn } from '../src/adapters/model/scripted.ts';
import { TuttiError } from '../src/core/kernel/errors.ts';
import { createAuthoring } from '../src/core/workflow/authoring.ts';
import { draftOutline } from '../src/core/workflow/drafting.ts';
import { compileGuidance } from '../src/core/workflow/guidance/compile.ts';
import { createTerminal } from '../src/surfaces/cli/terminal.ts';
import { interview } from '../src/surfaces/cli/workflow-interview.ts';
import { runCommand } from './support/command.ts';
import { modelServer } from './support/model-server.ts';
import { virtualClock } from './support/virtual-clock.ts';
import { verifies } from './support/world.ts';

const authoring = createAuthoring({
  definitions: memoryDefinitions(),
  parse: parseMarkdown,
  compile: compileGuidance,
  digest: sha256,
});

/** Somebody who gives these answers, one after the other, and then is gone. */
function talk(answers: readonly string[], turns?: readonly ScriptedTurn[]) {
  const rest = [...answers];
  const asked: string[] = [];
  const notes: string[] = [];
  const model = turns && scriptedModel(turns);
  const next = async (question: string): Promise<string | undefined> => {
    asked.push(question);
    return rest.shift();
  };
  const held = interview({
    workflow: 'NOTES',
    terminal: createTerminal(false),
    interviewer: {
      text: async (question, fallback) => {
        const answer = await next(question);
        return answer === '' && fallback !== undefined ? fallback : answer;
      },
      choose: async (question, options) => {
        const answer = await next(question);
        return options.find(({ value }) => value === answer)?.value;
      },
      note: (text) => void notes.push(text),
    },
    sketch: async (outline) => await authoring.sketch({ workflow: 'NOTES', outline }),
    draft: async (purpose) =>
      await draftOutline(
        { ...authoring, model, clock: virtualClock() },
        { owner: 'ada' },
        { workflow: 'NOTES', purpose },
      ),
  });
  return { held, asked, notes, model };
}

const STEPS = ['Draft the notes', 'Agree on them', 'Publish them', ''];
const ALL = [
  'Publish release notes.',
  ...STEPS,
  'Collect the changes and draft the notes.',
  'fails',
  'FAILED',
  'Show the draft to the user.',
  'depends',
  'the user approves the draft',
  'Publish them',
  'the user asks for changes',
  'Draft the notes',
  '',
  'Publish what was agreed on.',
  'next',
];

const outline = {
  steps: [
    { name: 'Draft the notes', does: 'Draft them.', ways: [{ when: 'always', to: 'Publish them' }] },
    { name: 'Publish them', does: 'Publish them.', ways: [{ when: 'success', to: 'FINISH' }] },
  ],
};
const dangling = {
  steps: [{ name: 'Draft the notes', does: 'Draft them.', ways: [{ when: 'always', to: 'Nowhere at all' }] }],
};

describe('a new workflow, talked through', () => {
  verifies('workflow/interview', 'becomes files that lint clean and lead where it was said', async () => {
    const { held, notes } = talk([...ALL, 'save']);
    const files = await held;
    expect(Object.keys(files ?? {})).toEqual([
      'index.md',
      'steps/draft_the_notes.md',
      'steps/agree_on_them.md',
      'steps/publish_them.md',
    ]);
    expect(await authoring.validate({ files: files ?? {} })).toEqual({ valid: true, faults: [] });
    expect(files?.['steps/draft_the_notes.md']).toContain(
      'proceed to "FINISH" and set the status to "FAILED"',
    );
    expect(files?.['steps/agree_on_them.md']).toContain(
      '  - `publish_them` when the user approves the draft',
    );
    expect(notes.join('\n')).toContain('→ Publish them (the user approves the draft)');
    expect(notes.join('\n')).toContain('0 error(s), 0 warning(s)');
  });

  verifies('workflow/interview', 'writes nothing when the person leaves, wherever it is', async () => {
    for (let answers = 0; answers <= ALL.length; answers += 1)
      expect(await talk(ALL.slice(0, answers)).held).toBeUndefined();
    expect(await talk([...ALL, 'cancel']).held).toBeUndefined();
  });

  it('shows what is wrong, and lets a step be changed before it is saved', async () => {
    const changed = ['edit', 'Agree on them', '', 'next'];
    const files = await talk([...ALL, ...changed, 'save']).held;
    expect(files?.['steps/agree_on_them.md']).toContain('Proceed to "Publish them".');
    expect(files?.['steps/agree_on_them.md']).toContain('Show the draft to the user.');
    const anew = ['again', 'Only this', '', 'Do it.', 'next', 'save'];
    const whole = await talk([...ALL, ...anew]).held;
    expect(Object.keys(whole ?? {})).toEqual(['index.md', 'steps/only_this.md']);
  });

  it.each([
    ['CON', 'A system keeps this name for a device. Choose another one.'],
    ['x'.repeat(201), "A step's name has at most 200 characters; this one has 201."],
    ['] ( b', 'A step\'s name holds no [ ] ` < > \\ or ".'],
    ['...', "A step's name holds a letter or a digit."],
  ])('does not take the name %s, which could not be saved', async (name, note) => {
    const { held, notes } = talk(['A purpose.', name, 'Work', name, '', 'Do it.', 'next', 'save']);
    expect(Object.keys((await held) ?? {})).toEqual(['index.md', 'steps/work.md']);
    expect(notes.filter((each) => each === note)).toHaveLength(2);
  });

  it('does not take two steps of one name, nor an empty purpose', async () => {
    const { held, notes } = talk(['', 'A purpose.', 'Work', 'work', '', 'Do it.', 'next', 'save']);
    expect(Object.keys((await held) ?? {})).toEqual(['index.md', 'steps/work.md']);
    expect(notes).toContain('There is a step "work" already.');
  });

  verifies('workflow/interview', 'shows what a model drafts, to be accepted or changed', async () => {
    const accepted = talk(['Publish release notes.', 'save'], [{ value: outline }]);
    const files = await accepted.held;
    expect(Object.keys(files ?? {})).toEqual([
      'index.md',
      'steps/draft_the_notes.md',
      'steps/publish_them.md',
    ]);
    expect(accepted.model?.asked).toMatchObject([{ purpose: 'author', account: { owner: 'ada' } }]);
    expect(accepted.notes.join('\n')).toContain('→ Publish them');
    const edited = talk(
      ['Publish release notes.', 'edit', 'Publish them', 'Publish them at last.', 'next', 'save'],
      [{ value: outline }],
    );
    expect((await edited.held)?.['steps/publish_them.md']).toContain('Publish them');
  });

  it('tells a model once what lint found in its draft', async () => {
    const { held, model } = talk(['Notes.', 'save'], [{ value: dangling }, { value: outline }]);
    expect(await held).toBeDefined();
    expect(model?.asked).toHaveLength(2);
    expect(model?.asked[1]?.prompt).toContain('No step is called');
    expect(model?.asked[0]?.prompt).toMatch(/<<(\S+)\nNotes\.\n\1>>$/);
  });

  it('does not offer to save a draft with a way to no step before that is mended', async () => {
    const turns = [{ value: dangling }, { value: dangling }];
    expect(await talk(['Notes.', 'save'], turns).held).toBeUndefined();
    const { held, notes } = talk(['Notes.', 'edit', 'Draft the notes', '', 'next', 'save'], turns);
    expect((await held)?.['steps/draft_the_notes.md']).toContain('Proceed to "FINISH"');
    expect(notes.join('\n')).toMatch(/error target\/dangling .*Nowhere at all/);
  });

  it('takes names that a model put in quotes without them', async () => {
    const quotedOnce = {
      steps: outline.steps.map((step) => ({
        ...step,
        ways: step.ways.map(({ when, to }) => ({ when, to: `"${to}"` })),
      })),
    };
    const { held, model } = talk(['Notes.', 'save'], [{ value: quotedOnce }]);
    expect((await held)?.['steps/draft_the_notes.md']).toContain('Proceed to "Publish them".');
    expect(model?.asked).toHaveLength(1);
  });

  it('writes no such draft where nobody can mend it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-draft-'));
    const server = await modelServer();
    try {
      const config = join(dir, 'tutti.config.json');
      writeFileSync(config, JSON.stringify({ model: { kind: 'openai', name: 'm', url: server.url } }), {
        mode: 0o600,
      });
      server.play({ answer: dangling }, { answer: dangling });
      const env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir, PATH: process.env['PATH'] };
      const args = ['workflows', 'new', 'NOTES', '--purpose', 'Notes.', '--json', '--config', config];
      const { stdout, status } = await runCommand(args, { cwd: dir, env });
      expect(status).not.toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { code: 'model/invalid-answer', message: expect.stringContaining('Nowhere at all') },
      });
      expect(existsSync(join(dir, 'tutti', 'workflows', 'NOTES'))).toBe(false);
    } finally {
      await server.close();
      rmSync(dir, { recursive: true });
    }
  });

  it('drafts without a talk where nobody can be asked, by the model of the configuration', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tutti-draft-'));
    const server = await modelServer();
    try {
      const config = join(dir, 'tutti.config.json');
      writeFileSync(config, JSON.stringify({ model: { kind: 'openai', name: 'm', url: server.url } }), {
        mode: 0o600,
      });
      server.play({ answer: outline });
      const env = { HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir, PATH: process.env['PATH'] };
      const args = [
        'workflows',
        'new',
        'NOTES',
        '--purpose',
        'Publish release notes.',
        '--json',
        '--config',
        config,
      ];
      const { stdout } = await runCommand(args, { cwd: dir, env });
      const { path } = JSON.parse(stdout) as { path: string };
      expect(readFileSync(join(path, 'index.md'), 'utf8')).toContain(
        '- [Draft the notes](steps/draft_the_notes.md)',
      );
      expect(server.requests).toHaveLength(1);
    } finally {
      await server.close();
      rmSync(dir, { recursive: true });
    }
  });

  it('goes on without a model that fails', async () => {
    const failure = new TuttiError('model/timeout', 'No answer within 30 s.');
    const { held, notes } = talk([...ALL, 'save'], [failure]);
    expect(Object.keys((await held) ?? {})).toHaveLength(4);
    expect(notes[0]).toContain('No answer within 30 s.');
  });
});
