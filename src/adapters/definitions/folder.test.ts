import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Definitions } from '../../core/ports/definitions.ts';
import { folderDefinitions } from './folder.ts';
import { unprivileged } from '../../../test/support/unprivileged.ts';

const SECRET = 'the secret';
const MAKE_PIPE = 'mkfifo';
let root: string;
let dir: string;
let definitions: Definitions;

async function put(path: string, text: string | Uint8Array = '# T\n'): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function makePipe(path: string): void {
  execFileSync(MAKE_PIPE, [path]);
}

/** What one who may not write sees of the workflows and of a file. */
function readByNobody(folder: string): unknown {
  const script = `
    import { folderDefinitions } from ${JSON.stringify(new URL('folder.ts', import.meta.url).href)};
    const dir = ${JSON.stringify(folder)};
    const definitions = folderDefinitions({ dirs: [dir], writeDir: dir });
    console.log(JSON.stringify([await definitions.list(), await definitions.read('W', 'steps/one.md')]));`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    ...unprivileged,
  });
  return JSON.parse(answer);
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    (answer) => ({ answer }),
    (cause: unknown) => (cause instanceof Error && 'code' in cause ? cause.code : cause),
  );
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tutti-folder-'));
  dir = join(root, 'workflows');
  definitions = folderDefinitions({ dirs: [dir], writeDir: dir });
  await put('secret.md', SECRET);
  await put('workflows/W/index.md');
  await put('workflows/W/steps/one.md', 'one');
  await put('workflows/OTHER/index.md', SECRET);
});

afterEach(async () => await rm(root, { recursive: true, force: true }));

describe('containment', () => {
  it('follows links that stay inside, and refuses those that lead out', async () => {
    await symlink('../steps/one.md', join(dir, 'W/steps/inside.md'));
    await symlink('steps', join(dir, 'W/folder'));
    await symlink('../../../secret.md', join(dir, 'W/steps/up.md'));
    await symlink(join(root, 'secret.md'), join(dir, 'W/steps/absolute.md'));
    await symlink('../OTHER', join(dir, 'W/sibling'));
    await symlink('../../', join(dir, 'W/parent'));
    await symlink('.', join(dir, 'W/self'));
    await symlink('loop.md', join(dir, 'W/loop.md'));
    await symlink('gone.md', join(dir, 'W/dangling.md'));
    expect(await definitions.read('W', 'steps/inside.md')).toBe('one');
    expect(await definitions.read('W', 'folder/one.md')).toBe('one');
    expect(await definitions.read('W', 'self/self/steps/one.md')).toBe('one');
    for (const path of [
      'steps/up.md',
      'steps/absolute.md',
      'sibling/index.md',
      'parent/secret.md',
      'parent/workflows/OTHER/index.md',
      'sibling',
      'self/self',
    ]) {
      expect([path, await codeOf(definitions.read('W', path))]).toEqual([path, 'definition/outside']);
    }
    for (const path of ['loop.md', 'dangling.md', 'folder']) {
      expect([path, await codeOf(definitions.read('W', path))]).toEqual([path, 'definition/not-found']);
    }
  });

  it('takes no link out of the root for a workflow', async () => {
    await put('elsewhere/index.md', SECRET);
    await symlink(join(root, 'elsewhere'), join(dir, 'LINKED'));
    await symlink('W', join(dir, 'ALIAS'));
    expect(await definitions.list()).toEqual(['ALIAS', 'OTHER', 'W']);
    expect(await definitions.stamp('LINKED')).toBeUndefined();
    expect(await codeOf(definitions.read('LINKED', 'index.md'))).toBe('definition/outside');
    expect(await codeOf(definitions.write('LINKED', { 'index.md': 'x' }))).toBe('definition/outside');
    expect(await definitions.read('ALIAS', 'index.md')).toBe('# T\n');
    expect(await readFile(join(root, 'elsewhere/index.md'), 'utf8')).toBe(SECRET);
  });

  it('reads through a root that is a link itself', async () => {
    await symlink(dir, join(root, 'link'));
    const linked = folderDefinitions({ dirs: [join(root, 'link')], writeDir: join(root, 'link') });
    expect(await linked.list()).toEqual(['OTHER', 'W']);
    expect(await linked.read('W', 'steps/one.md')).toBe('one');
    await linked.write('NEW', { 'index.md': 'new' });
    expect(await definitions.read('NEW', 'index.md')).toBe('new');
  });

  it('gives nothing of a file that is swapped for a link while it is read', async () => {
    const path = join(dir, 'W/steps/one.md');
    const state = { swapping: true };
    const swap = async (): Promise<void> => {
      for (let count = 0; count < 300; count += 1) {
        await symlink(join(root, 'secret.md'), `${path}.link`);
        await rename(`${path}.link`, path);
        await writeFile(`${path}.file`, 'one');
        await rename(`${path}.file`, path);
      }
      state.swapping = false;
    };
    const swapped = swap();
    const seen = new Set<unknown>();
    while (state.swapping) {
      const answer = await codeOf(definitions.read('W', 'steps/one.md'));
      seen.add(typeof answer === 'object' ? JSON.stringify(answer) : answer);
    }
    await swapped;
    const allowed = new Set(['{"answer":"one"}', 'definition/outside', 'definition/not-found']);
    expect([...seen].filter((answer) => !allowed.has(String(answer)))).toEqual([]);
  });
});

