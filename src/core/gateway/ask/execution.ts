import type { Risk } from '../../kernel/approval.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { CallChannel, CallInput, CallOutcome } from '../gateway.ts';
import type { Plan, PlannedCall } from '../plan/plan.ts';
import { resultIdOf } from '../results.ts';
import { isRepeatable } from '../traits.ts';
import type { Alternative } from './alternatives.ts';
import { alternativesTo } from './alternatives.ts';
import type { CallEnd } from './ask.ts';
import type { AskContext } from './context.ts';
import { ofRequest, rankingOf, readingTimeOf } from './context.ts';
import { dispatchPlan } from './dispatch.ts';
import { intentWithAntecedent } from './filling.ts';
import { costOf } from './estimate.ts';
import { lackOfRoom } from './room.ts';
import type { Begun, CallOptions, DispatchMeans, Dispatched, Waiting } from './means.ts';

/** What one call of an earlier request asked, with the answers. */
export interface Answered {
  readonly name: string;
  readonly inputResponses: JsonObject;
  readonly requestState?: string;
}

/** What an earlier request left behind. */
export interface EarlierWork {
  readonly before: readonly CallEnd[];
  readonly lost: readonly Begun[];
  /** By the key of the call. */
  readonly answered: ReadonlyMap<string, Answered>;
  /** The plan is kept: it can wait for a tool that is held. */
  readonly isKept?: boolean;
  /** What of the question is left out: sentences, shown to whoever is to approve of a call. */
  readonly unanswered?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onBegin?: (begun: Begun) => Promise<void>;
  readonly onEnd?: (end: CallEnd) => Promise<void>;
  readonly onWait?: (waiting: Waiting) => Promise<void>;
}

export const NOTHING_EARLIER: EarlierWork = { before: [], lost: [], answered: new Map() };

/** Makes the calls of a plan, each through the whole path of a call, within what one question may use. */
export async function executePlan(
  plan: Plan,
  context: AskContext,
  earlier: EarlierWork = NOTHING_EARLIER,
): Promise<Dispatched> {
  return await dispatchPlan(plan, new PlanExecution(plan, context, earlier).means);
}

class PlanExecution {
  readonly #context: AskContext;
  readonly #earlier: EarlierWork;
  readonly #plan: Plan;
  readonly #calls: ReadonlyMap<string, PlannedCall>;
  /** By the id of the call, once its own tool could not answer. */
  readonly #alternatives = new Map<string, readonly Alternative[]>();
  readonly #answered: Map<string, Answered>;

  constructor(plan: Plan, context: AskContext, earlier: EarlierWork) {
    this.#context = context;
    this.#earlier = earlier;
    this.#plan = plan;
    this.#calls = new Map(plan.calls.map((call) => [call.id, call]));
    this.#answered = new Map(earlier.answered);
  }

