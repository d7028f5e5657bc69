/** Counts against limits in windows that begin with their first take. */
export interface Limits {
  /** Takes one from `key`; `0` when it was there, else after how many milliseconds to try again. Without a promise where nothing must be awaited. */
  take(key: string, limit: RateLimit): number | Promise<number>;
}

export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}
