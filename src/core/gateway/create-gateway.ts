import type { Caller } from '../kernel/caller.ts';
import { scanOffer } from '../policy/poison.ts';
import { createAsking } from './ask/asking.ts';
import { createCallPath } from './call-path.ts';
import type { Gateway, ServerView } from './gateway.ts';
import type { GatewayParts } from './parts.ts';
import { createPlanner } from './plan/planner.ts';
import { createRoster } from './roster.ts';

const DRAIN_MS = 10_000;

/** Puts many servers behind one gate. @throws TuttiError `config/invalid` for rules that cannot be read. */
export function createGateway(parts: GatewayParts): Gateway {
  const path = createCallPath(parts, () => roster);
  const roster = createRoster(parts, {
    audit: (entry) => {
      path.audit(entry);
    },
    // They are the caller's own, and are added where the caller is known.
    budgetsOf: () => [],
    scan: scanOffer,
  });
  let { servers, ask } = parts.settings;
  const asking = createAsking({
    gate: path.gate,
    path,
    listServers: (caller) => roster.listServers(caller),
    routing: () => roster.routing(),
    routingWithHeld: () => roster.routingWithHeld(),
    nearness: roster.nearness,
    planningOf: createPlanner,
    settings: () => ask,
  });
  const withBudget = async (view: ServerView, caller: Caller): Promise<ServerView> => {
    const server = servers.find(({ name }) => name === view.name);
    if (server === undefined || server.budgets.length === 0) return view;
    return { ...view, budget: await path.budgetsOf(server, caller) };
  };
  return {
    listServers: async (caller, how) => {
      const views = await roster.listServers(caller, how);
      return await Promise.all(views.map((view) => withBudget(view, caller)));
    },
    findTools: (caller, query) => roster.findTools(caller, query),
    describeTools: (caller, names) => roster.describeTools(caller, names),
    exposed: (caller) => roster.exposed(caller),
    exposesDirectly: (caller, clientName) => roster.exposesDirectly(caller, clientName),
    onChange: (callback) => roster.onChange(callback),
    onResourceUpdated: (callback) => roster.onResourceUpdated(callback),
    ask: async (caller, input, channel) => {
      roster.operator.expectQuestions();
      return await asking.ask(caller, input, channel);
    },
    plan: (caller, id) => asking.plan(caller, id),
    call: path.call,
    explain: async (caller, input) => path.explain(caller, input, await roster.heldElsewhere()),
    forward: path.forward,
    readResult: path.readResult,
    listApprovals: path.listApprovals,
    approval: path.approval,
    operator: { ...roster.operator, ...path.operator },
    reconfigure: async (settings) => {
      const use = path.prepare(settings.policy);
      await roster.reconfigure(settings);
      use();
      ({ servers, ask } = settings);
    },
    close: async (drainMs = DRAIN_MS) => {
      await path.drain(drainMs);
      await roster.close();
      await path.end();
    },
  };
}
