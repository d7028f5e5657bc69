import type { Command } from 'commander';
import { script } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import { createSession, withApp } from '../session.ts';

/** Commands whose argument is the name of a workflow. */
const TAKE_WORKFLOW = ['run', 'workflows show', 'workflows lint', 'workflows graph'];

/** Prints the script that makes a shell ask this program for completions. */
export function printCompletion(shell: string): void {
  script(shell, 'tutti', 'tutti');
}

/** Adds the command `complete -- WORDS`, which that script calls. */
export async function addComplete(program: Command, words: readonly string[]): Promise<void> {
  const completion = tab(program);
  const asked = words.join(' ');
  if (!TAKE_WORKFLOW.some((command) => asked.startsWith(command))) return;
  const names = await workflowNames();
  for (const command of TAKE_WORKFLOW) {
    const argument = completion.commands.get(command)?.arguments.get('workflow');
    if (!argument) continue;
    argument.handler = (complete) => {
      for (const name of names) complete(name, '');
    };
  }
}

/** A completion that cannot be made is none: the shell shows nothing, and an error would garble the line. */
async function workflowNames(): Promise<readonly string[]> {
  try {
    const workflows = await withApp(createSession({ json: false }), (app) =>
      app.orchestrator.listWorkflows(),
    );
    return workflows.map(({ name }) => name);
  } catch {
    return [];
  }
}
