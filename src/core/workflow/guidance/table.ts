import { parseAction } from './action-grammar.ts';
import type { Action } from './action.ts';
import type { Condition } from './condition.ts';
import { all, ALWAYS } from './condition.ts';
import { parseCondition, understand } from './condition-grammar.ts';
import { Cursor } from './cursor.ts';
import { canonicalName } from './name.ts';
import type { Passage } from './outline.ts';
import { phrases } from './phrase.ts';
import { statusCondition } from './status-grammar.ts';
import { parseTarget } from './target-grammar.ts';
import type { Targets } from './target.ts';
import { tokenize } from './token.ts';
import { parseValues } from './value-grammar.ts';
import { isIdentifier, parsePredicate } from './variable-grammar.ts';
import { OTHERWISE } from './vocabulary.ts';

export interface TableRule {
  /** `otherwise` when the row holds for whatever no other row is about. */
  readonly otherwise: boolean;
  readonly condition: Condition;
  readonly action: Action | undefined;
  readonly when: string;
  readonly text: string;
  readonly line: number;
}

type Column = 'target' | 'condition' | 'status' | 'note' | { readonly variable: string; readonly soft: boolean };

const TARGET_HEADS = namesOf('next|next step|target|go to|goto|then|to|destination|transition|transition to|action|proceed to|next state|step|next action|move to|leads to|where|do|where to|continue with|way on|what next|what to do|then go to|decision|route|route to|outcome step|do this|next steps|follow up|goes to|send to');
const CONDITION_HEADS = namesOf('condition|if|when|case|result|outcome|situation|event|signal|conditions|circumstance|trigger|report|what happened|if the report says|if the client reports|the client reports|client reports|reported|report says|what the client reports|on|if report|rule|scenario|input|finding|observation|if this|report contains');
const STATUS_HEADS = namesOf('status|report status|reported status|report.status|client status|status reported|step status');
const NOTE_HEADS = namesOf('note|notes|comment|comments|why|because|description|remark|remarks|reason|rationale|explanation|meaning|no|nr|#|example|examples|purpose|details');
const WILDCARD = phrases('any', '*', '—', '-', 'anything', 'any value', 'all', 'either', "don't care", 'n / a');

function namesOf(names: string): ReadonlySet<string> {
  return new Set(names.split('|').map((name) => canonicalName(name)));
}

/** A decision table, row by row; `undefined` when its columns are not understood. */
export function readTable(passage: Passage, targets: Targets): readonly TableRule[] | undefined {
  const { table } = passage;
  if (table === undefined) return undefined;
  const columns = table.header.map((cell, index) => toColumn(cell, index === table.header.length - 1));
  if (columns.filter((column) => column === 'target').length !== 1 || columns.includes(undefined)) return undefined;
  if (columns.every((column) => column === 'target' || column === 'note')) return undefined;
  return table.rows.map((row) => readRow(row, columns as readonly Column[], targets));
}

function toColumn(head: string, isLast: boolean): Column | undefined {
  const name = canonicalName(head);
  const code = head.trim();
  const marked = code.startsWith('`') && code.endsWith('`') && code.length > 2 ? code.slice(1, -1) : undefined;
  if (marked !== undefined && isIdentifier(marked)) return { variable: marked, soft: false };
  if (code.includes('_') && isIdentifier(code)) return { variable: code, soft: false };
  if (STATUS_HEADS.has(name)) return 'status';
  if (NOTE_HEADS.has(name) || (name === '' && !isLast)) return 'note';
  if (TARGET_HEADS.has(name)) return 'target';
  if (CONDITION_HEADS.has(name)) return 'condition';
  return name === '' || !isPlainName(code) ? undefined : { variable: code, soft: true };
}

const isPlainName = (text: string): boolean => text.split(' ').length <= 3;

function readRow(row: { readonly cells: readonly string[]; readonly line: number }, columns: readonly Column[], targets: Targets): TableRule {
  const conditions: Condition[] = [];
  const whens: string[] = [];
  let action: Action | undefined;
  let otherwise = false;
  for (const [index, column] of columns.entries()) {
    const cell = row.cells[index]?.trim() ?? '';
    if (column === 'note') continue;
    if (column === 'target') {
      action = readTarget(cell, targets);
      continue;
    }
    if (cell === '' || isWhole(cell, WILDCARD)) continue;
    whens.push(cell);
    if (isWhole(cell, OTHERWISE) || canonicalName(cell) === 'default') otherwise = true;
    else conditions.push(readCell(cell, column, targets));
  }
  const isBlank = conditions.length === 0;
  return { otherwise: otherwise || isBlank, condition: isBlank ? ALWAYS : all(...conditions), action, when: whens.join(', '), text: row.cells.join(' | '), line: row.line };
}

function readCell(cell: string, column: Column, targets: Targets): Condition {
  const cursor = cursorOver(cell);
  const free = (): Condition => understand(cursorOver(stripIntroduction(cell)), targets) ?? parseCondition(cursorOver(cell), targets);
  if (column === 'condition') return free();
  if (column === 'status') {
    const values = parseValues(cursor, { words: true });
    return values?.length === 1 && cursor.done ? statusCondition(String(values[0])) : free();
  }
  if (typeof column === 'string') return free();
  const subject = { name: column.variable, soft: column.soft };
  const predicate = cursor.attempt(() => {
    const found = parsePredicate(cursor, subject);
    return found !== undefined && cursor.done ? found : undefined;
  });
  if (predicate !== undefined) return predicate;
  const written = cursorOver(`is ${cell}`);
  const equal = parsePredicate(written, subject);
  return equal !== undefined && written.done ? equal : free();
}

function stripIntroduction(cell: string): string {
  const low = cell.toLowerCase();
  for (const word of ['if ', 'when ', 'on ', 'once ']) if (low.startsWith(word)) return cell.slice(word.length);
  return cell;
}

function readTarget(cell: string, targets: Targets): Action | undefined {
  const cursor = cursorOver(cell);
  const named = cursor.attempt(() => {
    const reading = parseTarget(cursor, targets);
    return reading?.to !== undefined && cursor.done ? reading : undefined;
  });
  if (named?.to !== undefined) return { to: named.to, candidates: [named.to], updates: {}, understood: true, force: 'plain', names: [named] };
  const action = parseAction(cursor, targets);
  return action !== undefined && cursor.done ? action : action === undefined ? undefined : { ...action, understood: false };
}

function isWhole(text: string, table: typeof WILDCARD): boolean {
  const cursor = cursorOver(text);
  return cursor.take(table) !== undefined && cursor.done;
}

function cursorOver(text: string): Cursor {
  const tokens = tokenize(text);
  const end = tokens.at(-1)?.low === '.' ? tokens.length - 1 : tokens.length;
  return new Cursor(text, tokens, { at: 0, end });
}
