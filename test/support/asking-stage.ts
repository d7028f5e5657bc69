import { porterStem } from '../../src/adapters/stem/porter.ts';
import type { AskInput, Asking, Resolution } from '../../src/core/gateway/ask/ask.ts';
import { createAsking } from '../../src/core/gateway/ask/asking.ts';
import { createCallPath } from '../../src/core/gateway/call-path.ts';
import { toRouteDocument } from '../../src/core/gateway/documents.ts';
import type { CallChannel } from '../../src/core/gateway/gateway.ts';
import type { GatewayParts } from '../../src/core/gateway/parts.ts';
import type { Plan, PlannedCall } from '../../src/core/gateway/plan/plan.ts';
import { createPlanner } from '../../src/core/gateway/plan/planner.ts';
import { createRoster } from '../../src/core/gateway/roster.ts';
import { createRouter } from '../../src/core/gateway/route/router.ts';
import type { AskSettings } from '../../src/core/gateway/settings.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import { scanOffer } from '../../src/core/policy/poison.ts';
import type { ToolDefinition } from '../../src/core/ports/downstream.ts';
import { toTool } from './fake-downstream.ts';
import { ADA, MUTE, world } from './gate.ts';
import { plainPlanning, plainRouting } from './plain-routing.ts';

// Questions over three servers, with words as plain as tests need them.

export const READ = { annotations: { readOnlyHint: true } };
export const numberOf = (name: string): JsonObject => ({
  type: 'object',
  properties: { [name]: { type: 'integer' } },
  required: [name],
});
export const tools: Readonly<Record<string, readonly ToolDefinition[]>> = {
  github: [
    toTool('get_changes', {
      ...READ,
      description: 'changes of a pull request',
      inputSchema: numberOf('number'),
    }),
    toTool('merge_pull', { description: 'merge a pull request', inputSchema: numberOf('number') }),
  ],
  slack: [
    toTool('search_messages', {
      ...READ,
      description: 'search messages',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
    }),
    toTool('list_members', { ...READ, description: 'members of a channel' }),
  ],
  teams: [toTool('search_messages', { ...READ, description: 'search messages' })],
};

export type Stage = ReturnType<typeof stage>;

export function stage(
  about: Partial<Parameters<typeof world>[0]> & {
    readonly ask?: Partial<AskSettings>;
    /** With what is made of words in earnest. */
    readonly isReal?: boolean;
  } = {},
): {
  readonly asking: Asking;
  readonly w: ReturnType<typeof world>;
  again(): Asking;
} & {
  ask(
    input: AskInput,
    more?: { readonly caller?: Caller; readonly channel?: CallChannel },
  ): Promise<Resolution>;
} {
  const w = world({
    servers: tools,
    policy: { approve: ['destructive'] },
    ...about,
    server: trusted(about.server),
  });
  const open = (parts: GatewayParts): Asking => {
    const path = createCallPath(parts, () => roster);
    const roster = createRoster(parts, { audit: () => undefined, budgetsOf: () => [], scan: scanOffer });
    const routing = about.isReal === true ? createRouter(porterStem) : plainRouting();
    return createAsking({
      gate: path.gate,
      path,
      listServers: roster.listServers,
      routing: () => {
        routing.update(roster.entries().map((entry) => toRouteDocument(entry)));
        return routing;
      },
      routingWithHeld: () => routing,
      nearness: roster.nearness,
      planningOf: about.isReal === true ? createPlanner : plainPlanning,
      settings: () => ({ ...parts.settings.ask, ...about.ask }),
    });
  };
  const asking = open(w.parts());
  return {
    asking,
    w,
    again: () => open(w.parts()),
    ask: (input, { caller = ADA, channel = MUTE } = {}) => asking.ask(caller, input, channel),
  };
}

function trusted(more: Parameters<typeof world>[0]['server'] = {}) {
  return Object.fromEntries(
    ['github', 'slack', 'teams', ...Object.keys(more)].map((name) => [
      name,
      { trusted: true, cache: OFF, ...more[name] },
    ]),
  );
}
const OFF = { mode: 'off', ttlMs: 0 } as const;

function plannedCall(id: string, call: Partial<PlannedCall> & { readonly tool: string }): PlannedCall {
  return { id, server: call.tool.replace(/__.*/, ''), intent: 'as planned', dependsOn: [], ...call };
}

/** The plan with something of its calls, or of one of them, otherwise. */
export function edited(plan: Plan, change: Partial<PlannedCall>, id?: string): Plan {
  const changed = (call: PlannedCall) => (id === undefined || call.id === id ? { ...call, ...change } : call);
  return { ...plan, calls: plan.calls.map((call) => changed(call)) };
}

export function planned(...calls: readonly (Partial<PlannedCall> & { readonly tool: string })[]): Plan {
  return {
    calls: calls.map((call, at) => plannedCall('abcdef'.charAt(at), call)),
    structure: 'mixed',
  };
}

export const sentTo = ({ w }: Stage, server: string) =>
  w.fakes.server(server).sent.map(({ request }) => request.params);
export const MERGE = { query: 'merge pull request #7' };

export const ENTERED = (content: JsonObject): JsonObject => ({ ask: { action: 'accept', content } });
export const unexpected = (came: Resolution): Error => new Error(`unexpected: ${JSON.stringify(came)}`);

/** What the audit says of questions. */
export async function linesOf({ w }: Stage) {
  return (await w.store.audit.tail({ limit: 100 })).filter(({ kind }) => kind === 'ask');
}
