import type { JsonObject } from '../kernel/json.ts';

/** Small things that must outlive the process and must not leak: keys, tokens of downstream logins, used-up marks. */
export interface Vault {
  /** The secret of this name; `fresh` is kept, and returned, when there is none yet. Every process on the store gets the same one. */
  secret(name: string, fresh: string): Promise<string>;
  /** Takes a mark once: `false` when it was taken before. Marks past `expiresAt` may be forgotten. */
  claim(mark: string, now: number, expiresAt: number): Promise<boolean>;
  /** Keeps a mark that is taken for longer; nothing happens when it is not. */
  renew(mark: string, expiresAt: number): Promise<void>;
  /** Frees a mark that was taken. */
  release(mark: string): Promise<void>;
  /** What is kept under a name, such as the tokens of a login. */
  read(name: string): Promise<JsonObject | undefined>;
  write(name: string, value: JsonObject | undefined): Promise<void>;
  /** Writes where still `before` is kept, as {@link Vault.read} gave it; `false`, and nothing written, when somebody wrote meanwhile. */
  replace(name: string, before: JsonObject | undefined, value: JsonObject): Promise<boolean>;
}
