import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { build, workflow } from '../support/workflows.ts';
import { describeWorlds } from '../support/world.ts';

const step = (guidance: string, instructions = 'Do it.') =>
  `# Orchestrator Guidance\n\n${guidance}\n\n# Client Instructions\n\n${instructions}\n`;

describeWorlds('definitions', ({ world, verifies }) => {
  const faultsOf = async (name: string) => {
    const { body } = await world().call('validate_workflow', { workflow_name: name });
    return body as unknown as {
      valid: boolean;
      faults: { file: string; line: number; code: string; message: string }[];
    };
  };
  const startError = async (name: string) =>
    (await world().call('start_workflow', { workflow_name: name })).body;
  const listed = async (name: string) => {
    const { body } = await world().call('list_workflows');
    return (body['workflows'] as unknown as Record<string, unknown>[]).find((each) => each['name'] === name);
  };

  verifies(['workflow/F1', 'workflow/F2'], 'reads steps from the list under Steps, in order', async () => {
    await world().define('ORDERED', {
      'index.md':
        '# T\n\n- [Not a step](steps/none.md)\n\n## Steps\n\n1. [B step](steps/b.md) with words\n2. [A step](steps/a.md)\n3. no link\n',
      'steps/b.md': step('Proceed to "A step".'),
      'steps/a.md': step('Proceed to "FINISH".'),
    });
    expect(await listed('ORDERED')).toMatchObject({ steps: ['B step', 'A step'] });
    for (const [name, mark] of [
      ['STAR', '*'],
      ['PLUS', '+'],
      ['DASH', '-'],
    ] as const) {
      await world().define(name, {
        'index.md': `# T\n\n${mark} [One](steps/one.md)\n`,
        'steps/one.md': step('Proceed to FINISH.'),
      });
      expect(await listed(name)).toMatchObject({ steps: ['One'] });
    }
    await world().define('PLAN', {
      'index.md': '# T\n\n## High-Level Plan:\n\n- [One](steps/one.md)\n',
      'steps/one.md': step('Proceed to FINISH.'),
    });
    expect(await listed('PLAN')).toMatchObject({ steps: ['One'] });
  });

  verifies(
    ['workflow/F3', 'workflow/F10'],
    'lists a broken workflow with its faults and refuses to start it',
    async () => {
      await world().define('TWICE', {
        ...build,
        'index.md': '# T\n\n- [A](steps/commit.md)\n- [A](steps/commit.md)\n',
      });
      expect(await faultsOf('TWICE')).toMatchObject({
        valid: false,
        faults: [{ file: 'index.md', line: 4 }],
      });
      await world().define('EMPTY', { 'index.md': '# Nothing here\n' });
      expect(await faultsOf('EMPTY')).toMatchObject({ valid: false, faults: [{ file: 'index.md' }] });
      await world().define('MISSING', { 'index.md': '# T\n\n- [A](steps/gone.md)\n' });
      expect(await faultsOf('MISSING')).toMatchObject({
        valid: false,
        faults: [{ file: 'index.md', line: 3, message: expect.stringContaining('gone.md') }],
      });
      expect(await listed('MISSING')).toMatchObject({ faults: [{ file: 'index.md', line: 3 }] });
      expect(await startError('MISSING')).toMatchObject({
        error_code: 'DEFINITION_NOT_FOUND',
        faults: [{ line: 3 }],
      });
      await world().define('BUILD', build);
      expect(await listed('BUILD')).not.toHaveProperty('faults');
    },
  );

  verifies(['workflow/F4', 'workflow/D10'], 'keeps sections apart', async () => {
    await world().define('SECTIONS', {
      'index.md': '# T\n\n- [One](steps/one.md)\n',
      'steps/one.md':
        '#   client INSTRUCTIONS  \n\nOnly this.\n\n## A part\n\nAnd this.\n\n# Goal\n\nNOT-THIS\n\n# orchestrator guidance\n\nProceed to FINISH.\n\n# Next Steps\n\nNOR-THIS\n',
    });
    const { body } = await world().call('start_workflow', { workflow_name: 'SECTIONS' });
    expect(body['next_step']?.['instructions']).toBe('Only this.\n\n## A part\n\nAnd this.');
    await world().define('HALF', {
      'index.md': '# T\n\n- [One](steps/one.md)\n',
      'steps/one.md': '# Client Instructions\n\nDo.\n',
    });
    expect(await faultsOf('HALF')).toMatchObject({
      valid: false,
      faults: [{ file: 'steps/one.md', message: expect.stringMatching(/Orchestrator Guidance/) }],
    });
  });

  verifies('workflow/F5', 'expands includes and finds circles', async () => {
    await world().define('INCLUDES', {
      'index.md': '# T\n\n{{file:parts/list.md}}\n',
      'parts/list.md': '- [One](steps/one.md)\n',
      'steps/one.md':
        '# Orchestrator Guidance\n\nProceed to FINISH.\n\n# Client Instructions\n\n{{file:../parts/text.md}}\n',
      'parts/text.md': 'Included: {{file:more.md}}',
      'parts/more.md': 'and more.',
    });
    const { body } = await world().call('start_workflow', { workflow_name: 'INCLUDES' });
    expect(body['next_step']?.['instructions']).toBe('Included: and more.');
    await world().define('CIRCLE', {
      'index.md': '# T\n\n- [One](steps/one.md)\n',
      'steps/one.md': step('Proceed to FINISH.', '{{file:two.md}}'),
      'steps/two.md': '{{file:one.md}}',
    });
    expect(await faultsOf('CIRCLE')).toMatchObject({
      valid: false,
      faults: [expect.objectContaining({ message: expect.stringMatching(/circle/i) })],
    });
    expect(await startError('CIRCLE')).toMatchObject({ error_code: 'DEFINITION_NOT_FOUND' });
  });

  verifies(['workflow/F6', 'workflow/prompts'], 'serves definition, graph, instance and prompt', async () => {
    await world().define('BUILD', build);
    const { contents } = await world().client.readResource({ uri: 'workflow://BUILD' });
    const text = String((contents[0] as { text?: string }).text);
    expect(text).toContain('\n\n---\n\n## Step: Run the tests\n');
    const graph = await world().client.readResource({ uri: 'workflow://BUILD/graph' });
    expect(String((graph.contents[0] as { text?: string }).text)).toMatch(/Run the tests/);
    const { body } = await world().call('start_workflow', { workflow_name: 'BUILD' });
    const instance = await world().client.readResource({ uri: `instance://${String(body['instance_id'])}` });
    expect(JSON.parse(String((instance.contents[0] as { text?: string }).text))).toMatchObject({
      status: 'RUNNING',
    });
    const { prompts } = await world().client.listPrompts();
    expect(prompts.map((prompt) => prompt.name)).toContain('BUILD');
    const prompt = await world().client.getPrompt({ name: 'BUILD' });
    expect(JSON.stringify(prompt.messages)).toContain('start_workflow');
    await expect(world().client.readResource({ uri: 'workflow://NOWHERE' })).rejects.toThrow(
      /NOWHERE|not found/i,
    );
  });

  verifies(
    ['workflow/F7', 'workflow/F8'],
    'returns instructions verbatim but for known placeholders',
    async () => {
      const instructions =
        'Say *hi* to {{ context.user.names[0] }} and {{context.unknown}}.\n\n```sh\n# Goal\necho "$HOME"  \n```\n\n<b>{{ not.ours }}</b> ${process.env.HOME}';
      await world().define('VERBATIM', {
        'index.md': '# T\n\n- [One](steps/one.md)\n',
        'steps/one.md': step('Proceed to FINISH.', instructions),
      });
      const { body } = await world().call('start_workflow', {
        workflow_name: 'VERBATIM',
        context: { user: { names: ['Ada {{context.user}}'] } },
      });
      expect(body['next_step']?.['instructions']).toBe(
        instructions.replace('{{ context.user.names[0] }}', 'Ada {{context.user}}'),
      );
    },
  );

  verifies(
    ['workflow/F9', 'workflow/D9', 'workflow/D11'],
    'sees edits at once, and pins what runs',
    async () => {
      await world().define(
        'EDITED',
        workflow({
          A: { guidance: 'Proceed to "B".', instructions: 'old A' },
          B: { guidance: 'Proceed to FINISH.', instructions: 'old B' },
        }),
      );
      const { body: running } = await world().call('start_workflow', { workflow_name: 'EDITED' });
      await world().define(
        'EDITED',
        workflow({
          A: { guidance: 'Proceed to "B".', instructions: 'new A' },
          B: { guidance: 'Proceed to FINISH.', instructions: 'new B' },
        }),
      );
      const { body: fresh } = await world().call('start_workflow', { workflow_name: 'EDITED' });
      expect(fresh['next_step']?.['instructions']).toBe('new A');
      await world().undefine('EDITED');
      expect(await listed('EDITED')).toBeUndefined();
      const { body: on } = await world().call('advance_workflow', {
        instance_id: running['instance_id'],
        report: { status: 'success' },
      });
      expect(on['next_step']?.['instructions']).toBe('old B');
      await world().define('ADDED', build);
      expect(await listed('ADDED')).toBeDefined();
    },
  );

  verifies('workflow/F11', 'reads BOM, CRLF and headings in fences', async () => {
    const text =
      '\uFEFF# Orchestrator Guidance\n\nProceed to FINISH.\n\n# Client Instructions\n\n```md\n# Orchestrator Guidance\nnot guidance\n```\n';
    await world().define('DOS', {
      'index.md': '\uFEFF# T\r\n\r\n- [One](steps/one.md)\r\n',
      'steps/one.md': text.replaceAll('\n', '\r\n'),
    });
    const { body } = await world().call('start_workflow', { workflow_name: 'DOS' });
    expect(String(body['next_step']?.['instructions']).replaceAll('\r\n', '\n')).toBe(
      '```md\n# Orchestrator Guidance\nnot guidance\n```',
    );
  });

  verifies(['workflow/D8', 'trust/32-definitions'], 'stays inside the folder', async () => {
    for (const name of ['../outside', '/etc', 'a/../../b', 'A\0B', '..', '', 'BUILD/../BUILD', 'build\\..']) {
      const { body, isError } = await world().call('start_workflow', { workflow_name: name });
      expect(isError).toBe(true);
      expect(body['error_code']).toMatch(/DEFINITION_NOT_FOUND|INVALID_FORMAT|DEFINITION_OUTSIDE/);
    }
    for (const href of [
      '../../etc/passwd.md',
      '/etc/passwd.md',
      '../BUILD/steps/commit.md',
      'https://example.org/x.md',
      'steps/..%2f..%2fx.md',
    ]) {
      await world().define('LINKS', { 'index.md': `# T\n\n- [A](${href})\n` });
      expect(await faultsOf('LINKS')).toMatchObject({
        valid: false,
        faults: [{ file: 'index.md', line: 3 }],
      });
    }
    await world().define('INC', {
      'index.md': '# T\n\n- [A](steps/a.md)\n',
      'steps/a.md': step('Proceed to FINISH.', '{{file:../../../secret.md}}'),
    });
    expect(await faultsOf('INC')).toMatchObject({ valid: false, faults: [{ file: 'steps/a.md' }] });
    await world().define('SYMLINK', { 'index.md': '# T\n\n- [A](steps/a.md)\n', 'steps/b.md': 'x' });
    await symlink('/etc/passwd', join(world().dir, 'workflows', 'SYMLINK', 'steps', 'a.md')).catch(() => {});
    expect(await faultsOf('SYMLINK')).toMatchObject({ valid: false });
    expect(JSON.stringify(await startError('SYMLINK'))).not.toContain('root:');
  });

  verifies('workflow/D17', 'lints what authors get wrong', async () => {
    await world().define('LINTED', {
      'index.md': '# T\n\n- [One](steps/one.md)\n- [Two](steps/two.md)\n- [Island](steps/island.md)\n',
      'steps/one.md': step(
        'If the client reports success, proceed to "Two".\nIf the client reports a failure, proceed to "Repair".',
        'Use {name} and ${x}.',
      ),
      'steps/two.md': step('Proceed to "FINISH".'),
      'steps/island.md': step('Proceed to "FINISH".'),
    });
    const { faults } = await faultsOf('LINTED');
    const codes = faults.map((fault) => fault.code);
    expect(faults).toContainEqual(
      expect.objectContaining({ file: 'steps/one.md', message: expect.stringContaining('Repair') }),
    );
    expect(faults).toContainEqual(expect.objectContaining({ message: expect.stringContaining('Island') }));
    expect(codes.some((code) => code.includes('placeholder'))).toBe(true);
  });

  verifies('workflow/wire-save', 'saves what lints, and nothing that does not', async () => {
    const bad = await world().call('save_workflow', {
      workflow_name: 'SAVED',
      files: { 'index.md': '# nothing' },
    });
    expect(bad.body).toMatchObject({ error_code: 'DEFINITION_INVALID' });
    expect(await listed('SAVED')).toBeUndefined();
    const { body } = await world().call('save_workflow', { workflow_name: 'SAVED', files: build });
    expect(body).toMatchObject({ saved: true, path: expect.stringContaining('SAVED'), warnings: [] });
    const loose = { ...build, 'steps/stray.md': 'Nothing leads here.' };
    const warned = await world().call('save_workflow', { workflow_name: 'SAVED', files: loose });
    expect(warned.body).toMatchObject({
      saved: true,
      warnings: [
        {
          file: 'index.md',
          line: 1,
          code: 'step/unlinked',
          message: expect.stringContaining('steps/stray.md'),
          fix: expect.any(String),
        },
      ],
    });
    expect(warned.text).toContain('step/unlinked');
    const started = await world().call('start_workflow', { workflow_name: 'SAVED' });
    expect(started.body).toMatchObject({ next_step: { step_name: 'Write the code' } });
    const outside = await world().call('save_workflow', { workflow_name: '../EVIL', files: build });
    expect(outside.isError).toBe(true);
    const path = await world().call('save_workflow', {
      workflow_name: 'EVIL',
      files: { ...build, '../../evil.md': 'x' },
    });
    expect(path.isError).toBe(true);
    expect(await listed('EVIL')).toBeUndefined();
  });

  verifies('trust/29-terminal', 'keeps control characters of definitions away from terminals', async () => {
    await world().define('ESC', workflow({ 'A\u001B[31m red': 'Proceed to FINISH.' }));
    const { text } = await world().call('list_workflows');
    expect(text.includes('\u001B')).toBe(false);
  });
});
