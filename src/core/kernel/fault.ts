/** One thing wrong with a definition, at a place a person can open. */
export interface Fault {
  /** Relative to the workflow's folder, with forward slashes. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Stable, such as `step/duplicate`; listed in `docs/reference/workflow-format.md`. */
  readonly code: string;
  /** What was found, what was expected. */
  readonly message: string;
  /** What to write instead, where that can be said. */
  readonly fix?: string;
  /** What {@link fix} comes to as an edit, where there is one way only to mend it. */
  readonly edit?: FaultEdit;
  /** An error keeps the workflow from starting; a warning is for the author. */
  readonly severity: 'error' | 'warning';
}

/** A text to replace on the line of a fault, or on one of the few after it; an empty one stands for the beginning of the line. */
export interface FaultEdit {
  readonly from: string;
  readonly to: string;
  /** Where it stands, if not on the line of the fault. */
  readonly line?: number;
}
