import { PhraseTable, phrases } from '../phrase.ts';

/* What is said of values, texts and counts. */

export const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'yes', 'on']);
export const FALSE_WORDS: ReadonlySet<string> = new Set(['false', 'no', 'off']);
export type Predicate = 'present' | 'absent' | 'empty' | 'not-empty';
export const PREDICATES = PhraseTable.of<Predicate>([
  [
    'is|are|was|has|have|been been? set|present|defined|provided|given|known|available|specified|supplied|filled|recorded in? the? context?',
    'present',
  ],
  ['is|are|was|were there', 'present'],
  ['is|are|was|were not there', 'absent'],
  ["isn't|aren't|wasn't|weren't there", 'absent'],
  ['exists|exist in? the? context?', 'present'],
  ['is|are in the context', 'present'],
  [
    'is|are|was|has not yet? been? set|present|defined|provided|given|known|available|specified|supplied in? the? context?',
    'absent',
  ],
  ["isn't|wasn't|hasn't|aren't been? set|present|defined|provided|given|known|available|specified", 'absent'],
  ['does|do|did not exist|appear', 'absent'],
  ["doesn't|don't exist", 'absent'],
  ['is|are|was? missing|absent|undefined|unset|null|unknown|unspecified from? the? context?', 'absent'],
  ['is|are|was|has|have? still|yet? empty|blank', 'empty'],
  ['has|have|contains|lists no|zero entries|items|elements|values|content', 'empty'],
  ['is|are|was? not|non empty|blank', 'not-empty'],
  ["isn't|aren't|wasn't empty|blank", 'not-empty'],
  ['is|are|was non-empty|nonempty', 'not-empty'],
  ['has|have|contains|holds|lists entries|items|elements|values|something', 'not-empty'],
  ['has|have|contains|holds at least one entry|item|element|value', 'not-empty'],
]);

export type Comparator = '<' | '<=' | '>' | '>=' | '=' | '!=';
export const COMPARATORS = PhraseTable.of<Comparator>([
  ['is|are|was|were? greater|more|higher|larger|bigger|longer than', '>'],
  ['is|are|was|were|has|have? above|over|beyond', '>'],
  ['exceeds|exceed|exceeded|surpasses|tops', '>'],
  ['is|are|was|were? strictly greater|more|larger than', '>'],
  ['is|are|was|were? >', '>'],
  ['is|are|was|were? less|lower|smaller|fewer|shorter than', '<'],
  ['is|are|was|were? below|under|beneath', '<'],
  ['is|are|was|were? <', '<'],
  ['is|are|was|were? at least', '>='],
  ['is|are|was|were? greater|more|higher|larger than or equal to', '>='],
  ['is|are|was|were? no|not less|lower|fewer|smaller than', '>='],
  ['reaches|reached|has reached', '>='],
  ['is|are? >=', '>='],
  ['is|are|was|were? at most', '<='],
  ['is|are|was|were? up to', '<='],
  ['is|are|was|were? less|lower|smaller|fewer than or equal to', '<='],
  ['is|are|was|were? no|not greater|more|higher|larger than', '<='],
  ['does|do not exceed', '<='],
  ["doesn't|don't exceed", '<='],
  ['is|are? <=', '<='],
  ['is|equals|equal|= equal|exactly|now|still|already? to?', '='],
  ['= =', '='],
  ['of', '='],
  ['is|are|was not above|over|beyond', '<='],
  ['is|are|was not below|under', '>='],
  ['has|have|had? the value|values of?', '='],
  ['are|was|were|reads|holds|takes exactly?', '='],
  ['comes|came back|out as', '='],
  ['is|was|has|been? been? set|equal|marked|rated|classified|labelled|flagged|given to|as', '='],
  ['is|was|are not equal|set|now? to?', '!='],
  ["isn't|wasn't|aren't set? to?", '!='],
  ["does not|doesn't equal", '!='],
  ['is|= != ', '!='],
  ['!=', '!='],
  ['differs from', '!='],
  ['is|was anything|something other|but than?', '!='],
  ['is|was different from|than', '!='],
]);

