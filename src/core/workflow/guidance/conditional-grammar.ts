import { asideTarget, leadTo } from './bare-target.ts';
import type { Relation } from './clause.ts';
import type { Condition } from './condition.ts';
import { ALWAYS } from './condition.ts';
import { parseCondition, understand } from './condition-grammar.ts';
import { isBackground } from './description.ts';
import type { Cursor } from './cursor.ts';
import type { Draft, Given } from './draft.ts';
import { addHead, addRule, NOTHING_GIVEN } from './draft.ts';
import { canonicalName } from './name.ts';
import { isWeighty } from './open-text.ts';
import { readConsequence } from './rule-grammar.ts';
import { actsFrom, findSplit } from './split.ts';
import { startsMotion, takeModal } from './starts.ts';
import { statusClass, statusCondition } from './status.ts';
import { turned, withIntroduction } from './trailing-grammar.ts';
import type { Introduction } from './vocabulary/clauses.ts';
import {
  ANY_OTHER,
  FINAL,
  IF_NOT,
  IF_SO,
  INTRODUCTIONS,
  LEADING_INTRODUCTIONS,
  LEADS_DOWN,
  OTHERWISE,
} from './vocabulary/clauses.ts';
import { DECORATIVE } from './vocabulary/words.ts';

const MAX_SUBJECT_LENGTH = 40;
const MARKS: ReadonlySet<string> = new Set(['→', ':', '—']);
const AUXILIARIES: ReadonlySet<string> = new Set(['is', 'are', 'gets', 'get']);

/** "If …, proceed to X." */
export function readConditional(draft: Draft, relation: Relation = 'plain'): boolean {
  const { cursor, targets } = draft;
  const introduction =
    cursor.take(INTRODUCTIONS) ?? (cursor.take(LEADING_INTRODUCTIONS) === undefined ? undefined : 'if');
  if (introduction === undefined) return false;
  const word = cursor.lowAt(cursor.at - 1);
  cursor.eat(',');
  if (cursor.accepts(() => cursor.eat('however', 'though', 'instead') && cursor.eat(',')))
    draft.overriding = true;
  const start = cursor.at;
  const split = findSplit(cursor, targets);
  if (split === undefined) return readHead(draft, introduction, relation);
  const condition = parseCondition(cursor.span(start, split.conditionEnd), targets);
  const when = withIntroduction(introduction, cursor.slice(start, split.conditionEnd));
  cursor.at = split.actionStart;
  const exclusive = introduction === 'only-if';
  return readConsequence(draft, {
    relation,
    condition: since(word, turned(introduction, condition)),
    when,
    arrow: true,
    exclusive,
  });
}

/** A condition alone: its consequences stand below. */
function readHead(draft: Draft, introduction: Introduction, relation: Relation): true {
  const { cursor, targets } = draft;
  const start = cursor.at;
  const end = headEnd(draft);
  const condition = turned(introduction, parseCondition(cursor.span(start, end), targets));
  const when = withIntroduction(introduction, cursor.slice(start, end));
  cursor.at = cursor.end;
  return addHead(draft, { relation, condition, when, arrow: false });
}

/** "If `x` is "a", check the following:": the rest only leads to what stands below. */
function headEnd({ cursor, targets }: Draft): number {
  if (cursor.lowAt(cursor.end - 1) !== ':') return cursor.end;
  const end = cursor.end - 1;
  for (let at = cursor.at + 1; at < end; at++) {
    if (cursor.lowAt(at) !== ',' || understand(cursor.span(cursor.at, at), targets) === undefined) continue;
    const rest = cursor.span(at + 1, end);
    if (rest.take(LEADS_DOWN) !== undefined && isBackground(rest)) return at;
  }
  return end;
}

/** "Otherwise, …", "otherwise, if …", "any other `status` → …". */
export function readOtherwise(draft: Draft): boolean {
  const { cursor } = draft;
  if (!skipAnyOther(draft) && cursor.take(OTHERWISE) === undefined) return false;
  cursor.eat(',', ':', '—', '→');
  cursor.eat('then');
  const given: Given = { relation: 'otherwise', condition: ALWAYS, when: 'otherwise', arrow: true };
  if (cursor.done) return addHead(draft, given);
  return cursor.sees(INTRODUCTIONS) ? readConditional(draft, 'otherwise') : readConsequence(draft, given);
}

