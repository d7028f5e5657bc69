/** Where a verb is one: at the beginning of a name, or of a clause. */
const START = String.raw`(?<=^\s{0,8}|[.;:!\n]\s{0,8}|\b(?:and|or|then|to|will|can|may|also|permanently) )`;
const THE = 'the|an?|all|any|your|my|our|their|this|that|each|every|one|new';

/** What comes after these is not what is run. */
const BESIDE = 'with|without|from|by|via|using|for|of|on|and|or|to|as';
/** What is done about code, and runs none of it. */
const ABOUT_CODE =
  'analysis|analyzer|reviews?|scans?|search(?:es)?|checks?|coverage|quality|linters?|formatters?';

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
  [
    new RegExp(
      String.raw`${START}empt(?:y|ies)(?= (?:${THE}|trash|bin|recycle|rubbish|cart|basket|bucket|queue|folder|directory|mailbox|inbox|database|table|collection|cache|container|vault|drive|wallet|account)\b)`,
      'g',
    ),
    'drop',
  ],
  [
    /\bformat(?:s|ting)?(?= (?:[a-z]+ ){0,3}(?:disks?|drives?|partitions?|volumes?|devices?|filesystems?|usb|storage|sd|ssd|hdd)\b(?! (?:names?|ids?|sizes?|usage|labels?|info)\b))/g,
    'drop',
  ],
  [new RegExp(String.raw`${START}charges?(?= (?:${THE}|cards?|customers?|users?)\b)`, 'g'), 'drop'],
  [new RegExp(String.raw`${START}bans?(?= (?:${THE}|users?|members?|accounts?|ips?)\b)`, 'g'), 'drop'],
  // Whoever runs what he is given may do anything: as grave as to execute it.
  [
    new RegExp(
      String.raw`${START}run(?:s|ning)?(?= (?:(?!(?:${BESIDE}) )[a-z]+ ){0,3}(?:commands?|cmd|shell|bash|powershell|terminal|scripts?|code|javascript|sql(?! quer(?:y|ies)\b))\b(?! (?:${ABOUT_CODE})\b))`,
      'g',
    ),
    'execute',
  ],
  [new RegExp(String.raw`${START}clos(?:es?|ing)(?= (?:[a-z]+ ){0,2}accounts?\b)`, 'g'), 'deactivate'],
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
