import type { ToolView } from '../../../core/gateway/gateway.ts';
import { withApp, type Session } from '../session.ts';
import { table } from '../table.ts';

export interface ToolsOptions {
  readonly server?: string;
  readonly limit: number;
}

/** Finds tools by words, or lists all. */
export async function listTools(session: Session, query: string, options: ToolsOptions): Promise<void> {
  const { terminal } = session;
  const { tools } = await withApp(session, ({ orchestrator: { gateway }, caller }) =>
    gateway.findTools(caller, { query, ...options }),
  );
  terminal.answer({ tools }, () => {
    if (tools.length === 0) {
      return query === ''
        ? 'No tools. `tutti servers list` says what the servers are doing.'
        : 'No tool fits these words. `tutti tools` lists all.';
    }
    return table(['tool', 'risk', 'what it does'], tools.map(row), terminal);
  });
}

function row({ name, risk, description, available }: ToolView): readonly string[] {
  const line = description.split('\n', 1)[0] ?? '';
  return [name, risk, available ? line : `(server is down) ${line}`];
}
