/** How much may be kept for one session, and for one owner: all sessions with what they know, and what the owner knows besides and shares. */
export interface Bounds {
  readonly maxSessionBytes: number;
  readonly maxOwnerBytes: number;
}
