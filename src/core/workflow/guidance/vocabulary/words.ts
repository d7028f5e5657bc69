/* Open text: which words weigh, and which do not. */

/** Words of weight. Open text that holds one is not open: something was said that no rule accounted for. */
export const WEIGHTY: ReadonlySet<string> = new Set(
  `if when whenever wherever unless until except excepting otherwise else only once provided providing assuming supposing depending depends depend
  based conditional conditionally condition conditions whether case cases should must shall never not cannot can't don't doesn't isn't aren't won't shouldn't mustn't
  however but instead although nevertheless nonetheless rather
  always least most maximum minimum limit limited attempts attempt tries retries times twice thrice
  stop stops halt halts escalate escalates abort aborts cancel cancels terminate terminates suspend pause
  proceed proceeds go goes transition transitions jump jumps skip skips return returns back advance advances route routes loop loops
  retry repeat redo rerun restart resume stay remain wait again
  finish end terminal final
  required mandatory forbidden prohibited allowed permitted approval approve approved optional optionally may might could either or
  before without no none nothing neither nor exception exceptions unlike prefer preferably ideally try earlier later
  goto next previous decide decides decision choose determine determines depend enough sufficient insufficient reserved ready clean dirty fails failing failed fail exclusive exclusively excluded excluding strictly`.split(
    /\s+/,
  ),
);

/** Of these, open text that only decorates (a purpose, a reason, a description) may hold some. */
export const DECORATIVE: ReadonlySet<string> = new Set(
  `either or approval approve approved fail fails failed failing back again try ready clean dirty final end not required no without sufficient enough decision decide determine resume later earlier may might could next previous without retry before should optional attempts attempt`.split(
    /\s+/,
  ),
);

/** A lead-in to a list or table is neutral when it is made of these alone. */
export const LEAD_IN: ReadonlySet<string> = new Set(
  `decide choose select determine pick use apply follow check evaluate look consult consider see read route go proceed continue move branch inspect examine interpret
  the a an next following way on step steps rule rules transition transitions based depending according as follows these this those that report report's reports reported client's
  status result results outcome outcomes of routing decision decisions table list in from to by via using with client guidance case cases below where what which it for here is are logic branches branching path paths
  variable variables value values context after when step's his its and then happens way ways orchestrator should must will be this works how do does we you options possible condition conditions matrix map mapping current conditions
  note notes overview background description purpose summary remarks remark introduction intro guide general routes flow flows transitions: normal their`.split(
    /\s+/,
  ),
);

/** Soft variables never begin with these: they are not names of values. */
export const NOT_VARIABLES: ReadonlySet<string> = new Set(
  `of them these those one two three only just also even still its his her our your my a an and user client customer reviewer agent report step result output message error everything nothing something anything all it this that there they he she you we one someone anyone nobody workflow
  tests test build review validation check checks any some none no each every both either neither what who which file files change changes plan draft document answer answers reply response request issue content contents code data`.split(
    /\s+/,
  ),
);

/** Nouns for what a step carries out: its success is the step's, unless the report's text says otherwise. */
export const OPERATIONS: ReadonlySet<string> = new Set(
  `operation operations execution command commands tool tools script call calls request requests upload uploads download downloads deployment deploy migration migrations installation install
  commit push merge save write read query job process run action actions build compilation import export sync synchronisation synchronization backup restore conversion transfer
  update updates delete deletion creation rename refactoring rollback release publication publish fetch checkout clone setup generation extraction ingestion rollout restart notification email payment booking refund render rendering
  submission registration provisioning packaging scan copy move archive send delivery dispatch`.split(/\s+/),
);

/** Words that may stand between an article and such a noun. */
export const LIGHT_WORDS: ReadonlySet<string> = new Set('the this that a an of own whole entire'.split(' '));

/** In a report's own words, any of these makes its status no longer the whole story. */
export const TROUBLE_STEMS: readonly string[] =
  'fail error problem issue wrong crash exception however although though except partial partly missing unable cannot denied refus timeout timed broken broke invalid incorrect abort still unfinish incomplet unresolv conflict reject unless almost nearly unsuccess never without trouble stuck block pending unclear unsure maybe perhaps'.split(
    ' ',
  );
export const TROUBLE_WORDS: ReadonlySet<string> = new Set(
  'warn warns warning warnings skipped not but skip only yet some most bad no none lost red half'.split(' '),
);

/** In a condition, any of these means it may be about a failure. */
export const FAILURE_STEMS: readonly string[] =
  'fail error problem issue wrong crash exception unable cannot denied refus timeout timed broken broke break invalid incorrect abort retry retri transient temporar permanent fatal recover unavailab unreach network permission reject conflict block missing absent corrupt attempt cause reason disconnect offline unsuccess trouble stuck severe critical sever exist unexpect limit quota expired credential locked overload reach respond again infrastructure'.split(
    ' ',
  );
export const FAILURE_WORDS: ReadonlySet<string> = new Set(
  'warn down lost went bug flak not rate auth disk full busy'.split(' '),
);

/** What a free condition must speak of, or how it must end, to stand apart from a failure report: people and what they decide. */
export const CALM_SUBJECTS: ReadonlySet<string> = new Set(
  "user user's users customer customer's reviewer reviewer's author author's they manager approver owner stakeholder client client's player guest caller applicant candidate editor maintainer team human person requester discrepancies exploration content need approves approve agrees agree confirms confirm accepts accept wants want asks ask requests request cancels cancel chooses choose selects select answers answer prefers prefer declines decline provides provide decides decide".split(
    ' ',
  ),
);

