import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../../../test/support/command.ts';

it('says of each server what could not be carried over', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tutti-init-'));
  try {
    mkdirSync(join(home, '.cursor'));
    writeFileSync(
      join(home, '.cursor', 'mcp.json'),
      '{"mcpServers":{"a":{"command":"x","envFile":".env"},"b":{"command":"y","env":{"API_KEY":"hunter2"},"args":["${env:FOLDER}"]}}}',
    );
    const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), PATH: process.env['PATH'] };
    const { status, stdout } = await runCommand(['init', '--dry-run'], { cwd: home, env });
    expect(status).toBe(0);
    expect(stdout).toContain('a: "envFile" cannot be carried over');
    expect(stdout).not.toContain('b: ');
    expect(stdout).toContain('Secrets were not copied. Set in the environment: API_KEY\n');
    expect(stdout).toContain('Variables that these servers name, to be set as well: FOLDER');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
