import type { StatusClass } from './condition.ts';
import { PhraseTable, phrases } from './phrase.ts';

/*
 * Every word the prose grammar gives a meaning to. The grammar is closed: a sentence that holds a word of weight which no rule
 * accounts for is judgement. To teach the compiler a wording, add it here and a sentence to the tests.
 */

// ── clauses ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type Introduction = 'if' | 'unless' | 'until' | 'only-if' | 'moment';

/** `moment` names a point in time; like `if`, but it also opens with a bare noun: "on success". */
export const INTRODUCTIONS = new PhraseTable<Introduction>([
  ['if|when|whenever|wherever|where', 'if'],
  ['for as long as', 'if'],
  ['in the? case|cases|event where|when', 'if'],
  ['if and only if', 'only-if'],
  ['iff', 'only-if'],
  ['only if|when|once|after|on', 'only-if'],
  ['but|and only if|when', 'only-if'],
  ['as long as', 'if'],
  ['so long as', 'if'],
  ['provided|assuming|given|supposing that?', 'if'],
  ['in the? case|event that|of', 'if'],
  ['in case', 'if'],
  ['in cases where|when|of', 'if'],
  ['as soon as', 'moment'],
  ['once|after|upon|on|following', 'moment'],
  ['unless', 'unless'],
  ['except|excepting if|when|where|in|on|for', 'unless'],
  ['except in case of', 'unless'],
  ['except if|when', 'unless'],
  ['until', 'until'],
]);

/** Open a condition only at the head of a clause: elsewhere they are part of what is said. */
export const LEADING_INTRODUCTIONS = phrases('while|should|with|for', 'given that?', 'in the? case|event of?', 'as soon as', 'so long as');

/** Words that begin a condition wherever they stand in open text. */
export const CONDITION_WORDS = phrases(
  'if|when|whenever|wherever|unless|until|once|only|except|iff|provided|assuming|supposing',
  'as|so long|soon as',
  'in the? case|event|cases that|of|where',
  'in case',
  'on|upon|after a|an|any|the? success|failure|error|errors|failures|timeout|completion',
  'on|upon|after the? first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th',
  'by default',
  'regardless|irrespective|otherwise|else',
  'no matter',
);

export const OTHERWISE = phrases(
  'otherwise|else',
  'or else',
  'failing that',
  'in|for any|all|every|each the? other|remaining|else? case|cases|situation|situations|outcome|outcomes|results|result|status|statuses',
  'in all|any|every other|else',
  'for|on|with? anything|everything else',
  'if|when|where none|neither of the above|these|those|them|rules|conditions? conditions|apply|applies|rules|cases|hold|holds|match|matches? apply|applies|hold|holds|match|matches|is|are|true?',
  'if|when no|nothing other|rule|condition|else? rule|condition|applies|matches|above? applies|matches|holds',
  'any|all other|others outcome|outcomes|result|results|case|cases|status|value|values?',
  'everything|anything else',
  'none of the above',
  '* *?',
);
export const IF_NOT = phrases('if|when not', 'if|when it|this|that|they is|does|was|are|has not', "if|when it|this|that|they isn't|doesn't|wasn't|aren't|hasn't");
export const IF_SO = phrases('if so', 'in that case', 'in this case');

export const DEFAULTLY = phrases(
  'by default', 'normally|usually|typically|generally|ordinarily|default', 'in general', 'as a rule', 'in most cases', 'as a default',
  'under normal circumstances|conditions', 'in the normal|usual|ordinary|default|common|happy case|flow|course|path', 'in the normal course of events',
  'the default is to?', 'the default', 'the happy path',
);
export const STRONGLY = phrases(
  'always', 'unconditionally', 'in all|any|every|either|both|each case|cases|event|events', 'either way', 'whatever happens|happened', 'no matter what|happens? happens?',
  'no matter the|what|which? outcome|result|status|the? outcome|result|status? is|was?', 'under all circumstances', 'in all circumstances', 'come what may',
  'whether or not it|this|the? step? succeeds|fails|succeeded|failed|was? successful?', 'whether it|this|the|step? step? succeeds|succeeded or fails|failed|not', 'on both success and failure', 'on success and on? failure', 'on success or on? failure', 'on either success|outcome or? failure?', 'both on success and on? failure',
  'whatever the outcome|result|status is|was|may? be?', 'whatever came|comes of this|the? step?', 'whatever this|the step reports|returns|returned|reported',
  'whether or not the? word? worked|succeeded|succeeds|failed|fails|works',
);
/** Opens a strong way on; what follows up to the comma names what does not matter. */
export const REGARDLESS = phrases('regardless|irrespective of', 'independent|independently of', 'no matter what|which|whether|how|the|if', 'whatever the?', 'whether or not');
/** Concedes something that changes nothing. */
export const CONCESSIONS = phrases('even if|when|though|where|after|on', 'not even if|when|on');

