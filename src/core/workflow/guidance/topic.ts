import type { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import { TOPICS } from './vocabulary/clauses.ts';
import { LEAD_IN } from './vocabulary/words.ts';

/** The variable that a sentence turns to: "Check `x`.", "Depending on `x`, proceed as follows:", "`x`:". */
export function topicOf(sentence: Cursor | undefined): string | undefined {
  if (sentence === undefined) return undefined;
  const cursor = sentence.probe();
  const isLed = cursor.take(TOPICS) !== undefined;
  const token = cursor.peek();
  if (token?.kind !== 'code' || !isIdentifier(token.text)) return undefined;
  cursor.at++;
  if (!isLed && cursor.low() !== ':') return undefined;
  for (; !cursor.done; cursor.at++) {
    const low = cursor.low();
    if (low !== ',' && low !== ':' && !LEAD_IN.has(low)) return undefined;
  }
  return token.text;
}
