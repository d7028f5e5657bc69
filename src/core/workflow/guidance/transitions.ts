import type { Block } from '../../kernel/document.ts';
import type { Expression } from '../../kernel/expression/expression.ts';
import { ExpressionFault } from '../../kernel/expression/expression.ts';
import { parseExpression } from '../../kernel/expression/parser.ts';
import type { Fault } from '../../kernel/fault.ts';
import type { Target } from '../../kernel/instance.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { DIALECT } from './dialect.ts';
import type { GuidanceSource } from './guidance.ts';
import { misspelt } from './misspelling.ts';
import type { WrittenRule } from './statement.ts';
import type { Targets } from './target.ts';

export interface Transitions {
  readonly rules: readonly WrittenRule[];
  readonly faults: readonly Fault[];
}

const OTHERWISE: ReadonlySet<string> = new Set(['otherwise', 'else', 'always']);
const ALWAYS: Expression = { kind: 'literal', value: true };
const ASSIGNMENT =
  /^([A-Za-z_$][\w$]*)\s*=\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)\s*(?:,|$)\s*/;

/** Rules of the rule language, from `# Transitions` and from the front matter, in that order. */
export function readTransitions(source: GuidanceSource, targets: Targets): Transitions {
  const reader = new TransitionReader(source.file, targets);
  for (const block of source.transitions ?? []) reader.block(block);
  if (source.frontMatter !== undefined) reader.frontMatter(source.frontMatter);
  return reader;
}