export const CALM_ENDINGS: ReadonlySet<string> = new Set(
  'satisfactory acceptable fine good passed pass passes complete completed done ready valid found identified finished finalized finalised successfully refined approved accepted confirmed written published signed determined known available agreed reviewed changed updated improved sufficient correct'.split(
    ' ',
  ),
);

/** Participles that make what stands before them depend on something. */
export const LIMITING: ReadonlySet<string> = new Set(
  'pending using including following barring having being depending assuming excluding awaiting considering failing according lacking'.split(
    ' ',
  ),
);

export const BACKGROUND: ReadonlySet<string> = new Set([
  ...DECORATIVE,
  'based',
  'depending',
  'must',
  'always',
  'only',
  'least',
  'most',
  'never',
  'allowed',
  'once',
  'conditions',
  'condition',
  'approval',
  'attempts',
  'whether',
  'no',
  'none',
]);
export const COMES_FROM: ReadonlySet<string> = new Set(['from', 'by', 'of', 'in', 'see', 'after']);
export const SUBJECT_NOUNS_EXCLUDED: ReadonlySet<string> = new Set([
  'rest',
  'others',
  'other',
  'remainder',
  'next',
  'step',
  'client',
  'user',
  'following',
  'first',
  'last',
  'previous',
  'only',
]);
export const NOT_WORK: ReadonlySet<string> = new Set([
  'something',
  'anything',
  'everything',
  'nothing',
  'document',
  'question',
  'condition',
  'comment',
  'version',
  'position',
  'apartment',
  'department',
  'building',
  'meeting',
  'morning',
  'evening',
  'station',
  'section',
  'statement',
  'argument',
  'equipment',
  'instrument',
  'decision',
  'opinion',
  'permission',
  'transition',
]);
export const QUANTIFIED: ReadonlySet<string> = new Set([
  'no',
  'none',
  'any',
  'some',
  'most',
  'one',
  'half',
  'each',
  'every',
  'neither',
  'nobody',
  'few',
  'many',
  'several',
  'part',
  'parts',
]);
export const REMOTE: ReadonlySet<string> = new Set([
  'user',
  'customer',
  'reviewer',
  'manager',
  'previous',
  'other',
  'first',
  'second',
  'third',
  'last',
  'latest',
  'next',
  'another',
  'earlier',
  'upstream',
  'downstream',
  'hourly',
  'nightly',
  'daily',
  'weekly',
  'monthly',
  'yesterday',
  "yesterday's",
]);
export const NAME_ENDS: ReadonlySet<string> = new Set([
  'step',
  'if',
  'when',
  'unless',
  'otherwise',
  'else',
  'and',
  'or',
  'to',
  'with',
  'for',
  'so',
  'because',
  'on',
  'after',
  'once',
  'until',
  'instead',
  'again',
  'only',
  'directly',
  'immediately',
  'without',
  'in',
  'but',
  'as',
  'where',
  'which',
  'regardless',
  'except',
  'then',
  'next',
  'by',
  'from',
]);
export const REGARDLESS_WORDS: ReadonlySet<string> = new Set([
  'fail',
  'fails',
  'failed',
  'not',
  'or',
  'either',
  'whether',
  'should',
  'may',
  'might',
  'could',
  'decision',
  'previous',
  'failing',
]);

/** Weighty words that are often values. */
export const VALUE_WORDS: ReadonlySet<string> = new Set(
  'no ready failed approved clean dirty required optional final'.split(' '),
);

/** Before trouble, these say that there was none. */
export const DENIALS: ReadonlySet<string> = new Set(['no', '0', 'zero', 'without']);

/** Weighty words that stand in what a client reports. */
export const DUTIFUL: ReadonlySet<string> = new Set(
  'whether or either not no ready clean dirty approved failed final'.split(' '),
);

/** Of people, only these speak of a failure: they may reject and cancel. */
export const PEOPLE: ReadonlySet<string> = new Set(
  'user customer reviewer author manager approver owner stakeholder player guest caller applicant candidate editor maintainer person requester human he she'.split(
    ' ',
  ),
);

/** Long enough to count, and without a meaning of their own. */
export const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'that this with have been were from they there their them then when will would could should must about into some only also reports report step which what where your does step'.split(
    ' ',
  ),
);

/** Someone else has a say. */
export const LEAVE: ReadonlySet<string> = new Set(
  'first permission consent leave judgement judgment'.split(' '),
);

/** A sentence about these is about the way on. */
export const WAY_WORDS: ReadonlySet<string> = new Set(
  'rule rules guidance way route flow transition transitions'.split(' '),
);

/** In a sentence about work, any of these leaves something open. */
export const UNCERTAIN: ReadonlySet<string> = new Set(
  'first what how who whom which where permission consent leave judgement judgment and but then until till later again'.split(
    ' ',
  ),
);

/** A report that speaks at all must say one of these, for its words to bear its success out. */
export const WELL_STEMS: readonly string[] =
  'succe complet finish passed passes done work fine good clean ready ok okay well save saved sent written creat publish deploy upload install appl updat merg built stor add remov deliver generat migrat commit push'.split(
    ' ',
  );
