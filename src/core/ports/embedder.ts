import type { ModelUsage } from '../kernel/instance.ts';
import type { ModelAccount } from './model.ts';

export interface EmbedRequest {
  /** At least one. */
  readonly texts: readonly string[];
  readonly account: ModelAccount;
  readonly signal?: AbortSignal;
}

export interface Embedded {
  /** In the order of the texts, each of length 1, all of the same dimension. */
  readonly vectors: readonly Float32Array[];
  readonly usage: ModelUsage;
}

/** Turns texts into vectors that lie close where the texts mean much the same. */
export interface Embedder {
  readonly name: string;
  /** Vectors of embedders of different identities are never compared. */
  readonly identity: string;
  /** @throws TuttiError `model/*`, `budget/spent`; the reason of `signal` when it aborted. */
  embed(request: EmbedRequest): Promise<Embedded>;
}
