import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { isNode, LineCounter, parseDocument } from 'yaml';

/** Where in a configuration: keys and list positions from the root. */
export type Path = readonly PropertyKey[];

/** One thing wrong with the configuration, for people and for programs. */
export interface ConfigFault {
  /** Such as `http.port`, or `env LOG_LEVEL` for a variable; empty for the file as a whole. */
  readonly path: string;
  /** 1-based, where the fault stands in a file. */
  readonly line?: number;
  /** A whole sentence; never holds a secret. */
  readonly message: string;
  /** The command that mends it, where there is one. */
  readonly remedy?: string;
}

/** A configuration file as written, before it is checked. */
export interface Source {
  readonly value: unknown;
  /** Exactly as it was read. */
  readonly text: string;
  readonly faults: readonly ConfigFault[];
  /** 1-based line of the value at `path`, or of the nearest thing around it. */
  lineOf(path: Path): number | undefined;
}

const CONFIG_NAMES = ['jsonc', 'json', 'yaml', 'yml'].map((extension) => `tutti.config.${extension}`);

const MAX_BYTES = 1_048_576;

/** Configuration files of one folder, by precedence. */
export function configsIn(folder: string): readonly string[] {
  return CONFIG_NAMES.map((name) => join(folder, name)).filter((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
}

/** The folder itself and every folder around it, innermost first. */
export function foldersUp(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUp(parent)];
}

/** Reads a file without judging what it says. Never throws: what cannot be read is a fault. */
export function readSource(file: string): Source {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return unreadable(`is larger than ${MAX_BYTES} bytes; a configuration is small`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return unreadable(
      `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`,
    );
  }
  return parseSource(file, text);
}

/** The same for a text that was read already; the name of the file says in which language it is. */
export function parseSource(file: string, text: string): Source {
  try {
    const bare = text.replace(/^\uFEFF/, '');
    return { ...(['.yaml', '.yml'].includes(extname(file)) ? readYaml(bare) : readJsonc(bare)), text };
  } catch (error) {
    if (error instanceof RangeError) return unreadable('is nested too deeply');
    throw error;
  }
}

function unreadable(why: string): Source {
  return {
    value: undefined,
    text: '',
    faults: [{ path: '', message: `the file ${why}` }],
    lineOf: () => undefined,
  };
}

type Reading = Omit<Source, 'text'>;

function readYaml(text: string): Reading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map((error) => ({
    path: '',
    line: lines.linePos(error.pos[0]).line,
    message: error.message,
  }));
  const lineOf = (path: Path): number | undefined => {
    const node: unknown = document.getIn(path, true);
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) return lines.linePos(start).line;
    return path.length > 0 ? lineOf(path.slice(0, -1)) : undefined;
  };
  if (faults.length > 0) return { value: undefined, faults, lineOf };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    // An alias inside its own anchor makes a circle, which no configuration is.
    JSON.stringify(value);
    return { value, faults, lineOf };
  } catch (error) {
    if (error instanceof ReferenceError) return unreadable(`has aliases that multiply: ${error.message}`);
    if (error instanceof TypeError) return unreadable('has an alias inside its own anchor');
    throw error;
  }
}

function readJsonc(text: string): Reading {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const faults: ConfigFault[] = errors.map(({ error, offset }) => ({
    path: '',
    line: lineAt(offset),
    message: syntaxMessage(printParseErrorCode(error)),
  }));
  const starts = new Map<string, number>();
  const take = (node: Node, path: Path): unknown => {
    if (node.type === 'array') {
      return (node.children ?? []).map((each, at) => {
        starts.set(pathKey([...path, at]), each.offset);
        return take(each, [...path, at]);
      });
    }
    if (node.type !== 'object') return node.value;
    const value = emptyRecord();
    for (const { children: [key, each] = [] } of node.children ?? []) {
      if (!key || !each) continue;
      const name = String(key.value);
      const inner = [...path, name];
      if (name in value) {
        faults.push({
          path: inner.join('.'),
          line: lineAt(key.offset),
          message: 'the key stands here twice; keep one',
        });
      }
      starts.set(pathKey(inner), key.offset);
      value[name] = take(each, inner);
    }
    return value;
  };
  const lineOf = (path: Path): number | undefined => {
    const start = starts.get(pathKey(path));
    if (start !== undefined) return lineAt(start);
    return path.length > 0 ? lineOf(path.slice(0, -1)) : undefined;
  };
  return { value: root ? take(root, []) : undefined, faults, lineOf };
}

export function isRecord(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Without a prototype, so that a key such as `__proto__` is a key like any other. */
function emptyRecord(): Record<string, unknown> {
  return { __proto__: null };
}

function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** `CommaExpected` → `the syntax is broken here: comma expected`. */
function syntaxMessage(code: string): string {
  return `the syntax is broken here: ${code.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase()}`;
}
