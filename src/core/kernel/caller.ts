/** Who asks. Every row in the store belongs to one owner, and a handle works for its owner alone. */
export interface Caller {
  /** Stable id of the principal: the process owner on stdio and open loopback, a digest of the token over HTTP. */
  readonly owner: string;
}