describe('what is no text', () => {
  it('never waits for pipes, and reads no folders, devices or bytes', async () => {
    makePipe(join(dir, 'W/steps/pipe.md'));
    await symlink('/dev/zero', join(dir, 'W/steps/zero.md'));
    await mkdir(join(dir, 'W/steps/folder.md'));
    await put('workflows/W/steps/latin.md', Uint8Array.from([0x63, 0x61, 0x66, 0xe9]));
    await put('workflows/W/steps/surrogate.md', Uint8Array.from([0xed, 0xa0, 0x80]));
    for (const path of ['steps/pipe.md', 'steps/folder.md', 'steps/latin.md', 'steps/surrogate.md']) {
      expect([path, await codeOf(definitions.read('W', path))]).toEqual([path, 'definition/not-found']);
    }
    expect(await codeOf(definitions.read('W', 'steps/zero.md'))).toBe('definition/outside');
    expect(await definitions.stamp('W')).toBeDefined();
    await mkdir(join(dir, 'PIPED'));
    makePipe(join(dir, 'PIPED/index.md'));
    expect(await definitions.list()).toEqual(['OTHER', 'PIPED', 'W']);
    expect(await codeOf(definitions.read('PIPED', 'index.md'))).toBe('definition/not-found');
    await definitions.write('PIPED', { 'index.md': 'text' });
    expect(await definitions.read('PIPED', 'index.md')).toBe('text');
  });

  it.skipIf(process.getuid?.() === 0)('lists a workflow whose folder is closed, and says so', async () => {
    await chmod(join(dir, 'W'), 0);
    try {
      expect(await definitions.list()).toContain('W');
      expect(await codeOf(definitions.read('W', 'index.md'))).toBe('definition/not-found');
      expect(await definitions.stamp('W')).toBeDefined();
    } finally {
      await chmod(join(dir, 'W'), 0o700);
    }
  });
});

