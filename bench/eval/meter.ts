import type { Embedder, EmbedRequest } from '../../src/core/ports/embedder.ts';
import type { Model, ModelQuestion, ShapeQuestion } from '../../src/core/ports/model.ts';
import type { ModelUsage } from '../../src/core/kernel/instance.ts';

/** What a model was asked since the last look. */
export interface Spent {
  readonly asked: number;
  /** Questions that got no answer. */
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In the currency of the configured prices; 0 where none is known. */
  readonly cost: number;
  readonly latencyMs: number;
}

export const NOTHING: Spent = { asked: 0, failed: 0, inputTokens: 0, outputTokens: 0, cost: 0, latencyMs: 0 };

export interface MeteredModel extends Model {
  /** Since it was last called. */
  spent(): Spent;
}

export interface MeteredEmbedder extends Embedder {
  /** Since it was last called. */
  spent(): Spent;
  /** Requests that are under way. */
  underWay(): number;
}

/** A model that counts what it is asked. One question of ours may become several of its own. */
export function metered(model: Model): MeteredModel {
  const { counted, spent } = createTally();
  return {
    choose: async (question: ModelQuestion) => await counted(async () => await model.choose(question)),
    shape: async (question: ShapeQuestion) => await counted(async () => await model.shape(question)),
    spent,
  };
}

/** An embedder that counts what it is asked. */
export function meteredEmbedder(embedder: Embedder): MeteredEmbedder {
  const { counted, spent, underWay } = createTally();
  return {
    ...embedder,
    embed: async (request: EmbedRequest) => await counted(async () => await embedder.embed(request)),
    spent,
    underWay,
  };
}

function createTally() {
  let sum = NOTHING;
  let open = 0;
  const counted = async <Answer extends { readonly usage: ModelUsage }>(
    ask: () => Promise<Answer>,
  ): Promise<Answer> => {
    open += 1;
    try {
      const answer = await ask();
      sum = added(sum, { ...NOTHING, asked: 1, ...usageOf(answer.usage) });
      return answer;
    } catch (error) {
      sum = added(sum, { ...NOTHING, asked: 1, failed: 1 });
      throw error;
    } finally {
      open -= 1;
    }
  };
  const spent = (): Spent => {
    const last = sum;
    sum = NOTHING;
    return last;
  };
  return { counted, spent, underWay: () => open };
}

function usageOf({ inputTokens = 0, outputTokens = 0, cost = 0, latencyMs }: ModelUsage): Partial<Spent> {
  return { inputTokens, outputTokens, cost, latencyMs };
}

export function added(one: Spent, other: Spent): Spent {
  return {
    asked: one.asked + other.asked,
    failed: one.failed + other.failed,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cost: one.cost + other.cost,
    latencyMs: one.latencyMs + other.latencyMs,
  };
}

/** One case that was evaluated. */
export interface Judged {
  /** Who answered it: `rule`, `prose`, `words`, `model` … or `undecided`. */
  readonly tier: string;
  readonly right: boolean;
  readonly spent: Spent;
  /** The whole answer, everything between included. */
  readonly tookMs: number;
}

/** Figures of the cases that one tier answered. */
export interface TierFigures extends Spent {
  readonly tier: string;
  readonly cases: number;
  readonly right: number;
  readonly accuracy: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** By tier, in the order given; a tier that answered nothing stands there too. */
export function byTier(judged: readonly Judged[], tiers: readonly string[]): readonly TierFigures[] {
  return [...tiers, 'all'].map((tier) => {
    const own = judged.filter((each) => tier === 'all' || each.tier === tier);
    const times = own.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
    const right = own.filter((each) => each.right).length;
    const spent = own.map((each) => each.spent).reduce((sum, each) => added(sum, each), NOTHING);
    return Object.assign({}, spent, {
      tier,
      cases: own.length,
      right,
      accuracy: own.length === 0 ? 0 : right / own.length,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
    });
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
