import { type Command, Option } from 'commander';
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
}
