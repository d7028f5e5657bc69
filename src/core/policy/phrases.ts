const THE = 'the|an?|all|any|your|my|our|their|this|that|each|every|one|new';

/** Several words that say one verb, and the verb: `check_out` checks nothing, and to get rid of something is not to get it. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:gets?|getting) rid\b/g, 'remove'],
  [/\bcheck(?:s|ing)? (?:out|in)\b(?! (?:stock|wh[a-z]+)\b)/g, 'book'],
  [/\blogs?(?= (?:in|out|off)\b)/g, 'open'],
  [
    new RegExp(String.raw`\b(?:log|logs|logging)(?= (?:${THE}|expenses?|time|hours?|work|meals?)\b)`, 'g'),
    'add',
  ],
  [/\bload(?:s|ing)?(?= (?:[a-z]+ ){0,3}(?:funds?|money|balance|credits?|cash)\b)/g, 'add'],
  // Whose name, address or version is looked up; whatever else is resolved is settled.
  [
    /\bresolv(?:es?|ing)(?= (?:[a-z]+ ){0,3}(?:ids?|names?|hosts?|hostnames?|dns|domains?|urls?|ur[in]s?|address(?:es)?|paths?|links?|refs?|references?|symbols?|alias(?:es)?|handles?|library|libraries|versions?|dependency|dependencies|imports?|modules?|packages?)\b)/g,
    'find',
  ],
];

/** A name as words, or a description, in lower case, with one verb for each phrase. */
export function inPlainVerbs(text: string): string {
  let plain = text;
  for (const [phrase, verb] of PHRASES) plain = plain.replaceAll(phrase, verb);
  return plain;
}
