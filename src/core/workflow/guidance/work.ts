import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import type { Targets } from './target.ts';
import type { Token } from './token.ts';
import { STATUS_PREDICATES } from './vocabulary/statuses.ts';
import { LIGHT_WORDS, NOT_WORK, OPERATIONS, PEOPLE, QUANTIFIED, REMOTE } from './vocabulary/words.ts';

const MAX_WORDS = 5;
const WORK_ENDINGS: readonly string[] = ['ing', 'tion', 'sion', 'ment'];

/** Passes a noun phrase of a few plain words whose head names work; how that work went is how the step went. */
export function skipOperation(cursor: Cursor, targets?: Targets): boolean {
  if (QUANTIFIED.has(cursor.low())) return false;
  return cursor.accepts(() => {
    for (let length = 0; length < MAX_WORDS; length++) {
      const token = cursor.peek();
      if (token === undefined || token.kind === 'mark' || token.kind === 'quoted' || isWeighty(token))
        return false;
      if (isForeign(token, targets)) return false;
      cursor.at++;
      if (!isOperation(token, targets) || continues(cursor, targets)) continue;
      cursor.eat('itself');
      return true;
    }
    return false;
  });
}

/** "The last build", "the customer payment": of another time, or another's. */
function isForeign(token: Token, targets: Targets | undefined): boolean {
  const { low } = token;
  if (targets?.ownWords.includes(low) === true) return false;
  if (low.endsWith("'s") || REMOTE.has(low) || PEOPLE.has(low)) return true;
  return targets !== undefined && !LIGHT_WORDS.has(low) && !isOperation(token, targets);
}

/** "file upload command": the head is the last of several such nouns. */
function continues(cursor: Cursor, targets: Targets | undefined): boolean {
  const next = cursor.peek();
  return next !== undefined && isOperation(next, targets) && !cursor.sees(STATUS_PREDICATES);
}

/** A noun for work: a known one, one made from a verb, or the step's own name in another form. */
function isOperation({ low }: Token, targets: Targets | undefined): boolean {
  if (OPERATIONS.has(low)) return true;
  if (targets === undefined || low.length < 4) return false;
  if (low.length > 6 && WORK_ENDINGS.some((ending) => low.endsWith(ending))) return !NOT_WORK.has(low);
  return targets.ownWords.some(
    (word) => word.length > 2 && sharedPrefix(word, low) >= Math.min(4, word.length),
  );
}

function sharedPrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
