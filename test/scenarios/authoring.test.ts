import { readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeWorlds } from '../support/world.ts';
import type { World } from '../support/world.ts';

const CREATOR = 'workflows/WORKFLOW_CREATOR';

const page = (guidance: string, instructions = 'Do it.'): string =>
  `# Orchestrator Guidance\n\n${guidance}\n\n# Client Instructions\n\n${instructions}\n\n**Report**\n\n- \`status\`: \`success\`\n`;

/** What a client might write at first: one name is misspelt. */
const drafted = {
  'index.md':
    '# RELEASE_NOTES\n\n## Overall Goal:\n\nPublish the notes of a release.\n\n## Steps\n\n- [Collect the changes](steps/collect.md)\n- [Agree on the draft](steps/agree.md)\n- [Publish the notes](steps/publish.md)\n',
  'steps/collect.md': page('Proceed to "Agree on the drfat".'),
  'steps/agree.md': page(
    '- If the user approves the draft, proceed to "Publish the notes".\n- If the user wants other notes, go back to "Collect the changes".',
    'Show the draft.',
  ),
  'steps/publish.md': page('Proceed to "FINISH".'),
};

function shippedCreator(): Record<string, string> {
  const steps = readdirSync(join(CREATOR, 'steps')).map((file) => `steps/${file}`);
  return Object.fromEntries(
    ['index.md', ...steps].map((file) => [file, readFileSync(join(CREATOR, file), 'utf8')]),
  );
}

/** A client that reports one thing after the other. */
async function reporter(world: World, workflow: string) {
  const { body } = await world.call('start_workflow', { workflow_name: workflow });
  const instance_id = body['instance_id'];
  return async (report: object, context_updates: object = {}): Promise<string> => {
    const advanced = await world.call('advance_workflow', { instance_id, report, context_updates });
    return String(advanced.body['next_step']?.['step_name']);
  };
}

describeWorlds('help for authors', ({ world, verifies }) => {
  verifies('workflow/creator', 'leads a client from a wish to a workflow that is started', async () => {
    await world().define('WORKFLOW_CREATOR', shippedCreator());
    const report = await reporter(world(), 'WORKFLOW_CREATOR');
    const done = { status: 'success' };
    const workflow_name = 'RELEASE_NOTES';
    expect(
      await report(
        { ...done, outcome: 'describe_the_new_workflow' },
        { purpose: 'Publish notes.', workflow_name },
      ),
    ).toBe('Describe the new workflow');
    expect(await report(done, { details_complete: true, requirements: ['ask before publishing'] })).toBe(
      'Learn the format',
    );
    const guide = await world().call('get_howto_create_workflow_content');
    expect(String(guide.body['content'])).toContain('# How to write a workflow');
    expect(await report(done)).toBe('Plan the steps');
    expect(await report(done, { plan: '1. Collect 2. Agree 3. Publish' })).toBe('Agree on the plan');
    expect(await report({ ...done, outcome: 'write_the_files' })).toBe('Write the files');
    expect(await report(done, { file_list: Object.keys(drafted) })).toBe('Check the files');

    const checked = await world().call('validate_workflow', { files: drafted });
    expect(checked.body['faults']).toContainEqual(
      expect.objectContaining({
        file: 'steps/collect.md',
        line: 3,
        code: 'target/dangling',
        fix: 'Write "Agree on the draft".',
      }),
    );
    expect(await report(done, { checked: false, faults: checked.body['faults'] })).toBe('Correct the faults');
    const contracts = (checked.body['suggestions'] as unknown as { contract: string }[]).map(
      ({ contract }) => contract,
    );
    const files = {
      ...drafted,
      'steps/collect.md': drafted['steps/collect.md'].replace('drfat', 'draft'),
      'steps/agree.md': `${drafted['steps/agree.md']}${contracts.join('\n')}\n`,
    };
    expect(await report(done)).toBe('Check the files');
    expect((await world().call('validate_workflow', { files })).body).toEqual({ valid: true, faults: [] });
    expect(await report(done, { checked: true, faults: [] })).toBe('Save the workflow');
    const saved = await world().call('save_workflow', { workflow_name, files });
    expect(saved.body['saved']).toBe(true);
    expect(await report(done, { saved: true, saved_path: saved.body['path'], faults: [] })).toBe(
      'Hand it over',
    );
    expect(await report(done)).toBe('FINISH');

    const use = await reporter(world(), workflow_name);
    expect(await use(done)).toBe('Agree on the draft');
    expect(await use({ ...done, outcome: 'publish_the_notes' })).toBe('Publish the notes');
    expect(await use(done)).toBe('FINISH');
  });

  verifies('workflow/contracts', 'suggests what would close or settle a judgement', async () => {
    const { body, text } = await world().call('validate_workflow', { files: drafted });
    expect(body['suggestions']).toMatchObject([
      {
        file: 'steps/agree.md',
        line: 3,
        step_name: 'Agree on the draft',
        id: 'publish_the_notes',
        when: 'the user approves the draft',
        to: 'Publish the notes',
        contract: '- `outcome`: `publish_the_notes` when the user approves the draft',
        transition: '- `user_approves_draft == true -> Publish the notes`',
      },
      { line: 4, id: 'collect_the_changes' },
    ]);
    expect(text).toContain('- `user_approves_draft == true -> Publish the notes`');
  });

  verifies(['workflow/mending', 'workflow/contracts'], 'mends at the command line', async () => {
    await world().define('RELEASE_NOTES', drafted);
    const file = join(world().dir, 'workflows', 'RELEASE_NOTES', 'steps', 'collect.md');
    const looked = await world().run('workflows', 'lint', 'RELEASE_NOTES', '--fix', '--dry-run');
    expect(looked.stdout).toContain('-Proceed to "Agree on the drfat".\n+Proceed to "Agree on the draft".');
    expect(await readFile(file, 'utf8')).toBe(drafted['steps/collect.md']);
    const mended = await world().run('workflows', 'lint', 'RELEASE_NOTES', '--fix');
    expect(mended.stdout).toContain('RELEASE_NOTES: 1 fault(s) mended');
    expect(mended.stdout).toContain('0 error(s), 0 warning(s)');
    expect(await readFile(file, 'utf8')).toBe(drafted['steps/collect.md'].replace('drfat', 'draft'));
    const agree = join(world().dir, 'workflows', 'RELEASE_NOTES', 'steps', 'agree.md');
    expect(await readFile(agree, 'utf8')).toBe(drafted['steps/agree.md']);
    await world().run('workflows', 'lint', 'RELEASE_NOTES', '--fix', '--suggest');
    expect(await readFile(agree, 'utf8')).toContain(
      '  - `publish_the_notes` when the user approves the draft\n',
    );
    const again = await world().run('workflows', 'lint', 'RELEASE_NOTES', '--fix', '--suggest', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      workflows: [{ valid: true, faults: [], changes: [], mended: [], contracts: [] }],
    });
    await world().undefine('RELEASE_NOTES');
  });
});
