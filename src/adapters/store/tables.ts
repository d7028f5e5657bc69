import type { Generated } from 'kysely';

/** Epoch milliseconds, or a count, in a bigint column, which SQLite gives as a number and Postgres as a text of digits. */
type Instant = number | string;

/** A row whose id, and what else is named, the database gives. */
type Written<R extends { id: number }, K extends keyof R = never> = Omit<R, 'id' | K> & {
  [N in 'id' | K]: Generated<R[N]>;
};

/** The columns as every dialect stores them: JSON as text, booleans as 0 and 1. */
export interface Tables {
  instances: InstanceRow & { gone: Generated<number> };
  journal: EntryRow;
  definitions: DefinitionRow;
  approvals: ApprovalRow;
  pins: PinRow;
  sightings: SightingRow;
  waiting: WaitingRow;
  verdicts: VerdictRow;
  results: ResultRow;
  audit: AuditTableRow;
  audit_head: AuditHeadRow;
  usage: UsageRow;
  vault: VaultRow;
  marks: MarkRow;
  messages: MessageRow;
  footprints: FootprintRow;
  shelves: Written<ShelfRow, 'entries'>;
  knowledge: Written<KnowledgeRow>;
  knowledge_tags: KnowledgeTagRow;
  vectors: VectorRow;
}

export interface InstanceRow {
  owner: string;
  id: string;
  workflow: string;
  definition: string;
  step: string;
  status: string;
  context: string;
  pending: string | null;
  visits: string;
  token: string;
  revision: number;
  created_at: Instant;
  updated_at: Instant;
  completed_at: Instant | null;
  parent: string | null;
}

export interface EntryRow {
  owner: string;
  instance: string;
  seq: number;
  at: Instant;
  kind: string;
  step: string;
  report: string | null;
  context_updates: string;
  status: string;
  next: string;
  decision: string | null;
  candidates: string;
  /** The step token that the move answered, and the answer: a column each, since a row of their own would double the writing. */
  token: string | null;
  answer: string | null;
}

export interface DefinitionRow {
  hash: string;
  workflow: string;
  files: string;
}

export interface ApprovalRow {
  owner: string;
  id: string;
  instance: string | null;
  server: string;
  tool: string;
  arguments: string;
  digest: string;
  risk: string;
  reason: string;
  requested_by: string;
  status: string;
  decided_by: string | null;
  created_at: Instant;
  decided_at: Instant | null;
  expires_at: Instant;
}

export interface PinRow {
  server: string;
  kind: string;
  name: string;
  hash: string;
  definition: string;
  approved_at: Instant;
  approved_by: string;
}

export interface SightingRow {
  server: string;
  at: Instant;
  launch: string;
  offer: string;
}

export interface WaitingRow {
  server: string;
  kind: string;
  name: string;
  hash: string;
  definition: string;
  findings: string;
  launch: string;
  at: Instant;
}

export interface VerdictRow {
  server: string;
  launch: string;
  verdict: string;
}

export interface ResultRow {
  owner: string;
  id: string;
  server: string;
  tool: string;
  at: Instant;
  expires_at: Instant;
  size: Instant;
  bytes: Uint8Array;
}

export interface VectorRow {
  embedder: string;
  hash: string;
  at: Instant;
  size: number;
  /** Numbers of four bytes each, the lowest byte first. */
  bytes: Uint8Array;
}

export interface AuditTableRow {
  seq: Instant;
  at: Instant;
  owner: string;
  kind: string;
  /** Canonical. */
  fields: string;
  hash: string;
}

/** The one row, with the id 1, that repeats the last row of the audit. */
export interface AuditHeadRow {
  id: number;
  seq: Instant;
  hash: string;
}

export interface UsageRow {
  owner: string;
  subject: string;
  window_at: Instant;
  calls: Instant;
  input_tokens: Instant;
  output_tokens: Instant;
  cost_micros: Instant;
  ms: Instant;
}

export interface VaultRow {
  /** `secret` or `value`. */
  kind: string;
  name: string;
  value: string;
}

export interface MarkRow {
  mark: string;
  expires_at: Instant;
}

export interface MessageRow {
  owner: string;
  session: string;
  seq: number;
  id: string;
  role: string;
  /** As JSON, which carries every character. */
  content: string;
  at: Instant;
  /** How many messages of each role there are up to this one. */
  users: number;
  assistants: number;
  systems: number;
}

/** What is kept in a session, or, where that is empty, by an owner altogether. */
export interface FootprintRow {
  owner: string;
  session: string;
  bytes: Instant;
}

export interface ShelfRow {
  id: number;
  space: string;
  /** Empty where everybody may read it. */
  owner: string;
  /** Empty unless it is a session's own. */
  session: string;
  /** The session once more, to bind the shelf to it; `null` where there is none. */
  instance: string | null;
  entries: Instant;
}

export interface KnowledgeRow {
  /** Grows with every entry that is put. */
  id: number;
  shelf: number;
  key: string;
  value: string;
  tags: string;
  origin: string;
  untrusted: number;
  created_at: Instant;
  updated_at: Instant;
  expires_at: Instant | null;
  /** What it counts for its session and for its keeper: whose shelf it is, or who shares it. */
  bytes: Instant;
  keeper: string;
}

export interface KnowledgeTagRow {
  shelf: number;
  tag: string;
  key: string;
  entry: number;
}
