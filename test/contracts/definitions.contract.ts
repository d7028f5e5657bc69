import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TuttiError } from '../../src/core/kernel/errors.ts';
import type { Definitions } from '../../src/core/ports/definitions.ts';

/** A medium under test, and how to change it behind the back of the adapter. */
export interface Medium {
  readonly definitions: Definitions;
  put(workflow: string, path: string, text: string): Promise<void>;
  remove(workflow: string, path?: string): Promise<void>;
  close(): Promise<void>;
}

const index = '# T\n\n- [One](steps/one.md)\n';
const files = { 'index.md': index, 'steps/one.md': 'one' };

/** Names that are no workflow's, on any system. */
const badNames: readonly string[] = [
  '',
  '.',
  '..',
  '../outside',
  '/etc',
  'a/b',
  'a/../../b',
  'a\\b',
  '..\\outside',
  'C:',
  'C:\\x',
  'A\0B',
  'A\nB',
  'A\u001B[31m',
  'A\u202EB',
  'A\u200BB',
  '.hidden',
  '-rf',
  ' padded',
  'padded ',
  'dot.',
  'CON',
  'nul.txt',
  'com1',
  'a*b',
  'a?b',
  'a"b',
  '\uD800',
  'x'.repeat(65),
];

/** Paths that are no file's inside a workflow. */
const badPaths: readonly string[] = [
  '',
  '.',
  '..',
  '../secret.md',
  'steps/../../secret.md',
  'steps/../index.md',
  './index.md',
  'steps//one.md',
  'steps/',
  '/etc/passwd',
  '//host/share',
  'C:/x.md',
  'index.md:stream',
  'steps\\one.md',
  '..\\secret.md',
  'index.md\0',
  'steps/\u0007.md',
  'steps/\u202Emd.eno',
  '.git/config',
  'steps/.hidden.md',
  'aux.md',
  'steps/one.md.',
  'steps/one.md ',
  `${'x/'.repeat(300)}one.md`,
];

/** The code of the error, or that there was none. */
async function refusal(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => 'was not refused',
    (cause: unknown) => (cause instanceof TuttiError ? cause.code : String(cause)),
  );
}

