import type { Target } from '../../kernel/instance.ts';
import type { Clause, Relation } from './clause.ts';
import type { Condition } from './condition.ts';
import { all, ALWAYS, any, not } from './condition.ts';
import type { Place } from './reading.ts';
import type { Notes } from './reading.ts';
import type { Statement } from './statement.ts';

interface Draft {
  readonly statement: Statement;
  /** It gives way to every sibling that has a condition. */
  readonly yields: boolean;
}

/**
 * Clauses that share a condition. Within a scope, "otherwise" and a plain "proceed to" look at their siblings.
 */
export class Scope {
  readonly #given: Condition;
  readonly #notes: Notes;
  #drafts: Draft[] = [];
  /** Of every sibling that depends on something, as it stands by itself. */
  readonly #conditions: Condition[] = [];
  #inOrder = false;

  constructor(notes: Notes, given: Condition = ALWAYS) {
    this.#notes = notes;
    this.#given = given;
  }

  /** The first rule that matches wins. */
  order(): void {
    this.#inOrder = true;
  }

  /** What stands below a condition of this scope. */
  below(head: Extract<Clause, { kind: 'head' }>): Scope {
    const condition = this.#related(head.relation, head.condition);
    this.#depend(head.relation, head.condition);
    return new Scope(this.#notes, condition);
  }

  adopt(scope: Scope): void {
    for (const statement of scope.statements()) this.#drafts.push({ statement, yields: false });
  }

  /** The statements, with all that is given in this scope. */
  statements(): readonly Statement[] {
    const others = this.#conditions.length === 0 ? undefined : not(any(...this.#conditions));
    return this.#drafts.map(({ statement, yields }): Statement => {
      const own = yields && others !== undefined ? others : statement.condition;
      return Object.assign({}, statement, { condition: all(this.#given, own) });
    });
  }

  get isEmpty(): boolean {
    return this.#drafts.length === 0;
  }

  rule(clause: Extract<Clause, { kind: 'rule' }>, place: Place): void {
    const { action, relation } = clause;
    this.#notes.action(action, clause.when, place.line);
    const isPlain = relation === 'plain' && clause.condition.kind === 'always';
    const condition = this.#related(relation, clause.condition);
    if (isVague(clause)) this.opaque(place, action.candidates);
    else if (action.understood && action.to !== undefined)
      this.#lead(clause, action.to, { condition, place });
    else if (!action.understood || !isPlain) this.opaque(place, action.candidates, condition);
    const isEffect = action.to === undefined && Object.keys(action.updates).length > 0;
    if (action.understood && !isPlain && !isEffect) this.#depend(relation, clause.condition);
  }

  /** A rule that leads somewhere. Without a condition it stands, and yields to those that have one. */
  #lead(
    clause: Extract<Clause, { kind: 'rule' }>,
    to: Target,
    { condition, place }: { readonly condition: Condition; readonly place: Place },
  ): void {
    const { action, overriding, exclusive } = clause;
    const isPlain = clause.relation === 'plain' && clause.condition.kind === 'always';
    if (overriding && !isPlain) this.#override(condition);
    const strong = action.force === 'strong';
    const kind = isPlain ? 'standing' : 'rule';
    const { text: because, line } = place;
    this.#add({ kind, condition, to, strong, updates: action.updates, because, line }, isPlain && !strong);
    if (exclusive) this.#forbid(to, not(condition), place);
  }

  prohibition(clause: Extract<Clause, { kind: 'prohibition' }>, place: Place): void {
    const condition = this.#related(clause.relation, clause.condition);
    this.#forbid(clause.target, condition, place);
    if (condition.kind !== 'always') this.#depend(clause.relation, clause.condition);
  }

  opaque(place: Place, candidates: readonly Target[] = [], condition: Condition = ALWAYS): void {
    this.#notes.unread(place, candidates);
    this.#add({
      kind: 'opaque',
      condition,
      strong: false,
      updates: {},
      because: place.text,
      line: place.line,
    });
  }

  #forbid(to: Target, condition: Condition, place: Place): void {
    this.#add({
      kind: 'prohibition',
      condition,
      to,
      strong: false,
      updates: {},
      because: place.text,
      line: place.line,
    });
  }

  #add(statement: Statement, yields = false): void {
    this.#drafts.push({ statement, yields });
  }

  /** The condition in full: "otherwise" and "if not" say what they mean only beside what stands before them. */
  #related(relation: Relation, condition: Condition): Condition {
    const before = this.#conditions;
    const last = before.at(-1);
    if (relation === 'plain')
      return this.#inOrder && last !== undefined && condition.kind !== 'always'
        ? all(not(any(...before)), condition)
        : condition;
    if (last === undefined) return { kind: 'judgement', text: relation, calm: false };
    switch (relation) {
      case 'otherwise':
        return all(not(any(...before)), condition);
      case 'if-not':
        return not(last);
      case 'if-so':
        return last;
    }
  }

  /** Keeps a condition for those that come after. "Otherwise" by itself depends on nothing new. */
  #depend(relation: Relation, condition: Condition): void {
    if (relation === 'if-not' || relation === 'if-so')
      this.#conditions.push(this.#related(relation, condition));
    else if (condition.kind !== 'always') this.#conditions.push(condition);
    else if (relation === 'otherwise') this.#conditions.push(this.#related(relation, condition));
  }

  /** "However, if …": where the exception holds, what was said before does not. */
  #override(condition: Condition): void {
    this.#drafts = this.#drafts.map((draft): Draft => {
      const { statement, yields } = draft;
      return yields
        ? draft
        : { statement: { ...statement, condition: all(statement.condition, not(condition)) }, yields };
    });
  }
}

/** "Exception: go to X" does not say when. */
function isVague({ overriding, relation, condition, action }: Extract<Clause, { kind: 'rule' }>): boolean {
  return overriding && relation === 'plain' && condition.kind === 'always' && action.force !== 'strong';
}
