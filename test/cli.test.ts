import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorTable, type ErrorCode } from '../src/core/kernel/errors.ts';
import { EXIT, exitCodeOf } from '../src/surfaces/cli/failure.ts';
import { runCommand, runProcess, type Ran } from './support/command.ts';
import { verifies } from './support/world.ts';

const MAIN = resolve('.test-build/surfaces/cli/main.js');
const DEADLINE_MS = 110_000;

/** Compiled code that all processes of this suite share: starting them is most of what it costs. */
const compiled = mkdtempSync(join(tmpdir(), 'tutti-cli-compiled-'));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** A process that has ended may stay listed until its parent, which was killed with it, is replaced by one that asks. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH' && error.code !== 'ENOENT';
  }
}

interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function surroundings(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: compiled,
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    ...extra,
  };
}

/** Runs the command line to its end. */
async function tutti(args: readonly string[], { input = '', env }: RunOptions = {}): Promise<Ran> {
  return await runCommand(args, { cwd: folder, env: surroundings(env), input });
}

/** The same as a process of its own. */
function tuttiProcess(args: readonly string[], { input = '', env }: RunOptions = {}): Ran {
  return runProcess(args, { cwd: folder, env: surroundings(env), input });
}

/** The value at a path such as `steps.0.name`; `*` takes every item of a list. */
function at(value: unknown, path: string): unknown {
  const [key = '', ...rest] = path.split('.');
  if (path === '') return value;
  if (key === '*') return (value as unknown[]).map((each) => at(each, rest.join('.')));
  return at((value as Record<string, unknown> | undefined)?.[key], rest.join('.'));
}

/** The documents of a command that answers with one a line. */
function documents(stdout: string): unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** The JSON document of a command that succeeds. */
async function json(args: readonly string[], options?: RunOptions): Promise<unknown> {
  const { status, stdout, stderr } = await tutti([...args, '--json'], options);
  expect({ status, stderr }).toEqual({ status: EXIT.ok, stderr: '' });
  return JSON.parse(stdout) as unknown;
}

interface Failed {
  readonly status: number | null;
  readonly code: string;
  readonly message: string;
}

/** The error of a command that fails. */
async function failure(args: readonly string[], options?: RunOptions): Promise<Failed> {
  return toFailed(await tutti([...args, '--json'], options));
}

function toFailed({ status, stdout }: Ran): Failed {
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  return { status, ...error };
}

/** The user's folder of workflows. */
const definitions = (): string => join(folder, 'data', 'tutti', 'workflows');

/** Writes a workflow into the user's folder. */
function define(
  name: string,
  steps: Readonly<Record<string, { guidance: string; instructions?: string }>>,
  goal = 'A goal.',
): void {
  const dir = join(definitions(), name);
  mkdirSync(join(dir, 'steps'), { recursive: true });
  const links = Object.keys(steps).map(
    (step) => `- [${step}](steps/${step.toLowerCase().replaceAll(' ', '_')}.md)`,
  );
  writeFileSync(
    join(dir, 'index.md'),
    `# ${name}\n\n## Overall Goal:\n\n${goal}\n\n## Steps\n\n${links.join('\n')}\n`,
  );
  for (const [step, { guidance, instructions = 'Do it.' }] of Object.entries(steps)) {
    const file = join(dir, 'steps', `${step.toLowerCase().replaceAll(' ', '_')}.md`);
    writeFileSync(
      file,
      `# Orchestrator Guidance\n\n${guidance}\n\n# Client Instructions\n\n${instructions}\n`,
    );
  }
}

/** A workflow with a choice in it. */
function defineBuild(): void {
  define('BUILD', {
    Try: {
      guidance:
        '- If the client reports success, proceed to "Tell".\n- If the client reports a failure, stay on this step.',
    },
    Tell: { guidance: 'Proceed to "FINISH".' },
  });
}

describe('tutti --version', () => {
  it('loads nothing but the entry itself', () => {
    const entry = join(folder, 'src', 'surfaces', 'cli', 'main.ts');
    mkdirSync(dirname(entry), { recursive: true });
    copyFileSync(MAIN, entry);
    writeFileSync(join(folder, 'package.json'), '{ "version": "7.8.9", "type": "module" }');
    const { stdout } = spawnSync(process.execPath, [entry, '--version'], { encoding: 'utf8' });
    expect(stdout).toBe('7.8.9\n');
  });

  it('is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(tuttiProcess(['--version']).stdout).toBe(`${version}\n`);
    expect(JSON.parse(tuttiProcess(['--version', '--json']).stdout)).toEqual({ version });
  });
});

