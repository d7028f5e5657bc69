import { phrases } from '../phrase.ts';

/* Verbs that lead somewhere, and what stands around them. */

const ON_THE_WAY =
  'directly|straight|immediately|right|back|on|ahead|forward|over|along|onward|onwards|down|up|again|then|next|safely|now';

/** A target follows. */
export const MOVE = phrases(
  `proceed|proceeds|go|goes|move|moves|continue|continues|advance|advances|transition|transitions|jump|jumps|head|heads|skip|skips|return|returns|switch|switches|navigate|progress|progresses|step|come|loop|loops|route|routes|hop|circle|revert|pass|passes|branch|branches|lead|leads|redirect|redirects|escalate|fall|falls|turn|direct|shift|bounce ${ON_THE_WAY}? ${ON_THE_WAY}? to|into|onto|toward|towards`,
  `proceed|proceeds|go|goes|move|moves|continue|continues|carry|advance|advances|progress|resume|resumes|start|starts|follow ${ON_THE_WAY}? with|at|from`,
  `proceed|continue|carry|go|move|press on with`,
  `proceed|go|move|continue|advance|transition|jump|skip|loop ${ON_THE_WAY}? by going|moving|proceeding to|on? to?`,
  `is|are|gets|get|be handed|referred|remitted|assigned|sent|passed|routed|moved|forwarded|directed|redirected|taken|returned|transferred|escalated ${ON_THE_WAY}? ${ON_THE_WAY}? to`,
  `refer|refers|revert|reverts back? to`,
  `hand|hands back|on|over to`,
  'back|straight|directly|onward|over|on to',
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
  'the? next step|state|stage|one? is|will|should|shall|must? be?',
  'next_step',
  'next',
  'the? target step? is?',
  'goto',
  'the? transition to?',
  'the? destination is?',
  'the? next step to take|run|execute is',
  'this|the step? should|shall|must|will|is be? always? followed by',
  'this|the? step? leads|flows|feeds|goes|moves|continues|hands on|over|directly|straight|back? to|into',
  'what comes|follows next? is',
  'the? following step is',
  'this step is followed by',
  'up next is?',
);

/** Places that a verb of motion reaches by itself. */
export const MOVE_BACK = phrases(
  'go|goes|step|move|return|jump back|backwards one|a step?',
  'go|step|move one|a step back|backwards',
);

export const MOVE_ON = phrases(
  'move|moves|go|goes|carry|press on|ahead|forward|onwards one|a? step?',
  'proceed|continue|advance|proceeds|continues|advances as|normally? normal|usual|planned?',
  'proceed|continue|advance|go|move as normal|usual|planned',
);

/** After a target: "X is next", "X follows". */
export const IS_NEXT = phrases(
  'is the? next step?',
  'comes|follows next?',
  'should|shall|will be|come|follow|run|the? next step?',
  'is where|what to? go|comes|we|you|it? go|goes? next',
  'is what|the one? step? comes|to? run? next',
  'is the? step? to run|take|go|choose? next',
);

export const STAY = phrases(
  'be repeated|retried|rerun here?',
  'ask again on|in|at? this? step?',
  'do not|never move|go|proceed|advance|continue on|forward|ahead|further|any? further? yet|until?',
  'stay|stays|remain|remains|wait|waits|keep|hold|linger|be|stop|pause on|in|at|with|within|here? this|the|that same|current|very? same? step|stage|state',
  'stay|stays|remain|remains|keep on|in|at|with|within this|the|that same|current|very? same? one',
  'stay|stays|remain|remains put|here|there|as|put? is|put?',
  'stay|stays|remain|remains where you|it|we are|is',
  'wait|hold here',
  'hold position',
  'do not|never leave this|the current? step',
  "don't leave this|the current? step",
  'stay',
  'remain',
  'the? workflow|instance|process|run|it|client stays|remains|is here|put|kept|where on|in|at|it|this|the? this|is|step|current? step? here?',
  'repeat|retry|redo|rerun|re-run|re-try|re-do|re-enter|rework|revisit|restart|re-execute|reattempt|re-attempt|perform|run|do|try|execute|attempt|ask|loop on|over? this|the|that current|same|whole|entire? step|stage again|over|once? again|more?',
  'repeat|retry|redo|rerun|re-run|re-try|reattempt|re-attempt it|this|again|once|here|there|on? more|again|over|step|this|here?',
  'try|run|do|attempt|go|loop it|this|that|things? again|here',
  'try|repeat|do|run same step again?',
  'try once more',
  'try again here?',
  'do|run|try it|this|that once more',
  'run|do|try it|this over again?',
  'start this step over|again',
  'start over|again with|on|at? this step',
  'loop back? here',
  'loop on|in|over this|the current? same? step',
  'loop',
  'give it another try|go',
  'have another try|go',
  'self-loop',
  'no transition',
  'there is no transition',
  'keep working|iterating|going on|at this|the current? step',
  'keep the client|user|workflow on|in|at|here this|the? current? step?',
  'come|go back here',
);

