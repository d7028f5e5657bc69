import { nearestNames } from '../gateway/nearest.ts';
import { holds, readKeys } from '../kernel/expression/evaluate.ts';
import { ExpressionFault } from '../kernel/expression/expression.ts';
import type { Dialect, Expression } from '../kernel/expression/expression.ts';
import { parseExpression } from '../kernel/expression/parser.ts';
import { pathsOf } from '../kernel/expression/paths.ts';
import type { Fault } from '../kernel/fault.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Expanded } from '../workflow/definition/includes.ts';
import type { Section } from '../workflow/definition/section.ts';
import type { Agent, Guard, State, Transition } from './agent.ts';
import { ERROR_STATE } from './agent.ts';
import { toAgentFault } from './agent-faults.ts';
import { readItems } from './items.ts';

/** What a guard may look at; a bare name is task data. */
const DIALECT: Dialect = { roots: ['data', 'visits'], defaultRoot: 'data' };
/** A name, in backticks, bold or as the text of a link where the author likes; then what follows it. */
const ITEM = /^(?:\[([^[\]]*)\]\([^()\s]*\)|([^\s()]+))(?:\s+(.*))?$/;
const WHEN = /^when\s+(.+)$/i;
/** Suggestions take time: after so many unknown names they are left out. */
const MAX_SUGGESTIONS = 50;
const MAX_ITEM_LENGTH = 5_000;

export interface TransitionParts {
  readonly expanded: Expanded;
  readonly faults: Fault[];
  /** Of all states of the agent. */
  readonly names: readonly string[];
}

/** Reads `# Transitions`: `STATE`, `STATE when GUARD`, each with a note in parentheses behind it if the author likes. */
export function readTransitions(
  section: Section | undefined,
  { expanded, faults, names }: TransitionParts,
): readonly Transition[] {
  if (!section) return [];
  const reader = new TransitionReader(names, (code, line, said) =>
    faults.push(toAgentFault(code, expanded.origin(line), said)),
  );
  const stray = section.blocks.find(({ kind }) => kind !== 'list' && kind !== 'other');
  if (stray && !section.blocks.some(({ kind }) => kind === 'list')) {
    reader.unreadable(stray.line, 'The section "# Transitions" has text and no list of states.');
  }
  for (const { text, line } of readItems(section, expanded.text)) reader.take(text, line);
  return reader.transitions;
}

type Fail = (
  code: `transition/${'unreadable' | 'unknown-state' | 'guard' | 'duplicate'}`,
  line: number,
  said: { message: string; fix?: string },
) => void;

class TransitionReader {
  readonly transitions: Transition[] = [];
  readonly #byName: ReadonlyMap<string, string>;
  readonly #names: readonly string[];
  readonly #fail: Fail;
  /** Guards by target; `''` for none. */
  readonly #seen = new Map<string, Set<string>>();
  #suggestions = 0;

  constructor(names: readonly string[], fail: Fail) {
    this.#names = names;
    this.#byName = new Map(names.map((name) => [name.toLowerCase(), name]));
    this.#fail = fail;
  }

