import type { JsonObject } from '../kernel/json.ts';

/** One thing that was done or refused on somebody's behalf. Secrets are taken out before it comes here. */
export interface AuditEntry {
  readonly at: number;
  readonly owner: string;
  /** Such as `call`, `approval`, `pin`. */
  readonly kind: string;
  readonly fields: JsonObject;
}

export interface AuditRow extends AuditEntry {
  /** 1, 2, 3 … without gaps. */
  readonly seq: number;
  /** SHA-256 of the canonical JSON of the entry with `seq` and the hash before it. */
  readonly hash: string;
}

/** An append-only chain: a row that was changed or taken out by hand shows. */
export interface Audit {
  /** Appends in order, all at once; safe with several processes on one database. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first. */
  tail(filter: { readonly limit: number; readonly before?: number }): Promise<readonly AuditRow[]>;
  /** Reads the whole chain; `broken` names the first row that does not follow from the one before it. */
  verify(): Promise<{
    readonly rows: number;
    readonly broken?: { readonly seq: number; readonly problem: string };
  }>;
}
