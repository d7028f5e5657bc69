import type { Comparison, Dialect, Expression, TextTest } from './expression.ts';
import { EXPRESSION_MAX_DEPTH, ExpressionFault } from './expression.ts';
import type { Lexeme } from './lexer.ts';
import { lexExpression } from './lexer.ts';

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['==', '!=', '<', '<=', '>', '>=']);
const TEXT_TESTS: ReadonlySet<string> = new Set<TextTest>(['contains', 'startsWith', 'endsWith']);
const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
/** Names that mean something to the grammar and therefore begin no path. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...WORDS.keys(),
  ...TEXT_TESTS,
  'and',
  'or',
  'not',
  'in',
  'is',
  'exists',
]);

/**
 * Parses an expression. Linear in its length, bounded in length and depth.
 *
 * @throws ExpressionFault and nothing else.
 */
export function parseExpression(text: string, dialect: Dialect): Expression {
  const parser = new Parser(lexExpression(text), dialect);
  return parser.whole();
}

class Parser {
  readonly #lexemes: readonly Lexeme[];
  readonly #dialect: Dialect;
  #at = 0;
  #depth = 0;

  constructor(lexemes: readonly Lexeme[], dialect: Dialect) {
    this.#lexemes = lexemes;
    this.#dialect = dialect;
  }

  whole(): Expression {
    const expression = this.#any();
    if (this.#peek().kind !== 'end') throw this.#expected('an operator or the end');
    return expression;
  }

  #any(): Expression {
    const of = [this.#all()];
    while (this.#eat('or') || this.#eat('||')) of.push(this.#all());
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'any', of };
  }

  #all(): Expression {
    const of = [this.#not()];
    while (this.#eat('and') || this.#eat('&&')) of.push(this.#not());
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'all', of };
  }

  #not(): Expression {
    if (!this.#eat('not') && !this.#eat('!')) return this.#comparison();
    return this.#nested(() => ({ kind: 'not', of: this.#not() }));
  }

  #comparison(): Expression {
    const left = this.#operand();
    const { kind, text } = this.#peek();
    if (kind === 'symbol' && COMPARISONS.has(text)) {
      this.#at++;
      return { kind: 'compare', op: text as Comparison, left, right: this.#operand() };
    }
    if (kind !== 'name') return left;
    if (TEXT_TESTS.has(text)) {
      this.#at++;
      return { kind: 'test', op: text as TextTest, left, right: this.#operand() };
    }
    return text === 'matches' && this.#dialect.checkPattern ? this.#matches(left) : this.#wordTest(left);
  }

  #matches(left: Expression): Expression {
    this.#at++;
    const { kind, text, offset } = this.#peek();
    if (kind !== 'string') throw this.#expected('a quoted pattern after "matches"');
    try {
      this.#dialect.checkPattern?.(text);
    } catch (fault) {
      throw new ExpressionFault(
        `expected a pattern that can be matched in linear time: ${fault instanceof Error ? fault.message : String(fault)}`,
        offset,
      );
    }
    this.#at++;
    return { kind: 'test', op: 'matches', left, right: { kind: 'literal', value: text } };
  }

  #wordTest(left: Expression): Expression {
    if (this.#eat('exists')) return { kind: 'exists', of: left };
    if (this.#eat('in')) return { kind: 'in', left, right: this.#operand() };
    if (this.#peek().text === 'not' && this.#peek(1).text === 'in') {
      this.#at += 2;
      return { kind: 'not', of: { kind: 'in', left, right: this.#operand() } };
    }
    if (!this.#eat('is')) return left;
    const negated = this.#eat('not');
    const empty = this.#peek();
    if (empty.kind !== 'name' || empty.text !== 'empty') throw this.#expected('"empty" after "is"');
    this.#at++;
    const test: Expression = { kind: 'empty', of: left };
    return negated ? { kind: 'not', of: test } : test;
  }

  #operand(): Expression {
    const lexeme = this.#peek();
    if (lexeme.kind === 'string') {
      this.#at++;
      return { kind: 'literal', value: lexeme.text };
    }
    if (lexeme.kind === 'number') return { kind: 'literal', value: this.#number() };
    if (lexeme.kind === 'name') return this.#named(lexeme);
    if (this.#eat('-')) {
      if (this.#peek().kind !== 'number') throw this.#expected('a number after "-"');
      return { kind: 'literal', value: -this.#number() };
    }
    if (this.#eat('(')) return this.#nested(() => this.#closed(this.#any(), ')'));
    if (this.#eat('[')) return this.#nested(() => this.#list());
    throw this.#expected('a value, a name or "("');
  }

  #named(lexeme: Lexeme): Expression {
    const word = WORDS.get(lexeme.text);
    if (word !== undefined) {
      this.#at++;
      return { kind: 'literal', value: word };
    }
    if (RESERVED.has(lexeme.text)) throw this.#expected('a value or a name');
    this.#at++;
    const isRoot = this.#dialect.roots.includes(lexeme.text);
    const keys: (string | number)[] = isRoot ? [] : [lexeme.text];
    for (let key = this.#key(); key !== undefined; key = this.#key()) keys.push(key);
    return { kind: 'path', root: isRoot ? lexeme.text : this.#dialect.defaultRoot, keys };
  }

  #key(): string | number | undefined {
    if (this.#eat('.')) {
      const name = this.#peek();
      if (name.kind !== 'name') throw this.#expected('a name after "."');
      this.#at++;
      return name.text;
    }
    if (!this.#eat('[')) return undefined;
    const key = this.#peek();
    if (key.kind === 'string') this.#at++;
    else if (key.kind !== 'number') throw this.#expected('a number or a quoted name after "["');
    const value = key.kind === 'string' ? key.text : this.#number();
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw this.#expected('a whole number before "]"');
    if (!this.#eat(']')) throw this.#expected('"]"');
    return value;
  }

  #list(): Expression {
    const items: Expression[] = [];
    while (!this.#eat(']')) {
      if (items.length > 0 && !this.#eat(',')) throw this.#expected('"," or "]"');
      items.push(this.#operand());
    }
    return { kind: 'list', items };
  }

  #number(): number {
    return Number(this.#lexemes[this.#at++]?.text);
  }

  #closed(expression: Expression, symbol: string): Expression {
    if (!this.#eat(symbol)) throw this.#expected(`"${symbol}"`);
    return expression;
  }

  #nested(parse: () => Expression): Expression {
    if (++this.#depth > EXPRESSION_MAX_DEPTH)
      throw this.#expected(`at most ${EXPRESSION_MAX_DEPTH} levels of nesting`);
    const expression = parse();
    this.#depth--;
    return expression;
  }

  #peek(ahead = 0): Lexeme {
    const last = this.#lexemes.length - 1;
    return this.#lexemes[Math.min(this.#at + ahead, last)] as Lexeme;
  }

  #eat(text: string): boolean {
    const { kind, text: found } = this.#peek();
    if (found !== text || (kind !== 'name' && kind !== 'symbol')) return false;
    this.#at++;
    return true;
  }

  #expected(what: string): ExpressionFault {
    const { kind, text, offset } = this.#peek();
    return new ExpressionFault(
      `expected ${what}, found ${kind === 'end' ? 'the end' : JSON.stringify(text)}`,
      offset,
    );
  }
}
