import type { Block } from '../../kernel/document.ts';
import { ExpressionFault } from '../../kernel/expression/expression.ts';
import type { Expression } from '../../kernel/expression/expression.ts';
import { parseExpression } from '../../kernel/expression/parser.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { Target } from '../../kernel/instance.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import type { Condition } from './condition.ts';
import { ALWAYS } from './condition.ts';
import { DIALECT } from './dialect.ts';
import type { GuidanceSource } from './guidance.ts';
import type { WrittenRule } from './statement.ts';
import type { Targets } from './target.ts';

export interface Transitions {
  readonly rules: readonly WrittenRule[];
  readonly faults: readonly Fault[];
}

/** Rules of the rule language, from `# Transitions` and from the front matter, in that order. */
export function readTransitions(source: GuidanceSource, targets: Targets): Transitions {
  const reader = new TransitionReader(source.file, targets);
  for (const block of source.transitions ?? []) reader.block(block);
  if (source.frontMatter !== undefined) reader.frontMatter(source.frontMatter);
  return reader;
}

class TransitionReader implements Transitions {
  readonly rules: WrittenRule[] = [];
  readonly faults: Fault[] = [];
  readonly #file: string;
  readonly #targets: Targets;

  constructor(file: string, targets: Targets) {
    this.#file = file;
    this.#targets = targets;
  }

  block(block: Block): void {
    if (block.kind === 'other') return;
    if (block.kind !== 'list') {
      this.#fault(block.line, 'transitions/form', 'Expected a list of `condition -> target`.', 'Write each rule as a list item.');
      return;
    }
    for (const item of block.items) {
      const [first, ...rest] = item.blocks;
      if (first?.kind === 'paragraph' && rest.length === 0) this.#item(first.text, item.line);
      else this.#fault(item.line, 'transitions/form', 'Expected one line `condition -> target`.', 'Keep a rule on one line, without lists below it.');
    }
  }

  frontMatter(value: unknown): void {
    if (!Array.isArray(value)) {
      this.#fault(1, 'transitions/form', '`transitions` must be a list of {when, to, status?, set?}.');
      return;
    }
    for (const entry of value as readonly unknown[]) this.#entry(entry);
  }

  #entry(entry: unknown): void {
    const rule = entry as Json;
    if (!isJsonObject(rule) || typeof rule['to'] !== 'string' || (rule['when'] !== undefined && typeof rule['when'] !== 'string' && typeof rule['when'] !== 'boolean')) {
      this.#fault(1, 'transitions/form', 'Each transition needs `to`, a step, and `when`, an expression or `otherwise`.');
      return;
    }
    const status = rule['status'];
    if (status !== undefined && (typeof status !== 'string' || (status.toUpperCase() !== 'FAILED' && status.toUpperCase() !== 'COMPLETED'))) {
      this.#fault(1, 'transitions/status', '`status` must be COMPLETED or FAILED.');
      return;
    }
    const set = rule['set'];
    if (set !== undefined && !isJsonObject(set)) {
      this.#fault(1, 'transitions/set', '`set` must be an object of context variables.');
      return;
    }
    const when = rule['when'] === undefined || rule['when'] === true ? 'otherwise' : String(rule['when']);
    const condition = this.#condition(when, 1);
    const to = this.#target(rule['to'], typeof status === 'string' ? status : undefined, 1);
    if (condition === undefined || to === undefined) return;
    this.rules.push({ by: 'rule', to, because: `${when} -> ${rule['to']}`, line: 1, condition, updates: isJsonObject(set) ? set : {} });
  }

  #item(written: string, line: number): void {
    const text = written.replaceAll('`', '').replaceAll('→', '->').replaceAll(/\s+/g, ' ').trim();
    const arrow = lastArrow(text);
    if (arrow < 0) {
      this.#fault(line, 'transitions/form', `Expected \`condition -> target\`, found ${JSON.stringify(text)}.`, 'Put "->" between the condition and the step.');
      return;
    }
    const condition = this.#condition(text.slice(0, arrow).trim(), line);
    const tail = this.#tail(text.slice(arrow + 2).trim(), line);
    if (tail === undefined) return;
    const to = this.#target(tail.target, tail.status, line);
    if (condition === undefined || to === undefined) return;
    this.rules.push({ by: 'rule', to, because: text, line, condition, updates: tail.updates });
  }

  #condition(text: string, line: number): Condition | undefined {
    const low = text.toLowerCase();
    if (low === 'otherwise' || low === 'else' || low === 'always' || low === 'true') return ALWAYS;
    try {
      return { kind: 'expression', expression: parseExpression(text, DIALECT) };
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      this.#fault(line, 'transitions/expression', `In \`${text}\` at character ${error.offset + 1}: ${error.message}.`);
      return undefined;
    }
  }

  /** `TARGET [as STATUS] [set key = literal, …]` */
  #tail(text: string, line: number): { readonly target: string; readonly status: string | undefined; readonly updates: JsonObject } | undefined {
    const set = text.search(/\sset\s+[\w$.]+\s*=/);
    const updates = set < 0 ? {} : this.#updates(text.slice(set).trim().slice(4), line);
    if (updates === undefined) return undefined;
    const target = (set < 0 ? text : text.slice(0, set)).replace(/[,;]\s*$/, '').trim();
    const as = /^(.*\S)\s+as\s+(failed|completed)$/i.exec(target);
    return { target: as?.[1] ?? target, status: as?.[2], updates };
  }

  #updates(text: string, line: number): JsonObject | undefined {
    const updates: Record<string, Json> = {};
    let rest = text.trim();
    while (rest !== '') {
      const assignment = /^([A-Za-z_$][\w$]*)\s*=\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)\s*(?:,|$)\s*/.exec(rest);
      const [whole, key, literal] = assignment ?? [];
      if (whole === undefined || key === undefined || literal === undefined) {
        this.#fault(line, 'transitions/set', `Expected \`key = literal\`, found ${JSON.stringify(rest)}.`, 'A literal is a "text", a number, true, false or null.');
        return undefined;
      }
      updates[key] = JSON.parse(literal) as Json;
      rest = rest.slice(whole.length);
    }
    return updates;
  }

  #target(written: string, status: string | undefined, line: number): Target | undefined {
    const name = written.replace(/^["']|["'.]$/g, '').trim();
    const keyword = name.toLowerCase();
    const to = this.#targets.exact(name) ?? (keyword === 'stay' || keyword === 'halt' ? { kind: keyword } as const : this.#targets.named(name)?.to);
    if (to === undefined) {
      const nearest = this.#targets.nearest(name);
      this.#fault(line, 'transitions/target', `No step is called ${JSON.stringify(name)}.`, nearest === undefined ? undefined : `Did you mean "${nearest}"?`);
      return undefined;
    }
    if (status === undefined) return to;
    if (to.kind !== 'finish') {
      this.#fault(line, 'transitions/status', 'Only FINISH takes a status.', 'Remove the status, or lead to FINISH.');
      return undefined;
    }
    return { kind: 'finish', status: status.toUpperCase() === 'FAILED' ? 'FAILED' : 'COMPLETED' };
  }

  #fault(line: number, code: string, message: string, fix?: string): void {
    this.faults.push({ file: this.#file, line, code, message, severity: 'error', ...(fix === undefined ? {} : { fix }) });
  }
}

/** The arrow that stands outside quotes. */
function lastArrow(text: string): number {
  let quote = '';
  let found = -1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (char === '-' && text[at + 1] === '>' && found < 0) {
      found = at;
    }
  }
  return found;
}
