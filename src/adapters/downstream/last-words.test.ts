import { afterEach, describe, expect, it } from 'vitest';
import type { Downstream, Launch } from '../../core/ports/downstream.ts';
import { connectDownstream } from './connect.ts';
import { lastWords } from './last-words.ts';

const open = connectDownstream({
  introduction: { name: 'tutti', version: '0.0.0' },
  variables: process.env,
  clock: { now: Date.now, random: Math.random },
});
let downstream: Downstream | undefined;
afterEach(() => downstream?.close());

function failing(script: string, connectMs = 20_000): Promise<unknown> {
  const launch: Launch = { kind: 'stdio', command: process.execPath, args: ['-e', script], env: {} };
  downstream = open({ server: 'web', launch, connectMs, maxMemoryBytes: 1_073_741_824 });
  return downstream.offer();
}

describe('last words', () => {
  it.each([
    {
      of: 'Node',
      lines: [
        'node:internal/modules/cjs/loader:1404',
        "Error: Cannot find module 'absent'",
        'at Module._load (node:internal/error.js:1:2)',
        "code: 'MODULE_NOT_FOUND',",
        '}',
        'Node.js v24.21.0',
      ],
      said: "Error: Cannot find module 'absent'",
    },
    {
      of: 'Python',
      lines: [
        'Traceback (most recent call last):',
        'File "server.py", line 1, in <module>',
        "ModuleNotFoundError: No module named 'mcp'",
      ],
      said: "ModuleNotFoundError: No module named 'mcp'",
    },
    {
      of: 'npm',
      lines: [
        'npm error code SELF_SIGNED_CERT_IN_CHAIN',
        'npm error errno SELF_SIGNED_CERT_IN_CHAIN',
        'npm error request to https://registry.npmjs.org/it failed, reason: self-signed certificate',
        'npm error A complete log of this run can be found in: /home/ada/.npm/_logs/it.log',
      ],
      said: 'npm error request to https://registry.npmjs.org/it failed, reason: self-signed certificate',
    },
    { of: 'who does not complain', lines: ['starting', 'usage: it FOLDER'], said: 'usage: it FOLDER' },
    {
      of: 'who complained long ago',
      lines: ['Error: of old', ...Array.from({ length: 50 }, () => 'served'), 'bye'],
      said: 'bye',
    },
  ])('of $of say why', ({ lines, said }) => {
    expect(lastWords(lines, 'web')).toBe(
      ` Its last words: ${said} (all of them: \`tutti servers logs web\`)`,
    );
  });

  it('of who said nothing are none', () => {
    expect(lastWords([], 'web')).toBe('');
  });

  it('of a program that throws are what it threw, not the version of Node', async () => {
    await expect(failing("throw new Error('the folder is missing')")).rejects.toMatchObject({
      code: 'downstream/unavailable',
      message: expect.stringMatching(
        /exited with code 1\. Its last words: Error: the folder is missing \(.*`tutti servers logs web`/,
      ) as string,
    });
  });
});

it('a program that is not ready in time is told what to raise, and what a first start does', async () => {
  await expect(failing('process.stdin.resume()', 300)).rejects.toMatchObject({
    code: 'downstream/timeout',
    message: expect.stringMatching(/within 300 ms\. .*`npx`.* downloaded .*`connectMs`/) as string,
  });
});
