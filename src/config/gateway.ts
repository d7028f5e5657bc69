import type { AskSettings, GatewaySettings, PolicySettings } from '../core/gateway/settings.ts';
import { toRateLimit } from './policy-schema.ts';
import type { ConfigFile } from './schema.ts';
import { toBudget, toMicros, type Servers } from './servers.ts';

const MIB = 1_048_576;

/** Servers, policy and bounds as the gateway takes them. */
export function toGateway(
  { policy, exposure, ask, limits }: Pick<ConfigFile, 'policy' | 'exposure' | 'ask' | 'limits'>,
  { servers, broken }: Servers,
): GatewaySettings {
  return {
    servers,
    broken,
    policy: toPolicy(policy),
    exposure,
    ask: toAsk(ask),
    cacheBytes: limits.cacheMb * MIB,
    maxProcesses: limits.maxProcesses,
  };
}

function toPolicy({ rateLimit, budgets, ...policy }: ConfigFile['policy']): PolicySettings {
  return {
    ...policy,
    budgets: budgets.map((each) => toBudget(each)),
    ...(rateLimit.perUser !== undefined && { perUser: toRateLimit(rateLimit.perUser) }),
  };
}

function toAsk({ maxCost, timeZone, ...ask }: ConfigFile['ask']): AskSettings {
  return {
    ...ask,
    ...(maxCost !== undefined && { maxCostMicros: toMicros(maxCost) }),
    ...(timeZone !== undefined && { timeZone }),
  };
}
