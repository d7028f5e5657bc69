import { Argument, Command, CommanderError, Option } from 'commander';
import { STATUSES } from '../../core/kernel/instance.ts';
import { TuttiError } from '../../core/kernel/errors.ts';
import type { DemoServer } from './demo/servers.ts';
import { addAgents } from './agent-program.ts';
import { addGateway } from './gateway-program.ts';
import { parseCount, parseList, parsePort } from './option-values.ts';
import { addRehearsals, addToTest } from './rehearsal-program.ts';
import { sessionOf } from './session.ts';
import { noticeSignals, type StopRequest } from './stop-request.ts';

const SUMMARY =
  'One MCP server in front of many, conducting durable Markdown workflows over them. Without a command: serves, over stdio to a pipe, over HTTP else.';

/** The one command that a signal asks to stop, instead of ending it. */
const SERVE = 'serve';

/** Parses `argv`, loads the one command it names, and runs it. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  stop?: StopRequest,
): Promise<void> {
  const program = createProgram(version, stop);
  if (argv[0] === 'complete') {
    const { addComplete } = await import('./commands/completion.ts');
    await addComplete(program, argv.slice(2));
  }
  try {
    const said = firstOf(argv) === 'help' ? helpOf(program, argv) : argv;
    await program.parseAsync(namesCommand(program, said) ? said : ['serve', ...said], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    throw new TuttiError('input/invalid-format', usageMessage(error));
  }
}

/** `tutti help servers test` means `tutti servers test --help`; a command that is not there is refused as ever, and none is run. */
function helpOf(program: Command, argv: readonly string[]): readonly string[] {
  const path: string[] = [];
  let command = program;
  const words = argv.filter((each, at) => !each.startsWith('-') && argv[at - 1] !== '--config');
  for (const word of words) {
    // Of help there is no more to say than of `tutti` itself.
    if (path.length === 0 && word === 'help') continue;
    if (command.commands.length === 0) break;
    path.push(word);
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) return path;
    command = next;
  }
  return [...path, '--help'];
}

/** What comes first besides what every command understands. */
function firstOf(argv: readonly string[]): string | undefined {
  return argv.find((each, at) => !/^--(?:json|config(?:=.*)?)$/s.test(each) && argv[at - 1] !== '--config');
}

/** `tutti` and `tutti --port 8000` mean `tutti serve …`. */
function namesCommand(program: Command, argv: readonly string[]): boolean {
  const first = firstOf(argv);
  if (first === undefined) return false;
  if (!first.startsWith('-') || first === '-h' || first === '--help') return true;
  const known = new Set(program.commands.map((command) => command.name()));
  return argv.some((each) => known.has(each));
}

function usageMessage({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'Expected one of these commands after it, found none.';
  const sentence = message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/[.]?$/, '.');
  return `${sentence.replace(/ \((.*)\)\.$/, '. $1')} See \`tutti --help\`.`;
}

export function createProgram(version: string, stop?: StopRequest): Command {
  const program = new Command('tutti')
    .description(SUMMARY)
    .version(version, '-V, --version')
    .option('--config <file>', "the configuration file (default: found by walking up, then the user's own)")
    .option('--json', 'answer in JSON, errors too')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .hook('preAction', async (_, command) => {
      if (command.name() !== SERVE) await stop?.leave();
    });
  addServe(program, stop);
  addWorkflows(program);
  addRun(program);
  addInstances(program);
  addGateway(program);
  addAgents(program);
  addRest(program);
  return program;
}

function addServe(program: Command, noticed: StopRequest | undefined): void {
  program
    .command(SERVE)
    .summary('serve MCP')
    .description('Serves MCP: over stdio when stdin is a pipe, else over HTTP.')
    .addOption(new Option('--stdio', 'over stdin and stdout').conflicts('http'))
    .option('--http', 'over Streamable HTTP')
    .option('--host <host>', 'address to listen on')
    .option('--port <port>', 'port to listen on, 0 for a free one', parsePort)
    .option('--toolsets <names>', 'groups of tools to show, comma-separated', parseList)
    .action(async (options, command: Command) => {
      const stop = noticed ?? noticeSignals();
      const { serve } = await import('./commands/serve.ts');
      await serve(sessionOf(command), options, stop.asked);
    });
}