describe('the command line', () => {
  it('says with `help` before a command what the command says with `--help`', async () => {
    for (const words of [[], ['call'], ['servers'], ['servers', 'test']]) {
      const { stdout } = await tutti([...words, '--help']);
      expect(stdout).toContain('Usage: tutti');
      expect(await tutti(['help', ...words])).toMatchObject({ status: EXIT.ok, stdout });
    }
    const { stdout: whole } = await tutti(['--help']);
    const { stdout: call } = await tutti(['call', '--help']);
    for (const words of [
      ['help', 'help'],
      ['--json', 'help'],
      ['help', '--help'],
      ['help', '--json'],
    ])
      expect(await tutti(words)).toMatchObject({ status: EXIT.ok, stdout: whole });
    for (const words of [
      ['--json', 'help', 'call'],
      ['--config', 'help', 'help', 'call'],
      ['--config=x', 'help', 'call'],
      ['help', '--config', 'servers', 'call'],
    ])
      expect(await tutti(words)).toMatchObject({ status: EXIT.ok, stdout: call });
    expect((await tutti(['help', 'call', 'x__y'])).stdout).toContain('Usage: tutti call');
    for (const words of [['cal'], ['servers', 'tset']]) {
      const { status, stderr } = await tutti(['help', ...words]);
      expect([status, stderr]).toEqual([EXIT.usage, expect.stringContaining('unknown command')]);
    }
  });

  it('lists its commands', async () => {
    const { status, stdout } = await tutti(['--help']);
    expect(status).toBe(EXIT.ok);
    for (const command of [
      'serve',
      'workflows',
      'run',
      'instances',
      'agent',
      'import-db',
      'demo',
      'config',
      'completion',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  it.each([
    [['workflow', 'list'], 'Did you mean workflows?'],
    [['workflows', 'lst'], 'Did you mean list?'],
    [['workflows'], 'Expected one of these commands'],
    [['workflows', 'show'], 'missing required argument'],
    [['run'], 'Name a workflow to start'],
    [['run', 'X', '--context', '{'], '--context: expected a JSON object'],
    [['run', 'X', '--context', '[]'], '--context: expected a JSON object'],
    [['serve', '--port', '70000'], 'whole number from 0 to 65535'],
    [['serve', '--stdio', '--http'], 'cannot be used with'],
    [['serve', '--toolsets', 'workflows,everything'], 'There is no toolset "everything"'],
    [['instances', 'list', '--status', 'DONE'], 'Allowed choices are RUNNING'],
    [['instances', 'list', '--limit', '0'], 'whole number from 1 to 500'],
  ])('refuses %j with exit code 2', async (args, expected) => {
    const { status, code, message } = await failure(args);
    expect(status).toBe(EXIT.usage);
    expect(code).toMatch(/^input\//);
    expect(message).toContain(expected);
  });

  it('answers in JSON and in text with the same failure, and no stack', async () => {
    const { status, code, message } = await failure(['workflows', 'show', 'NOWHERE']);
    expect({ status, code }).toEqual({ status: EXIT.notFound, code: 'definition/not-found' });
    const { stdout, stderr, ...told } = tuttiProcess(['workflows', 'show', 'NOWHERE']);
    expect(told).toEqual({ status });
    expect(stdout).toBe('');
    expect(stderr).toBe(`tutti: ${message} [definition/not-found]\n`);
  });

  it('shows a stack only when LOG_LEVEL is debug', async () => {
    expect((await tutti(['workflows', 'show', 'NOWHERE'], { env: { LOG_LEVEL: 'debug' } })).stderr).toMatch(
      /^ {4}at /m,
    );
  });

  it('reports every fault of the configuration, exit code 5', async () => {
    writeFileSync(join(folder, 'tutti.config.jsonc'), '{ "htp": 1, "store": "x" }');
    const { status, code, message } = await failure(['workflows', 'list']);
    expect({ status, code }).toEqual({ status: EXIT.unusable, code: 'config/invalid' });
    expect(message).toContain('htp (line 1)');
    expect(message).toContain('store (line 1)');
  });

  it('says when the store cannot be used, exit code 5', async () => {
    const { status, code } = await failure(['instances', 'list'], {
      env: { TUTTI_STORE: `sqlite:${folder}` },
    });
    expect({ status, code }).toEqual({ status: EXIT.unusable, code: 'store/unusable' });
  });

  it('gives every error code an exit code that is documented', () => {
    const rows = readFileSync('docs/reference/cli.md', 'utf8').matchAll(/^\| (\d+) \|/gm);
    const documented = [...rows].map(([, code]) => Number(code));
    expect(documented).toEqual(Object.values(EXIT));
    for (const code of Object.keys(errorTable) as ErrorCode[]) expect(documented).toContain(exitCodeOf(code));
  });

  it('has reference pages that say what is (node scripts/reference-pages.mjs)', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/reference-pages.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('documents every variable that it reads', () => {
    const read =
      readFileSync('src/config/environment.ts', 'utf8').match(/(?<=')[A-Z]+(?:_[A-Z]+)+(?=')/g) ?? [];
    const page = readFileSync('docs/reference/configuration.md', 'utf8');
    const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect(new Set(documented)).toEqual(new Set(read));
  });
});

describe('what workflows say', () => {
  const hostile =
    'Read \u001b]8;;http://evil.test\u0007this\u001b]8;;\u0007 \u001b[2Jnow\u009b31m\u202Egnp.exe.';

  it('loses its escape sequences, control and bidirectional characters', async () => {
    define('EVIL', { Only: { guidance: 'Proceed to "FINISH".', instructions: hostile } }, hostile);
    for (const args of [
      ['workflows', 'list'],
      ['workflows', 'show', 'EVIL'],
      ['run', 'EVIL'],
    ]) {
      const { stdout, stderr } = await tutti(args, { env: { FORCE_COLOR: '0' } });
      expect(stdout).toContain('Read this now');
      expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/u);
    }
  });

  it('fits the width, without colours where there is no terminal', async () => {
    for (const columns of [40, 72, 160]) {
      const { stdout } = await tutti(['workflows', 'list'], { env: { COLUMNS: String(columns) } });
      const widest = Math.max(...stdout.split('\n').map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(columns);
      expect(stdout).toContain('JOKE_GENERATOR'.slice(0, 8));
    }
  });

  it('is coloured only where that is wanted', async () => {
    defineBuild();
    const listed = async (env: NodeJS.ProcessEnv) =>
      (await tutti(['workflows', 'list'], { env: { WORKFLOW_DEFINITIONS_DIR: definitions(), ...env } }))
        .stdout;
    const plain = await listed({});
    expect(plain).toContain('BUILD');
    expect(plain).not.toContain('\u001b');
    expect(await listed({ FORCE_COLOR: '1' })).toContain('\u001b[');
    expect(await listed({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001b');
  });
});

describe('tutti workflows', () => {
  it('lists those that ship and yours, yours first where they share a name', async () => {
    const shipped = at(await json(['workflows', 'list']), 'workflows.*.name') as string[];
    expect(shipped).toHaveLength(9);
    define('SAVE', { Only: { guidance: 'Proceed to "FINISH".' } }, 'Mine.');
    const all = await json(['workflows', 'list']);
    expect(at(all, 'workflows.*.name')).toEqual(shipped);
    expect(at(all, `workflows.${shipped.indexOf('SAVE')}.description`)).toBe('Mine.');
  });

  it('says where it looked when there are none, and what stands there that is no folder', async () => {
    const missing = join(folder, 'missing');
    const env = { WORKFLOW_DEFINITIONS_DIR: missing };
    const note = `No workflow was found in ${missing}, which does not exist. Add a folder with an index.md there, or use \`tutti workflows new\`.`;
    const { status, stdout, stderr } = await tutti(['workflows', 'list', '--json'], { env });
    expect([status, JSON.parse(stdout), stderr]).toEqual([EXIT.ok, { workflows: [], note }, `${note}\n`]);
    expect((await tutti(['workflows', 'list'], { env })).stderr).toBe(`${note}\n`);
    writeFileSync(missing, '');
    expect(await failure(['workflows', 'list'], { env })).toMatchObject({
      status: EXIT.unusable,
      code: 'definition/service-error',
      message: expect.stringContaining(`${missing}: expected a folder of workflows, found a file`),
    });
  });

  it.skipIf(process.platform !== 'linux')('says when its answer cannot be written', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'workflows', 'list'], {
      cwd: folder,
      env: surroundings(),
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
      timeout: DEADLINE_MS,
    });
    closeSync(full);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^tutti: .*stdout \(ENOSPC.*\)\.\n$/)]);
  });

  it('shows steps with their ways on', async () => {
    defineBuild();
    const shown = await json(['workflows', 'show', 'BUILD']);
    expect(at(shown, 'name')).toBe('BUILD');
    expect(at(shown, 'steps.*.name')).toEqual(['Try', 'Tell']);
    expect(at(shown, 'steps.0.outcomes.*.id')).toEqual(['tell', 'stay']);
    expect((await tutti(['workflows', 'show', 'BUILD'])).stdout).toContain('stay → Try again');
  });

  it('lints: faults with file and line, exit code 1 for errors', async () => {
    define('BROKEN', { Only: { guidance: 'Proceed to "Nowhere".' } });
    rmSync(join(folder, 'data', 'tutti', 'workflows', 'BROKEN', 'steps', 'only.md'));
    const { status, stdout } = await tutti(['workflows', 'lint', 'BROKEN']);
    expect(status).toBe(EXIT.failed);
    expect(stdout).toMatch(/^BROKEN\/index\.md:\d+ error \S+\/\S+ /m);
    expect((await tutti(['workflows', 'lint'])).status).toBe(EXIT.failed);
    expect(await tutti(['workflows', 'lint', 'SAVE', 'RESUME'])).toMatchObject({
      status: EXIT.ok,
      stdout: '2 workflow(s), 0 error(s), 0 warning(s)\n',
    });
    expect((await tutti(['workflows', 'list'])).stdout).toMatch(/^BROKEN +broken +1 fault/m);
  });

  it('mends all of your own on demand, and copies none that ships', async () => {
    define('TYPOS', {
      Try: { guidance: 'Proceed to "Telll".' },
      Tell: { guidance: 'Proceed to "FINISH".' },
    });
    const hinted = await tutti(['workflows', 'lint', 'TYPOS']);
    expect(hinted.stdout).toContain('1 can be mended: add --fix');
    const { status, stdout } = await tutti(['workflows', 'lint', '--fix']);
    expect(status).toBe(EXIT.ok);
    expect(stdout).toContain('+Proceed to "Tell".');
    expect(stdout).toContain('TYPOS: 1 fault(s) mended');
    expect(readdirSync(definitions())).toEqual(['TYPOS']);
    expect((await failure(['workflows', 'lint', '--dry-run'])).status).toBe(EXIT.usage);
    expect((await failure(['workflows', 'lint', 'NOWHERE', '--fix'])).status).toBe(EXIT.notFound);
  });

  it('announces as many as it then mends: what mending uncovers, too', async () => {
    define('HIDDEN', {
      Try: { guidance: 'Proceed to "Telll".' },
      Tell: { guidance: 'Proceed to "FINISH".' },
    });
    const page = join(definitions(), 'HIDDEN', 'steps', 'try.md');
    const written = readFileSync(page, 'utf8');
    writeFileSync(page, written.replace('# Orchestrator Guidance', '## Orchestrator Guidence'));
    const told = (await tutti(['workflows', 'lint', 'HIDDEN'])).stdout;
    expect(told).toContain('2 can be mended: add --fix');
    expect((await tutti(['workflows', 'lint', 'HIDDEN', '--fix'])).stdout).toContain('2 fault(s) mended');
  });

  it('draws in each format', async () => {
    defineBuild();
    const graph = async (...args: string[]) => (await tutti(['workflows', 'graph', 'BUILD', ...args])).stdout;
    expect(await graph()).toMatch(/^flowchart TD/);
    expect(await graph('--format', 'ascii')).toMatch(/Try[\s\S]*Tell/);
    expect(await graph('--format', 'svg')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(await json(['workflows', 'graph', 'BUILD'])).toMatchObject({
      workflow: 'BUILD',
      format: 'mermaid',
    });
  });

  it('writes a new one that lints without a word and runs to its end', async () => {
    const path = at(await json(['workflows', 'new', 'MINE']), 'path');
    expect(readdirSync(String(path)).toSorted()).toEqual(['index.md', 'steps']);
    expect(at(await json(['workflows', 'lint', 'MINE']), 'workflows')).toEqual([
      { workflow: 'MINE', valid: true, faults: [] },
    ]);
    const reports = [
      { status: 'success' },
      { status: 'success', context_updates: { all_good: true } },
      { status: 'success' },
    ];
    const { status } = await tutti(['run', 'MINE', '--json'], {
      input: reports.map((each) => JSON.stringify(each)).join('\n'),
    });
    expect(status).toBe(EXIT.ok);
  });

  it('says in a new one what it is for', async () => {
    const path = at(await json(['workflows', 'new', 'NAMED', '--purpose', 'Publish the notes.']), 'path');
    expect(readFileSync(join(String(path), 'index.md'), 'utf8')).toContain('\nPublish the notes.\n');
    expect((await tutti(['workflows', 'lint', 'NAMED'])).stdout).toContain('0 error(s), 0 warning(s)');
  });

  it('replaces none, and leaves the folder for nobody', async () => {
    expect(await failure(['workflows', 'new', 'SAVE'])).toMatchObject({ status: EXIT.usage });
    expect((await failure(['workflows', 'new', '../OUT'])).status).not.toBe(EXIT.ok);
    expect(readdirSync(folder)).not.toContain('OUT');
  });
});

describe('tutti run', () => {
  beforeEach(defineBuild);

  it('plays a workflow with answers from a pipe: outcome, status, message, step by step', async () => {
    const { status, stdout } = tuttiProcess(['run', 'BUILD'], {
      input: '\nfailure\nno luck\n\nsuccess\n\nsuccess\n\n',
    });
    expect(status).toBe(EXIT.ok);
    expect(stdout).toContain('1. tell → Tell');
    expect(stdout).toContain('decided by prose: If the client reports a failure, stay on this step');
    expect(stdout).toContain('FINISH COMPLETED');
  });

  it('takes outcomes by number and by name, and asks again after one that is not allowed', async () => {
    const { status, stderr } = await tutti(['run', 'BUILD'], {
      input: 'elsewhere\nsuccess\n\n1\nsuccess\n\nsuccess\n\n',
    });
    expect(stderr).toContain('[outcome/not-allowed]');
    expect(status).toBe(EXIT.ok);
  });

  it('leaves the instance where it is when the answers end, and goes on with --resume', async () => {
    const { status, stderr } = tuttiProcess(['run', 'BUILD', '--context', '{"a": 1}'], {
      input: '\nsuccess\n\n',
    });
    expect(status).toBe(EXIT.failed);
    const id = /tutti run --resume (\S+)/.exec(stderr)?.[1] ?? '';
    expect(at(await json(['instances', 'show', id]), 'instance')).toMatchObject({
      step: 'Tell',
      status: 'RUNNING',
      context: { a: 1 },
    });
    expect((await tutti(['run', '--resume', id], { input: 'success\n\n' })).status).toBe(EXIT.ok);
  });

  it('speaks JSON, a line a directive', async () => {
    const { stdout } = await tutti(['run', 'BUILD', '--json'], {
      input: '{"status":"success"}\n{"status":"success","result":{"n":1}}\n',
    });
    expect(at(documents(stdout), '*.next.step')).toEqual(['Try', 'Tell', 'FINISH']);
    expect(at(documents(stdout), '2.status')).toBe('COMPLETED');
  });
});

describe('tutti instances', () => {
  let id: string;

  beforeEach(async () => {
    defineBuild();
    const { stdout } = await tutti(['run', 'BUILD', '--json'], {
      input: '{"status":"failure","message":"not \\u001b[31mred"}\n',
    });
    id = String(at(documents(stdout), '0.instanceId'));
  });

  it('lists, by workflow and status', async () => {
    const ids = async (...args: string[]) => at(await json(['instances', 'list', ...args]), 'instances.*.id');
    expect(await ids()).toEqual([id]);
    expect(await ids('--workflow', 'BUILD', '--status', 'RUNNING')).toEqual([id]);
    expect(await ids('--status', 'COMPLETED')).toEqual([]);
    expect((await tutti(['instances', 'list'])).stdout).toMatch(
      new RegExp(`^${id} +BUILD +Try +RUNNING`, 'm'),
    );
  });

  it('shows one with its journal', async () => {
    const { stdout } = await tutti(['instances', 'show', id], { env: { COLUMNS: '200' } });
    expect(stdout).toMatch(/^2 .* ADVANCED +Try +failure +Try +prose: If the client reports a failure/m);
    expect(stdout).toContain('Do it.');
  });

  it('exports one with its whole journal', async () => {
    const exported: unknown = JSON.parse((await tutti(['instances', 'export', id])).stdout);
    expect(at(exported, 'instance.id')).toBe(id);
    expect(at(exported, 'journal.*.seq')).toEqual([1, 2]);
    expect(at(exported, 'journal.1.report.message')).toBe('not \u001b[31mred');
  });

  it('suspends, resumes, cancels and deletes', async () => {
    expect(at(await json(['instances', 'suspend', id, '--reason', 'lunch']), 'instance.status')).toBe(
      'SUSPENDED',
    );
    expect(await json(['instances', 'resume', id])).toMatchObject({ instanceId: id, next: { step: 'Try' } });
    expect(await failure(['instances', 'delete', id])).toMatchObject({
      status: EXIT.refused,
      code: 'instance/unfinished',
    });
    expect(at(await json(['instances', 'cancel', id]), 'instance.status')).toBe('CANCELLED');
    expect(await failure(['instances', 'suspend', id])).toMatchObject({
      status: EXIT.refused,
      code: 'instance/finished',
    });
    expect(await json(['instances', 'delete', id])).toEqual({ deleted: true });
    expect(await failure(['instances', 'show', id])).toMatchObject({
      status: EXIT.notFound,
      code: 'instance/not-found',
    });
  });

  it('deletes what is not finished when forced', async () => {
    expect(await json(['instances', 'delete', id, '--force'])).toEqual({ deleted: true });
  });

  it('forks at a step, with other variables', async () => {
    const fork = await json(['instances', 'fork', id, '--at', 'Tell', '--context', '{"b": 2}']);
    expect(fork).toMatchObject({ next: { step: 'Tell' }, context: { b: 2 } });
    expect(at(fork, 'instanceId')).not.toBe(id);
    expect(at(await json(['instances', 'show', id]), 'instance.step')).toBe('Try');
  });

  it('upgrades to the definition as it is now, only when that is agreed', async () => {
    expect((await tutti(['instances', 'upgrade', id])).stdout).toContain('newest definition');
    define('BUILD', { Try: { guidance: 'Proceed to "FINISH".', instructions: 'Do it better.' } });
    const shown = (await tutti(['instances', 'upgrade', id])).stdout;
    expect(shown).toMatch(/changed: Try\n[\s\S]*- Do it\.\n[\s\S]*\+ Do it better\./);
    expect(shown).toContain('removed: Tell');
    expect(await json(['instances', 'upgrade', id, '--dry-run', '--yes'])).toMatchObject({ upgraded: false });
    expect(await json(['instances', 'upgrade', id, '--yes'])).toMatchObject({
      upgraded: true,
      directive: { next: { instructions: expect.stringContaining('better') } },
    });
  });
});

describe('tutti import-db', () => {
  it('takes over a database in the published schema, twice without harm', async () => {
    defineBuild();
    const file = join(folder, 'old.db');
    const old = new DatabaseSync(file);
    old.exec(`
      CREATE TABLE workflow_instances (instance_id TEXT PRIMARY KEY, workflow_name TEXT, current_step_name TEXT, status TEXT,
        context TEXT, created_at TEXT, updated_at TEXT, completed_at TEXT);
      CREATE TABLE workflow_history (history_id INTEGER PRIMARY KEY, instance_id TEXT, timestamp TEXT, step_name TEXT,
        user_report TEXT, outcome_status TEXT, determined_next_step TEXT);
      INSERT INTO workflow_instances VALUES ('8f7c1e2a-0000-4000-8000-000000000001', 'BUILD', 'Try', 'RUNNING', '{"a": 1}',
        '2025-05-01 10:00:00', '2025-05-01 10:01:00', NULL);`);
    old.close();
    expect(await json(['import-db', 'old.db'])).toMatchObject({ imported: 1, present: 0, skipped: [] });
    expect(await json(['import-db', file])).toMatchObject({ imported: 0, present: 1 });
    expect((await tutti(['import-db', file])).stdout).toBe(
      'Imported 0 instance(s) with 0 journal entries; 1 were there already.\n',
    );
    expect(at(await json(['instances', 'list']), 'instances')).toMatchObject([
      { workflow: 'BUILD', step: 'Try', context: { a: 1 } },
    ]);
  });

  it('refuses a file that is none', async () => {
    writeFileSync(join(folder, 'x.db'), 'no database');
    expect(await failure(['import-db', 'x.db'])).toMatchObject({
      status: EXIT.unusable,
      code: 'store/unusable',
    });
  });
});

describe('tutti config', () => {
  it('validates, says what it comes to, and keeps tokens to itself', async () => {
    writeFileSync(join(folder, 'tutti.config.json'), '{ "http": { "auth": { "tokens": ["${env:T}"] } } }');
    const validate = ['config', 'validate', '--config', 'tutti.config.json'];
    const { status, stdout } = await tutti(validate, { env: { T: 'a-secret-of-some-length' } });
    expect(status).toBe(EXIT.ok);
    expect(stdout).toContain('1 token(s)');
    const shown = await tutti([...validate, '--json'], { env: { T: 'a-secret-of-some-length' } });
    expect(JSON.parse(shown.stdout)).toMatchObject({ valid: true, http: { tokens: 1 } });
    expect(stdout + shown.stdout).not.toContain('a-secret');
  });

  it('prints the schema that ships', async () => {
    expect(JSON.parse((await tutti(['config', 'schema'])).stdout)).toEqual(
      JSON.parse(readFileSync('config.schema.json', 'utf8')),
    );
  });
});

describe('tutti completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s that asks this program', async (shell) => {
    const { status, stdout } = await tutti(['completion', shell]);
    expect(status).toBe(EXIT.ok);
    expect(stdout).toMatch(/tutti complete/);
  });

  it.each([
    [['wor'], 'workflows'],
    [['workflows', 'l'], 'lint'],
    [['instances', 'list', '--status', ''], 'SUSPENDED'],
    [['run', 'JOKE'], 'JOKE_GENERATOR'],
    [['workflows', 'graph', ''], 'SAVE'],
    [['agent', 'show', ''], 'agent'],
  ])('completes %j', async (words, expected) => {
    const { stdout } = await tutti(['complete', '--', ...words]);
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toContain(expected);
  });
});

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

describe('tutti serve', () => {
  it.each([[[]], [['serve', '--stdio']]])(
    '%j speaks MCP to a pipe, nothing else on stdout, and ends with it',
    (args) => {
      const lines = [
        INITIALIZE,
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 2, method: 'tools/list' },
      ];
      const { status, stdout } = tuttiProcess(args, {
        input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      });
      expect(status).toBe(EXIT.ok);
      const answers = documents(stdout);
      expect(at(answers, '*.id')).toEqual([1, 2]);
      expect(at(answers, '1.result.tools.*.name')).toContain('start_workflow');
    },
  );

  it.each([[['serve', '--http']], [[]]])(
    '%j serves HTTP where stdin is no pipe, says where, and ends on SIGTERM with exit code 0',
    async (args) => {
      const child = spawn(process.execPath, [MAIN, ...args, '--port', '0'], {
        cwd: folder,
        env: surroundings(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = new Promise((done) => void child.once('close', done));
      let said = '';
      const url = await new Promise<string>((found, failed) => {
        child.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const address = /^tutti: (http:\/\/127\.0\.0\.1:\d+\/mcp)$/m.exec(said)?.[1];
          if (address) found(address);
        });
        child.once('close', () => failed(new Error(said)));
      });
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify(INITIALIZE),
      });
      expect(response.status).toBe(200);
      await response.body?.cancel();
      child.kill('SIGTERM');
      expect(await ended).toBe(EXIT.ok);
    },
  );

  it('refuses to listen beyond this machine without tokens, exit code 5', async () => {
    expect(
      toFailed(tuttiProcess(['serve', '--http', '--host', '0.0.0.0', '--port', '0', '--json'])),
    ).toMatchObject({
      status: EXIT.unusable,
      code: 'server/unsafe-bind',
    });
    writeFileSync(join(folder, 'open.json'), '{ "http": { "host": "0.0.0.0" } }');
    expect(await failure(['config', 'validate', '--config', 'open.json'])).toMatchObject({
      status: EXIT.unusable,
      code: 'server/unsafe-bind',
    });
  });
});