export const CONNECTIVES = phrases(
  'and|also|then|finally|additionally|so|therefore|thus|hence|afterwards|afterward|next|first|firstly|second|secondly|lastly|similarly|likewise|conversely|alternatively|furthermore|moreover|consequently|accordingly|now|please|remember|correspondingly|thereafter|subsequently',
  'in addition', 'after that|this', 'by contrast', 'on the other hand', 'in contrast', 'note that', 'remember that', 'after which',
);
export const OVERRIDING = phrases('however|but|yet|instead', 'as|the an|only|sole|one? exception', 'exception|exceptions', 'the exception is|being? that?', 'that said');

// ── actions ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ON_THE_WAY = 'directly|straight|immediately|right|back|on|ahead|forward|over|along|onward|onwards|down|up|again|then|next|safely|now';

/** A target follows. */
export const MOVE = phrases(
  `proceed|proceeds|go|goes|move|moves|continue|continues|advance|advances|transition|transitions|jump|jumps|head|heads|skip|skips|return|returns|switch|switches|navigate|progress|progresses|step|come|loop|loops|route|routes|hop|circle|revert|pass|passes|branch|branches|lead|leads|redirect|redirects|escalate|fall|falls|turn|direct|shift|bounce ${ON_THE_WAY}? ${ON_THE_WAY}? to|into|onto|toward|towards`,
  `proceed|proceeds|go|goes|move|moves|continue|continues|carry|advance|advances|progress|resume|resumes|start|starts|follow ${ON_THE_WAY}? with|at|from`,
  `proceed|continue|carry|go|move|press on with`,
  `proceed|go|move|continue|advance|transition|jump|skip|loop ${ON_THE_WAY}? by going|moving|proceeding to|on? to?`,
  `is|are|gets|get|be handed|sent|passed|routed|moved|forwarded|directed|redirected|taken|returned|transferred|escalated ${ON_THE_WAY}? ${ON_THE_WAY}? to`,
  `hand|hands back|on|over to`,
  `means|mean`,
  `route|send|direct|redirect|forward|take|bring|move|transition|advance|pass|return|hand|steer|divert it|this|them|things|him|her|us|work|control|execution ${ON_THE_WAY}? ${ON_THE_WAY}? to|into`,
  `route|send|direct|redirect|forward|take|bring|move|transition|advance|pass|return|hand|steer|divert the client|user|workflow|work|case|instance|run|process|flow|report|agent|request|issue|ticket|item|order|document|control|execution ${ON_THE_WAY}? ${ON_THE_WAY}? to|into`,
);
/** A target may follow without a preposition, when it stands in quotes or code. */
export const MOVE_BARE = phrases(
  'proceed|continue|goto|go|revisit|run|execute|start|begin|invoke|trigger|enter|choose|select|pick|use|perform|do|rerun|re-run|retry|repeat|redo|take|call|launch|initiate',
  'next is?',
);
/** "The next step is" and the like: a target follows. */
export const NEXT_IS = phrases(
  'the? next step|state|stage|one? is|will|should|shall|must? be?', 'next_step', 'next', 'the? target step? is?', 'goto', 'the? transition to?', 'the? destination is?', 'the? next step to take|run|execute is',
  'this|the step? should? is|be? followed by', 'this|the? step? leads|flows|feeds|goes|moves|continues|hands? on|over|directly|straight|back? to|into', 'what comes|follows next? is', 'the? following step is', 'this step is followed by', 'up next is?',
);
/** After a target: "X is next", "X follows". */
export const IS_NEXT = phrases('is the? next step?', 'comes|follows next?', 'should|shall|will be|come|follow|run|the? next step?', 'is where|what to? go|comes|we|you|it? go|goes? next', 'is what|the one? step? comes|to? run? next', 'is the? step? to run|take|go|choose? next');

export const THIS_STEP = phrases('this|the|same|your? current|same|present? step|state|stage', 'this|the|current one', 'here', 'where you are', 'this', 'this very step');
export const NEXT_STEP = phrases('the? next|following|subsequent step|stage|state|one in? line|order|sequence|turn|the? list|plan|order|sequence?', 'the? next|following step listed', 'the? step after this|it one?', 'the? next in line|order|sequence', 'whatever step? comes|is next');
export const PREVIOUS_STEP = phrases('the? previous|preceding|prior|last step|stage|state|one', 'the? step before this|it one?', 'one step back', 'back one step', 'the? step immediately? before');
export const FIRST_STEP = phrases("the|workflow's? first|initial|opening|very? step|stage|first? step?", 'the? start|beginning of? the? workflow|process|plan?', 'the? workflow start', 'square one', 'the top');
export const LAST_STEP = phrases('the? last|final|closing step|stage of|in? the? workflow|list|plan?');
export const THE_END = phrases(
  'the end of? the|this? workflow|process|run|flow?', 'a|the? terminal|final|end|finished|completed|complete state|status', 'finish', 'end', 'completion', 'done',
);

