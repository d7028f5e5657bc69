import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDefinitionName, isFilePath, isWorkflowName, linkPath, resolvePath } from './paths.ts';

describe('paths', () => {
  it.each([
    ['index.md', 'steps/a.md', 'steps/a.md'],
    ['index.md', './steps//a.md', 'steps/a.md'],
    ['steps/a.md', 'b.md', 'steps/b.md'],
    ['steps/a.md', '../b.md', 'b.md'],
    ['steps/deep/a.md', '../../x/../b.md', 'b.md'],
    ['steps/a.md', '../../b.md', undefined],
    ['index.md', '..', undefined],
    ['index.md', '.', undefined],
    ['index.md', '', undefined],
    ['index.md', '/b.md', undefined],
    ['index.md', '//host/b.md', undefined],
    ['index.md', 'C:/b.md', undefined],
    ['index.md', 'C:b.md', undefined],
    ['index.md', '..\\b.md', undefined],
    ['index.md', 'file:b.md', undefined],
    ['index.md', 'b.md\0', undefined],
    ['index.md', '.env', undefined],
    ['index.md', 'a/.git/b.md', undefined],
  ])('from %j, %j leads to %j', (from, reference, path) => {
    expect(resolvePath(from, reference)).toBe(path);
  });

  it.each([
    ['a%20b.md', 'a b.md'],
    ['50%.md', '50%.md'],
    ['a.md#part', 'a.md'],
    ['%2e%2e/a.md', '../a.md'],
    ['..%2fa.md', '../a.md'],
    ['%00.md', '\0.md'],
  ])('the link %j is the path %j', (href, path) => {
    expect(linkPath(href)).toBe(path);
  });

  it('never lead out, whatever is written', () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', '\\', '%2e', '%2f', '%5c', ':', '\0', ' ', 'a', 'é', '~', '\u202E'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const reference = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(reference, (written) => {
        const path = resolvePath('steps/a.md', linkPath(written));
        if (path === undefined) return;
        expect(isFilePath(path)).toBe(true);
        expect(
          new URL(`file:///root/${path.split('/').map(encodeURIComponent).join('/')}`).pathname.startsWith(
            '/root/',
          ),
        ).toBe(true);
        expect(path.split('/').some((segment) => segment.startsWith('.') || segment === '')).toBe(false);
      }),
    );
  });

  it('are names of workflows in one plain segment', () => {
    for (const name of ['BUILD', 'a', '_x', '7', 'Ünï-ço_de 2.0', '工作', 'x'.repeat(64), 'console', 'com10'])
      expect([name, isWorkflowName(name)]).toEqual([name, true]);
    for (const name of ['x'.repeat(65), 'COM1', 'lpt¹', 'con.txt', '-a', '~a', ' a', 'a ', 'a.', '.', '..'])
      expect([name, isWorkflowName(name)]).toEqual([name, false]);
  });

  it('are refused in the same words, whoever asks', () => {
    checkDefinitionName('my desk');
    for (const name of ['../OUT', 'a'.repeat(65), 'con', ''])
      expect(() => checkDefinitionName(name)).toThrow(
        /is no name\. Use 1 to 64 characters: letters, digits, spaces, /,
      );
  });
});