describe('folders', () => {
  it('prefers the earlier folder, file by folder', async () => {
    await put('shipped/W/index.md', 'shipped');
    await put('shipped/EXTRA/index.md', 'extra');
    await put('shipped/HALF/index.md', 'whole');
    await put('workflows/HALF/steps/one.md', 'half');
    const both = folderDefinitions({ dirs: [dir, join(root, 'shipped')], writeDir: dir });
    expect(await both.list()).toEqual(['EXTRA', 'HALF', 'OTHER', 'W']);
    expect(await both.read('W', 'index.md')).toBe('# T\n');
    expect(await both.read('EXTRA', 'index.md')).toBe('extra');
    expect(await both.read('HALF', 'index.md')).toBe('whole');
    await both.write('EXTRA', { 'index.md': 'mine' });
    expect(await both.read('EXTRA', 'index.md')).toBe('mine');
    expect(await readFile(join(root, 'shipped/EXTRA/index.md'), 'utf8')).toBe('extra');
    const hidden = folderDefinitions({ dirs: [join(root, 'shipped'), dir], writeDir: dir });
    expect(await codeOf(hidden.write('W', { 'index.md': 'x' }))).toBe('definition/service-error');
  });

  it('takes an absent folder for an empty one, says so once, and sees it come', async () => {
    const told: string[] = [];
    const late = folderDefinitions({
      dirs: [join(root, 'late/deep')],
      writeDir: join(root, 'late/deep'),
      onAbsent: (path) => told.push(path),
    });
    expect(await late.list()).toEqual([]);
    expect(await late.list()).toEqual([]);
    expect(told).toEqual([join(root, 'late/deep')]);
    expect(await late.stamp('W')).toBeUndefined();
    await late.write('W', { 'index.md': 'x' });
    expect(await late.list()).toEqual(['W']);
    await rm(join(root, 'late'), { recursive: true });
    expect(await late.list()).toEqual([]);
  });

  it('says what is where it looks', async () => {
    await mkdir(join(root, 'empty'));
    await put('strange/notes.md');
    const [absent, empty, strange] = [join(root, 'absent'), join(root, 'empty'), join(root, 'strange')];
    const nowhere = folderDefinitions({ dirs: [absent, empty, strange], writeDir: dir });
    expect(await nowhere.list()).toEqual([]);
    expect(await nowhere.whereabouts()).toBe(
      `${absent}, which does not exist; nor in ${empty}, which is empty; nor in ${strange}, which holds no folder with an index.md under a valid name`,
    );
  });

  it('names what stands where a folder of workflows should', async () => {
    for (const [path, found] of [
      [join(root, 'secret.md'), 'a file'],
      ['/dev/null', 'a device'],
    ] as const) {
      const wrong = folderDefinitions({ dirs: [dir, path], writeDir: dir });
      await expect(wrong.list()).rejects.toMatchObject({
        code: 'definition/service-error',
        message: expect.stringContaining(`${path}: expected a folder of workflows, found ${found}.`),
      });
      const agents = folderDefinitions({ dirs: [dir, path], writeDir: dir, noun: 'agent' });
      await expect(agents.list()).rejects.toThrow(`${path}: expected a folder of agents, found ${found}.`);
    }
  });

  it('lists at most a thousand', async () => {
    await Promise.all(
      Array.from(
        { length: 1_010 },
        async (_each, at) => await put(`workflows/N${String(at).padStart(4, '0')}/index.md`),
      ),
    );
    expect((await definitions.list()).length).toBe(1_000);
  });
});

describe('stamps', () => {
  it('sees an edit of the same length under the same times', async () => {
    const file = join(dir, 'W/steps/one.md');
    const before = await definitions.stamp('W');
    await writeFile(file, 'two');
    await utimes(file, 1, 1);
    const after = await definitions.stamp('W');
    expect(after).not.toBe(before);
  });

  it('does not look at golden files, but at whatever else stands beside them', async () => {
    await put('workflows/W/tests/happy.yaml', 'old');
    await put('workflows/W/tests/happy.model.json', 'old');
    await put('workflows/W/tests/notes.md', 'old');
    const before = await definitions.stamp('W');
    await writeFile(join(dir, 'W/tests/happy.yaml'), 'changed');
    await writeFile(join(dir, 'W/tests/happy.model.json'), 'changed');
    expect(await definitions.stamp('W')).toBe(before);
    await writeFile(join(dir, 'W/tests/notes.md'), 'changed');
    expect(await definitions.stamp('W')).not.toBe(before);
  });

  it('trusts no stamp of a folder that is too large to look through', async () => {
    await Promise.all(
      Array.from({ length: 2_001 }, async (_each, at) => await put(`workflows/W/more/${at}.md`)),
    );
    expect(await definitions.stamp('W')).not.toBe(await definitions.stamp('W'));
  });
});

