import { describe, expect, it } from 'vitest';
import { startsTutti } from './itself.ts';

describe('Tutti in the file of a client', () => {
  it.each([
    'tutti',
    '/usr/local/bin/tutti serve',
    String.raw`C:\tools\tutti.cmd`,
    'node /opt/tutti/bin/tutti.cjs',
    'node --import /x.mjs /a/node_modules/tutti/dist/surfaces/cli/main.js',
    'npx tutti',
    'npx tutti@0.1.0',
    'npx -y tutti@latest --config /a.jsonc',
    'npx -y -p node@24 -p tutti tutti',
    'npm exec -- tutti',
    'pnpm dlx tutti',
    'bunx tutti',
    'cmd /c npx -y tutti',
    'env A=b npx tutti',
  ])('is known by its program: %s', (line) => {
    const [command, ...args] = line.split(' ');
    expect(startsTutti({ command, args })).toBe(true);
  });

  it('is known behind a shell', () => {
    expect(startsTutti({ command: 'sh', args: ['-c', 'exec npx -y tutti'] })).toBe(true);
  });

  it.each([
    'npx -y some-server tutti',
    'npx @tutti/server',
    'node server.js tutti',
    'node /home/tutti/server.js',
    'python -m tutti_frutti',
    'sh',
    'env',
    'cmd',
    'git tutti',
  ])('is nobody else: %s', (line) => {
    const [command, ...args] = line.split(' ');
    expect(startsTutti({ command, args })).toBe(false);
  });
});
