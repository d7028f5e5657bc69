import { exhausted, spenderName } from '../../policy/budget.ts';
import type { Spender } from '../../policy/budget.ts';
import { allowancesFor } from '../allowances.ts';
import type { CatalogEntry } from '../catalog.ts';
import { countsRuns, withRun } from '../own-run.ts';
import type { ServerSettings } from '../settings.ts';
import type { AskContext } from './context.ts';
import { costOf } from './estimate.ts';

/**
 * Why so many calls of a tool cannot all be made under the budgets and rates of their caller; nothing where they can, as far as can be known
 * before. Of a server that others stand in for, only what holds over all servers counts.
 */
export async function lackOfRoom(
  entry: CatalogEntry,
  count: number,
  context: AskContext,
): Promise<string | undefined> {
  const { desk, tools } = context;
  const { gate } = desk;
  const { budgets: overall, perUser } = gate.policy().settings;
  if (perUser !== undefined && count > perUser.count)
    return `It takes ${count} calls, and a user may make ${perUser.count} in ${perUser.perMs} ms.`;
  const { server } = entry;
  const isReplaceable = tools.equivalents(entry).length > 1 || server.fallback.length > 0;
  const own = isReplaceable ? { ...server, budgets: [] } : server;
  const costMicros = costOf(entry);
  const spender = await spenderOf(context, own);
  for (const { budget, key, of } of allowancesFor(own, overall, spender)) {
    const { spent } = await gate.ledger.reread(key);
    const before = {
      calls: spent.calls + count - 1,
      costMicros: spent.costMicros + (count - 1) * costMicros,
      ms: spent.ms,
    };
    const found = exhausted(budget, before, costMicros);
    if (found === undefined) continue;
    const by = spenderName(budget.per, spender);
    return `It takes ${count} calls, for which the budget of ${found.kind} per ${budget.per} of ${of}${by === undefined ? '' : `, spent by ${by},`} has no room.`;
  }
  return undefined;
}

/** Only looks: whether the session of a plan that goes on is still there, each of its calls is told by the gate. */
async function spenderOf(
  { desk, caller: { owner }, input: { session, instance } }: AskContext,
  server: Pick<ServerSettings, 'budgets'>,
): Promise<Spender> {
  const { gate } = desk;
  const { parts } = gate;
  const hasSessions = parts.toolGateOf !== undefined && session !== undefined;
  const spender = { owner, now: parts.clock.now(), ...(hasSessions && { session }) };
  if (instance === undefined || !countsRuns(server, gate.policy().settings.budgets)) return spender;
  return await withRun(parts.store, spender, instance);
}