export const CONTAINS = PhraseTable.of<boolean>([
  [
    'contains|contain|contained|includes|include|included|mentions|mention|mentioned|has|have|shows|says|reads|holds|matches the? phrase|text|string|word|words|line|literal|exact|marker|substring|keyword? text|phrase|string|word?',
    true,
  ],
  [
    'does|do|did not contain|include|mention|show|have|say the? phrase|text|string|word|words|line|literal|exact|marker|substring|keyword? text|phrase|string|word?',
    false,
  ],
  ['not contains|contain|include|includes|mention|mentions the? phrase|text|string|word?', false],
  [
    "doesn't|don't|didn't contain|include|mention|show|have|say the? phrase|text|string|word|words|line|literal|exact|marker|substring|keyword? text|phrase|string|word?",
    false,
  ],
  ['lacks|lack|omits the? phrase|text|string|word|line|marker?', false],
]);

/** What a quoted text may be found in. */
export const TEXT_SUBJECTS = PhraseTable.of<'output' | 'message' | 'error' | 'report'>([
  [
    "the|its|their? reported|command|tool|command's|tool's|console|client's|returned|terminal|script|script's? output|result|stdout",
    'output',
  ],
  ["the|its? client's|report|report's|reported|user's? result|output", 'output'],
  ['the output|result of the command|tool|script', 'output'],
  ["the|its? report's|reported|client's? message", 'message'],
  ["the|its? report's|reported|client's? error error|failure|report's? message|text?", 'error'],
  ['the error text|output|message', 'error'],
  ["the|client's? client's? report", 'report'],
  ["the client's|user's report", 'report'],
  ['the client', 'report'],
  ['the? report text', 'report'],
  ['it', 'report'],
]);

export const EXIT_CODES = phrases(
  "the|its? a? command's|tool's|script's|process|process's|command|tool|script|return? exit|return|status code|status",
  'the|its? exit|return code|status of the command|tool|script|process',
  'the|a? command|tool|script|process|it exits|exited|terminates|returns|returned with? a|the? exit? code|status',
  'the|a? command|tool|script|process|it exits|exited|terminates with',
);

