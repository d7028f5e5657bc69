import { TuttiError } from '../../../core/kernel/errors.ts';
import { withApp, type Session } from '../session.ts';
import { commandWord } from '../text.ts';

/** Writes a workflow that lints clean into the user's folder. Refuses to replace one. */
export async function newWorkflow(session: Session, name: string): Promise<void> {
  const { path } = await withApp(session, async ({ orchestrator }) => {
    const known = await orchestrator.listWorkflows();
    if (known.some((each) => each.name === name)) {
      throw new TuttiError(
        'input/invalid-format',
        `There is a workflow ${name} already. Choose another name.`,
      );
    }
    return orchestrator.save({ workflow: name, files: skeleton(name) });
  });
  const word = commandWord(name);
  session.terminal.answer({ workflow: name, path }, () =>
    [
      `Wrote ${path}`,
      `  tutti workflows lint ${word}`,
      `  tutti workflows graph ${word}`,
      `  tutti run ${word}`,
    ].join('\n'),
  );
}

function skeleton(name: string): Readonly<Record<string, string>> {
  return {
    'index.md': `# ${name}

## Overall Goal:

Say in two sentences what is true once the workflow has finished.

## Steps

- [Do the work](steps/do_the_work.md)
- [Check the work](steps/check_the_work.md)
- [Report the result](steps/report_the_result.md)
`,
    'steps/do_the_work.md': step(
      [
        'If the client reports success, proceed to "Check the work".',
        'If the client reports a failure, proceed to "Report the result".',
      ],
      'Say here, to the client, what is to be done in this step and what to look out for.',
      ['`status`: `success`, or `failure` with `error`'],
    ),
    'steps/check_the_work.md': step(
      [
        'If `all_good` is true, proceed to "Report the result".',
        'If `all_good` is false, proceed to "Do the work".',
      ],
      'Say here how to check the work of the step before.',
      ['`status`: `success`', '`context_updates.all_good`: `true` or `false`'],
    ),
    'steps/report_the_result.md': step(
      ['Proceed to "FINISH".'],
      'Tell the user what was done, or what stood in the way.',
      ['`status`: `success`'],
    ),
  };
}

function step(guidance: readonly string[], instructions: string, report: readonly string[]): string {
  return `# Orchestrator Guidance

${guidance.map((line) => `- ${line}`).join('\n')}

# Client Instructions

${instructions}

**Report**

${report.map((line) => `- ${line}`).join('\n')}
`;
}
