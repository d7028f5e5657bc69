import type { Target } from '../../kernel/instance.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { startsClause } from './starts.ts';
import { eatExactName, parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import { MODALS, MOVE } from './vocabulary/actions.ts';
import {
  DEMANDS,
  DESCRIPTIVE_LABELS,
  DUTY,
  ELSEWHERE,
  KEPT,
  LABELS,
  POLITE,
  THIS_STEP_DOES,
  WARNING,
  WORKS,
} from './vocabulary/clauses.ts';
import {
  BACKGROUND,
  COMES_FROM,
  DECORATIVE,
  DUTIFUL,
  LEAD_IN,
  LEAVE,
  UNCERTAIN,
  WAY_WORDS,
} from './vocabulary/words.ts';

/** A sentence that only describes: by its label, by what it says of this step or the client, or as a warning of confusion. */
export function describes(cursor: Cursor, targets: Targets): boolean {
  const labelled = cursor.probe();
  if (labelled.take(DESCRIPTIVE_LABELS) !== undefined && labelled.eat(':', '—'))
    return isBackground(labelled);
  if (speaksOfElsewhere(cursor, targets)) return true;
  const probe = cursor.probe();
  if (probe.take(DUTY) !== undefined) return !holds(probe, LEAVE) && isLight(probe, targets, DUTIFUL);
  if (probe.take(WARNING) !== undefined) return !holdsClause(probe);
  return (
    probe.take(THIS_STEP_DOES) !== undefined &&
    !probe.sees(MODALS) &&
    !limitsItself(probe) &&
    isLight(probe, targets, DECORATIVE)
  );
}

/** "This step is optional", "it no longer counts": what is said so of a step may limit what is said of its way on. */
function limitsItself(span: Cursor): boolean {
  const cursor = span.probe();
  if (cursor.sees(DEMANDS)) return true;
  return cursor.eat('is', 'was') && !cursor.eat('the', 'a', 'an', 'about', 'for', 'where');
}

/** "(Build comes later.)": another step, spoken of as such. */
function speaksOfElsewhere(cursor: Cursor, targets: Targets): boolean {
  const probe = cursor.probe();
  probe.eat('(');
  probe.eat('the');
  probe.eat('step');
  if (eatExactName(probe, targets) === undefined) return false;
  probe.eat('step');
  return probe.take(ELSEWHERE) !== undefined && !holdsClause(probe);
}

/** A sentence that leads in to others, or says where a value is kept, or only is polite. Anything else might limit a rule. */
export function isIdle(span: Cursor, targets: Targets): boolean {
  if (isLeadIn(span)) return true;
  const probe = span.probe();
  if (probe.take(LABELS) !== undefined && (probe.done || (probe.eat(':') && probe.done))) return true;
  return (isPolite(span) || tellsPlace(span) || tellsWork(span)) && isLight(span, targets);
}

/** "Run the suite": what the step does, and no word of when or with whose leave. */
function tellsWork(span: Cursor): boolean {
  const cursor = span.probe();
  if (cursor.eat('expects')) return cursor.peek()?.kind === 'code';
  return cursor.take(WORKS) !== undefined && !holds(cursor, UNCERTAIN);
}

function isPolite(span: Cursor): boolean {
  const cursor = span.probe();
  return cursor.take(POLITE) !== undefined && (cursor.done || cursor.eat('for'));
}

function holds(span: Cursor, words: ReadonlySet<string>): boolean {
  for (const cursor = span.probe(); !cursor.done; cursor.at++) if (words.has(cursor.low())) return true;
  return false;
}

/** "The draft is kept in `draft`": where a value is found, and no more. */
function tellsPlace(span: Cursor): boolean {
  for (const cursor = span.probe(); !cursor.done; cursor.at++) {
    if (WAY_WORDS.has(cursor.low())) return false;
    if (!cursor.sees(KEPT)) continue;
    const isNamed = cursor.lowAt(cursor.at - 1) === '' && cursor.at === span.at + 1;
    cursor.take(KEPT);
    const isPlace = cursor.peek()?.kind === 'code' && cursor.at + 1 === cursor.end;
    return isPlace || (isNamed && !cursor.done);
  }
  return false;
}

/** Nothing in it is of weight, and no step is named but as where something comes from. */
function isLight(span: Cursor, targets: Targets, permitted?: ReadonlySet<string>): boolean {
  const cursor = span.probe();
  if (isLeadIn(cursor)) return true;
  for (; !cursor.done; cursor.at++) {
    const token = cursor.peek();
    if (token === undefined || isWeighty(token, permitted) || cursor.sees(MOVE) || namesStep(cursor, targets))
      return false;
  }
  return true;
}

export function isBackground(span: Cursor): boolean {
  for (const cursor = span.probe(); !cursor.done; cursor.at++) {
    const token = cursor.peek();
    if (token === undefined || isWeighty(token, BACKGROUND) || cursor.sees(MOVE)) return false;
  }
  return true;
}

/** The ways on that a sentence names, whatever it says of them. */
export function candidatesIn(span: Cursor, targets: Targets): readonly Target[] {
  const candidates: Target[] = [];
  for (const cursor = span.probe(); !cursor.done; cursor.at++) {
    if (!namesStep(cursor, targets) && !cursor.sees(MOVE)) continue;
    const probe = cursor.probe();
    probe.take(MOVE);
    const to = parseTarget(probe, targets)?.to;
    if (to !== undefined) candidates.push(to);
  }
  return candidates;
}

function namesStep(cursor: Cursor, targets: Targets): boolean {
  if (!targets.isNamedAt(cursor) || cursor.low(1) === 'already') return false;
  let before = cursor.at - 1;
  while (cursor.lowAt(before) === 'the' || cursor.lowAt(before) === 'step') before--;
  return !COMES_FROM.has(cursor.lowAt(before));
}

function holdsClause(span: Cursor): boolean {
  for (const cursor = span.probe(); !cursor.done; cursor.at++)
    if (startsClause(cursor) || cursor.sees(MOVE)) return true;
  return false;
}

/** "Decide by the report as follows:", made of such words alone. */
function isLeadIn(cursor: Cursor): boolean {
  if (cursor.lowAt(cursor.end - 1) !== ':') return false;
  for (let at = cursor.at; at < cursor.end - 1; at++) {
    const token = cursor.tokens[at];
    if (token === undefined || token.kind === 'quoted' || (token.kind === 'word' && !LEAD_IN.has(token.low)))
      return false;
  }
  return true;
}
