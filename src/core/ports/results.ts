/** A result too large to be returned whole. */
export interface StoredResult {
  /** 128 random bits. */
  readonly id: string;
  readonly owner: string;
  readonly server: string;
  readonly tool: string;
  readonly at: number;
  readonly expiresAt: number;
  /** The UTF-8 text of the result object. */
  readonly bytes: Uint8Array;
}

/** Large results, for as long as they may be paged through. */
export interface Results {
  /** Removes what has expired, and, beyond 256 MiB for one owner, the oldest of that owner. */
  put(result: StoredResult): Promise<void>;
  find(owner: string, id: string, now: number): Promise<StoredResult | undefined>;
}