describe('tutti ask', () => {
  it.each<[string, readonly string[], string]>([
    ['no question', ['ask'], 'found none'],
    ['an empty one', ['ask', ''], 'found none'],
    ['a question and a plan', ['ask', 'what', '--resume', 'p1'], 'found 2'],
    ['a plan that cannot be read', ['ask', '--plan-file', 'nowhere.json'], 'ENOENT'],
    ['a plan without a file', ['ask', '--plan-file'], 'argument missing'],
    ['servers without names', ['ask', 'what', '--servers', ','], 'at least one name'],
  ])('refuses %s', async (_what, args, message) => {
    expect(await failure(args)).toMatchObject({
      status: EXIT.usage,
      message: expect.stringContaining(message) as string,
    });
  });

  it('tells all faults of a plan, be it in a file, from a pipe, or in what was printed before', async () => {
    const plan = { calls: [{ id: 1, forEach: '$a' }], more: true };
    const fromPipe = (input: string) =>
      toFailed(tuttiProcess(['ask', '--plan-file', '-', '--json'], { input }));
    const told = [plan, { kind: 'plan', plan }, { kind: 'needs_arguments', needs_arguments: { plan } }];
    for (const each of told) {
      writeFileSync(join(folder, 'plan.json'), JSON.stringify(each));
      const fromFile = await failure(['ask', '--plan-file', 'plan.json']);
      expect(fromFile).toMatchObject({ status: EXIT.refused, code: 'plan/invalid' });
      for (const fault of ['plan.more is not known', 'calls[0].id is a number', 'calls[0].server is missing'])
        expect(fromFile.message).toContain(fault);
      if (each === plan) expect(fromPipe(JSON.stringify(each))).toEqual(fromFile);
    }
    expect(fromPipe('no json')).toMatchObject({
      status: EXIT.usage,
    });
  });
});