describe('writing', () => {
  it('makes folders that others may read, and leaves nothing behind', async () => {
    await definitions.write('NEW', { 'index.md': 'x', 'steps/a.md': 'y' });
    await codeOf(definitions.write('../EVIL', { 'index.md': 'x' }));
    await codeOf(definitions.write('NEW', { 'index.md': 'x', '../../evil.md': 'y' }));
    expect((await readdir(dir)).toSorted()).toEqual(['NEW', 'OTHER', 'W']);
    expect((await readdir(root)).toSorted()).toEqual(['secret.md', 'workflows']);
    expect((await readdir(join(dir, 'NEW'), { recursive: true })).toSorted()).toEqual([
      'index.md',
      'steps',
      'steps/a.md',
    ]);
  });

  it('keeps tests and notes, but no links or pipes, and writes through none', async () => {
    await put('workflows/W/tests/a.yaml', 'a');
    await put('workflows/W/README.md', 'notes');
    await symlink(root, join(dir, 'W/tests/out'));
    await symlink(join(root, 'secret.md'), join(dir, 'W/steps/out.md'));
    makePipe(join(dir, 'W/tests/pipe'));
    await definitions.write('W', { 'index.md': 'new', 'steps/out.md': 'mine' });
    expect((await readdir(join(dir, 'W'), { recursive: true })).toSorted()).toEqual([
      'README.md',
      'index.md',
      'steps',
      'steps/out.md',
      'tests',
      'tests/a.yaml',
    ]);
    expect(await readFile(join(root, 'secret.md'), 'utf8')).toBe(SECRET);
  });

  it('amends a file under the links and permissions that were there, and writes through no link', async () => {
    await put('secret.md', SECRET);
    await symlink('steps', join(dir, 'W/folder'));
    await symlink('one.md', join(dir, 'W/steps/inside.md'));
    await symlink(join(root, 'secret.md'), join(dir, 'W/steps/out.md'));
    await chmod(join(dir, 'W/steps/one.md'), 0o640);
    await definitions.amend('W', { 'steps/one.md': 'uno' });
    expect(await definitions.read('W', 'steps/inside.md')).toBe('uno');
    expect(await readlink(join(dir, 'W/folder'))).toBe('steps');
    expect((await stat(join(dir, 'W/steps/one.md'))).mode & 0o777).toBe(0o640);
    for (const path of ['steps/inside.md', 'steps/out.md', 'folder/one.md'])
      expect([path, await codeOf(definitions.amend('W', { [path]: 'x' }))]).toEqual([
        path,
        'definition/outside',
      ]);
    expect(await readFile(join(root, 'secret.md'), 'utf8')).toBe(SECRET);
    expect(await readdir(dir)).toEqual(await definitions.list());
  });

  it('amends nothing that is served from another folder', async () => {
    await put('shipped/S/index.md', '# S\n');
    const both = folderDefinitions({ dirs: [dir, join(root, 'shipped')], writeDir: dir });
    expect(await codeOf(both.amend('S', { 'index.md': 'x' }))).toBe('definition/outside');
    expect(await readFile(join(root, 'shipped/S/index.md'), 'utf8')).toBe('# S\n');
  });

  it('refuses another spelling of a workflow that is there', async () => {
    expect(await codeOf(definitions.write('other', { 'index.md': 'x' }))).toBe('definition/outside');
    await put('workflows/FILE');
    expect(await codeOf(definitions.write('FILE', { 'index.md': 'x' }))).toBe('definition/service-error');
  });

  it('brings the old folder back when a process died between the renames', async () => {
    await put('workflows/.tutti-save-abc123/name', 'W');
    await put('workflows/.tutti-save-abc123/new/index.md', 'never acknowledged');
    await rename(join(dir, 'W'), join(dir, '.tutti-save-abc123/old'));
    expect(await definitions.list()).toEqual(['OTHER', 'W']);
    expect(await definitions.read('W', 'steps/one.md')).toBe('one');
    await utimes(join(dir, '.tutti-save-abc123'), 1, 1);
    await definitions.write('W', { 'index.md': 'next' });
    expect((await readdir(dir)).toSorted()).toEqual(['OTHER', 'W']);
  });

  it.skipIf(!unprivileged)(
    'is listed and read where a dead save is in the way and nothing may be changed',
    async () => {
      await put('workflows/.tutti-save-abc123/name', 'W');
      await put('workflows/.tutti-save-abc123/replaced/index.md', 'old');
      await put('workflows/.tutti-save-def456/name', 'LOST');
      await put('workflows/.tutti-save-def456/old/index.md', 'old');
      for (const name of ['.tutti-save-abc123', '.tutti-save-def456']) await utimes(join(dir, name), 1, 1);
      await chmod(root, 0o755);
      await chmod(dir, 0o555);
      expect(readByNobody(dir)).toEqual([['OTHER', 'W'], 'one']);
      await chmod(dir, 0o755);
      expect(await readdir(dir)).toContain('.tutti-save-abc123');
      expect(await definitions.list()).toEqual(['LOST', 'OTHER', 'W']);
    },
  );

  it.skipIf(process.platform !== 'linux')('ends where no folder can be made', async () => {
    const nowhere = folderDefinitions({ dirs: ['/proc/tutti'], writeDir: '/proc/tutti/deeper' });
    expect(await codeOf(nowhere.write('W', { 'index.md': 'x' }))).toBe('definition/service-error');
  });

  it('survives two processes that write at once', async () => {
    const other = folderDefinitions({ dirs: [dir], writeDir: dir });
    const write = async (by: Definitions, mark: string): Promise<void> => {
      for (let count = 0; count < 30; count += 1)
        await by.write('W', { 'index.md': `${mark}${count}`, 'steps/one.md': `${mark}${count}` });
    };
    await Promise.all([write(definitions, 'a'), write(other, 'b')]);
    const text = await definitions.read('W', 'index.md');
    expect(text).toMatch(/^[ab]29$/);
    expect(await definitions.read('W', 'steps/one.md')).toBe(text);
    expect((await readdir(dir)).toSorted()).toEqual(['OTHER', 'W']);
  });

  it('does not touch the other names of a file', async () => {
    await link(join(dir, 'W/steps/one.md'), join(root, 'hard.md'));
    await definitions.write('W', { 'index.md': 'x', 'steps/one.md': 'changed' });
    expect(await readFile(join(root, 'hard.md'), 'utf8')).toBe('one');
  });
});

describe('watching', () => {
  /** Repeats `change` until the watcher has told; the test's own deadline ends a wait in vain. */
  async function heard(state: { count: number }, change: () => Promise<void>): Promise<void> {
    const before = state.count;
    while (state.count === before) await change();
  }

  it('tells of edits, and goes on after the folder was removed and made again', async () => {
    const state = { count: 0 };
    const stop = definitions.watch(() => (state.count += 1));
    try {
      await heard(state, async () => await put('workflows/W/steps/one.md', 'edited'));
      await heard(state, async () => await put('workflows/FRESH/steps/deep/x.md'));
      await heard(state, async () => await rm(dir, { recursive: true, force: true }));
      await heard(state, async () => await put('workflows/AGAIN/index.md'));
      await heard(state, async () => await put('workflows/AGAIN/index.md', 'edited'));
    } finally {
      stop();
    }
  });
});
