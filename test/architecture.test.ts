import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/** Who may import whom. A missing arrow fails the build. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  adapters: ['adapters', 'core', 'package'],
  surfaces: ['surfaces', 'core', 'app.ts', 'rehearsal.ts', 'config.ts', 'config', 'package'],
  'config.ts': ['config', 'core', 'package'],
  config: ['config', 'core', 'package'],
  'app.ts': ['config.ts', 'config', 'core', 'adapters', 'surfaces', 'models.ts', 'package'],
  'models.ts': ['config.ts', 'core', 'adapters'],
  'rehearsal.ts': ['config.ts', 'config', 'core', 'adapters', 'package'],
  'tool-host.ts': ['config', 'adapters', 'package'],
  'index.ts': ['core', 'config.ts', 'app.ts'],
};

/** Inside core, each room may look only to the right of itself. */
const rooms = ['orchestrator.ts', 'session', 'workflow', 'gateway', 'model', 'policy', 'ports', 'kernel'];

/** What only a computer has. */
const MACHINE = new Set([
  'process',
  'fetch',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'globalThis',
  'Date',
  'AbortSignal',
  'AbortController',
  'Buffer',
  'require',
  'navigator',
  'WebSocket',
]);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => join('src', name))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

const ring = (file: string) => file.split('/')[1] ?? '';
const room = (file: string) => file.split('/')[2] ?? '';

interface Import {
  readonly file: string;
  readonly spec: string;
  /** The imported file, or `undefined` for a package or a built-in. */
  readonly target: string | undefined;
}

const imports: readonly Import[] = files.flatMap((file) =>
  specifiersOf(file).map((spec) => ({
    file,
    spec,
    target: spec.startsWith('.') ? normalize(join(dirname(file), spec)) : undefined,
  })),
);

function specifiersOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  return [
    ...staticImports.map((each) => each.moduleRequest.value),
    ...staticExports.flatMap((each) => each.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...dynamicImports.map((each) => text.slice(each.moduleRequest.start + 1, each.moduleRequest.end - 1)),
  ];
}

describe('the house', () => {
  it('keeps every import on an allowed arrow', () => {
    const strays = imports
      .filter(
        ({ file, target }) => !arrows[ring(file)]?.includes(target === undefined ? 'package' : ring(target)),
      )
      .map(({ file, spec }) => `${file} -> ${spec}`);
    expect(strays).toEqual([]);
  });

  it('keeps the order of the rooms inside core', () => {
    const strays = imports
      .filter(({ file, target }) => ring(file) === 'core' && target !== undefined && ring(target) === 'core')
      .filter(({ file, target }) => rooms.indexOf(room(target ?? '')) < rooms.indexOf(room(file)))
      .map(({ file, spec }) => `${file} -> ${spec}`);
    expect(strays).toEqual([]);
    expect(files.filter((file) => ring(file) === 'core' && !rooms.includes(room(file)))).toEqual([]);
  });

  it('keeps adapters out of each other', () => {
    const strays = imports
      .filter(
        ({ file, target }) =>
          ring(file) === 'adapters' && target !== undefined && ring(target) === 'adapters',
      )
      .filter(({ file, target }) => room(target ?? '') !== room(file))
      .map(({ file, spec }) => `${file} -> ${spec}`);
    expect(strays).toEqual([]);
  });

  it('keeps ports free of values', () => {
    const values = files
      .filter((file) => file.startsWith('src/core/ports/'))
      .filter((file) =>
        /^(?:export )?(?:const|let|function|class|async)\b/m.test(readFileSync(file, 'utf8')),
      );
    expect(values).toEqual([]);
  });

  it('keeps the computer out of core', () => {
    const strays = files.filter((file) => ring(file) === 'core').flatMap((file) => machineUses(file));
    expect(strays).toEqual([]);
  });

  it('sees a machine use when there is one', () => {
    expect(
      usesIn('x.ts', 'const a = new Date(); const b = AbortSignal.timeout(1); const c = Math.random();'),
    ).toEqual(['x.ts: Date', 'x.ts: AbortSignal', 'x.ts: Math.random']);
  });
});

function machineUses(file: string): string[] {
  return usesIn(file, readFileSync(file, 'utf8'));
}

/** Walks the syntax tree: types and property names do not count, only values that are looked up. */
function usesIn(file: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown, parent: Record<string, unknown> | undefined, key: string): void => {
    if (Array.isArray(node)) {
      for (const each of node) visit(each, parent, key);
      return;
    }
    if (node === null || typeof node !== 'object') return;
    const syntax = node as Record<string, unknown>;
    if (
      typeof syntax['type'] === 'string' &&
      syntax['type'].startsWith('TS') &&
      syntax['type'] !== 'TSAsExpression'
    ) {
      if (!('expression' in syntax)) return;
    }
    if (syntax['type'] === 'Identifier' && MACHINE.has(String(syntax['name']))) {
      const isName = (key === 'property' || key === 'key') && parent?.['computed'] !== true;
      if (!isName) found.push(`${file}: ${String(syntax['name'])}`);
    }
    if (syntax['type'] === 'MemberExpression') {
      const object = syntax['object'] as Record<string, unknown>;
      const property = syntax['property'] as Record<string, unknown>;
      if (object['name'] === 'Math' && property['name'] === 'random') found.push(`${file}: Math.random`);
    }
    for (const [name, each] of Object.entries(syntax)) {
      if (name !== 'typeAnnotation' && name !== 'typeArguments' && name !== 'returnType')
        visit(each, syntax, name);
    }
  };
  visit(parseSync(file, text).program, undefined, '');
  return found;
}
