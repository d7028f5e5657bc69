import { canonicalJson } from '../../kernel/json.ts';
import type { Digest } from '../../ports/digest.ts';

/** Bound to the name and every file, whatever the order they were read in. */
export function definitionHash(
  name: string,
  files: Readonly<Record<string, string>>,
  digest: Digest,
): string {
  return digest(canonicalJson({ name, files }));
}
