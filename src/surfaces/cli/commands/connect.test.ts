import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand, type Ran } from '../../../../test/support/command.ts';

let home: string;
let work: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'tutti-connect-')));
  work = join(home, 'work');
  mkdirSync(join(work, 'inner'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function tutti(cwd: string, ...args: string[]): Promise<Ran> {
  const env = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, 'share'),
    PATH: process.env['PATH'],
  };
  return await runCommand(args, { cwd, env });
}

const clientFile = () => join(home, '.cursor', 'mcp.json');

function written(): readonly string[] {
  const { mcpServers } = JSON.parse(readFileSync(clientFile(), 'utf8')) as {
    readonly mcpServers: { readonly tutti: { readonly args: readonly string[] } };
  };
  return mcpServers.tutti.args;
}

it('a configuration that is named is written with its whole path', async () => {
  const file = join(work, 'x.jsonc');
  writeFileSync(file, '{}');
  const { status, stdout } = await tutti(work, 'connect', 'cursor', '--config', './x.jsonc');
  expect([status, stdout]).toEqual([0, expect.stringContaining(file)]);
  expect(written()).toEqual(['-y', 'tutti', '--config', file]);
});

it('a configuration that is found is written too, once it is trusted', async () => {
  const file = join(work, 'tutti.config.jsonc');
  writeFileSync(file, '{ "mcpServers": { "a": { "command": "node" } } }');
  const refused = await tutti(join(work, 'inner'), 'connect', 'cursor');
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain(`${file} was found by walking up, and nobody trusted it yet`);
  expect(existsSync(clientFile())).toBe(false);
  expect((await tutti(work, 'trust', '--yes')).status).toBe(0);
  const { status, stdout } = await tutti(join(work, 'inner'), 'connect', 'cursor');
  expect([status, stdout]).toEqual([0, expect.stringContaining(`found here: ${file}`)]);
  expect(written()).toEqual(['-y', 'tutti', '--config', file]);
});

it.runIf(process.platform === 'linux')(
  'what is refused names the command that connects without it',
  async () => {
    writeFileSync(join(work, 'tutti.config.jsonc'), '{}');
    const bare = await tutti(work, 'connect', 'cursor');
    expect(bare.stderr).toContain('run `tutti connect cursor` in a folder that has none, nor any above it');
    expect((await tutti(home, 'connect', 'cursor')).status).toBe(0);
    expect(written()).toEqual(['-y', 'tutti']);
    const own = join(home, '.config', 'tutti', 'tutti.config.jsonc');
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, '{}');
    const refused = await tutti(work, 'connect', 'cursor');
    expect(refused.stderr).toContain(`\`tutti connect cursor --config "${own}"\``);
    expect((await tutti(work, 'connect', 'cursor', '--config', own)).status).toBe(0);
    expect(written()).toEqual(['-y', 'tutti', '--config', own]);
  },
);

it.runIf(process.platform === 'linux')("the user's own configuration needs no name", async () => {
  mkdirSync(join(home, '.config', 'tutti'), { recursive: true });
  writeFileSync(join(home, '.config', 'tutti', 'tutti.config.jsonc'), '{}');
  expect((await tutti(work, 'connect', 'cursor')).status).toBe(0);
  expect(written()).toEqual(['-y', 'tutti']);
});
