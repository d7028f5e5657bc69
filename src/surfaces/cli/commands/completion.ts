import type { Command } from 'commander';
import { script } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import { createSession, withApp } from '../session.ts';

/** Commands whose argument is the name of a definition. */
const TAKE_NAME = {
  workflow: [
    'run',
    'workflows show',
    'workflows lint',
    'workflows graph',
    'workflows simulate',
    'workflows test',
  ],
  agent: ['agent show', 'agent lint', 'agent graph'],
} as const;

/** Prints the script that makes a shell ask this program for completions. */
export function printCompletion(shell: string): void {
  script(shell, 'tutti', 'tutti');
}

/** Adds the command `complete -- WORDS`, which that script calls. */
export async function addComplete(program: Command, words: readonly string[]): Promise<void> {
  const completion = tab(program);
  const asked = words.join(' ');
  for (const kind of ['workflow', 'agent'] as const) {
    if (!TAKE_NAME[kind].some((command) => asked.startsWith(command))) continue;
    const names = await namesOf(kind);
    for (const command of TAKE_NAME[kind]) {
      const argument = completion.commands.get(command)?.arguments.get(kind);
      if (!argument) continue;
      argument.handler = (complete) => {
        for (const name of names) complete(name, '');
      };
    }
  }
}

/** A completion that cannot be made is none: the shell shows nothing, and an error would garble the line. */
async function namesOf(kind: keyof typeof TAKE_NAME): Promise<readonly string[]> {
  try {
    const found = await withApp(createSession({ json: false }), async ({ orchestrator }) =>
      kind === 'agent' ? await orchestrator.sessions.listAgents() : await orchestrator.listWorkflows(),
    );
    return found.map(({ name }) => name);
  } catch {
    return [];
  }
}
