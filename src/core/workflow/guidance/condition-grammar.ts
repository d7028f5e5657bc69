import type { Condition } from './condition.ts';
import { all, any, isAmount, not, someAtom } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isCalm } from './open-text.ts';
import type { Subject } from './predicate-grammar.ts';
import { isDenied, parseAmount, parsePredicate, variableCondition } from './predicate-grammar.ts';
import { parseNeed, parseRemark } from './remark-grammar.ts';
import { parseSoftVariable } from './soft-variable-grammar.ts';
import { parseStatus } from './status-grammar.ts';
import type { Compared, Targets } from './target.ts';
import { parseText } from './text-grammar.ts';
import type { Token } from './token.ts';
import { parseVariable } from './variable-grammar.ts';
import { parseJointVariables, parseOfThem } from './joint-grammar.ts';
import { parseOneOf } from './value-grammar.ts';
import { parseVisits } from './visits-grammar.ts';
import { DENIALS, OPENERS, REPORTED } from './vocabulary/statuses.ts';

const VERBS: ReadonlySet<string> = new Set('are were have do did exceed contain equal it they'.split(' '));
const CLAUSE_WORDS: ReadonlySet<string> = new Set(['if', 'when', 'where']);

/** Reads the whole span as a condition. What it cannot account for, word by word, becomes judgement. */
export function parseCondition(cursor: Cursor, targets: Targets): Condition {
  const text = cursor.slice(cursor.at, cursor.end);
  return (
    understand(cursor, targets) ??
    byClauses(cursor, targets) ?? { kind: 'judgement', text, calm: isCalm(cursor) }
  );
}

/** The condition that the span holds, when every word of it is understood. */
export function understand(cursor: Cursor, targets: Targets): Condition | undefined {
  if (cursor.done) return undefined;
  const known = memoOf(cursor.tokens);
  const key = cursor.at * MAX_TOKENS + cursor.end;
  const before = known.get(key);
  if (before !== undefined) {
    if (before.condition !== undefined) targets.compared(before.compared);
    return before.condition;
  }
  const condition =
    byDenial(cursor, targets) ??
    new ConditionGrammar(cursor, targets).whole() ??
    byExplanation(cursor, targets);
  targets.last = condition ?? targets.last;
  known.set(key, { condition, compared: targets.subjects });
  return condition;
}

interface Understood {
  readonly condition: Condition | undefined;
  readonly compared: readonly Compared[];
}

const MAX_TOKENS = 1_000_000;
/** A span is tried by several readings of its sentence, and understood once. */
const memos = new WeakMap<readonly Token[], Map<number, Understood>>();

function memoOf(tokens: readonly Token[]): Map<number, Understood> {
  const existing = memos.get(tokens);
  if (existing !== undefined) return existing;
  const created = new Map<number, Understood>();
  memos.set(tokens, created);
  return created;
}

/** "… when it is not": the last condition, denied. */
function byDenial(cursor: Cursor, targets: Targets): Condition | undefined {
  const { last } = targets;
  const probe = cursor.probe();
  if (last === undefined || last.kind === 'not' || probe.take(DENIALS) === undefined || !probe.done)
    return undefined;
  return not(last);
}

/** "If the customer is a VIP (`tier` is "gold")": what the author says it means, counts. */
function byExplanation(cursor: Cursor, targets: Targets): Condition | undefined {
  const { tokens, at, end } = cursor;
  if (cursor.lowAt(end - 1) !== ')') return undefined;
  let open = end - 2;
  while (open > at && cursor.lowAt(open) !== '(') open--;
  const isPlain =
    open > at &&
    !tokens.slice(at, open).some(({ kind, low }) => low === 'or' || low === 'and' || kind === 'code');
  if (!isPlain) return undefined;
  if (isDenied(tokens.slice(open - 1, open))) return undefined;
  const inner = cursor.span(open + 1, end - 1);
  inner.eat('i.e', 'that');
  inner.eat(',', 'is');
  inner.eat('when', 'if');
  const isBareName =
    inner.end - inner.at < 3 && tokens.slice(inner.at, inner.end).some(({ kind }) => kind === 'code');
  return isBareName ? undefined : new ConditionGrammar(inner, targets).whole();
}

