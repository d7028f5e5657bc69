/** Keeps calls away from a server, or from a service of any other kind, that fails; others wait while too many are under way. */
export interface Circuit {
  /**
   * Runs `work` when there is room.
   *
   * @throws TuttiError `downstream/circuit-open` while it is open, `downstream/overloaded` when too many wait already; else what `work` throws.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  readonly state: 'closed' | 'open' | 'half-open';
}

export interface CircuitOptions {
  readonly concurrency: number;
  /** How many may wait. */
  readonly queue: number;
  /** Consecutive failures of the other side's own that open it. */
  readonly failures: number;
  /** How long it stays open before one call may try. */
  readonly openMs: number;
  /** Which failures are the other side's own. */
  readonly isFailure: (error: unknown) => boolean;
}

export type CreateCircuit = (options: CircuitOptions) => Circuit;
