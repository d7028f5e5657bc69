/** Files of one workflow by path. */
export type WorkflowFiles = Readonly<Record<string, string>>;

interface StepText {
  readonly guidance: string;
  readonly instructions?: string;
  /** Text before the first section: front matter, other sections. */
  readonly before?: string;
  readonly after?: string;
}

/** A workflow from step names and guidance; every step's file is named after it. */
export function workflow(steps: Readonly<Record<string, string | StepText>>, index = ''): WorkflowFiles {
  const entries = Object.entries(steps).map(([name, text]) => ({
    name,
    path: `steps/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}.md`,
    step: typeof text === 'string' ? { guidance: text } : text,
  }));
  const list = entries.map(({ name, path }) => `- [${name}](${path})`).join('\n');
  return {
    'index.md': `${index || '# A workflow\n\n## Overall Goal:\n\nGet it done.\n'}\n## Steps\n\n${list}\n`,
    ...Object.fromEntries(entries.map(({ name, path, step }) => [path, stepText(name, step)])),
  };
}

function stepText(name: string, step: StepText): string {
  return [
    step.before ?? '',
    `# Orchestrator Guidance\n\n${step.guidance}\n`,
    `# Client Instructions\n\n${step.instructions ?? `Do what "${name}" asks.`}\n`,
    step.after ?? '',
  ]
    .filter(Boolean)
    .join('\n');
}

/** Three steps; tests decide between committing and fixing. */
export const build: WorkflowFiles = workflow({
  'Write the code': 'Proceed to "Run the tests".',
  'Run the tests': [
    'If the client reports success, proceed to "Commit".',
    'If the client reports a failure, proceed to "Fix the code".',
  ].join('\n'),
  'Fix the code': 'Proceed to "Run the tests".',
  Commit: 'Proceed to "FINISH".',
});

/** One step whose guidance only a reader of the report can weigh. */
export const review: WorkflowFiles = workflow({
  'Show the draft': [
    'If the user approves the draft, proceed to "Publish".',
    'If the user asks for changes, stay on this step.',
    'If the user loses patience, stop and hand over to a human.',
    'If the client reports a failure, proceed to "Publish".',
  ].join('\n'),
  Publish: 'Proceed to "FINISH".',
});
