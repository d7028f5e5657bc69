import type { Target } from '../../kernel/instance.ts';
import type { Action } from './action.ts';
import { parseAction, startsAction, startsMotion } from './action-grammar.ts';
import type { Clause, Relation } from './clause.ts';
import type { Condition } from './condition.ts';
import { all, ALWAYS, not } from './condition.ts';
import { parseCondition, understand } from './condition-grammar.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { phrases } from './phrase.ts';
import { parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import type { Introduction } from './vocabulary.ts';
import {
  CONCESSIONS, CONNECTIVES, DECORATIVE, FINISH_VERBS, HALT_VERBS, LEADING_INTRODUCTIONS, REGARDLESS, DESCRIPTIVE_LABELS, IF_NOT, IF_SO, IN_ORDER, INTRODUCTIONS, LABELS, LEAD_IN, MODALS, MOVE, MOVE_BARE, OTHERWISE, OVERRIDING,
} from './vocabulary.ts';

const FINAL = phrases(
  'this|it step? is|marks|represents? typically|usually|normally|also|always|then? the|a|an? very? final|last|terminal|closing|concluding|end step|state|stage|one? of|in? the|this? workflow|process|list|flow|plan|sequence?',
  'final|last|terminal step of? the|this? workflow|process?', 'this|the step|it ends|concludes|finishes|completes|closes the|this workflow|process|run', 'the workflow ends|finishes|concludes|completes|stops here|there|with this? step?', 'there is no next|further|other|following step|transition', 'there are no further|more|other|next steps|transitions', 'this step has no successor|successors|next|followers', 'no step follows', 'nothing follows|comes after? this? step?',
);
const NEGATION = phrases('do not|never ever|directly|yet?', "don't ever|directly?", 'never', 'you|it|we|the? workflow|orchestrator|flow|process must|should|may|can|shall|do|does not|never', "you|it|we|workflow|orchestrator shouldn't|mustn't|can't|cannot", 'must|should not|never', "under no circumstances", 'avoid', 'please do not', 'please never', 'not');
const WHICH_CASE = phrases('in which|that case ,?', 'in which case then');
const DUTY = phrases('the|your? client|agent|user|assistant|caller|you must|should|will|shall|can|may always|then|first|also? report|provide|include|send|return|give|supply|state|list|set|use|run|read|write|ask|show|present|call|execute|describe|record|put|tell|add|attach|pass|fill|name', 'the|your? client|agent|user|assistant|caller|you needs|need|has|have|is|are expected|asked|supposed|meant? to report|provide|include|send|return|give|supply|state|list|set|use|run|read|write|ask|show|present|call|execute|describe|record|tell|add|attach|pass', 'expect the client|user|report to');
const SEPARATORS: ReadonlySet<string> = new Set([',', ';', '—', '.', ')', '(']);
const NEGATIVE: ReadonlySet<string> = new Set(['unless', 'until']);
const MAX_SENTENCE_TOKENS = 160;

/** Reads a whole sentence as clauses. A clause that is not understood word by word makes what is left of it opaque. */
export function parseSentence(cursor: Cursor, targets: Targets): readonly Clause[] {
  return new SentenceGrammar(cursor, targets).clauses();
}

interface Split {
  readonly conditionEnd: number;
  readonly actionStart: number;
}

class SentenceGrammar {
  readonly #cursor: Cursor;
  readonly #targets: Targets;
  readonly #found: Clause[] = [];
  #overriding = false;

  constructor(cursor: Cursor, targets: Targets) {
    this.#cursor = cursor;
    this.#targets = targets;
  }

  clauses(): readonly Clause[] {
    const cursor = this.#cursor;
    if (cursor.end - cursor.at > MAX_SENTENCE_TOKENS) return [this.#opaque(cursor.at)];
    if (this.#isDescription()) return [{ kind: 'neutral', overriding: false, when: '' }];
    const start = cursor.at;
    for (;;) {
      this.#skip();
      if (cursor.done) return this.#found;
      const { at } = cursor;
      if (!this.#clause() || cursor.at === at || !this.#isJoint()) {
        return this.#found.length === 0 && this.#isLight(start) ? [{ kind: 'neutral', overriding: false, when: '' }] : [...this.#found, this.#opaque(at)];
      }
    }
  }

  /** After a clause comes the end, a separator or another clause. */
  #isJoint(): boolean {
    const cursor = this.#cursor;
    const low = cursor.low();
    return cursor.done || SEPARATORS.has(low) || low === 'and' || low === 'but' || low === 'or' || low === 'while' || low === 'whereas' || cursor.sees(OTHERWISE) || cursor.sees(INTRODUCTIONS);
  }

  #skip(): void {
    const cursor = this.#cursor;
    this.#overriding = false;
    for (;;) {
      const { at } = cursor;
      if (SEPARATORS.has(cursor.low())) cursor.at++;
      else if (!cursor.sees(OTHERWISE) && cursor.take(OVERRIDING) !== undefined) this.#overriding = true;
      else if (!cursor.sees(OTHERWISE) && !cursor.sees(FINAL) && this.#isConnective()) cursor.take(CONNECTIVES);
      else if (cursor.eat('or', 'while', 'whereas')) continue;
      else this.#label();
      if (cursor.at === at) return;
    }
  }

  /** "next" and "then" are connectives only where no target follows them. */
  #isConnective(): boolean {
    const probe = this.#cursor.span(this.#cursor.at, this.#cursor.end);
    return probe.take(CONNECTIVES) !== undefined && probe.low() !== ':' && probe.low() !== 'step' && probe.low() !== 'is';
  }

  #label(): void {
    const cursor = this.#cursor;
    cursor.attempt(() => (cursor.take(LABELS) !== undefined && cursor.eat(':', '—') && !cursor.done ? true : undefined));
    cursor.attempt(() => (cursor.low() === 'default' && cursor.low(1) === ':' ? true : undefined));
  }

  #clause(): boolean {
    const { at } = this.#cursor;
    const readings = [() => this.#inOrder(), () => this.#otherwise(), () => this.#anaphora(), () => this.#final(), () => this.#conditional(), () => this.#prohibition(), () => this.#banned(), () => this.#unconditional(), () => this.#nominal(), () => this.#bareTarget()];
    for (const read of readings) {
      if (read()) return true;
      this.#cursor.at = at;
    }
    return false;
  }

  #inOrder(): boolean {
    if (this.#cursor.take(IN_ORDER) === undefined || !this.#cursor.done) return false;
    this.#found.push({ kind: 'in-order', overriding: false, when: '' });
    return true;
  }

  #otherwise(): boolean {
    const cursor = this.#cursor;
    if (cursor.take(OTHERWISE) === undefined) return false;
    const start = cursor.at;
    cursor.eat(',', ':', '—', '→');
    cursor.eat('then');
    if (cursor.done) return this.#push({ kind: 'head', relation: 'otherwise', condition: ALWAYS, overriding: false, when: 'otherwise' });
    if (cursor.sees(INTRODUCTIONS)) return this.#conditional('otherwise');
    return this.#consequence({ relation: 'otherwise', condition: ALWAYS, when: 'otherwise', arrow: start < cursor.at });
  }

  /** "If not, …", "if so, …": about the condition just before. */
  #anaphora(): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    const relation: Relation | undefined = cursor.take(IF_NOT) !== undefined ? 'if-not' : cursor.take(IF_SO) !== undefined ? 'if-so' : undefined;
    if (relation === undefined) return false;
    const when = cursor.slice(start, cursor.at);
    if (!cursor.eat(',', ':', '—', '→') && !startsMotion(cursor)) return false;
    if (cursor.done) return this.#push({ kind: 'head', relation, condition: ALWAYS, overriding: this.#overriding, when });
    return this.#consequence({ relation, condition: ALWAYS, when, arrow: true });
  }

  #final(): boolean {
    const cursor = this.#cursor;
    if (cursor.take(FINAL) === undefined) return false;
    const tail = cursor.at;
    while (!cursor.done && (cursor.peek() === undefined || !isHeavy(cursor))) cursor.at++;
    if (!cursor.done && cursor.at > tail) return false;
    const action: Action = { to: { kind: 'finish' }, candidates: [{ kind: 'finish' }], updates: {}, understood: true, force: 'plain', names: [] };
    return this.#push({ kind: 'rule', relation: 'plain', condition: ALWAYS, action, exclusive: false, overriding: this.#overriding, when: '' });
  }

  #conditional(relation: Relation = 'plain'): boolean {
    const cursor = this.#cursor;
    const introduction = cursor.take(INTRODUCTIONS) ?? (cursor.take(LEADING_INTRODUCTIONS) === undefined ? undefined : 'if');
    if (introduction === undefined) return false;
    cursor.eat(',');
    const start = cursor.at;
    const split = this.#split(start);
    if (split === undefined) return this.#head(start, introduction, relation);
    const span = cursor.span(start, split.conditionEnd);
    const condition = negated(introduction, parseCondition(span, this.#targets));
    cursor.at = split.actionStart;
    const when = `${introduction === 'unless' || introduction === 'until' ? `${introduction} ` : ''}${cursor.slice(start, split.conditionEnd)}`;
    return this.#consequence({ relation, condition, when, arrow: true, exclusive: introduction === 'only-if' });
  }

  /** A condition alone: its consequences stand below. */
  #head(start: number, introduction: Introduction, relation: Relation): boolean {
    const cursor = this.#cursor;
    const end = cursor.tokens[cursor.end - 1]?.low === ':' ? cursor.end - 1 : cursor.end;
    const conditionEnd = this.#headEnd(start, end);
    const condition = negated(introduction, parseCondition(cursor.span(start, conditionEnd), this.#targets));
    cursor.at = cursor.end;
    return this.#push({ kind: 'head', relation, condition, overriding: this.#overriding, when: cursor.slice(start, conditionEnd) });
  }

  /** "If `x` is "a", check the following:": the rest only leads to what stands below. */
  #headEnd(start: number, end: number): number {
    const cursor = this.#cursor;
    for (let at = start + 1; end < cursor.end && at < end; at++) {
      if (cursor.tokens[at]?.low !== ',' || understand(cursor.span(start, at), this.#targets) === undefined) continue;
      const rest = cursor.span(at + 1, end);
      if (rest.take(LEADS_DOWN) !== undefined && isBackground(rest)) return at;
    }
    return end;
  }

  /** Where the condition ends and the action begins: the first split that is understood on both sides, else the first at all. */
  #split(start: number): Split | undefined {
    const cursor = this.#cursor;
    let fallback: Split | undefined;
    let bare: Split | undefined;
    for (let at = start + 1; at < cursor.end; at++) {
      const low = cursor.tokens[at]?.low ?? '';
      if (low === ';') break;
      const split = this.#splitAt(at, low);
      if (split === undefined) {
        if (bare === undefined && this.#isBareSplit(start, at)) bare = { conditionEnd: at, actionStart: at };
        continue;
      }
      fallback ??= split;
      const isUnderstood = understand(cursor.span(start, split.conditionEnd), this.#targets) !== undefined;
      if (isUnderstood && this.#actsFrom(split.actionStart)) return split;
    }
    return fallback ?? bare;
  }

  #splitAt(at: number, low: string): Split | undefined {
    if (low !== ',' && low !== ':' && low !== '→' && low !== '—' && low !== 'then') return undefined;
    const rest = this.#cursor.span(at + 1, this.#cursor.end);
    if (low === ',') rest.eat('then');
    if (rest.done) return undefined;
    const isAction = startsAction(rest) || targetAtEnd(rest.span(rest.at, rest.end), this.#targets) !== undefined || asideTarget(rest.span(rest.at, rest.end), this.#targets) !== undefined || startsWithSubject(rest);
    return isAction ? { conditionEnd: at, actionStart: rest.at } : undefined;
  }

  #isBareSplit(start: number, at: number): boolean {
    const cursor = this.#cursor;
    const rest = cursor.span(at, cursor.end);
    if (!startsMotion(rest) || cursor.tokens[at - 1]?.low === 'to') return false;
    return understand(cursor.span(start, at), this.#targets) !== undefined && this.#actsFrom(at);
  }

  #actsFrom(at: number): boolean {
    const probe = this.#cursor.span(at, this.#cursor.end);
    const low = probe.low();
    if (low === 'do' || low === "don't" || low === 'never') return true;
    if (targetAtEnd(probe, this.#targets) !== undefined || asideTarget(probe, this.#targets) !== undefined) return true;
    skipSubject(probe);
    const action = parseAction(probe, this.#targets);
    return action?.understood === true;
  }

  #consequence(given: Given): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (this.#forbids(given)) return true;
    cursor.at = at;
    const alone = given.arrow ? (targetAtEnd(cursor, this.#targets) ?? asideTarget(cursor, this.#targets)) : undefined;
    if (alone === undefined && given.arrow) skipSubject(cursor);
    const action = alone ?? parseAction(cursor, this.#targets) ?? (given.arrow ? targetAlone(cursor, this.#targets) : undefined);
    if (action === undefined) return false;
    if (cursor.low() === ':' && cursor.at === cursor.end - 1 && action.to === undefined) {
      cursor.at = cursor.end;
      return this.#push({ kind: 'head', relation: given.relation, condition: given.condition, overriding: this.#overriding, when: given.when });
    }
    return this.#rule(given, action);
  }

  /** A rule with whatever condition still trails behind its action. */
  #rule(given: Given, action: Action): boolean {
    const cursor = this.#cursor;
    this.#concede();
    this.#elsewhere(given);
    const trailing = this.#trailings();
    const otherwise = trailing === undefined && given.relation === 'plain' && given.condition.kind === 'always' && this.#trailingOtherwise();
    const condition = all(given.condition, trailing?.condition ?? ALWAYS);
    const when = [given.when, trailing?.when ?? ''].filter((part) => part !== '').join(', ');
    this.#push({ kind: 'rule', relation: otherwise ? 'otherwise' : given.relation, condition, action, exclusive: given.exclusive === true || trailing?.exclusive === true, overriding: this.#overriding, when: otherwise ? 'otherwise' : when });
    if (trailing === undefined) return true;
    if (cursor.take(WHICH_CASE) !== undefined || (trailing.negated && this.#then())) return this.#whichCase(trailing.inner);
    this.#concede();
    return this.#gapped(action);
  }

  /** "…, even if the draft looks finished": nothing follows from it. */
  #concede(): void {
    const cursor = this.#cursor;
    cursor.attempt(() => {
      cursor.eat(',', '—');
      if (cursor.take(CONCESSIONS) === undefined) return undefined;
      while (!cursor.done && cursor.low() !== ';') cursor.at++;
      return true;
    });
  }

  /** "…, never to X": what is ruled out beside. */
  #elsewhere(given: Given): void {
    const cursor = this.#cursor;
    cursor.attempt(() => {
      cursor.eat(',');
      if (cursor.take(NOT_TO) === undefined) return undefined;
      cursor.take(MOVE) ?? cursor.eat('to');
      const target = parseTarget(cursor, this.#targets)?.to;
      if (target === undefined) return undefined;
      return this.#push({ kind: 'prohibition', relation: given.relation, condition: given.condition, target, overriding: false, when: given.when });
    });
  }

  #then(): boolean {
    const cursor = this.#cursor;
    return cursor.attempt(() => ((cursor.eat(';', ',') || cursor.done) && cursor.eat('then') ? true : undefined)) === true;
  }

  #trailings(): Trailing | undefined {
    const first = this.#trailing();
    const second = first === undefined || first.negated ? undefined : this.#trailing();
    if (first === undefined || second === undefined) return first;
    return { ...first, condition: all(first.condition, second.condition), when: `${first.when}, ${second.when}`, exclusive: first.exclusive || second.exclusive };
  }

  #trailingOtherwise(): boolean {
    const cursor = this.#cursor;
    const read = cursor.attempt(() => {
      cursor.eat(',');
      if (cursor.take(OTHERWISE) === undefined) return undefined;
      return cursor.done || cursor.low() === ';' ? true : undefined;
    });
    return read === true;
  }

  #trailing(): Trailing | undefined {
    const cursor = this.#cursor;
    return cursor.attempt(() => {
      cursor.eat(',');
      cursor.eat('but');
      if (cursor.sees(OTHERWISE)) return undefined;
      const introduction = cursor.take(INTRODUCTIONS);
      if (introduction === undefined) return undefined;
      const start = cursor.at;
      if (this.#split(start) !== undefined && !NEGATIVE.has(introduction)) return undefined;
      const end = this.#conditionEnd(start);
      const inner = parseCondition(cursor.span(start, end), this.#targets);
      cursor.at = end;
      const when = `${NEGATIVE.has(introduction) ? `${introduction} ` : ''}${cursor.slice(start, end)}`;
      if (cursor.low() === ',' && cursor.low(1) === 'in') cursor.at++;
      return { condition: negated(introduction, inner), inner, when, exclusive: introduction === 'only-if', negated: NEGATIVE.has(introduction) };
    });
  }

  #conditionEnd(start: number): number {
    const cursor = this.#cursor;
    if (understand(cursor.span(start, cursor.end), this.#targets) !== undefined) return cursor.end;
    for (let at = start + 1; at < cursor.end; at++) {
      if (this.#breaks(at)) return at;
    }
    return cursor.end;
  }

  /** Whether a new clause begins at a separator. */
  #breaks(at: number): boolean {
    const cursor = this.#cursor;
    const low = cursor.tokens[at]?.low ?? '';
    if (low === ';' || low === '.') return true;
    const probe = cursor.span(at, cursor.end);
    if (probe.sees(OTHERWISE)) return true;
    if (low !== ',' && low !== 'and' && low !== 'but' && low !== 'or' && low !== '—' && low !== 'while' && low !== 'whereas') return false;
    probe.at++;
    if (low === ',' || low === '—') probe.eat('and', 'but', 'or', 'while');
    if (probe.sees(OTHERWISE) || probe.sees(INTRODUCTIONS) || probe.sees(WHICH_CASE) || probe.sees(MOVE)) return true;
    probe.eat('to');
    return parseTarget(probe, this.#targets)?.to !== undefined && (probe.sees(INTRODUCTIONS) || probe.sees(OTHERWISE));
  }

  #whichCase(condition: Condition): boolean {
    return this.#consequence({ relation: 'plain', condition, when: 'in that case', arrow: true });
  }

  /** "Go to A on success and B on failure": the verb is not said again. */
  #gapped(action: Action): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    cursor.eat(',', ';');
    cursor.eat('and', 'or', 'but');
    cursor.eat('to');
    if (action.to === undefined || cursor.at === at || startsMotion(cursor)) {
      cursor.at = at;
      return true;
    }
    const next = targetAlone(cursor, this.#targets);
    if (next === undefined || (!cursor.sees(INTRODUCTIONS) && !cursor.sees(OTHERWISE))) {
      cursor.at = at;
      return true;
    }
    return this.#rule({ relation: 'plain', condition: ALWAYS, when: '', arrow: true }, next);
  }

  #prohibition(): boolean {
    return this.#forbids({ relation: 'plain', condition: ALWAYS, when: '', arrow: false });
  }

  #forbids(given: Given): boolean {
    const cursor = this.#cursor;
    const target = cursor.attempt(() => {
      if (cursor.take(NEGATION) === undefined) return undefined;
      if (cursor.take(FINISH_VERBS) !== undefined) return this.#bannedEnd({ kind: 'finish' });
      if (cursor.take(HALT_VERBS) !== undefined) return this.#bannedEnd({ kind: 'halt' });
      if (cursor.take(MOVE) === undefined && cursor.take(MOVE_BARE) === undefined && !cursor.eat('going', 'proceeding', 'moving', 'jumping')) return undefined;
      cursor.eat('to');
      const to = parseTarget(cursor, this.#targets)?.to;
      cursor.take(ALLOWED_AFTER_BAN);
      return to;
    });
    if (target === undefined) return false;
    this.#concede();
    const trailing = this.#trailing();
    const condition = all(given.condition, trailing?.condition ?? ALWAYS);
    return this.#push({ kind: 'prohibition', relation: given.relation, condition, target, overriding: this.#overriding, when: given.when });
  }

  #bannedEnd(to: Target): Target {
    this.#cursor.take(ALLOWED_AFTER_BAN);
    return to;
  }

  /** "X must never follow directly." */
  #banned(): boolean {
    const cursor = this.#cursor;
    const target = targetAtName(cursor, this.#targets);
    if (target === undefined || cursor.take(MUST_NOT) === undefined) return false;
    cursor.take(ALLOWED_AFTER_BAN);
    return this.#push({ kind: 'prohibition', relation: 'plain', condition: ALWAYS, target, overriding: this.#overriding, when: '' });
  }

  /** "Archive after a successful payment": a step's name, and a condition behind it. */
  #bareTarget(): boolean {
    const cursor = this.#cursor;
    const written = cursor.low() !== '' && cursor.peek()?.text !== cursor.low();
    const to = targetAtName(cursor, this.#targets);
    if (to === undefined || !written || !(cursor.sees(INTRODUCTIONS) || cursor.sees(OTHERWISE))) return false;
    return this.#rule({ relation: 'plain', condition: ALWAYS, when: '', arrow: true }, lead(to));
  }

  #unconditional(): boolean {
    const action = parseAction(this.#cursor, this.#targets);
    if (action === undefined || (action.to === undefined && action.understood && Object.keys(action.updates).length === 0 && !this.#hasMore())) return false;
    return this.#rule({ relation: 'plain', condition: ALWAYS, when: '', arrow: false }, action);
  }

  #hasMore(): boolean {
    return this.#cursor.sees(INTRODUCTIONS) || (this.#cursor.low() === ',' && !this.#cursor.done);
  }

  /** "Success → Build", "`x` = true: go to Build": a condition that no word introduces. */
  #nominal(): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    for (let at = start + 1; at < cursor.end; at++) {
      const low = cursor.tokens[at]?.low ?? '';
      const isArrow = low === '→';
      const isMark = isArrow || low === ':' || low === '—';
      const isVerb = !isMark && (low === ',' || low === 'always' || startsMotion(cursor.span(at, cursor.end)));
      if (!isMark && !isVerb) continue;
      const span = cursor.span(start, at);
      const condition = understand(span, this.#targets);
      if (condition === undefined && !isArrow) continue;
      if (isVerb && !this.#actsFrom(low === ',' ? at + 1 : at)) continue;
      cursor.at = isMark || low === ',' ? at + 1 : at;
      const given: Given = { relation: 'plain', condition: condition ?? parseCondition(span, this.#targets), when: cursor.slice(start, at), arrow: true };
      if (cursor.done) return this.#push({ kind: 'head', relation: 'plain', condition: given.condition, overriding: this.#overriding, when: given.when });
      return this.#consequence(given);
    }
    return false;
  }

  #push(clause: Clause): boolean {
    this.#found.push(clause);
    return true;
  }

  #isDescription(): boolean {
    const cursor = this.#cursor;
    const probe = cursor.span(cursor.at, cursor.end);
    if (probe.take(DESCRIPTIVE_LABELS) !== undefined && probe.eat(':', '—')) return isBackground(probe);
    const rest = cursor.span(cursor.at, cursor.end);
    if (rest.take(DUTY) !== undefined) return this.#isLight(rest.at);
    return rest.take(THIS_STEP_DOES) !== undefined && !rest.sees(MODALS) && this.#isLight(rest.at, DECORATIVE);
  }

  /** Nothing in it is of weight, and no step is named that it does not come from. */
  #isLight(start: number, permitted?: ReadonlySet<string>): boolean {
    const cursor = this.#cursor.span(start, this.#cursor.end);
    if (isLeadIn(cursor)) return true;
    for (; !cursor.done; cursor.at++) {
      const token = cursor.peek();
      if (token === undefined || isWeighty(token, permitted) || cursor.sees(MOVE)) return false;
      if (this.#namesStep(cursor)) return false;
    }
    return true;
  }

  #namesStep(cursor: Cursor): boolean {
    const token = cursor.peek();
    if (token === undefined) return false;
    const isMarked = token.kind === 'quoted' || token.kind === 'code';
    const probe = cursor.span(cursor.at, cursor.end);
    const to = isMarked ? this.#targets.exact(token.text) : this.#targets.spelledExactly(probe);
    if (to === undefined || to.kind === 'stay') return false;
    let before = cursor.at - 1;
    while (cursor.tokens[before]?.low === 'the' || cursor.tokens[before]?.low === 'step') before--;
    return !COMES_FROM.has(cursor.tokens[before]?.low ?? '');
  }

  #opaque(at: number): Clause {
    const candidates: Target[] = [];
    for (const cursor = this.#cursor.span(at, this.#cursor.end); !cursor.done; cursor.at++) {
      if (!this.#namesStep(cursor) && !cursor.sees(MOVE)) continue;
      const probe = cursor.span(cursor.at, cursor.end);
      probe.take(MOVE);
      const to = parseTarget(probe, this.#targets)?.to;
      if (to !== undefined) candidates.push(to);
    }
    return { kind: 'opaque', candidates, overriding: false, when: '' };
  }
}

interface Given {
  readonly relation: Relation;
  readonly condition: Condition;
  readonly when: string;
  /** A bare target may follow. */
  readonly arrow: boolean;
  readonly exclusive?: boolean;
}

interface Trailing {
  readonly condition: Condition;
  /** The condition as written, before "unless" turned it round. */
  readonly inner: Condition;
  readonly when: string;
  readonly exclusive: boolean;
  readonly negated: boolean;
}

const COMES_FROM: ReadonlySet<string> = new Set(['from', 'by', 'of', 'in', 'see', 'after']);
const LEADS_DOWN = phrases('then? check|look|inspect|consider|decide|evaluate|examine|consult|follow|use|apply|choose|see|do|continue at|as|by|from|the|one? follows|following?');
const THIS_STEP_DOES = phrases('this|the current? step', 'this|it is the? first|initial|opening|starting|main|second|third|middle step|stage|part', 'it', 'here ,? the client|user|agent');
const ALLOWED_AFTER_BAN = phrases('yet', 'from here', 'directly|again|now', 'under any circumstances', 'at this point', 'in this case', 'here');
const BACKGROUND: ReadonlySet<string> = new Set([...DECORATIVE, 'based', 'depending', 'must', 'always', 'only', 'least', 'most', 'never', 'allowed', 'once', 'conditions', 'condition', 'approval', 'attempts', 'whether', 'no', 'none']);

function isHeavy(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token !== undefined && isWeighty(token, DECORATIVE);
}

function isBackground(cursor: Cursor): boolean {
  for (; !cursor.done; cursor.at++) {
    const token = cursor.peek();
    if (token === undefined || isWeighty(token, BACKGROUND) || cursor.sees(MOVE)) return false;
  }
  return true;
}

function isLeadIn(cursor: Cursor): boolean {
  const last = cursor.tokens[cursor.end - 1]?.low;
  if (last !== ':') return false;
  for (let at = cursor.at; at < cursor.end - 1; at++) {
    const token = cursor.tokens[at];
    if (token === undefined || token.kind === 'quoted' || (token.kind === 'word' && !LEAD_IN.has(token.low))) return false;
  }
  return true;
}

function negated(introduction: Introduction, condition: Condition): Condition {
  return NEGATIVE.has(introduction) ? not(condition) : condition;
}

const NOT_TO = phrases('and|but? never|not', 'rather than', 'instead of', 'not');
const MUST_NOT = phrases("must|should|may|can|is|shall not|never ever? be? repeated|follow|used|entered|run|visited|reached|next|taken|skipped|come|chosen|re-run|done|to? directly|again|next|follow|be|run? entered|run|used|visited|reached|chosen?", "mustn't|shouldn't|cannot|can't be? repeated|follow|used|entered|run|visited|reached|next|taken|come|chosen directly|again|next?", 'is never next|run|entered directly?', 'is not an option', 'is off limits', 'is out of the question');
const SUBJECT_NOUNS_EXCLUDED: ReadonlySet<string> = new Set(['rest', 'others', 'other', 'remainder', 'next', 'step', 'client', 'user', 'following', 'first', 'last', 'previous', 'only']);

const lead = (to: Target): Action => ({ to, candidates: [to], updates: {}, understood: true, force: 'plain', names: [] });

/** "The node is handed to": one plain noun before the verb. */
function startsWithSubject(cursor: Cursor): boolean {
  const probe = cursor.span(cursor.at, cursor.end);
  skipSubject(probe);
  return probe.at > cursor.at;
}

function skipSubject(cursor: Cursor): void {
  cursor.attempt(() => {
    if (!cursor.eat('the')) return undefined;
    const token = cursor.peek();
    if (token === undefined || token.kind !== 'word' || isWeighty(token) || SUBJECT_NOUNS_EXCLUDED.has(token.low)) return undefined;
    cursor.at++;
    return cursor.sees(MOVE) ? true : undefined;
  });
}

/** A step's exact name, in quotes, in code or spelled out. */
function targetAtName(cursor: Cursor, targets: Targets): Target | undefined {
  const token = cursor.peek();
  if (token === undefined) return undefined;
  if (token.kind !== 'quoted' && token.kind !== 'code') return targets.spelled(cursor);
  const to = targets.exact(token.text);
  if (to !== undefined) cursor.at++;
  return to;
}

/** A step's exact name where an action is expected, and nothing more: "…, Ask Manager." */
function targetAtEnd(cursor: Cursor, targets: Targets): Action | undefined {
  return cursor.attempt(() => {
    cursor.eat('then');
    if (cursor.low() === 'the') cursor.at++;
    const to = targetAtName(cursor, targets);
    if (to === undefined) return undefined;
    cursor.eat('step');
    cursor.take(AFTER_TARGET);
    return isClauseEnd(cursor) ? lead(to) : undefined;
  });
}

const AFTER_TARGET = phrases('again|directly|instead|anyway|now|next|immediately|then|comes|follows first|next?', 'comes|goes|is next|first', 'is next', 'is the way to go', 'is what follows|comes next?', 'straight away');

/** "gets a rejection (Send Rejection)": open words, and the step they mean. */
function asideTarget(cursor: Cursor, targets: Targets): Action | undefined {
  return cursor.attempt(() => {
    for (let words = 0; words < 9; words++) {
      const token = cursor.peek();
      if (token === undefined || token.low === ',' || isWeighty(token) || cursor.sees(MOVE)) return undefined;
      if (cursor.eat('(')) break;
      cursor.at++;
    }
    cursor.eat('see', 'step');
    const to = targetAtName(cursor, targets);
    if (to === undefined || !cursor.eat(')')) return undefined;
    return isClauseEnd(cursor) ? lead(to) : undefined;
  });
}

function isClauseEnd(cursor: Cursor): boolean {
  if (cursor.done || cursor.low() === ';') return true;
  if (cursor.sees(OTHERWISE) || cursor.sees(INTRODUCTIONS)) return true;
  const probe = cursor.span(cursor.at, cursor.end);
  if (probe.eat(',')) probe.eat('and', 'but', 'or');
  else if (!probe.eat('and', 'but', 'or', '—')) return false;
  return probe.sees(OTHERWISE) || probe.sees(INTRODUCTIONS) || probe.sees(CONCESSIONS) || probe.sees(REGARDLESS) || probe.sees(NOT_TO);
}

/** A target that stands for "go there". */
function targetAlone(cursor: Cursor, targets: Targets): Action | undefined {
  return cursor.attempt(() => {
    const reading = parseTarget(cursor, targets);
    if (reading === undefined) return undefined;
    const { to } = reading;
    return { ...(to === undefined ? {} : { to }), candidates: to === undefined ? [] : [to], updates: {}, understood: to !== undefined, force: 'plain', names: [reading] };
  });
}
