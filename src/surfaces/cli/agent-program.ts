import { type Command, Option } from 'commander';
import { parseCount } from './option-values.ts';
import { sessionOf } from './session.ts';

/** The commands about agents. */
export function addAgents(program: Command): void {
  const agents = program.command('agent').description('Look at agents and make new ones.');
  agents
    .command('list')
    .description('List the agents, broken ones with their faults.')
    .action(async (_, command: Command) => {
      const { listAgents } = await import('./commands/agent.ts');
      await listAgents(sessionOf(command));
    });
  agents
    .command('show')
    .description('Show an agent: its states, where each may lead, what it lets be called.')
    .argument('<agent>')
    .option('--prompts', 'with the prompts of the states')
    .action(async (name: string, options, command: Command) => {
      const { showAgent } = await import('./commands/agent.ts');
      await showAgent(sessionOf(command), name, options);
    });
  agents
    .command('graph')
    .description('Draw an agent, its guards on the ways.')
    .argument('<agent>')
    .addOption(new Option('--format <format>', 'how to draw').choices(['mermaid', 'ascii', 'svg']))
    .action(async (name: string, options, command: Command) => {
      const { drawAgent } = await import('./commands/agent.ts');
      await drawAgent(sessionOf(command), name, options);
    });
  agents
    .command('lint')
    .description('Find faults, with file, line and a fix. Exit code 1 when there are errors.')
    .argument('[agent...]', 'all when none is named')
    .action(async (names: readonly string[], _, command: Command) => {
      const { lintAgents } = await import('./commands/agent.ts');
      await lintAgents(sessionOf(command), names);
    });
  agents
    .command('new')
    .description('Write a small agent that lints clean, to start from.')
    .argument('<name>', 'such as SUPPORT_DESK')
    .action(async (name: string, _, command: Command) => {
      const { newAgent } = await import('./commands/new-agent.ts');
      await newAgent(sessionOf(command), name);
    });
  addSessions(agents);
}

const SESSION = ['--session <id>', "another than this machine's own"] as const;

/** The commands about the sessions of agents. */
function addSessions(agents: Command): void {
  agents
    .command('sessions')
    .description('List sessions, newest first.')
    .option('--limit <n>', 'how many', parseCount, 50)
    .option('--cursor <cursor>', 'the next page')
    .action(async (options, command: Command) => {
      const { listSessions } = await import('./commands/agent-sessions.ts');
      await listSessions(sessionOf(command), options);
    });
  agents
    .command('transcript')
    .description('Show what was said in a session.')
    .option(...SESSION)
    .option('--last <n>', 'how many messages', parseCount, 50)
    .option('--moves', 'with the moves between states')
    .action(async (options, command: Command) => {
      const { showTranscript } = await import('./commands/agent-sessions.ts');
      await showTranscript(sessionOf(command), options);
    });
  agents
    .command('knowledge')
    .description('Show what a session knows: found by words, or all of a namespace.')
    .argument('[words]')
    .option(...SESSION)
    .addOption(new Option('--namespace <name>', 'where').choices(['session', 'user', 'shared']))
    .option('--limit <n>', 'how many', parseCount, 50)
    .action(async (words: string | undefined, options, command: Command) => {
      const { showKnowledge } = await import('./commands/agent-sessions.ts');
      await showKnowledge(sessionOf(command), words, options);
    });
  agents
    .command('forget')
    .description('Delete what is known under a key. In shared also what others stored, which is audited.')
    .argument('<key>')
    .option(...SESSION)
    .addOption(
      new Option('--namespace <name>', 'where').choices(['session', 'user', 'shared']).default('session'),
    )
    .option('--reason <text>', 'why, for the audit')
    .action(async (key: string, options, command: Command) => {
      const { forgetKnowledge } = await import('./commands/agent-sessions.ts');
      await forgetKnowledge(sessionOf(command), key, options);
    });
  agents
    .command('move')
    .description('Move a session to a state, whatever its table says. The reason is kept in the journal.')
    .argument('<state>')
    .requiredOption('--reason <text>', 'why')
    .option(...SESSION)
    .action(async (state: string, options, command: Command) => {
      const { moveSession } = await import('./commands/agent-sessions.ts');
      await moveSession(sessionOf(command), state, options);
    });
  agents
    .command('upgrade')
    .description('Bind a session to its agent as it is now.')
    .option(...SESSION)
    .action(async (options, command: Command) => {
      const { upgradeSession } = await import('./commands/agent-sessions.ts');
      await upgradeSession(sessionOf(command), options);
    });
}
