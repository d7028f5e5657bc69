/** Parts of a query, by where they begin and end. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

// Every repetition is bounded: the time they take grows with the text and no faster.
const QUOTED =
  /"[^"]{1,400}"|“[^”]{1,400}”|(?<![\p{L}\p{N}])'[^'\n]{1,200}'(?![\p{L}\p{N}])|`[^`]{1,200}`|<[^<>]{1,80}>/gu;
const ADDRESS =
  /(?<![a-z])[a-z]{2,12}:\/\/\S{1,400}|www\.\S{1,400}|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,200}|(?<=^|[\s"'(])[~.]{0,2}\/[\w./-]{1,200}|\b[\w-]{1,80}\.[a-z]{2,4}\b/giu;
const SENTENCE_END = /(?<=[.?!]["')]?\s)|\n/;
/** Where one thing asked for ends and another begins. */
const CLAUSE_END =
  /(?<=[.?!;])\s|\n|,\s(?:and|then|also)\s|\s(?:and then|then|and also|also|as well as|additionally|finally|lastly)\s|(?:\sand|,)\s(?=(?:add|analy[sz]e|an?|book|calculate|cancel|check|compare|convert|create|delete|draft|explain|fetch|find|generate|get|give|how|i|list|make|organi[sz]e|please|provide|read|recommend|remind|retrieve|save|search|send|set|share|show|suggest|summari[sz]e|tell|the|translate|update|what|when|where|which|who|write)\b)/gi;
/** Tells of somebody's life and asks for nothing. */
const CONTEXT =
  /^\s?(?:(?:hi|hello|hey)\b[^.!?]{0,20}[,!.]\s?)?(?:(?:i['’]m|i am|we['’]re|we are|(?:my|our) [\w\s,]{1,40} (?:is|are|has|have|wants?|needs?)|i have|we have|i['’]ve|as an? )\s?(?!(?:\w{1,20}ly )?(?:looking|interested|searching|trying|seeking|curious|in need|wondering|requesting|needing|in search))|i (?:love|like|enjoy|recently|just|work)\b|(?:it|that|this) (?:will|would) \w{1,20} )/i;

/** What stands before a place where something is to be put. */
const DESTINATION =
  /\b(?:sav(?:e|es|ed|ing)|stor(?:e|es|ed|ing)|writ(?:e|es|ing|ten)|export(?:s|ed|ing)?|put|output)\b[^.!?\n]{0,80}\b(?:to|at|in|into|as|under|path|file|named|called|location)\s["'(`]{0,2}$/i;
const BEFORE_DESTINATION = 120;

/** Whether the text would have something put there. */
export function isDestination(text: string, { from }: Span): boolean {
  return DESTINATION.test(text.slice(Math.max(0, from - BEFORE_DESTINATION), from));
}

export function quotedIn(text: string): readonly Span[] {
  return spansOf(text, QUOTED);
}

/** Addresses, paths and names of files. */
export function addressesIn(text: string): readonly Span[] {
  return spansOf(text, ADDRESS);
}

/** Sentences that only tell how somebody comes to ask; none where nothing else is said. */
export function contextIn(text: string): readonly Span[] {
  let at = 0;
  const sentences = text.split(SENTENCE_END).map((sentence) => {
    const from = text.indexOf(sentence, at);
    at = from + sentence.length;
    return { from, to: at, tells: CONTEXT.test(sentence) };
  });
  const telling = sentences.filter(({ tells }) => tells);
  return telling.length === sentences.length ? [] : telling;
}

/** Where clauses begin, the first of them left out. */
export function clauseStartsIn(text: string): readonly number[] {
  return spansOf(text, CLAUSE_END).map(({ to }) => to);
}

function spansOf(text: string, pattern: RegExp): readonly Span[] {
  return Array.from(text.matchAll(pattern), ({ 0: { length }, index }) => ({
    from: index,
    to: index + length,
  }));
}

/** Answers, for places that only ever grow, whether they are inside one of the spans. */
export function inside(spans: readonly Span[]): (place: number) => boolean {
  let at = 0;
  return (place) => {
    while ((spans[at]?.to ?? Infinity) <= place) at += 1;
    return (spans[at]?.from ?? Infinity) <= place;
  };
}
