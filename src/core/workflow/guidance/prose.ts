import type { Clause } from './clause.ts';
import type { Cursor } from './cursor.ts';
import { isCalm } from './open-text.ts';
import type { Passage } from './outline.ts';
import type { Place, Reading } from './reading.ts';
import { Notes } from './reading.ts';
import { Scope } from './scope.ts';
import { parseSentence } from './sentence-grammar.ts';
import { cutSentences } from './sentence.ts';
import { readTable } from './table.ts';
import type { Targets } from './target.ts';
import { DESCRIPTIVE_LABELS, LABELS } from './vocabulary/clauses.ts';

const NEUTRAL: Clause = { kind: 'neutral', overriding: false, when: '' };
const OPAQUE: Clause = { kind: 'opaque', candidates: [], overriding: false, when: '' };
/** Guidance longer than this is no longer read: what comes after counts as not understood. */
const MAX_SENTENCES = 400;

/** Reads passages in the order they stand. */
export function readPassages(passages: readonly Passage[], targets: Targets): Reading {
  const notes = new Notes();
  const scope = new Scope(notes);
  const reader = new ProseReader(targets, notes);
  for (const passage of passages) reader.passage(passage, scope);
  return { statements: scope.statements(), ways: notes.ways, names: notes.names, opaque: notes.opaque };
}

class ProseReader {
  readonly #targets: Targets;
  readonly #notes: Notes;
  #sentences = 0;

  constructor(targets: Targets, notes: Notes) {
    this.#targets = targets;
    this.#notes = notes;
  }

  passage(passage: Passage, scope: Scope): void {
    if (passage.kind === 'unreadable') return scope.opaque(passage);
    if (passage.kind === 'table') return this.#table(passage, scope);
    const isOpenHeading = passage.kind === 'heading' && !/[:.]$/.test(passage.text.trim());
    const sentences = cutSentences(isOpenHeading ? `${passage.text}:` : passage.text, this.#targets);
    let last: Clause = NEUTRAL;
    let below: Scope | undefined;
    for (const [index, sentence] of sentences.entries()) {
      const place = placeOf(passage, sentence);
      if (++this.#sentences > MAX_SENTENCES) return scope.opaque(place);
      const isLead = index === sentences.length - 1 && passage.children.length > 0;
      for (const clause of this.#clauses(passage, sentence, isLead)) {
        below = this.#clause(clause, place, scope);
        last = clause;
      }
    }
    this.#children(passage, last, below === undefined ? { scope } : { scope, below });
  }

  #clauses(passage: Passage, sentence: Cursor, isLead: boolean): readonly Clause[] {
    if (passage.kind === 'heading' && isLabel(sentence)) return [NEUTRAL];
    const clauses = parseSentence(sentence, this.#targets);
    if (passage.kind === 'heading' && clauses.some(({ kind }) => kind === 'opaque'))
      return [judgementHead(passage.text, sentence)];
    return !isLead && clauses.at(-1)?.kind === 'head' ? [...clauses.slice(0, -1), OPAQUE] : clauses;
  }

  /** Adds a clause to its scope; a head gives the scope of what stands below it. */
  #clause(clause: Clause, place: Place, scope: Scope): Scope | undefined {
    switch (clause.kind) {
      case 'neutral':
        break;
      case 'in-order':
        scope.order();
        break;
      case 'head':
        return scope.below(clause);
      case 'opaque':
        scope.opaque(place, clause.candidates);
        break;
      case 'prohibition':
        scope.prohibition(clause, place);
        break;
      case 'rule':
        scope.rule(clause, place);
        break;
    }
    return undefined;
  }

  #children(
    passage: Passage,
    last: Clause,
    { scope, below }: { readonly scope: Scope; readonly below?: Scope },
  ): void {
    if (below !== undefined) {
      for (const child of passage.children) this.passage(child, below);
      return scope.adopt(below);
    }
    const isTransparent = last.kind === 'neutral' || last.kind === 'in-order' || passage.kind === 'heading';
    const inner = isTransparent ? scope : new Scope(this.#notes);
    for (const child of passage.children) this.passage(child, inner);
    if (!isTransparent && !inner.isEmpty) scope.opaque(passage);
  }

  #table(passage: Passage, scope: Scope): void {
    const rules = readTable(passage, this.#targets);
    if (rules === undefined) return scope.opaque(passage);
    for (const { otherwise, condition, action, when, text, line } of rules) {
      const relation = otherwise ? 'otherwise' : 'plain';
      const unread = { candidates: [], updates: {}, understood: false, force: 'plain', names: [] } as const;
      scope.rule(
        {
          kind: 'rule',
          relation,
          condition,
          action: action ?? unread,
          exclusive: false,
          overriding: false,
          when,
        },
        { text, line },
      );
    }
  }
}

/** A heading that is free text: what stands below it holds only in its case. */
function judgementHead(heading: string, sentence: Cursor): Clause {
  const text = heading.trim();
  return {
    kind: 'head',
    relation: 'plain',
    condition: { kind: 'judgement', text, calm: isCalm(sentence) },
    overriding: false,
    when: text,
  };
}

/** A heading that only names what stands below it. */
function isLabel(sentence: Cursor): boolean {
  const probe = sentence.probe();
  const named = probe.take(DESCRIPTIVE_LABELS) ?? probe.take(LABELS);
  probe.eat(':');
  return named !== undefined && probe.done;
}

function placeOf({ text, line }: Passage, sentence: Cursor): Place {
  const before = text.slice(0, sentence.tokens[sentence.at]?.start ?? 0);
  return {
    text: sentence.slice(sentence.at, sentence.end) || text,
    line: line + before.split('\n').length - 1,
  };
}
