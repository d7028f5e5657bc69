import { isJsonObject } from '../../kernel/json.ts';
import type { Nearness } from '../embed/nearness.ts';
import type { Planning } from '../plan/planning.ts';
import type { Routing } from '../route/route.ts';
import { accountOf } from './account.ts';
import type { AskContext } from './context.ts';
import type { AskRequest } from './request.ts';

interface Parts {
  readonly nearness: Nearness | undefined;
  readonly routing: () => Routing;
  readonly planningOf: (routing: Routing) => Planning;
}

/** The routing as it is now, by what the words of a question mean as well where somebody can say that in time. */
export async function nearing(
  asked: AskRequest,
  { nearness, routing, planningOf }: Parts,
  { caller, input, tools, deadline }: Pick<AskContext, 'caller' | 'input' | 'tools' | 'deadline'>,
): Promise<Routing> {
  // Whoever answers what was asked has been routed before.
  if (nearness === undefined || input.requestState !== undefined) return routing();
  const { isVisible } = tools;
  const work = (over: Routing): void => {
    if (asked.kind === 'query') planningOf(over).plan(asked.query, { isVisible });
    for (const intent of openIntents(asked)) over.route(intent, { isVisible });
  };
  return await nearness.over(routing(), work, { account: accountOf(caller, input), signal: deadline.signal });
}

/** What calls that name no tool are there for. A plan that was sent may be anything. */
function openIntents(asked: AskRequest): readonly string[] {
  const calls: unknown = asked.kind === 'plan' ? asked.plan.calls : [];
  if (!Array.isArray(calls)) return [];
  return (calls as readonly unknown[]).flatMap((call) =>
    isJsonObject(call) && call['tool'] === undefined && typeof call['intent'] === 'string'
      ? [call['intent']]
      : [],
  );
}
