import type { StatusClass } from '../condition.ts';
import { PhraseTable, phrases } from '../phrase.ts';

/* How a report says how it went. */

/** Whose report it is. */
export const REPORTERS = phrases(
  'the|a|your|this? client|agent|user|caller|assistant|worker|executor|report|reports|step|tool|operator',
  "the? client's|user's|agent's|step's|caller's report|status|message",
  'the? client|agent|user|status|step report',
  'it|they|he|she|you',
  'the? result|outcome',
);

export const SAYS = phrases(
  'reports|report|reported|indicates|indicate|indicated|says|say|said|states|stated|signals|signal|signalled|signaled|shows|showed|returns|returned|confirms|confirmed|announces|tells|has|have|had|claims|declares|declared|replies|responds|answers|speaks reported|indicated|returned|signalled|signaled|confirmed|said|stated? back? that|with|of|a|us?',
  'comes|came|come back|in with|as|a?',
  'is|was|are|were for|a|of?',
  'is|was marked|reported|flagged|tagged as|a?',
  'ends|ended|finishes|finished|closes|closed with|in|as',
  'has|have been',
);

/** The status field by name. */
export const STATUS_FIELD = phrases(
  "the? client's|client|report|report's|reported|step|step's|returned? status",
  "the? status of? the? report|client|step|client's? report?",
  'the? report.status',
  'status',
  'the status',
  "the? client's|user's report status",
);

export const COPULA = phrases(
  'is|was|are|were|equals|reads|=|be|becomes|says|shows|equal|: to|set|marked|equal|given|reported|exactly|still|now? to|as?',
  'is|was|has been set|equal to',
  'comes|came back|in as|with',
  'comes|came back',
);

