import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, git } from './repository.ts';

const OLD_NAME = 'cartTotal';
const NEW_NAME = 'basketTotal';

/** What the client has done in a step, in the form of a report. */
export interface Done {
  readonly report: Readonly<Record<string, unknown>>;
  readonly updates: Readonly<Record<string, unknown>>;
}

export interface Bench {
  readonly repository: string;
  readonly context: Readonly<Record<string, unknown>>;
  /** Says what was just done. */
  readonly did: (text: string) => void;
  /** After each edited file. */
  readonly edited: () => Promise<void>;
}

type Work = (bench: Bench) => Done | Promise<Done>;

/** What the client does at each step of REFACTOR_WITH_TESTS: the work itself, on the files as they are. */
const WORKS: Readonly<Record<string, Work>> = {
  'Agree on the refactoring': ({ repository, did }) => {
    did(`knows what is wanted: rename ${OLD_NAME} to ${NEW_NAME}`);
    return success({
      details_complete: true,
      project_path: repository,
      function_name: OLD_NAME,
      refactoring: `rename to \`${NEW_NAME}\``,
      test_command: 'node --test',
    });
  },
  'Prepare the branch': ({ repository, did }) => {
    const changes = git(repository, 'status', '--porcelain');
    if (changes) return success({ tree_clean: false });
    const base = {
      base_branch: git(repository, 'branch', '--show-current'),
      base_commit: git(repository, 'rev-parse', 'HEAD'),
    };
    const branch = 'refactor/basket-total';
    git(repository, 'checkout', '--quiet', '-b', branch);
    did(`git status: clean; git checkout -b ${branch}`);
    return success({ tree_clean: true, ...base, branch });
  },
  'Run the tests beforehand': (bench) => {
    const { passed, summary } = runTests(bench);
    return success({ baseline_passed: passed, baseline_summary: summary });
  },
  'Locate the function': ({ repository, did }) => {
    const references = occurrences(repository);
    did(`git grep -n -w ${OLD_NAME} → ${references.length} places`);
    return success({ reference_count: references.length, references });
  },
  'Apply the refactoring': async ({ repository, context, did, edited }) => {
    const files = filesToEdit(repository);
    for (const file of files) {
      const places = edit(repository, file, (text) =>
        text.replaceAll(new RegExp(`\\b${OLD_NAME}\\b`, 'g'), NEW_NAME),
      );
      did(`edited ${file}: ${places} line(s)`);
      await edited();
    }
    return success({ changed_files: changedFiles(repository, context) });
  },
  'Look for leftovers': ({ repository, did }) => {
    const leftovers = occurrences(repository);
    did(
      `git grep -n -w ${OLD_NAME} → ${leftovers.length} places; git diff --shortstat →${git(repository, 'diff', '--shortstat')}`,
    );
    return success({ leftover_count: leftovers.length, references: leftovers });
  },
  'Run the unit tests': (bench) => {
    const { passed, summary } = runTests(bench);
    return success({ tests_passed: passed, test_summary: summary });
  },
  'Fix the tests': ({ repository, context, did }) => {
    const file = /src\/[\w-]+\.js/.exec(variable(context, 'test_summary'))?.[0];
    if (!file) return failure('the output of the tests names no source file');
    const lines = edit(repository, file, nameTheFunctions);
    if (lines === 0) return failure(`nothing in ${file} explains the failure`);
    did(`read ${file}: it puts the function's name together at run time; now a table names both`);
    return success({ changed_files: changedFiles(repository, context) });
  },
  'Commit the change': ({ repository, context, did }) => {
    git(repository, 'add', '--', ...changedFiles(repository, context));
    git(repository, 'commit', '--quiet', '--message', `Rename ${OLD_NAME} to ${NEW_NAME}`);
    const hash = git(repository, 'rev-parse', '--short', 'HEAD');
    did(`git add; git commit → ${hash}`);
    return success({ commit_hash: hash });
  },
  'Revert the change': ({ repository, context, did }) => {
    git(repository, 'checkout', '--quiet', '--force', variable(context, 'base_branch'));
    git(repository, 'branch', '--quiet', '-D', variable(context, 'branch'));
    did('git checkout; git branch -D: the repository is as it was');
    return success({});
  },
  'Report the success': ({ repository, context, did }) => {
    const summary = git(repository, 'log', '-1', '--format=%h %s');
    did(`tells the user: ${summary}, on ${variable(context, 'branch')}`);
    return { report: { status: 'success', result: summary }, updates: {} };
  },
  'Report the failure': ({ context, did }) => {
    did('tells the user that it did not work out');
    return { report: { status: 'success', error: variable(context, 'test_summary') }, updates: {} };
  },
};

