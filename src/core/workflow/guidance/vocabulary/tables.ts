import { canonicalName } from '../name.ts';
import { phrases } from '../phrase.ts';

/* How decision tables name their columns. */

function namesOf(names: string): ReadonlySet<string> {
  return new Set(names.split('|').map((name) => canonicalName(name)));
}

export const TARGET_HEADS = namesOf(
  'next|next step|target|go to|goto|then|to|destination|transition|transition to|action|proceed to|next state|step|next action|move to|leads to|where|do|where to|continue with|way on|what next|what to do|then go to|decision|route|route to|outcome step|do this|next steps|follow up|goes to|send to|→',
);
export const CONDITION_HEADS = namesOf(
  'condition|if|when|case|situation|event|signal|conditions|circumstance|trigger|report|what happened|if the report says|if the client reports|the client reports|client reports|reported|report says|what the client reports|on|if report|rule|scenario|input|finding|observation|if this|report contains',
);
/** How a step went, or a variable of that name. */
export const REPORTED_HEADS = namesOf('outcome|result');
export const STATUS_HEADS = namesOf(
  'status|report status|reported status|report.status|client status|status reported|step status',
);
export const NOTE_HEADS = namesOf(
  'note|notes|comment|comments|why|because|description|remark|remarks|reason|rationale|explanation|meaning|no|nr|example|examples|purpose|details',
);
export const WILDCARDS = phrases(
  'any',
  '*',
  '—',
  '-',
  'anything',
  'any value',
  'all',
  'either',
  "don't care",
  'n / a',
);
export const CELL_INTRODUCTIONS = phrases('if|when|on|once|in|for|with|after');
