import type { App } from '../../../app.ts';
import type { Config } from '../../../config.ts';
import { TuttiError } from '../../../core/kernel/errors.ts';
import type { ServerView } from '../../../core/gateway/gateway.ts';
import { EXIT } from '../failure.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { clean, cleanLine, wrap } from '../text.ts';

export async function listServers(session: Session): Promise<void> {
  const servers = await withApp(session, ({ orchestrator, caller }) =>
    orchestrator.gateway.listServers(caller, { look: true }),
  );
  session.terminal.answer({ servers }, () => serversText(servers, session.terminal));
}

/** Connects to the named servers, or all. Sets exit code 1 when one does not work. */
export async function testServers(session: Session, names: readonly string[]): Promise<void> {
  const servers = await withApp(session, async ({ orchestrator: { gateway } }, config) => {
    const meant = new Set(names.length > 0 ? names : configured(config));
    for (const name of meant) if (!configured(config).includes(name)) throw unknownServer(name);
    return await Promise.all([...meant].map((name) => gateway.operator.testServer(name)));
  });
  if (servers.some(({ status }) => status !== 'ready')) process.exitCode = EXIT.failed;
  session.terminal.answer({ servers }, () => serversText(servers, session.terminal));
}

export async function showLogs(session: Session, name: string): Promise<void> {
  const { view, lines } = await withApp(session, async ({ orchestrator: { gateway } }, config) => {
    if (!configured(config).includes(name)) throw unknownServer(name);
    const tested = await gateway.operator.testServer(name);
    return { view: tested, lines: gateway.operator.serverLogs(name) };
  });
  session.terminal.answer({ server: name, status: view.status, lines }, () =>
    lines.length > 0 ? lines.map(clean).join('\n') : `${cleanLine(name)} wrote nothing to stderr.`,
  );
}

function serversText(servers: readonly ServerView[], terminal: Terminal): string {
  if (servers.length === 0) return 'No servers. `tutti servers add` or `tutti init` brings some.';
  // Of servers that run elsewhere, or not now, it is not known.
  const isCounted = servers.some(({ processes = 0 }) => processes > 0);
  const isMeasured = servers.some(({ memoryBytes = 0 }) => memoryBytes > 0);
  const rows = servers.map(({ name, status, tools, processes, memoryBytes, description }) => [
    name,
    status,
    String(tools),
    ...(isCounted ? [processes === undefined ? '' : String(processes)] : []),
    ...(isMeasured ? [sizeText(memoryBytes)] : []),
    description,
  ]);
  const measures = [...(isCounted ? ['processes'] : []), ...(isMeasured ? ['memory'] : [])];
  return [
    table(['server', 'status', 'tools', ...measures, 'what for'], rows, terminal),
    ...servers.flatMap((server) => troubles(server, terminal)),
  ].join('\n');
}

const MIB = 1_048_576;

function sizeText(bytes: number | undefined): string {
  return bytes === undefined || bytes === 0 ? '' : `${Math.ceil(bytes / MIB)} MiB`;
}

/** What a person should hear of a server, and what to do about it. */
function troubles(server: ServerView, terminal: Terminal): string[] {
  const { name, status, seenAt, error, loginUrl, held, dropped, misnamed = [], unchecked = [] } = server;
  const isAnswering = status === 'ready' || seenAt === undefined;
  const lines = [
    ...(error === undefined ? [] : [error]),
    ...(isAnswering ? [] : [`its tools were last listed at ${new Date(seenAt).toISOString()}`]),
    ...(loginUrl === undefined ? [] : [`wants a login: tutti servers login ${name}`]),
    ...held.map((each) => `${each.kind} ${each.name} is held (${each.reason}): tutti lock diff`),
    ...dropped.map((each) => `${each.name} is left out: ${each.reason}`),
    ...misnamed.map(({ message }) => message),
    ...unchecked.map(({ message }) => message),
  ];
  return lines.map((line) =>
    wrap(`${terminal.colors.yellow(cleanLine(name))}: ${cleanLine(line)}`, terminal.width),
  );
}

/** Asking the gateway would start them all, and tell twice in the log of those that fail. */
function configured({ gateway: { servers, broken } }: Config): readonly string[] {
  return [...servers.filter(({ enabled }) => enabled), ...broken].map(({ name }) => name);
}

/** @throws TuttiError `tool/not-found` for a server that the configuration does not name. */
export async function knownServer({ orchestrator: { gateway }, caller }: App, name: string): Promise<void> {
  const servers = await gateway.listServers(caller);
  if (!servers.some((each) => each.name === name)) throw unknownServer(name);
}

export function unknownServer(name: string): TuttiError {
  return new TuttiError(
    'tool/not-found',
    `There is no server "${cleanLine(name).slice(0, 100)}". \`tutti servers list\` names those there are.`,
  );
}
