import type { Clause } from './clauses.ts';
import { afterFrame } from './pronouns.ts';

const COMPLEMENT = /\b(?:of|for|in|on|from|about|with|at|by)\b/i;
/** It says already of what it is: "PR #123's changes", "the ticket ABC-1". */
const OWNED = /[\p{L}\p{N}]['’]s\s|#\d|(?<![\p{L}\p{N}])\p{Lu}[\p{Lu}\d]{1,9}-\d/u;
const DETERMINER =
  /^[\s,;]*(?:and|plus|also|as well as|(?:along|together) with|alongside|with|against|&|\+)?\s*(?:the|a|an|my|our|your|all|any|some|its|their)\b/i;
const SHORT_ITEM = /,\s*(?:[^\s,]+\s*){1,4}$/;
const AMOUNT = /\b(?:of|is|at|to) \$?\d/;
/** The mask makes quoted text a row of these. */
const VALUE = /^\s*(?:\S+\s+){1,5}q{3,}[\s.,;!?]*$/;
const FEW_WORDS = /^\s*(?:\S+\s*){1,4}$/;
const PRESENTING = /^(?:provide|report|give|include|return|show|tell|present|mention)$/;

/** "the owner, state and age": several things told of one. After a colon stands material, and no further task. */
export function isListed({ masked }: Clause): boolean {
  const own = masked.slice(afterFrame(masked));
  return SHORT_ITEM.test(own) || /:\s/.test(own);
}

/** "the state and owner of a ticket", "… and a limit of 5", "… and the title 'this'": not another thing, but more about the same. */
export function isDetail(part: Clause, last: Clause): boolean {
  if (AMOUNT.test(part.masked) || VALUE.test(part.masked)) return true;
  if (COMPLEMENT.test(part.masked)) return !COMPLEMENT.test(last.masked) && !OWNED.test(last.masked);
  return FEW_WORDS.test(part.masked) && !DETERMINER.test(part.masked);
}

/** "the discussion", "and all messages": it begins as things do. */
export function isThing({ form, masked }: Clause): boolean {
  return form === 'part' && DETERMINER.test(masked);
}

/** "… and show me the score": mostly of what was asked before. */
export function isPresenting(clause: Clause, last: Clause): boolean {
  if (clause.sentence !== last.sentence || clause.isAfter || clause.isAlso) return false;
  return clause.verb !== undefined && PRESENTING.test(clause.verb);
}
