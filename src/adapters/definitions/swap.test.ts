import fs, { chmod, mkdir, mkdtemp, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderDefinitions } from './folder.ts';
import { settleSwaps } from './swap.ts';

const ASIDE = '.tutti-save-abc123';
let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'tutti-swap-')));
  await mkdir(join(dir, 'W', 'steps'), { recursive: true });
  await writeFile(join(dir, 'W', 'index.md'), '# T\n');
  await writeFile(join(dir, 'W', 'steps', 'one.md'), 'one');
});

afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await rm(dir, { recursive: true });
});

interface Asked {
  readonly what: 'lstat' | 'readdir' | 'realpath';
  readonly path: string;
  /** Counted from 1. */
  readonly time: number;
}

/** What another process does, around one question that the system is asked. */
interface Interruption {
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
}

function interrupt({ what, path, time }: Asked, { before, after }: Interruption): () => number {
  const ask = fs[what] as (...args: unknown[]) => Promise<unknown>;
  let times = 0;
  const asked = async (...args: unknown[]): Promise<unknown> => {
    if (args[0] !== path) return await ask(...args);
    times += 1;
    const isIt = times === time;
    if (isIt) await before?.();
    try {
      return await ask(...args);
    } finally {
      if (isIt) await after?.();
    }
  };
  vi.spyOn(fs, what).mockImplementation(asked as never);
  syncBuiltinESMExports();
  return () => times;
}

const away = async (): Promise<void> => await rename(join(dir, 'W'), join(dir, '.away'));
const back = async (): Promise<void> => await rename(join(dir, '.away'), join(dir, 'W'));

/** Root may write everywhere: then it is somebody else who may not. */
const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
const SWAP = new URL('swap.ts', import.meta.url);

/** A clone, or a Node, may lie where nobody but its owner may look. */
function canBePlayed(): boolean {
  if (process.platform === 'win32') return false;
  const script = `require('node:fs').readFileSync(${JSON.stringify(fileURLToPath(SWAP))})`;
  return spawnSync(process.execPath, ['-e', script], { cwd: '/', ...somebody }).status === 0;
}

it.skipIf(!canBePlayed())('leaves nothing aside where the folder may not be written', async () => {
  await chmod(join(dir, 'W', 'steps'), 0o555);
  await chmod(join(dir, 'W'), 0o555);
  if (somebody)
    for (const path of ['', 'W', 'W/steps', 'W/index.md', 'W/steps/one.md'])
      chownSync(join(dir, path), somebody.uid, somebody.gid);
  const script = `import { amendFolder } from ${JSON.stringify(SWAP.href)};
    await amendFolder({ dir: ${JSON.stringify(dir)}, workflow: 'W', files: { 'index.md': 'new' } }).catch((error) => console.log(error.code));`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: dir,
    ...somebody,
  });
  const left = await readdir(dir);
  await chmod(join(dir, 'W'), 0o755);
  await chmod(join(dir, 'W', 'steps'), 0o755);
  expect({ ...ran, left }).toMatchObject({ status: 0, stdout: 'EACCES\n', left: ['W'] });
});

describe('a reader beside a writer', () => {
  it('does not undo a swap that begins while it looks', async () => {
    await mkdir(join(dir, ASIDE));
    await writeFile(join(dir, ASIDE, 'name'), 'W');
    const asked = interrupt(
      { what: 'lstat', path: join(dir, 'W'), time: 1 },
      { after: async () => await rename(join(dir, 'W'), join(dir, ASIDE, 'old')) },
    );
    expect(await settleSwaps(dir)).toEqual(['W']);
    expect(asked()).toBeGreaterThan(0);
    expect(await readdir(join(dir, ASIDE))).toContain('old');
  });

  it('finds what was away for a moment, though the same folder came back', async () => {
    const path = join(dir, 'W', 'steps', 'one.md');
    const asked = interrupt({ what: 'realpath', path, time: 1 }, { before: away, after: back });
    const definitions = folderDefinitions({ dirs: [dir], writeDir: dir });
    expect(await definitions.read('W', 'steps/one.md')).toBe('one');
    expect(asked()).toBeGreaterThan(1);
  });

  it.each([1, 2])('lists a workflow that was away at look %i', async (time) => {
    const asked = interrupt({ what: 'readdir', path: dir, time }, { before: away, after: back });
    const definitions = folderDefinitions({ dirs: [dir], writeDir: dir });
    expect(await definitions.list()).toEqual(['W']);
    expect(asked()).toBeGreaterThanOrEqual(time);
  });
});
