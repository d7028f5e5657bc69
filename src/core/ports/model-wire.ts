import type { JsonObject } from '../kernel/json.ts';

/** Whom to ask, and how it is spoken to. Holds secrets. */
export type ModelTarget =
  | {
      readonly kind: 'openai' | 'anthropic';
      /** Base address of its API. */
      readonly url: string;
      readonly name: string;
      readonly apiKey?: string;
    }
  | {
      /** A provider of the npm package `ai`. */
      readonly kind: 'ai';
      readonly name: string;
      /** The package that makes it; absent: the gateway of `ai`. */
      readonly provider?: string;
      readonly url?: string;
      readonly apiKey?: string;
    };

/** Whom to ask for vectors. Holds secrets. */
export interface EmbeddingTarget {
  readonly url: string;
  readonly name: string;
  readonly apiKey?: string;
}

/** Whether a model, or what gives vectors, is there. */
export interface ModelCheck {
  readonly use: 'model' | 'embeddings';
  readonly name: string;
  /** Names that its service lists, where it lists others only. */
  readonly listed?: readonly string[];
  /** Why it could not be reached. */
  readonly error?: string;
  /** The packages that it needs, where these were looked for and no service was reached. */
  readonly packages?: readonly string[];
}

/** One request to a provider, as it stands on the wire. */
export interface WireQuestion {
  readonly prompt: string;
  /** Letters, digits and `_`. */
  readonly name: string;
  /** JSON Schema of the answer, an object. */
  readonly schema: JsonObject;
  /** The most that may be written, in tokens. */
  readonly maxTokens: number;
  /** Before one more request for this question, which has to be paid for like the first. @throws TuttiError `budget/spent`. */
  readonly another?: () => Promise<void>;
  /** Ends the request for real when it goes off: what was sent is broken off, and nothing is read any more. */
  readonly signal: AbortSignal;
}

/** Tokens, where the provider says how many. */
export interface WireTokens {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

export interface WireAnswer extends WireTokens {
  /** What the model wrote; nobody looked whether it is JSON. */
  readonly text: string;
}

/** What stands in `data` of a failure of a wire. */
export interface WireFailure extends WireTokens {
  /** HTTP status of `model/api`. */
  readonly status?: number;
  /** The beginning of what came, without keys. */
  readonly body?: string;
  /** The beginning of what the model wrote. */
  readonly text?: string;
  /** How long the provider wants to be left alone. */
  readonly retry_after_ms?: number;
  /** A second attempt would come to the same. */
  readonly final?: true;
}

/** Speaks one format with one provider of models: a single exchange, nothing tried again, nothing judged. */
export interface ModelWire {
  /** Of the model, as prices name it. */
  readonly name: string;
  /** Answers of wires of different identities are never taken for each other. */
  readonly identity: string;
  /** Nothing is tried a second time: somebody may sit there who is asked, or said no. */
  readonly isOnce?: boolean;
  /**
   * @throws TuttiError `model/api`, `model/refused`, `model/invalid-answer` when what came is no reply of this format, `model/failed` when
   *   the connection was not made or lost; with {@link WireFailure} as `data`. The reason of `signal` when it aborted.
   */
  send(question: WireQuestion): Promise<WireAnswer>;
}

export interface WireVectors extends WireTokens {
  /** In the order of the texts, as the provider gave them. */
  readonly vectors: readonly (readonly number[])[];
}

/** {@link ModelWire} for vectors. */
export interface EmbeddingWire {
  readonly name: string;
  /** Vectors of wires of different identities are never compared. */
  readonly identity: string;
  /** @throws as {@link ModelWire.send}. */
  send(texts: readonly string[], signal: AbortSignal): Promise<WireVectors>;
}
