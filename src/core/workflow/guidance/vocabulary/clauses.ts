import { PhraseTable, phrases } from '../phrase.ts';

/* How clauses begin, relate and describe. */

export type Introduction = 'if' | 'unless' | 'until' | 'only-if' | 'moment';
/** `moment` names a point in time; like `if`, but it also opens with a bare noun: "on success". */
export const INTRODUCTIONS = PhraseTable.of<Introduction>([
  ['if|when|whenever|wherever|where', 'if'],
  ['for as long as', 'if'],
  ['while', 'if'],
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
export const LEADING_INTRODUCTIONS = phrases(
  'should|with|for',
  'given that?',
  'in the? case|event of?',
  'as soon as',
  'so long as',
);

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
  'in|for any|all|every|each of? the? other|remaining case|cases|situation|situations|outcome|outcomes|results|result|status|statuses',
  'in all|any|every other|else',
  'for|on|with? anything|everything else',
  'if|when|where none|neither of the above|these|those|them|rules|conditions? conditions|apply|applies|rules|cases|hold|holds|match|matches? apply|applies|hold|holds|match|matches|is|are|true?',
  'if|when no|nothing other|rule|condition|else? rule|condition|applies|matches|above? applies|matches|holds',
  'any|all other|others outcome|outcomes|result|results|case|cases|status|value|values?',
  'for? everything|anything|everyone|everybody|anybody|anyone else',
  'if|when the? client|user|agent|report|status reports|says|shows|is|gives|returns|has anything|something else status?',
  'if|when the? client|user|agent|report|status reports|says|shows|is|gives|returns|has any other status|result|outcome|value',
  'none of the above',
  '* *?',
);

export const IF_NOT = phrases(
  'if|when not',
  'if|when it|this|that|they is|does|was|are|has not',
  "if|when it|this|that|they isn't|doesn't|wasn't|aren't|hasn't",
);

export const IF_SO = phrases('if so', 'in that case', 'in this case');
export const DEFAULTLY = phrases(
  'def',
  'as a general rule',
  'by default',
  'normally|usually|typically|generally|ordinarily|default',
  'in general',
  'as a rule',
  'in most cases',
  'as a default',
  'under normal circumstances|conditions',
  'in the normal|usual|ordinary|default|common|happy case|flow|course|path',
  'in the normal course of events',
  'the default is to?',
  'the default',
  'the happy path',
);

export const STRONGLY = phrases(
  'always',
  'unconditionally',
  'in all|any|every|either|both|each case|cases|event|events',
  'either way',
  'whatever happens|happened',
  'no matter what happens|happened',
  'under all circumstances',
  'in all circumstances',
  'come what may',
  'on both success and failure',
  'both on success and on? failure',
  'for success and failure alike',
  'in every|any|all|each|both|either case|cases , success or failure',
  'whatever comes|came back',
  'whatever came|comes|becomes|became out? of this|the|it step|run?',
  'whatever this|the step reports|returns|returned|reported',
);

/** Opens a strong way on; what follows up to the comma names what does not matter. */
export const REGARDLESS = phrases(
  'regardless|irrespective of',
  'independent|independently of',
  'no matter what|which|whether|how|the|if',
  'whatever the?',
  'whether or not',
  'whether it|this|the',
);

/** Concedes something that changes nothing. */
export const CONCESSIONS = phrases('even if|when|though|where|after|on', 'not even if|when|on');

export const CONNECTIVES = phrases(
  'and|also|then|finally|additionally|so|therefore|thus|hence|afterwards|afterward|next|first|firstly|second|secondly|lastly|similarly|likewise|conversely|alternatively|furthermore|moreover|consequently|accordingly|now|please|remember|correspondingly|thereafter|subsequently',
  'in addition',
  'after that|this',
  'after this|the step',
  'by contrast',
  'on the other hand',
  'in contrast',
  'note that',
  'remember that',
  'after which',
);

export const OVERRIDING = phrases(
  'notwithstanding the? clause|paragraph|section|rule|article|point|above|foregoing',
  'there is one exception',
  'exc',
  'exception|exceptions 1|2|3|4|5|one|two|three',
  'however|but|yet|instead',
  'as|the an|only|sole|one? exception',
  'exception|exceptions',
  'the exception is|being? that?',
  'that said',
);

export const LABELS = phrases(
  'note|important|hint|tip|rule|rules|transition|transitions|routing|guidance|nb|reminder|remember|summary|flow|logic|decision|decisions',
  'next steps',
  'the? rules are?',
  'decision logic|rules',
  'routing rules',
  'transition rules',
  'please note',
  'how to proceed',
  'what next|happens? next?',
  'way on',
  'orchestrator',
  'for the orchestrator',
  'in short',
  'step logic',
  'then',
  'result',
  'outcome',
  'action',
);

export const DESCRIPTIVE_LABELS = phrases(
  'success|acceptance|completion|exit|done criteria|criterion|condition',
  'purpose|goal|context|description|input|inputs|output|outputs|background|rationale|summary|overview|about|why|objective|aim|owner|author|expected|expects|expectation|expectations|prerequisite|prerequisites|requires|role|scope|history|fyi|motivation|precondition|preconditions|info|information',
  'for information',
  'expected input|inputs|output|outputs|result|report|context',
  'context expectations|variables',
  'definition of done',
  'what this step does',
  'reports|returns|provides',
);

export const IN_ORDER = phrases(
  'the? first match|matching|applicable|true|that|rule|row|one|condition matches|rule|row|one|condition|that|which|applies|holds|wins? wins|applies|counts|holds|matches|decides|applies|is|matters? wins|used|taken|counts|applies?',
  'first match wins',
  'in order',
  'in this order',
  'from top to bottom',
  'top to bottom',
  'top-down',
  'the rules are checked|evaluated|read|applied in order',
  'check in order',
);

export const ANY_OTHER = phrases('in the case of any other', 'for|with|on? any|every other');
export const WHICH_CASE = phrases('in which|that case|event ,?', 'in which case then');
export const LEADS_DOWN = phrases(
  'then? check|look|inspect|consider|decide|evaluate|examine|consult|follow|use|apply|choose|see|do|continue at|as|by|from|the|one? follows|following?',
);
export const THIS_STEP_DOES = phrases(
  'this|the current? step',
  'this|it is the? first|initial|opening|starting|main|second|third|middle step|stage|part',
  'it',
  'here ,? the client|user|agent',
);
export const WARNING = phrases(
  'note|please|do : do? not confuse|mix|mistake',
  'note : do not confuse|mix|mistake',
  'do not confuse|mix|mistake',
  "don't confuse|mix|mistake",
  'not to be confused',
);
export const DUTY = phrases(
  'the|your? client|agent|user|assistant|caller|tool|command|script reports|returns|provides|sends|gives|states|delivers|supplies|records|writes|stores',
  'the|your? client|agent|user|assistant|caller|you must|should|will|shall|can|may always|then|first|also? report|provide|include|send|return|give|supply|state|list|set|use|run|read|write|ask|show|present|call|execute|describe|record|put|tell|add|attach|pass|fill|name',
  'the|your? client|agent|user|assistant|caller|you needs|need|has|have|is|are expected|asked|supposed|meant? to report|provide|include|send|return|give|supply|state|list|set|use|run|read|write|ask|show|present|call|execute|describe|record|tell|add|attach|pass',
  'expect the client|user|report to',
);
export const FINAL = phrases(
  'this|it step? is|marks|represents? typically|usually|normally|also|always|then? the|a|an? very? final|last|terminal|closing|concluding|end step|state|stage|one? of|in? the|this? workflow|process|list|flow|plan|sequence?',
  'final|last|terminal step of? the|this? workflow|process?',
  'this|the step|it ends|concludes|finishes|completes|closes the|this workflow|process|run',
  'the workflow ends|finishes|concludes|completes|stops here|there|with this? step?',
  'there is no next|further|other|following step|transition',
  'there are no further|more|other|next steps|transitions',
  'this step has no successor|successors|next|followers',
  'no step follows',
  'nothing follows|comes|is|more? after? this? step?',
  'no further|more|other transition|transitions|step|steps is|are|follow|follows? required|needed|necessary|defined|possible?',
  'there is nothing after this|it step?',
);

/** After a step's name: it is spoken of, and not gone to. */
export const ELSEWHERE = phrases(
  'comes|come|runs|run|happens|is|was|follows only|run|done|handled? later|afterwards|earlier',
  'already|has|was|is already? run|ran|done|finished|happened',
  'is not needed|used|involved here?',
);

/** Turn to a variable, of which the values follow. */
export const TOPICS = phrases(
  'depending|based|according|dependent on|to the? value|content|contents? of?',
  'check|inspect|evaluate|consider|use|see|read|examine|test the? value|content|contents? of? variable?',
  'look at|into the? value? of?',
  'decide|route|branch|switch|choose|go on|by the? value? of?',
  'for the? value? of?',
  'the? value of',
);
/** Opens a sentence that says nothing about the way on. */
export const POLITE = phrases('thanks', 'thank you', 'enjoy', "that's it|all", 'good luck', 'welcome');
/** What is said so of a step limits it. */
export const DEMANDS = phrases(
  'no|never|only|may|might|sometimes|seldom|rarely|repeats|depends|ends|stops',
  'also|still|only|now? needs|need|requires|require|applies|apply|holds|hold|counts|count|excludes|waits|wants',
);
/** Labels that name a case: they only name it where the condition follows in words. */
export const CASE_LABELS = phrases(
  'success|failure|error|retry|retries|exception|timeout|escalation|fallback policy|handling|handler|path|case|rule|limit?',
);

/** Where a value is kept. */
export const KEPT = phrases(
  'is|are? kept|stored|held|saved|recorded|found in|as|under',
  'exists in',
  'holds|contains|counts|stores',
);

/** Opens a sentence about what a step does. */
export const WORKS = phrases(
  'report|reports|run|runs|generate|generates|build|builds|create|creates|read|reads|write|writes|collect|collects|compute|computes|compile|compiles the|a|an|all|each',
);
