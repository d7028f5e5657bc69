import type { App } from '../../../app.ts';
import type { ToolView } from '../../../core/gateway/gateway.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';
import { knownServer } from './servers.ts';

export interface ToolsOptions {
  readonly server?: string;
  readonly limit?: number;
}

const FOUND = 50;

/** Finds tools by words, or lists all in the order of their names. */
export async function listTools(session: Session, query: string, options: ToolsOptions): Promise<void> {
  const { terminal } = session;
  const tools = await withApp(session, async (app) => {
    if (options.server !== undefined) await knownServer(app, options.server);
    if (query.trim() === '') return await allTools(app, options);
    const { gateway } = app.orchestrator;
    return (await gateway.findTools(app.caller, { limit: FOUND, ...options, query })).tools;
  });
  terminal.answer({ tools }, () => {
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
): Promise<readonly ToolView[]> {
  const { items } = (await gateway.exposed(caller)).tools;
  const names = items.flatMap(({ name }) => (typeof name === 'string' ? name : []));
  const tools = await gateway.describeTools(caller, names);
  return tools.filter((tool) => server === undefined || tool.server === server).slice(0, limit);
}

function row({ name, risk, description, available }: ToolView): readonly string[] {
  const line = description.split('\n', 1)[0] ?? '';
  return [name, risk, available ? line : `(server is down) ${line}`];
}