function addWorkflows(program: Command): void {
  const workflows = program
    .command('workflows')
    .description('Look at workflow definitions and make new ones.');
  workflows
    .command('list')
    .description('List the workflows, broken ones with their faults.')
    .action(async (_, command: Command) => {
      const { listWorkflows } = await import('./commands/workflows.ts');
      await listWorkflows(sessionOf(command));
    });
  workflows
    .command('show')
    .description('Show a workflow: its goal, its steps, where each may lead.')
    .argument('<workflow>')
    .action(async (workflow: string, _, command: Command) => {
      const { showWorkflow } = await import('./commands/workflows.ts');
      await showWorkflow(sessionOf(command), workflow);
    });
  workflows
    .command('lint')
    .description('Find faults, with file, line and a fix. Exit code 1 when there are errors.')
    .argument('[workflow...]', 'all when none is named; with --fix, all of your own')
    .option('--fix', 'mend what there is one way only to mend, and show it as a diff')
    .option('--dry-run', 'with --fix: write nothing')
    .option(
      '--suggest',
      'say what would close sentences that are left to judgement; with --fix: write it as outcomes to report',
    )
    .action(async (names: readonly string[], options, command: Command) => {
      const { lintWorkflows } = await import('./commands/lint.ts');
      await lintWorkflows(sessionOf(command), names, options);
    });
  workflows
    .command('graph')
    .description('Draw a workflow.')
    .argument('<workflow>')
    .addOption(new Option('--format <format>', 'how to draw').choices(['mermaid', 'ascii', 'svg']))
    .action(async (workflow: string, options, command: Command) => {
      const { drawWorkflow } = await import('./commands/graph.ts');
      await drawWorkflow(sessionOf(command), workflow, options);
    });
  workflows
    .command('new')
    .description(
      'Write a new workflow: by talking it through at a terminal, else a small one that lints clean, to start from.',
    )
    .argument('<name>', 'such as REVIEW_A_CHANGE')
    .option('--plain', 'ask nothing, write the small one')
    .option(
      '--purpose <sentence>',
      'what it is for; where a model is configured, it drafts the steps from it',
    )
    .action(async (name: string, options, command: Command) => {
      const { newWorkflow } = await import('./commands/new-workflow.ts');
      await newWorkflow(sessionOf(command), name, options);
    });
  addRehearsals(workflows);
}

function addRun(program: Command): void {
  program
    .command('run')
    .description('Be the client of a workflow at the terminal: do what it says, report what happened.')
    .argument('[workflow]', 'the workflow to start')
    .option('--context <json>', 'variables to start with')
    .option('--resume <instance>', 'go on with an instance instead of starting one')
    .action(async (workflow: string | undefined, options, command: Command) => {
      const { run } = await import('./commands/run.ts');
      await run(sessionOf(command), workflow, options);
    });
}

function addInstances(program: Command): void {
  const instances = program.command('instances').description('Look at runs of workflows and steer them.');
  instances
    .command('list')
    .description('List instances, newest first.')
    .option('--workflow <name>', 'only of this workflow')
    .addOption(new Option('--status <status>', 'only in this status').choices(STATUSES))
    .option('--limit <count>', 'how many, 1 to 500', parseCount, 50)
    .option('--cursor <cursor>', 'go on after a former list')
    .action(async (options, command: Command) => {
      const { listInstances } = await import('./commands/instances.ts');
      await listInstances(sessionOf(command), options);
    });
  addInspection(instances);
  addDeciding(instances);
  addSteering(instances);
}

function addInspection(instances: Command): void {
  instances
    .command('show')
    .description('Show where an instance stands and how it came there.')
    .argument('<instance>')
    .action(async (id: string, _, command: Command) => {
      const { showInstance } = await import('./commands/instances.ts');
      await showInstance(sessionOf(command), id);
    });
  instances
    .command('export')
    .description('Write an instance with its whole journal as JSON.')
    .argument('<instance>')
    .action(async (id: string, _, command: Command) => {
      const { exportInstance } = await import('./commands/instances.ts');
      await exportInstance(sessionOf(command), id);
    });
  addToTest(instances);
}

function addDeciding(instances: Command): void {
  instances
    .command('waiting')
    .description("List what waits for a person's decision, of everybody.")
    .option('--limit <count>', 'how many, 1 to 500', parseCount, 50)
    .action(async (options, command: Command) => {
      const { listWaiting } = await import('./commands/decisions.ts');
      await listWaiting(sessionOf(command), options);
    });
  instances
    .command('decide')
    .description(
      'Decide, as a person, where an instance that waits goes; without an outcome, show the question.',
    )
    .argument('<instance>')
    .option('--outcome <outcome>', 'one of the outcomes shown')
    .option('--because <text>', 'why, for the journal; required with --outcome')
    .option('--asked <at>', 'which question: its asked_at; needed where it is not shown first')
    .option('--yes', 'do not ask; it is meant, however soon it comes')
    .action(async (id: string, options, command: Command) => {
      const { decideInstance } = await import('./commands/decisions.ts');
      await decideInstance(sessionOf(command), id, options);
    });
}

