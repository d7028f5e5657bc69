import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, type Ran } from '../../../../test/support/command.ts';
import { EXIT } from '../failure.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tutti-init-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

async function init(...args: readonly string[]): Promise<Ran> {
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), PATH: process.env['PATH'] };
  return await runCommand(['init', ...args], { cwd: home, env });
}

/** The file of a client, as somebody left it. */
function place(folder: '.cursor' | '.gemini', text: string): string {
  const file = join(home, folder, folder === '.cursor' ? 'mcp.json' : 'settings.json');
  mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(file, text);
  return file;
}

it('says of each server what could not be carried over', async () => {
  place(
    '.cursor',
    '{"mcpServers":{"a":{"command":"x","envFile":".env"},"b":{"command":"y","env":{"API_KEY":"hunter2"},"args":["${env:FOLDER}"]}}}',
  );
  const { status, stdout } = await init('--dry-run');
  expect(status).toBe(0);
  expect(stdout).toContain('a: "envFile" cannot be carried over');
  expect(stdout).not.toContain('b: ');
  expect(stdout).toContain('Secrets were not copied. Set in the environment: API_KEY\n');
  expect(stdout).toContain('Variables that these servers name, to be set as well: FOLDER');
});

it('says what was no text among arguments and values', async () => {
  place('.cursor', '{"mcpServers":{"a":{"command":"x","args":["-p",8080,null],"env":{"ON":true}}}}');
  const { stdout } = await init('--dry-run');
  expect(stdout).toContain('a: "args.2" cannot be carried over');
  expect(stdout).toContain(
    'a: "args.1", "env.ON" expected to be text, found numbers or booleans; written as text',
  );
  const { servers } = JSON.parse((await init('--dry-run', '--json')).stdout) as { servers: unknown };
  expect(servers).toMatchObject([
    { entry: { args: ['-p', '8080'], env: { ON: 'true' } }, lost: ['args.2'], asText: ['args.1', 'env.ON'] },
  ]);
});

describe('a file that cannot be read', () => {
  it.each([
    ['{"mcpServers":{"a":{"command":"x"}', 'the JSON is broken at character'],
    ['{"mcpServers":{},"mcpServers":{}}', 'the key "mcpServers" stands twice'],
    ['[]', 'the JSON is no object'],
    ['{"mcpServers":["x"]}', 'expected names with servers as "mcpServers"'],
  ])('lets nothing be written where there is nothing else: %s', async (text, problem) => {
    const [file, target] = [place('.cursor', text), join(home, 'tutti.config.jsonc')];
    for (const args of [['--here'], ['--here', '--dry-run']]) {
      const { status, stdout } = await init(...args);
      expect(status).toBe(EXIT.unusable);
      expect(stdout).toContain(`${file} cannot be read (${problem}`);
      expect(stdout).toContain('No server could be taken, so nothing is written. Mend what is named above');
      expect(stdout).not.toMatch(/Next:|Wrote|Would write/);
      expect(existsSync(target)).toBe(false);
    }
    place('.cursor', '{"mcpServers":{"a":{"command":"x"}}}');
    expect((await init('--here')).status).toBe(EXIT.ok);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ mcpServers: { a: { command: 'x' } } });
  });

  it('lets nothing be written where it is a folder, and JSON says so', async () => {
    mkdirSync(join(home, '.cursor', 'mcp.json'), { recursive: true });
    const { status, stdout } = await init('--json');
    expect(status).toBe(EXIT.unusable);
    const { file, ...answer } = JSON.parse(stdout) as { readonly file: string };
    expect(answer).toMatchObject({
      written: false,
      clients: [{ client: 'cursor', problem: expect.stringContaining('is a folder') }],
      servers: [],
    });
    expect(existsSync(file)).toBe(false);
  });

  it('is named, and what others hold is written', async () => {
    const file = place('.cursor', '{');
    place('.gemini', '{"mcpServers":{"a":{"command":"x"}}}');
    const { status, stdout } = await init('--here');
    expect(status).toBe(EXIT.ok);
    expect(stdout).toContain(`${file} cannot be read`);
    expect(readFileSync(join(home, 'tutti.config.jsonc'), 'utf8')).toContain('"command": "x"');
  });

  it('does not hide that there is a configuration already', async () => {
    place('.cursor', '{');
    writeFileSync(join(home, 'tutti.config.jsonc'), '{}');
    const { status, stderr } = await init('--here');
    expect(status).toBe(EXIT.usage);
    expect(stderr).toContain('exists already');
  });
});
