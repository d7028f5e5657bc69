import type { CompleteResult } from '@modelcontextprotocol/server';
import type { CompletionRequest } from './request-params.ts';
import type { ResourceContext } from './resources.ts';

/** The protocol allows no more in one answer. */
const MAX_VALUES = 100;

/** Names of workflows and ids of the caller's instances, for the variables of resource addresses. */
export async function complete(
  { ref, argument }: CompletionRequest,
  { orchestrator, caller, workflows: open }: ResourceContext,
): Promise<CompleteResult> {
  if (ref.type !== 'ref/resource' || !open) return matching([], argument.value);
  if (ref.uri.startsWith('workflow://') && argument.name === 'name') {
    const workflows = await orchestrator.listWorkflows();
    return matching(
      workflows.map((each) => each.name),
      argument.value,
    );
  }
  if (ref.uri.startsWith('instance://') && argument.name === 'id') {
    const { instances } = await orchestrator.listInstances(caller, { limit: MAX_VALUES });
    return matching(
      instances.map((each) => each.id),
      argument.value,
    );
  }
  return matching([], argument.value);
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