/** A transition, taken apart but not yet understood. */
interface Written {
  readonly when: string;
  readonly to: string;
  readonly status?: string | undefined;
  readonly updates: JsonObject;
  readonly text: string;
  readonly line: number;
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
      this.#fault(block.line, {
        code: 'transitions/form',
        message: 'Expected a list of `condition -> target`.',
        fix: 'Write each rule as a list item.',
      });
      return;
    }
    for (const { blocks, line } of block.items) {
      const [first, ...rest] = blocks;
      if (first?.kind === 'paragraph' && rest.length === 0) this.#item(first.text, line);
      else
        this.#fault(line, {
          code: 'transitions/form',
          message: 'Expected one line `condition -> target`.',
          fix: 'Keep a rule on one line, without lists below it.',
        });
    }
  }

  frontMatter(value: unknown): void {
    if (Array.isArray(value)) for (const entry of value as readonly Json[]) this.#entry(entry);
    else
      this.#fault(1, {
        code: 'transitions/form',
        message: '`transitions` must be a list of {when, to, status?, set?}.',
      });
  }

  #entry(entry: Json): void {
    const { when = true, to, status, set = {} } = isJsonObject(entry) ? entry : {};
    if (typeof to !== 'string' || (typeof when !== 'string' && when !== true)) {
      this.#fault(1, {
        code: 'transitions/form',
        message: 'Each transition needs `to`, a step, and `when`, an expression or `otherwise`.',
      });
    } else if (status !== undefined && typeof status !== 'string') {
      this.#fault(1, { code: 'transitions/status', message: '`status` must be COMPLETED or FAILED.' });
    } else if (!isJsonObject(set)) {
      this.#fault(1, { code: 'transitions/set', message: '`set` must be an object of context variables.' });
    } else {
      const written = when === true ? 'otherwise' : when;
      this.#rule({ when: written, to, status, updates: set, text: `${written} -> ${to}`, line: 1 });
    }
  }

  #item(markdown: string, line: number): void {
    const text = markdown.replaceAll('`', '').replaceAll('→', '->').replaceAll(/\s+/g, ' ').trim();
    const arrow = arrowOutsideQuotes(text);
    if (arrow < 0) {
      this.#fault(line, {
        code: 'transitions/form',
        message: `Expected \`condition -> target\`, found ${JSON.stringify(text)}.`,
        fix: 'Put "->" between the condition and the step.',
      });
      return;
    }
    const tail = text.slice(arrow + 2).trim();
    const set = tail.search(/\sset\s+[\w$]+\s*=/);
    const updates = set < 0 ? {} : this.#updates(tail.slice(set).trim().slice(4), line);
    if (updates === undefined) return;
    const target = (set < 0 ? tail : tail.slice(0, set)).replace(/[,;]\s*$/, '').trim();
    const [, to = target, status] = /^(.*\S) +as +(\w+)$/i.exec(target) ?? [];
    const isStatus = status !== undefined && this.#targets.exact(target) === undefined;
    this.#rule({
      when: text.slice(0, arrow).trim(),
      to: isStatus ? to : target,
      status: isStatus ? status : undefined,
      updates,
      text,
      line,
    });
  }

  #updates(text: string, line: number): JsonObject | undefined {
    const updates: Record<string, Json> = {};
    for (let rest = text.trim(); rest !== '';) {
      const [whole, key, literal] = ASSIGNMENT.exec(rest) ?? [];
      if (whole === undefined || key === undefined || literal === undefined) {
        this.#fault(line, {
          code: 'transitions/set',
          message: `Expected \`key = literal\`, found ${JSON.stringify(rest)}.`,
          fix: 'A literal is a "text", a number, true, false or null.',
        });
        return undefined;
      }
      Object.defineProperty(updates, key, {
        value: parseLiteral(literal),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      rest = rest.slice(whole.length);
    }
    return updates;
  }

  #rule({ when, to: name, status, updates, text, line }: Written): void {
    const expression = this.#expression(when, line);
    const to = this.#target(name, line);
    const ended = to === undefined || status === undefined ? to : this.#ended(to, status, line);
    if (expression !== undefined && ended !== undefined)
      this.rules.push({ by: 'rule', to: ended, because: text, line, expression, updates });
  }

  #expression(text: string, line: number): Expression | undefined {
    if (OTHERWISE.has(text.toLowerCase())) return ALWAYS;
    try {
      return parseExpression(text, DIALECT);
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      this.#fault(line, {
        code: 'transitions/expression',
        message: `In \`${text}\` at character ${error.offset + 1}: ${error.message}.`,
      });
      return undefined;
    }
  }

  #target(written: string, line: number): Target | undefined {
    const name = written
      .replace(/^["']/, '')
      .replace(/["'.]+$/, '')
      .trim();
    const keyword = name.toLowerCase();
    const exact = this.#targets.exact(name);
    if (exact !== undefined) return exact;
    if (keyword === 'stay' || keyword === 'halt') return { kind: keyword };
    const to = this.#targets.named(name)?.to;
    if (to !== undefined) return to;
    this.#fault(line, {
      code: 'transitions/target',
      message: `No step is called ${JSON.stringify(name)}.`,
      ...this.#targetFix(name),
    });
    return undefined;
  }

  #targetFix(name: string): Pick<Fault, 'fix' | 'edit'> {
    const meant = misspelt(name, this.#targets.steps);
    if (meant !== undefined) return { fix: `Write "${meant}".`, edit: { from: name, to: meant } };
    const nearest = this.#targets.nearest(name);
    return nearest === undefined ? {} : { fix: `Did you mean "${nearest}"?` };
  }

  #ended(to: Target, written: string, line: number): Target | undefined {
    const status = written.toUpperCase();
    if (to.kind === 'finish' && (status === 'COMPLETED' || status === 'FAILED'))
      return { kind: 'finish', status };
    const message =
      to.kind === 'finish'
        ? `Expected COMPLETED or FAILED, found ${JSON.stringify(written)}.`
        : 'Only FINISH takes a status.';
    this.#fault(line, {
      code: 'transitions/status',
      message,
      fix: 'Write `FINISH as FAILED`, or remove the status.',
    });
    return undefined;
  }

  #fault(line: number, fault: Pick<Fault, 'code' | 'message' | 'fix' | 'edit'>): void {
    this.faults.push({ file: this.#file, line, severity: 'error', ...fault });
  }
}

function parseLiteral(literal: string): Json {
  try {
    return JSON.parse(literal) as Json;
  } catch {
    return literal.slice(1, -1);
  }
}

/** The first arrow that stands outside quotes; -1 without one. */
function arrowOutsideQuotes(text: string): number {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (text.startsWith('->', at)) {
      return at;
    }
  }
  return -1;
}
