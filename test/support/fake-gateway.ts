import type {
  CallChannel,
  CallInput,
  CallOutcome,
  Exposed,
  ExposedList,
  ForwardMethod,
  Found,
  Gateway,
  GatewayOperator,
  ResultQuery,
  ServerView,
  ToolView,
} from '../../src/core/gateway/gateway.ts';
import type { AskInput, PlanView, Resolution } from '../../src/core/gateway/ask/ask.ts';
import type { Caller } from '../../src/core/kernel/caller.ts';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { JsonObject } from '../../src/core/kernel/json.ts';
import type { Approval } from '../../src/core/kernel/approval.ts';

/** A gateway that remembers what it was asked and answers as a script says, for tests of the surfaces alone. */
export interface FakeGateway {
  readonly gateway: Gateway;
  readonly calls: readonly GatewayCall[];
  /** As if a list of a server had changed. */
  change(what: 'tools' | 'prompts' | 'resources'): void;
  /** As if a server said that a resource changed. */
  update(uri: string): void;
  readonly listeners: number;
}

export interface GatewayCall {
  readonly method: string;
  readonly caller: Caller;
  readonly input: unknown;
  readonly channel?: CallChannel;
}

export interface GatewayScript {
  readonly tools?: readonly JsonObject[];
  readonly prompts?: readonly JsonObject[];
  readonly resources?: readonly JsonObject[];
  readonly resourceTemplates?: readonly JsonObject[];
  readonly servers?: readonly ServerView[];
  readonly approvals?: readonly Approval[];
  readonly views?: readonly ToolView[];
  /** Servers that are missing from every list. */
  readonly connecting?: readonly string[];
  readonly exposesDirectly?: (clientName: string | undefined) => boolean;
  call?(input: CallInput, channel: CallChannel, caller: Caller): Promise<CallOutcome>;
  forward?(method: ForwardMethod, params: JsonObject, channel: CallChannel): Promise<CallOutcome>;
  ask?(input: AskInput, channel: CallChannel, caller: Caller): Promise<Resolution>;
  readonly plans?: Readonly<Record<string, PlanView>>;
  /** Texts of stored results by id; pages are of 10 characters. */
  readonly results?: Readonly<Record<string, string>>;
}

const encoder = new TextEncoder();
const PAGE = 10;

export function fakeGateway(script: GatewayScript = {}): FakeGateway {
  const calls: GatewayCall[] = [];
  const changed = new Set<(what: 'tools' | 'prompts' | 'resources') => void>();
  const updated = new Set<(uri: string) => void>();
  const { connecting } = script;
  const listOf = (items: readonly JsonObject[] = []): ExposedList => ({
    version: String(items.length),
    bytes: encoder.encode(JSON.stringify(items)),
    items,
    ...(connecting && { connecting }),
  });
  const exposed: Exposed = {
    tools: listOf(script.tools),
    prompts: listOf(script.prompts),
    resources: listOf(script.resources),
    resourceTemplates: listOf(script.resourceTemplates),
  };
  const viewOf = (name: string): ToolView => {
    const view = script.views?.find((each) => each.name === name);
    if (view) return view;
    throw new TuttiError('tool/not-found', `There is no tool "${name}". find_tools names those there are.`);
  };
  const unscripted = async (name: string): Promise<never> => {
    throw new TuttiError('tool/not-found', `There is no "${name}".`);
  };

  const gateway: Gateway = {
    listServers: async (caller) => {
      calls.push({ method: 'listServers', caller, input: undefined });
      return script.servers ?? [];
    },
    findTools: async (caller, input): Promise<Found> => {
      calls.push({ method: 'findTools', caller, input });
      const tools = (script.views ?? []).filter((each) => each.description.includes(input.query));
      return { tools: tools.map((each) => ({ ...each, score: 2 })), confidence: tools.length > 0 ? 0.8 : 0 };
    },
    describeTools: async (caller, names) => {
      calls.push({ method: 'describeTools', caller, input: names });
      return names.map((each) => viewOf(each));
    },
    call: async (caller, input, channel) => {
      calls.push({ method: 'call', caller, input, channel });
      return (await script.call?.(input, channel, caller)) ?? (await unscripted(input.name));
    },
    ask: async (caller, input, channel) => {
      calls.push({ method: 'ask', caller, input, channel });
      return (await script.ask?.(input, channel, caller)) ?? (await unscripted('answer'));
    },
    plan: async (caller, id) => {
      calls.push({ method: 'plan', caller, input: id });
      const found = script.plans?.[id];
      if (found) return found;
      throw new TuttiError('plan/not-found', `There is no plan ${id}.`);
    },
    explain: async () => await unscripted('explanation'),
    exposed: async () => exposed,
    exposesDirectly: async (_caller, clientName) => script.exposesDirectly?.(clientName) ?? false,
    // oxlint-disable-next-line eslint/max-params -- as the port has it
    forward: async (caller, method, params, channel) => {
      calls.push({ method, caller, input: params, channel });
      return (await script.forward?.(method, params, channel)) ?? (await unscripted(method));
    },
    readResult: async (caller, id, query) => {
      calls.push({ method: 'readResult', caller, input: { id, query } });
      return pageOf(script.results?.[id], query);
    },
    listApprovals: async (caller, filter) => {
      calls.push({ method: 'listApprovals', caller, input: filter });
      return (script.approvals ?? []).filter(
        (each) => filter.status === undefined || each.status === filter.status,
      );
    },
    approval: async (caller, id) => {
      const found = script.approvals?.find((each) => each.id === id && each.owner === caller.owner);
      if (found) return found;
      throw new TuttiError('approval/not-found', `No approval ${id} is visible to you.`);
    },
    onChange: (callback) => {
      changed.add(callback);
      return () => void changed.delete(callback);
    },
    onResourceUpdated: (callback) => {
      updated.add(callback);
      return () => void updated.delete(callback);
    },
    operator: new Proxy({} as GatewayOperator, {
      get() {
        throw new Error('no MCP client reaches the operator');
      },
    }),
    reconfigure: async () => {},
    close: async () => {},
  };
  return {
    gateway,
    calls,
    change: (what) => changed.forEach((each) => each(what)),
    update: (uri) => updated.forEach((each) => each(uri)),
    get listeners() {
      return changed.size + updated.size;
    },
  };
}

function pageOf(text: string | undefined, { offset = 0 }: ResultQuery) {
  if (text === undefined) throw new TuttiError('result/not-found', 'There is no such result.');
  const end = offset + PAGE;
  return {
    text: text.slice(offset, end),
    offset,
    totalBytes: text.length,
    ...(end < text.length && { nextOffset: end }),
  };
}