describe('tutti lock', () => {
  it('writes no lock for a configuration that nobody trusted', async () => {
    writeFileSync(join(folder, 'tutti.config.json'), '{ "mcpServers": { "x": { "command": "x" } } }');
    for (const args of [['lock'], ['lock', 'approve', '--yes']]) {
      const { status, message } = await failure(args);
      expect([status, message]).toEqual([EXIT.refused, expect.stringContaining('tutti trust')]);
    }
    expect(readdirSync(folder)).not.toContain('tutti.lock.json');
    expect((await tutti(['lock', 'diff'])).stdout).toMatch(/x: Nobody trusted/);
    expect((await tutti(['ask', 'add 1 and 2'])).stdout).toContain('x (held: list_servers says why)');
  });

  verifies(
    'gateway/lock',
    'tells of workflows that changed since, and takes them when all is agreed to',
    async () => {
      define('RELEASE', { Tag: { guidance: 'Done.' } });
      const file = join(folder, 'tutti.config.json');
      writeFileSync(file, '{}');
      const lock = join(folder, 'tutti.lock.json');
      const named = ['--config', file];
      const locked = () =>
        (JSON.parse(readFileSync(lock, 'utf8')) as { workflows: Record<string, string> }).workflows;
      const changes = async () => {
        const { status, stdout } = await tutti(['lock', 'diff', '--json', ...named]);
        const { workflows } = JSON.parse(stdout) as { workflows: readonly { name: string }[] };
        return [status, workflows.map(({ name }) => name)];
      };
      await json(['lock', ...named]);
      const before = locked();
      expect(await changes()).toEqual([EXIT.ok, []]);
      define('RELEASE', { Tag: { guidance: 'Done.', instructions: 'Push it without asking.' } });
      define('OTHER', { Only: { guidance: 'Done.' } });
      expect(await changes()).toEqual([EXIT.failed, ['RELEASE']]);
      expect((await tutti(['lock', 'diff', ...named])).stdout).toContain('workflow RELEASE: changed');
      const refused = await tutti(['lock', 'approve', ...named]);
      expect([refused.status, locked()]).toEqual([EXIT.refused, before]);
      expect(await json(['lock', 'approve', '--yes', ...named])).toMatchObject({ approved: ['RELEASE'] });
      expect(locked()['RELEASE']).not.toBe(before['RELEASE']);
      expect(await changes()).toEqual([EXIT.ok, []]);
    },
  );
  it('names the servers that nobody could look at, in place of calling all well', async () => {
    const config = ['--config', 'tutti.config.json'];
    const mcpServers = { away: { command: './not-there' }, odd: { command: 'x', url: 'http://127.0.0.1:9' } };
    writeFileSync(join(folder, 'tutti.config.json'), JSON.stringify({ mcpServers }));
    const { status, stdout } = await tutti(['lock', 'diff', '--json', ...config]);
    expect(status).toBe(EXIT.failed);
    expect(JSON.parse(stdout)).toEqual({
      held: [],
      workflows: [],
      unreachable: [
        { server: 'away', error: expect.stringContaining('not found') },
        { server: 'odd', error: expect.stringContaining('found both') },
      ],
    });
    const diff = await tutti(['lock', 'diff', ...config]);
    expect(diff.stdout).not.toContain('Nothing is held');
    expect(diff.stdout).toContain('away: The program');
    for (const command of [['lock'], ['lock', 'approve', '--yes']])
      expect((await tutti([...command, ...config])).stdout).toContain('away: The program');
  });

  it('does not say that nothing is held of a server that it could not look at', async () => {
    const config = ['--config', 'tutti.config.json'];
    const here = { command: process.execPath, args: [resolve('test/support/ticket-server.ts')] };
    const mcpServers = { away: { command: './not-there' }, here };
    writeFileSync(join(folder, 'tutti.config.json'), JSON.stringify({ mcpServers }));
    for (const what of [[], ['away']]) {
      const { status, stdout } = await tutti(['lock', 'approve', ...what, '--yes', ...config]);
      expect([status, stdout]).toEqual([EXIT.failed, expect.stringContaining('away: The program')]);
      expect(stdout).not.toContain('nothing of it is held');
    }
    const fine = await tutti(['lock', 'approve', 'here', '--yes', ...config]);
    expect([fine.status, fine.stdout]).toEqual([EXIT.ok, expect.stringContaining('nothing of it is held')]);
  });

  it('names what it could not look at before it asks, and says that only a part was approved', async () => {
    const file = join(folder, 'tutti.config.json');
    const config = ['--config', file];
    const away = { command: './not-there' };
    writeFileSync(file, JSON.stringify({ mcpServers: { away } }));
    await tutti(['lock', ...config]);
    const here = { command: process.execPath, args: [resolve('test/support/ticket-server.ts')] };
    writeFileSync(file, JSON.stringify({ mcpServers: { away, here } }));
    const asked = await tutti(['lock', 'approve', ...config]);
    expect([asked.status, asked.stderr]).toEqual([
      EXIT.refused,
      expect.stringMatching(/here server[^]*could not be looked at:\s+away: The program/),
    ]);
    const { status, stdout } = await tutti(['lock', 'approve', '--yes', ...config]);
    expect([status, stdout]).toEqual([EXIT.failed, expect.stringContaining('Approved 1: here')]);
    rmSync(join(folder, 'tutti.lock.json'));
  });
});