/** A target step may follow: "retry X" goes to X. */
export const FINISH_VERBS = phrases(
  'finish|end|complete|conclude|close|ends|finishes|completes|concludes|wrap up|off|out? the|this|our whole|entire? workflow|process|run|instance|flow|procedure',
  'finish|end|complete|conclude|ends|finishes|completes|concludes here|now|there|successfully|normally|cleanly',
  'finish|end|conclude|ends|finishes|done|complete|completed|finished',
  'wrap up',
  'end of the? workflow|process|run|flow',
  'wrap things|it up',
  'exit the|this workflow',
  'close the|this workflow',
  'bring the workflow to a|an|its? close|end|conclusion',
  'the|this workflow|process|run|instance|flow|procedure|job is|has|should|can|may|will|must|be|gets? be|is? now|then|thereby? finished|complete|completed|done|over|ended|closed|concluded|finish|end|conclude',
  'we|you are|have|can|may? now|all? done|finished|finish|complete|through',
  "we're|you're all? done|finished",
  'it is all? done|finished|over',
  'there is nothing else|more|left to|to? do',
  'nothing else|more|further? remains|to|is|follows|comes? be|do|left? done?',
  'no further|more|other step|steps|action|work follows|follow|is|are|remains|remain|to? run|needed|required|necessary|left?',
);

export const FAIL_VERBS = phrases(
  'mark|flag|set|close|record|treat it as failed|failure|unsuccessful',
  'fail|fails the|this workflow|process|run|instance',
  'the|this workflow|process|run|instance has|should|is|must|will|be? failed|fail|fails',
  'mark|flag|set|close|end|finish|record|treat the|this workflow|process|run|instance|it as failed|failure|unsuccessful',
  'end|finish|close|conclude|complete unsuccessfully',
  'finish|end|close|conclude|complete the|this? workflow|run|process|instance? with|in|as a? failed|failure|error',
  'workflow has? failed',
);

export const COMPLETE_VERBS = phrases(
  'mark|flag|set|close|record|treat it as completed|complete|done|finished|successful|successfully? completed?',
  'mark|flag|set|close|record|treat the|this workflow|process|run|instance|it as completed|complete|done|finished|successful|successfully? completed?',
  'end|finish|close|conclude|complete the|this? workflow|run|process|instance? with|in|as a? success|completed|successful|successfully',
);

export const HALT_VERBS = phrases(
  'stop|halt|pause|suspend|freeze|park|stops|halts|pauses|suspends the|this|all whole|entire? workflow|process|run|instance|execution|flow|line|work|everything',
  'stop|halt|pause|suspend|stops|halts here|now|immediately|there|everything|work|execution|completely|altogether|right|at|once? away|there|here|once?',
  'stop|halt|suspend|pause',
  'hand|hands|give over|off',
  'be handed|given over|up|off?',
  'escalate',
  'escalates',
  'put the|this workflow|process|run|instance on hold',
  'the|this workflow|process|run|instance should|must|has|will|is|gets? be|to? stop|halt|stopped|halted|paused|suspended|pause|suspend|stops|halts|pauses',
  'bring the workflow to a halt|stop|standstill',
  'end in a halt',
  'come to a halt|stop',
  'call in a human|person|operator|maintainer',
  'get a human|person|operator involved',
  'involve a human|person|operator',
  'ask a human|person|operator to take over|control',
  'a human must|has|should|needs to? take over|decide|intervene|look',
  'wait for a human|person|operator',
  'defer to a human|person|operator',
);

/** Whom work is handed to; open words may follow. */
export const HAND_TO = phrases(
  'to',
  'this|it|the|control|matter|issue|case|problem|decision|work|run? issue|case|matter|problem|failure|error|decision|workflow|run|work|incident? over|off|up? to',
);

export const SUBJECTS = phrases(
  'the|this workflow|process|flow|instance|run|orchestrator|engine|conductor|step|execution instance|run?',
  'it|you|we|this|they|one',
  'control|execution|processing',
  'the control|matter|file|claim|case|request|item|order|ticket',
  'the client|agent|user|caller|assistant',
  'this step',
  'orchestrator',
  'the next action|move is',
  'the way|path on|forward is',
  'what follows is',
);

export const MODALS = phrases(
  'should|must|will|shall|would then|now|always|next|always|simply|just|therefore|instead|again? be?',
  'has|have|need|needs|ought|going to',
  'is|are to|expected|supposed|meant|ready|going to?',
  'will need|have|want to',
  'then|now|simply|just|always',
  'let us|it|them|the workflow|client?',
  'make sure|it|certain to?',
  'be sure to',
  'feel free to',
  'you will want to',
  'is|are to be',
  'can|may then|now|safely|directly|immediately|simply|just',
);

