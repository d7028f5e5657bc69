import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { sessionOf } from './session.ts';

const DIR = ['--dir <folder>', 'the workflows of this folder, instead of the configured ones'] as const;

/** The commands that try workflows out. */
export function addRehearsals(workflows: Command): void {
  workflows
    .command('simulate')
    .description('Walk through a workflow: nothing is stored, no model and no server is called.')
    .argument('<workflow>')
    .option('--script <file>', 'reports to play: a golden file, YAML steps, or lines of JSON (.jsonl)')
    .option('--context <json>', 'variables to start with')
    .option(...DIR)
    .action(async (workflow: string, options, command: Command) => {
      const { simulate } = await import('./commands/simulate.ts');
      await simulate(sessionOf(command), workflow, options);
    });
  workflows
    .command('test')
    .description('Play the golden files beside workflows (tests/*.yaml). Exit code 1 when one fails.')
    .argument('[workflow...]', 'all when none is named')
    .option(...DIR)
    .option(
      '--min-coverage <percent>',
      'of the transitions of each workflow that must be taken',
      parsePercent,
    )
    .option('--junit <file>', 'write the result as JUnit XML too')
    .option('--update', 'write what was found into the golden files')
    .option('--record', 'ask the configured model, and keep its answers beside the golden files')
    .addOption(
      new Option(
        '--drift',
        'decide every report where it was once decided, and show what would be decided otherwise now',
      ).conflicts(['update', 'record']),
    )
    .action(async (names: readonly string[], options, command: Command) => {
      const { testWorkflows } = await import('./commands/test-workflows.ts');
      await testWorkflows(sessionOf(command), names, options);
    });
}

/** Makes a golden file of a run. */
export function addToTest(instances: Command): void {
  instances
    .command('to-test')
    .description('Turn a run into a golden file; what looks like a secret is masked.')
    .argument('<instance>')
    .option('--out <file>', 'where to write it (default: stdout)')
    .option('--name <text>', 'what the test is called')
    .option('--force', 'replace the file if it is there')
    .action(async (id: string, options, command: Command) => {
      const { toTest } = await import('./commands/to-test.ts');
      await toTest(sessionOf(command), id, options);
    });
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && percent <= 100) return percent;
  throw new InvalidArgumentError('Expected a number from 0 to 100.');
}