export const NEGATED_COPULA = phrases(
  'is|was|are|were|does|did|has|have not equal|be|been|equals? to|set? to?',
  "isn't|wasn't|aren't|weren't",
  '!=',
  'is|was anything|something other than|but',
  'is|was anything|something but',
  'is|are|was other than',
  'is|are|was different from|than',
  'differs from',
  'is|was neither',
  "does not|doesn't equal|read",
);

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
export const STATUS_NOUNS = PhraseTable.of<StatusPhrase>([
  ['a|the|any? success', SUCCESS],
  ['overall|full|a successful|success completion|execution|result|run|outcome|report|status', SUCCESS],
  ['successful|successfully|succeeded|success|ok|okay', SUCCESS],
  ['a? report of status? success', SUCCESS],
  ['a? report of status? failure', FAILURE],
  ['a? report of status? needs_clarification', CLARIFY],
  ['a? report of status? in_progress', PROGRESS],
  ['one of success', SUCCESS],
  ['one of failure', FAILURE],
  ['execution|step|tool|command|run|runtime|script error|errors|failure', TROUBLE],
  ['successful|success completion|execution|result|run|outcome|report|status', SUCCESS],
  ['a|the|any|some? failure|failures', FAILURE],
  ['failed|failing|unsuccessful|fail', FAILURE],
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
export const STATUS_PREDICATES = PhraseTable.of<StatusPhrase>([
  ['succeeds|succeed|succeeded|works|worked|passes|passed|pass', SUCCESS],
  ['does|did indeed? succeed|work|pass', SUCCESS],
  ['does|did indeed? fail', FAILURE],
  [
    'is|was|are|were|has|have been? applied|executed|completed|finished|performed|done|carried|run out? without any|an? error|errors|failure|failures|problems|incident|trouble',
    SUCCESS,
  ],
  ['works|worked|goes|went out|well|fine|smoothly|through', SUCCESS],
  ['has|have succeeded', SUCCESS],
  [
    'is|was|are|were|has|have|be been|a? successful|success|successfully completed|executed|finished|performed|carried? out?',
    SUCCESS,
  ],
  [
    'is|was|are|were|has|have been? successful|successfully completed|executed|finished|performed|done|carried? out?',
    SUCCESS,
  ],
  ['is reported as successfully|successful performed|completed|done?', SUCCESS],
  ['is reported as a? success|done|completed|complete', SUCCESS],
  [
    'completes|completed|finishes|finished|ends|ended|executes|ran|runs|returns|terminates successfully',
    SUCCESS,
  ],
  ['completes|completed|finishes|finished|ends|ended|ran|runs|returns cleanly|normally', SUCCESS],
  [
    'completes|completed|finishes|finished|ends|ended|runs|ran without any|an? error|errors|failure|failures|problems|incident|trouble',
    SUCCESS,
  ],
  ['successfully completes|completed|finishes|finished|executes|runs|ran', SUCCESS],
  ['reports|reported success', SUCCESS],
  ['is|was reported successful', SUCCESS],
  ['fails|failed|fail', FAILURE],
  ['has|have failed', FAILURE],
  ['is|was|are|were|has been a? failure|failed|unsuccessful', FAILURE],
  ['reports|reported failure', FAILURE],
  ['is|was reported as a? failed|failure', FAILURE],
  [
    'ends|ended|finishes|finished|completes|completed in|with|unsuccessfully a|an? failure|error|errors',
    FAILURE,
  ],
  ['errors|errored|crashes|crashed|error|crash|breaks|broke out|down?', TROUBLE],
  [
    'throws|threw|raises|raised|encounters|encountered|hits|hit|reports|reported|returns|returned|produces|produced a|an|any|some? error|errors|exception|problem|problems',
    TROUBLE,
  ],
  ['does|do|did|could|can not succeed|work|pass', { is: 'success', negated: true }],
  ["doesn't|didn't|don't|cannot|couldn't|can't succeed|work|pass", { is: 'success', negated: true }],
  ['does|do|did not complete|finish successfully', { is: 'success', negated: true }],
  ["doesn't|didn't|don't complete|finish successfully", { is: 'success', negated: true }],
  ["is|was|were|are not|n't successful|a? success", { is: 'success', negated: true }],
  ["isn't|wasn't|weren't|aren't successful", { is: 'success', negated: true }],
  ['does|do|did not fail', { is: 'failure', negated: true }],
  ["doesn't|didn't|don't fail", { is: 'failure', negated: true }],
  ['has not failed', { is: 'failure', negated: true }],
  ['is|was not a? failure|failed', { is: 'failure', negated: true }],
  ['is|are|was still? in progress', PROGRESS],
  ['is|are|was still running|working|ongoing', PROGRESS],
  [
    'needs|need|requires|require|asks|ask|asked|requests|requested|wants for? some|further|more|additional|any? clarification|clarifications',
    CLARIFY,
  ],
]);

/** Clauses about the status that need no subject. */
export const STATUS_CLAUSES = PhraseTable.of<StatusPhrase>([
  [
    'there|it is|was|are|were|has been? a|an|any|some? error|errors|problem|problems|exception|exceptions|trouble',
    TROUBLE,
  ],
  ['there|it is|was|are|were|has been? a|any|some? failure|failures', FAILURE],
  ['there is|was|are|were no error|errors|problem|problems|exceptions|trouble', NO_TROUBLE],
  ['there is|was|are|were no failure|failures', { is: 'failure', negated: true }],
  ["there wasn't|isn't|weren't|aren't an|any? error|errors|problem|problems", NO_TROUBLE],
  [
    'a|an|any|some? error|errors|problem|problems|exception occurs|occur|occurred|arises|arise|arose|happens|happened|has|is|are|was|were|have|appears? occurred|reported|encountered|been|raised|thrown? reported|encountered?',
    TROUBLE,
  ],
  [
    'a|any|some? failure|failures occurs|occur|occurred|happens|happened|is|was|has? reported|occurred?',
    FAILURE,
  ],
  [
    'no error|errors|problem|problems occurs|occur|occurred|arises|arise|are|were|is|was|have|has? reported|encountered|been|found|raised? reported?',
    NO_TROUBLE,
  ],
  ['no failure|failures occurs|occur|occurred|are|were|is|was? reported?', { is: 'failure', negated: true }],
  ['something|anything goes|go|went|fails|fail|failed|breaks|break|broke wrong?', TROUBLE],
  ['nothing goes|went wrong', NO_TROUBLE],
  ['nothing failed|fails', NO_TROUBLE],
  [
    'all|everything goes|went|is|was? well|fine|smoothly|ok|okay|successful|good',
    { is: 'success', loose: true },
  ],
  ['complete|done|finished', { is: 'success', loose: true }],
  ['everything succeeds|succeeded|worked|works out?', { is: 'success', loose: true }],
  ['all is well', { is: 'success', loose: true }],
  ['clarification|clarifications is|are needed|required|necessary|requested', CLARIFY],
  [
    'user|client|more|further|additional|some|human user? input|information|data|details|feedback is|are still? needed|required|necessary',
    { is: 'clarification', loose: true },
  ],
  ['more|further|additional clarification|clarifications is|are needed|required|necessary', CLARIFY],
]);

/** Subjects whose success is the step's own. */
export const OWN_SUBJECTS = phrases(
  'the|this step|task|client|agent|report|work',
  'this|it|they',
  'step|task',
  "the? step's execution",
  'execution of this|the step',
  'this|the action',
  'the? client reports|says|indicates it|this',
);

export const NEGATED_SAYS = phrases(
  'does|do|did not report|indicate|signal|show|return|say|confirm that?|with?',
  "doesn't|don't|didn't report|indicate|signal|show|return|say|confirm that?|with?",
  'reports|indicates|shows|says|is anything|something other than|but',
  'is|was|are|were not a|an?',
  "isn't|wasn't a|an?",
);
export const TAILS = phrases(
  'for any|whatever|some reason|reasons',
  'in|with its|the|this|their report',
  'in|on|at|with|during|of this|the step',
  'by the client|user',
  'with an|any error|exception',
  'at any point',
  'at all',
  'from the client|step|report',
  'along the way',
  'here',
  'status',
  'outcome|result',
  'in any way',
  'of any kind|sort',
  'this time',
);
export const DURING = phrases('during|in|while|with|from|by|of|for');
export const THING_SAYS = phrases('reports|returns|signals|throws|raises|gives|reported|returned|gave');
export const QUALITIES = PhraseTable.of<'success' | 'failure'>([
  ['successful', 'success'],
  ['failed|failing|unsuccessful', 'failure'],
]);
export const OPENERS = phrases(
  'either|both',
  'it is the case|true that',
  'that',
  'the|a case where|that',
  'cases where',
);
export const REPORTED = phrases(
  'the? report|client|user|agent|step|tool|caller reports|indicates|says|states|signals|shows|confirms|reported|indicated|said|stated that',
  "the? client's|user's|agent's report indicates|says|states|shows|confirms that?",
  'the? report indicates|says|states|shows|confirms',
  'the client reports',
  'the? report|context has|shows|says',
  'the? report carries|gives|sets',
  'in the? context|report ,?',
  'according to the report ,?',
  'the? context shows|says|has|contains that?',
);

/** Denies the condition before. */
export const DENIALS = phrases(
  'it|this|that|they|he|she is|are|was|were|does|do|did|has|have not',
  "it|this|that|they isn't|aren't|wasn't|doesn't|don't|didn't|hasn't",
  'not',
);
