import type { Action } from './action.ts';
import { parseAction } from './action-grammar.ts';
import { leadTo } from './bare-target.ts';
import type { Condition } from './condition.ts';
import { all, ALWAYS } from './condition.ts';
import { parseCondition, understand } from './condition-grammar.ts';
import { Cursor } from './cursor.ts';
import { isIdentifier } from './identifier.ts';
import { canonicalName } from './name.ts';
import { isWeighty } from './open-text.ts';
import type { Passage } from './outline.ts';
import type { PhraseTable } from './phrase.ts';
import type { Subject } from './predicate-grammar.ts';
import { parseAmount, parsePredicate } from './predicate-grammar.ts';
import { statusCondition } from './status.ts';
import { parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import { tokenize } from './token.ts';
import { parseValues } from './value-grammar.ts';
import { OTHERWISE } from './vocabulary/clauses.ts';
import {
  CELL_INTRODUCTIONS,
  CONDITION_HEADS,
  NOTE_HEADS,
  REPORTED_HEADS,
  STATUS_HEADS,
  TARGET_HEADS,
  WILDCARDS,
} from './vocabulary/tables.ts';

export interface TableRule {
  /** `otherwise` when the row holds for whatever no other row is about. */
  readonly otherwise: boolean;
  readonly condition: Condition;
  /** Absent when the target cell says nothing that is understood. */
  readonly action: Action | undefined;
  readonly when: string;
  readonly text: string;
  readonly line: number;
}

/** `reported`: how the step went, under a head that a variable may be called too. */
type Column = 'target' | 'condition' | 'status' | 'note' | { readonly reported: string } | Subject;

const MAX_NAME_WORDS = 3;

/** A decision table, row by row; `undefined` when its columns are not understood. */
export function readTable(passage: Passage, targets: Targets): readonly TableRule[] | undefined {
  const { table } = passage;
  if (table === undefined) return undefined;
  const columns = table.header
    .map((cell) => toColumn(cell, targets))
    .filter((column) => column !== undefined);
  if (columns.length < table.header.length || columns.filter((column) => column === 'target').length !== 1)
    return undefined;
  if (columns.every((column) => column === 'target' || column === 'note')) return undefined;
  return table.rows.map(({ cells, line }) => new RowReader(columns, targets).read(cells, line));
}

function toColumn(head: string, targets: Targets): Column | undefined {
  const text = head.trim().replaceAll('`', '');
  const name = canonicalName(text);
  const known =
    targets.identifiers.get(name) ?? (text.includes('_') && isIdentifier(text) ? text : undefined);
  if (known !== undefined) return { name: known, soft: false };
  if (STATUS_HEADS.has(name)) return 'status';
  if (NOTE_HEADS.has(name) || name === '') return 'note';
  if (TARGET_HEADS.has(name)) return 'target';
  if (REPORTED_HEADS.has(name)) return { reported: name };
  if (CONDITION_HEADS.has(name)) return 'condition';
  return text.split(' ').length <= MAX_NAME_WORDS ? { name: text, soft: true } : undefined;
}

interface Row {
  readonly conditions: Condition[];
  readonly whens: string[];
  otherwise: boolean;
  action: Action | undefined;
}

class RowReader {
  readonly #columns: readonly Column[];
  readonly #targets: Targets;

  constructor(columns: readonly Column[], targets: Targets) {
    this.#columns = columns;
    this.#targets = targets;
  }

  read(cells: readonly string[], line: number): TableRule {
    const row: Row = { conditions: [], whens: [], otherwise: false, action: undefined };
    for (const [index, column] of this.#columns.entries())
      this.#cell(row, cells[index]?.trim() ?? '', column);
    const isBlank = row.conditions.length === 0;
    return {
      otherwise: row.otherwise || isBlank,
      condition: isBlank ? ALWAYS : all(...row.conditions),
      action: row.action,
      when: row.whens.join(', '),
      text: cells.join(' | '),
      line,
    };
  }

  #cell(row: Row, cell: string, column: Column): void {
    if (column === 'target') row.action = this.#action(cell);
    if (column === 'note' && !isPlain(cell))
      row.conditions.push({ kind: 'judgement', text: cell, calm: false });
    if (column === 'target' || column === 'note' || cell === '' || isWhole(cell, WILDCARDS)) return;
    row.whens.push(cell);
    if (isWhole(cell, OTHERWISE) || canonicalName(cell) === 'default') row.otherwise = true;
    else row.conditions.push(this.#condition(cell, column));
  }

  #action(cell: string): Action | undefined {
    const cursor = cursorOver(cell);
    const named = cursor.attempt(() => {
      const reading = parseTarget(cursor, this.#targets);
      return reading?.to !== undefined && cursor.done
        ? { ...leadTo(reading.to), names: [reading] }
        : undefined;
    });
    if (named !== undefined) return named;
    const action = parseAction(cursor, this.#targets, { bare: true });
    return action === undefined || cursor.done ? action : { ...action, understood: false };
  }

  #condition(cell: string, column: Exclude<Column, 'target' | 'note'>): Condition {
    if (column === 'condition') return this.#free(cell);
    if (column === 'status') return statusIn(cell) ?? this.#free(cell);
    if ('reported' in column) return all(this.#free(cell), isUnnamed(column.reported));
    return comparisonIn(cell, column) ?? this.#free(cell);
  }

  #free(cell: string): Condition {
    const cursor = cursorOver(cell);
    cursor.take(CELL_INTRODUCTIONS);
    return understand(cursor, this.#targets) ?? parseCondition(cursorOver(cell), this.#targets);
  }
}

/** Unknown as soon as something of this name is there: the table may be about that. */
function isUnnamed(name: string): Condition {
  const there: Condition = { kind: 'variable', name, soft: true, test: { is: 'present', valued: true } };
  return {
    kind: 'any',
    of: [
      { kind: 'not', of: there },
      { kind: 'judgement', text: name, calm: false },
    ],
  };
}

function statusIn(cell: string): Condition | undefined {
  const cursor = cursorOver(cell);
  const [value, ...others] = parseValues(cursor, { words: true }) ?? [];
  return value !== undefined && others.length === 0 && cursor.done
    ? statusCondition(String(value))
    : undefined;
}

/** "< 3", "1–5", "is empty", "true": about the variable of the column. */
function comparisonIn(cell: string, subject: Subject): Condition | undefined {
  const written = cursorOver(cell);
  const copied = cursorOver(`is ${cell}`);
  const readings = [
    () =>
      written.peek()?.kind === 'number' ? parseAmount(written, subject) : parsePredicate(written, subject),
    () => parsePredicate(copied, subject),
  ];
  for (const [index, cursor] of [written, copied].entries()) {
    const condition = readings[index]?.();
    if (condition !== undefined && cursor.done) return condition;
  }
  return undefined;
}

/** A note without words of weight. */
function isPlain(cell: string): boolean {
  return tokenize(cell).every((token) => !isWeighty(token));
}

function isWhole(text: string, table: PhraseTable<true>): boolean {
  const cursor = cursorOver(text);
  return cursor.take(table) !== undefined && cursor.done;
}

function cursorOver(text: string): Cursor {
  const tokens = tokenize(text);
  const end = tokens.at(-1)?.low === '.' ? tokens.length - 1 : tokens.length;
  return new Cursor(text, tokens, { at: 0, end });
}
