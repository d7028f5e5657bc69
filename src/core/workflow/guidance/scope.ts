import type { Target } from '../../kernel/instance.ts';
import type { Action, Naming } from './action.ts';
import type { Clause, Relation } from './clause.ts';
import { parseSentence } from './clause-grammar.ts';
import type { Condition } from './condition.ts';
import { all, ALWAYS, any, not } from './condition.ts';
import { isCalm } from './open-text.ts';
import type { Passage } from './outline.ts';
import { cutSentences } from './sentence.ts';
import type { Statement } from './statement.ts';
import { readTable } from './table.ts';
import type { Targets } from './target.ts';

/** A way on as the author listed it, before the outcomes are named. */
export interface Way {
  readonly to: Target;
  readonly when: string;
}

export interface Reading {
  readonly statements: readonly Statement[];
  readonly ways: readonly Way[];
  readonly names: readonly (Naming & { readonly line: number })[];
  /** Sentences that were not understood. */
  readonly opaque: readonly { readonly text: string; readonly line: number }[];
}

/** Reads passages in the order they stand. */
export function readPassages(passages: readonly Passage[], targets: Targets): Reading {
  const notes: Notes = { ways: [], names: [], opaque: [] };
  const statements = new Scope(targets, ALWAYS, notes).read(passages);
  return { statements, ...notes };
}

interface Notes {
  readonly ways: Way[];
  readonly names: (Naming & { line: number })[];
  readonly opaque: { text: string; line: number }[];
}

interface Draft {
  readonly statement: Statement;
  readonly isDefault: boolean;
}

/** The passages that share a condition. Within it, "otherwise" and a plain "proceed to" look at their siblings. */
class Scope {
  readonly #targets: Targets;
  readonly #given: Condition;
  readonly #notes: Notes;
  #drafts: Draft[] = [];
  /** Of every sibling that depends on something. */
  readonly #conditions: Condition[] = [];
  #last: Condition | undefined;
  #inOrder = false;
  readonly #heads = new Map<Clause, Condition>();

  constructor(targets: Targets, given: Condition, notes: Notes) {
    this.#targets = targets;
    this.#given = given;
    this.#notes = notes;
  }

  read(passages: readonly Passage[]): readonly Statement[] {
    for (const passage of passages) this.#passage(passage);
    return this.#drafts.map((draft) => this.#settle(draft));
  }

  /** A way on without a condition gives way to every sibling that has one. */
  #settle({ statement, isDefault }: Draft): Statement {
    const own = isDefault && this.#conditions.length > 0 ? not(any(...this.#conditions)) : statement.condition;
    return { ...statement, condition: all(this.#given, own) };
  }

  #passage(passage: Passage): void {
    if (passage.kind === 'unreadable') return this.#opaque(passage, [], ALWAYS);
    if (passage.kind === 'table') return this.#table(passage);
    let last: Clause | undefined;
    const sentences = passage.kind === 'heading' && !/[:.]$/.test(passage.text.trim()) ? cutSentences(`${passage.text}:`, this.#targets) : cutSentences(passage.text, this.#targets);
    for (const [index, sentence] of sentences.entries()) {
      const isLead = index === sentences.length - 1 && passage.children.length > 0;
      for (const clause of this.#clauses(passage, sentence, isLead)) {
        this.#clause(clause, sentence.slice(sentence.at, sentence.end) || passage.text, passage.line + linesBefore(passage.text, sentence.tokens[sentence.at]?.start ?? 0));
        last = clause;
      }
    }
    if (passage.children.length > 0) this.#children(passage, last);
  }

  #clauses(passage: Passage, sentence: ReturnType<typeof cutSentences>[number], isLead: boolean): readonly Clause[] {
    const start = sentence.at;
    const clauses = parseSentence(sentence, this.#targets);
    sentence.at = start;
    if (passage.kind === 'heading' && clauses.some((clause) => clause.kind === 'opaque')) {
      const text = passage.text.trim();
      return [{ kind: 'head', relation: 'plain', condition: { kind: 'judgement', text, calm: isCalm(sentence) }, overriding: false, when: text }];
    }
    if (!isLead && clauses.at(-1)?.kind === 'head') return [...clauses.slice(0, -1), { kind: 'opaque', candidates: [], overriding: false, when: '' }];
    return clauses;
  }

  #children(passage: Passage, last: Clause | undefined): void {
    if (last?.kind === 'head') {
      const condition = this.#heads.get(last) ?? ALWAYS;
      this.#adopt(new Scope(this.#targets, condition, this.#notes).read(passage.children));
      return;
    }
    if (last === undefined || last.kind === 'neutral' || last.kind === 'in-order' || passage.kind === 'heading') {
      for (const child of passage.children) this.#passage(child);
      return;
    }
    const below = new Scope(this.#targets, this.#given, this.#notes).read(passage.children);
    if (below.length > 0) this.#opaque(passage, [], ALWAYS);
  }

  /** Statements of a scope below, whose conditions already hold all that is given. */
  #adopt(statements: readonly Statement[]): void {
    for (const statement of statements) this.#drafts.push({ statement, isDefault: false });
  }

