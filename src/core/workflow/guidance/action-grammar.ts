import type { Target } from '../../kernel/instance.ts';
import type { Json } from '../../kernel/json.ts';
import type { Action, Naming } from './action.ts';
import type { Cursor } from './cursor.ts';
import { isWeighty } from './open-text.ts';
import { phrases } from './phrase.ts';
import { isSameTarget, parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import { isIdentifier } from './variable-grammar.ts';
import { parseValues } from './value-grammar.ts';
import {
  ADVERBS, COMPLETE_VERBS, CONCESSIONS, CONDITION_WORDS, DECORATIVE, DEFAULTLY, FAIL_VERBS, FINISH_VERBS, HALT_VERBS, HAND_TO, INTRODUCTIONS, IS_NEXT, MODALS, MOVE, MOVE_BARE, NEXT_IS, OTHERWISE,
  REGARDLESS, SIDE_VERBS, STAY, STRONGLY, SUBJECTS,
} from './vocabulary.ts';

const SET_STATUS = phrases('set|with|and|mark|setting|its|the the? workflow|instance|run|overall|final|process|workflow\'s? status to|=|as|of|is?', 'set status to', 'set the status to', 'status set? to|=|:|is?', 'with status of?', 'with a|the status of', 'setting the? status to');
const AS_STATUS = phrases('as', 'with a|an?', 'in', 'marked as', 'marking it|the? workflow? as');
const SET = phrases('set', 'sets', 'setting', 'with', 'mark', 'change', 'update', 'put', 'flip', 'switch');
const SET_TO = phrases('to', 'as', '=', 'set to', 'being', 'is set to', ':', 'is', 'equal to');
const PURPOSE = phrases('to', 'so that?', 'in order to', 'for', 'where', 'which|who', 'because|since|as', 'with', 'and', 'by', 'using', 'via', 'along|together with', 'including', 'that', 'on', 'in', 'at', 'of', '—', 'there');
const JOINTS = phrases('and then?|also|finally?', 'and|, then|also|finally|simply?', 'then', ', and|then then?', 'before you|it? moving|going|proceeding|continuing', 'by', 'plus', '&');
const WHOLE_STATUS: ReadonlyMap<string, 'COMPLETED' | 'FAILED'> = new Map([['completed', 'COMPLETED'], ['complete', 'COMPLETED'], ['success', 'COMPLETED'], ['successful', 'COMPLETED'], ['failed', 'FAILED'], ['failure', 'FAILED'], ['fail', 'FAILED']]);

/** Reads one action and all that decorates it, up to where a clause may end. */
export function parseAction(cursor: Cursor, targets: Targets): Action | undefined {
  return new ActionGrammar(cursor, targets).read();
}

/** Whether an action, and not more of a condition, begins here. */
export function startsAction(cursor: Cursor): boolean {
  const probe = cursor.span(cursor.at, cursor.end);
  for (let turn = 0; turn < 3; turn++) {
    if (probe.take(DEFAULTLY) ?? probe.take(STRONGLY)) probe.eat(',');
    probe.take(ADVERBS);
    if (startsVerb(probe)) return true;
    if (probe.take(SUBJECTS) !== undefined) {
      probe.take(MODALS);
      probe.take(ADVERBS);
      return startsVerb(probe);
    }
    if (probe.take(MODALS) === undefined && turn > 0) return false;
  }
  return false;
}

/** Verbs that lead somewhere, wherever they stand. */
export function startsMotion(cursor: Cursor): boolean {
  return cursor.sees(MOVE) || cursor.sees(FINISH_VERBS) || cursor.sees(HALT_VERBS) || cursor.sees(STAY) || cursor.sees(FAIL_VERBS) || cursor.sees(COMPLETE_VERBS);
}

function startsVerb(cursor: Cursor): boolean {
  const low = cursor.low();
  if (low === 'do' || low === "don't" || low === 'never') return true;
  return startsMotion(cursor) || cursor.sees(NEXT_IS) || cursor.sees(SIDE_VERBS) || cursor.sees(MOVE_BARE) || cursor.sees(SET);
}

class ActionGrammar {
  readonly #cursor: Cursor;
  readonly #targets: Targets;
  readonly #updates: Record<string, Json> = {};
  readonly #names: Naming[] = [];
  readonly #candidates: Target[] = [];
  #to: Target | undefined;
  #force: Action['force'] = 'plain';
  #understood = true;

  constructor(cursor: Cursor, targets: Targets) {
    this.#cursor = cursor;
    this.#targets = targets;
  }

  read(): Action | undefined {
    const start = this.#cursor.at;
    while (!this.#atEnd() && this.#component()) {
      const { at } = this.#cursor;
      this.#cursor.take(JOINTS) ?? this.#cursor.eat(',');
      if (this.#atEnd()) this.#cursor.at = at;
      if (this.#atEnd()) break;
    }
    if (this.#cursor.at === start) return undefined;
    return { ...(this.#to === undefined ? {} : { to: this.#to }), candidates: this.#candidates, updates: this.#updates, understood: this.#understood, force: this.#force, names: this.#names };
  }

  #atEnd(): boolean {
    const cursor = this.#cursor;
    const low = cursor.low();
    if (cursor.done || low === ';') return true;
    const probe = cursor.span(cursor.at, cursor.end);
    probe.eat(',');
    probe.eat('and', 'but', 'or', 'while', 'whereas');
    return probe.sees(OTHERWISE) || this.#introduces(probe);
  }

  /** A condition of its own begins here, and not "on" or "after" as part of what is said. */
  #introduces(cursor: Cursor): boolean {
    if (cursor.sees(REGARDLESS) || cursor.sees(STRONGLY) || cursor.sees(DEFAULTLY)) return false;
    return cursor.sees(CONDITION_WORDS) || (cursor.sees(INTRODUCTIONS) && cursor.low() !== 'in' && cursor.low() !== 'where');
  }

  #component(): boolean {
    this.#preface();
    return this.#status() || this.#set() || this.#primary() || this.#side() || this.#decoration();
  }

  #preface(): void {
    const cursor = this.#cursor;
    for (;;) {
      const { at } = cursor;
      if (cursor.take(DEFAULTLY) !== undefined) this.#weigh('default');
      if (cursor.take(STRONGLY) !== undefined) this.#weigh('strong');
      if (cursor.at > at) cursor.eat(',');
      if (!startsMotion(cursor)) cursor.take(ADVERBS);
      this.#subject();
      if (cursor.at === at) return;
    }
  }

  /** "The workflow should": nothing is meant by it, when a verb follows. */
  #subject(): void {
    const cursor = this.#cursor;
    if (startsMotion(cursor) || cursor.sees(NEXT_IS)) return;
    cursor.attempt(() => {
      const subject = cursor.take(SUBJECTS);
      const modal = cursor.take(MODALS);
      if (subject === undefined && modal === undefined) return undefined;
      while (!startsMotion(cursor) && cursor.take(ADVERBS) !== undefined);
      if (cursor.sees(DEFAULTLY) || cursor.sees(STRONGLY)) return true;
      return startsVerb(cursor) ? true : undefined;
    });
  }

  #weigh(force: 'default' | 'strong'): void {
    if (this.#force !== 'plain' && this.#force !== force) this.#understood = false;
    this.#force = force;
  }

  #primary(): boolean {
    const cursor = this.#cursor;
    if (cursor.take(FAIL_VERBS) !== undefined) return this.#lead({ kind: 'finish', status: 'FAILED' });
    if (cursor.take(COMPLETE_VERBS) !== undefined) return this.#lead({ kind: 'finish', status: 'COMPLETED' });
    if (this.#move()) return true;
    if (this.#longest(STAY, FINISH_VERBS, HALT_VERBS) === STAY) return this.#lead({ kind: 'stay' }, cursor.take(STAY));
    if (cursor.take(FINISH_VERBS) !== undefined) return this.#lead({ kind: 'finish' });
    if (cursor.take(HALT_VERBS) !== undefined) return this.#halt();
    return this.#isNext();
  }

  #longest(...tables: readonly (typeof STAY)[]): typeof STAY | undefined {
    const { tokens, at, end } = this.#cursor;
    let best: typeof STAY | undefined;
    let most = at;
    for (const table of tables) {
      const next = table.match(tokens, at, end)?.next ?? at;
      if (next > most) [best, most] = [table, next];
    }
    return best;
  }

  #move(): boolean {
    const cursor = this.#cursor;
    const moved = cursor.attempt(() => {
      const isMove = cursor.take(MOVE) ?? cursor.take(NEXT_IS);
      if (isMove !== undefined) cursor.eat(':', '→', '=', '—');
      else if (cursor.eat('→') === false && !this.#bareMove()) return undefined;
      return this.#target();
    });
    return moved === true;
  }

  /** "run "Build"": only with a name that is marked as one. */
  #bareMove(): boolean {
    const cursor = this.#cursor;
    if (cursor.take(MOVE_BARE) === undefined) return false;
    cursor.eat('the', 'with');
    cursor.eat('step');
    const token = cursor.peek();
    if (token === undefined) return false;
    if (token.kind === 'quoted' || token.kind === 'code') return this.#targets.named(token.text) !== undefined;
    return this.#targets.spelled(cursor.span(cursor.at, cursor.end)) !== undefined && token.text !== token.low;
  }

  #target(): true | undefined {
    const reading = parseTarget(this.#cursor, this.#targets);
    if (reading === undefined) return undefined;
    this.#names.push(reading);
    if (reading.to === undefined) this.#understood = false;
    else this.#lead(reading.to);
    return true;
  }

  #lead(to: Target, _taken?: true): boolean {
    this.#candidates.push(to);
    if (this.#to !== undefined && !isSameTarget(this.#to, to)) {
      const merged = mergeFinish(this.#to, to);
      if (merged === undefined) this.#understood = false;
      else this.#to = merged;
    } else {
      this.#to = to;
    }
    return true;
  }

  /** Work handed to a step is a way on; handed to people it is a halt. */
  #halt(): boolean {
    const cursor = this.#cursor;
    const handed = cursor.attempt(() => {
      if (cursor.take(HAND_TO) === undefined) return undefined;
      cursor.eat('the');
      const token = cursor.peek();
      const isMarked = token?.kind === 'quoted' || token?.kind === 'code';
      if (isMarked || this.#targets.spelled(cursor.span(cursor.at, cursor.end)) !== undefined) return this.#target();
      this.#lead({ kind: 'halt' });
      return this.#open() ? true : undefined;
    });
    return handed === true || this.#lead({ kind: 'halt' });
  }

  #isNext(): boolean {
    const cursor = this.#cursor;
    const read = cursor.attempt(() => {
      const reading = parseTarget(cursor, this.#targets);
      if (reading?.to === undefined) return undefined;
      if (cursor.take(IS_NEXT) === undefined) return undefined;
      this.#names.push(reading);
      this.#lead(reading.to);
      return true;
    });
    return read === true;
  }

  /** "Set status to "FAILED"", "as failed". */
  #status(): boolean {
    const cursor = this.#cursor;
    const set = cursor.attempt(() => {
      const isNamed = cursor.take(SET_STATUS) !== undefined;
      if (!isNamed && (this.#to?.kind !== 'finish' || cursor.take(AS_STATUS) === undefined)) return undefined;
      cursor.eat('a', 'an', 'the');
      const token = cursor.peek();
      const status = token === undefined ? undefined : WHOLE_STATUS.get(token.text.toLowerCase());
      if (status === undefined) return undefined;
      cursor.at++;
      cursor.eat('status', 'run', 'workflow');
      this.#lead({ kind: 'finish', status });
      return true;
    });
    return set === true;
  }

  /** "Set `x` to true", "with `x` set to false". */
  #set(): boolean {
    const cursor = this.#cursor;
    const set = cursor.attempt(() => {
      if (cursor.take(SET) === undefined) return undefined;
      cursor.eat('the');
      cursor.eat('variable', 'flag', 'context');
      const token = cursor.peek();
      if (token === undefined || !isIdentifier(token.text) || (token.kind !== 'code' && !token.text.includes('_'))) return undefined;
      cursor.at++;
      cursor.eat('flag', 'variable');
      if (cursor.take(SET_TO) === undefined) return undefined;
      const values = parseValues(cursor, { words: false });
      const [value] = values ?? [];
      if (value === undefined || values?.length !== 1) return undefined;
      this.#updates[token.text.replace(/^context\./, '')] = value;
      cursor.take(IN_CONTEXT);
      return true;
    });
    return set === true;
  }

  #side(): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (cursor.take(SIDE_VERBS) === undefined) return false;
    const low = cursor.low();
    if (low !== 'or' && low !== 'and' && low !== ',' && low !== ':' && this.#open()) return true;
    cursor.at = at;
    return false;
  }

  /** A purpose, a reason or a description behind what was asked: open text without words of weight. */
  #decoration(): boolean {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (this.#regardless()) return true;
    if (cursor.sees(CONCESSIONS) || cursor.low() === 'never' || cursor.low() === 'not') return false;
    const isTail = cursor.take(PURPOSE) !== undefined || isParticiple(cursor.low());
    if (isTail && (this.#to !== undefined || at > 0) && this.#open()) return true;
    cursor.at = at;
    return false;
  }

  #regardless(): boolean {
    const cursor = this.#cursor;
    if (cursor.take(REGARDLESS) === undefined) return false;
    this.#weigh('strong');
    while (!this.#atEnd() && cursor.low() !== ',' && !startsMotion(cursor)) {
      const token = cursor.peek();
      if (token === undefined || isWeighty(token, REGARDLESS_WORDS)) {
        this.#understood = false;
        return true;
      }
      cursor.at++;
    }
    return true;
  }

  #open(): boolean {
    const cursor = this.#cursor;
    const start = cursor.at;
    while (!this.#atEnd()) {
      const token = cursor.peek();
      if (token === undefined || this.#turns()) break;
      if (isWeighty(token, DECORATIVE)) return false;
      cursor.at++;
    }
    return cursor.at > start;
  }

  /** Whether the next words are no longer open: another verb that leads somewhere, after a joint. */
  #turns(): boolean {
    const cursor = this.#cursor;
    const probe = cursor.span(cursor.at, cursor.end);
    if (probe.take(JOINTS) === undefined && !probe.eat(',')) return cursor.sees(MOVE) || cursor.sees(REGARDLESS) || cursor.sees(SET_STATUS);
    return startsAction(probe) || probe.sees(REGARDLESS) || probe.sees(STRONGLY);
  }
}

const REGARDLESS_WORDS: ReadonlySet<string> = new Set(['fail', 'fails', 'failed', 'not', 'or', 'either', 'whether', 'should', 'may', 'might', 'could', 'decision', 'previous', 'failing']);
const IN_CONTEXT = phrases('in|on|of the context|workflow|report context?', 'in context');

function isParticiple(low: string): boolean {
  return low.endsWith('ing') && low.length > 4;
}

/** "Finish and set status to FAILED" is one end. */
function mergeFinish(one: Target, other: Target): Target | undefined {
  if (one.kind !== 'finish' || other.kind !== 'finish') return undefined;
  if (one.status === undefined) return other;
  return other.status === undefined ? one : undefined;
}