  get means(): DispatchMeans {
    const { channel, deadline, desk, settings } = this.#context;
    const { parts } = desk.gate;
    const { before, lost, isKept, onBegin, onEnd, onWait } = this.#earlier;
    const signal = this.#earlier.signal ?? channel.signal;
    const { onProgress } = channel;
    const riskOf = (name: string): Risk => this.#find(name)?.risk ?? 'unknown';
    return {
      call: (name, args, options) => this.#call(name, args, options),
      alternatives: (call) => this.#alternativesTo(call).map(({ name }) => name),
      riskOf,
      isRepeatable: (name) => {
        const entry = this.#find(name);
        return entry !== undefined && isRepeatable(entry);
      },
      costOf: (name) => this.#costOf(name),
      lackOfRoom: async (name, count) => {
        const entry = this.#find(name);
        return entry && (await lackOfRoom(entry, count, this.#context));
      },
      stored: async (uri) => (await desk.gate.shelf.load(this.#context.caller, resultIdOf(uri))).value(),
      before,
      // What only reads is as good when it is asked anew.
      awaitsTools: isKept === true || this.#plan.calls.some(({ tool = '' }) => riskOf(tool) !== 'read'),
      lost,
      ...(onBegin && { onBegin }),
      ...(onEnd && { onEnd }),
      ...(onWait && { onWait }),
      onFault: (fault) => {
        parts.telemetry.log('error', 'ask/fault', { fault });
        return 'A fault of ours kept it from being made; the log has the details.';
      },
      limits: {
        calls: settings.maxCalls,
        ms: settings.maxMs,
        bytes: settings.maxBytes,
        costMicros: settings.maxCostMicros ?? Infinity,
      },
      createAbort: parts.createAbort,
      // What is left of it, over all that the request did before.
      after: (_ms, work) => deadline.onOver(work),
      ...(signal && { signal }),
      ...(onProgress && {
        onProgress: ({ done, of, message }) => {
          onProgress({ progress: done, total: of, message });
        },
      }),
    };
  }

  async #call(planned: string, given: JsonObject, options: CallOptions): Promise<CallOutcome> {
    const { desk, caller } = this.#context;
    const answered = this.#answered.get(options.key);
    this.#answered.delete(options.key);
    const name = answered?.name ?? planned;
    const { unanswered = [] } = this.#earlier;
    const sent: CallInput = {
      name,
      arguments: this.#argumentsFor(name, given, options.key),
      ...ofRequest(this.#context),
      ...(this.#plan.query !== undefined && { query: this.#plan.query, unanswered }),
      ...(answered && { inputResponses: answered.inputResponses }),
      ...(answered?.requestState !== undefined && { requestState: answered.requestState }),
    };
    return await desk.path.call(caller, sent, this.#channelFor(options));
  }

  #channelFor({ signal, onProgress, purse }: CallOptions): CallChannel {
    const { channel, deadline } = this.#context;
    const { ask } = channel;
    return {
      ...channel,
      signal,
      onProgress,
      purse,
      ...(ask && { ask: (question) => deadline.wait(() => ask(question)) }),
    };
  }

  #argumentsFor(name: string, given: JsonObject, key: string): JsonObject {
    const call = this.#calls.get(key.split('[', 1)[0] ?? '');
    if (call === undefined || call.tool === name) return given;
    return (
      this.#alternativesTo(call)
        .find((each) => each.name === name)
        ?.toArguments(given) ?? given
    );
  }

  #alternativesTo(call: PlannedCall): readonly Alternative[] {
    const known = this.#alternatives.get(call.id);
    if (known !== undefined) return known;
    const { tools, routing } = this.#context;
    const words = intentWithAntecedent(call, this.#plan);
    const found = alternativesTo(
      { ...call, intent: words },
      {
        ...rankingOf(this.#context),
        tools,
        ...readingTimeOf(this.#context),
        routeOf: ({ intent }) => routing.route(intent, { isVisible: tools.isVisible }),
      },
    );
    this.#alternatives.set(call.id, found);
    return found;
  }

  #find(name: string): CatalogEntry | undefined {
    return this.#context.tools.find(name);
  }

  #costOf(name: string): number {
    const entry = this.#find(name);
    return entry === undefined ? 0 : costOf(entry);
  }
}

/** What of the answers to a suspended plan's questions belongs to one of its calls. */
export function answeredBy(
  waiting: Dispatched['waiting'],
  responses: JsonObject,
  keyOfWaiting: (waiting: Dispatched['waiting'][number]) => string,
): ReadonlyMap<string, Answered> {
  return new Map(
    waiting.flatMap((each): [string, Answered][] => {
      if (each.kind !== 'input') return [];
      const key = keyOfWaiting(each);
      const { requestState } = each.value;
      const own = Object.keys(questionsOf(each.value)).flatMap((asked): [string, Json][] => {
        const answer = responses[questionKey(key, asked)];
        return answer === undefined ? [] : [[asked, answer]];
      });
      if (own.length === 0) return [];
      const inputResponses = Object.fromEntries(own);
      const state = typeof requestState === 'string' ? { requestState } : {};
      return [[key, { name: each.name, inputResponses, ...state }]];
    }),
  );
}

export function questionKey(call: string, asked: string): string {
  return `${call}:${asked}`;
}

export function questionsOf(value: JsonObject): JsonObject {
  const { inputRequests } = value;
  return isJsonObject(inputRequests) ? inputRequests : {};
}
