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

/** What is to be spent on one account, and what its sums may not pass. */
export interface Taking extends UsageKey, Usage {
  /** Of `calls` and `costMicros`: the most that may be spent, this included. Of `ms`: what must not be spent yet. Absent: any. */
  readonly limits: Partial<Usage>;
}

/** Sums in the order of what was asked for: with it where it was granted, else without. */
export interface Taken {
  readonly granted: boolean;
  readonly sums: readonly Usage[];
}

/** Sums of what was spent. */
export interface UsageLog {
  /** Zeros where nothing was spent. */
  read(key: UsageKey): Promise<Usage>;
  /** Adds to each, all at once. */
  add(spent: readonly (UsageKey & Usage)[]): Promise<void>;
  /** Adds to each unless that passes a limit of any, all at once, whoever else does meanwhile. Each account is named once. */
  take(wanted: readonly Taking[]): Promise<Taken>;
  /** Removes the sums of windows that began before; those that count for ever (`windowAt` 0) stay. */
  prune(before: number): Promise<void>;
}