export const STAY = phrases(
  'stay|stays|remain|remains|wait|waits|keep|hold|linger|be|stop|pause on|in|at|with|within|here? this|the|that same|current|very? same? step|stage|state',
  'stay|stays|remain|remains|keep on|in|at|with|within this|the|that same|current|very? same? one',
  'stay|stays|remain|remains put|here|there|as|put? is|put?',
  'stay|stays|remain|remains where you|it|we are|is',
  'wait|hold here',
  'hold position',
  'do not|never leave this|the current? step', "don't leave this|the current? step",
  'stay', 'remain',
  'the? workflow|instance|process|run|it|client stays|remains|is here|put|kept|where on|in|at|it|this|the? this|is|step|current? step? here?',
  'repeat|retry|redo|rerun|re-run|re-try|re-do|re-enter|rework|revisit|restart|re-execute|reattempt|re-attempt|perform|run|do|try|execute|attempt|ask|loop on|over? this|the|that current|same|whole|entire? step|stage again|over|once? again|more?',
  'repeat|retry|redo|rerun|re-run|re-try|reattempt|re-attempt it|this|again|once|here|there|on? more|again|over|step|this|here?',
  'try|run|do|attempt|go|loop it|this|that|things? again|here', 'try once more', 'try again here?', 'do|run|try it|this|that once more',
  'run|do|try it|this over again?',
  'start this step over|again', 'start over|again with|on|at? this step', 'loop back? here', 'loop on|in|over this|the current? same? step', 'loop', 'give it another try|go', 'have another try|go', 'self-loop', 'no transition',
  'there is no transition', 'keep working|iterating|going on|at this|the current? step', 'keep the client|user|workflow on|in|at|here this|the? current? step?', 'come|go back here',
);
/** A target step may follow: "retry X" goes to X. */
export const FINISH_VERBS = phrases(
  'finish|end|complete|conclude|close|ends|finishes|completes|concludes|wrap up|off|out? the|this|our whole|entire? workflow|process|run|instance|flow|procedure|task|job',
  'finish|end|complete|conclude|ends|finishes|completes|concludes here|now|there|successfully|normally|cleanly',
  'finish|end|conclude|ends|finishes|done|complete|completed|finished',
  'wrap up', 'wrap things|it up', 'exit the|this workflow', 'close the|this workflow', 'bring the workflow to a|an|its? close|end|conclusion',
  "the|this workflow|process|run|instance|flow|procedure|job is|has|should|can|may|will|must|be|gets? be|is? now|then|thereby? finished|complete|completed|done|over|ended|closed|concluded|finish|end|conclude",
  "we|you are|have|can|may? now|all? done|finished|finish|complete|through",
  "we're|you're all? done|finished", 'it is all? done|finished|over', 'there is nothing else|more|left to|to? do', 'nothing else|more|further? remains|to|is|follows|comes? be|do|left? done?', 'no further|more|other step|steps|action|work follows|follow|is|are|remains|remain|to? run|needed|required|necessary|left?',
);
export const FAIL_VERBS = phrases(
  'fail|fails the|this workflow|process|run|instance', 'the|this workflow|process|run|instance has|should|is|must|will|be? failed|fail|fails', 'mark|flag|set|close|end|finish|record|treat the|this workflow|process|run|instance|it as failed|failure|unsuccessful',
  'end|finish|close|conclude|complete unsuccessfully', 'finish|end|close|conclude|complete the|this? workflow|run|process|instance? with|in|as a? failed|failure|error', 'workflow has? failed',
);
export const COMPLETE_VERBS = phrases(
  'mark|flag|set|close|record|treat the|this workflow|process|run|instance|it as completed|complete|done|finished|successful|successfully? completed?', 'end|finish|close|conclude|complete the|this? workflow|run|process|instance? with|in|as a? success|completed|successful|successfully',
);
export const HALT_VERBS = phrases(
  'stop|halt|pause|suspend|freeze|park|stops|halts|pauses|suspends the|this|all whole|entire? workflow|process|run|instance|execution|flow|line|work|everything',
  'stop|halt|pause|suspend|stops|halts here|now|immediately|there|everything|work|execution|completely|altogether|right|at|once? away|there|here|once?',
  'stop|halt|suspend|pause', 'hand|hands over|off', 'escalate', 'escalates', 'put the|this workflow|process|run|instance on hold',
  'the|this workflow|process|run|instance should|must|has|will|is|gets? be|to? stop|halt|stopped|halted|paused|suspended|pause|suspend|stops|halts|pauses', 'bring the workflow to a halt|stop|standstill', 'come to a halt|stop', 'call in a human|person|operator|maintainer',
  'get a human|person|operator involved', 'involve a human|person|operator', 'ask a human|person|operator to take over|control', 'a human must|has|should|needs to? take over|decide|intervene|look', 'wait for a human|person|operator', 'defer to a human|person|operator',
);
/** Whom work is handed to; open words may follow. */
export const HAND_TO = phrases('to', 'this|it|the|control|matter|issue|case|problem|decision|work|run? issue|case|matter|problem|failure|error|decision|workflow|run|work|incident? over|off|up? to');

