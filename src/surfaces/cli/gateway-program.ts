import { type Command, Option } from 'commander';
import { APPROVAL_STATUSES } from '../../core/kernel/approval.ts';
import { parseCount, parseList } from './option-values.ts';
import { sessionOf } from './session.ts';

const CLIENTS = [
  'claude-code',
  'claude-desktop',
  'cline',
  'codex',
  'continue',
  'cursor',
  'gemini-cli',
  'goose',
  'vscode',
  'windsurf',
  'zed',
];

/** The commands about downstream servers, their tools, and who may do what with them. */
export function addGateway(program: Command): void {
  addAsk(program);
  addServers(program);
  addTools(program);
  addApprovals(program);
  addLock(program);
  addTrust(program);
  addAudit(program);
  addSetup(program);
}

function addSetup(program: Command): void {
  program
    .command('init')
    .description(
      'Find the servers of the clients on this machine and write a configuration from them; nothing is run.',
    )
    .option('--dry-run', 'only show what would be written')
    .option('--here', "write into this folder instead of the user's own")
    .action(async (options, command: Command) => {
      const { init } = await import('./commands/init.ts');
      init(sessionOf(command), options);
    });
  program
    .command('connect')
    .description('Write Tutti into the configuration of a client; a backup is kept.')
    .argument('<client>', CLIENTS.join(', '))
    .action(async (client: string, _, command: Command) => {
      const { connectClient } = await import('./commands/connect.ts');
      connectClient(sessionOf(command), client);
    });
  program
    .command('doctor')
    .description('Look at everything that Tutti needs. Exit code 1 when something is wrong.')
    .option('--fix', 'mend what can be mended without a question')
    .action(async (options, command: Command) => {
      const { doctor } = await import('./commands/doctor.ts');
      await doctor(sessionOf(command), options);
    });
}

function addAsk(program: Command): void {
  program
    .command('ask')
    .description('Ask over all servers: one answer, with its sources.')
    .argument('[question...]')
    .option('--plan', 'show the calls that would be made, and make none')
    .option('--explain', 'show also why these tools; no call is made')
    .option('--mermaid', 'show the plan as a Mermaid flowchart; no call is made')
    .option('--servers <names>', 'only these servers, comma-separated', parseList)
    .option('--plan-file <file>', 'carry out this plan, or the one on stdin (-)')
    .option('--resume <plan>', 'go on with a plan that waits, by its id')
    .action(async (question: readonly string[], options, command: Command) => {
      const { ask } = await import('./commands/ask.ts');
      await ask(sessionOf(command), question.join(' '), options);
    });
}

function addServers(program: Command): void {
  const servers = program.command('servers').description('Look at the servers behind Tutti and change them.');
  servers
    .command('list')
    .description('List the servers: state, tools, and what is wrong with those that do not work.')
    .action(async (_, command: Command) => {
      const { listServers } = await import('./commands/servers.ts');
      await listServers(sessionOf(command));
    });
  servers
    .command('test')
    .description(
      'Start or reach servers: state, how many tools each has, and what is wrong or held. Exit code 1 when one does not work.',
    )
    .argument('[server...]', 'all when none is named')
    .action(async (names: readonly string[], _, command: Command) => {
      const { testServers } = await import('./commands/servers.ts');
      await testServers(sessionOf(command), names);
    });
  servers
    .command('logs')
    .description('Start a server and show what it writes to stderr.')
    .argument('<server>')
    .action(async (name: string, _, command: Command) => {
      const { showLogs } = await import('./commands/servers.ts');
      await showLogs(sessionOf(command), name);
    });
  servers
    .command('login')
    .description('Log in at a server that wants OAuth.')
    .argument('<server>')
    .action(async (name: string, _, command: Command) => {
      const { loginServer } = await import('./commands/login.ts');
      await loginServer(sessionOf(command), name);
    });
  addServerEdits(servers);
}

function addServerEdits(servers: Command): void {
  servers
    .command('add')
    .description('Write a server into the configuration; nothing is started.')
    .usage('[options] <server> (--url <url> | -- <command> [argument…])')
    .argument('<server>', 'name: at most 40 letters, digits, - and _')
    .argument('[command...]', 'command and arguments of a local server, after --')
    .option('--url <url>', 'address of a remote server')
    .option('--env <NAME=value...>', 'environment; best as NAME=${env:NAME}')
    .option('--header <NAME=value...>', 'headers of a remote server')
    .option('--description <text>', 'what it is for, for whoever looks for tools')
    .action(async (...given: readonly [string, readonly string[], object, Command]) => {
      const [name, launch, options, command] = given;
      const { addServer } = await import('./commands/server-edits.ts');
      addServer(sessionOf(command), { ...options, name, launch });
    });
  servers
    .command('remove')
    .description('Take a server out of the configuration.')
    .argument('<server>')
    .action(async (name: string, _, command: Command) => {
      const { removeServer } = await import('./commands/server-edits.ts');
      removeServer(sessionOf(command), name);
    });
}

