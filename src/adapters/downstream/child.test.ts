import { expect, it } from 'vitest';
import { createLogRing, startChild, toChildEnvironment } from './child.ts';

it('starts nothing for one of us that was started by us again and again', () => {
  const deeper = (environment: Record<string, string>) =>
    toChildEnvironment({ PATH: '/bin', ...environment }, { TUTTI_DEPTH: '0' });
  let environment: Record<string, string> = {};
  for (let depth = 1; depth <= 4; depth += 1) {
    environment = deeper(environment);
    expect(environment['TUTTI_DEPTH']).toBe(String(depth));
  }
  const launch = { kind: 'stdio', command: process.execPath, args: [], env: {} } as const;
  const start = () => startChild({ launch, environment, log: createLogRing(), onUsage: () => {} });
  expect(start).toThrow('was started by Tutti 4 times over');
});
