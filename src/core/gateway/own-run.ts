import { AGENT_WORKFLOW, PLAN_WORKFLOW } from '../kernel/instance.ts';
import type { Spender } from '../policy/budget.ts';
import type { Store } from '../ports/store.ts';
import type { Budget, ServerSettings } from './settings.ts';

/** Whether anything is counted by runs: only then it has to be known whether one is there. */
export function countsRuns(
  { budgets }: Pick<ServerSettings, 'budgets'>,
  overall: readonly Budget[],
): boolean {
  return [budgets, overall].some((each) => each.some(({ per }) => per === 'instance'));
}

/** Takes in the run that is named, where it is one of the owner's workflows; plans and sessions are none. */
export async function withRun(
  store: Pick<Store, 'load'>,
  spender: Spender,
  instance: string,
): Promise<Spender> {
  const found = await store.load(spender.owner, instance);
  if (found === undefined) return spender;
  const isRun = found.workflow !== PLAN_WORKFLOW && !found.workflow.startsWith(AGENT_WORKFLOW);
  return isRun ? { ...spender, instance } : spender;
}