export const VARIABLE_PREFIX = phrases(
  'the|a? context|reported|returned|report|boolean? variable|field|flag|value|key|property|entry|setting|parameter of|called|named?',
  'the',
  "the report's|client's",
  'context variable',
  'the value of the? variable?',
  'value of',
);
export const VARIABLE_SUFFIX = phrases(
  'variable|flag|field|value|key|property|setting|parameter|list|array in|from|of the? context|report|result|details',
  'in|from|of the|its? context|report|result|details',
  "in|from|of the|its? report's details|result",
  'flag',
  'variable',
  'field',
  'value',
  'list',
  'array',
);
export const COUNT_UNITS = phrases(
  'items|entries|elements|item|entry|element|values|times|characters|points|percent|seconds|minutes|errors|failures|files|issues|results|rows|lines|findings|days|hours|ms|usd|eur|euros|dollars|years|mb|kb|gb|degrees|rows|records|units|pages|people|users|hours|euro',
);
export const NUMBERED = phrases('has|have|contains|lists|holds|with');
export const OR_MORE = phrases(
  'or|and more|higher|above|greater|up|over|better|larger|longer|older',
  'plus',
  '+',
);
export const OR_LESS = phrases('or|and less|fewer|lower|below|under|smaller|shorter|younger');
export const BETWEEN = phrases(
  'is|are|was|lies|falls? between|within|in the? range? of? from?|between?',
  'is|are from',
  'between',
  'is|lies|falls anywhere? between',
);
export const THERE_IS = phrases('there is|are|was|were');
export const NON_ZERO = phrases(
  'is|was|of|with? not|non zero|0',
  'is|was|of|with? a? non-zero|nonzero exit? code|status?',
  "isn't|wasn't zero|0",
  'is|was other|different than|from zero|0',
  'is|was anything other than|but? zero|0',
);
export const UP_TO = phrases('up to and including', 'and|to? up to', 'to');
/** Some of what was just compared. */
export const OF_THEM = PhraseTable.of<'any' | 'all' | 'none'>([
  ['either|any|one one? of them|these|those|the two|both?', 'any'],
  ['at least one of them|these|those|the two|both?', 'any'],
  ['either|any one?', 'any'],
  ['all|both|each of them|these|those|the two?', 'all'],
  ['neither|none of them|these|those|the two?', 'none'],
]);
/** Two values set side by side. */
export const ALIKE = PhraseTable.of<'=' | '!='>([
  ['are|is? equal|identical|alike|equivalent', '='],
  ['are|is the same', '='],
  ['match|agree|coincide', '='],
  ['have the same value', '='],
  ['differ', '!='],
  ['are|is? different|unequal', '!='],
  ['are|is not equal|identical|alike|equivalent', '!='],
  ['are|is not the same', '!='],
  ["aren't|isn't the? same|equal|identical", '!='],
  ['do|does not match|agree|coincide', '!='],
  ["don't|doesn't match|agree|coincide", '!='],
]);
export const INCLUSIVE = phrases(
  'inclusive|inclusively',
  '( inclusive|included )',
  '( both? ends? inclusive|included )',
);
export const EXCLUSIVE = phrases(
  'exclusive|exclusively',
  '( exclusive|excluded )',
  '( both? ends? exclusive|excluded )',
);
export const STRICTLY_BETWEEN = phrases('is|are|was|lies|falls? strictly between');
export const ONE_OF = phrases('one|any of the? following? values?', 'either', 'any of', 'in');
export const THIS = phrases('this|the|current? current? step', 'it', 'we');
export const THIS_IS = phrases(
  'this|it is|was',
  'this|it is|was already',
  'on|at|for|by',
  'this|the step is on|at|in its?|our|your?',
  'we|you are on|at',
  "it's",
);
export const OCCASIONS = phrases(
  'visit|attempt|time|try|pass|iteration|run|round|entry|go|cycle of|to|at|on|in|for|through? this|the|here? step? is? run|visited|entered|executed|reached|tried|attempted|being?',
  'time this|the|we step? is|was|has|have|runs|run|here|are? been? here|run|visited|entered|executed|reached|tried|attempted?',
);
export const VISITED = phrases(
  'has|have|was|is|had already? been? visited|entered|run|executed|tried|attempted|reached|repeated|here|performed|seen|retried',
  'has|have run|executed|looped',
);
export const NOT_VISITED = phrases(
  'has|have|was|is not|never yet? been? visited|entered|run|executed|tried|attempted|reached|seen yet|before?',
  "hasn't|haven't|wasn't yet? been? visited|entered|run|executed|tried|attempted|reached yet|before?",
  'has never been visited|entered|run|executed|tried|attempted|reached|seen',
);
export const BEFORE = phrases('before', 'already', 'at least once before', 'earlier');
export const TIMES = phrases('times', 'time', 'attempts|visits|tries|runs|iterations|passes|rounds');
export const COUNTED = phrases(
  'attempts|visits|tries|runs|iterations|passes|rounds|attempt|visit|try on|at|of|to|in|for? this|the? step? have|has|are|is|were|had? been? made|used|done|up|completed|exhausted|recorded|happened?',
);
export const COUNT = phrases(
  'the? number|count of visits|attempts|tries|times|runs to|at|on|for|of? this|the? step? has|was? been? visited|entered|run?',
  'the? visit|attempt|visits|attempts count|counter|number of|to|for|at? this|the? step?',
  'visits|attempts to|at|of|on|for? this|the|here? step?',
  "this|the step's visits|attempts|visit|attempt count?",
);
export const VISITORS = phrases('we|you|it have|has? already? visited|entered|tried|run|attempted|been');
export const OR_SIDE = PhraseTable.of<'<=' | '>='>([
  ['or less|fewer', '<='],
  ['or more|higher|greater', '>='],
]);
export const OR_LATER = phrases('or|and later|more|higher|any', 'or any later one?');
export const TIMES_QUANTIFIERS = PhraseTable.of<'<' | '<=' | '>' | '>='>([
  ['more than', '>'],
  ['at least', '>='],
  ['less|fewer than', '<'],
  ['at most', '<='],
]);
export const TOLD_OTHERWISE = phrases(
  'you|it|they? is|are|were|was? explicitly|specifically|expressly? told|instructed|directed|advised|asked|stated|specified|indicated|noted|requested otherwise|differently by|in|below|above|here? the? client|user|report|caller|agent?',
  "the? client|user|report|caller|agent|client's|user's report? explicitly|specifically? says|states|asks|indicates|tells|requests|reports|specifies|directs|instructs|wishes|decides|chooses you|us|it? for? otherwise|differently",
);
export const NEEDS = phrases(
  'a|the|any|some need|request for',
  'the? client|user|it|report|agent|step needs|requires|requests|wants|asks for?',
  'needs|requires|requests',
  'a|the need for further|more|additional',
);
export const FROM = phrases('from|by the? user|client|customer');
export const DEGREES = phrases('further|more|additional|some|any|a|an|the|other');
export const REPORT_SAYS = phrases(
  "the? client's|user's? report|client|user|agent indicates|shows|says|reports|signals|states that?",
);

/** After the number of a bound. */
export const BOUND_TIMES = phrases('more? times|retries|tries|attempts', 'more');
