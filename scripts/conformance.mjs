#!/usr/bin/env node
// Runs the official MCP conformance suite against what was built, in every revision we speak.
//   npm run conformance              everything there is
//   npm run conformance -- server    our own server over HTTP
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LAUNCHER = join(root, 'bin/tutti.cjs');
const SUITE = join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const REVISIONS = ['2025-11-25', '2026-07-28'];
const START_MS = 20_000;

const parts = { server };
const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`conformance: no part ${unknown.join(', ')}. Choose from: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
if (!existsSync(join(root, 'dist/surfaces/cli/main.js'))) {
  console.error('conformance: nothing is built. Run `npm run build`, then try again.');
  process.exit(2);
}

const dir = mkdtempSync(join(tmpdir(), 'tutti-conformance-'));
let failed = false;
try {
  for (const name of names.length > 0 ? names : Object.keys(parts)) failed = !(await parts[name]()) || failed;
} finally {
  if (failed) console.error(`conformance: details are in ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

/** Our server, as it is started for clients, with the workflows that ship. */
async function server() {
  const { child, url } = await startServer();
  try {
    const passed = [];
    for (const revision of REVISIONS) {
      console.log(`\n# server, ${revision}`);
      const baseline = join(root, `test/conformance-baseline-${revision}.yml`);
      const options = [
        '--requirements',
        revision,
        '--expected-failures',
        baseline,
        '--output-dir',
        join(dir, revision),
      ];
      passed.push(await suite(['server', '--url', url, ...options]));
    }
    return passed.every(Boolean);
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function startServer() {
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    LOG_LEVEL: 'error',
    TUTTI_STORE: `sqlite:${join(dir, 'tutti.db')}`,
  };
  const args = [LAUNCHER, 'serve', '--http', '--port', '0'];
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said = [];
  const url = await new Promise((resolve, reject) => {
    const giveUp = (why) => {
      child.kill('SIGKILL');
      reject(new Error(`The server ${why}. It said:\n${said.join('\n')}`));
    };
    const timer = setTimeout(() => giveUp(`named no address within ${START_MS} ms`), START_MS);
    child.once('exit', (code) => giveUp(`ended with ${code}`));
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const address = /^tutti: (http\S+)$/.exec(line)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
  return { child, url };
}

async function suite(args) {
  const child = spawn(process.execPath, [SUITE, ...args], { cwd: dir, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}