function addSteering(instances: Command): void {
  for (const verb of ['cancel', 'suspend'] as const) {
    instances
      .command(verb)
      .description(verb === 'cancel' ? 'End an instance for good.' : 'Halt an instance until it is resumed.')
      .argument('<instance>')
      .option('--reason <text>', 'why, for the journal; required with --outcome')
      .action(async (id: string, options, command: Command) => {
        const { stopInstance } = await import('./commands/instances.ts');
        await stopInstance(sessionOf(command), verb, { ...options, id });
      });
  }
  instances
    .command('resume')
    .description('Go on with a halted instance; prints what is to be done now.')
    .argument('<instance>')
    .action(async (id: string, _, command: Command) => {
      const { resumeInstance } = await import('./commands/instances.ts');
      await resumeInstance(sessionOf(command), id);
    });
  instances
    .command('fork')
    .description('Copy an instance and go on from one of its steps; the old one stays.')
    .argument('<instance>')
    .option('--at <step>', 'the step to go on from (default: where it stands)')
    .option('--context <json>', 'variables to change')
    .action(async (id: string, options, command: Command) => {
      const { forkInstance } = await import('./commands/instances.ts');
      await forkInstance(sessionOf(command), id, options);
    });
  instances
    .command('delete')
    .description('Delete a finished instance with its journal.')
    .argument('<instance>')
    .option('--force', 'even if it is not finished')
    .action(async (id: string, options, command: Command) => {
      const { deleteInstance } = await import('./commands/instances.ts');
      await deleteInstance(sessionOf(command), id, options);
    });
  instances
    .command('upgrade')
    .description('Bind an instance to the definition as it is now, after showing what changes.')
    .argument('<instance>')
    .option('--dry-run', 'only show what would change')
    .option('--yes', 'do not ask')
    .action(async (id: string, options, command: Command) => {
      const { upgradeInstance } = await import('./commands/upgrade.ts');
      await upgradeInstance(sessionOf(command), id, options);
    });
}

function addRest(program: Command): void {
  program
    .command('import-db')
    .description('Take over the instances of a database in the published schema.')
    .argument('<file>', 'the SQLite file; it is only read')
    .action(async (file: string, _, command: Command) => {
      const { importDb } = await import('./commands/import-db.ts');
      await importDb(sessionOf(command), file);
    });
  program
    .command('demo')
    .description(
      'Play three servers behind one gate, an agent that remembers, and a workflow with the process killed in the middle and resumed.',
    )
    .addArgument(new Argument('[act]', 'only this one').choices(['agent']))
    .action(async (act: 'agent' | undefined, _, command: Command) => {
      const { demo } = await import('./commands/demo.ts');
      await demo(sessionOf(command), act);
    });
  program
    .command('demo-client', { hidden: true })
    .argument('<order>')
    .action(async (order: string) => {
      const { demoClient } = await import('./commands/demo-client.ts');
      await demoClient(order);
    });
  program
    .command('demo-server', { hidden: true })
    .addArgument(new Argument('<name>').choices(['filesystem', 'memory', 'everything']))
    .argument('[folder]', 'where it may work', '.')
    .action(async (name: DemoServer, folder: string) => {
      const { playServer } = await import('./demo/servers.ts');
      playServer(name, folder);
    });
  const config = program.command('config').description('Check the configuration.');
  config
    .command('validate')
    .description('Report every fault of the configuration, or what it comes to.')
    .action(async (_, command: Command) => {
      const { validateConfig } = await import('./commands/config.ts');
      validateConfig(sessionOf(command));
    });
  config
    .command('schema')
    .description('Print the JSON schema of the configuration.')
    .action(async () => {
      const { printConfigSchema } = await import('./commands/config.ts');
      printConfigSchema();
    });
  program
    .command('completion')
    .description("Print a completion script, for your shell's start-up file.")
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string) => {
      const { printCompletion } = await import('./commands/completion.ts');
      printCompletion(shell);
    });
}