/** Every promise of the port `Definitions`. `open` gives an empty medium each time. */
export function describeDefinitions(title: string, open: () => Promise<Medium>): void {
  describe(`definitions: ${title}`, () => {
    let medium: Medium;
    let definitions: Definitions;
    beforeEach(async () => {
      medium = await open();
      ({ definitions } = medium);
    });
    afterEach(async () => await medium.close());

    const refused = (code: string): object => expect.objectContaining({ code }) as object;

    it('is empty at first', async () => {
      expect(await definitions.list()).toEqual([]);
      expect(await definitions.whereabouts()).toMatch(/^\S.*, which [^.]+[^.]$/);
      expect(await definitions.stamp('NONE')).toBeUndefined();
      await expect(definitions.read('NONE', 'index.md')).rejects.toEqual(refused('definition/not-found'));
    });

    it('lists folders that hold an index, sorted, under valid names', async () => {
      await medium.put('B', 'index.md', '');
      await medium.put('A b-c_1.2', 'index.md', index);
      await medium.put('ÜBER', 'index.md', index);
      await medium.put('NO_INDEX', 'steps/one.md', 'x');
      await medium.put('.hidden', 'index.md', index);
      await medium.put('x'.repeat(65), 'index.md', index);
      expect(await definitions.list()).toEqual(['A b-c_1.2', 'B', 'ÜBER']);
    });

    it('reads texts as they are', async () => {
      const text = '\uFEFFa\r\nb \t\n\n𝄞 \u0000';
      await medium.put('W', 'index.md', index);
      await medium.put('W', 'steps/deep/er/übung 1.md', text);
      expect(await definitions.read('W', 'index.md')).toBe(index);
      expect(await definitions.read('W', 'steps/deep/er/übung 1.md')).toBe(text);
      await expect(definitions.read('W', 'steps')).rejects.toEqual(refused('definition/not-found'));
      await expect(definitions.read('W', 'steps/gone.md')).rejects.toEqual(refused('definition/not-found'));
      await expect(definitions.read('W', 'index.md/x.md')).rejects.toEqual(refused('definition/not-found'));
    });

    it('refuses names and paths that leave the folder or have another spelling', async () => {
      await medium.put('W', 'index.md', index);
      for (const name of badNames) {
        expect([name, await refusal(definitions.read(name, 'index.md'))]).toEqual([
          name,
          'definition/outside',
        ]);
        expect([name, await refusal(definitions.write(name, files))]).toEqual([name, 'definition/outside']);
        expect([name, await definitions.stamp(name)]).toEqual([name, undefined]);
      }
      for (const path of badPaths) {
        expect([path, await refusal(definitions.read('W', path))]).toEqual([path, 'definition/outside']);
        const write = definitions.write('W', { ...files, [path]: 'x' });
        expect([path, await refusal(write)]).toEqual([path, 'definition/outside']);
      }
      await expect(definitions.read('w', 'index.md')).rejects.toMatchObject({
        code: expect.stringMatching(/^definition\//),
      });
      await expect(definitions.read('W', 'INDEX.md')).rejects.toMatchObject({
        code: expect.stringMatching(/^definition\//),
      });
      expect(await definitions.read('W', 'index.md')).toBe(index);
      expect(await definitions.list()).toEqual(['W']);
    });

    it('takes names of inherited properties for what they are', async () => {
      for (const name of ['constructor', '__proto__', 'toString']) {
        expect(await definitions.stamp(name)).toBeUndefined();
        await expect(definitions.read(name, 'index.md')).rejects.toEqual(refused('definition/not-found'));
        await expect(definitions.read('W', name)).rejects.toEqual(refused('definition/not-found'));
      }
    });

    it('reads up to 1 MiB', async () => {
      await medium.put('W', 'index.md', 'é'.repeat(524_288));
      expect((await definitions.read('W', 'index.md')).length).toBe(524_288);
      await medium.put('W', 'index.md', `${'é'.repeat(524_288)}x`);
      await expect(definitions.read('W', 'index.md')).rejects.toEqual(refused('input/too-large'));
      await expect(definitions.write('W', { 'index.md': 'x'.repeat(1_048_577) })).rejects.toEqual(
        refused('input/too-large'),
      );
    });

    it('stamps every change', async () => {
      const stamps = new Set<string | undefined>([undefined]);
      const changes = [
        async () => await medium.put('W', 'index.md', 'a'),
        async () => await medium.put('W', 'index.md', 'b'),
        async () => await medium.put('W', 'index.md', 'c'),
        async () => await medium.put('W', 'steps/one.md', 'a'),
        async () => await medium.put('W', 'shared/x/y.md', 'a'),
        async () => await medium.put('W', 'shared/x/y.md', 'b'),
        async () => await medium.remove('W', 'steps/one.md'),
        async () => void (await definitions.write('W', files)),
      ];
      for (const change of changes) {
        await change();
        const stamp = await definitions.stamp('W');
        expect(stamps.has(stamp)).toBe(false);
        stamps.add(stamp);
      }
      await medium.remove('W');
      expect(await definitions.stamp('W')).toBeUndefined();
    });

    it('keeps its stamp while nothing changes', async () => {
      await medium.put('W', 'index.md', index);
      // A stamp may also tell apart a file that changed just now, so one change of mind is allowed.
      const stamps = new Set<string | undefined>();
      for (let count = 0; count < 5; count += 1) stamps.add(await definitions.stamp('W'));
      expect(stamps.size).toBeLessThanOrEqual(2);
    });

    it('writes a workflow whole, and replaces it', async () => {
      expect(await definitions.write('W', { ...files, 'shared/x.md': 'x' })).toContain('W');
      expect(await definitions.list()).toEqual(['W']);
      expect(await definitions.read('W', 'shared/x.md')).toBe('x');
      await medium.put('W', 'tests/happy.yaml', 'reports: []');
      await definitions.write('W', { 'index.md': 'new', 'steps/two.md': 'two' });
      expect(await definitions.read('W', 'index.md')).toBe('new');
      expect(await definitions.read('W', 'steps/two.md')).toBe('two');
      await expect(definitions.read('W', 'steps/one.md')).rejects.toEqual(refused('definition/not-found'));
      expect(await definitions.read('W', 'shared/x.md')).toBe('x');
      expect(await definitions.read('W', 'tests/happy.yaml')).toBe('reports: []');
      await definitions.write('W', { ...files, 'tests/new.yaml': 'y' });
      await expect(definitions.read('W', 'tests/happy.yaml')).rejects.toEqual(
        refused('definition/not-found'),
      );
      expect(await definitions.read('W', 'tests/new.yaml')).toBe('y');
    });

    it('refuses to write what could not be read back', async () => {
      await definitions.write('W', files);
      await expect(definitions.write('W', { 'steps/one.md': 'x' })).rejects.toEqual(
        refused('definition/invalid'),
      );
      for (const bad of [
        { 'steps/A.md': 'x', 'steps/a.md': 'y' },
        { 'steps/caf\u00E9.md': 'x', 'steps/cafe\u0301.md': 'y' },
        { steps: 'x', 'steps/a.md': 'y' },
        { 'Steps/a.md': 'x', 'steps/b.md': 'y' },
      ]) {
        await expect(definitions.write('W', { 'index.md': 'x', ...bad })).rejects.toEqual(
          refused('definition/outside'),
        );
      }
      const many = Object.fromEntries(Array.from({ length: 1_001 }, (_each, at) => [`steps/${at}.md`, '']));
      await expect(definitions.write('W', { 'index.md': 'x', ...many })).rejects.toEqual(
        refused('input/too-large'),
      );
      const big = Object.fromEntries(
        Array.from({ length: 9 }, (_each, at) => [`steps/${at}.md`, 'x'.repeat(1_048_576)]),
      );
      await expect(definitions.write('W', { 'index.md': 'x', ...big })).rejects.toEqual(
        refused('input/too-large'),
      );
      expect(await definitions.read('W', 'index.md')).toBe(index);
    });

    it('lists the pages of a workflow, linked or not', async () => {
      expect(await definitions.pages('NONE')).toEqual([]);
      await medium.put('W', 'index.md', index);
      for (const path of ['steps/two.md', 'steps/deep/One.MD', 'notes.md', 'tests/a.yaml', '.hidden/x.md'])
        await medium.put('W', path, 'x');
      expect(await definitions.pages('W')).toEqual([
        'index.md',
        'notes.md',
        'steps/deep/One.MD',
        'steps/two.md',
      ]);
      for (const name of badNames)
        expect([name, await refusal(definitions.pages(name))]).toEqual([name, 'definition/outside']);
    });

    it('amends the texts of some files, and keeps every other as it is', async () => {
      await definitions.write('W', { ...files, 'steps/two.md': '\uFEFFtwo\r\n' });
      await medium.put('W', 'tests/happy.yaml', 'reports: []');
      const before = await definitions.stamp('W');
      expect(await definitions.amend('W', { 'steps/one.md': 'uno\r\n', 'index.md': `${index}\n` })).toContain(
        'W',
      );
      expect(await definitions.stamp('W')).not.toBe(before);
      expect(await definitions.read('W', 'steps/one.md')).toBe('uno\r\n');
      expect(await definitions.read('W', 'index.md')).toBe(`${index}\n`);
      expect(await definitions.read('W', 'steps/two.md')).toBe('\uFEFFtwo\r\n');
      expect(await definitions.read('W', 'tests/happy.yaml')).toBe('reports: []');
      expect(await definitions.list()).toEqual(['W']);
    });

    it('amends nothing where one file is not there', async () => {
      await definitions.write('W', files);
      const amended = definitions.amend('W', { 'steps/one.md': 'uno', 'steps/gone.md': 'x' });
      await expect(amended).rejects.toEqual(refused('definition/outside'));
      expect(await definitions.read('W', 'steps/one.md')).toBe('one');
      await expect(definitions.amend('NONE', { 'index.md': 'x' })).rejects.toEqual(
        refused('definition/outside'),
      );
      await expect(definitions.amend('W', { 'steps/one.md': 'x'.repeat(1_048_577) })).rejects.toEqual(
        refused('input/too-large'),
      );
      for (const path of badPaths)
        expect([path, await refusal(definitions.amend('W', { [path]: 'x' }))]).toEqual([
          path,
          'definition/outside',
        ]);
    });

    it('shows readers the old or the new, while writers race', async () => {
      const version = (mark: number): Record<string, string> => ({
        'index.md': `v${mark}`,
        'steps/one.md': `v${mark}`,
      });
      await definitions.write('W', version(0));
      const state = { writing: true };
      const seen: string[] = [];
      const reader = async (): Promise<void> => {
        while (state.writing) {
          seen.push(await definitions.read('W', 'index.md'));
          expect(await definitions.list()).toEqual(['W']);
          expect(await definitions.stamp('W')).toBeDefined();
        }
      };
      const writer = async (from: number): Promise<void> => {
        for (let mark = from; mark < 60; mark += 3) await definitions.write('W', version(mark));
      };
      const writers = Promise.all([writer(1), writer(2), writer(3)]).finally(() => (state.writing = false));
      await Promise.all([writers, reader(), reader()]);
      expect(seen.every((text) => /^v\d+$/.test(text))).toBe(true);
      expect(await definitions.read('W', 'steps/one.md')).toBe(await definitions.read('W', 'index.md'));
      expect(await definitions.list()).toEqual(['W']);
    });

    it('tells watchers of a write until they stop', async () => {
      const state = { heard: false };
      const stop = definitions.watch(() => (state.heard = true));
      // A watcher may need a moment to stand; writing goes on until it has told.
      for (let mark = 0; !state.heard; mark += 1)
        await definitions.write('W', { ...files, 'steps/one.md': `${mark}` });
      stop();
      stop();
      await definitions.write('W', files);
    });
  });
}