describe('tutti trust', () => {
  const place = (config: object, name = 'tutti.config.json') => {
    writeFileSync(join(folder, name), JSON.stringify(config));
  };
  const plant = (name: string) => writeFileSync(join(folder, name), '');
  /** What is trusted is shown on stderr first. */
  const trustIt = async () => JSON.parse((await tutti(['trust', '--yes', '--json'])).stdout) as unknown;
  const trusted = async () => {
    const { stdout } = await tutti(['trust', '--list', '--json']);
    return (JSON.parse(stdout) as { trusted: readonly { status: string }[] }).trusted.map(
      ({ status }) => status,
    );
  };

  verifies('trust/30-launch', 'refuses a configuration that came with its store', async () => {
    place({ store: 'sqlite:./evil.db' });
    plant('evil.db');
    const { status, message } = await failure(['trust', '--yes']);
    expect(status).toBe(EXIT.unusable);
    for (const part of [join(folder, 'evil.db'), 'never trusted', 'Remove it', '--config'])
      expect(message).toContain(part);
    // Nor is naming it a way around: what is trusted acts unnamed.
    expect((await tutti(['trust', '--yes', '--config', 'tutti.config.json'])).status).toBe(EXIT.unusable);
    expect(await trusted()).toEqual([]);
    rmSync(join(folder, 'evil.db'));
    expect(await trustIt()).toMatchObject({ trusted: true });
  });

  it('sees through variables, YAML, links that lead nowhere yet and a store named by the environment', async () => {
    plant('evil.db');
    place({ store: 'sqlite:./${env:NAME}.db' });
    const env = { NAME: 'evil', TUTTI_STORE: 'sqlite:./mine.db' };
    expect((await failure(['trust', '--yes'], { env })).message).toContain('evil.db');
    expect((await failure(['trust', '--yes'])).message).toContain('NAME is not set');
    rmSync(join(folder, 'tutti.config.json'));
    writeFileSync(join(folder, 'tutti.config.yaml'), 'store: "sqlite:./evil.db"');
    expect((await failure(['trust', '--yes'])).message).toContain('evil.db');
    rmSync(join(folder, 'evil.db'));
    symlinkSync(join(folder, 'later.db'), join(folder, 'evil.db'));
    expect((await failure(['trust', '--yes'])).message).toContain('evil.db');
    expect(await trusted()).toEqual([]);
  });

  it('looks for store and lock where the file really is, not where a link to it is', async () => {
    mkdirSync(join(folder, 'real'));
    place({ store: 'sqlite:./own.db' }, 'real/tutti.config.json');
    symlinkSync(join(folder, 'real', 'tutti.config.json'), join(folder, 'tutti.config.json'));
    plant('real/own.db');
    expect((await failure(['trust', '--yes'])).message).toContain(join(folder, 'real', 'own.db'));
    rmSync(join(folder, 'real', 'own.db'));
    plant('own.db');
    plant('tutti.lock.json');
    const file = realpathSync(join(folder, 'real', 'tutti.config.json'));
    expect(await trustIt()).toEqual({ file, trusted: true });
    plant('real/tutti.lock.json');
    const lock = join(dirname(file), 'tutti.lock.json');
    expect(await trustIt()).toEqual({ file, trusted: true, lock });
  });

  it('takes a changed configuration again, whose store has grown since', async () => {
    place({ store: 'sqlite:./own.db' });
    await trustIt();
    plant('own.db');
    expect(await trustIt()).toMatchObject({ trusted: true });
    place({ store: 'sqlite:./own.db', toolsets: ['gateway'] });
    expect(await trusted()).toEqual(['changed']);
    expect(await trustIt()).toMatchObject({ trusted: true });
    expect(await trusted()).toEqual(['trusted']);
    // One that it names only now may have come with the change.
    place({ store: 'sqlite:./evil.db', toolsets: ['gateway'] });
    plant('evil.db');
    expect((await failure(['trust', '--yes'])).message).toContain(join(folder, 'evil.db'));
    expect(await trusted()).toEqual(['changed']);
    rmSync(join(folder, 'evil.db'));
    expect(await trustIt()).toMatchObject({ trusted: true });
    place({ toolsets: ['gateway'] });
    expect(await trustIt()).toMatchObject({ trusted: true });
  });

  it('says which file it cannot read', async () => {
    const absent = await failure(['trust', '--yes', '--config', 'absent.json']);
    expect(absent).toMatchObject({ status: EXIT.unusable, code: 'config/invalid' });
    expect(absent.message).toContain('absent.json cannot be read (ENOENT)');
  });

  it('says that a lock beside the configuration decides, before it asks and after', async () => {
    place({ mcpServers: { x: { command: 'x' } } });
    expect((await tutti(['trust', '--yes'])).stdout).toContain('What its servers offer is held');
    await tutti(['trust', '--remove']);
    const lock = join(folder, 'tutti.lock.json');
    writeFileSync(lock, '{}');
    const asked = await tutti(['trust']);
    expect([asked.status, asked.stderr]).toEqual([
      EXIT.refused,
      expect.stringContaining('counts as approved'),
    ]);
    const { stdout } = await tutti(['trust', '--yes']);
    expect(stdout).toContain(`${lock} stands beside it, and the lock decides`);
    expect(stdout).not.toContain('What its servers offer is held');
    expect(await trustIt()).toMatchObject({ trusted: true, lock });
  });
});

