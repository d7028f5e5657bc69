/** Of the thing itself, and not of what is about something of it. */
const ITS = /(?<!\b(?:about|around|regarding|concerning|by) )\bits\b(?! own\b)/iu;
const WITHIN = /\b(in|of|from|for)\s+(?:it|them)(?![\p{L}\p{N}'’-])/iu;
/** Of a question: "was it discussed", "did it change". */
const SUBJECT = /\b(is|was|were|are|did|does|do|has|have|had|will|can|should)\s+(?:it|they)\b/iu;
/** A sentence that says first what it is about: "For PR #123, …", "Look at PR #123: …". */
const FRAME =
  /^[\s,;]*(?:please\s+)?(?:for|on|about|regarding|concerning|re|look (?:at|into)|check|review|bring me up to (?:speed|date) on|catch me up on|fill me in on|brief me on|tell me about)\s+(?:the\s+)?[^,:;.!?]{1,80}(?<name>#\d{1,9}|\d{1,9}|[A-Z][A-Z0-9]{1,9}-\d{1,7})(?:,|:)\s/iu;
/** What is said of something: "messages that mention it". */
const SPOKEN_OF =
  /\b(mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|refer(?:s|red|ring)? to|concern(?:s|ing)?)\s+(?:it|this|that)(?![\p{L}\p{N}'’-])/iu;
const RELATED = /\b(?:related|corresponding|associated|relevant)\s+(\p{L}+)/iu;
const MAX_READ = 500;

/** Where what a piece says begins, after words that only say what all of it is about; 0 without such words. */
export function afterFrame(masked: string): number {
  return FRAME.exec(masked.slice(0, MAX_READ))?.[0].length ?? 0;
}

/** The same query with the name of a thing in the place of the pronoun that stands for it; nothing where there is none. */
export function asNamed(query: string, meant: string | undefined): string | undefined {
  if (meant === undefined || query.length > MAX_READ) return undefined;
  if (ITS.test(query)) return query.replace(ITS, () => `${meant}'s`);
  if (WITHIN.test(query)) return query.replace(WITHIN, (_, preposition: string) => `${preposition} ${meant}`);
  if (SPOKEN_OF.test(query)) return query.replace(SPOKEN_OF, (_, verb: string) => `${verb} ${meant}`);
  if (RELATED.test(query)) return query.replace(RELATED, (_, noun: string) => `${noun} about ${meant}`);
  return SUBJECT.test(query) ? query.replace(SUBJECT, (_, verb: string) => `${verb} ${meant}`) : undefined;
}