/** "…, and if …": each clause counts by itself, even where another is judgement. */
function byClauses(cursor: Cursor, targets: Targets): Condition | undefined {
  for (let at = cursor.at + 1; at + 2 < cursor.end; at++) {
    const low = cursor.lowAt(at);
    if ((low !== 'and' && low !== 'or') || !CLAUSE_WORDS.has(cursor.lowAt(at + 1))) continue;
    const end = cursor.lowAt(at - 1) === ',' ? at - 1 : at;
    const parts = [
      parseCondition(cursor.span(cursor.at, end), targets),
      parseCondition(cursor.span(at + 2, cursor.end), targets),
    ];
    return low === 'and' ? all(...parts) : any(...parts);
  }
  return undefined;
}

interface Joined {
  readonly by: 'and' | 'or';
  readonly atom: Condition;
}

class ConditionGrammar {
  readonly #cursor: Cursor;
  readonly #targets: Targets;
  /** What the last comparison was about: "`x` is above 3 and below 9". */
  #subject: Subject | undefined;
  #denied = false;
  readonly #compared: Compared[] = [];
  readonly #readings: readonly (() => Condition | undefined)[];

  constructor(span: Cursor, targets: Targets) {
    const cursor = span.probe();
    this.#cursor = cursor;
    this.#targets = targets;
    this.#readings = [
      () => this.#ofTopic(),
      () => parseNeed(cursor),
      () => parseStatus(cursor, targets),
      () => (cursor.low() === 'it' || cursor.low() === 'they' ? this.#elliptic() : undefined),
      () => parseRemark(cursor),
      () => parseVisits(cursor, targets),
      () => parseText(cursor, targets),
      () => this.#variable(),
      () =>
        this.#subject === undefined || this.#isElided ? undefined : parsePredicate(cursor, this.#subject),
      () => (this.#isElided ? undefined : this.#elliptic()),
    ];
  }

  whole(): Condition | undefined {
    const { at } = this.#cursor;
    const first = this.#atom();
    if (first === undefined) return undefined;
    this.#denied = this.#isDeniedSince(at);
    /** "`a` or the total is above 5": what is said of the last may be said of both. */
    const isFlag = this.#cursor.at === at + 1;
    const joined: Joined[] = [];
    while (!this.#cursor.done) {
      const by = this.#connective(joined);
      const { at: start } = this.#cursor;
      const atom = by === undefined ? undefined : this.#atom();
      if (by === undefined || atom === undefined) return undefined;
      if (isFlag && atom.kind === 'variable' && atom.soft) return undefined;
      this.#denied ||= this.#isDeniedSince(start);
      joined.push({ by, atom });
    }
    this.#targets.compared(this.#compared);
    return combine(first, joined);
  }

  #isDeniedSince(start: number): boolean {
    return isDenied(this.#cursor.tokens.slice(start, this.#cursor.at));
  }

  /** "is not empty or 0": whether the negation reaches what follows is not said. */
  get #isElided(): boolean {
    const { low = '', kind } = this.#cursor.peek() ?? {};
    return this.#denied && !(kind === 'word' && (low.endsWith('s') || low.endsWith("n't") || VERBS.has(low)));
  }

