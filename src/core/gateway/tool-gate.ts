import type { CatalogEntry } from './catalog.ts';
import { SEPARATOR } from './names.ts';

/** What the state of an agent session lets be called. */
export interface ToolGate {
  readonly session: string;
  readonly agent: string;
  readonly state: string;
  /** Whether a tool, as `server__tool`, may be called in this state. */
  allows(tool: string): boolean;
  /** Names of the states of the agent that allow it. */
  statesFor(tool: string): readonly string[];
}

type Named = Pick<CatalogEntry, 'server' | 'tool'>;

/** Whether a tool may be called; without a gate, all may. */
export function letsCall(toolGate: ToolGate | undefined, entry: Named): boolean {
  return toolGate === undefined || toolGate.allows(canonicalName(entry));
}

/** Whatever clients call it: patterns are written with the server's name before the tool's own. */
export function canonicalName({ server, tool }: Named): string {
  return `${server.name}${SEPARATOR}${tool.name}`;
}
