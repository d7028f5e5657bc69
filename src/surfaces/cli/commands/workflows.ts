import type { Workflow } from '../../../core/workflow/workflow.ts';
import { inCommands } from '../failure.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import { targetName } from '../target-name.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, commandWord, reflow, wrap } from '../text.ts';

export async function listWorkflows(session: Session): Promise<void> {
  const { terminal } = session;
  const { workflows, note } = await withApp(session, async ({ orchestrator }) => {
    const found = await orchestrator.listWorkflows();
    return {
      workflows: found,
      ...(found.length === 0 && { note: inCommands(await orchestrator.emptiness()) }),
    };
  });
  if (note !== undefined) terminal.note(cleanLine(note));
  terminal.answer({ workflows, note }, () => {
    if (workflows.length === 0) return 'No workflows. `tutti workflows new NAME` writes one to start from.';
    const rows = workflows.map(({ name, steps, description, faults }) => [
      name,
      faults ? 'broken' : String(steps.length),
      faults
        ? `${faults.length} fault(s): tutti workflows lint ${commandWord(name)}`
        : firstSentence(description),
    ]);
    return table(['workflow', 'steps', 'what for'], rows, terminal);
  });
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}

export async function showWorkflow(session: Session, name: string): Promise<void> {
  const { terminal } = session;
  const workflow = await withApp(session, (app) => app.orchestrator.workflow(name));
  terminal.answer(toJson(workflow), () => toText(workflow, terminal));
}

function toJson({ name, description, hash, deciders, steps, warnings }: Workflow): object {
  return {
    name,
    description,
    hash,
    deciders,
    steps: steps.map((step) => ({
      name: step.name,
      file: step.file,
      instructions: step.instructions,
      outcomes: step.guidance.outcomes,
      expects: step.guidance.expects,
    })),
    warnings,
  };
}

function toText({ name, description, steps, deciders }: Workflow, terminal: Terminal): string {
  const { bold, dim, cyan } = terminal.colors;
  const parts = steps.map((step, at) => {
    const ways = step.guidance.outcomes.map(({ id, when, to }) => {
      const condition = when ? ` when ${cleanLine(when)}` : '';
      return wrap(`${cyan(id)} → ${targetName(to, step.name)}${condition}`, terminal.width, '     ');
    });
    const expects = step.guidance.expects.map(cleanLine).join(', ');
    return [
      `${String(at + 1).padStart(2)}. ${bold(cleanLine(step.name))} ${dim(cleanLine(step.file))}`,
      ...ways,
      ...(expects ? [dim(`     looks at: ${expects}`)] : []),
    ].join('\n');
  });
  return [
    bold(cleanLine(name)),
    reflow(clean(description), terminal.width),
    '',
    ...parts,
    '',
    dim(`deciders: ${deciders.join(', ')}`),
  ].join('\n');
}
