import type { Json, JsonObject } from '../../kernel/json.ts';
import { isJsonObject } from '../../kernel/json.ts';
import { stripControls } from '../../policy/clean.ts';
import type { CallEnd } from './ask.ts';

const MAX_NAME = 64;
const MAX_CELL = 400;
const MAX_LINE = 4_000;
const MAX_DEPTH = 4;
/** More of one answer than a digest could ever show is not even looked at. */
const MAX_LENGTH = 262_144;
const MAX_PIECES = 20_000;
/** Shorter ones are alike by chance. */
const MIN_ALIKE = 24;

/** A piece of an answer that is said as a whole, or left out as one. */
export interface Piece {
  readonly text: string;
  /** Equal for pieces that say the same; absent where that means nothing. */
  readonly key?: string;
  /** An item of a list, or a member: no empty line stands before it. */
  readonly tight: boolean;
}

/** What one call answered, as pieces of Markdown in its order. */
export function piecesOf({ value, text, uri }: Extract<CallEnd, { kind: 'done' }>): readonly Piece[] {
  // Of a stored result only its beginning is here.
  if (uri !== undefined || value === null || typeof value !== 'object')
    return paragraphs(text === '' ? inline(value) : text);
  if (Array.isArray(value)) return items(value as readonly Json[], '');
  return members(value as JsonObject, { indent: '', depth: 0 });
}

function paragraphs(text: string): readonly Piece[] {
  return clean(text.slice(0, MAX_LENGTH))
    .split(/\n{2,}/)
    .map((each) => each.trimEnd())
    .filter((each) => each.trim() !== '')
    .map((each) => piece(each, false));
}

function members(
  value: JsonObject,
  at: { readonly indent: string; readonly depth: number },
): readonly Piece[] {
  const { indent, depth } = at;
  const pieces: Piece[] = [];
  for (const [name, member] of Object.entries(value).slice(0, MAX_PIECES)) {
    const label = `${indent}- ${oneLine(name, MAX_CELL)}:`;
    const inner = innerOf(member, { indent: `${indent}  `, depth: depth + 1 });
    if (inner === undefined) pieces.push(piece(`${label} ${inline(member)}`, true));
    else pieces.push({ text: label, tight: true }, ...inner);
  }
  return pieces;
}

/** Of a member that is shown on lines of its own. */
function innerOf(
  member: Json,
  at: { readonly indent: string; readonly depth: number },
): readonly Piece[] | undefined {
  if (Array.isArray(member)) {
    const list = member as readonly Json[];
    return list.some((each) => isJsonObject(each)) ? items(list, at.indent) : undefined;
  }
  return isJsonObject(member) && at.depth <= MAX_DEPTH ? members(member, at) : undefined;
}

function items(list: readonly Json[], indent: string): readonly Piece[] {
  return list
    .slice(0, MAX_PIECES)
    .map((each) => piece(`${indent}- ${isJsonObject(each) ? row(each) : inline(each)}`, true));
}

/** An object on one line. */
function row(value: JsonObject): string {
  let line = '';
  for (const [name, member] of Object.entries(value)) {
    line += `${line === '' ? '' : '; '}${oneLine(name, MAX_CELL)}: ${inline(member, MAX_CELL)}`;
    if (line.length > MAX_LINE) break;
  }
  return oneLine(line, MAX_LINE);
}

function inline(value: Json, maxLength = MAX_LINE): string {
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value), maxLength);
}

function piece(text: string, tight: boolean): Piece {
  const key = text.replaceAll(/\s+/g, ' ').replace(/^ ?- /, '').trim().toLowerCase();
  return key.length < MIN_ALIKE ? { text, tight } : { text, key, tight };
}

/** Text from outside: no control characters, and line feeds as the only ends of lines. */
function clean(text: string): string {
  return stripControls(text).replaceAll(/[\u2028\u2029]/g, '\n');
}

/** The same on one line, at most so long. */
export function oneLine(text: string, maxLength: number): string {
  const line = clean(text.slice(0, 2 * maxLength + 256))
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (line.length <= maxLength && text.length <= 2 * maxLength + 256) return line;
  return `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** As a quotation: nothing in it can pass for ours. */
export function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** A name between back ticks, which it cannot close. */
export function named(text: string): string {
  return `\`${oneLine(text, MAX_NAME).replaceAll('`', '')}\``;
}