describe('tutti doctor', () => {
  it('says whether there is a store, and makes none', async () => {
    const file = join(folder, 'looked-at.json');
    writeFileSync(file, JSON.stringify({ store: 'sqlite:./looked-at/tutti.db' }));
    const found = async (): Promise<unknown> => {
      const { stdout } = await tutti(['doctor', '--json', '--config', file]);
      const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly code: string }[] };
      return findings.find(({ code }) => code === 'store/open');
    };
    const path = join(folder, 'looked-at', 'tutti.db');
    const none = { state: 'ok', found: `${path} (none is there yet; the first start makes it)` };
    expect(await found()).toMatchObject(none);
    expect(existsSync(dirname(path))).toBe(false);
    await tutti(['instances', 'list', '--config', file]);
    expect(await found()).toMatchObject({ state: 'ok', found: path });
    rmSync(path);
    expect(await found()).toMatchObject(none);
    expect(existsSync(path)).toBe(false);
    writeFileSync(file, JSON.stringify({ store: 'sqlite:./looked-at.json/tutti.db' }));
    expect(await found()).toMatchObject({ state: 'error', found: expect.stringContaining('found a file') });
  });

  it('says of which tools the configuration speaks that their server does not offer, as `servers test` does', async () => {
    const args = [resolve('test/support/ticket-server.ts')];
    const tools = { get_tickt: { risk: 'destructive' } };
    const file = join(folder, 'misnamed.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { desk: { command: process.execPath, args, tools } } }));
    const found =
      'desk: the configuration names get_tickt, which it does not offer. Did you mean get_ticket?';
    const { stdout, stderr } = await tutti(['doctor', '--json', '--config', file]);
    const { findings } = JSON.parse(stdout) as { readonly findings: unknown };
    expect(JSON.parse(stderr)).toMatchObject({ message: found, msg: 'config/warning' });
    const misnamed = { code: 'servers/misnamed', state: 'warning', found, remedy: expect.anything() };
    expect(findings).toEqual(expect.arrayContaining([misnamed]));
    const tested = await tutti(['servers', 'test', 'desk', '--config', file]);
    expect([tested.status, tested.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      EXIT.ok,
      expect.stringContaining(found),
    ]);
  });

  it('tries each server once, and tells once what is wrong with it', async () => {
    const file = join(folder, 'tried.json');
    const quits = { command: process.execPath, args: ['-e', 'process.exit(3)'] };
    const args = [resolve('test/support/ticket-server.ts')];
    const desk = { command: process.execPath, args, tools: { get_tickt: { risk: 'destructive' } } };
    const off = { ...quits, disabled: true };
    writeFileSync(file, JSON.stringify({ mcpServers: { quits, desk, off, both: { ...quits, url: 'x' } } }));
    for (const names of [[], ['desk', 'quits', 'desk', 'both', 'quits']]) {
      const { stdout, stderr, status } = await tutti(['servers', 'test', ...names, '--config', file]);
      expect(status).toBe(EXIT.failed);
      for (const once of [/^desk:/gm, /^quits:/gm, /^desk /gm, /^quits /gm, /^both /gm])
        expect([once, stdout.match(once)]).toEqual([once, [expect.anything()]]);
      expect(stderr.match(/"gateway.listing_failed"/g)).toHaveLength(1);
    }
    const unknown = await tutti(['servers', 'test', 'off', '--config', file]);
    expect(unknown.stderr).toContain('There is no server "off"');
  });

  it('names the command that a file nobody trusted waits for', async () => {
    const findings = async (config: object): Promise<unknown> => {
      writeFileSync(join(folder, 'tutti.config.json'), JSON.stringify(config));
      return JSON.parse((await tutti(['doctor', '--json'])).stdout);
    };
    const model = { kind: 'openai', url: 'http://127.0.0.1:9/v1', name: 'm' };
    const refused = expect.objectContaining({ code: 'config/invalid', remedy: 'tutti trust' });
    expect(await findings({ model })).toEqual({ findings: expect.arrayContaining([refused]) });
    const wrong = expect.objectContaining({ code: 'config/invalid', remedy: 'tutti config validate' });
    expect(await findings({ model, htp: 1 })).toEqual({ findings: expect.arrayContaining([wrong]) });
    const held = expect.objectContaining({ code: 'servers/held', remedy: 'tutti trust' });
    const mcpServers = { x: { command: 'x' } };
    expect(await findings({ mcpServers })).toEqual({ findings: expect.arrayContaining([held]) });
  });
});

