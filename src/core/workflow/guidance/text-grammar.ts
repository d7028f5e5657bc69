import type { Condition, Place } from './condition.ts';
import { all, any, not } from './condition.ts';
import type { Cursor } from './cursor.ts';
import type { Targets } from './target.ts';
import { CONTAINS, TEXT_SUBJECTS } from './vocabulary/values.ts';

/** "The output contains "…"", "… does not contain it". */
export function parseText(cursor: Cursor, targets: Targets): Condition | undefined {
  const place = cursor.take(TEXT_SUBJECTS) ?? targets.sought?.place;
  const positive = place === undefined ? undefined : cursor.take(CONTAINS);
  if (place === undefined || positive === undefined) return undefined;
  const sign = (condition: Condition): Condition => (positive ? condition : not(condition));
  if (targets.sought !== undefined && cursor.eat('it', 'that', 'this')) {
    return sign({ kind: 'text', place, needle: targets.sought.needle });
  }
  cursor.eat('either', 'the');
  const found = readNeedles(cursor, place);
  if (found === undefined) return undefined;
  targets.sought = { place, needle: found.last };
  const excluded = positive ? cursor.attempt(() => readExcluded(cursor, place)) : undefined;
  return excluded === undefined ? sign(found.condition) : all(found.condition, not(excluded));
}

interface Needles {
  readonly condition: Condition;
  readonly last: string;
}

function readNeedles(cursor: Cursor, place: Place): Needles | undefined {
  let last = eatNeedle(cursor);
  if (last === undefined) return undefined;
  const needles: Condition[] = [{ kind: 'text', place, needle: last }];
  let every = false;
  for (let by = eatSeparator(cursor); by !== undefined; by = eatSeparator(cursor)) {
    every ||= by === 'and';
    last = eatNeedle(cursor) ?? last;
    needles.push({ kind: 'text', place, needle: last });
  }
  return { condition: every ? all(...needles) : any(...needles), last };
}

function eatNeedle(cursor: Cursor): string | undefined {
  const token = cursor.peek();
  if (token?.kind !== 'quoted' && token?.kind !== 'code') return undefined;
  cursor.at++;
  return token.text;
}

/** Before a further text to look for; otherwise the connective belongs to the next condition. */
function eatSeparator(cursor: Cursor): 'and' | 'or' | undefined {
  return cursor.attempt(() => {
    const comma = cursor.eat(',');
    const and = cursor.eat('and');
    if (!and && !cursor.eat('or') && !comma) return undefined;
    const probe = cursor.probe();
    return eatNeedle(probe) !== undefined && probe.atJoint ? (and ? 'and' : 'or') : undefined;
  });
}

/** "… but not "ERROR"". */
function readExcluded(cursor: Cursor, place: Place): Condition | undefined {
  cursor.eat(',');
  if (!cursor.eat('but', 'and') || !cursor.eat('not')) return undefined;
  const needle = eatNeedle(cursor);
  return needle === undefined ? undefined : { kind: 'text', place, needle };
}
