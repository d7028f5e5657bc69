/** Epoch milliseconds in a bigint column, which SQLite gives as a number and Postgres as a text of digits. */
type Instant = number | string;

/** The columns as every dialect stores them: JSON as text, booleans as 0 and 1. */
export interface Tables {
  instances: InstanceRow;
  journal: EntryRow;
  definitions: DefinitionRow;
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
