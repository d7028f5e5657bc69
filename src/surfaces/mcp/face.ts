import type { Server } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import { createDesk } from './desk.ts';
import { createResourceWatch } from './resource-watch.ts';
import type { WatchResources } from './resource-watch.ts';
import { identityOf, offeredBy } from './offered.ts';
import type { McpServerOptions } from './server.ts';
import { ShortPath } from './short-path.ts';

export interface McpFaceOptions extends Omit<McpServerOptions, 'caller' | 'desk'> {
  /** `false`: the SDK answers everything. */
  readonly shortPath?: boolean;
}

/** How MCP is spoken, on every transport: servers of the SDK for single callers, and the short path beside them. */
export interface McpFace {
  readonly build: (caller: Caller) => Promise<Server>;
  readonly short?: ShortPath;
  /** For clients that say what they want to hear of when they begin to listen. */
  readonly watch: WatchResources;
}

export function createMcpFace({ shortPath = true, ...options }: McpFaceOptions): McpFace {
  const { orchestrator, telemetry, toolsets = ['workflows'], version } = options;
  const desk = createDesk(options);
  // The SDK's half is loaded with the first request that is not answered on the short path.
  const build = async (caller: Caller): Promise<Server> => {
    const { createMcpServer } = await import('./server.ts');
    return createMcpServer({ ...options, caller, desk });
  };
  const watch = createResourceWatch({ gateway: orchestrator.gateway, toolsets, telemetry });
  if (!shortPath) return { build, watch };
  const short = new ShortPath({ desk, identity: identityOf(version), offered: offeredBy(toolsets) });
  return { build, watch, short };
}
