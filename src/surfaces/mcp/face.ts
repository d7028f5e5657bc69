import type { Server } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import { createDesk } from './desk.ts';
import { createMcpServer, identityOf } from './server.ts';
import type { McpServerOptions } from './server.ts';
import { ShortPath } from './short-path.ts';

export interface McpFaceOptions extends Omit<McpServerOptions, 'caller' | 'desk'> {
  /** `false`: the SDK answers everything. */
  readonly shortPath?: boolean;
}

/** How MCP is spoken, on every transport: servers of the SDK for single callers, and the short path beside them. */
export interface McpFace {
  readonly build: (caller: Caller) => Server;
  readonly short?: ShortPath;
}

export function createMcpFace({ shortPath = true, ...options }: McpFaceOptions): McpFace {
  const desk = createDesk(options);
  const build = (caller: Caller): Server => createMcpServer({ ...options, caller, desk });
  return shortPath
    ? { build, short: new ShortPath({ desk, identity: identityOf(options.version) }) }
    : { build };
}
