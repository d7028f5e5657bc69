export const TOOLSETS = ['workflows', 'workflows-admin', 'gateway', 'gateway-all', 'gateway-split'] as const;

/** A group of tools that MCP clients see. */
export type Toolset = (typeof TOOLSETS)[number];
