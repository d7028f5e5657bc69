import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig, type Config } from '../src/config.ts';
import { trust } from '../src/config/trust.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-tools-')));
  mkdirSync(join(root, 'project'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const folder = (...path: string[]) => mkdirSync(join(root, ...path), { recursive: true });
const file = () => join(root, 'project', 'tutti.config.json');

function load(written: object | undefined, named = true): Config {
  if (written !== undefined) writeFileSync(file(), JSON.stringify(written));
  const folders = { config: join(root, 'own'), data: join(root, 'data') };
  const env = { KEY: 'hunter2' };
  return loadConfig({ cwd: join(root, 'project'), env, folders, ...(named && { file: file() }) });
}

it('has no server of custom tools where there is no folder of them', () => {
  expect(load({}).gateway).toMatchObject({ servers: [], broken: [] });
  expect(load({ tools: { dir: './tools' } }).gateway).toMatchObject({ servers: [], broken: [] });
  writeFileSync(join(root, 'project', 'tools'), 'a file');
  expect(load({ tools: { dir: './tools' } }).gateway.servers).toEqual([]);
});

it('takes the folder that is named, beside the file, with what is said of servers', () => {
  folder('project', 'tools');
  const { servers } = load({
    tools: {
      dir: './tools',
      env: { SHOP: '${env:KEY}' },
      timeoutMs: 1000,
      budget: { calls: 1, per: 'day' },
      tools: { a: { risk: 'write' } },
    },
  }).gateway;
  expect(servers).toMatchObject([
    {
      name: 'tools',
      origin: 'operator',
      enabled: true,
      trusted: true,
      timeoutMs: 1000,
      budgets: [{ calls: 1, per: 'day' }],
      tools: { a: { risk: 'write' } },
      launch: {
        kind: 'stdio',
        command: process.execPath,
        args: [expect.stringMatching(/tool-host\.ts$/), join(root, 'project', 'tools'), '10000'],
        env: { SHOP: 'hunter2' },
        // The same on every machine, or a lock file would hold on none but one.
        pinned: { command: 'tutti', args: ['tool-host', './tools'], cwd: '.' },
      },
    },
  ]);
});

it('takes the folder of the user where none is named', () => {
  folder('data', 'tools');
  const own = [
    {
      name: 'tools',
      origin: 'operator',
      launch: { args: [expect.any(String), join(root, 'data', 'tools'), '10000'] },
    },
  ];
  expect(load({}).gateway.servers).toMatchObject(own);
  // What was come across says nothing of it, and takes nothing from it.
  expect(load({}, false)).toMatchObject({ trusted: false, warnings: [], gateway: { servers: own } });
});

it('holds what a file that nobody trusted says of custom tools', () => {
  folder('project', 'tools');
  folder('data', 'tools');
  for (const tools of [{ dir: './tools' }, { env: { NODE_OPTIONS: '--import=./evil.js' } }]) {
    const { gateway, warnings } = load({ tools }, false);
    expect(gateway.servers).toEqual([]);
    expect(gateway.broken).toMatchObject([{ name: 'tools', status: 'held' }]);
    expect(warnings).toEqual([expect.stringContaining('what it says of tools is held')]);
  }
  const written = JSON.stringify({ tools: { dir: './tools' } });
  trust(file(), { text: written }, join(root, 'data'));
  expect(load({ tools: { dir: './tools' } }, false).gateway.servers).toMatchObject([
    { name: 'tools', origin: 'stranger' },
  ]);
});

it('leaves a server alone that has the name, or one like it', () => {
  folder('project', 'tools');
  for (const name of ['tools', 'Too1s']) {
    const { gateway, warnings } = load({
      mcpServers: { [name]: { command: 'node' } },
      tools: { dir: './tools' },
    });
    expect(gateway.servers).toMatchObject([{ name, launch: { command: 'node' } }]);
    expect(warnings).toEqual([expect.stringContaining('Rename that server')]);
  }
});

it('says what is wrong, and never what a variable holds', () => {
  folder('project', 'tools');
  expect(() => load({ tools: { dir: 7 } })).toThrow('tools.dir (line 1): expected the path of a folder');
  expect(() => load({ tools: { env: { KEY: ['hunter2'] } } })).toThrow(
    /^(?!.*hunter2)[\s\S]*tools\.env\.KEY/,
  );
  expect(() => load({ tools: { command: 'node' } })).toThrow('tools');
  // Only these tools are out, and only while they are wanted; nothing is read for what nobody trusted.
  const needy = { dir: './tools', env: { KEY: '${env:ABSENT}' } };
  expect(load({ tools: needy }).gateway.broken).toMatchObject([
    {
      name: 'tools',
      error: expect.stringContaining('tools.env.KEY: the environment variable ABSENT is not set'),
    },
  ]);
  expect(load({ tools: { ...needy, disabled: true } }).gateway.broken).toEqual([]);
  expect(load({ tools: needy }, false).gateway.broken).toMatchObject([{ status: 'held' }]);
  const { gateway, warnings } = load({ tools: { dir: './tools', tools: { a: { group: 'x__y' } } } });
  expect(gateway.broken).toMatchObject([{ name: 'tools', status: 'down' }]);
  expect(warnings).toEqual([expect.stringContaining('tools.tools.a.group')]);
});