  #connective(joined: readonly Joined[]): 'and' | 'or' | undefined {
    const cursor = this.#cursor;
    const comma = cursor.eat(',');
    const and = cursor.eat('and', '&', 'but');
    if (!and && !cursor.eat('or')) return comma ? joined.at(-1)?.by : undefined;
    cursor.eat('if', 'when', 'where', 'also', 'that', 'else');
    return and ? 'and' : 'or';
  }

  #atom(): Condition | undefined {
    const cursor = this.#cursor;
    const ofThem = cursor.attempt(() => {
      const found = parseOfThem(cursor, this.#targets.subjects);
      return cursor.atJoint ? found : undefined;
    });
    if (ofThem !== undefined) return this.#aboutAll(ofThem);
    cursor.take(OPENERS);
    const denied = cursor.attempt(() => (cursor.eat('not') ? this.#deniedAtom() : undefined));
    if (denied !== undefined) return not(denied);
    return (
      this.#plainAtom() ??
      cursor.attempt(() => (cursor.take(REPORTED) === undefined ? undefined : this.#plainAtom()))
    );
  }

  /** "Not `a` or `b`" may deny both. */
  #deniedAtom(): Condition | undefined {
    const atom = this.#plainAtom();
    return !this.#cursor.done && this.#cursor.peek(1)?.kind === 'code' ? undefined : atom;
  }

  /** The first reading that ends where a condition may end. */
  #plainAtom(): Condition | undefined {
    const cursor = this.#cursor;
    for (const read of this.#readings) {
      const condition = cursor.attempt(() => {
        const atom = read();
        return cursor.atJoint ? atom : undefined;
      });
      if (condition !== undefined) return condition;
    }
    return undefined;
  }

  /** A value by itself, below "Depending on `kind`:". */
  #ofTopic(): Condition | undefined {
    const { topic } = this.#targets;
    if (topic === undefined || this.#compared.length > 0) return undefined;
    const oneOf = parseOneOf(this.#cursor, { words: true });
    return oneOf === undefined ? undefined : variableCondition({ name: topic, soft: false }, oneOf);
  }

  #variable(): Condition | undefined {
    const joint = parseJointVariables(this.#cursor);
    if (joint !== undefined) return this.#aboutAll(joint);
    const read = parseVariable(this.#cursor, this.#targets) ?? parseSoftVariable(this.#cursor, this.#targets);
    return read === undefined ? undefined : this.#about(read.subject, read.condition);
  }

  /** "When it is "rejected"", "above 500": about what a condition before compared. */
  #elliptic(): Condition | undefined {
    const cursor = this.#cursor;
    const { subjects, amount } = this.#targets;
    const only = subjects.length === 1 ? subjects[0] : undefined;
    const isPronoun = cursor.eat('it', 'they');
    if (!isPronoun && cursor.low() === 'is') return undefined;
    const about = isPronoun ? (only ?? amount) : amount;
    if (about === undefined) return undefined;
    const subject: Subject = { name: about.name, soft: about.soft };
    const condition =
      (isPronoun ? undefined : parseAmount(cursor, subject)) ?? parsePredicate(cursor, subject);
    if (condition === undefined || (about !== only && !isAmount(condition))) return undefined;
    return this.#about(subject, condition);
  }

  /** Of several variables, "any of them" may speak next. */
  #aboutAll(condition: Condition): Condition {
    someAtom(condition, (atom) => {
      const isNew = atom.kind === 'variable' && !this.#compared.some((each) => each.name === atom.name);
      if (isNew) this.#compared.push({ name: atom.name, soft: atom.soft, numeric: isAmount(atom) });
      return false;
    });
    return condition;
  }

  #about(subject: Subject, condition: Condition): Condition {
    this.#subject = subject;
    const isNew = subject.name !== '' && !this.#compared.some((each) => each.name === subject.name);
    if (isNew) this.#compared.push({ ...subject, numeric: isAmount(condition) });
    return condition;
  }
}

/** "and" binds tighter; where both occur, the other reading must agree. */
function combine(first: Condition, joined: readonly Joined[]): Condition {
  const hasAnd = joined.some((each) => each.by === 'and');
  const hasOr = joined.some((each) => each.by === 'or');
  const tight = any(...split(first, joined, 'or').map((group) => all(...group)));
  if (!hasAnd || !hasOr) return tight;
  const loose = all(...split(first, joined, 'and').map((group) => any(...group)));
  return { kind: 'both-readings', of: [tight, loose] };
}

function split(first: Condition, joined: readonly Joined[], at: 'and' | 'or'): Condition[][] {
  const groups: Condition[][] = [[first]];
  for (const { by, atom } of joined) {
    if (by === at) groups.push([atom]);
    else groups.at(-1)?.push(atom);
  }
  return groups;
}