/** Does what a step asks for. @throws Error for a step the client has not learnt. */
export async function work(step: string, bench: Bench): Promise<Done> {
  const todo = WORKS[step];
  if (!todo) throw new Error(`The client of the demonstration does not know the step "${step}".`);
  return todo(bench);
}

function variable(context: Bench['context'], name: string): string {
  const value = context[name];
  return typeof value === 'string' ? value : '';
}

function success(updates: Readonly<Record<string, unknown>>): Done {
  return { report: { status: 'success' }, updates };
}

function failure(error: string): Done {
  return { report: { status: 'failure', error }, updates: {} };
}

/** Places that name the old function, as `path:line`. */
function occurrences(repository: string): readonly string[] {
  const { exitCode, output } = execute('git', ['grep', '-n', '-w', OLD_NAME], repository);
  if (exitCode > 1) throw new Error(`git grep failed: ${output.trim()}`);
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(':', 2).join(':'));
}

/** The definition first, then what refers to it, then what speaks of it. */
function filesToEdit(repository: string): readonly string[] {
  const files = new Set(occurrences(repository).map((place) => place.split(':')[0] ?? ''));
  const rank = (file: string) => {
    if (file.endsWith('.md')) return 2;
    return readFileSync(join(repository, file), 'utf8').includes(`function ${OLD_NAME}`) ? 0 : 1;
  };
  return [...files].toSorted((a, b) => rank(a) - rank(b));
}

/** Files that differ from the commit the branch started at. */
function changedFiles(repository: string, context: Bench['context']): readonly string[] {
  return git(repository, 'diff', '--name-only', variable(context, 'base_commit')).split('\n').filter(Boolean);
}

/** Rewrites a file; returns how many lines changed. */
function edit(repository: string, file: string, change: (text: string) => string): number {
  const before = readFileSync(join(repository, file), 'utf8');
  const after = change(before);
  writeFileSync(join(repository, file), after);
  const old = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !old.has(line)).length;
}

/** A lookup by a name put together becomes a table that names the functions. */
function nameTheFunctions(text: string): string {
  return text
    .replace("totals[kind + 'Total'](items)", 'TOTALS[kind](items)')
    .replace(
      '\nexport function',
      `\nconst TOTALS = { cart: totals.${NEW_NAME}, wish: totals.wishTotal };\n\nexport function`,
    );
}

function runTests({ repository, did }: Bench): { readonly passed: boolean; readonly summary: string } {
  const { exitCode, output } = execute(process.execPath, ['--test', '--test-reporter=tap'], repository);
  const count = (what: string) => new RegExp(`^# ${what} (\\d+)`, 'm').exec(output)?.[1] ?? '?';
  const failed = [...output.matchAll(/^not ok \d+ - (.+)$/gm)].map(([, name]) => name);
  const place = /(src\/[\w-]+\.js:\d+)/.exec(output)?.[1];
  const reason = /^\s+error: '?(.*?)'?$/m.exec(output)?.[1];
  const why = failed.length > 0 ? `; failed: ${failed.join(', ')}: ${reason} at ${place}` : '';
  const summary = `${count('pass')} of ${count('tests')} passed${why}`;
  did(`node --test → exit code ${exitCode}: ${summary}`);
  return { passed: exitCode === 0, summary };
}
