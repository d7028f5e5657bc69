import type { Clause } from './clause.ts';
import { Cursor } from './cursor.ts';
import { candidatesIn, isBackground } from './description.ts';
import { isCalm } from './open-text.ts';
import type { Passage } from './outline.ts';
import type { Place, Reading } from './reading.ts';
import { Notes } from './reading.ts';
import { Scope } from './scope.ts';
import { parseSentence } from './sentence-grammar.ts';
import { cutSentences } from './sentence.ts';
import { readTable } from './table.ts';
import type { Targets } from './target.ts';
import { tokenize } from './token.ts';
import { topicOf } from './topic.ts';
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

/** How a passage ends: its last clause, and the scope of what stands below it. */
interface End {
  readonly last: Clause;
  readonly below?: Scope;
}

class ProseReader {
  readonly #targets: Targets;
  readonly #notes: Notes;
  #sentences = 0;
  /** Within a section that only describes, nothing is a rule. */
  #describes = false;

  constructor(targets: Targets, notes: Notes) {
    this.#targets = targets;
    this.#notes = notes;
  }

  passage(passage: Passage, scope: Scope): void {
    if (passage.kind === 'unreadable') return scope.opaque(passage);
    if (passage.kind === 'table') return this.#table(passage, scope);
    const isOpenHeading = passage.kind === 'heading' && !/[:.]$/.test(passage.text.trim());
    const sentences = cutSentences(isOpenHeading ? `${passage.text}:` : passage.text, this.#targets);
    let end: End = { last: NEUTRAL };
    for (const [index, sentence] of sentences.entries()) {
      if (++this.#sentences > MAX_SENTENCES) return scope.opaque(placeOf(passage, sentence));
      const isLead = index === sentences.length - 1 && passage.children.length > 0;
      end = this.#sentence(passage, scope, { sentence, isLead }) ?? end;
    }
    this.#below(sentences.at(-1), () => this.#children(passage, scope, end));
  }

  /** Reads a sentence into its scope; gives how it ends. */
  #sentence(
    passage: Passage,
    scope: Scope,
    { sentence, isLead }: { readonly sentence: Cursor; readonly isLead: boolean },
  ): End | undefined {
    const place = placeOf(passage, sentence);
    const topic = topicOf(sentence);
    if (topic !== undefined) this.#targets.compared([{ name: topic, soft: false, numeric: true }]);
    let end: End | undefined;
    for (const clause of this.#clauses(passage, sentence, isLead)) {
      const below = this.#clause(clause, place, scope);
      end = below === undefined ? { last: clause } : { last: clause, below };
    }
    return end;
  }

  /** Runs `read` with the topic that a lead-in sets for what stands below it. */
  #below(lead: Cursor | undefined, read: () => void): void {
    const outer = this.#targets.topic;
    this.#targets.topic = topicOf(lead) ?? outer;
    read();
    this.#targets.topic = outer;
  }

  #clauses(passage: Passage, sentence: Cursor, isLead: boolean): readonly Clause[] {
    if (passage.kind === 'heading' && isLabel(sentence)) return [NEUTRAL];
    if (this.#describes) return isBackground(sentence) ? [NEUTRAL] : [opaque(sentence, this.#targets)];
    const clauses = parseSentence(sentence, this.#targets);
    if (passage.kind === 'heading' && (clauses.length === 0 || clauses.some(({ kind }) => kind === 'opaque')))
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

  #children(passage: Passage, scope: Scope, end: End): void {
    const outer = this.#describes;
    this.#describes ||= isDescriptive(passage.text);
    this.#inside(passage, scope, end);
    this.#describes = outer;
  }

  #inside(passage: Passage, scope: Scope, { last, below }: End): void {
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
    this.#sentences += passage.table?.rows.length ?? 0;
    const rules = this.#sentences > MAX_SENTENCES ? undefined : readTable(passage, this.#targets);
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

function opaque(sentence: Cursor, targets: Targets): Clause {
  return { kind: 'opaque', candidates: candidatesIn(sentence, targets), overriding: false, when: '' };
}

function isDescriptive(label: string): boolean {
  const tokens = tokenize(label);
  const cursor = new Cursor(label, tokens, { at: 0, end: tokens.length });
  if (cursor.take(DESCRIPTIVE_LABELS) === undefined) return false;
  cursor.eat(':');
  return cursor.done;
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
