/** Counts against limits in sliding or fixed windows, in memory. */
export interface Limits {
  /** Takes one from `key`; `0` when it was there, else after how many milliseconds to try again. */
  take(key: string, limit: RateLimit): Promise<number>;
}

export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}
