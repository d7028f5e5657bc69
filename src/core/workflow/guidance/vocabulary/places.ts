import { phrases } from '../phrase.ts';

/* Ways on that are named by where they stand. */

export const THIS_STEP = phrases(
  'this|same very|same? step|state|stage',
  'the|your? current|same|present very? step|state|stage',
  'this|same one',
  'the current one',
  'here',
  'where you are',
  'this very step',
);

export const NEXT_STEP = phrases(
  'the? next|following|subsequent step|stage|state|one in? line|order|sequence|turn|the? list|plan|order|sequence?',
  'the? next|following step listed',
  'the? step after this|it one?',
  'the? next in line|order|sequence',
  'whatever step? comes|is next',
);

export const PREVIOUS_STEP = phrases(
  'the? previous|preceding|prior|prev step|stage|state|one',
  'the? step before this|it one?',
  'one step back',
  'back one step',
  'the? step immediately? before',
);

export const FIRST_STEP = phrases(
  "the|workflow's? very? first|initial|opening step|stage|one",
  'the? start|beginning of? the? workflow|process|plan?',
  'the? workflow start',
  'square one',
  'the top',
);

export const LAST_STEP = phrases('the? final|closing step|stage of|in? the? workflow|list|plan?');
export const THE_END = phrases(
  'the end of? the|this? workflow|process|run|flow?',
  'a|the? terminal|final|end|finished|completed|complete state|status',
  'finish',
  'end',
  'completion',
  'done',
);

export const ARTICLES = phrases(
  'the|a|our|your',
  'the following',
  'to? the',
  'either',
  'the step called|named|titled',
  'the step',
  'step',
  'stage',
  'to',
);
export const AFTER_NAME = phrases('step|stage|state|phase', 'step again|next');
export const NUMBERED = phrases('step|stage|number|#', 'step|stage number|no|#');