/** Whatever the conditions before did not name. */
function skipAnyOther({ cursor, targets }: Draft): boolean {
  return cursor.accepts(() => {
    if (cursor.take(ANY_OTHER) === undefined) return false;
    const names = new Set(targets.subjects.map((each) => canonicalName(each.name)));
    let name = '';
    while (!cursor.done && name.length < MAX_SUBJECT_LENGTH) {
      name += canonicalName(cursor.peek()?.text ?? '');
      cursor.at++;
      if (names.has(name)) return true;
    }
    return false;
  });
}

/** "If not, …", "if so, …": about the condition just before. */
export function readAnaphora(draft: Draft): boolean {
  const { cursor } = draft;
  const start = cursor.at;
  const relation =
    cursor.take(IF_NOT) === undefined ? (cursor.take(IF_SO) === undefined ? undefined : 'if-so') : 'if-not';
  if (relation === undefined) return false;
  const when = cursor.slice(start, cursor.at);
  if (!cursor.eat(',', ':', '—', '→') && !startsMotion(cursor)) return false;
  const given: Given = { relation, condition: ALWAYS, when, arrow: true };
  return cursor.done ? addHead(draft, given) : readConsequence(draft, given);
}

/** "This is the final step", with whatever describes it. */
export function readFinal(draft: Draft): boolean {
  const { cursor } = draft;
  if (cursor.take(FINAL) === undefined) return false;
  const tail = cursor.at;
  while (!cursor.done && cursor.low() !== ':' && !isHeavy(draft)) cursor.at++;
  if (!cursor.done && cursor.low() !== ':' && cursor.at > tail) return false;
  return addRule(draft, NOTHING_GIVEN, leadTo({ kind: 'finish' }));
}

function isHeavy({ cursor }: Draft): boolean {
  const token = cursor.peek();
  return token !== undefined && isWeighty(token, DECORATIVE);
}

/** "Success → Build", "`x` = true: go to Build": a condition that no word introduces. */
export function readNominal(draft: Draft): boolean {
  const { cursor } = draft;
  const start = cursor.at;
  for (let at = start + 1; at < cursor.end; at++) {
    const given = nominalAt(draft, at);
    if (given === undefined) continue;
    if (cursor.done) return addHead(draft, given);
    if (readConsequence(draft, given)) return true;
    cursor.at = start;
  }
  return false;
}

/** The condition before `at`, when its consequence begins there; the cursor then stands at the consequence. */
function nominalAt(draft: Draft, at: number): Given | undefined {
  const { cursor, targets } = draft;
  const low = cursor.lowAt(at);
  const isMark = MARKS.has(low);
  if (!isMark && low !== ',' && !isVerbAt(draft, at)) return undefined;
  const span = cursor.span(cursor.at, at);
  const condition =
    statusAlone(span) ?? (low === '→' ? parseCondition(span, targets) : understand(span, targets));
  const next = isMark || low === ',' ? at + 1 : at;
  if (condition === undefined || (!isMark && !actsFrom(cursor, targets, next))) return undefined;
  const when = cursor.slice(cursor.at, at);
  cursor.at = next;
  return { relation: 'plain', condition, when, arrow: true };
}

/** "`data_provided` → X": the name of a status. */
function statusAlone(span: Cursor): Condition | undefined {
  const token = span.peek();
  const isAlone = token?.kind === 'code' && span.at + 1 === span.end;
  return isAlone && statusClass(token.text) !== undefined ? statusCondition(token.text) : undefined;
}

function isVerbAt({ cursor, targets }: Draft, at: number): boolean {
  const probe = cursor.span(at, cursor.end);
  if (probe.low() === 'always' || startsMotion(probe)) return true;
  if (takeModal(probe) !== undefined) return startsMotion(probe);
  return AUXILIARIES.has(probe.low()) && asideTarget(probe, targets) !== undefined;
}

/** "After the third attempt" holds from then on. */
function since(word: string, condition: Condition): Condition {
  if (word !== 'after' || condition.kind !== 'visits' || condition.test.is !== 'one-of') return condition;
  return { ...condition, test: { is: '>=', than: Number(condition.test.values[0]) } };
}
