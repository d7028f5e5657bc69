#!/usr/bin/env node
// Runs the official MCP conformance suite against what was built, in every revision we speak.
//   npm run conformance              everything there is
//   npm run conformance -- server    our own server over HTTP
//   npm run conformance -- fixture   the fixture on its own: the control for what stands behind us
//   npm run conformance -- gateway   the fixture through us, over stdio and over HTTP
//   npm run conformance -- client    what we are to the servers behind us
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LAUNCHER = join(root, 'bin/tutti.cjs');
const FIXTURE = join(root, 'test/support/conformance-server.ts');
const CLIENT = join(root, 'test/conformance-client.ts');
const SUITE = join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
const REVISIONS = ['2025-11-25', '2026-07-28'];
const START_MS = 20_000;

const parts = { server, fixture, gateway, client };
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
  const running = await startTutti('server');
  return await beside(running, async ({ url }) => {
    const passed = [];
    for (const revision of REVISIONS) {
      const baseline = join(root, `test/conformance-baseline-${revision}.yml`);
      passed.push(
        await serverSuite({ part: 'server', url, revision, more: ['--expected-failures', baseline] }),
      );
    }
    return passed.every(Boolean);
  });
}

/** What the gateway is measured by must itself be without fault. */
async function fixture() {
  return await beside(await startFixture(), async ({ url }) => await everyRevision('fixture', url));
}

/** The fixture behind us. Nothing is expected to fail: what passes direct passes through. */
async function gateway() {
  const overStdio = await throughTutti('gateway-stdio', { command: process.execPath, args: [FIXTURE] });
  const overHttp = await beside(
    await startFixture(),
    async ({ url }) => await throughTutti('gateway-http', { url }),
  );
  return overStdio && overHttp;
}

async function client() {
  const passed = [];
  for (const revision of REVISIONS) {
    console.log(`\n# client, ${revision}`);
    const command = `${process.execPath} ${CLIENT}`;
    const options = ['--requirements', revision, '--output-dir', join(dir, 'client', revision)];
    passed.push(await suite(['client', '--command', command, ...options]));
  }
  return passed.every(Boolean);
}

async function throughTutti(part, launch) {
  const config = join(dir, `${part}.json`);
  writeFileSync(
    config,
    JSON.stringify({ mcpServers: { fixture: { ...launch, prefix: false, trusted: true } } }),
  );
  const running = await startTutti(part, ['--toolsets', 'gateway-all', '--config', config]);
  return await beside(running, async ({ url }) => await everyRevision(part, url));
}

async function everyRevision(part, url) {
  const passed = [];
  for (const revision of REVISIONS) passed.push(await serverSuite({ part, url, revision }));
  return passed.every(Boolean);
}

async function serverSuite({ part, url, revision, more = [] }) {
  console.log(`\n# ${part}, ${revision}`);
  const options = ['--requirements', revision, ...more, '--output-dir', join(dir, part, revision)];
  return await suite(['server', '--url', url, ...options]);
}

async function beside({ child, url }, work) {
  try {
    return await work({ url });
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function startTutti(part, options = []) {
  const env = {
    PATH: process.env.PATH,
    HOME: dir,
    LOG_LEVEL: 'error',
    TUTTI_STORE: `sqlite:${join(dir, `${part}.db`)}`,
  };
  const args = [LAUNCHER, 'serve', '--http', '--port', '0', ...options];
  return await start(args, { env, output: 'stderr', address: /^tutti: (http\S+)$/ });
}

async function startFixture() {
  const env = { PATH: process.env.PATH };
  return await start([FIXTURE, '--http'], { env, output: 'stdout', address: /^(http\S+)$/ });
}

/** A server process, once it has said where it is. */
async function start(args, { env, output, address }) {
  const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  const url = await new Promise((resolve, reject) => {
    const giveUp = (why) => {
      child.kill('SIGKILL');
      reject(new Error(`The server ${why}. It said:\n${said.join('\n')}`));
    };
    const timer = setTimeout(() => giveUp(`named no address within ${START_MS} ms`), START_MS);
    child.once('exit', (code) => giveUp(`ended with ${code}`));
    for (const stream of ['stdout', 'stderr']) {
      createInterface({ input: child[stream] }).on('line', (line) => {
        said.push(line);
        const found = stream === output ? address.exec(line)?.[1] : undefined;
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
  });
  return { child, url };
}

async function suite(args) {
  // Dozens of clients start at once from the sources, whose types are stripped once.
  const env = { NODE_COMPILE_CACHE: join(dir, 'compile-cache'), ...process.env };
  const child = spawn(process.execPath, [SUITE, ...args], { cwd: dir, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}
