import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-launcher-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Launched {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The launcher as it lies in a clone or among installed packages, over a program that is given. */
function install({ at = 'clone', main }: { readonly at?: string; readonly main?: string } = {}): string {
  const root = join(folder, at);
  cpSync('bin', join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module' }));
  if (main !== undefined) {
    const file = join(root, 'dist', 'surfaces', 'cli', 'main.js');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, main);
  }
  return join(root, 'bin', 'tutti.cjs');
}

/** Runs it as a Node of some version would, as far as the launcher can tell. */
function launch(
  launcher: string,
  { node, args = [] }: { readonly node?: string; readonly args?: readonly string[] } = {},
): Launched {
  const disguise = join(folder, 'disguise.cjs');
  const versions = `Object.assign({}, process.versions, { node: ${JSON.stringify(node)} })`;
  writeFileSync(disguise, node ? `Object.defineProperty(process, 'versions', { value: ${versions} });` : '');
  return spawnSync(process.execPath, ['-r', disguise, launcher, ...args], { encoding: 'utf8' });
}

describe('a Node that is too old', () => {
  it.each(['0.10.48', '18.20.8', '20.20.2', '22.22.9', '22.23.2', '23.11.1', '24.14.9'])(
    '%s is told what to do',
    (node) => {
      const { status, stdout, stderr } = launch(install({ main: 'console.log("started")' }), { node });
      expect(status).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain('needs Node ^22.23.3 or >=24.15');
      expect(stderr).toContain(`found v${node}`);
    },
  );

  it('is given a command that starts this very program with the same arguments', () => {
    const launcher = install({ main: 'console.log("started with", process.argv.slice(2))' });
    const { stderr } = launch(launcher, { node: '20.20.2', args: ['run', 'A b', "it's"] });
    const command = /^ {2}npx -y -p node@24 -- (.*)$/m.exec(stderr)?.[1] ?? '';
    // What npx would do: put the newer Node first on the PATH, then run the rest.
    const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
    const { stdout } = spawnSync('sh', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    expect(stdout).toBe(`started with [ 'run', 'A b', "it's" ]\n`);
  });

  it('is told the name of the package where it was installed as one', () => {
    const launcher = install({ at: 'node_modules/tutti', main: '' });
    const { stderr } = launch(launcher, { node: '20.20.2', args: ['--version'] });
    expect(stderr).toContain('  npx -y -p node@24 -p tutti -- tutti --version\n');
  });

  it('can read the launcher: nothing newer than ES5 stands in it', () => {
    const code = readFileSync('bin/tutti.cjs', 'utf8').replaceAll(/\/\/.*$|'[^'\n]*'/gm, '');
    expect(code).not.toMatch(/=>|`|\b(?:const|let|class|async|await|import|of)\b|\.{3}|\?\.|\?\?|node:/);
  });
});

describe('a Node that is new enough', () => {
  it.each(['22.23.3', '22.30.0', '24.15.0', '24.21.0', '25.0.0', '26.2.0'])(
    '%s starts the program',
    (node) => {
      const { status, stdout } = launch(install({ main: 'console.log("started")' }), { node });
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'started\n' });
    },
  );

  it('says to build where nothing is built', () => {
    const { status, stderr } = launch(install());
    expect(status).toBe(1);
    expect(stderr).toContain('npm run build');
  });

  it('silences the warning about SQLite and no other', () => {
    const main = `
      process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
      process.emitWarning('Something else is an experimental feature', 'ExperimentalWarning');
      process.emitWarning('SQLite is old', { type: 'DeprecationWarning' });`;
    const { stderr } = launch(install({ main }));
    expect(stderr).not.toContain('SQLite is an experimental feature');
    expect(stderr).toContain('Something else is an experimental feature');
    expect(stderr).toContain('SQLite is old');
  });

  it('fails when the program does', () => {
    const { status, stderr } = launch(install({ main: 'throw new Error("broken")' }));
    expect(status).toBe(1);
    expect(stderr).toContain('broken');
  });

  it('is a program of its own', () => {
    const launcher = install({ main: 'console.log("started")' });
    chmodSync(launcher, 0o755);
    const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
    const { stdout } = spawnSync(launcher, { encoding: 'utf8', env: { ...process.env, PATH: path } });
    expect(stdout).toBe('started\n');
  });
});
