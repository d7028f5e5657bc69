import type { Condition } from './condition.ts';
import { any } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { phrases } from './phrase.ts';

const OTHERWISE = phrases(
  'you|it|they? is|are|were|was? explicitly|specifically|expressly? told|instructed|directed|advised|asked|stated|specified|indicated|noted|requested otherwise|differently by|in|below|above|here? the? client|user|report|caller|agent?',
  "the? client|user|report|caller|agent|client's|user's report? explicitly|specifically? says|states|asks|indicates|tells|requests|reports|specifies|directs|instructs|wishes|decides|chooses you|us|it? for? otherwise|differently",
);
const NEEDS = phrases('a|the|any|some need|request for', 'the? client|user|it|report|agent|step needs|requires|requests|wants|asks for?', 'needs|requires|requests', 'a|the need for further|more|additional');
const CLARIFIES: ReadonlySet<string> = new Set(['clarification', 'clarifications']);
const WITH_CLARIFICATION: ReadonlySet<string> = new Set(['data', 'input', 'information', 'details', 'feedback', 'answers']);
const FROM = phrases('from|by the? user|client|customer');
const DEGREES = phrases('further|more|additional|some|any|a|an|the|other');

/** "Told otherwise": true or false only where the report says nothing. */
export function parseRemark(cursor: Cursor): Condition | undefined {
  return cursor.take(OTHERWISE) === undefined ? undefined : { kind: 'remark' };
}

/** "A need for clarification or data from the user": clarification is a status, the rest judgement. */
export function parseNeed(cursor: Cursor): Condition | undefined {
  cursor.attempt(() => cursor.take(REPORT_SAYS));
  if (cursor.take(NEEDS) === undefined) return undefined;
  const parts: Condition[] = [];
  let clarifies = false;
  do {
    while (cursor.take(DEGREES) !== undefined);
    const start = cursor.at;
    while (!cursor.done && cursor.low() !== 'or' && cursor.low() !== ',' && cursor.low() !== 'and' && !cursor.sees(FROM)) {
      const token = cursor.peek();
      if (token === undefined || isWeighty(token)) return undefined;
      cursor.at++;
    }
    const word = cursor.tokens[start]?.low ?? '';
    const single = cursor.at === start + 1;
    if (single && CLARIFIES.has(word)) {
      clarifies = true;
      parts.push({ kind: 'status', is: 'clarification', loose: false });
    } else if (!single || !WITH_CLARIFICATION.has(word)) {
      parts.push({ kind: 'judgement', text: cursor.slice(start, cursor.at), calm: true });
    }
    cursor.take(FROM);
  } while (cursor.eat('or', ','));
  return clarifies && parts.length > 0 ? any(...parts) : undefined;
}

const REPORT_SAYS = phrases("the? client's|user's? report|client|user|agent indicates|shows|says|reports|signals|states that?");
