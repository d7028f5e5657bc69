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
