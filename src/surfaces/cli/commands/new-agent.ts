import { withApp, type Session } from '../session.ts';
import { commandWord } from '../text.ts';

/** Writes an agent that lints clean into the user's folder. Refuses to replace one. */
export async function newAgent(session: Session, name: string): Promise<void> {
  const { path } = await withApp(session, ({ orchestrator }) =>
    orchestrator.sessions.createAgent({ agent: name, files: skeleton(name) }),
  );
  const word = commandWord(name);
  session.terminal.answer({ agent: name, path }, () =>
    [
      `Wrote ${path}`,
      `  tutti agent lint ${word}`,
      `  tutti agent graph ${word}`,
      `  tutti agent show ${word}`,
    ].join('\n'),
  );
}

function skeleton(name: string): Readonly<Record<string, string>> {
  return {
    'index.md': `---
transitions: enforce
---

# ${name}

Say in two sentences what this agent is for. The first state of the list is where a session begins.

## States

- [READY](states/ready.md)
- [WORKING](states/working.md)
- [CHECKING](states/checking.md)
- [ERROR](states/error.md)
`,
    'states/ready.md': state({
      description: 'Waiting for something to do.',
      prompt: [
        'Find out what is to be done, and how you will both tell that it is done. Store it as task data under `task`.',
        'Move to WORKING once `task` is stored.',
      ],
      transitions: ['WORKING when data.task exists'],
      tools: [],
    }),
    'states/working.md': `---
arguments:
  - name: task
    description: What is to be done.
    default: what the user asked for
---

${state({
  description: 'Doing the work.',
  prompt: [
    'Do this: {{ task }}',
    'Store what came of it as task data under `result`, then move to CHECKING.',
  ],
  transitions: ['CHECKING when data.result exists', 'READY (the task is off)'],
})}`,
    'states/checking.md': state({
      description: 'Looking at the result before it is handed over.',
      prompt: [
        'Compare this with what was asked for: {{ data.result }}',
        'Move to READY when it is right, after telling the user. Move back to WORKING when it is not; after three times, ask the user first.',
      ],
      transitions: ['READY', 'WORKING when visits.WORKING < 3 or data.go_on == true'],
      tools: ['*__get_*', '*__list_*', '*__read_*', '*__search_*'],
    }),
    'states/error.md': `---
arguments:
  - name: error_description
    description: What went wrong.
    default: Nothing has been noted about it.
---

${state({
  description: 'Something went wrong.',
  prompt: [
    'What went wrong: {{ error_description }}',
    'Tell the user what it means for the task, and what you would do next.',
  ],
  transitions: ['READY', 'WORKING when data.task exists'],
  tools: [],
})}`,
  };
}

interface Skeleton {
  readonly description: string;
  readonly prompt: readonly string[];
  readonly transitions: readonly string[];
  /** Absent: everything may be called. */
  readonly tools?: readonly string[];
}

/** Said in the page itself, since an empty section is easily taken for a forgotten one. */
const NOTHING =
  '<!-- No pattern: nothing may be called in this state. Without this section everything may. -->\n';

function state({ description, prompt, transitions, tools }: Skeleton): string {
  return `# Description

${description}

# Prompt

${prompt.join('\n\n')}

# Transitions

${list(transitions)}${tools === undefined ? '' : `\n# Tools\n\n${list(tools) || NOTHING}`}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}\n`).join('');
}
