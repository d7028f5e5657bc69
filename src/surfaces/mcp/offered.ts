import { instructionsFor } from './instructions.ts';
import type { ServerIdentity } from './reply.ts';
import { reachesServers } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

/** What this server can do, and how it is to be used. */
export interface Offered {
  readonly capabilities: {
    readonly tools: { readonly listChanged: true };
    readonly resources: { readonly listChanged: true; readonly subscribe?: true };
    readonly prompts: { readonly listChanged: true };
    readonly completions: Readonly<Record<string, never>>;
    readonly logging?: Readonly<Record<string, never>>;
  };
  readonly instructions: string;
}

/** How long a modern client may keep what it discovered. */
export const DISCOVERY_TTL_MS = 300_000;

export function identityOf(version: string): ServerIdentity {
  return { name: 'tutti', title: 'Tutti', version };
}

/** What a client hears of us before anything else. */
export function offeredBy(toolsets: readonly Toolset[]): Offered {
  const reaches = reachesServers(toolsets);
  return {
    capabilities: {
      tools: { listChanged: true },
      resources: { listChanged: true, ...(reaches && { subscribe: true }) },
      prompts: { listChanged: true },
      completions: {},
      ...(reaches && { logging: {} }),
    },
    instructions: instructionsFor(toolsets),
  };
}
