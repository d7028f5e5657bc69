import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homeIn } from './support/programs.ts';
import { cites } from './support/verifies.ts';
import { MAIN } from './support/world.ts';

/** Sends the signal to its own process as the version is read: before any command was looked for. */
const SIGNALLED = `
const fs = require('node:fs');
const { readFileSync } = fs;
let sent = false;
fs.readFileSync = (file, ...rest) => {
  if (String(file).endsWith('/package.json') && !sent) {
    sent = true;
    process.kill(process.pid, 'SIGTERM');
  }
  return readFileSync(file, ...rest);
};
require('node:module').syncBuiltinESMExports();
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-early-'));
  writeFileSync(join(folder, 'signalled.cjs'), SIGNALLED);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function endOf(...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['-r', join(folder, 'signalled.cjs'), MAIN, ...args], {
    cwd: folder,
    env: homeIn(folder),
    stdio: 'ignore',
  });
  return await once(child, 'exit');
}

describe('a signal that comes while the program is loaded', () => {
  it(`ends what serves as later: with exit code 0 ${cites('gateway/drain')}`, async () => {
    expect(await endOf('serve', '--http', '--port', '0')).toEqual([0, null]);
    expect(await endOf('--port', '0')).toEqual([0, null]);
  });

  it('ends anything else by its default action', async () => {
    expect(await endOf('workflows', 'list')).toEqual([null, 'SIGTERM']);
  });
});
