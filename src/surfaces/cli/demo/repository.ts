import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';

/** A small shop. `summary` finds a function by its name put together, which no search for the name can see. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': `{ "name": "shop", "private": true, "type": "module", "scripts": { "test": "node --test" } }\n`,
  'README.md': `# shop\n\nAdds things up: \`cartTotal(items)\` is what the customer pays.\n`,
  'src/totals.js': `const price = ({ cents, count }) => cents * count;

export function cartTotal(items) {
  return items.reduce((sum, item) => sum + price(item), 0);
}

export function wishTotal(items) {
  return items.reduce((sum, item) => sum + item.cents, 0);
}
`,
  'src/checkout.js': `import { cartTotal } from './totals.js';

export function checkout(items, discount = 0) {
  return Math.round(cartTotal(items) * (1 - discount));
}
`,
  'src/summary.js': `import * as totals from './totals.js';

export function summary(kind, items) {
  return \`\${kind}: \${totals[kind + 'Total'](items)}\`;
}
`,
  'test/shop.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkout } from '../src/checkout.js';
import { summary } from '../src/summary.js';
import { cartTotal } from '../src/totals.js';

const items = [{ cents: 250, count: 2 }, { cents: 100, count: 1 }];

test('a total counts each item', () => assert.equal(cartTotal(items), 600));
test('a discount is taken off', () => assert.equal(checkout(items, 0.1), 540));
test('the cart is summed up', () => assert.equal(summary('cart', items), 'cart: 600'));
test('the wish list is summed up', () => assert.equal(summary('wish', items), 'wish: 350'));
`,
};

export interface Outcome {
  readonly exitCode: number;
  /** What it printed, stdout and stderr. */
  readonly output: string;
}

/** Runs a program in a folder, to its end, deaf to the settings of the user's own Git. */
export function execute(command: string, args: readonly string[], cwd: string): Outcome {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') && name !== 'NODE_TEST_CONTEXT',
  );
  const env = {
    ...Object.fromEntries(own),
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (error) return { exitCode: 127, output: error.message };
  return { exitCode: status ?? 1, output: `${stdout}${stderr}` };
}

/** As {@link execute} for Git, where failure is a reason to stop. */
export function git(repository: string, ...args: readonly string[]): string {
  const { exitCode, output } = execute('git', args, repository);
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} failed: ${output.trim()}`);
  return output.trimEnd();
}

/** Whether there is a Git to work with. */
export function hasGit(): boolean {
  return execute('git', ['--version'], '.').exitCode === 0;
}

/** Writes the shop and commits it. */
export function createRepository(folder: string): void {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git(folder, 'init', '--quiet');
  git(folder, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  git(folder, 'config', 'user.name', 'Tutti demo');
  git(folder, 'config', 'user.email', 'demo@localhost');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'A small shop');
}
