import type { CompleteResult } from '@modelcontextprotocol/server';
import type { CompletionRequest } from './request-params.ts';
import type { ResourceContext } from './resources.ts';

/** The protocol allows no more in one answer. */
const MAX_VALUES = 100;

/** Names of workflows, agents and states, and ids of the caller's instances and sessions, for the variables of resource addresses. */
export async function complete(
  { ref, argument }: CompletionRequest,
  context: ResourceContext,
): Promise<CompleteResult> {
  if (ref.type !== 'ref/resource') return matching([], argument.value);
  const candidates = await candidatesFor(`${ref.uri.split('://', 1)[0]} ${argument.name}`, context);
  return matching(candidates, argument.value);
}

async function candidatesFor(
  what: string,
  { orchestrator, caller, workflows, sessions }: ResourceContext,
): Promise<readonly string[]> {
  const owned = { limit: MAX_VALUES };
  if (workflows && what === 'workflow name')
    return (await orchestrator.listWorkflows()).map((each) => each.name);
  if (workflows && what === 'instance id')
    return (await orchestrator.listInstances(caller, owned)).instances.map((each) => each.id);
  if (sessions && what === 'session session_id')
    return (await orchestrator.sessions.list(caller, owned)).sessions.map((each) => each.id);
  if (sessions && what === 'agent name')
    return (await orchestrator.sessions.listAgents()).map((each) => each.name);
  if (sessions && what === 'state state_name') {
    const { agent } = await orchestrator.sessions.view(caller);
    return (await orchestrator.sessions.agent(agent)).states.map((each) => each.name);
  }
  return [];
}

function matching(candidates: readonly string[], typed: string): CompleteResult {
  const start = typed.toLowerCase();
  const values = candidates.filter((each) => each.toLowerCase().startsWith(start));
  return {
    completion: {
      values: values.slice(0, MAX_VALUES),
      total: values.length,
      hasMore: values.length > MAX_VALUES,
    },
  };
}
