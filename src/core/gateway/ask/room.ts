import { exhausted } from '../../policy/budget.ts';
import { allowancesFor } from '../allowances.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { AskContext } from './context.ts';
import { costOf } from './estimate.ts';

/**
 * Why so many calls of a tool cannot all be made under the budgets and rates of their caller; nothing where they can, as far as can be known
 * before. Of a server that others stand in for, only what holds over all servers counts.
 */
export async function lackOfRoom(
  entry: CatalogEntry,
  count: number,
  { desk, caller: { owner }, tools }: AskContext,
): Promise<string | undefined> {
  const { gate } = desk;
  const { budgets: overall, perUser } = gate.policy().settings;
  if (perUser !== undefined && count > perUser.count)
    return `It takes ${count} calls, and a user may make ${perUser.count} in ${perUser.perMs} ms.`;
  const { server } = entry;
  const isReplaceable = tools.equivalents(entry).length > 1 || server.fallback.length > 0;
  const own = isReplaceable ? { ...server, budgets: [] } : server;
  const costMicros = costOf(entry);
  for (const { budget, key, of } of allowancesFor(own, overall, { owner, now: gate.parts.clock.now() })) {
    const { spent } = await gate.ledger.reread(key);
    const before = {
      calls: spent.calls + count - 1,
      costMicros: spent.costMicros + (count - 1) * costMicros,
      ms: spent.ms,
    };
    const found = exhausted(budget, before, costMicros);
    if (found !== undefined)
      return `It takes ${count} calls, for which the budget of ${found.kind} per ${budget.per} of ${of} has no room.`;
  }
  return undefined;
}
