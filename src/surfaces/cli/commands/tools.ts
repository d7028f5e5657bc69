import type { App } from '../../../app.ts';
import type { ToolView } from '../../../core/gateway/gateway.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import { cleanLine } from '../text.ts';
import { knownServer } from './servers.ts';

export interface ToolsOptions {
  readonly server?: string;
  readonly limit?: number;
}

const FOUND = 50;

interface Shown {
  readonly tools: readonly ToolView[];
  /** Servers whose tools are missing. */
  readonly connecting?: readonly string[];
}

/** Finds tools by words, or lists all in the order of their names. */
export async function listTools(session: Session, query: string, options: ToolsOptions): Promise<void> {
  const { terminal } = session;
  const { tools, connecting = [] } = await withApp(session, async (app): Promise<Shown> => {
    if (options.server !== undefined) await knownServer(app, options.server);
    if (query.trim() === '') return await allTools(app, options);
    const { gateway } = app.orchestrator;
    return await gateway.findTools(app.caller, { limit: FOUND, ...options, query });
  });
  if (connecting.length > 0) terminal.note(missingText(connecting));
  terminal.answer({ tools, ...(connecting.length > 0 && { connecting }) }, () => {
    if (tools.length === 0) {
      return query === ''
        ? 'No tools. `tutti servers list` says what the servers are doing.'
        : 'No tool fits these words. `tutti tools` lists all.';
    }
    return table(['tool', 'risk', 'what it does'], tools.map(row), terminal);
  });
}

async function allTools(
  { orchestrator: { gateway }, caller }: App,
  { server, limit }: ToolsOptions,
): Promise<Shown> {
  // Lists are for clients, who hear of what comes later; here nobody does.
  await gateway.listServers(caller);
  const { items, connecting = [] } = (await gateway.exposed(caller)).tools;
  const names = items.flatMap(({ name }) => (typeof name === 'string' ? name : []));
  const tools = await gateway.describeTools(caller, names);
  const isAsked = (name: string) => server === undefined || name === server;
  return {
    tools: tools.filter((tool) => isAsked(tool.server)).slice(0, limit),
    connecting: connecting.filter(isAsked),
  };
}

function missingText(connecting: readonly string[]): string {
  const names = cleanLine(connecting.join(', '));
  return `tutti: still connecting, so that their tools are missing here: ${names}. \`tutti servers test\` waits for them; ask again after that.`;
}

function row({ name, risk, description, available }: ToolView): readonly string[] {
  const line = description.split('\n', 1)[0] ?? '';
  return [name, risk, available ? line : `(server is down) ${line}`];
}
