/** What was spent on a subject in a window that begins at `windowAt`. */
export interface UsageKey {
  readonly owner: string;
  /** Such as `server:github` or `session:…`. */
  readonly subject: string;
  readonly windowAt: number;
}

export interface Usage {
  readonly calls: number;
  /** Whole micro-units of the currency. */
  readonly costMicros: number;
  /** Time spent in calls. */
  readonly ms: number;
}

/** Sums of what was spent. */
export interface UsageLog {
  /** Zeros where nothing was spent. */
  read(key: UsageKey): Promise<Usage>;
  /** Adds to each, all at once. */
  add(spent: readonly (UsageKey & Usage)[]): Promise<void>;
}