export const SUBJECTS = phrases(
  'the|this workflow|process|flow|instance|run|orchestrator|engine|server|conductor|step|execution|system instance|run?', 'it|you|we|this|they|one', 'control|execution|the control', 'the client|agent|user|caller|assistant', 'this step', 'orchestrator', 'the next action|move is', 'the way|path on|forward is', 'what follows is',
);
export const MODALS = phrases(
  'should|must|will|shall|would then|now|always|next|always|simply|just|therefore|instead|again? be?', 'is|are|has|have|need|needs|ought|going|expected|supposed to|expected|supposed|meant|ready|going? to?', 'will need|have|want to', 'then|now|simply|just|always', "let us|it|them|the workflow|client?", 'make sure|it|certain to?', 'be sure to', 'feel free to', 'you will want to', 'is|are to be', 'can|may then|now|safely|directly|immediately|simply|just',
);
export const ADVERBS = phrases(
  'please|simply|just|then|now|immediately|directly|finally|also|next|again|instead|first|straight|promptly|afterwards|afterward|thereafter|right|therefore|accordingly|only|too|here|automatically|kindly|quietly|silently|gracefully|right|once',
  'right|straight away', 'at once', 'without delay|hesitation|asking|waiting|pause|more|further? ado|delay|checks|questions?', 'from here|there', 'as the? a? next|usual|normal|planned|before|well|follows|soon|an|exception|appropriate step?', 'once more', 'one more time', 'step', 'in order', 'in|at turn|last|this|that|point|case|stage? point|stage|case?', 'after that|this|which', 'next step', 'for now', 'for|as the|a next? step', 'as the next step', 'as an? exception', 'without asking', 'as usual|well|planned|normal|before', 'this time', 'over again', 'yet again', 'section|page|phase|stage',
);

/** Work that goes with a transition and leads nowhere; an open object follows. */
export const SIDE_VERBS = phrases(
  'report|log|inform|notify|tell|record|note|save|store|update|add|include|mention|explain|summarise|summarize|thank|show|display|document|list|attach|present|describe|write|post|print|acknowledge|apologise|apologize|congratulate|announce|remind|share|provide|give|collect|gather|capture|keep|pass|carry|flag|comment|message|alert|warn|relay|append|surface|clean|remember|quote|copy|advise|publish|skip|ignore|increment|let|state|output|create|file|open|email|communicate|raise|prepare|clear|reset|count|archive|discard|drop|remove|delete|tag|label|schedule|ping|credit|use|read|fix|reread|re-read|rewrite|regenerate|correct|adjust|revise|resolve|address',
);

