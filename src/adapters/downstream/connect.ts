import type { Clock } from '../../core/ports/clock.ts';
import type { OpenDownstream } from '../../core/ports/downstream.ts';
import { Connection } from './connection.ts';
import type { Introduction } from './greeting.ts';
import type { Resolve } from './guard.ts';
import type { LoginSettings } from './login.ts';

/** What every connection is made with. */
export interface DownstreamEnvironment {
  /** Who we say we are. */
  readonly introduction: Introduction;
  /** Our own environment, of which a child sees what it needs to run at all. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** How many orchestrators may stand above what is started: `policy.maxHops`; four by default. */
  readonly maxDepth?: number;
  readonly clock: Pick<Clock, 'now' | 'random'>;
  /** Absent: servers that want a login cannot be used, unless their headers hold one. */
  readonly login?: LoginSettings;
  /** All of this machine counts as written down beside a server on it: only for tests that play a whole network there. */
  readonly trustLoopback?: boolean;
  /** Finds the addresses of a name; the platform's resolver by default. */
  readonly resolve?: Resolve;
}

/** Connections to MCP servers: child processes, Streamable HTTP, and the transport before it. */
export function connectDownstream(environment: DownstreamEnvironment): OpenDownstream {
  return (options) => new Connection(environment, options);
}
