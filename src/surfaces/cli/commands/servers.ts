import type { App } from '../../../app.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { ServerView } from '../../../core/gateway/gateway.ts';
import { EXIT } from '../failure.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';

export async function listServers(session: Session): Promise<void> {
  const servers = await withApp(session, ({ orchestrator, caller }) =>
    orchestrator.gateway.listServers(caller),
  );
  session.terminal.answer({ servers }, () => serversText(servers, session.terminal));
}

/** Connects to the named servers, or all. Sets exit code 1 when one does not work. */
export async function testServers(session: Session, names: readonly string[]): Promise<void> {
  const servers = await withApp(session, async ({ orchestrator: { gateway }, caller }) => {
    const all = names.length > 0 ? names : (await gateway.listServers(caller)).map(({ name }) => name);
    return await Promise.all(all.map((name) => gateway.operator.testServer(name)));
  });
  if (servers.some(({ status }) => status !== 'ready')) process.exitCode = EXIT.failed;
  session.terminal.answer({ servers }, () => serversText(servers, session.terminal));
}

export async function showLogs(session: Session, name: string): Promise<void> {
  const { view, lines } = await withApp(session, (app) => started(app, name));
  session.terminal.answer({ server: name, status: view.status, lines }, () =>
    lines.length > 0 ? lines.map(clean).join('\n') : `${cleanLine(name)} wrote nothing to stderr.`,
  );
}

async function started({ orchestrator: { gateway } }: App, name: string) {
  const view = await gateway.operator.testServer(name);
  return { view, lines: gateway.operator.serverLogs(name) };
}

function serversText(servers: readonly ServerView[], terminal: Terminal): string {
  if (servers.length === 0) return 'No servers. `tutti servers add` or `tutti init` brings some.';
  const rows = servers.map(({ name, status, tools, description }) => [
    name,
    status,
    String(tools),
    description,
  ]);
  return [
    table(['server', 'status', 'tools', 'what for'], rows, terminal),
    ...servers.flatMap((server) => troubles(server, terminal)),
  ].join('\n');
}

/** What a person should hear of a server, and what to do about it. */
function troubles({ name, error, loginUrl, held, dropped }: ServerView, terminal: Terminal): string[] {
  const lines = [
    ...(error === undefined ? [] : [error]),
    ...(loginUrl === undefined ? [] : [`wants a login: tutti servers login ${name}`]),
    ...held.map((each) => `${each.kind} ${each.name} is held (${each.reason}): tutti lock diff`),
    ...dropped.map((each) => `${each.name} is left out: ${each.reason}`),
  ];
  return lines.map((line) =>
    wrap(`${terminal.colors.yellow(cleanLine(name))}: ${cleanLine(line)}`, terminal.width),
  );
}

export function unknownServer(name: string): TuttiError {
  return new TuttiError(
    'tool/not-found',
    `There is no server "${cleanLine(name).slice(0, 100)}". \`tutti servers list\` names those there are.`,
  );
}
