import type { Caller } from '../kernel/caller.ts';
import { fitsStars } from './star.ts';

/** What a caller's credential admits to among what servers offer. */
export interface ToolGrants {
  /** Equal for callers who may see the same. */
  readonly key: string;
  tool(server: string, tool: string): boolean;
  /** All of a server: for what is no tool, such as resources. */
  whole(server: string): boolean;
  /** Anything of a server at all. */
  any(server: string): boolean;
}

export const ALL_GRANTED: ToolGrants = { key: '*', tool: () => true, whole: () => true, any: () => true };

const known = new WeakMap<readonly string[], ToolGrants>();

/** Reads the grants of a caller: patterns over `server__tool`, whether or not the server has its prefix. Of an empty list nothing. */
export function toolGrants(caller: Caller): ToolGrants {
  const patterns = caller.grants?.tools;
  if (patterns === undefined) return ALL_GRANTED;
  let grants = known.get(patterns);
  if (grants === undefined) {
    grants = patterns.includes('*') ? ALL_GRANTED : grantsOf(patterns);
    known.set(patterns, grants);
  }
  return grants;
}

function grantsOf(patterns: readonly string[]): ToolGrants {
  const admits = (text: string) => patterns.some((pattern) => fitsStars(pattern, text));
  return {
    key: JSON.stringify([...new Set(patterns)].toSorted()),
    tool: (server, tool) => admits(`${server}__${tool}`),
    // A pattern that fits a literal star after the separator fits whatever stands there.
    whole: (server) => admits(`${server}__*`),
    any: (server) => patterns.some((pattern) => reaches(pattern, `${server}__`)),
  };
}

function reaches(pattern: string, prefix: string): boolean {
  const head = pattern.split('*', 1)[0] ?? '';
  if (head.length >= prefix.length || head === pattern) return head.startsWith(prefix);
  return prefix.startsWith(head);
}
