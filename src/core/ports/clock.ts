/** Time, ids and randomness: everything that makes two runs of the same program differ. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A fresh handle of 128 random bits: 22 characters of base64url, the first no hyphen. */
  id(): string;
  /** Uniform in [0, 1). */
  random(): number;
}
