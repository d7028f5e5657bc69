import type { Target } from '../../kernel/instance.ts';
import type { Action } from './action.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { endsClause } from './starts.ts';
import { eatExactName, parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import { AFTER_TARGET, MOVE } from './vocabulary/actions.ts';

const MAX_ASIDE_WORDS = 9;

export const leadTo = (to: Target): Action => ({
  to,
  candidates: [to],
  updates: {},
  understood: true,
  force: 'plain',
  names: [],
});

/** A step's exact name where an action is expected, and nothing more: "…, Ask Manager." */
export function targetAtEnd(cursor: Cursor, targets: Targets): Action | undefined {
  return cursor.attempt(() => {
    cursor.eat('then');
    cursor.eat('the');
    const to = eatExactName(cursor, targets);
    if (to === undefined) return undefined;
    cursor.eat('step');
    cursor.take(AFTER_TARGET);
    cursor.accepts(() => cursor.eat('(') && isNamedInBrackets(cursor, targets));
    return endsClause(cursor) ? leadTo(to) : undefined;
  });
}

/** "gets a rejection (Send Rejection)": open words, and the step they mean. */
export function asideTarget(cursor: Cursor, targets: Targets): Action | undefined {
  return cursor.attempt(() => {
    for (let words = 0; words < MAX_ASIDE_WORDS; words++) {
      const token = cursor.peek();
      if (token === undefined || token.low === ',' || isWeighty(token) || cursor.sees(MOVE)) return undefined;
      if (cursor.eat('(')) break;
      cursor.at++;
    }
    cursor.eat('see', 'step');
    const to = eatExactName(cursor, targets);
    if (to === undefined || !cursor.eat(')')) return undefined;
    return endsClause(cursor) ? leadTo(to) : undefined;
  });
}

function isNamedInBrackets(cursor: Cursor, targets: Targets): boolean {
  cursor.eat('see', 'step');
  return eatExactName(cursor, targets) !== undefined && cursor.eat(')');
}

/** A target that stands for "go there". */
export function targetAlone(cursor: Cursor, targets: Targets): Action | undefined {
  const reading = cursor.attempt(() => parseTarget(cursor, targets));
  if (reading === undefined) return undefined;
  const { to } = reading;
  if (to !== undefined) return { ...leadTo(to), names: [reading] };
  return { candidates: [], updates: {}, understood: false, force: 'plain', names: [reading] };
}
