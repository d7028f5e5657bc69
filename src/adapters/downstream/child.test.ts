import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createLogRing, startChild, toChildEnvironment } from './child.ts';

it('starts nothing for one of us that was started by us again and again, as often as is allowed', async () => {
  const deeper = (environment: Record<string, string>) =>
    toChildEnvironment({ PATH: '/bin', ...environment }, { TUTTI_DEPTH: '0' });
  let environment: Record<string, string> = {};
  for (let depth = 1; depth <= 4; depth += 1) {
    environment = deeper(environment);
    expect(environment['TUTTI_DEPTH']).toBe(String(depth));
  }
  const launch = { kind: 'stdio', command: process.execPath, args: [], env: {} } as const;
  const start = (maxDepth?: number) =>
    startChild({ launch, environment, maxDepth, log: createLogRing(), onUsage: () => {} });
  expect(() => start()).toThrow('was started by Tutti 4 times over');
  expect(() => start(3)).toThrow('policy.maxHops allows 3');
  const child = start(5);
  child.kill();
  await child.ended;
});

it('hands on where certificates are, nothing that may hold a password, and what the guide lists', () => {
  const everything = new Proxy<Record<string, string>>({}, { get: (_, name) => `value of ${String(name)}` });
  const { TUTTI_DEPTH: _, ...handedOn } = toChildEnvironment(everything, {});
  expect(handedOn).toMatchObject({
    NODE_EXTRA_CA_CERTS: 'value of NODE_EXTRA_CA_CERTS',
    SSL_CERT_FILE: 'value of SSL_CERT_FILE',
    SSL_CERT_DIR: 'value of SSL_CERT_DIR',
  });
  expect(Object.keys(handedOn).filter((name) => /proxy|token|key|secret|npm_/i.test(name))).toEqual([]);
  const guide = readFileSync('docs/guide/gateway.md', 'utf8');
  const [, listed = ''] = /only these variables of ours:\n\n([\s\S]*?)\n\n/.exec(guide) ?? [];
  const names = [...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set(Object.keys(handedOn)));
});

it('knows what was written by whoever writes now', () => {
  const log = createLogRing();
  log.push(Buffer.from('Error: of the first\nunended'));
  log.begin();
  expect(log.latest()).toEqual([]);
  log.push(Buffer.from('of the second\n'));
  expect(log.lines()).toEqual(['Error: of the first', 'unended', 'of the second']);
  expect(log.latest()).toEqual(['of the second']);
  log.push(Buffer.from('more\n'.repeat(199)));
  expect(log.latest()).toHaveLength(200);
  log.push(Buffer.from('last\n'));
  expect(log.latest()).toEqual(log.lines());
  expect(log.latest()).toHaveLength(200);
});