describe('tutti demo', () => {
  let scratch: string;

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'tutti-demo-test-'));
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('kills a client and a server in the middle of a step, and another pair finishes the work', async () => {
    const { status, stdout, stderr } = tuttiProcess(['demo', '--json'], {
      env: { TMPDIR: scratch, WORKFLOW_DB_PATH: '/nowhere/else.db' },
    });
    expect({ status, stderr }).toEqual({ status: EXIT.ok, stderr: '' });
    const messages = documents(stdout);
    const kinds = at(messages, '*.kind') as string[];
    expect(at(messages, '*.text')).toContainEqual(
      expect.stringMatching(/^→ one answer, from \w+ of filesystem and \w+ of memory$/),
    );
    const servers = messages
      .filter((_, index) => kinds[index] === 'connected')
      .map((each) => Number(at(each, 'serverPid')));
    // Two play the agent, and two the workflow.
    expect(new Set(servers).size).toBe(4);
    const directives = messages.filter((_, index) => kinds[index] === 'directive');
    expect(new Set(at(directives, '*.directive.instance_id') as string[]).size).toBe(1);
    const steps = at(directives, '*.directive.next_step.step_name') as string[];
    const resumed = (at(directives, '*.tool') as string[]).indexOf('resume_workflow');
    expect(kinds.indexOf('holding')).toBeLessThan(messages.indexOf(directives[resumed]));
    expect(steps[resumed]).toBe(steps[resumed - 1]);
    expect(at(directives.at(-1), 'directive')).toMatchObject({
      status: 'COMPLETED',
      next_step: { step_name: 'FINISH' },
    });
    expect(at(directives, '*.directive.decided.because')).not.toContain('');
    expect(readdirSync(scratch)).toEqual([]);
    await expect.poll(() => servers.filter((pid) => isRunning(pid))).toEqual([]);
  });

  verifies('agent/A5', 'plays a task of an agent to its end, and counts the messages by role', async () => {
    const { status, stdout, stderr } = tuttiProcess(['demo', 'agent', '--json'], {
      env: { TMPDIR: scratch },
    });
    expect({ status, stderr }).toEqual({ status: EXIT.ok, stderr: '' });
    const said = (at(documents(stdout), '*.text') as (string | undefined)[]).filter(
      (each) => each !== undefined,
    );
    const moves = said.flatMap((each) => /^Transitioned from \w+ to (\w+)/.exec(each)?.[1] ?? []);
    expect(moves).toEqual(['PLANNING', 'RESEARCHING', 'EXECUTING', 'REVIEWING', 'RESEARCHING', 'IDLE']);
    expect(said.at(-1)).toBe('The task is done, in IDLE. Messages by role: user 1, assistant 4, system 1.');
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const child = spawn(process.execPath, [MAIN, 'demo', '--json'], {
      cwd: folder,
      env: surroundings({ TMPDIR: scratch }),
    });
    const ended = new Promise((done) => void child.once('close', done));
    let said = '';
    let serverPid = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const connected = /"serverPid":(\d+)/.exec(said)?.[1];
      if (connected && serverPid === 0) {
        serverPid = Number(connected);
        child.kill('SIGINT');
      }
    });
    expect(await ended).toBe(EXIT.interrupted);
    expect(serverPid).toBeGreaterThan(0);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('says that it needs Git where there is none, exit code 5', async () => {
    const { status, code, message } = await failure(['demo'], {
      env: { TMPDIR: scratch, PATH: `${join(scratch, 'empty')}${delimiter}` },
    });
    expect({ status, code }).toEqual({ status: EXIT.unusable, code: 'program/missing' });
    expect(message).toContain('Install Git');
    expect(readdirSync(scratch)).toEqual([]);
  });
});
