#!/usr/bin/env node
// Packs the package as npm would, judges what is in it, installs it elsewhere and speaks to it as a client does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'tutti-package-'));

const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|config\.schema\.json)$/,
  /^bin\/(tutti|start|memory)\.cjs$/,
  /^dist\/.+\.(js|d\.ts)(\.map)?$/,
  /^workflows\/.+\.(md|yaml)$/,
  /^agents\/.+\.md$/,
];
const NEEDED = [
  'bin/tutti.cjs',
  'bin/start.cjs',
  'bin/memory.cjs',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/surfaces/cli/main.js',
  'dist/tool-host.js',
  'dist/adapters/tool-host/worker.js',
].concat([
  'config.schema.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'workflows/REFACTOR_WITH_TESTS/index.md',
  'agents/agent/index.md',
]);

/** Runs a command to its end and returns what it wrote to stdout. */
function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    ...options,
  });
  if (error) throw error;
  assert.equal(status, 0, `${[command, ...args].join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

function pack() {
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
  );
  const paths = packed.files.map(({ path }) => path);
  const strangers = paths.filter((path) => !ALLOWED.some((allowed) => allowed.test(path)));
  assert.deepEqual(strangers, [], 'files that do not belong in the package');
  assert.deepEqual(
    NEEDED.filter((path) => !paths.includes(path)),
    [],
    'files that are missing from the package',
  );
  console.log(`package: ${paths.length} files, ${Math.round(packed.size / 1024)} kB packed`);
  return join(folder, packed.filename);
}

async function lint(tarball) {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const packed = buffer.slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
    'publint',
  );
  run(process.execPath, [
    'node_modules/@arethetypeswrong/cli/dist/index.js',
    tarball,
    '--profile',
    'esm-only',
  ]);
  console.log('package: publint and attw have nothing to say');
}

/** As a user installs it; without a network, with the packages that lie in node_modules here, and no others. */
function install(tarball) {
  const home = join(folder, 'home');
  mkdirSync(home);
  const args = ['install', '--offline', '--no-audit', '--no-fund', '--prefix', home, tarball];
  if (spawnSync('npm', args, { cwd: home, encoding: 'utf8' }).status === 0) return home;
  const target = join(home, 'node_modules', manifest.name);
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', target, '--strip-components', '1']);
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    const isNested = path.indexOf('node_modules/') !== path.lastIndexOf('node_modules/');
    if (path === '' || dev || devOptional || isNested || !existsSync(join(root, path))) continue;
    cpSync(join(root, path), join(home, path), { recursive: true });
  }
  return home;
}

async function speak(home) {
  const program = join(home, 'node_modules', manifest.name, 'bin', 'tutti.cjs');
  const env = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
  };
  const tutti = (...args) => run(process.execPath, [program, ...args], { cwd: home, env });
  assert.equal(tutti('--version').trim(), manifest.version);
  assert.match(tutti('completion', 'bash'), /tutti complete/);
  assert.match(tutti('demo', '--json'), /"status":"COMPLETED"/);
  const client = new Client({ name: 'package-check', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [program], cwd: home, env }),
  );
  const { tools } = await client.listTools();
  assert.ok(
    tools.some(({ name }) => name === 'start_workflow'),
    'start_workflow is among the tools',
  );
  const { structuredContent } = await client.callTool({ name: 'list_workflows', arguments: {} });
  const broken = structuredContent.workflows.filter(({ faults }) => faults);
  assert.equal(structuredContent.workflows.length, 9, 'nine workflows ship');
  assert.deepEqual(broken, [], 'workflows that ship broken');
  await client.close();
  console.log(`package: installed, tutti ${manifest.version} answers on stdio with ${tools.length} tools`);
}

try {
  const tarball = pack();
  await lint(tarball);
  await speak(install(tarball));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