export const ADVERBS = phrases(
  'please? be so? kind|good enough? as? to',
  'please|simply|just|then|now|immediately|directly|finally|also|next|again|instead|first|straight|promptly|afterwards|afterward|thereafter|right|therefore|accordingly|only|too|here|automatically|kindly|quietly|silently|gracefully|right|once',
  'right|straight away',
  'at once',
  'without delay|hesitation|asking|waiting|pause|more|further? ado|delay|checks|questions?',
  'from here|there',
  'as the? a? next|usual|normal|planned|before|well|follows|soon step?',
  'once more',
  'one more time',
  'step',
  'in order',
  'in turn',
  'at last',
  'in|at this|that point|stage|case',
  'after that|this|which',
  'next step',
  'for now',
  'for|as the|a next? step',
  'as the next step',
  'as an? exception',
  'without asking',
  'as usual|well|planned|normal|before',
  'this time',
  'over again',
  'yet again',
  'phase|stage',
);

/** Work that goes with a transition and leads nowhere; an open object follows. */
export const SIDE_VERBS = phrases(
  'report|log|inform|call|phone|page|contact|ask|wake|text|notify|tell|record|note|save|store|update|add|include|mention|explain|summarise|summarize|thank|show|display|document|list|attach|present|describe|write|post|print|acknowledge|apologise|apologize|congratulate|announce|remind|share|provide|give|collect|gather|capture|keep|pass|carry|flag|comment|message|alert|warn|relay|append|surface|clean|remember|quote|copy|advise|publish|skip|ignore|increment|let|state|output|create|file|open|email|communicate|raise|prepare|clear|reset|count|archive|discard|drop|remove|delete|tag|label|schedule|ping|credit|use|read|fix|reread|re-read|rewrite|regenerate|correct|adjust|revise|resolve|address',
);

export const NEGATION = phrases(
  'do not|never ever|directly|yet?',
  "don't ever|directly?",
  'never',
  'you|it|we|the? workflow|orchestrator|flow|process|instance|matter|file|claim|case must|should|may|can|shall|do|does|will not|never',
  "you|it|we|instance|workflow|orchestrator shouldn't|mustn't|can't|cannot",
  'must|should not|never',
  'under no circumstances',
  'avoid',
  'please do not',
  'please never',
  'not',
);
export const NOT_TO = phrases('and|but? never|not', 'rather than', 'instead of', 'not');
export const MUST_NOT = phrases(
  'must|should|may|can|is|shall not|never ever? be? repeated|follow|used|entered|run|visited|reached|next|taken|skipped|come|chosen|re-run|done directly|again|next?',
  'must|should|may|can|is|shall not|never ever? be? to be? entered|run|used|visited|reached|chosen directly|again|next?',
  "mustn't|shouldn't|cannot|can't be? repeated|follow|used|entered|run|visited|reached|next|taken|come|chosen directly|again|next?",
  'is never next|run|entered directly?',
  'is not an option',
  'is off limits',
  'is out of the question',
);
export const ALLOWED_AFTER_BAN = phrases(
  'yet',
  'from here',
  'from this|the step',
  'just yet',
  'directly|again|now',
  'under any circumstances',
  'at this point',
  'in this case',
  'here',
);
export const AFTER_TARGET = phrases(
  'again|directly|instead|anyway|now|next|immediately|then|comes|follows first|next?',
  'comes|goes|is next|first',
  'is next',
  'is the way to go',
  'is what follows|comes next?',
  'straight away',
);
export const SET_STATUS = phrases(
  "set|with|and|mark|setting|its|the the? workflow|instance|run|overall|final|process|workflow's? status to|=|as|of|is?",
  'set status to',
  'set the status to',
  'with status of?',
  'with a|the status of',
  'setting the? status to',
);
export const AS_STATUS = phrases('as', 'with a|an?', 'in', 'marked as', 'marking it|the? workflow? as');
export const SET = phrases(
  'set',
  'sets',
  'setting',
  'with',
  'mark',
  'change',
  'update',
  'put',
  'flip',
  'switch',
);
export const SET_TO = phrases('to', 'as', '=', 'set to', 'being', 'is set to', ':', 'is', 'equal to');
export const IN_CONTEXT = phrases('in|on|of the context|workflow|report context?', 'in context');
/** What follows only says what it is for or how it is done. Words that may limit ("for", "with", "in", "as") are not among these. */
export const PURPOSE = phrases('to', 'so that?', 'in order to');
export const ASIDE = phrases('where|who|which|there');
export const JOINTS = phrases(
  'and then?|also|finally?',
  'and|, then|also|finally|simply?',
  'then',
  ', and|then then?',
  'before you|it? moving|going|proceeding|continuing',
  'by',
  'plus',
  '&',
);
export const AFTER_BARE_TARGET = phrases(
  'comes|follows|goes next|first?',
  'is next',
  'is the way to go',
  'is what follows|comes next?',
  'anyway',
  'directly',
);

/** How often a repetition may be repeated. */
export const BOUNDS = phrases(
  'up to',
  'at most',
  'a maximum of',
  'no more than',
  'not more than',
  'maximum',
  'max',
);
export const REASONS = phrases(
  'because',
  'since',
  'for the reason that',
  'given that',
  'as there|it|this|that|nothing|everything',
);
