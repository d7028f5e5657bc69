import { isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/json.ts';

/** Something between braces or brackets that an author may have meant to be filled in. */
export interface Placeholder {
  /** As written, braces and all. */
  readonly text: string;
  /** `context` is filled in; the others never are. */
  readonly style: 'context' | 'double' | 'dollar' | 'single' | 'angle';
  /** For `context`: the names and indexes after it; `undefined` when they cannot be read. */
  readonly path: readonly string[] | undefined;
  /** Where it begins in the text. */
  readonly at: number;
}

/** Two pairs of braces with no brace and no line end between them: scanned in linear time. */
const DOUBLE = /\{\{([^{}\n]*)\}\}/g;
const OTHERS = /(\$?)\{([^{}\n]*)\}|<([^<>\n]*)>/g;
const ROOT = 'context';
/** Characters that rendering may add: a large value that is named often must not multiply. */
const MAX_ADDED_LENGTH = 1_048_576;
/** Characters that are written out at all, used or not. */
const MAX_WRITTEN_LENGTH = 8 * MAX_ADDED_LENGTH;

/**
 * Fills in `{{ context.name }}`, `{{ context.list[0].name }}` and `{{ context.list.0 }}`: texts as they are, other values as compact
 * JSON. What the context does not hold is left as written; what was filled in is not read again.
 */
export function renderInstructions(text: string, context: JsonObject): string {
  const known = new Map<string, string | undefined>();
  let written = 0;
  let added = 0;
  return text.replaceAll(DOUBLE, (whole: string, inner: string) => {
    const path = readPath(inner.trim());
    if (path === undefined) return whole;
    const key = path.join('.');
    if (!known.has(key) && written <= MAX_WRITTEN_LENGTH) {
      known.set(key, toText(valueAt(path, context)));
      written += known.get(key)?.length ?? 0;
    }
    const value = known.get(key);
    if (value === undefined || added + value.length > MAX_ADDED_LENGTH) return whole;
    added += value.length;
    return value;
  });
}

/** Own properties and indexes only: nothing inherited is ever shown. */
function valueAt(path: readonly string[], context: JsonObject): Json | undefined {
  let value: Json | undefined = context;
  for (const key of path) {
    if (isJsonObject(value)) value = Object.hasOwn(value, key) ? value[key] : undefined;
    else
      value =
        Array.isArray(value) && /^\d{1,9}$/.test(key) ? (value as readonly Json[])[Number(key)] : undefined;
  }
  return value;
}

function toText(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** `context.a.b[0]` as `['a', 'b', '0']`; `undefined` for anything else. */
function readPath(inner: string): string[] | undefined {
  if (!/^context\s*[.[]/.test(inner)) return undefined;
  const path: string[] = [];
  const key = /\s*(?:\.\s*([\p{L}\p{N}_$-]+)|\[\s*(\d+)\s*\])/uy;
  key.lastIndex = ROOT.length;
  let at = ROOT.length;
  for (let match = key.exec(inner); match !== null; match = key.exec(inner)) {
    path.push(match[1] ?? match[2] ?? '');
    at = key.lastIndex;
  }
  return at === inner.length ? path : undefined;
}

/** Every placeholder in the text, in the styles authors use, in order. Includes and code are for the caller to leave out. */
export function findPlaceholders(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  for (const match of text.matchAll(DOUBLE)) {
    const inner = (match[1] ?? '').trim();
    const style = /^context\b/.test(inner) ? 'context' : 'double';
    found.push({ text: match[0], style, path: readPath(inner), at: match.index });
  }
  const rest = text.replaceAll(DOUBLE, (whole) => ' '.repeat(whole.length));
  for (const match of rest.matchAll(OTHERS)) {
    const angle = match[3];
    const style = angle !== undefined ? 'angle' : match[1] === '$' ? 'dollar' : 'single';
    found.push({ text: match[0], style, path: undefined, at: match.index });
  }
  return found.toSorted((one, other) => one.at - other.at);
}