  #clause(clause: Clause, text: string, line: number): void {
    switch (clause.kind) {
      case 'neutral':
        return;
      case 'in-order':
        this.#inOrder = true;
        return;
      case 'opaque':
        return this.#opaque({ text, line }, clause.candidates, ALWAYS);
      case 'head': {
        const condition = this.#related(clause.relation, clause.condition);
        this.#last = condition;
        this.#heads.set(clause, condition);
        this.#conditions.push(condition);
        return;
      }
      case 'prohibition': {
        const condition = this.#related(clause.relation, clause.condition);
        this.#drafts.push({ statement: { kind: 'prohibition', condition, to: clause.target, strong: false, updates: {}, because: text, line }, isDefault: false });
        if (condition.kind !== 'always') this.#depend(condition);
        return;
      }
      case 'rule':
        this.#rule(clause, { text, line });
    }
  }

  #rule(clause: Extract<Clause, { kind: 'rule' }>, place: { readonly text: string; readonly line: number }): void {
    const { action } = clause;
    this.#note(action, place.line, clause.when);
    const isPlain = clause.relation === 'plain' && clause.condition.kind === 'always';
    const condition = this.#related(clause.relation, clause.condition);
    if (!action.understood || (action.to === undefined && !isPlain)) {
      if (action.understood && Object.keys(action.updates).length === 0) this.#depend(condition);
      return this.#opaque(place, action.candidates, condition);
    }
    const { to } = action;
    if (to === undefined) return;
    if (clause.overriding) this.#override(condition);
    const kind = isPlain ? 'standing' : 'rule';
    const strong = action.force === 'strong';
    this.#drafts.push({ statement: { kind, condition, to, strong, updates: action.updates, because: place.text, line: place.line }, isDefault: isPlain && !strong });
    if (clause.exclusive) this.#drafts.push({ statement: { kind: 'prohibition', condition: not(condition), to, strong: false, updates: {}, because: place.text, line: place.line }, isDefault: false });
    if (!isPlain) this.#depend(condition);
  }

  /** The condition in full: "otherwise" and "if not" say what they mean only beside what stands before them. */
  #related(relation: Relation, condition: Condition): Condition {
    if (relation === 'otherwise') {
      if (this.#conditions.length === 0) return { kind: 'judgement', text: 'otherwise', calm: false };
      return all(not(any(...this.#conditions)), condition);
    }
    if (relation === 'if-not' || relation === 'if-so') {
      const last = this.#last ?? { kind: 'judgement', text: relation, calm: false };
      return relation === 'if-not' ? not(last) : last;
    }
    if (this.#inOrder && this.#conditions.length > 0 && condition.kind !== 'always') return all(not(any(...this.#conditions)), condition);
    return condition;
  }

  #depend(condition: Condition): void {
    this.#conditions.push(condition);
    this.#last = condition;
  }

  /** "However, if …": where the exception holds, what was said before does not. */
  #override(condition: Condition): void {
    if (condition.kind === 'always') return;
    this.#drafts = this.#drafts.map(({ statement, isDefault }) => ({ statement: isDefault ? statement : { ...statement, condition: all(statement.condition, not(condition)) }, isDefault }));
  }

  #opaque(place: { readonly text: string; readonly line: number }, candidates: readonly Target[], condition: Condition): void {
    for (const to of candidates) this.#notes.ways.push({ to, when: short(place.text) });
    this.#notes.opaque.push({ text: place.text, line: place.line });
    this.#drafts.push({ statement: { kind: 'opaque', condition, strong: false, updates: {}, because: place.text, line: place.line }, isDefault: false });
  }

  #note(action: Action, line: number, when: string): void {
    if (action.to !== undefined) this.#notes.ways.push({ to: action.to, when: short(when) });
    for (const name of action.names) this.#notes.names.push({ ...name, line });
  }

  #table(passage: Passage): void {
    const rules = readTable(passage, this.#targets);
    if (rules === undefined) return this.#opaque(passage, [], ALWAYS);
    for (const rule of rules) {
      const relation: Relation = rule.otherwise ? 'otherwise' : 'plain';
      const place = { text: rule.text, line: rule.line };
      if (rule.action === undefined) {
        this.#opaque(place, [], this.#related(relation, rule.condition));
      } else {
        this.#rule({ kind: 'rule', relation, condition: rule.condition, action: rule.action, exclusive: false, overriding: false, when: rule.when }, place);
      }
    }
  }
}

function short(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim();
  return flat.length > 100 ? `${flat.slice(0, 99).trimEnd()}…` : flat;
}

function linesBefore(text: string, offset: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