function addTools(program: Command): void {
  program
    .command('tools')
    .description('Find tools of all servers by words; without words, list them by name.')
    .argument('[query...]')
    .option('--server <name>', 'only of this server')
    .option('--limit <count>', 'how many, 1 to 500; 50 by default with words, else all', parseCount)
    .action(async (query: readonly string[], options, command: Command) => {
      const { listTools } = await import('./commands/tools.ts');
      await listTools(sessionOf(command), query.join(' '), options);
    });
  program
    .command('call')
    .description('Call a tool through the gate, as a client would.')
    .argument('<tool>', 'such as files__read_file')
    .option('--arg <key=value...>', 'an argument; value as JSON, else as text')
    .option('--args <json>', 'all arguments as one JSON object')
    .option('--describe', 'show the tool instead of calling it')
    .action(async (name: string, options, command: Command) => {
      const { callTool } = await import('./commands/call.ts');
      await callTool(sessionOf(command), name, options);
    });
  const policy = program.command('policy').description('See what the gate would do.');
  policy
    .command('explain')
    .description('Show the path of a call, stage by stage, without making it.')
    .argument('<tool>', 'such as files__write_file')
    .option('--arg <key=value...>', 'an argument; value as JSON, else as text')
    .option('--args <json>', 'all arguments as one JSON object')
    .option('--session <session>', 'as if it were made for this agent session')
    .option('--instance <instance>', 'as if it were made for this run of a workflow')
    .option('--as <caller>', 'as if another asked: the name of a token, or SUBJECT@HOST of the issuer')
    .option('--scopes <names>', "the scopes of the issuer's token, with commas", parseList)
    .action(async (name: string, options, command: Command) => {
      const { explainCall } = await import('./commands/call.ts');
      await explainCall(sessionOf(command), name, options);
    });
}

function addApprovals(program: Command): void {
  const approvals = program.command('approvals').description('Calls that wait for a person.');
  approvals
    .command('list')
    .description('List approvals, newest first.')
    .addOption(new Option('--status <status>', 'only in this status').choices(APPROVAL_STATUSES))
    .option('--limit <count>', 'how many, 1 to 500', parseCount, 50)
    .action(async (options, command: Command) => {
      const { listApprovals } = await import('./commands/approvals.ts');
      await listApprovals(sessionOf(command), options);
    });
  approvals
    .command('show')
    .description('Show a call that waits, with all its arguments.')
    .argument('<approval>')
    .action(async (id: string, _, command: Command) => {
      const { showApproval } = await import('./commands/approvals.ts');
      await showApproval(sessionOf(command), id);
    });
  approvals
    .command('approve')
    .description('Show a call, ask, and let it be made, once.')
    .argument('<approval>')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .action(async (id: string, options, command: Command) => {
      const { approveCall } = await import('./commands/approvals.ts');
      await approveCall(sessionOf(command), id, options);
    });
  approvals
    .command('deny')
    .description('Refuse a call.')
    .argument('<approval>')
    .action(async (id: string, _, command: Command) => {
      const { denyCall } = await import('./commands/approvals.ts');
      await denyCall(sessionOf(command), id);
    });
}

function addLock(program: Command): void {
  const lock = program
    .command('lock')
    .description('Write what is pinned (servers, tools, workflows) into tutti.lock.json.')
    .action(async (_, command: Command) => {
      const { writeLock } = await import('./commands/lock.ts');
      await writeLock(sessionOf(command));
    });
  lock
    .command('diff')
    .description(
      'Compare what servers offer, and workflows, with what was approved. Exit code 1 when something is held or changed, or a server could not be looked at.',
    )
    .option('--all', 'show as much of each definition as `lock approve` does')
    .action(async (options, command: Command) => {
      const { diffLock } = await import('./commands/lock.ts');
      await diffLock(sessionOf(command), options);
    });
  lock
    .command('approve')
    .description('Approve what is offered now: everything, one server, or one tool as server__tool.')
    .argument('[what]')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .action(async (what: string | undefined, options, command: Command) => {
      const { approveLock } = await import('./commands/lock.ts');
      await approveLock(sessionOf(command), what, options);
    });
}

function addTrust(program: Command): void {
  program
    .command('trust')
    .description('Let the configuration of this folder act: its commands, addresses and policy.')
    .option('--list', 'show what is trusted')
    .option('--remove', 'take the trust back')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .action(async (options, command: Command) => {
      const { trust } = await import('./commands/trust.ts');
      await trust(sessionOf(command), options);
    });
}

function addAudit(program: Command): void {
  const audit = program.command('audit').description('What was done on whose behalf.');
  audit
    .command('tail')
    .description('Show the last entries, newest first.')
    .option('--limit <count>', 'how many, 1 to 500', parseCount, 20)
    .action(async (options, command: Command) => {
      const { tailAudit } = await import('./commands/audit.ts');
      await tailAudit(sessionOf(command), options);
    });
  audit
    .command('verify')
    .description('Check the chain from its first row. Exit code 1 when a row was changed or taken out.')
    .action(async (_, command: Command) => {
      const { verifyAudit } = await import('./commands/audit.ts');
      await verifyAudit(sessionOf(command));
    });
}
