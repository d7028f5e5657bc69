/** Who asks. Every row in the store belongs to one owner, and a handle works for its owner alone. */
export interface Caller {
  /** Stable id of the principal: the process owner on stdio and open loopback, a digest of the token or of issuer and subject over HTTP. */
  readonly owner: string;
  /** What to call the principal where a person reads it, such as the name of a token; `owner` by default. */
  readonly name?: string;
  /** Name of the person at this machine, where the principal is one: an approval that must come from somebody else cannot be his. */
  readonly person?: string;
  /** What the credential admits to; absent: everything. An empty list admits to nothing. */
  readonly grants?: Grants;
}

export interface Grants {
  /** Names of toolsets; absent: all that are served. */
  readonly toolsets?: readonly string[];
  /** Downstream tools as `server__tool`, `*` standing for any run of characters; absent: all. */
  readonly tools?: readonly string[];
}
