import type { Json } from '../kernel/json.ts';

/** Wraps values so that whoever carries them can neither read nor change them. */
export interface Seal {
  /** base64url text. `context` binds it: it opens only under the same one. */
  seal(value: Json, context: string): string;
  /** `undefined` for what was not sealed here, was changed, or belongs to another context. */
  open(sealed: string, context: string): Json | undefined;
}
