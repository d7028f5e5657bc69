export const TOOLSETS = [
  'workflows',
  'workflows-admin',
  'gateway',
  'gateway-all',
  'gateway-split',
  'agent',
  'agent-admin',
] as const;

/** A group of tools that MCP clients see. */
export type Toolset = (typeof TOOLSETS)[number];