  take(text: string, line: number): void {
    const [, linked, plain = '', rest = ''] = (text.length <= MAX_ITEM_LENGTH && ITEM.exec(text)) || [];
    const name = (linked ?? plain).replaceAll(/[`*]/g, '').trim();
    if (name === '') {
      this.unreadable(
        line,
        `Expected the name of a state on a line of its own, found ${JSON.stringify(text.slice(0, 80))}.`,
      );
      return;
    }
    const to = this.#byName.get(name.toLowerCase());
    if (to === undefined) {
      this.#unknown(name, line);
      return;
    }
    const read = this.#rest(rest.trim(), line);
    if (!read) return;
    this.#checkTwins(to, read.when?.text ?? '', line);
    this.transitions.push({ to, ...read });
  }

  unreadable(line: number, message: string): void {
    this.#fail('transition/unreadable', line, {
      message,
      fix: 'Write a list, one move an item, such as "- REVIEWING" or "- EXECUTING when data.approved == true".',
    });
  }

  #unknown(name: string, line: number): void {
    const near = this.#nearest(name, this.#names);
    this.#fail('transition/unknown-state', line, {
      message: `The agent has no state ${JSON.stringify(name.slice(0, 80))}. Its states: ${shownNames(this.#names)}.`,
      fix:
        near === undefined
          ? 'Name one of its states, or add this one to the list in index.md.'
          : `Did you mean "${near}"?`,
    });
  }

  /** What stands after the name; `undefined` when it cannot be read. */
  #rest(rest: string, line: number): Omit<Transition, 'to'> | undefined {
    const [, guard] = WHEN.exec(rest) ?? [];
    if (guard !== undefined) return this.#guarded(guard, line);
    const note = splitNote(rest);
    if (rest === '' || note?.before === '') return note ? { note: note.note } : {};
    this.unreadable(
      line,
      `Expected "when" and a guard, or a note in parentheses, found ${JSON.stringify(rest.slice(0, 80))}.`,
    );
    return undefined;
  }

  /** What is in parentheses at the end belongs to the guard where that makes it whole; else it is a note. */
  #guarded(written: string, line: number): Omit<Transition, 'to'> | undefined {
    const whole = parse(written);
    if ('expression' in whole) return this.#checked(whole, line);
    const parts = splitNote(written);
    const parted = parts && parts.before !== '' ? parse(parts.before) : whole;
    if ('expression' in parted) {
      const checked = this.#checked(parted, line);
      return checked && { ...checked, ...(parts && { note: parts.note }) };
    }
    this.#fail('transition/guard', line, {
      message: `The guard ${JSON.stringify(parted.text.slice(0, 120))} cannot be read at character ${parted.offset + 1}: ${parted.problem}.`,
      fix: 'Write a condition over the task data, such as data.approved == true, or visits.RESEARCHING < 3.',
    });
    return undefined;
  }

  #checked({ text, expression }: Guard, line: number): { when: Guard } | undefined {
    for (const { root, keys } of pathsOf(expression)) {
      const [key] = keys;
      const isSound =
        root === 'visits' ? keys.length === 1 && this.#names.some((name) => name === key) : key !== undefined;
      if (isSound) continue;
      this.#fail('transition/guard', line, this.#stray(root, key));
      return undefined;
    }
    return { when: { text, expression } };
  }

  /** A path that would never be anything, so that its guard would never hold. */
  #stray(root: string, key: string | number | undefined): { message: string; fix?: string } {
    if (root !== 'visits')
      return { message: 'A guard looks at a key of the task data, such as data.approved; found data alone.' };
    const found = key === undefined ? 'visits' : `visits.${String(key).slice(0, 80)}`;
    const message = `A guard may count the visits of a state, as visits.${this.#names[0] ?? 'STATE'}; found ${found}.`;
    const near = this.#nearest(String(key ?? ''), this.#names);
    return near === undefined ? { message } : { message, fix: `Did you mean visits.${near}?` };
  }

  #checkTwins(to: string, guard: string, line: number): void {
    const seen = this.#seen.get(to) ?? new Set();
    this.#seen.set(to, seen);
    if (seen.has(guard) || seen.has('') || (guard === '' && seen.size > 0)) {
      this.#fail('transition/duplicate', line, {
        message: `The move to ${to} stands here once more${guard === '' && !seen.has('') ? ', without a guard, so that the guards before it mean nothing' : ''}.`,
        fix: 'Take one of them out.',
      });
    }
    seen.add(guard);
  }

  #nearest(name: string, names: readonly string[]): string | undefined {
    this.#suggestions += 1;
    return this.#suggestions > MAX_SUGGESTIONS ? undefined : nearestNames(name, names)[0];
  }
}

const MAX_SHOWN = 20;

function shownNames(names: readonly string[]): string {
  return [...names.slice(0, MAX_SHOWN), ...(names.length > MAX_SHOWN ? ['…'] : [])].join(', ');
}

type Parsed = Guard | { readonly text: string; readonly offset: number; readonly problem: string };

function parse(written: string): Parsed {
  const text = written.replace(/^`+(.*?)`+$/, '$1').trim();
  try {
    const expression: Expression = parseExpression(text, DIALECT);
    return { text, expression };
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    return { text, offset: fault.offset, problem: fault.message };
  }
}

/** `before (note)`, where the parentheses at the end are balanced. */
function splitNote(text: string): { readonly before: string; readonly note: string } | undefined {
  if (!text.endsWith(')')) return undefined;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at -= 1) {
    if (text[at] === ')') depth += 1;
    else if (text[at] === '(') depth -= 1;
    if (depth === 0) return { before: text.slice(0, at).trim(), note: text.slice(at + 1, -1).trim() };
  }
  return undefined;
}

/** What guards are judged by. */
export interface Situation {
  readonly data: JsonObject;
  readonly visits: Readonly<Record<string, number>>;
}

/** Whether a transition is open now. */
export function isOpen({ when }: Transition, { data, visits }: Situation): boolean {
  return !when || holds(when.expression, (root, keys) => readKeys(root === 'visits' ? visits : data, keys));
}

/** Where a state may move now, each name once, in the author's order; ERROR last, where the agent has it. */
export function openMoves(agent: Agent, state: State, situation: Situation): readonly string[] {
  const open = state.transitions.filter((transition) => isOpen(transition, situation));
  const names = new Set(open.map(({ to }) => to));
  const fall = fallOf(agent);
  if (fall !== undefined && fall !== state.name) names.add(fall);
  return [...names];
}

/** The state that every other may fall into, if the agent has it. */
export function fallOf(agent: Pick<Agent, 'states'>): string | undefined {
  return findState(agent, ERROR_STATE)?.name;
}

/** A state by its name, whatever the case. */
export function findState({ states }: Pick<Agent, 'states'>, name: string): State | undefined {
  const wanted = name.trim().toLowerCase();
  return states.find((state) => state.name.toLowerCase() === wanted);
}
