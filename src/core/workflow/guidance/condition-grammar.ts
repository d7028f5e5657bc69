import type { Condition } from './condition.ts';
import { any, all, isNumeric, not, someAtom } from './condition.ts';
import type { Cursor } from './cursor.ts';
import { isCalm } from './open-text.ts';
import { parseStatus } from './status-grammar.ts';
import type { Compared, Targets } from './target.ts';
import { parseText } from './text-grammar.ts';
import { parseRemark, parseNeed } from './remark-grammar.ts';
import type { Subject } from './variable-grammar.ts';
import { parsePredicate, parseQuantity, parseSoftVariable, parseVariable } from './variable-grammar.ts';
import { parseVisits } from './visits-grammar.ts';
import { phrases } from './phrase.ts';

const OPENERS = phrases('either|both', 'it is the case|true that', 'that', 'the|a case where|that', 'cases where');
const REPORTED = phrases(
  'the? report|client|user|agent|step|tool|caller reports|indicates|says|states|signals|shows|confirms|reported|indicated|said|stated that', "the? client's|user's|agent's report indicates|says|states|shows|confirms that?",
  'the? report indicates|says|states|shows|confirms', 'the client reports', 'the? report|context has|shows|says', 'the? report carries|gives|sets', 'in the? context|report ,?', 'according to the report ,?',
  'the? context shows|says|has|contains that?',
);

/**
 * Reads the whole span as a condition. What it cannot account for, word by word, becomes judgement.
 */
export function parseCondition(cursor: Cursor, targets: Targets): Condition {
  const understood = understand(cursor, targets);
  if (understood !== undefined) return understood;
  const explained = byExplanation(cursor, targets);
  if (explained !== undefined) return explained;
  const text = cursor.slice(cursor.at, cursor.end);
  return { kind: 'judgement', text, calm: isCalm(cursor) };
}

/** The condition that the span holds, when every word of it is understood. */
export function understand(cursor: Cursor, targets: Targets): Condition | undefined {
  if (cursor.done) return undefined;
  return new ConditionGrammar(cursor, targets).whole() ?? byExplanation(cursor, targets);
}

/** "If the customer is a VIP (`tier` is "gold")": what the author says it means, counts. */
function byExplanation(cursor: Cursor, targets: Targets): Condition | undefined {
  const { tokens, at, end } = cursor;
  if (tokens[end - 1]?.low !== ')') return undefined;
  let open = end - 2;
  while (open > at && tokens[open]?.low !== '(') open--;
  if (open <= at || tokens.slice(at, open).some((token) => token.low === 'or' || token.low === 'and' || token.kind === 'code')) return undefined;
  const inner = cursor.span(open + 1, end - 1);
  inner.eat('i.e', 'that');
  inner.eat(',', 'is');
  inner.take(VARIABLE_WORD);
  return new ConditionGrammar(inner, targets).whole();
}

const VARIABLE_WORD = phrases('when|if');

interface Joined {
  readonly by: 'and' | 'or';
  readonly atom: Condition;
}

class ConditionGrammar {
  readonly #cursor: Cursor;
  readonly #targets: Targets;
  /** What the last comparison was about: "`x` is above 3 and below 9". */
  #subject: Subject | undefined;
  readonly #compared: Compared[] = [];

  constructor(cursor: Cursor, targets: Targets) {
    this.#cursor = cursor.span(cursor.at, cursor.end);
    this.#targets = targets;
  }

  whole(): Condition | undefined {
    const first = this.#atom();
    if (first === undefined) return undefined;
    const joined: Joined[] = [];
    while (!this.#cursor.done) {
      const by = this.#connective(joined);
      const atom = by === undefined ? undefined : this.#atom();
      if (by === undefined || atom === undefined) return undefined;
      joined.push({ by, atom });
    }
    this.#targets.subjects = this.#compared;
    return combine(first, joined);
  }

  #connective(joined: readonly Joined[]): 'and' | 'or' | undefined {
    const cursor = this.#cursor;
    const comma = cursor.eat(',');
    if (cursor.eat('and', '&', 'but')) {
      cursor.eat('if', 'when', 'also', 'that');
      return 'and';
    }
    if (cursor.eat('or')) {
      cursor.eat('if', 'when', 'else', 'that');
      return 'or';
    }
    return comma ? joined.at(-1)?.by : undefined;
  }

  #atom(): Condition | undefined {
    const cursor = this.#cursor;
    cursor.take(OPENERS);
    if (cursor.low() === 'not') {
      const negated = cursor.attempt(() => {
        cursor.at++;
        const atom = this.#plainAtom();
        return atom === undefined ? undefined : not(atom);
      });
      if (negated !== undefined) return negated;
    }
    return this.#plainAtom() ?? this.#reported();
  }

  #reported(): Condition | undefined {
    const cursor = this.#cursor;
    return cursor.attempt(() => (cursor.take(REPORTED) === undefined ? undefined : this.#plainAtom()));
  }

  /** The first reading that ends where a condition may end. */
  #plainAtom(): Condition | undefined {
    const cursor = this.#cursor;
    const readings = [
      () => parseStatus(cursor, this.#targets),
      () => parseRemark(cursor),
      () => parseVisits(cursor, this.#targets),
      () => parseText(cursor),
      () => parseNeed(cursor),
      () => this.#variable(),
      () => (this.#subject === undefined ? undefined : parsePredicate(cursor, this.#subject)),
      () => this.#elliptic(),
    ];
    for (const read of readings) {
      const condition = cursor.attempt(() => {
        const atom = read();
        return atom !== undefined && this.#atBoundary() ? atom : undefined;
      });
      if (condition !== undefined) return condition;
    }
    return undefined;
  }

  #variable(): Condition | undefined {
    const read = parseVariable(this.#cursor, this.#targets) ?? parseSoftVariable(this.#cursor, this.#targets);
    if (read === undefined) return undefined;
    this.#subject = read.subject;
    this.#remember(read.subject, read.condition);
    return read.condition;
  }

  #remember(subject: Subject, condition: Condition): void {
    if (subject.name === '' || this.#compared.some((each) => each.name === subject.name)) return;
    this.#compared.push({ ...subject, numeric: someAtom(condition, (atom) => atom.kind === 'variable' && isNumeric(atom.test)) });
  }

  /** "When it is "rejected"", "above 500": about what the condition before compared. */
  #elliptic(): Condition | undefined {
    const cursor = this.#cursor;
    const pronoun = cursor.eat('it', 'they');
    const subjects = this.#targets.subjects;
    const numeric = subjects.filter((each) => each.numeric);
    const subject = subjects.length === 1 ? subjects[0] : numeric.length === 1 ? numeric[0] : undefined;
    if (subject === undefined || (!pronoun && cursor.low() === 'is')) return undefined;
    const condition = parsePredicate(cursor, subject) ?? (pronoun ? undefined : parseQuantity(cursor, subject));
    if (condition === undefined || (subjects.length > 1 && !someAtom(condition, (atom) => atom.kind === 'variable' && isNumeric(atom.test)))) return undefined;
    this.#subject = subject;
    this.#remember(subject, condition);
    return condition;
  }

  #atBoundary(): boolean {
    const { done } = this.#cursor;
    const low = this.#cursor.low();
    return done || low === 'and' || low === 'or' || low === ',' || low === '&' || low === 'but';
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