// ── open text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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
  goto next previous decide decides decision choose determine determines depend enough sufficient insufficient reserved ready clean dirty fails failing failed fail`.split(/\s+/),
);
/** Of these, open text that only decorates (a purpose, a reason, a description) may hold some. */
export const DECORATIVE: ReadonlySet<string> = new Set(
  `either or approval approve approved fail fails failed failing back again try ready clean dirty final end not required no without sufficient enough decision decide determine resume later earlier may might could next previous without retry before should optional attempts attempt`.split(/\s+/),
);

export const LABELS = phrases('note|important|hint|tip|rule|rules|transition|transitions|routing|guidance|nb|reminder|remember|summary|flow|logic|decision|decisions', 'next steps?', 'the? rules are?', 'decision logic|rules', 'routing rules', 'transition rules', 'please note', 'how to proceed', 'what next|happens? next?', 'way on', 'orchestrator', 'for the orchestrator', 'in short', 'step logic', 'then', 'result', 'outcome', 'action');
export const DESCRIPTIVE_LABELS = phrases(
  'success|acceptance|completion|exit|done criteria|criterion|condition', 'purpose|goal|context|description|input|inputs|output|outputs|background|rationale|summary|overview|about|why|objective|aim|owner|author|expected|expects|expectation|expectations|prerequisite|prerequisites|requires|role|scope|history|fyi|motivation|precondition|preconditions|info|information|for information', 'expected input|inputs|output|outputs|result|report|context', 'context expectations|variables', 'definition of done', 'what this step does', 'reports|returns|provides',
);

/** A lead-in to a list or table is neutral when it is made of these alone. */
export const LEAD_IN: ReadonlySet<string> = new Set(
  `decide choose select determine pick use apply follow check evaluate look consult consider see read route go proceed continue move branch inspect examine interpret
  the a an next following way on step steps rule rules transition transitions based depending according as follows these this those that report report's reports reported client's
  status result results outcome outcomes of routing decision decisions table list in from to by via using with client guidance case cases below where what which it for here is are logic branches branching path paths
  variable variables value values context after when step's his its and then happens way ways orchestrator should must will be this works how do does we you options possible condition conditions matrix map mapping current conditions
  note notes overview background description purpose summary remarks remark introduction intro guide general routes flow flows transitions: normal their`.split(/\s+/),
);
export const IN_ORDER = phrases(
  'the? first match|matching|applicable|true|that|rule|row|one|condition matches|rule|row|one|condition|that|which|applies|holds|wins? wins|applies|counts|holds|matches|decides|applies|is|matters? wins|used|taken|counts|applies?',
  'first match wins', 'in order', 'in this order', 'from top to bottom', 'top to bottom', 'top-down', 'the rules are checked|evaluated|read|applied in order', 'check in order',
);

// ── conditions ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whose report it is. */
export const REPORTERS = phrases(
  "the|a|your|this? client|agent|user|caller|assistant|worker|executor|report|reports|step|tool|operator", "the? client's|user's|agent's|step's|caller's report|status|message", 'the? client|agent|user|status|step report', 'it|they|he|she|you', 'the? result|outcome',
);
export const SAYS = phrases(
  'reports|report|reported|indicates|indicate|indicated|says|say|said|states|stated|signals|signal|signalled|signaled|shows|showed|returns|returned|confirms|confirmed|announces|reads|mentions|tells|has|have|had|claims|declares|declared|replies|responds|answers|speaks reported|indicated|returned|signalled|signaled|confirmed|said|stated? back? that|with|of|a|us?', 'comes|came|come back|in with|as|a?', 'is|was|are|were for|a|of?', 'is|was marked|reported|flagged|tagged as|a?', 'ends|ended|finishes|finished|closes|closed with|in|as', 'has|have been', 'describes|contains|carries|includes|gives|brings',
);
/** The status field by name. */
export const STATUS_FIELD = phrases(
  "the? client's|client|report|report's|reported|step|step's|returned? status", 'the? status of? the? report|client|step|client\'s? report?', 'the? report.status', 'status', 'the status', "the? client's|user's report status",
);
export const COPULA = phrases('is|was|are|were|equals|reads|=|be|becomes|says|shows|equal|: to|set|marked|equal|given|reported|exactly|still|now? to|as?', 'is|was|has been set|equal to', 'comes|came back|in as|with', 'comes|came back');
export const NEGATED_COPULA = phrases("is|was|are|were|does|did|has|have not|never equal|be|been|equals? to|set? to?", "isn't|wasn't|aren't|weren't", '!=', 'is|was anything|something other than|but', 'is|are|was different from', 'differs from', 'is|was neither', "does not|doesn't equal|read");

export interface StatusPhrase {
  readonly is: StatusClass;
  /** Words an author also uses for what a step found, not only for how it went. */
  readonly loose?: true;
  readonly negated?: true;
}
const SUCCESS: StatusPhrase = { is: 'success' };
const FAILURE: StatusPhrase = { is: 'failure' };
const TROUBLE: StatusPhrase = { is: 'failure', loose: true };
const NO_TROUBLE: StatusPhrase = { is: 'failure', loose: true, negated: true };
const CLARIFY: StatusPhrase = { is: 'clarification' };
const PROGRESS: StatusPhrase = { is: 'progress' };

/** Noun phrases and adjectives that stand for a status by themselves. */
export const STATUS_NOUNS = new PhraseTable<StatusPhrase>([
  ['a|the|any? success', SUCCESS],
  ['overall|full|a successful|success completion|execution|result|run|outcome|report|status', SUCCESS],
  ['successful|successfully|succeeded|success', SUCCESS],
  ['successful|success completion|execution|result|run|outcome|report|status', SUCCESS],
  ['a|the|any|some? failure|failures', FAILURE],
  ['failed|failing|unsuccessful', FAILURE],
  ['a|an|any|the failed|unsuccessful execution|result|run|outcome|report|attempt|status', FAILURE],
  ['failed|failure execution|result|run|outcome|report|status', FAILURE],
  ['a|an|any|some|one|the? kind|sort? of? error|errors|problem|problems|exception|exceptions', TROUBLE],
  ['one or more errors|failures|problems', TROUBLE],
  ['no error|errors|problem|problems|exceptions|trouble', NO_TROUBLE],
  ['no failure|failures', { is: 'failure', negated: true }],
  ['no success', { is: 'success', negated: true }],
  ['error|errored', TROUBLE],
  ['needs_clarification', CLARIFY],
  ['a|the|any? need for clarification|clarifications', CLARIFY],
  ['clarification|clarifications', CLARIFY],
  ['in_progress|in-progress', PROGRESS],
  ['still? in progress', PROGRESS],
  ['data_provided', { is: 'data' }],
  ['clarification_provided', { is: 'clarified' }],
]);

/** Whole clauses about how the step went, after an optional subject. */
export const STATUS_PREDICATES = new PhraseTable<StatusPhrase>([
  ['succeeds|succeed|succeeded|works|worked|passes|passed|pass', SUCCESS],
  ['does|did indeed? succeed|work|pass', SUCCESS],
  ['does|did indeed? fail', FAILURE],
  ['is|was|are|were|has|have been? applied|executed|completed|finished|performed|done|carried|run out? without any|an? error|errors|failure|failures|problems|incident|trouble', SUCCESS],
  ['works|worked|goes|went out|well|fine|smoothly|through', SUCCESS],
  ['has|have succeeded', SUCCESS],
  ['is|was|are|were|has|have|be been|a? successful|success|successfully completed|executed|finished|performed|carried? out?', SUCCESS],
  ['is|was|are|were|has|have been? successful|successfully completed|executed|finished|performed|done|carried? out?', SUCCESS],
  ['is reported as successfully|successful performed|completed|done?', SUCCESS],
  ['is reported as a? success|done|completed|complete', SUCCESS],
  ['completes|completed|finishes|finished|ends|ended|executes|ran|runs|returns|terminates successfully', SUCCESS],
  ['completes|completed|finishes|finished|ends|ended|ran|runs|returns cleanly|normally', SUCCESS],
  ['completes|completed|finishes|finished|ends|ended|runs|ran without any|an? error|errors|failure|failures|problems|incident|trouble', SUCCESS],
  ['successfully completes|completed|finishes|finished|executes|runs|ran', SUCCESS],
  ['reports|reported success', SUCCESS],
  ['is|was reported successful', SUCCESS],
  ['fails|failed|fail', FAILURE],
  ['has|have failed', FAILURE],
  ['is|was|are|were|has been a? failure|failed|unsuccessful', FAILURE],
  ['reports|reported failure', FAILURE],
  ['is|was reported as a? failed|failure', FAILURE],
  ['ends|ended|finishes|finished|completes|completed in|with|unsuccessfully a|an? failure|error|errors', FAILURE],
  ['errors|errored|crashes|crashed|errors out', TROUBLE],
  ['throws|threw|raises|raised|encounters|encountered|hits|hit|reports|reported|returns|returned|produces|produced a|an|any|some? error|errors|exception|problem|problems', TROUBLE],
  ["does not|do not|did not|doesn't|didn't|cannot|could not|couldn't succeed|work|complete|finish successfully?", { is: 'success', negated: true }],
  ["does not|do not|did not|doesn't|didn't complete|finish successfully", { is: 'success', negated: true }],
  ["is|was|were|are not|n't successful|a? success", { is: 'success', negated: true }],
  ["isn't|wasn't|weren't|aren't successful", { is: 'success', negated: true }],
  ["does not|do not|did not|doesn't|didn't|don't fail", { is: 'failure', negated: true }],
  ['has not failed', { is: 'failure', negated: true }],
  ["is|was not a? failure|failed", { is: 'failure', negated: true }],
  ['is|are|was still? in progress', PROGRESS],
  ['is|are|was still running|working|ongoing', PROGRESS],
  ['needs|need|requires|require|asks|ask|asked|requests|requested|wants for? some|further|more|additional|any? clarification|clarifications', CLARIFY],
]);
/** Clauses about the status that need no subject. */
export const STATUS_CLAUSES = new PhraseTable<StatusPhrase>([
  ['there|it is|was|are|were|has been? a|an|any|some? error|errors|problem|problems|exception|exceptions|trouble', TROUBLE],
  ['there|it is|was|are|were|has been? a|any|some? failure|failures', FAILURE],
  ['there is|was|are|were no error|errors|problem|problems|exceptions|trouble', NO_TROUBLE],
  ['there is|was|are|were no failure|failures', { is: 'failure', negated: true }],
  ["there wasn't|isn't|weren't|aren't an|any? error|errors|problem|problems", NO_TROUBLE],
  ['a|an|any|some? error|errors|problem|problems|exception occurs|occur|occurred|arises|arise|arose|happens|happened|has|is|are|was|were|have|appears? occurred|reported|encountered|been|raised|thrown? reported|encountered?', TROUBLE],
  ['a|any|some? failure|failures occurs|occur|occurred|happens|happened|is|was|has? reported|occurred?', FAILURE],
  ['no error|errors|problem|problems occurs|occur|occurred|arises|arise|are|were|is|was|have|has? reported|encountered|been|found|raised? reported?', NO_TROUBLE],
  ['no failure|failures occurs|occur|occurred|are|were|is|was? reported?', { is: 'failure', negated: true }],
  ['something|anything goes|went|fails|failed|breaks|broke wrong?', TROUBLE],
  ['nothing goes|went wrong', NO_TROUBLE], ['nothing failed|fails', NO_TROUBLE],
  ['all|everything goes|went|is|was well|fine|smoothly|ok|okay|successful', { is: 'success', loose: true }],
  ['everything succeeds|succeeded|worked|works out?', { is: 'success', loose: true }],
  ['all is well', { is: 'success', loose: true }],
  ['clarification|clarifications is|are needed|required|necessary|requested', CLARIFY],
  ['user|client|more|further|additional|some|human user? input|information|data|details|feedback is|are still? needed|required|necessary', { is: 'clarification', loose: true }],
  ['more|further|additional clarification|clarifications is|are needed|required|necessary', CLARIFY],
]);
/** Subjects whose success is the step's own. */
export const OWN_SUBJECTS = phrases(
  'the|this step|task|client|agent|report|work', 'this|it|they', 'step|task', "the? step's execution", 'execution of this|the step', 'this|the action', 'the? client reports|says|indicates it|this',
);
/** Nouns for what a step carries out: its success is the step's, unless the report's text says otherwise. */
export const OPERATIONS: ReadonlySet<string> = new Set(
  `operation operations execution command commands tool tools script call calls request requests upload uploads download downloads deployment deploy migration migrations installation install
  commit push merge save write read query job process run action actions step task tasks build compilation import export sync synchronisation synchronization backup restore conversion transfer
  update updates delete deletion creation rename refactoring rollback release publication publish fetch checkout clone setup generation extraction ingestion rollout restart notification email payment booking refund render rendering
  submission registration provisioning packaging scan copy move archive send delivery dispatch`.split(/\s+/),
);
/** Words that may stand between an article and such a noun. */
export const LIGHT_WORDS: ReadonlySet<string> = new Set('the this that a an of own whole entire'.split(' '));

/** In a report's own words, any of these makes its status no longer the whole story. */
export const TROUBLE_STEMS: readonly string[] = [
  'fail', 'error', 'problem', 'issue', 'wrong', 'crash', 'exception', 'warn', 'not', 'but', 'however', 'although', 'though', 'except', 'partial', 'partly', 'missing', 'unable', 'cannot', 'denied', 'refus', 'timeout', 'timed',
  'broken', 'broke', 'invalid', 'incorrect', 'abort', 'skip', 'only', 'still', 'unfinish', 'incomplet', 'unresolv', 'conflict', 'reject', 'unless', 'yet', 'some', 'most', 'almost', 'nearly', 'unsuccess', 'bad', 'never', "n't", 'no', 'none', 'without', 'trouble', 'stuck', 'block', 'pending', 'lost', 'red', 'unclear', 'unsure', 'maybe', 'perhaps', 'half',
];
/** In a condition, any of these means it may be about a failure. */
export const FAILURE_STEMS: readonly string[] = [
  'fail', 'error', 'problem', 'issue', 'wrong', 'crash', 'exception', 'warn', 'unable', 'cannot', 'denied', 'refus', 'timeout', 'timed', 'broken', 'broke', 'break', 'invalid', 'incorrect', 'abort', 'retry', 'retri', 'transient', 'temporar', 'permanent', 'fatal', 'recover', 'unavailab', 'unreach', 'network', 'permission', 'reject', 'conflict', 'block', 'down', 'missing', 'absent', 'corrupt', 'attempt', 'cause', 'reason', 'lost', 'disconnect', 'offline', 'unsuccess', 'went', 'trouble', 'stuck', 'bug', 'flak', 'severe', 'critical', 'sever', 'exist', 'not', "n't", 'unexpect', 'limit', 'quota', 'rate', 'expired', 'auth', 'credential', 'disk', 'full', 'locked', 'busy', 'overload', 'reach', 'respond', 'again', 'infrastructure',
];
/** Who or what a free condition must be about, or how it must end, to stand apart from a failure report. */
export const CALM_SUBJECTS: ReadonlySet<string> = new Set(
  "user user's users customer customer's reviewer reviewer's author author's they manager approver owner stakeholder client client's player guest caller applicant candidate editor maintainer team human person requester discrepancies exploration content need".split(' '),
);
export const CALM_ENDINGS: ReadonlySet<string> = new Set(
  'complete completed done ready valid found identified finished finalized finalised successfully refined approved accepted confirmed written published signed determined known available agreed reviewed changed updated improved sufficient correct'.split(' '),
);

// ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'yes', 'on']);
export const FALSE_WORDS: ReadonlySet<string> = new Set(['false', 'no', 'off']);

export type Predicate = 'present' | 'absent' | 'empty' | 'not-empty';
export const PREDICATES = new PhraseTable<Predicate>([
  ['is|are|was|has|have|been been? set|present|defined|provided|given|known|available|specified|supplied|filled|recorded in? the? context?', 'present'],
  ['exists|exist in? the? context?', 'present'],
  ['is|are in the context', 'present'],
  ['is|are|was|has not yet? been? set|present|defined|provided|given|known|available|specified|supplied in? the? context?', 'absent'],
  ["isn't|wasn't|hasn't|aren't been? set|present|defined|provided|given|known|available|specified", 'absent'],
  ["does|do|did not exist|appear", 'absent'],
  ["doesn't|don't exist", 'absent'],
  ['is|are|was missing|absent|undefined|unset|null|unknown|unspecified from? the? context?', 'absent'],
  ['is|are|was|has|have still|yet? empty|blank', 'empty'],
  ['has|have|contains|lists no|zero entries|items|elements|values|content', 'empty'],
  ['is|are|was not|non empty|blank', 'not-empty'],
  ["isn't|aren't|wasn't empty|blank", 'not-empty'],
  ['is|are|was non-empty|nonempty', 'not-empty'],
  ['has|have|contains|holds|lists entries|items|elements|values|something|at? least? one? entry|item|element?', 'not-empty'],
  ['has|have|contains|holds at least one entry|item|element|value', 'not-empty'],
]);

export type Comparator = '<' | '<=' | '>' | '>=' | '=' | '!=';
export const COMPARATORS = new PhraseTable<Comparator>([
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
  ["does not|doesn't exceed", '<='],
  ['is|are? <=', '<='],
  ['is|equals|equal|= equal|exactly|now|still? to?', '='],
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
export const CONTAINS = new PhraseTable<boolean>([
  ['contains|contain|contained|includes|include|included|mentions|mention|mentioned|has|have|shows|says|reads|holds|matches the? phrase|text|string|word|words|line|literal|exact|marker|substring|keyword? text|phrase|string|word?', true],
  ["does|do|did not contain|include|mention|show|have|say the? phrase|text|string|word|words|line|literal|exact|marker|substring|keyword? text|phrase|string|word?", false],
  ["doesn't|don't|didn't contain|include|mention|show|have|say the? phrase|text|string|word|words|line|literal|exact|marker|substring|keyword? text|phrase|string|word?", false],
  ['lacks|lack|omits the? phrase|text|string|word|line|marker?', false],
]);
/** What a quoted text may be found in. */
export const TEXT_SUBJECTS = new PhraseTable<'output' | 'message' | 'error' | 'report'>([
  ["the|its|their? reported|command|tool|command's|tool's|console|client's|returned|terminal|script|script's? output|result|stdout", 'output'],
  ["the|its? client's|report|report's|reported|user's? result|output", 'output'],
  ['the output|result of the command|tool|script', 'output'],
  ["the|its? report's|reported|client's? message", 'message'],
  ["the|its? report's|reported|client's? error error|failure|report's? message|text?", 'error'],
  ['the error text|output|message', 'error'],
  ["the|client's? client's? report", 'report'], ["the client's|user's report", 'report'], ['the client', 'report'], ['the? report text', 'report'], ['it', 'report'],
]);
export const EXIT_CODES = phrases("the|its|a? command's|tool's|script's|process|process's|command|tool|script|return|exit exit|return|status code|status", "the|its? exit|return code|status of the command|tool|script|process", 'it|command|script|tool|process|the exits|exited|returns|returned|terminates with? code|status|exit? code?');
export const VISIT_SUBJECTS = phrases(
  'this|the current? step', 'it', 'we|you', 'the? number|count of visits|attempts|times|tries to|at|on|of|for|this? this|the|step? current? step?', 'the? visit|attempt|visits|attempts count|counter|number? for|of|to? this|the? step?',
);
/** Soft variables never begin with these: they are not names of values. */
export const NOT_VARIABLES: ReadonlySet<string> = new Set(
  `user client customer reviewer agent report step result output message error everything nothing something anything all it this that there they he she you we one someone anyone nobody workflow
  tests test build review validation check checks any some none no each every both either neither what who which file files change changes plan draft document answer answers reply response request issue content contents code data`.split(/\s+/),
);
