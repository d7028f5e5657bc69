import type { App } from '../../../app.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import { EXIT } from '../failure.ts';
import { terminalInterviewer } from '../interviewer.ts';
import { withApp, type Session } from '../session.ts';
import { commandWord } from '../text.ts';
import { interview } from '../workflow-interview.ts';

export interface NewWorkflowOptions {
  readonly plain?: boolean;
  readonly purpose?: string;
}

type Files = Readonly<Record<string, string>>;

/** Writes a new workflow into the user's folder, once it is talked through where somebody can be asked. Refuses to replace one. */
export async function newWorkflow(
  session: Session,
  name: string,
  options: NewWorkflowOptions,
): Promise<void> {
  const { terminal } = session;
  const path = await withApp(session, async (app) => {
    const known = await app.orchestrator.listWorkflows();
    if (known.some((each) => each.name === name)) {
      throw new TuttiError(
        'input/invalid-format',
        `There is a workflow ${name} already. Choose another name.`,
      );
    }
    const files =
      terminal.interactive && !options.plain
        ? await talkedThrough(session, app, { ...options, name })
        : await written(app, { ...options, name });
    return files && (await app.orchestrator.save({ workflow: name, files })).path;
  });
  if (path === undefined) {
    process.exitCode = EXIT.interrupted;
    terminal.note('tutti: nothing was written.');
    return;
  }
  const word = commandWord(name);
  terminal.answer({ workflow: name, path }, () =>
    [
      `Wrote ${path}`,
      `  tutti workflows lint ${word}`,
      `  tutti workflows graph ${word}`,
      `  tutti run ${word}`,
    ].join('\n'),
  );
}

interface Naming extends NewWorkflowOptions {
  readonly name: string;
}

async function talkedThrough(
  { terminal }: Session,
  { orchestrator, caller }: App,
  { name, purpose }: Naming,
): Promise<Files | undefined> {
  const interviewer = terminalInterviewer(terminal);
  try {
    return await interview({
      workflow: name,
      interviewer,
      terminal,
      sketch: async (outline) => await orchestrator.sketch({ workflow: name, outline }),
      draft: async (said) => await orchestrator.draft(caller, { workflow: name, purpose: said }),
      ...(purpose !== undefined && { purpose }),
    });
  } finally {
    interviewer.close();
  }
}

/** Where nobody can be asked: what a model drafts for the purpose, or the small workflow to start from. */
async function written({ orchestrator, caller }: App, { name, purpose, plain }: Naming): Promise<Files> {
  if (purpose === undefined) return skeleton(name);
  const outline = plain ? undefined : await orchestrator.draft(caller, { workflow: name, purpose });
  if (!outline) return skeleton(name, purpose);
  const { valid, faults, files } = await orchestrator.sketch({ workflow: name, outline });
  if (valid) return files;
  const fault = faults.find(({ severity }) => severity === 'error');
  throw new TuttiError(
    'model/invalid-answer',
    `The model drafted a workflow that cannot be kept as it is: ${fault?.message ?? ''} Nothing was written. Ask again, mend it at a terminal, or write the steps yourself with --plain.`,
    { data: { faults } },
  );
}

const PURPOSE = 'Say in two sentences what is true once the workflow has finished.';

function skeleton(name: string, purpose = PURPOSE): Files {
  return {
    'index.md': `# ${name}

## Overall Goal:

${purpose}

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
