/**
 * How a clause leans on the one before. `result`: in so many words on what came of it; `object`: a pronoun is what its verb works on; `about`: a
 * pronoun stands elsewhere in it. A condition leans like an object.
 */
export type Tie = 'none' | 'about' | 'object' | 'result';

const PRONOUN = String.raw`(?:it|them|this|that|these|those|that one|both|each|one)(?![-\w])`;
const HANDED = new RegExp(
  String.raw`\b(?:send|e?mail|post|forward|share|message|submit|upload|pass|hand)\w*\s+(?:${PRONOUN}|the (?:results?|outputs?|findings|answers?))(?: \w+)? (?:to|on|in|into|with|via|by)\b`,
  'i',
);
const RESULT =
  /\b(?:us(?:e|ing)|with|from|(?:based|depending) (?:up)?on|according to)\s+(?:that|this|it|them|those|these|(?:the|that|this|its|their|those|these) (?:\w+ )?(?:results?|outputs?|findings|answers?|response))\b/i;
const OBJECT = new RegExp(
  String.raw`^\s*[\p{L}-]+(?: (?:me|us|up|out|down|off|in))?\s+(?:${PRONOUN}(?!\s+\p{L}+(?:\s+(?:of|to|in|for)\b))|(?:its|their)\b)`,
  'iu',
);
const WORKED_ON = /\bthe (?!(?:relat|associat)ed\b)(?:\p{L}+ed|resulting|above|found|new) \p{L}+/iu;
const ANYWHERE = /(?<![-\w])(?:it|them|its|their|those|these|that one|the same)(?![-\w])/i;

/** On what came before, unless it is what is to be found out, or mere courtesy. */
const CONDITION =
  /(?<!\b(?:check|see|know|determine|verify|ask|out|me|us|sure|detect|tell|confirm)\s)\bif\b(?!\s+(?:possible|available|any|needed|necessary|so|applicable|you))/i;

/** `masked` begins with the clause's verb, if it has one. */
export function tieOf(masked: string): Tie {
  if (RESULT.test(masked) || HANDED.test(masked)) return 'result';
  if (OBJECT.test(masked) || WORKED_ON.test(masked) || CONDITION.test(masked)) return 'object';
  return ANYWHERE.test(masked) ? 'about' : 'none';
}

const HANDING_OVER =
  /^[\s,;]*(?:(?:and|then|please|also|finally|kindly|can you|could you)[\s,]+)*(?:tell|show|give|provide|return|let|make|gather|save|present|display|send|share)\s+(?:(?:it|them|me|us|this|these|those|the (?:\p{L}+ )?(?:results?|outputs?|answers?|information|details|findings|calculations|changes))\s*)+(?:(?:to|with|for|back)\s+(?:me|us|the (?:\p{L}+ )?(?:results?|information|details|findings))\s*)*(?:[.!?,;]|$)/iu;

/** To tell or to return what was asked for is no second thing to do. */
export function handsOver(masked: string): boolean {
  return HANDING_OVER.test(masked);
}
