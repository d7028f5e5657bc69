import type { Condition } from './condition.ts';
import { any, all, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { CONTAINS, TEXT_SUBJECTS } from './vocabulary.ts';

/** "The output contains "…"". */
export function parseText(cursor: Cursor): Condition | undefined {
  const place = cursor.take(TEXT_SUBJECTS);
  if (place === undefined) return undefined;
  const positive = cursor.take(CONTAINS);
  if (positive === undefined) return undefined;
  cursor.eat('either', 'the');
  const needles: Condition[] = [];
  let every = false;
  do {
    const token = cursor.peek();
    if (token === undefined || (token.kind !== 'quoted' && token.kind !== 'code')) return undefined;
    cursor.at++;
    needles.push({ kind: 'text', place, needle: token.text });
  } while (cursor.attempt(() => separator(cursor, () => (every = true))) !== undefined);
  const condition = every ? all(...needles) : any(...needles);
  return positive ? condition : not(condition);
}

/** A further text to look for; otherwise the connective belongs to the next condition. */
function separator(cursor: Cursor, onAnd: () => void): true | undefined {
  const comma = cursor.eat(',');
  const and = cursor.eat('and');
  if (!comma && !and && !cursor.eat('or')) return undefined;
  if (comma) cursor.eat('or');
  const token = cursor.peek();
  if (token === undefined || (token.kind !== 'quoted' && token.kind !== 'code')) return undefined;
  const after = cursor.low(1);
  if (cursor.peek(1) !== undefined && after !== ',' && after !== 'or' && after !== 'and') return undefined;
  if (and) onAnd();
  return true;
}
