/** Where a verb is one: at the beginning of a name, or of a clause. */
const START = String.raw`(?<=^\s{0,8}|[.;:!\n]\s{0,8}|\b(?:and|or|then|to|will|can|may|also|permanently) )`;
const THE = 'the|an?|all|any|your|my|our|their|this|that|each|every|one|new';

const PREPOSITION = 'with|without|from|by|via|using|for|of|on|to|as';
/** What comes after these is not what is run. */
const BESIDE = `${PREPOSITION}|and|or`;
const EXECUTABLE =
  'commands?|cmd|shell|bash|powershell|terminal|scripts?|code|javascript|js|typescript|python|ruby|perl|php|applescript|osascript|sql(?! quer(?:y|ies)\\b)';
/** What is done about code, and runs none of it. */
const ABOUT_CODE =
  'analysis|analyzers?|reviews?|scans?|scanning|scanners?|search(?:es)?|check(?:s|ers?|ing)?|inspections?|validations?|validators?|tests?|testing|coverage|quality|lint(?:ing|ers?)?|format(?:ting|ters?)|generation|generators?|completions?|palettes?|logs|history';
/** What may stand between code and what is done about it: the unit tests of Python, the review of a script's code. */
const SORT = 'unit|integration|type|static|security|style|syntax|code|scripts?|commands?';
const SOMETHING_TO_EXECUTE = String.raw`(?= (?:(?!(?:${BESIDE}) )[a-z]+ ){0,3}(?:${EXECUTABLE})\b(?! (?:(?:${SORT}) )?(?:${ABOUT_CODE})\b))`;
/** Where a description says what the tool itself does: hooks and workflows are made to run something later. */
const TOOL_DOES = String.raw`(?<=^\s{0,8}|[.;:!\n]\s{0,8}|\b(?:and|or|then|also) |\b(?:this|it|tool|you|used|agents?|assistants?|models?|users?|able|ability) (?:to|can|will|may) )`;
/** Before `run` in a name: it runs nothing, or something else does. */
const NOT_RUN = 'dry|last|to|can|will|may|that|which';

/**
 * Whoever runs what he is given may do anything: as grave as to execute it. Names begin with what it is run by as often: `ssh_run_command`.
 */
const RUN = {
  name: new RegExp(
    String.raw`(?:${TOOL_DOES}run(?:s|ning)?|(?<!\b(?:${NOT_RUN}) )\brun)${SOMETHING_TO_EXECUTE}`,
    'g',
  ),
  prose: new RegExp(String.raw`${TOOL_DOES}run(?:s|ning)?${SOMETHING_TO_EXECUTE}`, 'g'),
};

/** What an account has, or is shown by: to close it closes no account. */
const OF_ACCOUNT =
  'menus?|dialogs?|modals?|popups?|panels?|tabs?|windows?|pages?|forms?|views?|drawers?|dropdowns?|reports?|periods?|tickets?|cases?|issues?|conversations?|requests?|orders?|positions?|sessions?|reconciliations?|payable|receivable';

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
  [
    new RegExp(
      String.raw`${START}clos(?:es?|ing)(?= (?:(?!(?:${PREPOSITION}|in|at|per|under) )[a-z]+ ){0,2}accounts?\b(?! (?:${OF_ACCOUNT})\b))`,
      'g',
    ),
    'deactivate',
  ],
  // Whose name, address or version is looked up; whatever else is resolved is settled.
  [
    /\bresolv(?:es?|ing)(?= (?:[a-z]+ ){0,3}(?:ids?|names?|hosts?|hostnames?|dns|domains?|urls?|ur[in]s?|address(?:es)?|paths?|links?|refs?|references?|symbols?|alias(?:es)?|handles?|library|libraries|versions?|dependency|dependencies|imports?|modules?|packages?)\b)/g,
    'find',
  ],
];

/** A name as words, or a description, in lower case, with one verb for each phrase. */
export function inPlainVerbs(text: string, kind: 'name' | 'prose'): string {
  let plain = text.replaceAll(RUN[kind], 'execute');
  for (const [phrase, verb] of PHRASES) plain = plain.replaceAll(phrase, verb);
  return plain;
}
