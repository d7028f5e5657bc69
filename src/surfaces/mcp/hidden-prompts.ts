import type { Prompt } from '@modelcontextprotocol/server';
import type { Caller } from '../../core/kernel/caller.ts';
import type { Orchestrator } from '../../core/orchestrator.ts';
import { exposedTo } from './exposure.ts';
import { hiddenPrompts } from './prompts.ts';
import { admitted, conductsWorkflows, keepsSessions } from './toolsets.ts';
import type { Toolset } from './toolsets.ts';

/** The names of prompts that a caller is not offered because one of ours has them, where these toolsets are served. */
export async function listHiddenPrompts(
  orchestrator: Orchestrator,
  caller: Caller,
  toolsets: readonly Toolset[],
): Promise<{ readonly workflows: readonly string[]; readonly servers: readonly string[] }> {
  const exposed = await exposedTo({ caller, clientName: undefined }, orchestrator.gateway, toolsets);
  const theirs = (exposed?.prompts.items ?? []) as unknown as readonly Prompt[];
  const open = admitted(toolsets, caller);
  const context = {
    orchestrator,
    caller,
    workflows: conductsWorkflows(open),
    sessions: keepsSessions(open),
  };
  return await hiddenPrompts(context, theirs);
}
